package projections_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
	"headway/projections"
	pt "headway/projections/projectionstest"
)

// randomHistory drives the desk with random reports, corrections and withdrawals,
// on time and late, in two rounds that are closed and reopened, with a clock that
// sometimes stands still or goes back.
func randomHistory(t *rapid.T, w *pt.World) {
	ctx := context.Background()
	indicators := []domain.IndicatorID{"a.a.one", "a.a.two", "b.b.three"}
	statuses := []domain.Status{domain.InPlace, domain.NotInPlace, domain.NoAnswer, domain.NotApplicable}
	var known, submitted []string
	for range rapid.IntRange(1, 30).Draw(t, "commands") {
		w.Clock.Advance(time.Duration(rapid.SampledFrom([]int{-5, 0, 0, 1, 60}).Draw(t, "seconds")) * time.Second)
		status := rapid.SampledFrom(statuses).Draw(t, "status")
		action := rapid.IntRange(0, 17).Draw(t, "action")
		round := rapid.SampledFrom([]domain.RoundID{"r1", "r2"}).Draw(t, "round")
		late := rapid.SampledFrom([]string{"", "", "slow post"}).Draw(t, "late")
		var ids []string
		var err error
		switch {
		case action == 10:
			_, err = w.Desk.CloseRound(ctx, pt.By, round, rapid.SampledFrom([]string{"", "the end"}).Draw(t, "reason"), domain.Source{})
		case action > 12:
			submitted = append(submitted, randomReview(t, w, round, status, late, submitted, &err)...)
		case action > 10:
			_, err = w.Desk.ReopenRound(ctx, pt.By, round, "one was forgotten", domain.Source{})
		case action < 6 || len(known) == 0:
			r, e := w.Desk.Report(ctx, pt.By, round, domain.Report{
				Country: pt.Code(rapid.IntRange(0, 2).Draw(t, "country")), Indicator: rapid.SampledFrom(indicators).Draw(t, "indicator"),
				Status: status, EffectiveOn: domain.Date{Year: 2023, Month: rapid.IntRange(0, 3).Draw(t, "month")}, LateReason: late,
			})
			ids, err = r.EventIDs, e
		case action < 8:
			r, e := w.Desk.Correct(ctx, pt.By, domain.Correct{EventID: rapid.SampledFrom(known).Draw(t, "event"), Status: status, Reason: "wrong", LateReason: late})
			ids, err = r.EventIDs, e
		default:
			_, err = w.Desk.Withdraw(ctx, pt.By, domain.Withdraw{EventID: rapid.SampledFrom(known).Draw(t, "event"), Reason: "wrong country", LateReason: late})
		}
		if err != nil && domain.RefusalOf(err) == nil {
			t.Fatal(err)
		}
		known = append(known, ids...)
	}
}

