package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"headway/events"
)

// testConcurrent lets writers append to shared and to own streams while readers
// follow: each reader must see every position once and in order.
func testConcurrent(t *testing.T, p Place) {
	log := open(t, p)
	const writers, each, followers = 32, 12, 3
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var readers sync.WaitGroup
	for range followers {
		readers.Go(func() { follow(t, ctx, log, writers*each) })
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				stream := fmt.Sprintf("own-%d", w)
				if i%3 == 0 {
					stream = "shared"
				}
				if _, err := log.Append(ctx, events.Batch{Stream: stream, Expect: events.Any, Events: Events(1)}); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
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
