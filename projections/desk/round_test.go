package desk_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
	pt "headway/projections/projectionstest"
)

func TestTheLifeOfARound(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	ctx := context.Background()
	must := pt.Must[desk.Receipt](t)
	refused := func(what string, err error, code domain.Code) {
		t.Helper()
		if !errors.Is(err, &domain.Refusal{Code: code}) {
			t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
	report := domain.Report{Country: "AAA", Indicator: "a.a.one", Status: domain.InPlace}
	first := must(w.Desk.Report(ctx, pt.By, "r1", report)).EventIDs[0]
	refused("reopening an open round", second(w.Desk.ReopenRound(ctx, pt.By, "r1", "r", domain.Source{})), domain.CodeRoundOpen)
	must(w.Desk.CloseRound(ctx, pt.By, "r1", "all have answered", domain.Source{}))
	refused("closing again", second(w.Desk.CloseRound(ctx, pt.By, "r1", "", domain.Source{})), domain.CodeRoundClosed)
	refused("enrolling", second(w.Desk.Enrol(ctx, pt.By, "r1", domain.Source{}, domain.Enrolment{Respondent: "AAZ"})), domain.CodeRoundClosed)

	report.Indicator = "a.a.two"
	refused("an answer", second(w.Desk.Report(ctx, pt.By, "r1", report)), domain.CodeRoundClosed)
	refused("a correction", second(w.Desk.Correct(ctx, pt.By, domain.Correct{EventID: first, Status: domain.NotInPlace, Reason: "r"})), domain.CodeRoundClosed)
	refused("a withdrawal", second(w.Desk.Withdraw(ctx, pt.By, domain.Withdraw{EventID: first, Reason: "r"})), domain.CodeRoundClosed)
	report.LateReason = "slow post"
	must(w.Desk.Report(ctx, pt.By, "r1", report))
	must(w.Desk.Correct(ctx, pt.By, domain.Correct{EventID: first, Status: domain.NotInPlace, Reason: "misread", LateReason: "seen by the auditor"}))
	closedAt := head(t, w)

	refused("reopening without a reason", second(w.Desk.ReopenRound(ctx, pt.By, "r1", "", domain.Source{})), domain.CodeReasonMissing)
	must(w.Desk.ReopenRound(ctx, pt.By, "r1", "one was forgotten", domain.Source{}))
	report.Country = "AAB"
	refused("late in an open round", second(w.Desk.Report(ctx, pt.By, "r1", report)), domain.CodeRoundOpen)
	report.LateReason = ""
	must(w.Desk.Report(ctx, pt.By, "r1", report))

	w.Runner.Read(func(s *projections.State) {
		then, err1 := s.RoundReport("r1", closedAt)
		now, err2 := s.RoundReport("r1", s.Position())
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if then.State != "closed" || now.State != "open" || len(then.History) != 2 || len(now.History) != 3 || then.History[1].Reason != "all have answered" ||
			now.History[2].Reason != "one was forgotten" || now.History[2].Actor != pt.By.Actor {
			t.Errorf("then %+v, now %+v", then.RoundRow, now.RoundRow)
		}
		if *then.Total.Answered != 2 || *then.Total.Late != 2 || *then.Total.Disputed != 1 || *now.Total.Answered != 3 || *now.Total.Missing != 3 {
			t.Errorf("then %+v, now %+v", then.Total, now.Total)
		}
	})
	rows, err := projections.History(ctx, w.Log, "small", "AAA", "a.a.one", head(t, w))
	if err != nil || len(rows) != 2 || rows[0].Late || !rows[1].Late || rows[1].LateReason != "seen by the auditor" || *rows[1].Reason != "misread" {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestNothingSlipsPastAClosingOrAReopening races answers, on time and late, with
// the closing and reopening of the round: in the log, whatever came on time stands
// where the round is open, and whatever is called late where it is closed.
func TestNothingSlipsPastAClosingOrAReopening(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 26, "r1")
	ctx := context.Background()
	allowed := func(what string, err error) {
		r := domain.RefusalOf(err)
		if err != nil && (r == nil || r.Code != domain.CodeRoundClosed && r.Code != domain.CodeRoundOpen && r.Code != domain.CodeConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var wg sync.WaitGroup
	for i := range 26 {
		wg.Go(func() {
			for k, in := range []domain.IndicatorID{"a.a.one", "a.a.two", "b.b.three"} {
				late := []string{"", "slow post"}[(i+k)%2]
				_, err := w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: pt.Code(i), Indicator: in, Status: domain.InPlace, LateReason: late})
				allowed("report", err)
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			for range 10 {
				_, err := w.Desk.CloseRound(ctx, pt.By, "r1", "", domain.Source{})
				allowed("close", err)
				_, err = w.Desk.ReopenRound(ctx, pt.By, "r1", "one was forgotten", domain.Source{})
				allowed("reopen", err)
			}
		})
	}
	wg.Wait()
	closed, turns := false, 0
	for e, err := range w.Log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch e.Type {
		case "round.closed", "round.reopened":
			if closed == (e.Type == "round.closed") {
				t.Errorf("event %d: %s, but it was so already", e.Position, e.Type)
			}
			closed, turns = !closed, turns+1
		case "status.reported":
			if row, err := projections.RowOf(e); err != nil || row.Late != closed {
				t.Errorf("event %d is late: %v, the round is closed: %v (%v)", e.Position, row.Late, closed, err)
			}
		}
	}
	if turns < 2 {
		t.Errorf("the round was closed and reopened %d times", turns)
	}
}
