package events

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"headway/domain"
)

// cloudEvent is the envelope as CloudEvents 1.0 JSON, for reading. Position and version are
// strings, because a CloudEvents integer has 32 bits only.
type cloudEvent struct {
	SpecVersion     string `json:"specversion"`
	ID              string `json:"id"`
	Source          string `json:"source"`
	Type            string `json:"type"`
	Subject         string `json:"subject"` // the stream
	Time            string `json:"time"`    // recorded
	DataContentType string `json:"datacontenttype"`
	Position        string `json:"position"`
	StreamVersion   string `json:"streamversion"`
	SchemaVersion   int    `json:"schemaversion"`
	EffectiveOn     string `json:"effectiveon,omitempty"`
	Actor           string `json:"actor"`
	Round           string `json:"round,omitempty"`
	CorrelationID   string `json:"correlationid,omitempty"`
	FactSource      string `json:"factsource,omitempty"` // JSON of a domain.Source
	Simulated       bool   `json:"simulated"`

	Data       json.RawMessage `json:"data,omitempty"`
	DataBase64 string          `json:"data_base64,omitempty"`
}

const cloudEventSource = "/headway"

// MarshalCloudEvent writes an event as one line of CloudEvents 1.0 JSON, without
// the line's end, its data as they are in the log, byte for byte.
//
// The line is canonical: an event has one, and two different events have two. It
// is what is exported, and what the leaves of the Merkle tree are hashes of, so
// its bytes can never change for an event that was written.
func MarshalCloudEvent(e Event) []byte {
	return AppendCloudEvent(make([]byte, 0, 512+len(e.Data)+len(e.Source)), &e)
}

// AppendCloudEvent appends the line to b.
func AppendCloudEvent(b []byte, e *Event) []byte {
	b = append(b, `{"specversion":"1.0","id":"`...)
	b = appendID(b, e.ID)
	b = append(b, `","source":"`+cloudEventSource+`","type":`...)
	b = appendText(b, e.Type)
	b = append(b, `,"subject":`...)
	b = appendText(b, e.Stream)
	b = append(b, `,"time":"`...)
	b = e.RecordedAt.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","datacontenttype":"application/json","position":"`...)
	b = strconv.AppendInt(b, int64(e.Position), 10)
	b = append(b, `","streamversion":"`...)
	b = strconv.AppendInt(b, e.Version, 10)
	b = append(b, `","schemaversion":`...)
	b = strconv.AppendInt(b, int64(e.SchemaVersion), 10)
	if !e.EffectiveOn.IsZero() {
		b = append(e.EffectiveOn.Append(append(b, `,"effectiveon":"`...)), '"')
	}
	b = append(b, `,"actor":`...)
	b = appendText(b, e.Actor)
	b = appendMember(b, "round", string(e.Round))
	b = appendMember(b, "correlationid", e.CorrelationID)
	b = appendMember(b, "factsource", e.Source)
	b = append(b, `,"simulated":`...)
	b = strconv.AppendBool(b, e.Simulated)
	if !plainLine(e.Data) {
		b = append(b, `,"data_base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, e.Data)
		return append(b, `"}`...)
	}
	b = append(b, `,"data":`...) // an encoder would reformat it
	return append(append(b, e.Data...), '}')
}

// plainLine reports whether data can stand in a line as they are: no end of line
// within, and no space around that a reader of JSON would not keep.
func plainLine(data []byte) bool {
	n := len(data)
	return n > 0 && data[0] > ' ' && data[n-1] > ' ' && bytes.IndexByte(data, '\n') < 0 && bytes.IndexByte(data, '\r') < 0
}

func appendID(b []byte, id ID) []byte {
	var text [36]byte
	hex.Encode(text[:8], id[:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:], id[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return append(b, text[:]...)
}

// appendMember appends a member that is left out when its text is empty.
func appendMember(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, name...)
	return appendText(append(b, `":`...), text)
}

// appendText appends a JSON string as encoding/json writes it, without its
// escapes for HTML. Most texts have no more than quotes to escape.
func appendText(b []byte, s string) []byte {
	start := len(b)
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(append(b, s[from:i]...), '\\')
			from = i
		case c < ' ' || c >= 0x80:
			return appendAnyText(b[:start], s)
		}
	}
	return append(append(b, s[from:]...), '"')
}

func appendAnyText(b []byte, s string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can always be encoded, and a buffer written to
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// UnmarshalCloudEvent undoes MarshalCloudEvent. It also takes other spellings of
// the same JSON: who must know that a line is canonical marshals the event again.
func UnmarshalCloudEvent(line []byte) (Event, error) {
	fail := func(err error) (Event, error) { return Event{}, fmt.Errorf("CloudEvent: %w", err) }
	var c cloudEvent
	if err := json.Unmarshal(line, &c); err != nil {
		return fail(err)
	}
	if c.SpecVersion != "1.0" || c.Source != cloudEventSource {
		return fail(fmt.Errorf("specversion %q of source %q is not an event of Headway", c.SpecVersion, c.Source))
	}
	id, err := ParseID(c.ID)
	if err != nil {
		return fail(err)
	}
	position, err := strconv.ParseInt(c.Position, 10, 64)
	if err != nil {
		return fail(err)
	}
	version, err := strconv.ParseInt(c.StreamVersion, 10, 64)
	if err != nil {
		return fail(err)
	}
	recorded, err := time.Parse(time.RFC3339Nano, c.Time)
	if err != nil {
		return fail(err)
	}
	var effective domain.Date
	if err := effective.UnmarshalText([]byte(c.EffectiveOn)); err != nil {
		return fail(err)
	}
	data := []byte(c.Data)
	if c.DataBase64 != "" {
		if data, err = base64.StdEncoding.DecodeString(c.DataBase64); err != nil {
			return fail(err)
		}
	}
	return Event{
		ID: id, Stream: c.Subject, Version: version, Position: Position(position), Type: c.Type,
		SchemaVersion: c.SchemaVersion, EffectiveOn: effective, RecordedAt: recorded.UTC(), Actor: c.Actor,
		Round: domain.RoundID(c.Round), CorrelationID: c.CorrelationID, Source: c.FactSource, Simulated: c.Simulated,
		Data: data,
	}, nil
}
