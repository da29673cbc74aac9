package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"headway/events"
)

// testAgainstModel appends at random, with ids that repeat and versions that are
// stale, and compares every answer, and at last the whole log, with the model.
func testAgainstModel(t *testing.T, p Place) {
	log := open(t, p)
	var model Model
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++ // streams and ids of its own
		for i := range rapid.IntRange(1, 6).Draw(t, "requests") {
			batches := drawRequest(t, run)
			at, err := log.Append(context.Background(), batches...)
			want, wantErr := model.Append(batches...)
			if !errors.Is(err, wantErr) || wantErr == nil && err != nil || err == nil && at != want {
				t.Fatalf("request %d: %d, %v; want %d, %v", i, at, err, want, wantErr)
			}
		}
	})
	list := ReadAll(t, log, events.Filter{})
	CheckOrder(t, list)
	if len(list) != len(model.List) {
		t.Fatalf("%d events, want %d", len(list), len(model.List))
	}
	for i, e := range list {
		m := model.List[i]
		if e.ID != m.ID || e.Stream != m.Stream || e.Version != m.Version || string(e.Data) != string(m.Data) {
			t.Fatalf("event %d is %+v, want %+v", i+1, e, m)
		}
	}
}

func drawRequest(t *rapid.T, run int) []events.Batch {
	var out []events.Batch
	used := map[int]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "batches") {
		b := events.Batch{Stream: fmt.Sprintf("run-%d-%s", run, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "stream")), Expect: rapid.Int64Range(-1, 3).Draw(t, "expect")}
		for range rapid.IntRange(0, 2).Draw(t, "events") {
			n := rapid.IntRange(0, 9).Draw(t, "id")
			if used[n] {
				continue // twice in one append is not to be appended at all
			}
			used[n] = true
			e := Event(rapid.SampledFrom([]string{`1`, `1`, `1`, `2`}).Draw(t, "data"))
			e.ID = events.DeriveID(start, "random", fmt.Sprint(run), fmt.Sprint(n))
			b.Events = append(b.Events, e)
		}
		out = append(out, b)
	}
	return out
}

// testLongReads reads at random in a log that no store reads at once.
func testLongReads(t *testing.T, p Place) {
	log := open(t, p)
	var model Model
	for i := range 10 {
		var batches []events.Batch
		for k := range 3 {
			b := events.Batch{Stream: []string{"a", "b", "c"}[k], Expect: events.Any, Events: Events(20 + 200*k)}
			for j := range b.Events {
				b.Events[j].Type = []string{"x", "y", "z"}[(i+j)%3]
			}
			batches = append(batches, b)
		}
		want, _ := model.Append(batches...)
		if at, err := log.Append(context.Background(), batches...); err != nil || at != want {
			t.Fatalf("%d, %v; want %d", at, err, want)
		}
	}
	size := len(model.List)
	rapid.Check(t, func(t *rapid.T) {
		maybe := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
		place := rapid.IntRange(0, size+5)
		var f events.Filter
		if maybe("by stream") {
			f.Stream = rapid.SampledFrom([]string{"a", "b", "c", "none"}).Draw(t, "stream")
		}
		if maybe("by type") {
			f.Types = rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "none"}), 1, 2).Draw(t, "types")
		}
		if maybe("until") {
			f.Until = events.Position(place.Draw(t, "until"))
		}
		if maybe("limit") {
			f.Limit = place.Draw(t, "limit")
		}
		if some := rapid.SliceOfN(place, 1, 40); maybe("by position") {
			for _, at := range some.Draw(t, "positions") {
				f.Positions = append(f.Positions, events.Position(at))
			}
		} else if maybe("by id") {
			for _, at := range some.Draw(t, "ids") {
				f.IDs = append(f.IDs, model.List[at%size].ID)
			}
		}
		after := events.Position(place.Draw(t, "after"))
		var got []events.Position
		for e, err := range log.Read(context.Background(), after, f) {
			if err != nil {
				t.Fatal(err)
			}
			if m := model.List[e.Position-1]; e.ID != m.ID || e.Stream != m.Stream || e.Version != m.Version || string(e.Data) != string(m.Data) {
				t.Fatalf("%+v, want %+v", e, m)
			}
			got = append(got, e.Position)
		}
		if want := positions(model.Read(after, f)); !slices.Equal(got, want) {
			t.Fatalf("after %d, %+v: %d events %v, want %d %v", after, f, len(got), got, len(want), want)
		}
	})
}
