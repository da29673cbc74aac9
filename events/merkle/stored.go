package merkle

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// Store is a log with the tree beside it.
type Store interface {
	events.Log
	// StoredHashes reads what is stored of the tree with each of the events at
	// the positions, in their order: 32 bytes for the leaf and for each subtree
	// that ends with it. Nil for a position that is not in the log.
	StoredHashes(ctx context.Context, positions []events.Position) ([][]byte, error)
	// Tree reads the frontier that is stored beside the log; its size is the head.
	Tree(ctx context.Context) (Frontier, error)
}

// Reader reads the stored hashes of a log for package tlog.
func Reader(ctx context.Context, s Store) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		positions := make([]events.Position, len(indexes))
		levels := make([]int, len(indexes))
		for i, index := range indexes {
			level, n := tlog.SplitStoredHashIndex(index)
			positions[i], levels[i] = events.Position((n+1)<<level), level
		}
		stored, err := s.StoredHashes(ctx, positions)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for i, b := range stored {
			at := levels[i] * tlog.HashSize
			if len(b) < at+tlog.HashSize {
				return nil, fmt.Errorf("the hashes of event %d are not there: %w", positions[i], events.ErrDamaged)
			}
			out[i] = tlog.Hash(b[at : at+tlog.HashSize])
		}
		return out, nil
	})
}

// RootAt is the root of the tree as it was when the log had so many events, from
// the stored hashes.
func RootAt(ctx context.Context, s Store, size events.Position) (tlog.Hash, error) {
	if size == 0 {
		var empty Frontier
		return empty.Root(), nil
	}
	root, err := tlog.TreeHash(int64(size), Reader(ctx, s))
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("root of the first %d events: %w", size, err)
	}
	return root, nil
}
