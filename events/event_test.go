package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headway/domain"
)

var epoch = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

// zeros is a source of randomness that has none.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestIDsIncrease holds also when the clock stands still or goes back.
func TestIDsIncrease(t *testing.T) {
	now := epoch
	s := NewTimeOrdered(func() time.Time { return now }, zeros{})
	var last ID
	for i := range 10_000 {
		if i%1000 == 999 {
			now = now.Add(-time.Millisecond)
		}
		id, err := s.NewID()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Compare(id[:], last[:]) <= 0 {
			t.Fatalf("id %d, %s, does not follow %s", i, id, last)
		}
		if id.Version() != 7 || id.Variant().String() != "RFC4122" {
			t.Fatalf("%s has version %d, variant %s", id, id.Version(), id.Variant())
		}
		last = id
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func TestIDsNeedRandomness(t *testing.T) {
	if _, err := NewTimeOrdered(time.Now, broken{}).NewID(); err == nil {
		t.Error("an id without randomness")
	}
}

func TestDerivedIDsDependOnEveryName(t *testing.T) {
	seen := map[ID]bool{}
	for _, names := range [][]string{{"a", "b"}, {"ab"}, {"a", "b", ""}, {"", "ab"}, {"b", "a"}} {
		id := DeriveID(epoch, names...)
		if seen[id] || id.Version() != 7 || id != DeriveID(epoch, names...) {
			t.Errorf("%q: %s", names, id)
		}
		seen[id] = true
	}
}

func TestParseID(t *testing.T) {
	id := DeriveID(epoch, "x")
	if got, err := ParseID(id.String()); err != nil || got != id {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{"", "x", "{" + id.String() + "}", "urn:uuid:" + id.String()} {
		if _, err := ParseID(bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestCloudEventsKeepEveryByte is the round trip of export and restore, one event
// at a time.
func TestCloudEventsKeepEveryByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zA-Z"\\<>&؀-ۿ😀 =]{1,12}`)
		e := Event{
			ID: DeriveID(epoch, text.Draw(t, "id")), Stream: text.Draw(t, "stream"), Version: rapid.Int64Range(1, 1<<62).Draw(t, "version"),
			Position: Position(rapid.Int64Range(1, 1<<62).Draw(t, "position")), Type: text.Draw(t, "type"), SchemaVersion: rapid.IntRange(1, 9).Draw(t, "schema"),
			EffectiveOn: domain.Date{Year: 2021, Month: rapid.IntRange(0, 12).Draw(t, "month")}, RecordedAt: epoch.Add(time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "µs")) * time.Microsecond),
			Actor: text.Draw(t, "actor"), Round: domain.RoundID(text.Draw(t, "round")), CorrelationID: text.Draw(t, "correlation"), Simulated: rapid.Bool().Draw(t, "simulated"),
			Source: rapid.SampledFrom([]string{"", `{"document":"x"}`}).Draw(t, "source"),
			Data:   []byte(rapid.SampledFrom([]string{`{}`, `{ "b":1, "a" : "<&>" }`, "{\n\"a\":\r\n1}", `"\u0000"`, `[1.50,1e3]`, ` {} `, "\t1", `null`}).Draw(t, "data")),
		}
		line := MarshalCloudEvent(e)
		if bytes.ContainsAny(line, "\r\n") {
			t.Fatalf("%q has more than one line", line)
		}
		back, err := UnmarshalCloudEvent(line)
		if err != nil || !reflect.DeepEqual(e, back) {
			t.Fatalf("%+v\ncame back as\n%+v (%v)", e, back, err)
		}
	})
}

func TestAuditorFindsTheFirstBadEvent(t *testing.T) {
	log := func() []Event {
		var out []Event
		for i := range 5 {
			out = append(out, Event{ID: DeriveID(epoch, string(rune('a'+i))), Stream: "s", Version: int64(i + 1), Position: Position(i + 1), Type: "round.closed", SchemaVersion: 1,
				RecordedAt: epoch.Add(time.Duration(i) * time.Second), Actor: "a", Data: []byte(`{"round":"r"}`)})
		}
		return out
	}
	for name, spoil := range map[string]func(e []Event){
		"a gap":       func(e []Event) { e[2].Position = 4 },
		"a version":   func(e []Event) { e[2].Version = 7 },
		"a time":      func(e []Event) { e[2].RecordedAt = epoch.Add(-time.Second) },
		"data":        func(e []Event) { e[2].Data = []byte(`{"round":1}`) },
		"a type":      func(e []Event) { e[2].Type = "x" },
		"no JSON":     func(e []Event) { e[2].Data = []byte(`{`) },
		"the source":  func(e []Event) { e[2].Source = `[1]` },
		"all is well": nil,
	} {
		list, want := log(), Position(2)
		if spoil == nil {
			want = 5
		} else {
			spoil(list)
		}
		a := NewAuditor()
		for _, e := range list {
			if err := a.Next(&e); err != nil {
				break
			}
		}
		if a.Size() != want {
			t.Errorf("%s: %d events found right, want %d", name, a.Size(), want)
		}
	}
}

// TestCloudEventLinesAreWhatJSONWrites holds the encoder of lines against
// encoding/json.
func TestCloudEventLinesAreWhatJSONWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		e := Event{
			ID: DeriveID(epoch, text.Draw(t, "id")), Stream: text.Draw(t, "stream"), Version: rapid.Int64().Draw(t, "version"),
			Position: Position(rapid.Int64().Draw(t, "position")), Type: text.Draw(t, "type"), SchemaVersion: rapid.Int().Draw(t, "schema"),
			EffectiveOn: domain.Date{Year: rapid.IntRange(0, 9999).Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "month"), Day: rapid.IntRange(0, 28).Draw(t, "day")},
			RecordedAt:  time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "µs")), Actor: text.Draw(t, "actor"), Round: domain.RoundID(text.Draw(t, "round")),
			CorrelationID: text.Draw(t, "correlation"), Source: text.Draw(t, "source"), Simulated: rapid.Bool().Draw(t, "simulated"), Data: []byte(`{"a":1}`),
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(cloudEvent{
			SpecVersion: "1.0", ID: e.ID.String(), Source: cloudEventSource, Type: e.Type, Subject: e.Stream,
			Time: e.RecordedAt.UTC().Format(time.RFC3339Nano), DataContentType: "application/json",
			Position: fmt.Sprint(int64(e.Position)), StreamVersion: fmt.Sprint(e.Version), SchemaVersion: e.SchemaVersion, EffectiveOn: e.EffectiveOn.String(),
			Actor: e.Actor, Round: string(e.Round), CorrelationID: e.CorrelationID, FactSource: e.Source, Simulated: e.Simulated, Data: e.Data,
		}); err != nil {
			t.Fatal(err)
		}
		if got := string(MarshalCloudEvent(e)) + "\n"; got != want.String() {
			t.Fatalf("the line is\n%swhere encoding/json writes\n%s", got, want.String())
		}
	})
}

