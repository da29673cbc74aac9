package storetest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
)

func testRoundTrip(t *testing.T, p Place) {
	log := open(t, p)
	e := Event(`{"a":1}`)
	e.EffectiveOn = domain.Date{Year: 2021, Month: 3, Day: 15}
	e.Source, e.Simulated, e.Round = `{"document":"مستند «أ»","row":7}`, true, "2021-simulated"
	if at := Append(t, log, "status/مؤشر", 0, e); at != 1 {
		t.Errorf("appended at %d", at)
	}
	got := ReadAll(t, log, events.Filter{})
	if len(got) != 1 {
		t.Fatalf("%d events", len(got))
	}
	want := e
	want.Stream, want.Version, want.Position, want.RecordedAt = "status/مؤشر", 1, 1, start
	g := got[0]
	if !bytes.Equal(g.Data, want.Data) {
		t.Errorf("data %s", g.Data)
	}
	g.Data, want.Data = nil, nil
	if g.RecordedAt.Location() != time.UTC || g.ID != want.ID || g.Stream != want.Stream || g.EffectiveOn != want.EffectiveOn ||
		g.Source != want.Source || g.Simulated != want.Simulated || g.Round != want.Round || g.Actor != want.Actor ||
		g.CorrelationID != want.CorrelationID || !g.RecordedAt.Equal(want.RecordedAt) || g.Type != want.Type || g.SchemaVersion != want.SchemaVersion {
		t.Errorf("read back %+v\nwant      %+v", g, want)
	}
}

func testBytes(t *testing.T, p Place) {
	log := open(t, p)
	texts := []string{`{}`, `{ "b" : 1,  "a":2.50 }`, "{\n\t\"x\": [1,\r\n2]}", `{"a":1,"a":2}`, `{"t":"\u0000 <b> \ud83d\ude00 😀 'quote' \\"}`,
		`{"ar":"تقرير","rtl":"` + "\u200f" + `"}`, `"` + string(bytes.Repeat([]byte("x"), 200_000)) + `"`, `1e400`}
	for _, s := range texts {
		Append(t, log, "s", events.Any, Event(s))
	}
	for i, e := range ReadAll(t, log, events.Filter{}) {
		if string(e.Data) != texts[i] {
			t.Errorf("%.60q came back as %.60q", texts[i], e.Data)
		}
	}
}

func testAtomic(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	at, err := log.Append(ctx, events.Batch{Stream: "a", Events: Events(2)}, events.Batch{Stream: "b", Events: Events(3)}, events.Batch{Stream: "a", Expect: 2, Events: Events(1)})
	if err != nil || at != 6 {
		t.Fatalf("at %d: %v", at, err)
	}
	_, err = log.Append(ctx, events.Batch{Stream: "c", Events: Events(1)}, events.Batch{Stream: "a", Expect: 1, Events: Events(1)})
	if !errors.Is(err, events.ErrConflict) {
		t.Fatalf("a stale version: %v", err)
	}
	if n := len(ReadAll(t, log, events.Filter{Stream: "c"})); n != 0 {
		t.Errorf("%d events of a refused append are in the log", n)
	}
	CheckOrder(t, ReadAll(t, log, events.Filter{}))
}

func testVersions(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	Append(t, log, "s", 0, Events(2)...)
	for _, stale := range []int64{0, 1, 3} {
		_, err := log.Append(ctx, events.Batch{Stream: "s", Expect: stale, Events: Events(1)})
		var c *events.ConflictError
		if !errors.As(err, &c) || c.Stream != "s" || c.Expected != stale || c.Actual != 2 {
			t.Errorf("expecting %d: %v", stale, err)
		}
	}
	Append(t, log, "s", 2, Events(1)...)
	Append(t, log, "s", events.Any, Events(1)...)
	if list := ReadAll(t, log, events.Filter{Stream: "s"}); len(list) != 4 || list[3].Version != 4 {
		t.Errorf("%d events", len(list))
	}
}

func testGuards(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	Append(t, log, "round", 0, Events(1)...)
	if _, err := log.Append(ctx, events.Batch{Stream: "round", Expect: 1}, events.Batch{Stream: "s", Events: Events(1)}); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(ctx, events.Batch{Stream: "round", Expect: 0}, events.Batch{Stream: "s", Expect: 1, Events: Events(1)}); !errors.Is(err, events.ErrConflict) {
		t.Errorf("a guard that does not hold: %v", err)
	}
	if at, err := log.Append(ctx); err != nil || at != 2 {
		t.Errorf("appending nothing: %d, %v", at, err)
	}
}

func testIdempotent(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	first := []events.Batch{{Stream: "a", Events: Events(2)}, {Stream: "b", Events: Events(1)}}
	at, err := log.Append(ctx, first...)
	if err != nil {
		t.Fatal(err)
	}
	Append(t, log, "a", 2, Events(1)...)
	again, err := log.Append(ctx, first...)
	if err != nil || again != at {
		t.Errorf("the same append again: position %d, %v; it was %d", again, err, at)
	}
	if head, err := log.Head(ctx); err != nil || head != 4 {
		t.Errorf("head %d, %v", head, err)
	}
	_, err = log.Append(ctx, events.Batch{Stream: "a", Expect: events.Any, Events: append(Events(1), first[0].Events...)})
	if !errors.Is(err, events.ErrIDReused) {
		t.Errorf("part there and part not: %v", err)
	}
	CheckOrder(t, ReadAll(t, log, events.Filter{}))
}

