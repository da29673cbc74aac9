package postgres

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"headway/domain"
	"headway/events"
)

// decoder reads rows of columns in the binary format, without the driver's
// conversions; texts that repeat from row to row are kept once.
type decoder struct {
	names map[string]string
	date  domain.Date
	dated string
}

// maxNames bounds the memory for repeated texts, should they not repeat.
const maxNames = 10_000

func newDecoder() *decoder { return &decoder{names: map[string]string{}} }

// layout is what the decoder reads: each column's type and, where it is fixed,
// its length in bytes.
var layout = [...]struct {
	oid  uint32
	size int
}{
	{pgtype.Int8OID, 8}, {pgtype.Int8OID, 8}, {pgtype.TimestamptzOID, 8}, {pgtype.UUIDOID, 16}, {pgtype.Int4OID, 4},
	{pgtype.BoolOID, 1}, {pgtype.TextOID, 0}, {pgtype.TextOID, 0}, {pgtype.TextOID, 0}, {pgtype.TextOID, 0},
	{pgtype.TextOID, 0}, {pgtype.TextOID, 0}, {pgtype.TextOID, 0}, {pgtype.JSONOID, 0},
	{pgtype.ByteaOID, 0}, // only where the hashes were asked for
}

// all hands the events of a result to each.
func (d *decoder) all(rows pgx.Rows, each func(events.Event)) error {
	checked := false // a result that failed has no columns to ask for
	for rows.Next() {
		if !checked {
			if err := checkColumns(rows.FieldDescriptions()); err != nil {
				rows.Close()
				return err
			}
			checked = true
		}
		e, err := d.event(rows.RawValues())
		if err != nil {
			rows.Close()
			return err
		}
		each(e)
	}
	return rows.Err()
}

func checkColumns(fields []pgconn.FieldDescription) error {
	for i := range fields {
		if fields[i].DataTypeOID != layout[i].oid || layout[i].size > 0 && fields[i].Format != pgx.BinaryFormatCode {
			return fmt.Errorf("column %s comes as type %d in format %d", fields[i].Name, fields[i].DataTypeOID, fields[i].Format)
		}
	}
	return nil
}

// epoch is where Postgres counts microseconds from: 2000-01-01 UTC.
const epoch = 946_684_800_000_000

func (d *decoder) event(v [][]byte) (events.Event, error) {
	for i, want := range layout[:len(v)] {
		if v[i] == nil || want.size > 0 && len(v[i]) != want.size {
			return events.Event{}, fmt.Errorf("column %d of an event has %d bytes: %w", i+1, len(v[i]), events.ErrDamaged)
		}
	}
	e := events.Event{
		Position: events.Position(binary.BigEndian.Uint64(v[0])), Version: int64(binary.BigEndian.Uint64(v[1])),
		RecordedAt: time.UnixMicro(int64(binary.BigEndian.Uint64(v[2])) + epoch).UTC(), ID: events.ID(v[3]),
		SchemaVersion: int(int32(binary.BigEndian.Uint32(v[4]))), Simulated: v[5][0] != 0,
		Stream: string(v[6]), Type: d.name(v[7]), Actor: d.name(v[9]), Round: domain.RoundID(d.name(v[10])),
		CorrelationID: d.name(v[11]), Source: string(v[12]), Data: append([]byte(nil), v[13]...),
	}
	if s := d.name(v[8]); s != d.dated {
		if err := d.date.UnmarshalText([]byte(s)); err != nil {
			return e, fmt.Errorf("event %d: %w: %w", e.Position, err, events.ErrDamaged)
		}
		d.dated = s
	}
	e.EffectiveOn = d.date
	if len(v) == len(layout) {
		e.Hashes = append([]byte(nil), v[len(v)-1]...)
	}
	return e, nil
}

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
