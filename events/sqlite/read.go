package sqlite

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/domain"
	"headway/events"
)

// A chunk is so many events, or about so many bytes, and is all that is read
// while a connection is held: a slow consumer holds none, and so never keeps the
// write-ahead log from being folded back.
const (
	chunk      = 1000
	chunkBytes = 4 << 20
)

// Read implements events.Log.
func (s *Store) Read(ctx context.Context, after events.Position, f events.Filter) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		head, err := s.Head(ctx)
		if err != nil {
			yield(events.Event{}, err)
			return
		}
		q := query{filter: f, after: after, head: head, names: map[string]string{}}
		if f.Until > 0 {
			q.head = min(head, f.Until)
		}
		buf := make([]events.Event, 0, chunk)
		for left := f.Limit; ; {
			q.limit = chunk
			if f.Limit > 0 {
				q.limit = min(chunk, left)
			}
			buf = buf[:0]
			more, fault := s.readChunk(ctx, q, &buf)
			for _, e := range buf {
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
			left -= len(buf)
			if !more || f.Limit > 0 && left == 0 {
				return
			}
			q.after, q.version = buf[len(buf)-1].Position, buf[len(buf)-1].Version
		}
	}
}

// errChunkFull ends a scan early; it never leaves this file.
var errChunkFull = errors.New("the chunk is full")

// readChunk fills the buffer, and reports whether there may be more to read.
func (s *Store) readChunk(ctx context.Context, q query, buf *[]events.Event) (more bool, err error) {
	conn, err := s.take(ctx)
	if err != nil {
		return false, err
	}
	defer s.pool.Put(conn)
	size := 0
	err = scan(conn, q, func() *events.Event {
		if n := len(*buf); n > 0 {
			size += len((*buf)[n-1].Data) + len((*buf)[n-1].Source)
		}
		if size > chunkBytes {
			return nil
		}
		*buf = append(*buf, events.Event{})
		return &(*buf)[len(*buf)-1]
	})
	switch {
	case errors.Is(err, errChunkFull):
		return true, nil
	case errors.Is(err, events.ErrDamaged): // what stands before it is right
		*buf = (*buf)[:len(*buf)-1]
	case err != nil:
		*buf = (*buf)[:0]
	}
	return len(*buf) == q.limit, err
}

// query is one chunk of a read.
type query struct {
	filter  events.Filter
	after   events.Position // exclusive
	version int64           // exclusive; of the stream, where only one is read
	head    events.Position // inclusive
	limit   int             // 0 is no bound
	names   map[string]string
}

const columns = `position, id, stream, version, type, schema_version, effective_on, recorded_at,
  actor, round, correlation_id, source, simulated, data`

// sql builds the statement. A stream is read by its unique index, in which the
// order of versions is that of positions; everything else by the primary key.
func (q query) sql() (string, []any, error) {
	columns := columns
	if q.filter.Hashes {
		columns += ", hashes"
	}
	var b strings.Builder
	b.WriteString("SELECT " + columns + " FROM event WHERE position > ? AND position <= ?")
	args := []any{int64(q.after), int64(q.head)}
	in := func(condition string, list any) error {
		text, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("filter: %w", err)
		}
		b.WriteString(condition)
		args = append(args, string(text))
		return nil
	}
	order := "position"
	if q.filter.Stream != "" {
		b.Reset()
		b.WriteString("SELECT " + columns + " FROM event INDEXED BY sqlite_autoindex_event_2 WHERE +position > ? AND +position <= ? AND stream = ? AND version > ?")
		args = append(args, q.filter.Stream, q.version)
		order = "version"
	}
	var err error
	if len(q.filter.Types) > 0 {
		err = in(" AND type IN (SELECT value FROM json_each(?))", q.filter.Types)
	}
	if len(q.filter.Positions) > 0 && err == nil {
		err = in(" AND position IN (SELECT value FROM json_each(?))", q.filter.Positions)
	}
	if len(q.filter.IDs) > 0 && err == nil {
		ids := make([]string, len(q.filter.IDs))
		for i, id := range q.filter.IDs {
			ids[i] = hex.EncodeToString(id[:])
		}
		err = in(" AND id IN (SELECT unhex(value) FROM json_each(?))", ids)
	}
	b.WriteString(" ORDER BY " + order)
	if q.limit > 0 {
		b.WriteString(" LIMIT ?")
		args = append(args, q.limit)
	}
	return b.String(), args, err
}

// scan decodes the events of a chunk, each into what next returns: an event is
// large, and copies of it are what a read costs beside SQLite. Where next returns
// nil, the scan ends with errChunkFull.
func scan(conn *sqlite.Conn, q query, next func() *events.Event) error {
	text, args, err := q.sql()
	if err != nil {
		return err
	}
	if q.names == nil {
		q.names = map[string]string{}
	}
	d := decoder{names: q.names}
	return sqlitex.Execute(conn, text, &sqlitex.ExecOptions{Args: args, ResultFunc: func(stmt *sqlite.Stmt) error {
		e := next()
		if e == nil {
			return errChunkFull
		}
		return d.event(stmt, e)
	}})
}

// decoder reads rows; texts that repeat from row to row are kept once.
type decoder struct {
	names   map[string]string
	last    [14]string // of each column, the text of the row before
	scratch []byte
	date    domain.Date
	dated   string
}

func (d *decoder) event(stmt *sqlite.Stmt, e *events.Event) error {
	e.Position, e.Version, e.SchemaVersion = events.Position(stmt.ColumnInt64(0)), stmt.ColumnInt64(3), stmt.ColumnInt(5)
	e.Stream, e.Source = stmt.ColumnText(2), stmt.ColumnText(11)
	e.Type, e.Actor, e.Round, e.CorrelationID = d.name(stmt, 4), d.name(stmt, 8), domain.RoundID(d.name(stmt, 9)), d.name(stmt, 10)
	e.RecordedAt, e.Simulated = time.UnixMicro(stmt.ColumnInt64(7)).UTC(), stmt.ColumnInt(12) != 0
	if stmt.ColumnLen(1) != len(e.ID) {
		return fmt.Errorf("event %d: its id has %d bytes: %w", e.Position, stmt.ColumnLen(1), events.ErrDamaged)
	}
	stmt.ColumnBytes(1, e.ID[:])
	if s := d.name(stmt, 6); s != d.dated {
		if err := d.date.UnmarshalText([]byte(s)); err != nil {
			return fmt.Errorf("event %d: %w: %w", e.Position, err, events.ErrDamaged)
		}
		d.dated = s
	}
	e.EffectiveOn = d.date
	e.Data = make([]byte, stmt.ColumnLen(13))
	stmt.ColumnBytes(13, e.Data)
	if stmt.ColumnCount() > 14 {
		e.Hashes = make([]byte, stmt.ColumnLen(14))
		stmt.ColumnBytes(14, e.Hashes)
	}
	return nil
}

// maxNames bounds the memory for repeated texts, should they not repeat.
const maxNames = 10_000

func (d *decoder) name(stmt *sqlite.Stmt, col int) string {
	n := stmt.ColumnLen(col)
	if n == 0 {
		return ""
	}
	if cap(d.scratch) < n {
		d.scratch = make([]byte, max(n, 256))
	}
	b := d.scratch[:n]
	stmt.ColumnBytes(col, b)
	if string(b) == d.last[col] {
		return d.last[col]
	}
	s, ok := d.names[string(b)]
	if !ok {
		s = string(b)
		if len(d.names) < maxNames {
			d.names[s] = s
		}
	}
	d.last[col] = s
	return s
}
