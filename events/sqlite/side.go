package sqlite

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/domain"
	"headway/events"
)

// write runs one statement outside of the log, in a transaction of its own, and
// returns how many rows it changed.
func (s *Store) write(ctx context.Context, what, sql string, args ...any) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.isClosed() { // asked under the lock under which the connection is closed
		return 0, events.ErrClosed
	}
	if err := sqlitex.Execute(s.writer, sql, &sqlitex.ExecOptions{Args: args}); err != nil {
		return 0, explain(what, err)
	}
	return s.writer.Changes(), nil
}

// SaveSnapshot keeps the newest snapshot of a projection.
func (s *Store) SaveSnapshot(ctx context.Context, name string, at events.Position, data []byte) error {
	_, err := s.write(ctx, "save the snapshot",
		`INSERT INTO projection_snapshot (name, position, data) VALUES (?, ?, ?)
		 ON CONFLICT (name) DO UPDATE SET position = excluded.position, data = excluded.data`, name, int64(at), data)
	return err
}

// LoadSnapshot returns 0 and nil where none was saved.
func (s *Store) LoadSnapshot(ctx context.Context, name string) (at events.Position, data []byte, err error) {
	conn, err := s.take(ctx)
	if err != nil {
		return 0, nil, err
	}
	defer s.pool.Put(conn)
	err = sqlitex.Execute(conn, "SELECT position, data FROM projection_snapshot WHERE name = ?", &sqlitex.ExecOptions{
		Args: []any{name}, ResultFunc: func(stmt *sqlite.Stmt) error {
			at = events.Position(stmt.ColumnInt64(0))
			data = make([]byte, stmt.ColumnLen(1))
			stmt.ColumnBytes(1, data)
			return nil
		}})
	if err != nil {
		return 0, nil, s.failed(ctx, "load the snapshot", err)
	}
	return at, data, nil
}

// SaveToken keeps a new token.
func (s *Store) SaveToken(ctx context.Context, t domain.Token) error {
	var revoked any
	if t.RevokedAt != nil {
		revoked = t.RevokedAt.UnixMicro()
	}
	_, err := s.write(ctx, "save the token", "INSERT INTO token (id, role, country, hash, created_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?)",
		t.ID, string(t.Role), string(t.Country), t.Hash, t.CreatedAt.UnixMicro(), revoked)
	return err
}

// Tokens lists all tokens, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]domain.Token, error) {
	return s.tokens(ctx, "ORDER BY created_at, id")
}

// TokenByHash finds the token whose secret has a hash.
func (s *Store) TokenByHash(ctx context.Context, hash []byte) (domain.Token, bool, error) {
	list, err := s.tokens(ctx, "WHERE hash = ?", hash)
	if err != nil || len(list) == 0 {
		return domain.Token{}, false, err
	}
	return list[0], true, nil
}

func (s *Store) tokens(ctx context.Context, rest string, args ...any) ([]domain.Token, error) {
	conn, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.pool.Put(conn)
	var out []domain.Token
	err = sqlitex.Execute(conn, "SELECT id, role, country, hash, created_at, revoked_at FROM token "+rest, &sqlitex.ExecOptions{
		Args: args, ResultFunc: func(stmt *sqlite.Stmt) error {
			t := domain.Token{ID: stmt.ColumnText(0), Role: domain.Role(stmt.ColumnText(1)), Country: domain.Respondent(stmt.ColumnText(2)),
				Hash: make([]byte, stmt.ColumnLen(3)), CreatedAt: time.UnixMicro(stmt.ColumnInt64(4)).UTC()}
			stmt.ColumnBytes(3, t.Hash)
			if !stmt.ColumnIsNull(5) {
				at := time.UnixMicro(stmt.ColumnInt64(5)).UTC()
				t.RevokedAt = &at
			}
			out = append(out, t)
			return nil
		}})
	if err != nil {
		return nil, s.failed(ctx, "read the tokens", err)
	}
	return out, nil
}

// RevokeToken ends a token's rights; false when there is no such token, or it
// was revoked before.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) (bool, error) {
	n, err := s.write(ctx, "revoke the token", "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at.UnixMicro(), id)
	return n > 0, err
}
