package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
	"headway/events/archive"
)

// Store is what a database of Headway offers: the log with its tree, snapshots
// and tokens.
type Store interface {
	archive.Target
	SaveSnapshot(ctx context.Context, name string, at events.Position, data []byte) error
	LoadSnapshot(ctx context.Context, name string) (events.Position, []byte, error)
	SaveToken(ctx context.Context, t domain.Token) error
	Tokens(ctx context.Context) ([]domain.Token, error)
	TokenByHash(ctx context.Context, hash []byte) (domain.Token, bool, error)
	RevokeToken(ctx context.Context, id string, at time.Time) (bool, error)
	SaveActor(ctx context.Context, a domain.Actor) (bool, error)
	Actors(ctx context.Context) ([]domain.Actor, error)
	ActorByID(ctx context.Context, id string) (domain.Actor, bool, error)
	ForgetActor(ctx context.Context, id string, at time.Time) (bool, error)
}

// Place is where a log is kept; it can be opened again, and twice at a time.
type Place interface {
	// Open opens the log with a clock. The suite closes it.
	Open(t testing.TB, now func() time.Time) Store
}

// Run runs the suite; empty gives a place with an empty log for each test.
func Run(t *testing.T, empty func(t *testing.T) Place) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, p Place)
	}{
		{"append and read back", testRoundTrip},
		{"payload bytes are kept", testBytes},
		{"several streams in one step, all or none", testAtomic},
		{"optimistic concurrency", testVersions},
		{"guards", testGuards},
		{"the same event twice", testIdempotent},
		{"an id with other content", testReusedID},
		{"events no log takes", testInvalid},
		{"what is just small enough", testLimits},
		{"a large append", testLargeAppend},
		{"large events", testLargeEvents},
		{"events may be kept", testKept},
		{"appends at random", testAgainstModel},
		{"filters", testFilters},
		{"long reads at random", testLongReads},
		{"reads left early, and within reads", testManyReads},
		{"a read ends at the head of its beginning", testReadEnds},
		{"a canceled read", testCanceledRead},
		{"wait", testWait},
		{"many writers, many readers", testConcurrent},
		{"a conflict refuses its own append alone", testConflictAlone},
		{"retries among others", testRetries},
		{"two openings of one log", testTwoOpenings},
		{"reopening", testReopen},
		{"a clock that goes back", testClock},
		{"a canceled append", testCanceledAppend},
		{"after closing", testClosed},
		{"closing meanwhile", testClosedMeanwhile},
		{"the tree grows with the log", testTree},
		{"proofs", testProofs},
		{"snapshots", testSnapshots},
		{"tokens", testTokens},
		{"actors", testActors},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, empty(t)) })
	}
	t.Run("export and restore", func(t *testing.T) { RunMove(t, empty(t), empty(t)) })
}

// start is the first instant of the suite's clocks.
var start = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

func fixed() time.Time { return start }

func open(t testing.TB, p Place) Store {
	t.Helper()
	s := p.Open(t, fixed)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

var (
	idMutex sync.Mutex
	idCount int
)

// Event makes an event with an id of its own.
func Event(data string) events.Event {
	idMutex.Lock()
	defer idMutex.Unlock()
	idCount++
	return events.Event{
		ID: events.DeriveID(start.Add(time.Duration(idCount)*time.Millisecond), "storetest", fmt.Sprint(idCount)), Type: "status.reported",
		SchemaVersion: 1, EffectiveOn: domain.Date{Year: 2021}, Actor: "tester", Round: "2021", CorrelationID: "c", Data: []byte(data),
	}
}

// Events makes n events.
func Events(n int) []events.Event {
	out := make([]events.Event, n)
	for i := range out {
		out[i] = Event(fmt.Sprintf(`{"country":"XAA","indicator":"a.b.c","status":"in_place","note":"number %d"}`, i))
	}
	return out
}

// Append appends to one stream and fails the test on an error.
func Append(t testing.TB, log events.Log, stream string, expect int64, list ...events.Event) events.Position {
	t.Helper()
	at, err := log.Append(context.Background(), events.Batch{Stream: stream, Expect: expect, Events: list})
	if err != nil {
		t.Fatalf("append to %s: %v", stream, err)
	}
	return at
}

// ReadAll reads what passes a filter.
func ReadAll(t testing.TB, log events.Log, f events.Filter) []events.Event {
	t.Helper()
	var out []events.Event
	for e, err := range log.Read(context.Background(), 0, f) {
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		out = append(out, e)
	}
	return out
}

// CheckOrder fails the test unless the events are the whole log up to its head:
// positions, versions of each stream, and times in order, no id twice.
func CheckOrder(t testing.TB, list []events.Event) {
	t.Helper()
	versions := map[string]int64{}
	ids := map[events.ID]bool{}
	var last time.Time
	for i, e := range list {
		if e.Position != events.Position(i+1) {
			t.Fatalf("position %d stands at place %d", e.Position, i+1)
		}
		versions[e.Stream]++
		if e.Version != versions[e.Stream] {
			t.Fatalf("event %d has version %d of %s, not %d", e.Position, e.Version, e.Stream, versions[e.Stream])
		}
		if ids[e.ID] {
			t.Fatalf("event %s stands twice", e.ID)
		}
		ids[e.ID] = true
		if e.RecordedAt.Before(last) {
			t.Fatalf("event %d was recorded before its predecessor", e.Position)
		}
		last = e.RecordedAt
	}
}