// TestCloudEventLineOfOldEvents pins the bytes that were exported and hashed: a
// change would part every log from its checkpoints.
func TestCloudEventLineOfOldEvents(t *testing.T) {
	const want = `{"specversion":"1.0","id":"01979b2c-0000-7000-8000-0000000000ff","source":"/headway","type":"status.reported","subject":"status/f/XAA/a.b.c",` +
		`"time":"2026-05-01T09:00:00.000001Z","datacontenttype":"application/json","position":"7","streamversion":"1","schemaversion":1,"effectiveon":"2021-03","actor":"a-1",` +
		`"round":"2021","correlationid":"c","factsource":"{\"file\":\"أ.csv\",\"row\":2}","simulated":true,"data":{ "status" : "in_place" }}`
	id, err := ParseID("01979b2c-0000-7000-8000-0000000000ff")
	if err != nil {
		t.Fatal(err)
	}
	e := Event{ID: id, Stream: "status/f/XAA/a.b.c", Version: 1, Position: 7, Type: "status.reported", SchemaVersion: 1, EffectiveOn: domain.Date{Year: 2021, Month: 3},
		RecordedAt: epoch.Add(time.Microsecond), Actor: "a-1", Round: "2021", CorrelationID: "c", Source: `{"file":"أ.csv","row":2}`, Simulated: true, Data: []byte(`{ "status" : "in_place" }`)}
	if got := string(MarshalCloudEvent(e)); got != want {
		t.Errorf("the line is\n%s\nand was\n%s", got, want)
	}
}
