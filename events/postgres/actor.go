package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/domain"
	"headway/events"
)

// SaveActor keeps who is behind a pseudonym; false where it was given before.
func (s *Store) SaveActor(ctx context.Context, a domain.Actor) (bool, error) {
	n, err := s.exec(ctx, "save the actor", "INSERT INTO headway.actor (id, name, contact, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
		a.ID, a.Name, a.Contact, a.CreatedAt)
	return n > 0, err
}

// Actors lists all actors, oldest first.
func (s *Store) Actors(ctx context.Context) ([]domain.Actor, error) {
	return s.actors(ctx, "ORDER BY created_at, id")
}

// ActorByID finds who is behind a pseudonym.
func (s *Store) ActorByID(ctx context.Context, id string) (domain.Actor, bool, error) {
	list, err := s.actors(ctx, "WHERE id = $1", id)
	if err != nil || len(list) == 0 {
		return domain.Actor{}, false, err
	}
	return list[0], true, nil
}

func (s *Store) actors(ctx context.Context, rest string, args ...any) ([]domain.Actor, error) {
	if s.isClosed() {
		return nil, events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	var list []domain.Actor
	err := s.twice(bound, func() error {
		rows, err := s.readers.Query(bound, "SELECT id, name, contact, created_at, forgotten_at FROM headway.actor "+rest, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (domain.Actor, error) {
			var a domain.Actor
			err := row.Scan(&a.ID, &a.Name, &a.Contact, &a.CreatedAt, &a.ForgottenAt)
			a.CreatedAt = a.CreatedAt.UTC()
			if a.ForgottenAt != nil {
				utc := a.ForgottenAt.UTC()
				a.ForgottenAt = &utc
			}
			return a, err
		})
		return err
	})
	if err != nil {
		return nil, s.failed(ctx, "read the actors", err)
	}
	return list, nil
}

// ForgetActor erases who is behind a pseudonym; false when nobody was named, or no
// longer. Postgres keeps the old version of the row until the table is vacuumed,
// which the owner of the table may do, and does so by itself in time.
func (s *Store) ForgetActor(ctx context.Context, id string, at time.Time) (bool, error) {
	n, err := s.exec(ctx, "forget the actor", "UPDATE headway.actor SET name = '', contact = '', forgotten_at = $1 WHERE id = $2 AND forgotten_at IS NULL", at, id)
	if err != nil {
		return false, err
	}
	// Only a warning where the role does not own the table.
	if _, err := s.exec(ctx, "erase the old version of the row", "VACUUM headway.actor"); err != nil {
		return n > 0, err
	}
	return n > 0, nil
}
