package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"headway/events"
)

// testLimits appends what is just small enough.
func testLimits(t *testing.T, p Place) {
	log := open(t, p)
	const deep = 9_990 // Go's encoding/json stops at 10,000
	for name, change := range map[string]func(*events.Batch){
		"stream": func(b *events.Batch) { b.Stream = strings.Repeat("😀", events.MaxStream/4) },
		"texts": func(b *events.Batch) {
			e := &b.Events[0]
			e.Actor, e.CorrelationID = strings.Repeat("م", events.MaxText/2), strings.Repeat("c", events.MaxText)
		},
		"data": func(b *events.Batch) { b.Events[0].Data = []byte(`"` + strings.Repeat("x", events.MaxData-2) + `"`) },
		"depth": func(b *events.Batch) {
			b.Events[0].Data = []byte(strings.Repeat("[", deep) + strings.Repeat("]", deep))
		},
		"texts of JSON": func(b *events.Batch) {
			b.Events[0].Data = []byte(`{"lone surrogate":"\ud800","":[-0,1E+2,123456789012345678901234567890],"del":"` + "\u007f\u2028" + `"}`)
		},
	} {
		b := events.Batch{Stream: name, Expect: 0, Events: Events(1)}
		change(&b)
		want := b.Events[0]
		if _, err := log.Append(context.Background(), b); err != nil {
			t.Errorf("%s: %.300s", name, err)
			continue
		}
		list := ReadAll(t, log, events.Filter{IDs: []events.ID{want.ID}})
		if len(list) != 1 || list[0].Stream != b.Stream || list[0].Actor != want.Actor || list[0].CorrelationID != want.CorrelationID || string(list[0].Data) != string(want.Data) {
			t.Errorf("%s: it came back otherwise", name)
		}
	}
}

// testLargeAppend appends more than a group holds, at once.
func testLargeAppend(t *testing.T, p Place) {
	log := open(t, p)
	const n = 4_000
	batches := func() (out []events.Batch) {
		for _, stream := range []string{"a", "b", "c"} {
			out = append(out, events.Batch{Stream: stream, Events: Events(n)})
		}
		return out
	}
	at, err := log.Append(context.Background(), batches()...)
	if err != nil || at != 3*n {
		t.Fatalf("%d, %v", at, err)
	}
	more := append([]events.Batch{{Stream: "d", Events: Events(n)}}, batches()...)
	if _, err := log.Append(context.Background(), more...); !errors.Is(err, events.ErrConflict) {
		t.Errorf("a large append with stale versions: %v", err)
	}
	list := ReadAll(t, log, events.Filter{})
	CheckOrder(t, list)
	if len(list) != 3*n {
		t.Errorf("%d events", len(list))
	}
}

// testLargeEvents reads events of which few fit into memory at once.
func testLargeEvents(t *testing.T, p Place) {
	log := open(t, p)
	const n, size = 24, 600_000
	for i := range n {
		e := Event(`"` + strings.Repeat(string(rune('a'+i)), size) + `"`)
		Append(t, log, []string{"a", "b"}[i%2], events.Any, e)
	}
	for name, c := range map[string]struct {
		filter events.Filter
		want   int
	}{
		"all": {events.Filter{}, n}, "a stream": {events.Filter{Stream: "b"}, n / 2}, "a limit": {events.Filter{Limit: n - 1}, n - 1},
	} {
		list := ReadAll(t, log, c.filter)
		if len(list) != c.want {
			t.Fatalf("%s: %d events, want %d", name, len(list), c.want)
		}
		for _, e := range list {
			if len(e.Data) != size+2 || e.Data[1] != byte('a'+e.Position-1) || e.Data[size] != e.Data[1] {
				t.Errorf("%s: event %d came back otherwise", name, e.Position)
			}
		}
	}
}

// testKept changes what was appended and what was read: neither may be seen by
// anybody else.
func testKept(t *testing.T, p Place) {
	log := open(t, p)
	list := Events(20)
	want := make([]string, len(list))
	for i := range list {
		want[i] = string(list[i].Data)
	}
	Append(t, log, "s", 0, list...)
	for i := range list {
		copy(list[i].Data, "changed")
	}
	got := ReadAll(t, log, events.Filter{})
	for i := range got {
		_ = append(got[i].Data, "written past the end"...)
	}
	for i, e := range got {
		if string(e.Data) != want[i] {
			t.Errorf("event %d: %s", e.Position, e.Data)
		}
	}
}

// testManyReads leaves reads early, and reads within reads: none may use up what
// the others need.
func testManyReads(t *testing.T, p Place) {
	log := open(t, p)
	Append(t, log, "s", 0, Events(3)...)
	for range 50 {
		for _, err := range log.Read(context.Background(), 0, events.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	var nest func(depth int) int
	nest = func(depth int) int {
		for _, err := range log.Read(context.Background(), 0, events.Filter{Limit: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			if depth < 25 {
				return nest(depth + 1)
			}
			Append(t, log, "t", 0, Events(1)...)
		}
		return depth
	}
	if d := nest(0); d != 25 {
		t.Errorf("read %d deep", d)
	}
}
