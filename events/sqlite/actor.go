package sqlite

import (
	"context"
	"errors"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/domain"
	"headway/events"
)

// SaveActor keeps who is behind a pseudonym; false where it was given before.
func (s *Store) SaveActor(ctx context.Context, a domain.Actor) (bool, error) {
	n, err := s.write(ctx, "save the actor", "INSERT INTO actor (id, name, contact, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		a.ID, a.Name, a.Contact, a.CreatedAt.UnixMicro())
	return n > 0, err
}

// Actors lists all actors, oldest first.
func (s *Store) Actors(ctx context.Context) ([]domain.Actor, error) {
	return s.actors(ctx, "ORDER BY created_at, id")
}

// ActorByID finds who is behind a pseudonym.
func (s *Store) ActorByID(ctx context.Context, id string) (domain.Actor, bool, error) {
	list, err := s.actors(ctx, "WHERE id = ?", id)
	if err != nil || len(list) == 0 {
		return domain.Actor{}, false, err
	}
	return list[0], true, nil
}

func (s *Store) actors(ctx context.Context, rest string, args ...any) (out []domain.Actor, err error) {
	conn, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.pool.Put(conn)
	err = sqlitex.Execute(conn, "SELECT id, name, contact, created_at, forgotten_at FROM actor "+rest, &sqlitex.ExecOptions{
		Args: args, ResultFunc: func(stmt *sqlite.Stmt) error {
			a := domain.Actor{ID: stmt.ColumnText(0), Name: stmt.ColumnText(1), Contact: stmt.ColumnText(2), CreatedAt: time.UnixMicro(stmt.ColumnInt64(3)).UTC()}
			if !stmt.ColumnIsNull(4) {
				at := time.UnixMicro(stmt.ColumnInt64(4)).UTC()
				a.ForgottenAt = &at
			}
			out = append(out, a)
			return nil
		}})
	if err != nil {
		return nil, s.failed(ctx, "read the actors", err)
	}
	return out, nil
}

// errStillThere means that the file still has what was to be erased from it.
var errStillThere = errors.New("it is forgotten, but another program keeps SQLite from erasing the name from the file; close it and forget the actor again")

// ForgetActor erases who is behind a pseudonym, also from the pages of the file and
// from its write-ahead log; false when nobody was named, or no longer.
func (s *Store) ForgetActor(ctx context.Context, id string, at time.Time) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.isClosed() {
		return false, events.ErrClosed
	}
	n, err := s.forget(id, at)
	if err != nil {
		return false, explain("forget the actor "+id, err)
	}
	return n > 0, nil
}

func (s *Store) forget(id string, at time.Time) (n int, err error) {
	if err := sqlitex.ExecuteTransient(s.writer, "PRAGMA secure_delete=ON", nil); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, sqlitex.ExecuteTransient(s.writer, "PRAGMA secure_delete=OFF", nil)) }()
	err = sqlitex.Execute(s.writer, "UPDATE actor SET name = '', contact = '', forgotten_at = ? WHERE id = ? AND forgotten_at IS NULL",
		&sqlitex.ExecOptions{Args: []any{at.UnixMicro(), id}})
	if err != nil {
		return 0, err
	}
	n = s.writer.Changes()
	busy := false
	err = sqlitex.ExecuteTransient(s.writer, "PRAGMA wal_checkpoint(TRUNCATE)", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { busy = stmt.ColumnInt(0) != 0; return nil }})
	if err == nil && busy {
		err = errStillThere
	}
	return n, err
}
