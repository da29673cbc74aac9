package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"headway/events"
	"headway/events/merkle"
)

const (
	treeSQL     = "SELECT size, root, frontier FROM headway.tree"
	growSQL     = "UPDATE headway.tree SET size = $1, root = $2, frontier = $3"
	hashesSQL   = "SELECT position, hashes FROM headway.event WHERE position = ANY($1)"
	headTreeSQL = "SELECT size, root, frontier, (" + headSQL + ") FROM headway.tree"
)

// checkTree takes the row of treeSQL. Where its size is not that of the log,
// somebody has changed the one without the other.
func checkTree(head events.Position, size int64, root, edge []byte) (merkle.Frontier, error) {
	if size != int64(head) {
		return merkle.Frontier{}, fmt.Errorf("the log has %d events and its tree %d: %w", head, size, events.ErrDamaged)
	}
	return merkle.ParseFrontier(size, root, edge)
}

// noTree tells a head that is missing from other failures.
func noTree(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("the head of the tree is missing: %w", events.ErrDamaged)
	}
	return err
}

func growArgs(f merkle.Frontier) []any {
	root := f.Root()
	return []any{f.Size(), root[:], f.Bytes()}
}

// Tree implements merkle.Store.
func (s *Store) Tree(ctx context.Context) (f merkle.Frontier, err error) {
	if s.isClosed() {
		return f, events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	var size int64
	var root, edge []byte
	var head events.Position
	err = s.twice(bound, func() error { return s.readers.QueryRow(bound, headTreeSQL).Scan(&size, &root, &edge, &head) })
	if err != nil {
		return f, s.failed(ctx, "read the tree", noTree(err))
	}
	return checkTree(head, size, root, edge)
}

// StoredHashes implements merkle.Store.
func (s *Store) StoredHashes(ctx context.Context, positions []events.Position) ([][]byte, error) {
	if s.isClosed() {
		return nil, events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	found := make(map[events.Position][]byte, len(positions))
	err := s.twice(bound, func() error {
		rows, err := s.readers.Query(bound, hashesSQL, positions)
		if err != nil {
			return err
		}
		var at events.Position
		var b []byte
		_, err = pgx.ForEachRow(rows, []any{&at, &b}, func() error {
			found[at] = append([]byte(nil), b...)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, s.failed(ctx, "read the tree", err)
	}
	out := make([][]byte, len(positions))
	for i, p := range positions {
		out[i] = found[p]
	}
	return out, nil
}

// plantPiece is how many events get their hashes in one statement.
const plantPiece = 5000

// plant makes the tree of a log from before there was one, in one transaction.
// Where the tree is as large as the log it does nothing.
func plant(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockSQL, appendLock); err != nil {
			return err
		}
		var f merkle.Frontier
		var head int64
		if err := tx.QueryRow(ctx, "SELECT size, ("+headSQL+") FROM headway.tree").Scan(new(int64), &head); err != nil {
			return err
		}
		if head == 0 {
			return requireHashes(ctx, tx)
		}
		// The owner gives itself for this transaction what it took from itself.
		if _, err := tx.Exec(ctx, `GRANT UPDATE ON headway.event TO CURRENT_USER; ALTER TABLE headway.event DISABLE TRIGGER event_no_update`); err != nil {
			return err
		}
		for f.Size() < head {
			if err := plantSome(ctx, tx, &f); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, growSQL, growArgs(f)...); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `ALTER TABLE headway.event ENABLE ALWAYS TRIGGER event_no_update; REVOKE UPDATE ON headway.event FROM CURRENT_USER`); err != nil {
			return err
		}
		return requireHashes(ctx, tx)
	})
}

// requireHashes forbids events without hashes from now on.
func requireHashes(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "ALTER TABLE headway.event ADD CONSTRAINT event_hashes_check CHECK (octet_length(hashes) >= 32)")
	return err
}

func plantSome(ctx context.Context, tx pgx.Tx, f *merkle.Frontier) error {
	rows, err := tx.Query(ctx, "SELECT "+columns+" FROM headway.event WHERE position > $1 ORDER BY position LIMIT $2", f.Size(), plantPiece)
	if err != nil {
		return err
	}
	var positions []int64
	var hashes [][]byte
	err = newDecoder().all(rows, func(e events.Event) {
		positions = append(positions, int64(e.Position))
		hashes = append(hashes, f.Append(merkle.Leaf(&e), nil))
	})
	if err != nil {
		return err
	}
	if n := len(positions); n == 0 || positions[n-1] != f.Size() {
		return fmt.Errorf("the log has a gap after position %d: %w", f.Size()-int64(n), events.ErrDamaged)
	}
	_, err = tx.Exec(ctx, `UPDATE headway.event AS e SET hashes = h.hashes
	  FROM unnest($1::bigint[], $2::bytea[]) AS h (position, hashes) WHERE e.position = h.position`, positions, hashes)
	return err
}
