package projections_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"

	"headway/domain"
	"headway/events"
	"headway/events/bus"
	"headway/projections"
	"headway/projections/desk"
	pt "headway/projections/projectionstest"
)

var quiet = slog.New(slog.DiscardHandler)

func bytesOf(t testing.TB, r *projections.Runner) (out []byte) {
	t.Helper()
	r.Read(func(s *projections.State) {
		var err error
		if out, err = s.Snapshot(); err != nil {
			t.Fatal(err)
		}
	})
	return out
}

func report(t testing.TB, w *pt.World, i int, in domain.IndicatorID) {
	t.Helper()
	pt.Must[desk.Receipt](t)(w.Desk.Report(context.Background(), pt.By, "r1", domain.Report{Country: pt.Code(i), Indicator: in, Status: domain.InPlace}))
}

// TestTheBusMayDuplicateReorderAndLose hands a runner the events of a log in
// disorder: it must end where a rebuild ends.
func TestTheBusMayDuplicateReorderAndLose(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 20, "r1")
	for i := range 20 {
		report(t, w, i, "a.a.one")
	}
	var log []events.Event
	for e, err := range w.Log.Read(context.Background(), 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, e)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for range 20 {
		r := projections.NewRunner(w.Log, quiet)
		for range 2 * len(log) {
			if err := r.Handle(context.Background(), log[rng.IntN(len(log))]); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Handle(context.Background(), log[len(log)-1]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, r), bytesOf(t, w.Runner)) {
			t.Fatal("the state differs from that of a runner that read the log in order")
		}
	}
}

// TestFollowingByWatermill is the live line: append, relay, gochannel, router,
// fold.
func TestFollowingByWatermill(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 20, "r1")
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	channel := gochannel.NewGoChannel(gochannel.Config{OutputChannelBuffer: 64}, bus.Logger(quiet))
	follower := projections.NewRunner(w.Log, quiet)
	running := make(chan struct{})
	wg.Go(func() {
		if err := bus.Follow(ctx, "projections", channel, quiet, running, follower.Handle); err != nil {
			t.Errorf("follow: %v", err)
		}
	})
	<-running
	// The relay starts in the middle: the first message is a jump.
	relay := &bus.Relay{Log: w.Log, Publisher: channel, Logger: quiet}
	wg.Go(func() {
		if err := relay.Run(ctx, 5); err != nil {
			t.Errorf("relay: %v", err)
		}
	})
	for i := range 20 {
		report(t, w, i, "a.a.two")
	}
	head, err := w.Log.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for at := events.Position(0); at < head; at, _ = follower.Position() {
		if time.Now().After(deadline) {
			t.Fatalf("the follower is at %d of %d", at, head)
		}
		time.Sleep(time.Millisecond)
	}
	if !bytes.Equal(bytesOf(t, follower), bytesOf(t, w.Runner)) {
		t.Error("the follower's state differs")
	}
}

// TestAnUnreadableEventStopsTheFold: the last good state is served, nothing is
// skipped, and the reason is told.
func TestAnUnreadableEventStopsTheFold(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	ctx := context.Background()
	before, _ := w.Runner.Position()
	strange := events.Event{ID: events.DeriveID(pt.Start, "strange"), Type: "planet.discovered", SchemaVersion: 1, Actor: "a", Data: []byte(`{}`)}
	if _, err := w.Log.Append(ctx, events.Batch{Stream: "x", Events: []events.Event{strange}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Runner.CatchUp(ctx); err == nil {
			t.Fatal("the fold went past an event it cannot read")
		}
	}
	at, stuck := w.Runner.Position()
	if at != before || stuck == nil {
		t.Errorf("position %d, before %d, reason %v", at, before, stuck)
	}
	w.Runner.Read(func(s *projections.State) {
		if len(s.Respondents("r1", s.Position())) != 2 {
			t.Error("the last good state is not served")
		}
	})
}

func TestSnapshotsShortenTheStart(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 3, "r1")
	ctx := context.Background()
	if err := w.Runner.Save(ctx, w.Log); err != nil {
		t.Fatal(err)
	}
	report(t, w, 0, "a.a.one")
	r := projections.NewRunner(w.Log, quiet)
	if err := r.Load(ctx, w.Log); err != nil {
		t.Fatal(err)
	}
	if at, _ := r.Position(); at == 0 {
		t.Error("the snapshot was not used")
	}
	if err := r.CatchUp(ctx); err != nil || !bytes.Equal(bytesOf(t, r), bytesOf(t, w.Runner)) {
		t.Errorf("snapshot and tail differ from the whole (%v)", err)
	}
	// A damaged snapshot is left alone.
	if err := w.Log.SaveSnapshot(ctx, projections.SnapshotName, 3, []byte("garbage")); err != nil {
		t.Fatal(err)
	}
	r = projections.NewRunner(w.Log, quiet)
	if err := r.Load(ctx, w.Log); err != nil {
		t.Fatal(err)
	}
	if at, _ := r.Position(); at != 0 {
		t.Errorf("started at %d from garbage", at)
	}
}

func TestParseMoment(t *testing.T) {
	for _, good := range []string{"", "7", "2026-05-01", "2026-05-01T12:00:00Z", "2026-05-01T12:00:00+02:00"} {
		if _, err := projections.ParseMoment(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"0", "-1", "yesterday", "2026", "2026-13-01"} {
		if m, err := projections.ParseMoment(bad); bad != "2026" && domain.RefusalOf(err) == nil {
			t.Errorf("%q means %+v, %v", bad, m, err)
		}
	}
}
