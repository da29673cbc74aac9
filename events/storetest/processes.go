package storetest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"headway/events"
)

// lastStream ends the following of a log.
const lastStream = "the-end"

// followAll yields the log in order, through whatever failures, until its end or
// that of the context.
func followAll(ctx context.Context, log events.Log) iter.Seq[events.Event] {
	return func(yield func(events.Event) bool) {
		var at events.Position
		for ctx.Err() == nil {
			for e, err := range log.Read(ctx, at, events.Filter{}) {
				if err != nil {
					time.Sleep(5 * time.Millisecond)
					break
				}
				at = e.Position
				if !yield(e) || e.Stream == lastStream {
					return
				}
			}
			if log.Wait(ctx, at) != nil {
				return
			}
		}
	}
}

// RunProcesses lets several processes write to an empty log and read it, and kills
// two of the writers. Nobody may see a gap or an event twice, nothing acknowledged
// may be missing, and nothing refused may be there. Where harass is not nil, it
// is called time and again once all have opened the log, at the pace of what is
// acknowledged, and appends may then fail.
func (k Kind) RunProcesses(t *testing.T, address string, harass func() error) {
	const writers, readers, victims, appends = 5, 2, 2, 60
	log := k.open(t, address)
	var seen [readers + 1]sayings
	var following, writing []*process
	for i := range readers {
		following = append(following, startProcess(t, "reader", address, "", 0, 0, seen[i].hear))
	}
	here := make(chan struct{})
	go func() {
		for e := range followAll(context.Background(), log) {
			seen[readers].hear(saw(e))
		}
		close(here)
	}()
	book := newLedger(k)
	for i := range writers {
		writing = append(writing, startProcess(t, "writer", address, fmt.Sprint("w", i), uint64(i), appends, book.hear))
	}
	for _, p := range slices.Concat(following, writing) {
		if !p.waitOpen() {
			t.Fatalf("a process could not open the log: %v", p.wait())
		}
	}
	over, harassed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(harassed)
		if harass != nil {
			pester(t, writing, harass, over)
		}
	}()
	for i := range victims {
		if !writing[i].waitForAcks(int64(100 * (i + 1))) {
			t.Errorf("writer %d has ended before it could be killed", i)
		}
		writing[i].kill()
	}
	for i, w := range writing {
		if err := w.wait(); err != nil && i >= victims {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	close(over)
	<-harassed
	if err := book.append(log, request{"end", []part{{lastStream, 0, 1}}}); err != nil {
		t.Fatalf("append the end: %v", err)
	}
	book.finish(t, log)
	var want []string
	for _, e := range ReadAll(t, log, events.Filter{}) {
		want = append(want, saw(e))
	}
	<-here
	for i, r := range following {
		if err := r.wait(); err != nil {
			t.Errorf("reader %d: %v", i, err)
		}
	}
	for i := range seen {
		compareLines(t, fmt.Sprint("reader ", i), seen[i].lines, want)
	}
	t.Logf("%d events; appends by outcome: %v", len(want), book.counts)
	if book.counts["ack"] == 0 || book.counts["no"] == 0 {
		t.Error("the test has not tested what it should")
	}
	book.blame(t, harass != nil)
}

// harassEvery is the least time between two harassments.
const harassEvery = 25 * time.Millisecond

// pester calls a function time and again until it is over, but never twice without
// an acknowledgement between: on a slow machine, too, the writers get on.
func pester(t *testing.T, writing []*process, harass func() error, over <-chan struct{}) {
	calls, acksThen := 0, int64(-1)
	defer func() { t.Logf("harassed %d times", calls) }()
	for {
		select {
		case <-over:
			return
		case <-time.After(harassEvery):
		}
		acks := int64(0)
		for _, w := range writing {
			acks += w.acks.Load()
		}
		if acks == acksThen {
			continue
		}
		acksThen = acks
		if err := harass(); err != nil {
			t.Error(err)
			return
		}
		calls++
	}
}

func saw(e events.Event) string { return fmt.Sprintf("saw %d %s", e.Position, e.ID) }

// open opens a log and closes it with the test.
func (k Kind) open(t testing.TB, address string) events.Log {
	t.Helper()
	log, err := k.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

func compareLines(t *testing.T, who string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%s has %d events, the log %d; they differ at place %d", who, len(got), len(want), i+1)
		}
	}
}
