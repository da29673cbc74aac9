package archive

import (
	"context"
	"fmt"
	"iter"

	"headway/events"
)

// Pieces cuts a sequence into slices of at most n events, and checks that the
// positions follow each other from 1. After an error it ends. A slice is only good
// until the next.
func Pieces(ctx context.Context, list iter.Seq2[events.Event, error], n int) iter.Seq2[[]events.Event, error] {
	return func(yield func([]events.Event, error) bool) {
		piece := make([]events.Event, 0, n)
		var last events.Position
		for e, err := range list {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && e.Position != last+1 {
				err = fmt.Errorf("position %d follows %d: %w", e.Position, last, events.ErrInvalid)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			last = e.Position
			if piece = append(piece, e); len(piece) == n {
				if !yield(piece, nil) {
					return
				}
				piece = piece[:0]
			}
		}
		if len(piece) > 0 {
			yield(piece, nil)
		}
	}
}
