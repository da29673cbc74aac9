package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"headway/events"
)

func positions(list []events.Event) []events.Position {
	var out []events.Position
	for _, e := range list {
		out = append(out, e.Position)
	}
	return out
}

func testFilters(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	var ids []events.ID
	for i := range 9 {
		e := Event(`{}`)
		e.Type = []string{"x", "y", "z"}[i%3]
		ids = append(ids, e.ID)
		Append(t, log, []string{"a", "b"}[i%2], events.Any, e)
	}
	for name, c := range map[string]struct {
		after events.Position
		f     events.Filter
		want  []events.Position
	}{
		"all":          {0, events.Filter{}, []events.Position{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"after":        {7, events.Filter{}, []events.Position{8, 9}},
		"past the end": {9, events.Filter{}, nil},
		"stream":       {0, events.Filter{Stream: "b"}, []events.Position{2, 4, 6, 8}},
		"stream after": {4, events.Filter{Stream: "b"}, []events.Position{6, 8}},
		"no stream":    {0, events.Filter{Stream: "none"}, nil},
		"type":         {0, events.Filter{Types: []string{"x"}}, []events.Position{1, 4, 7}},
		"types":        {2, events.Filter{Types: []string{"x", "z"}}, []events.Position{3, 4, 6, 7, 9}},
		"ids":          {0, events.Filter{IDs: []events.ID{ids[8], ids[1]}}, []events.Position{2, 9}},
		"positions":    {0, events.Filter{Positions: []events.Position{7, 3, 99}}, []events.Position{3, 7}},
		"until":        {2, events.Filter{Until: 4}, []events.Position{3, 4}},
		"until beyond": {7, events.Filter{Until: 400}, []events.Position{8, 9}},
		"limit":        {3, events.Filter{Limit: 2}, []events.Position{4, 5}},
		"together":     {1, events.Filter{Stream: "a", Types: []string{"x", "y"}, Until: 8, Limit: 2}, []events.Position{5, 7}},
	} {
		var got []events.Event
		for e, err := range log.Read(ctx, c.after, c.f) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, e)
		}
		if !slices.Equal(positions(got), c.want) {
			t.Errorf("%s: %v, want %v", name, positions(got), c.want)
		}
	}
}

func testReadEnds(t *testing.T, p Place) {
	log := open(t, p)
	Append(t, log, "s", 0, Events(3)...)
	n := 0
	for _, err := range log.Read(context.Background(), 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		Append(t, log, "s", events.Any, Events(1)...) // also: a reader may append
	}
	if n != 3 {
		t.Errorf("read %d events, want the 3 there were", n)
	}
}

func testCanceledRead(t *testing.T, p Place) {
	log := open(t, p)
	Append(t, log, "s", 0, Events(10)...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n, failed := 0, 0
	for _, err := range log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			failed++
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			continue
		}
		n++
		cancel()
	}
	if n != 1 || failed != 1 {
		t.Errorf("%d events and %d errors", n, failed)
	}
}

func testWait(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	if err := log.Wait(short, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting in an empty log: %v", err)
	}
	done := make(chan error, 3)
	for range 3 {
		go func() { done <- log.Wait(ctx, 0) }()
	}
	Append(t, log, "s", 0, Events(1)...)
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := log.Wait(ctx, 0); err != nil { // already past it
		t.Error(err)
	}
}

func testTwoOpenings(t *testing.T, p Place) {
	a, b := open(t, p), open(t, p)
	ctx := context.Background()
	done := make(chan error, 1)
	go func() { done <- b.Wait(ctx, 0) }()
	Append(t, a, "s", 0, Events(1)...)
	if err := <-done; err != nil {
		t.Fatalf("waiting for another opening's append: %v", err)
	}
	Append(t, b, "s", 1, Events(1)...)
	if _, err := a.Append(ctx, events.Batch{Stream: "s", Expect: 1, Events: Events(1)}); !errors.Is(err, events.ErrConflict) {
		t.Errorf("a version that the other opening has moved: %v", err)
	}
	CheckOrder(t, ReadAll(t, a, events.Filter{}))
}
