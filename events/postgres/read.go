package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/domain"
	"headway/events"
)

// chunk is how many events are read at a time: a slow consumer keeps no
// transaction open.
const chunk = 5000

// Read implements events.Log.
func (s *Store) Read(ctx context.Context, after events.Position, f events.Filter) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		head, err := s.Head(ctx)
		if err != nil {
			yield(events.Event{}, err)
			return
		}
		if f.Until > 0 {
			head = min(head, f.Until)
		}
		d := newDecoder()
		buf := make([]events.Event, 0, min(chunk, max(0, int(head-after))))
		for left := f.Limit; after < head; {
			limit := chunk
			if f.Limit > 0 {
				limit = min(chunk, left)
			}
			buf = buf[:0]
			if err := s.readChunk(ctx, d, f, after, head, limit, &buf); err != nil {
				yield(events.Event{}, s.failed(ctx, "read the log", err))
				return
			}
			for _, e := range buf {
				if err := ctx.Err(); err != nil {
					yield(events.Event{}, err)
					return
				}
				if !yield(e, nil) {
					return
				}
			}
			left -= len(buf)
			if len(buf) < limit || f.Limit > 0 && left == 0 {
				return
			}
			after = buf[len(buf)-1].Position
		}
	}
}

const columns = `position, id, stream, version, type, schema_version, effective_on, recorded_at,
  actor, round, correlation_id, source, simulated, data`

func query(f events.Filter, after, head events.Position, limit int) (string, []any) {
	var b strings.Builder
	b.WriteString("SELECT " + columns + " FROM headway.event WHERE position > $1 AND position <= $2")
	args := []any{int64(after), int64(head)}
	add := func(condition string, v any) {
		args = append(args, v)
		fmt.Fprintf(&b, " AND "+condition, len(args))
	}
	order := "position"
	if f.Stream != "" {
		// In a stream the order of versions is that of positions, and the index has it.
		add("stream = $%d", f.Stream)
		order = "version"
	}
	if len(f.Types) > 0 {
		add("type = ANY($%d)", f.Types)
	}
	if len(f.IDs) > 0 {
		add("id = ANY($%d)", f.IDs)
	}
	if len(f.Positions) > 0 {
		list := make([]int64, len(f.Positions))
		for i, p := range f.Positions {
			list[i] = int64(p)
		}
		add("position = ANY($%d)", list)
	}
	fmt.Fprintf(&b, " ORDER BY %s LIMIT %d", order, limit)
	return b.String(), args
}

func (s *Store) readChunk(ctx context.Context, d *decoder, f events.Filter, after, head events.Position, limit int, buf *[]events.Event) error {
	text, args := query(f, after, head, limit)
	rows, err := s.pool.Query(ctx, text, append([]any{pgx.QueryExecModeCacheStatement}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := d.event(rows.RawValues())
		if err != nil {
			return err
		}
		*buf = append(*buf, e)
	}
	return rows.Err()
}

// decoder reads rows in Postgres' binary format; texts that repeat from row to
// row are kept once.
type decoder struct {
	names map[string]string
	date  domain.Date
	dated string
}

func newDecoder() *decoder { return &decoder{names: map[string]string{}} }

// maxNames bounds the memory for repeated texts, should they not repeat.
const maxNames = 10_000

func (d *decoder) name(b []byte) string {
	if s, ok := d.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(d.names) < maxNames {
		d.names[s] = s
	}
	return s
}

// epoch is where Postgres counts microseconds from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func (d *decoder) event(v [][]byte) (events.Event, error) {
	if len(v) != 14 || len(v[0]) != 8 || len(v[1]) != 16 || len(v[3]) != 8 || len(v[5]) != 4 || len(v[7]) != 8 || len(v[12]) != 1 {
		return events.Event{}, fmt.Errorf("a row of the log has another format than expected")
	}
	e := events.Event{
		Position: events.Position(binary.BigEndian.Uint64(v[0])), Stream: string(v[2]), Version: int64(binary.BigEndian.Uint64(v[3])),
		Type: d.name(v[4]), SchemaVersion: int(binary.BigEndian.Uint32(v[5])),
		RecordedAt: time.UnixMicro(epoch + int64(binary.BigEndian.Uint64(v[7]))).UTC(),
		Actor:      d.name(v[8]), Round: domain.RoundID(d.name(v[9])), CorrelationID: d.name(v[10]), Source: string(v[11]),
		Simulated: v[12][0] != 0, Data: append([]byte(nil), v[13]...),
	}
	copy(e.ID[:], v[1])
	if s := d.name(v[6]); s != d.dated {
		if err := d.date.UnmarshalText([]byte(s)); err != nil {
			return e, fmt.Errorf("event %d: %w", e.Position, err)
		}
		d.dated = s
	}
	e.EffectiveOn = d.date
	return e, nil
}
