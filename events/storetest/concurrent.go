package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"headway/events"
)

// testConcurrent lets writers append to shared and to own streams while readers
// follow: each reader must see every position once and in order.
func testConcurrent(t *testing.T, p Place) {
	log := open(t, p)
	const writers, each, followers = 64, 9, 3
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var readers sync.WaitGroup
	for range followers {
		readers.Go(func() { follow(t, ctx, log, writers*each) })
	}
	var wg sync.WaitGroup
	var told sync.Map // the position each id was acknowledged at
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				stream := fmt.Sprintf("own-%d", w)
				if i%3 == 0 {
					stream = "shared"
				}
				e := Events(1)
				at, err := log.Append(ctx, events.Batch{Stream: stream, Expect: events.Any, Events: e})
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				told.Store(e[0].ID, at)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		cancel()
	}
	readers.Wait()
	list := ReadAll(t, log, events.Filter{})
	CheckOrder(t, list)
	if len(list) != writers*each {
		t.Errorf("%d events, want %d", len(list), writers*each)
	}
	for _, e := range list {
		if at, ok := told.Load(e.ID); !ok || at != e.Position {
			t.Errorf("event %s stands at %d, and was acknowledged at %v", e.ID, e.Position, at)
		}
	}
}

func follow(t *testing.T, ctx context.Context, log events.Log, until events.Position) {
	var at events.Position
	for at < until {
		if err := log.Wait(ctx, at); err != nil {
			if ctx.Err() == nil {
				t.Errorf("follow: %v", err)
			}
			return
		}
		for e, err := range log.Read(ctx, at, events.Filter{}) {
			if err != nil {
				if ctx.Err() == nil {
					t.Errorf("follow: %v", err)
				}
				return
			}
			if e.Position != at+1 {
				t.Errorf("a follower saw position %d after %d", e.Position, at)
				return
			}
			at = e.Position
		}
	}
}

// testConflictAlone races appends that all expect a new stream: one of each wins,
// and those with streams of their own are never refused.
func testConflictAlone(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	const rounds, racers = 10, 8
	for r := range rounds {
		var mu sync.Mutex
		won, lost := 0, 0
		var wg sync.WaitGroup
		for k := range racers {
			wg.Go(func() {
				_, err := log.Append(ctx, events.Batch{Stream: fmt.Sprintf("race-%d", r), Expect: 0, Events: Events(1)})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, events.ErrConflict):
					lost++
				default:
					t.Errorf("race: %v", err)
				}
			})
			wg.Go(func() {
				if _, err := log.Append(ctx, events.Batch{Stream: fmt.Sprintf("calm-%d-%d", r, k), Expect: 0, Events: Events(2)}); err != nil {
					t.Errorf("an append to a stream of its own: %v", err)
				}
			})
		}
		wg.Wait()
		if won != 1 || lost != racers-1 {
			t.Errorf("%d won and %d lost", won, lost)
		}
	}
	list := ReadAll(t, log, events.Filter{})
	CheckOrder(t, list)
	if want := rounds * (1 + 2*racers); len(list) != want {
		t.Errorf("%d events, want %d", len(list), want)
	}
}

// testRetries lets many append at once what is there, what is new, what is new and
// the same, and ids with other content: each must be told its own outcome.
func testRetries(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	there := events.Batch{Stream: "there", Expect: 0, Events: Events(3)}
	if at, err := log.Append(ctx, there); err != nil || at != 3 {
		t.Fatal(at, err)
	}
	same := events.Batch{Stream: "same", Expect: 0, Events: Events(2)}
	const each = 16
	var at [each]events.Position
	var wg sync.WaitGroup
	for i := range each {
		stream := fmt.Sprintf("own-%d", i)
		wg.Go(func() {
			if _, err := log.Append(ctx, events.Batch{Stream: stream, Expect: 0, Events: Events(1)}); err != nil {
				t.Errorf("new: %v", err)
			}
		})
		wg.Go(func() {
			if at, err := log.Append(ctx, there); err != nil || at != 3 {
				t.Errorf("there: %d, %v", at, err)
			}
		})
		wg.Go(func() {
			var err error
			if at[i], err = log.Append(ctx, same); err != nil {
				t.Errorf("the same: %v", err)
			}
		})
		wg.Go(func() {
			if _, err := log.Append(ctx, events.Batch{Stream: "no-" + stream, Expect: 0, Events: there.Events}); !errors.Is(err, events.ErrIDReused) {
				t.Errorf("in another stream: %v", err)
			}
		})
	}
	wg.Wait()
	list := ReadAll(t, log, events.Filter{})
	CheckOrder(t, list)
	if want := 3 + each + 2; len(list) != want {
		t.Errorf("%d events, want %d", len(list), want)
	}
	for _, got := range at {
		if got != at[0] || list[got-1].ID != same.Events[1].ID {
			t.Errorf("the same append was told positions %v", at)
			break
		}
	}
}

// testClosedMeanwhile closes a log while everything is done with it: whatever was
// not done says that the log is closed, and whatever was done is there afterwards.
func testClosedMeanwhile(t *testing.T, p Place) {
	log := p.Open(t, fixed)
	ctx := context.Background()
	Append(t, log, "s", 0, Events(2000)...)
	var acknowledged sync.Map
	var wg sync.WaitGroup
	untilClosed := func(what string, do func() error) {
		wg.Go(func() {
			for {
				switch err := do(); {
				case errors.Is(err, events.ErrClosed):
					return
				case err != nil:
					t.Errorf("%s: %v", what, err)
					return
				}
			}
		})
	}
	for range 4 {
		untilClosed("append", func() error {
			list := Events(1)
			at, err := log.Append(ctx, events.Batch{Stream: "s", Expect: events.Any, Events: list})
			if err == nil {
				acknowledged.Store(at, list[0].ID)
			}
			return err
		})
		untilClosed("read", func() error {
			for _, err := range log.Read(ctx, 0, events.Filter{}) {
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	untilClosed("wait", func() error { return log.Wait(ctx, 1<<40) })
	untilClosed("save a snapshot", func() error { return log.SaveSnapshot(ctx, "s", 1, []byte("x")) })
	untilClosed("load a snapshot", func() error { _, _, err := log.LoadSnapshot(ctx, "s"); return err })
	untilClosed("tokens", func() error { _, err := log.Tokens(ctx); return err })
	time.Sleep(50 * time.Millisecond)
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	list := ReadAll(t, open(t, p), events.Filter{})
	CheckOrder(t, list)
	acknowledged.Range(func(at, id any) bool {
		if i := at.(events.Position); int(i) > len(list) || list[i-1].ID != id {
			t.Errorf("event %s, acknowledged at %d, is not there", id, at)
		}
		return true
	})
}
