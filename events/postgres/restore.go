package postgres

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/archive"
	"headway/events/merkle"
)

// restorePiece is how many events are copied at a time; a piece is the next COPY
// of the same transaction.
const restorePiece = 10_000

// Restore implements archive.Target.
func (s *Store) Restore(ctx context.Context, list iter.Seq2[events.Event, error]) error {
	if s.isClosed() {
		return events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	held, err := s.writer.Acquire(bound)
	if err != nil {
		return s.failed(ctx, "restore", err)
	}
	defer held.Release()
	var tree merkle.Frontier
	var fault error // of the sequence
	err = pgx.BeginFunc(bound, held, func(tx pgx.Tx) error {
		if tree, err = begun(bound, tx); err != nil {
			return err
		}
		for piece, err := range archive.Pieces(bound, list, restorePiece) {
			if err != nil {
				fault = err
				return err
			}
			growth := merkle.Grow(tree, piece)
			if err := copyAll(bound, tx.Conn(), piece, growth.Next); err != nil {
				return err
			}
			tree = growth.Frontier()
		}
		if tree.Size() == 0 {
			return nil
		}
		if _, err := tx.Exec(bound, growSQL, growArgs(tree)...); err != nil {
			return err
		}
		_, err = tx.Exec(bound, notifySQL, strconv.FormatInt(tree.Size(), 10))
		return err
	})
	switch {
	case err == nil:
		s.heads.advance(events.Position(tree.Size()))
		return nil
	case fault != nil && bound.Err() == nil:
		return fault
	case errors.Is(err, archive.ErrNotEmpty):
		return err
	}
	return s.failed(ctx, "restore", err)
}

// begun takes the lock and returns the tree of an empty log.
func begun(ctx context.Context, tx pgx.Tx) (merkle.Frontier, error) {
	if _, err := tx.Exec(ctx, lockSQL, appendLock); err != nil {
		return merkle.Frontier{}, err
	}
	var size int64
	var root, edge []byte
	var head events.Position
	if err := tx.QueryRow(ctx, headTreeSQL).Scan(&size, &root, &edge, &head); err != nil {
		return merkle.Frontier{}, noTree(err)
	}
	if head > 0 {
		return merkle.Frontier{}, archive.ErrNotEmpty
	}
	return checkTree(head, size, root, edge)
}
