package group

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
	"headway/events/storetest"
)

var epoch = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

func event(n int, data string) events.Event {
	return events.Event{ID: events.DeriveID(epoch, fmt.Sprint(n)), Type: "t", SchemaVersion: 1, Actor: "a", Data: []byte(data), EffectiveOn: domain.Date{Year: 2021}}
}

// TestPlanIsAppendingOneByOne compares the plan of a group with requests appended
// alone, where ids repeat, streams are shared and versions are stale.
func TestPlanIsAppendingOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var model storetest.Model
		var planned []events.Event
		for range rapid.IntRange(1, 4).Draw(t, "groups") {
			var reqs []Request
			for range rapid.IntRange(1, 5).Draw(t, "requests") {
				var r Request
				used := map[int]bool{}
				for range rapid.IntRange(0, 3).Draw(t, "batches") {
					b := events.Batch{Stream: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "stream"), Expect: rapid.Int64Range(-1, 3).Draw(t, "expect")}
					for range rapid.IntRange(0, 2).Draw(t, "events") {
						n := rapid.IntRange(0, 40).Draw(t, "id")
						if !used[n] {
							used[n] = true
							b.Events = append(b.Events, event(n, rapid.SampledFrom([]string{`1`, `2`}).Draw(t, "data")))
						}
					}
					r.Batches = append(r.Batches, b)
				}
				reqs = append(reqs, r)
			}
			state := State{Head: events.Position(len(planned)), LastRecorded: epoch, Versions: map[string]int64{}, Known: map[events.ID]events.Event{}}
			for _, e := range planned {
				state.Versions[e.Stream]++
				state.Known[e.ID] = e
			}
			insert, outcomes := Plan(state, epoch.Add(-time.Hour), reqs)
			planned = append(planned, insert...)
			for i, r := range reqs {
				at, err := model.Append(r.Batches...)
				if !errors.Is(outcomes[i].Err, err) || err == nil && (outcomes[i].Err != nil || outcomes[i].Position != at) {
					t.Fatalf("request %d: planned %d, %v; alone %d, %v", i, outcomes[i].Position, outcomes[i].Err, at, err)
				}
			}
		}
		if len(planned) != len(model.List) {
			t.Fatalf("%d events planned, %d appended alone", len(planned), len(model.List))
		}
		for i, e := range planned {
			m := model.List[i]
			if e.ID != m.ID || e.Stream != m.Stream || e.Version != m.Version || e.Position != m.Position || !e.RecordedAt.After(epoch) {
				t.Fatalf("event %d is %+v, alone %+v", i, e, m)
			}
		}
	})
}

// TestCommitterGroupsWhatWaits: while one transaction is under way, all that come
// wait and go into the next together.
func TestCommitterGroupsWhatWaits(t *testing.T) {
	release := make(chan struct{})
	var groups atomic.Int32
	c := New(func(_ context.Context, reqs []Request) ([]Outcome, error) {
		if groups.Add(1) == 1 {
			<-release
		}
		return make([]Outcome, len(reqs)), nil
	})
	var wg sync.WaitGroup
	appendOne := func(n int) {
		if _, err := c.Append(context.Background(), events.Batch{Stream: "s", Expect: events.Any, Events: []events.Event{event(n, `1`)}}); err != nil {
			t.Errorf("append: %v", err)
		}
	}
	wg.Go(func() { appendOne(0) })
	for groups.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	for n := range 20 {
		wg.Go(func() { appendOne(n + 1) })
	}
	for len(c.queue) < 20 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	wg.Wait()
	if n := groups.Load(); n > 3 {
		t.Errorf("%d transactions for 21 appends", n)
	}
	c.Close()
	c.Close()
	if _, err := c.Append(context.Background()); !errors.Is(err, events.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}

// TestAbandonedBeforeTaken: who gives up while waiting is not written.
func TestAbandonedBeforeTaken(t *testing.T) {
	release := make(chan struct{})
	started := make(chan struct{})
	var written atomic.Int32
	var once sync.Once
	c := New(func(_ context.Context, reqs []Request) ([]Outcome, error) {
		once.Do(func() { close(started); <-release })
		written.Add(int32(len(reqs)))
		return make([]Outcome, len(reqs)), nil
	})
	done := make(chan error, 1)
	go func() { _, err := c.Append(context.Background()); done <- err }()
	<-started
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() { _, err := c.Append(ctx); gone <- err }()
	for len(c.queue) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	c.Close()
	if n := written.Load(); n != 1 {
		t.Errorf("%d requests were written, want 1", n)
	}
}

func TestFailureOfATransactionIsEverybodys(t *testing.T) {
	broken := errors.New("the disk is gone")
	c := New(func(context.Context, []Request) ([]Outcome, error) { return nil, broken })
	defer c.Close()
	if _, err := c.Append(context.Background()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
