package events

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"headway/domain"
)

// cloudEvent is the envelope as CloudEvents 1.0 JSON. Position and version are
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

// MarshalCloudEvent writes an event as one line of CloudEvents 1.0 JSON, its
// data as they are in the log, byte for byte.
func MarshalCloudEvent(e Event) ([]byte, error) {
	c := cloudEvent{
		SpecVersion: "1.0", ID: e.ID.String(), Source: cloudEventSource, Type: e.Type, Subject: e.Stream,
		Time: e.RecordedAt.UTC().Format(time.RFC3339Nano), DataContentType: "application/json",
		Position: strconv.FormatInt(int64(e.Position), 10), StreamVersion: strconv.FormatInt(e.Version, 10),
		SchemaVersion: e.SchemaVersion, EffectiveOn: e.EffectiveOn.String(), Actor: e.Actor, Round: string(e.Round),
		CorrelationID: e.CorrelationID, FactSource: e.Source, Simulated: e.Simulated,
	}
	oneLine := !bytes.ContainsAny(e.Data, "\r\n")
	if !oneLine {
		c.DataBase64 = base64.StdEncoding.EncodeToString(e.Data)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return nil, fmt.Errorf("event %d as CloudEvent: %w", e.Position, err)
	}
	out := bytes.TrimRight(b.Bytes(), "\n")
	if oneLine { // an encoder would reformat the data
		out = append(out[:len(out)-1], `,"data":`...)
		out = append(append(out, e.Data...), '}')
	}
	return out, nil
}

// UnmarshalCloudEvent undoes MarshalCloudEvent.
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
