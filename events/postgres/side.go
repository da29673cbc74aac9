package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/domain"
	"headway/events"
)

// exec runs one statement outside of the log, in a transaction of its own, and
// returns how many rows it changed.
func (s *Store) exec(ctx context.Context, what, sql string, args ...any) (int64, error) {
	if s.isClosed() {
		return 0, events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	tag, err := s.readers.Exec(bound, sql, args...)
	if err != nil {
		return 0, s.failed(ctx, what, err)
	}
	return tag.RowsAffected(), nil
}

// SaveSnapshot keeps the newest snapshot of a projection.
func (s *Store) SaveSnapshot(ctx context.Context, name string, at events.Position, data []byte) error {
	if data == nil {
		data = []byte{}
	}
	_, err := s.exec(ctx, "save the snapshot",
		`INSERT INTO headway.projection_snapshot (name, position, data) VALUES ($1, $2, $3)
		 ON CONFLICT (name) DO UPDATE SET position = excluded.position, data = excluded.data`, name, at, data)
	return err
}

// LoadSnapshot returns 0 and nil where none was saved.
func (s *Store) LoadSnapshot(ctx context.Context, name string) (at events.Position, data []byte, err error) {
	if s.isClosed() {
		return 0, nil, events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	err = s.twice(bound, func() error {
		return s.readers.QueryRow(bound, "SELECT position, data FROM headway.projection_snapshot WHERE name = $1", name).Scan(&at, &data)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, nil, nil
	case err != nil:
		return 0, nil, s.failed(ctx, "load the snapshot", err)
	}
	return at, data, nil
}

// SaveToken keeps a new token.
func (s *Store) SaveToken(ctx context.Context, t domain.Token) error {
	_, err := s.exec(ctx, "save the token",
		"INSERT INTO headway.token (id, role, country, hash, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6)",
		t.ID, string(t.Role), string(t.Country), t.Hash, t.CreatedAt, t.RevokedAt)
	return err
}

// Tokens lists all tokens, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]domain.Token, error) {
	return s.tokens(ctx, "ORDER BY created_at, id")
}

// TokenByHash finds the token whose secret has a hash.
func (s *Store) TokenByHash(ctx context.Context, hash []byte) (domain.Token, bool, error) {
	list, err := s.tokens(ctx, "WHERE hash = $1", hash)
	if err != nil || len(list) == 0 {
		return domain.Token{}, false, err
	}
	return list[0], true, nil
}

func (s *Store) tokens(ctx context.Context, rest string, args ...any) ([]domain.Token, error) {
	if s.isClosed() {
		return nil, events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	var list []domain.Token
	err := s.twice(bound, func() error {
		rows, err := s.readers.Query(bound, "SELECT id, role, country, hash, created_at, revoked_at FROM headway.token "+rest, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, token)
		return err
	})
	if err != nil {
		return nil, s.failed(ctx, "read the tokens", err)
	}
	return list, nil
}

func token(row pgx.CollectableRow) (domain.Token, error) {
	var t domain.Token
	err := row.Scan(&t.ID, &t.Role, &t.Country, &t.Hash, &t.CreatedAt, &t.RevokedAt)
	t.CreatedAt = t.CreatedAt.UTC()
	if t.RevokedAt != nil {
		utc := t.RevokedAt.UTC()
		t.RevokedAt = &utc
	}
	return t, err
}

// RevokeToken ends a token's rights; false when there is no such token, or it
// was revoked before.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) (bool, error) {
	n, err := s.exec(ctx, "revoke the token", "UPDATE headway.token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", at, id)
	return n > 0, err
}
