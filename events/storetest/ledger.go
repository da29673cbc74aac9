package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"headway/events"
)

// ledger keeps what writers asked and were told, and holds the log against it.
type ledger struct {
	inDoubt error // of the kind of log; or nil

	mu       sync.Mutex
	asked    map[string]request
	told     map[string]events.Position // acknowledged, by the name of the request
	refused  map[string]bool
	fresh    []string // acknowledged or refused since the last check
	counts   map[string]int
	faults   []string // lines that nobody understands
	failures []string // refusals without a reason known to the writer

	// What was read of the log.
	at       map[events.ID]events.Position
	versions map[string]int64
	head     events.Position
	last     time.Time
}

func newLedger(k Kind) *ledger {
	l := &ledger{inDoubt: k.InDoubt, asked: map[string]request{}, told: map[string]events.Position{}, refused: map[string]bool{}, counts: map[string]int{}}
	l.forget()
	return l
}

// forget makes the next check read the whole log.
func (l *ledger) forget() {
	l.at, l.versions, l.head, l.last = map[events.ID]events.Position{}, map[string]int64{}, 0, time.Time{}
	l.fresh = slices.Concat(slices.Collect(maps.Keys(l.told)), slices.Collect(maps.Keys(l.refused)))
}

// hear takes a line of a writer.
func (l *ledger) hear(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := strings.Fields(line)
	if err := l.note(f); err != nil {
		l.faults = append(l.faults, fmt.Sprintf("%s (%v)", line, err))
		return
	}
	l.counts[f[0]]++
}

func (l *ledger) note(f []string) error {
	switch {
	case len(f) > 2 && f[0] == "try":
		r, err := parseRequest(f[1:])
		l.asked[r.name] = r
		return err
	case len(f) == 3 && f[0] == "ack":
		at, err := strconv.ParseInt(f[1], 10, 64)
		l.told[f[2]] = events.Position(at)
		l.fresh = append(l.fresh, f[2])
		return err
	case len(f) > 1 && (f[0] == "no" || f[0] == "fail"):
		if f[0] == "fail" {
			l.failures = append(l.failures, strings.Join(f, " "))
		}
		l.refused[f[1]] = true
		l.fresh = append(l.fresh, f[1])
		return nil
	case len(f) > 1 && f[0] == "unknown":
		return nil
	}
	return fmt.Errorf("not a line of a writer")
}

// open lists the requests that nobody has told the outcome of.
func (l *ledger) open() []request {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []request
	for name, r := range l.asked {
		if _, ok := l.told[name]; !ok && !l.refused[name] {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b request) int { return strings.Compare(a.name, b.name) })
	return out
}

// check reads what has been added to the log since the last check: positions,
// versions and times must be in order, no event may stand twice, and each must
// have its content. What writers were told until now must be so.
func (l *ledger) check(t testing.TB, log events.Log) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for e, err := range log.Read(context.Background(), l.head, events.Filter{}) {
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		l.take(t, e)
	}
	for _, name := range l.fresh {
		r, ok := l.asked[name]
		if !ok {
			t.Fatalf("%s was answered and never asked", name)
		}
		found, as := l.find(r)
		if at, acked := l.told[name]; acked && (!as || found == 0 || found != at) {
			t.Errorf("%s was acknowledged at %d, and stands at %d (whole and in order: %t)", name, at, found, as)
		}
		if l.refused[name] && found != 0 {
			t.Errorf("%s was refused, and stands at %d", name, found)
		}
	}
	l.fresh = nil
	if t.Failed() {
		t.FailNow()
	}
}

func (l *ledger) take(t testing.TB, e events.Event) {
	t.Helper()
	switch _, twice := l.at[e.ID]; {
	case e.Position != l.head+1:
		t.Fatalf("position %d follows %d", e.Position, l.head)
	case e.Version != l.versions[e.Stream]+1:
		t.Fatalf("event %d has version %d of %s, after %d", e.Position, e.Version, e.Stream, l.versions[e.Stream])
	case twice:
		t.Fatalf("event %s stands at %d and at %d", e.ID, l.at[e.ID], e.Position)
	case e.RecordedAt.Before(l.last):
		t.Fatalf("event %d was recorded before its predecessor", e.Position)
	case !bytes.Equal(e.Data, payload(e.ID)):
		t.Fatalf("event %d holds %.100q, want %.100q", e.Position, e.Data, payload(e.ID))
	}
	l.at[e.ID], l.versions[e.Stream], l.head, l.last = e.Position, e.Version, e.Position, e.RecordedAt
}

// find returns where the last of the events of a request stands, 0 where none
// is there, and whether they are all there, one after the other.
func (l *ledger) find(r request) (last events.Position, whole bool) {
	whole = true
	prev := events.Position(0)
	for _, b := range r.batches() {
		for _, e := range b.Events {
			at, ok := l.at[e.ID]
			whole = whole && ok && (prev == 0 || at == prev+1)
			prev, last = at, max(last, at)
		}
	}
	return last, whole
}

// finish checks the whole log once more, after all writers have ended: each event
// must be one that was asked for, each request there as a whole or not at all, and
// the tree that of the events.
func (l *ledger) finish(t testing.TB, log events.Log) {
	t.Helper()
	l.mu.Lock()
	l.forget()
	l.mu.Unlock()
	l.check(t, log)
	l.mu.Lock()
	defer l.mu.Unlock()
	known := events.Position(0)
	for _, r := range l.asked {
		at, whole := l.find(r)
		if at != 0 && !whole {
			t.Errorf("%s stands at %d in part", r.name, at)
		}
		if at != 0 {
			for _, p := range r.parts {
				known += events.Position(p.events)
			}
		}
	}
	if known != l.head {
		t.Errorf("the log has %d events, of which %d were asked for", l.head, known)
	}
	s, ok := log.(Store)
	if !ok {
		t.Fatalf("%T has no tree", log)
	}
	Verify(t, s)
}

// append appends through a log of this process, and keeps what it is told. The
// error is also in the answer.
func (l *ledger) append(log events.Log, r request) error {
	l.hear("try " + r.String())
	return l.again(log, r)
}

// again appends a request that was asked for before, and keeps what it is told.
func (l *ledger) again(log events.Log, r request) error {
	at, err := log.Append(context.Background(), r.batches()...)
	switch {
	case err == nil:
		l.hear(fmt.Sprintf("ack %d %s", at, r.name))
	case l.inDoubt != nil && errors.Is(err, l.inDoubt):
		l.hear("unknown " + r.name)
	default:
		l.hear("no " + r.name)
	}
	return err
}

// blame fails the test for lines that nobody understands, and, unless failures
// are expected, for refusals without a reason.
func (l *ledger) blame(t testing.TB, mayFail bool) {
	t.Helper()
	for _, f := range l.faults {
		t.Error(f)
	}
	for _, f := range l.failures {
		if !mayFail {
			t.Error(f)
		}
	}
}
