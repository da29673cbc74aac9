package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"headway/events"
)

// A chunk is read at once, and no connection or transaction is held while the
// caller works on it. Chunks begin small, for the many reads of few events, and
// grow to so many events, or to about so many bytes.
const (
	firstChunk = 256
	lastChunk  = 8192
	chunkBytes = 4 << 20
)

// Read implements events.Log.
func (s *Store) Read(ctx context.Context, after events.Position, f events.Filter) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		q := query{filter: f, after: after, limit: firstChunk, decoder: newDecoder()}
		for left := f.Limit; ; {
			if f.Limit > 0 {
				q.limit = min(q.limit, left)
			}
			chunk, fault := s.chunk(ctx, &q)
			for _, e := range chunk {
				if err := ctx.Err(); err != nil {
					yield(events.Event{}, err)
					return
				}
				if !yield(e, nil) {
					return
				}
			}
			if fault != nil {
				yield(events.Event{}, s.failed(ctx, "read the log", fault))
				return
			}
			left -= len(chunk)
			if q.done || f.Limit > 0 && left == 0 {
				return
			}
		}
	}
}

// query is a read that goes on chunk by chunk.
type query struct {
	filter  events.Filter
	after   events.Position // exclusive
	version int64           // exclusive; of the stream, where only one is read
	head    events.Position // inclusive; 0 until the first chunk has read it
	limit   int
	done    bool
	decoder *decoder
	buf     []events.Event
}

// chunk reads the next events, and the head in the same round trip the first
// time. What it returns is overwritten by the next call.
func (s *Store) chunk(ctx context.Context, q *query) ([]events.Event, error) {
	if s.isClosed() {
		return nil, events.ErrClosed
	}
	ctx, release := s.bind(ctx)
	defer release()
	size := 0
	err := s.twice(ctx, func() (err error) {
		size, err = q.read(ctx, s.readers)
		return err
	})
	switch {
	case errors.Is(err, events.ErrDamaged): // what stands before it is right
		return q.buf, err
	case err != nil:
		return nil, err
	}
	q.next(size)
	return q.buf, nil
}

// read fills the buffer, and returns about how many bytes that took.
func (q *query) read(ctx context.Context, pool *pgxpool.Pool) (size int, err error) {
	var b pgx.Batch
	head := q.head
	if head == 0 {
		b.Queue(headSQL).QueryRow(func(row pgx.Row) error { return row.Scan(&head) })
	}
	q.buf = q.buf[:0]
	text, args := q.sql()
	b.Queue(text, args...).Query(func(rows pgx.Rows) error {
		return q.decoder.all(rows, func(e events.Event) {
			size += len(e.Data) + len(e.Source) + len(e.Stream)
			q.buf = append(q.buf, e)
		})
	})
	if err := pool.SendBatch(ctx, &b).Close(); err != nil {
		return 0, err
	}
	q.head = head
	return size, nil
}

// next prepares the query of the following chunk.
func (q *query) next(size int) {
	n := len(q.buf)
	q.done = n < q.limit
	for n > 0 && q.buf[n-1].Position > q.head { // the head was read before
		n, q.done = n-1, true
	}
	if q.buf = q.buf[:n]; n == 0 {
		q.done = true
		return
	}
	q.after, q.version = q.buf[n-1].Position, q.buf[n-1].Version
	fit := chunkBytes / (size/n + 1)
	q.limit = max(1, min(4*q.limit, lastChunk, fit))
}

// sql builds the statement. A stream is read by its unique index, in which the
// order of versions is that of positions; everything else by the primary key.
func (q *query) sql() (string, []any) {
	var b strings.Builder
	var args []any
	and := func(condition string, value any) {
		word := " AND "
		if len(args) == 0 {
			word = " WHERE "
		}
		args = append(args, value)
		fmt.Fprintf(&b, "%s"+condition, word, len(args))
	}
	b.WriteString("SELECT " + columns)
	if q.filter.Hashes {
		b.WriteString(", hashes")
	}
	b.WriteString(" FROM headway.event")
	order := "position"
	if q.filter.Stream != "" {
		and("stream = $%d", q.filter.Stream)
		and("version > $%d", q.version)
		order = "version"
	}
	and("position > $%d", q.after)
	until := q.head
	if q.filter.Until > 0 && (until == 0 || q.filter.Until < until) {
		until = q.filter.Until
	}
	if until > 0 {
		and("position <= $%d", until)
	}
	if len(q.filter.Types) > 0 {
		and("type = ANY($%d::text[])", q.filter.Types)
	}
	if len(q.filter.Positions) > 0 {
		and("position = ANY($%d::bigint[])", q.filter.Positions)
	}
	if len(q.filter.IDs) > 0 {
		and("id = ANY($%d::uuid[])", uuids(q.filter.IDs))
	}
	args = append(args, q.limit)
	fmt.Fprintf(&b, " ORDER BY %s LIMIT $%d", order, len(args))
	return b.String(), args
}