func testReusedID(t *testing.T, p Place) {
	log := open(t, p)
	e := Event(`{"a":1}`)
	Append(t, log, "s", 0, e)
	for name, change := range map[string]func(*events.Batch){
		"other data":   func(b *events.Batch) { b.Events[0].Data = []byte(`{"a":2}`) },
		"other stream": func(b *events.Batch) { b.Stream = "t" },
		"other type":   func(b *events.Batch) { b.Events[0].Type = "round.closed" },
	} {
		b := events.Batch{Stream: "s", Expect: events.Any, Events: []events.Event{e}}
		change(&b)
		if _, err := log.Append(context.Background(), b); !errors.Is(err, events.ErrIDReused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testInvalid(t *testing.T, p Place) {
	log := open(t, p)
	for name, change := range map[string]func(*events.Event){
		"no id":                      func(e *events.Event) { e.ID = events.ID{} },
		"no type":                    func(e *events.Event) { e.Type = "" },
		"no actor":                   func(e *events.Event) { e.Actor = "" },
		"version 0":                  func(e *events.Event) { e.SchemaVersion = 0 },
		"no date":                    func(e *events.Event) { e.EffectiveOn = domain.Date{Year: 2021, Month: 13} },
		"no day":                     func(e *events.Event) { e.EffectiveOn = domain.Date{Year: 2021, Month: 2, Day: 29} },
		"a version that is too high": func(e *events.Event) { e.SchemaVersion = 1 << 40 },
		"no JSON":                    func(e *events.Event) { e.Data = []byte("{") },
		"zero byte":                  func(e *events.Event) { e.Actor = "a\x00b" },
		"no UTF-8":                   func(e *events.Event) { e.Data = []byte("\"\xff\"") },
		"bad source":                 func(e *events.Event) { e.Source = "x" },
		"data too big":               func(e *events.Event) { e.Data = bytes.Repeat([]byte("1"), events.MaxData+1) },
	} {
		e := Event(`{}`)
		change(&e)
		if _, err := log.Append(context.Background(), events.Batch{Stream: "s", Events: []events.Event{e}}); !errors.Is(err, events.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := Event(`{}`)
	if _, err := log.Append(context.Background(), events.Batch{Stream: strings.Repeat("s", events.MaxStream+1), Events: []events.Event{e}}); !errors.Is(err, events.ErrInvalid) {
		t.Errorf("a stream's name that is too long: %v", err)
	}
	if _, err := log.Append(context.Background(), events.Batch{Stream: "s", Events: []events.Event{e, e}}); !errors.Is(err, events.ErrInvalid) {
		t.Errorf("twice in one append: %v", err)
	}
	if head, err := log.Head(context.Background()); err != nil || head != 0 {
		t.Errorf("head %d, %v", head, err)
	}
}

func testCanceledAppend(t *testing.T, p Place) {
	log := open(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := log.Append(ctx, events.Batch{Stream: "s", Events: Events(1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if head, err := log.Head(context.Background()); err != nil || head != 0 {
		t.Errorf("head %d, %v", head, err)
	}
}

func testClock(t *testing.T, p Place) {
	now := start
	log := p.Open(t, func() time.Time { return now })
	defer func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}()
	Append(t, log, "s", 0, Events(1)...)
	now = start.Add(-time.Hour)
	Append(t, log, "s", 1, Events(1)...)
	now = start.Add(time.Hour + 1234*time.Nanosecond)
	Append(t, log, "s", 2, Events(1)...)
	list := ReadAll(t, log, events.Filter{})
	for i, want := range []time.Time{start, start.Add(time.Microsecond), start.Add(time.Hour + time.Microsecond)} {
		if !list[i].RecordedAt.Equal(want) {
			t.Errorf("event %d was recorded at %s, want %s", i+1, list[i].RecordedAt, want)
		}
	}
}

func testReopen(t *testing.T, p Place) {
	log := p.Open(t, fixed)
	Append(t, log, "s", 0, Events(5)...)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, p)
	Append(t, again, "s", 5, Events(1)...)
	list := ReadAll(t, again, events.Filter{})
	CheckOrder(t, list)
	if len(list) != 6 {
		t.Errorf("%d events", len(list))
	}
}

func testClosed(t *testing.T, p Place) {
	log := p.Open(t, fixed)
	ctx := context.Background()
	waiting := make(chan error, 1)
	go func() { waiting <- log.Wait(ctx, 0) }()
	time.Sleep(10 * time.Millisecond)
	for range 2 {
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-waiting; !errors.Is(err, events.ErrClosed) {
		t.Errorf("wait: %v", err)
	}
	if _, err := log.Append(ctx, events.Batch{Stream: "s", Events: Events(1)}); !errors.Is(err, events.ErrClosed) {
		t.Errorf("append: %v", err)
	}
	if _, err := log.Head(ctx); !errors.Is(err, events.ErrClosed) {
		t.Errorf("head: %v", err)
	}
	for _, err := range log.Read(ctx, 0, events.Filter{}) {
		if !errors.Is(err, events.ErrClosed) {
			t.Errorf("read: %v", err)
		}
	}
}
