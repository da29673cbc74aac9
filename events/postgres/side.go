package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/domain"
	"headway/events"
)

// SaveSnapshot keeps the newest snapshot of a projection.
func (s *Store) SaveSnapshot(ctx context.Context, name string, at events.Position, data []byte) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO headway.projection_snapshot (name, position, data) VALUES ($1, $2, $3)
	  ON CONFLICT (name) DO UPDATE SET position = excluded.position, data = excluded.data`, name, int64(at), data)
	if err != nil {
		return s.failed(ctx, "save the snapshot", err)
	}
	return nil
}

// LoadSnapshot returns 0 and nil where none was saved.
func (s *Store) LoadSnapshot(ctx context.Context, name string) (at events.Position, data []byte, err error) {
	err = s.pool.QueryRow(ctx, "SELECT position, data FROM headway.projection_snapshot WHERE name = $1", name).Scan(&at, &data)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, s.failed(ctx, "load the snapshot", err)
	}
	return at, data, nil
}

// SaveToken keeps a new token.
func (s *Store) SaveToken(ctx context.Context, t domain.Token) error {
	_, err := s.pool.Exec(ctx, "INSERT INTO headway.token (id, role, country, hash, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6)",
		t.ID, string(t.Role), string(t.Country), t.Hash, t.CreatedAt, t.RevokedAt)
	if err != nil {
		return s.failed(ctx, "save the token", err)
	}
	return nil
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
	rows, err := s.pool.Query(ctx, "SELECT id, role, country, hash, created_at, revoked_at FROM headway.token "+rest, args...)
	if err != nil {
		return nil, s.failed(ctx, "read the tokens", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (domain.Token, error) {
		var t domain.Token
		err := row.Scan(&t.ID, &t.Role, &t.Country, &t.Hash, &t.CreatedAt, &t.RevokedAt)
		t.CreatedAt = t.CreatedAt.UTC()
		if t.RevokedAt != nil {
			at := t.RevokedAt.UTC()
			t.RevokedAt = &at
		}
		return t, err
	})
	if err != nil {
		return nil, s.failed(ctx, "read the tokens", err)
	}
	return list, nil
}

// RevokeToken ends a token's rights; false when there is no such token, or it
// was revoked before.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) (bool, error) {
	tag, err := s.pool.Exec(ctx, "UPDATE headway.token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", at, id)
	if err != nil {
		return false, s.failed(ctx, "revoke the token", err)
	}
	return tag.RowsAffected() > 0, nil
}
