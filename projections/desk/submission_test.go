package desk_test

import (
	"context"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
	pt "headway/projections/projectionstest"
)

var (
	focal   = events.Stamp{Actor: "token-focal"}
	analyst = events.Stamp{Actor: "token-analyst"}
)

func submit(w *pt.World, answers ...domain.Draft) (string, error) {
	r, err := w.Desk.Submit(context.Background(), focal, "r1", domain.Submit{Country: "AAA", Answers: answers, Note: "as agreed"})
	if err != nil || len(r.EventIDs) == 0 {
		return "", err
	}
	return r.EventIDs[0], nil
}

func believed(w *pt.World) (out []projections.Believed) {
	w.Runner.Read(func(s *projections.State) { out = s.Believed(projections.Selection{Country: "AAA"}, s.Position()) })
	return out
}

func stateOf(t *testing.T, w *pt.World, id string) projections.SubmissionRow {
	t.Helper()
	var row projections.SubmissionRow
	var err error
	w.Runner.Read(func(s *projections.State) { row, err = s.Submission(id, s.Position()) })
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// TestASubmissionIsBelievedOnceItIsApproved follows one through return, new
// version and approval, and looks back at each moment.
func TestASubmissionIsBelievedOnceItIsApproved(t *testing.T) {
	ctx := context.Background()
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	must := pt.Must[desk.Receipt](t)
	id, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace})
	if err != nil || len(believed(w)) != 0 || stateOf(t, w, id).State != domain.Pending {
		t.Fatalf("a draft is believed: %v, %v", believed(w), err)
	}
	if again, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace}); err != nil || again != "" {
		t.Errorf("the same again: %q, %v", again, err)
	}
	returned := must(w.Desk.Return(ctx, analyst, id, "say since when", domain.Source{}))
	second, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace, EffectiveOn: domain.Date{Year: 2020}, Evidence: []string{"https://example.org"}})
	if err != nil || second == "" {
		t.Fatal(err)
	}
	if _, err := w.Desk.Approve(ctx, focal, second, "", "", domain.Source{}); domain.RefusalOf(err) == nil || domain.RefusalOf(err).Code != domain.CodeOwnSubmission {
		t.Errorf("the own submission: %v", err)
	}
	w.Clock.Advance(time.Hour)
	must(w.Desk.Approve(ctx, analyst, second, "fine", "", domain.Source{}))
	rows, err := projections.StatusRows(ctx, w.Log, believed(w))
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if r := rows[0]; r.Submission != second || r.SubmittedBy != focal.Actor || r.ApprovedBy != analyst.Actor || len(r.Evidence) != 1 {
		t.Errorf("%+v", r)
	}
	first, last := stateOf(t, w, id), stateOf(t, w, second)
	if first.State != domain.Returned || first.Comment != "say since when" || last.State != domain.Approved || last.DecidedBy != analyst.Actor ||
		last.DecidedAt == nil || last.DecidedAt.Sub(last.SubmittedAt).Round(time.Second) != time.Hour {
		t.Errorf("%+v, %+v", first, last)
	}
	w.Runner.Read(func(s *projections.State) {
		if row, err := s.Submission(id, returned.Position-1); err != nil || row.State != domain.Pending {
			t.Errorf("before it was returned: %+v, %v", row, err)
		}
		if list := s.Submissions(projections.SubmissionQuery{Round: "r1", State: domain.Approved}, s.Position()); len(list) != 1 || list[0].ID != second {
			t.Errorf("approved are %+v", list)
		}
		if list := s.Submissions(projections.SubmissionQuery{}, returned.Position); len(list) != 1 {
			t.Errorf("known then: %+v", list)
		}
	})
	// The same evidence again says nothing new; more of it does, and keeps what there was.
	if again, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace, EffectiveOn: domain.Date{Year: 2020}, Evidence: []string{"https://example.org"}}); err != nil || again != "" {
		t.Errorf("the same evidence again: %q, %v", again, err)
	}
	more, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace, EffectiveOn: domain.Date{Year: 2020}, Evidence: []string{"https://example.org/b"}})
	if err != nil || more == "" {
		t.Fatalf("more evidence: %q, %v", more, err)
	}
	must(w.Desk.Approve(ctx, analyst, more, "", "", domain.Source{}))
	if rows, err = projections.StatusRows(ctx, w.Log, believed(w)); err != nil || len(rows) != 1 || len(rows[0].Evidence) != 2 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestAReplacedSubmissionCannotBeApproved(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	old, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace})
	if err != nil {
		t.Fatal(err)
	}
	newer, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.NotInPlace})
	if err != nil || stateOf(t, w, old).State != domain.Replaced || stateOf(t, w, old).ReplacedBy != newer {
		t.Fatalf("%+v, %v", stateOf(t, w, old), err)
	}
	if _, err := w.Desk.Approve(context.Background(), analyst, old, "", "", domain.Source{}); domain.RefusalOf(err) == nil || domain.RefusalOf(err).Code != domain.CodeNotPending {
		t.Errorf("a replaced one: %v", err)
	}
	if _, err := w.Desk.Approve(context.Background(), analyst, "nonsense", "", "", domain.Source{}); domain.RefusalOf(err) == nil || domain.RefusalOf(err).Code != domain.CodeUnknownSubmission {
		t.Errorf("none: %v", err)
	}
}

// TestOnePersonWithTwoTokensCannotApproveTheOwn: pseudonyms that lead to the same
// contact are one person.
func TestOnePersonWithTwoTokensCannotApproveTheOwn(t *testing.T) {
	ctx := context.Background()
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	w.Desk.Actors = w.Log
	for _, a := range []domain.Actor{{ID: focal.Actor, Name: "A", Contact: "a@example.org"}, {ID: analyst.Actor, Name: "A.", Contact: "A@example.org"}, {ID: "other", Name: "B", Contact: "b@example.org"}} {
		a.CreatedAt = pt.Start
		if _, err := w.Log.SaveActor(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	id, err := submit(w, domain.Draft{Indicator: "a.a.one", Status: domain.InPlace})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Approve(ctx, analyst, id, "", "", domain.Source{}); domain.RefusalOf(err) == nil || domain.RefusalOf(err).Code != domain.CodeOwnSubmission {
		t.Errorf("the same person: %v", err)
	}
	if _, err := w.Desk.Approve(ctx, events.Stamp{Actor: "other"}, id, "", "", domain.Source{}); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}
