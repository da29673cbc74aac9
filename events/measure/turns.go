package measure

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"headway/events"
)

// contender is one of those that are timed by turns. It returns how much it has
// done, and in what time, so that its preparations do not count.
type contender struct {
	name string
	run  func(ctx context.Context) (n int, took time.Duration, err error)
}

// timings are the rates of each contender, turn by turn.
type timings map[string][]float64

// turns times all contenders in every turn, so that the noise of the machine hits
// all of them, and each time starts with the next one. Before, which may be nil,
// prepares a turn.
func (m *measurement) turns(ctx context.Context, turns int, before func(turn int) error, list ...contender) (timings, error) {
	t := timings{}
	for turn := range turns {
		if before != nil {
			if err := before(turn); err != nil {
				return nil, err
			}
		}
		for i := range list {
			c := list[(turn+i)%len(list)]
			runtime.GC() // what the one before has left is not for this one to sweep
			n, took, err := c.run(ctx)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, fmt.Errorf("measure %s: %w", c.name, err)
			}
			t[c.name] = append(t[c.name], float64(n)/max(took, time.Nanosecond).Seconds())
			m.step()
		}
	}
	return t, nil
}

// timed is a contender that does n things at once.
func (m *measurement) timed(name string, n int, run func(ctx context.Context) error) contender {
	return contender{name, func(ctx context.Context) (int, time.Duration, error) {
		start := m.o.Now()
		err := run(ctx)
		return n, m.o.Now().Sub(start), err
	}}
}

// each is a contender that does one thing after the other, by several writers at
// once, until the sample's time is over or the things are. Prepare, which may be
// nil, makes them ready.
func (m *measurement) each(name string, writers, n int, prepare func() error, one func(ctx context.Context, writer, i int) error) contender {
	return contender{name, func(ctx context.Context) (int, time.Duration, error) {
		if prepare != nil {
			if err := prepare(); err != nil {
				return 0, 0, err
			}
		}
		var next, done atomic.Int64
		var group sync.WaitGroup
		failed := make(chan error, writers)
		start := m.o.Now()
		for w := range writers {
			group.Go(func() {
				for m.o.Now().Sub(start) < m.o.Sample {
					i := int(next.Add(1)) - 1
					if i >= n {
						return
					}
					if err := one(ctx, w, i); err != nil {
						failed <- err
						return
					}
					done.Add(1)
				}
			})
		}
		group.Wait()
		took := m.o.Now().Sub(start)
		select {
		case err := <-failed:
			return 0, 0, err
		default:
			return int(done.Load()), took, nil
		}
	}}
}

// readAll reads the whole log.
func readAll(ctx context.Context, log events.Log) error {
	for _, err := range log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// median is NaN of an empty list.
func median(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(list))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