// randomReview submits, or decides about something that was submitted.
func randomReview(t *rapid.T, w *pt.World, round domain.RoundID, status domain.Status, late string, submitted []string, err *error) []string {
	ctx, src := context.Background(), domain.Source{}
	focal, analyst := events.Stamp{Actor: "focal"}, events.Stamp{Actor: "analyst"}
	what := rapid.IntRange(0, 6).Draw(t, "review")
	if what < 3 || len(submitted) == 0 {
		r, e := w.Desk.Submit(ctx, focal, round, domain.Submit{Country: pt.Code(rapid.IntRange(0, 2).Draw(t, "country")), Note: "n",
			Answers: []domain.Draft{{Indicator: "a.a.one", Status: status}, {Indicator: "a.a.two", Status: domain.InPlace, Note: rapid.SampledFrom([]string{"", "m"}).Draw(t, "note")}}})
		*err = e
		return r.EventIDs
	}
	id := rapid.SampledFrom(submitted).Draw(t, "submission")
	switch what {
	case 3:
		_, *err = w.Desk.Return(ctx, analyst, id, "more", src)
	case 4:
		_, *err = w.Desk.TakeBack(ctx, focal, id, "", src)
	default:
		_, *err = w.Desk.Approve(ctx, analyst, id, "", late, src)
	}
	return nil
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

// TestAsOfIsANaiveReplay holds the panel and the rounds, at every position and by
// position as by instant, against a naive replay of the log up to there: domain.Cell
// for what is believed, and what follows from it for how complete a round is.
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
		following := projections.NewState()
		for n := 1; n <= len(log); n++ {
			want := replay(rt, log[:n])
			if err := following.Apply(log[n-1]); err != nil {
				rt.Fatal(err)
			}
			if n == len(log)/2 {
				following = restored(rt, following)
			}
			compareKept(rt, following)
			w.Runner.Read(func(s *projections.State) {
				for _, rd := range []domain.RoundID{"r1", "r2"} {
					compareRound(rt, s, rd, events.Position(n), want[rd].cells)
					compareLife(rt, s, rd, events.Position(n), want[rd])
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

// told is what a naive reader of the log knows of a round.
type told struct {
	version  int64 // events in the round's stream
	closed   bool
	life     []projections.RoundEvent
	enrolled []domain.Respondent
	cells    map[place]*domain.Cell
}

func replay(t *rapid.T, log []events.Event) map[domain.RoundID]*told {
	out := map[domain.RoundID]*told{"r1": {cells: map[place]*domain.Cell{}}, "r2": {cells: map[place]*domain.Cell{}}}
	for _, e := range log {
		p, err := events.Decode(e)
		if err != nil {
			t.Fatal(err)
		}
		rd := out[e.Round]
		if rd == nil {
			continue
		}
		if e.Stream == domain.RoundStream(e.Round) {
			rd.version++
		}
		turned := func(what projections.Turn, reason string) {
			rd.life = append(rd.life, projections.RoundEvent{Event: what, RecordedAt: e.RecordedAt, Position: e.Position, Actor: e.Actor,
				Reason: reason, EventID: e.ID.String()})
		}
		switch p := p.(type) {
		case domain.RoundOpened:
			turned("opened", "")
		case domain.RoundClosed:
			rd.closed = true
			turned("closed", p.Reason)
		case domain.RoundReopened:
			rd.closed = false
			turned("reopened", p.Reason)
		case domain.CountryEnrolled:
			rd.enrolled = append(rd.enrolled, p.Enrolment.Respondent)
		case domain.StatusReported:
			rd.say(t, e, place{p.Country, p.Indicator}, p, p.LateReason != "")
		case domain.StatusCorrected:
			rd.say(t, e, place{p.Country, p.Indicator}, p, p.LateReason != "")
		case domain.StatusWithdrawn:
			rd.say(t, e, place{p.Country, p.Indicator}, p, p.LateReason != "")
		}
	}
	return out
}

func (rd *told) say(t *rapid.T, e events.Event, at place, p domain.Payload, late bool) {
	if late != rd.closed {
		t.Fatalf("event %d: late %v in a round that is closed %v", e.Position, late, rd.closed)
	}
	if rd.cells[at] == nil {
		rd.cells[at] = &domain.Cell{}
	}
	rd.cells[at].Apply(e.ID.String(), e.EffectiveOn, p)
}

// tally counts places the long way: each question by itself.
func (rd *told) tally(who []domain.Respondent, what []domain.IndicatorID) (out domain.Tally) {
	for _, r := range who {
		for _, in := range what {
			var current domain.Standing
			if c := rd.cells[place{r, in}]; c != nil {
				current, _ = c.Current()
				out.Disputes += c.Disputes
				if c.Disputes > 0 {
					out.Disputed++
				}
			}
			out.Asked++
			switch current.Status {
			case domain.InPlace, domain.NotInPlace:
				out.Answered++
			case domain.NotApplicable:
				out.NotApplicable++
			default:
				out.Missing++
			}
			if current.Late {
				out.Late++
			}
		}
	}
	return out
}

func compareLife(t *rapid.T, s *projections.State, id domain.RoundID, at events.Position, want *told) {
	row, ok := s.RoundRow(id, at)
	if ok != (len(want.life) > 0) {
		t.Fatalf("round %s as of %d is there: %v", id, at, ok)
	}
	if !ok {
		return
	}
	state := "open"
	if want.closed {
		state = "closed"
	}
	if row.State != state || row.Closed != want.closed || row.Version != want.version || !slices.Equal(row.History, want.life) || *row.Respondents != len(want.enrolled) {
		t.Fatalf("round %s as of %d is %+v, a replay gives %+v", id, at, row, want)
	}
	got, ok := s.Tallies(id, at)
	all := []domain.IndicatorID{"a.a.one", "a.a.two", "b.b.three"}
	if !ok || len(got.Respondents) != len(want.enrolled) || len(got.Indicators) != len(all) {
		t.Fatalf("round %s as of %d: tallies of %d and %d, %v", id, at, len(got.Respondents), len(got.Indicators), ok)
	}
	slices.Sort(want.enrolled)
	for i, r := range want.enrolled {
		if x := want.tally([]domain.Respondent{r}, all); got.Respondents[i] != x {
			t.Fatalf("round %s, %s as of %d: %+v, a replay gives %+v", id, r, at, got.Respondents[i], x)
		}
	}
	for j, in := range all {
		if x := want.tally(want.enrolled, []domain.IndicatorID{in}); got.Indicators[j] != x {
			t.Fatalf("round %s, %s as of %d: %+v, a replay gives %+v", id, in, at, got.Indicators[j], x)
		}
	}
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

// compareKept holds what a state has counted and kept against a new count: as of now,
// the event before, and any position, some of which were asked for before.
func compareKept(t *rapid.T, s *projections.State) {
	for _, rd := range []domain.RoundID{"r1", "r2"} {
		for _, at := range []events.Position{s.Position(), s.Position() - 1, events.Position(rapid.Int64Range(1, int64(s.Position())).Draw(t, "as of"))} {
			a, err := s.Answers(rd, at)
			kept, keptErr := s.Tabulation(rd, at)
			if err != nil || keptErr != nil {
				if (err == nil) != (keptErr == nil) {
					t.Fatalf("round %s as of %d: %v, and counted %v", rd, at, err, keptErr)
				}
				continue
			}
			if !reflect.DeepEqual(kept.Round(), a.Round()) || !reflect.DeepEqual(kept.Respondents(), a.Respondents()) {
				t.Fatalf("round %s as of %d is kept as it was", rd, at)
			}
			for i := range a.Respondents() {
				for j := range a.Framework().Indicators {
					if got, want := kept.Status(i, j), a.Status(i, j); got != want {
						t.Fatalf("round %s as of %d, at position %d: %q is kept, %q is believed", rd, at, s.Position(), got, want)
					}
				}
			}
		}
	}
}

func restored(t *rapid.T, s *projections.State) *projections.State {
	data, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if s, err = projections.Restore(data); err != nil {
		t.Fatal(err)
	}
	return s
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
