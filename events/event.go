package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	fastjson "github.com/go-json-experiment/json"

	"headway/domain"
)

// Event is the envelope. The writer gives everything but Version, Position and
// RecordedAt, which the log gives.
type Event struct {
	ID            ID
	Stream        string
	Version       int64 // 1, 2, … in the stream
	Position      Position
	Type          string
	SchemaVersion int
	EffectiveOn   domain.Date // when it was so
	RecordedAt    time.Time   // when we learned it: UTC, microseconds, later than that of the commit before
	Actor         string      // a pseudonym
	Round         domain.RoundID
	CorrelationID string // what was caused together: an import, a request
	// Source is the JSON of a domain.Source, or empty. It is kept as text
	// because few readers need it; see SourceOf.
	Source    string
	Simulated bool
	Data      []byte // JSON, exactly as it was written
	// Hashes are what the log stores of its Merkle tree with the event: filled in
	// by a Read with Filter.Hashes, empty otherwise. See package merkle.
	Hashes []byte
}

// SourceOf decodes the source.
func (e Event) SourceOf() (domain.Source, error) {
	var s domain.Source
	if e.Source == "" {
		return s, nil
	}
	if err := fastjson.Unmarshal([]byte(e.Source), &s, lenient); err != nil {
		return s, fmt.Errorf("source of event %d: %w", e.Position, err)
	}
	return s, nil
}

// Stamp is what all events of one command have in common.
type Stamp struct {
	Actor         string
	CorrelationID string
}

// New wraps a fact in an envelope.
func New(id ID, s Stamp, f domain.Fact) (Event, error) {
	data, err := json.Marshal(f.Payload)
	if err != nil {
		return Event{}, fmt.Errorf("encode %s: %w", f.Payload.EventType(), err)
	}
	e := Event{
		ID: id, Stream: f.Stream, Type: f.Payload.EventType(), SchemaVersion: f.Payload.SchemaVersion(),
		EffectiveOn: f.EffectiveOn, Actor: s.Actor, Round: f.Round, CorrelationID: s.CorrelationID,
		Simulated: f.Simulated, Data: data,
	}
	if !f.Source.IsZero() {
		src, err := json.Marshal(f.Source)
		if err != nil {
			return Event{}, fmt.Errorf("encode the source of %s: %w", e.Type, err)
		}
		e.Source = string(src)
	}
	return e, nil
}

// Limits of an envelope, in bytes. They keep a mistaken caller from filling the
// log; no honest event comes near them.
const (
	MaxData = 1 << 20
	MaxText = 4 << 10
	// MaxStream is what both databases can index.
	MaxStream = 1 << 10
)

// Check returns an error (errors.Is ErrInvalid) when no log takes the event.
func (e *Event) Check() error {
	if err := e.checkShape(); err != nil {
		return err
	}
	if !json.Valid(e.Data) {
		return fmt.Errorf("event %s of stream %q: its data are not JSON: %w", e.ID, e.Stream, ErrInvalid)
	}
	if e.Source != "" && !json.Valid([]byte(e.Source)) {
		return fmt.Errorf("event %s of stream %q: its source is not JSON: %w", e.ID, e.Stream, ErrInvalid)
	}
	return nil
}

// checkShape checks all but that data and source are JSON, which takes the most
// time, and which who decodes them finds out.
func (e *Event) checkShape() error {
	invalid := func(format string, a ...any) error {
		return fmt.Errorf("event %s of stream %q: %s: %w", e.ID, e.Stream, fmt.Sprintf(format, a...), ErrInvalid)
	}
	switch {
	case e.ID == ID{}:
		return invalid("it has no id")
	case e.Stream == "" || e.Type == "":
		return invalid("stream and type must be given")
	case len(e.Stream) > MaxStream:
		return invalid("its stream's name has %d bytes, more than %d", len(e.Stream), MaxStream)
	case e.SchemaVersion < 1 || e.SchemaVersion > math.MaxInt32:
		return invalid("schema version %d is not 1 to %d", e.SchemaVersion, math.MaxInt32)
	case !readable(e.EffectiveOn):
		return invalid("%d-%d-%d is not a date", e.EffectiveOn.Year, e.EffectiveOn.Month, e.EffectiveOn.Day)
	case e.Actor == "":
		return invalid("it has no actor")
	case len(e.Data) > MaxData:
		return invalid("its data have %d bytes, more than %d", len(e.Data), MaxData)
	}
	for _, s := range [...]string{e.Stream, e.Type, e.Actor, string(e.Round), e.CorrelationID} {
		if len(s) > MaxText || !plainText(s) {
			return invalid("a text is too long, not UTF-8, or has a zero byte")
		}
	}
	if len(e.Source) > MaxData || !plainText(e.Source) || bytes.IndexByte(e.Data, 0) >= 0 || !utf8.Valid(e.Data) {
		return invalid("its source or data are not UTF-8 without zero bytes")
	}
	return nil
}

// readable reports whether a date comes back from its text as it was: one that
// does not would stop every reader of the log, for good.
func readable(d domain.Date) bool {
	if d.Year == 0 {
		return d == domain.Date{}
	}
	var text [10]byte
	var back domain.Date
	return back.UnmarshalText(d.Append(text[:0])) == nil && back == d
}

// plainText reports whether both databases keep s as it is.
func plainText(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }
