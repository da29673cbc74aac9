package projections_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
	"headway/projections"
	pt "headway/projections/projectionstest"
)

// randomHistory drives the desk with random reports, corrections and withdrawals
// in two rounds, with a clock that sometimes stands still or goes back.
func randomHistory(t *rapid.T, w *pt.World) {
	ctx := context.Background()
	indicators := []domain.IndicatorID{"a.a.one", "a.a.two", "b.b.three"}
	statuses := []domain.Status{domain.InPlace, domain.NotInPlace, domain.NoAnswer, domain.NotApplicable}
	var known []string
	for range rapid.IntRange(1, 25).Draw(t, "commands") {
		w.Clock.Advance(time.Duration(rapid.SampledFrom([]int{-5, 0, 0, 1, 60}).Draw(t, "seconds")) * time.Second)
		status := rapid.SampledFrom(statuses).Draw(t, "status")
		action := rapid.IntRange(0, 9).Draw(t, "action")
		var ids []string
		var err error
		switch {
		case action < 6 || len(known) == 0:
			r, e := w.Desk.Report(ctx, pt.By, rapid.SampledFrom([]domain.RoundID{"r1", "r2"}).Draw(t, "round"), domain.Report{
				Country: pt.Code(rapid.IntRange(0, 2).Draw(t, "country")), Indicator: rapid.SampledFrom(indicators).Draw(t, "indicator"),
				Status: status, EffectiveOn: domain.Date{Year: 2023, Month: rapid.IntRange(0, 3).Draw(t, "month")},
			})
			ids, err = r.EventIDs, e
		case action < 8:
			r, e := w.Desk.Correct(ctx, pt.By, domain.Correct{EventID: rapid.SampledFrom(known).Draw(t, "event"), Status: status, Reason: "wrong"})
			ids, err = r.EventIDs, e
		default:
			_, err = w.Desk.Withdraw(ctx, pt.By, rapid.SampledFrom(known).Draw(t, "event"), "wrong country", domain.Source{})
		}
		if err != nil && domain.RefusalOf(err) == nil {
			t.Fatal(err)
		}
		known = append(known, ids...)
	}
}

func world(t *rapid.T, outer *testing.T) (*pt.World, func()) {
	dir, err := os.MkdirTemp(outer.TempDir(), "world")
	if err != nil {
		t.Fatal(err)
	}
	w := pt.Open(outer, dir)
	w.Survey(outer, 3, "r1", "r2")
	return w, func() {
		if err := errors.Join(w.Log.Close(), os.RemoveAll(dir)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRebuildGivesTheSameBytesAsFollowing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, done := world(rt, t)
		defer done()
		randomHistory(rt, w)
		live := snapshot(rt, w.Runner)
		fresh := projections.NewRunner(w.Log, slog.New(slog.DiscardHandler))
		if err := fresh.Rebuild(context.Background(), nil); err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(live, snapshot(rt, fresh)) {
			rt.Fatal("a rebuild gives other bytes than following the log did")
		}
		restored, err := projections.Restore(live)
		if err != nil {
			rt.Fatal(err)
		}
		again, err := restored.Snapshot()
		if err != nil || !bytes.Equal(live, again) {
			rt.Fatalf("a restored snapshot gives other bytes (%v)", err)
		}
	})
}

func snapshot(t *rapid.T, r *projections.Runner) (out []byte) {
	r.Read(func(s *projections.State) {
		var err error
		if out, err = s.Snapshot(); err != nil {
			t.Fatal(err)
		}
	})
	return out
}

// TestAsOfIsANaiveReplay holds the panel, at every position and by position as by
// instant, against domain.Cell folded from the log up to there.
func TestAsOfIsANaiveReplay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, done := world(rt, t)
		defer done()
		randomHistory(rt, w)
		var log []events.Event
		for e, err := range w.Log.Read(context.Background(), 0, events.Filter{}) {
			if err != nil {
				rt.Fatal(err)
			}
			log = append(log, e)
		}
		for n := 1; n <= len(log); n++ {
			want := replay(rt, log[:n])
			w.Runner.Read(func(s *projections.State) {
				for _, rd := range []domain.RoundID{"r1", "r2"} {
					compareRound(rt, s, rd, events.Position(n), want[rd])
				}
				byInstant := s.At(projections.Moment{Instant: log[n-1].RecordedAt})
				if last := lastAt(log, log[n-1].RecordedAt); byInstant != last {
					rt.Fatalf("instant of event %d means position %d, not %d", n, byInstant, last)
				}
			})
		}
	})
}

type place struct {
	country   domain.Respondent
	indicator domain.IndicatorID
}

func replay(t *rapid.T, log []events.Event) map[domain.RoundID]map[place]*domain.Cell {
	out := map[domain.RoundID]map[place]*domain.Cell{"r1": {}, "r2": {}}
	for _, e := range log {
		p, err := events.Decode(e)
		if err != nil {
			t.Fatal(err)
		}
		var at place
		switch p := p.(type) {
		case domain.StatusReported:
			at = place{p.Country, p.Indicator}
		case domain.StatusCorrected:
			at = place{p.Country, p.Indicator}
		case domain.StatusWithdrawn:
			at = place{p.Country, p.Indicator}
		default:
			continue
		}
		cell := out[e.Round][at]
		if cell == nil {
			cell = &domain.Cell{}
			out[e.Round][at] = cell
		}
		cell.Apply(e.ID.String(), e.EffectiveOn, p)
	}
	return out
}

func compareRound(t *rapid.T, s *projections.State, rd domain.RoundID, at events.Position, want map[place]*domain.Cell) {
	if _, ok := s.Round(rd, at); !ok {
		return
	}
	a, err := s.Answers(rd, at)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range a.Respondents() {
		for j, in := range a.Framework().Indicators {
			expected := domain.Status("")
			if c := want[place{e.Respondent, in.ID}]; c != nil {
				if cur, ok := c.Current(); ok {
					expected = cur.Status
				}
			}
			if got := a.Status(i, j); got != expected {
				t.Fatalf("round %s, %s %s as of %d: %q, a replay gives %q", rd, e.Respondent, in.ID, at, got, expected)
			}
		}
	}
}

func lastAt(log []events.Event, t time.Time) events.Position {
	i := slices.IndexFunc(log, func(e events.Event) bool { return e.RecordedAt.After(t) })
	if i < 0 {
		return events.Position(len(log))
	}
	return log[i].Position - 1
}

func TestRestoreRefusesADamagedSnapshot(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	var good []byte
	w.Runner.Read(func(s *projections.State) { good, _ = s.Snapshot() })
	for name, bad := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "flipped": append(append([]byte{}, good[:40]...), append([]byte{good[40] ^ 1}, good[41:]...)...),
	} {
		if _, err := projections.Restore(bad); !errors.Is(err, projections.ErrSnapshot) {
			t.Errorf("%s: %v, want ErrSnapshot", name, err)
		}
	}
}
