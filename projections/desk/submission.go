package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk/intake"
)

// Submit hands in answers of one respondent for review. A pending or returned
// submission of the same respondent and round is replaced. Nothing is appended
// where the same answers are pending, or believed, already.
func (d *Desk) Submit(ctx context.Context, by events.Stamp, round domain.RoundID, cmd domain.Submit) (Receipt, error) {
	return d.submit(ctx, by, round, cmd, false)
}

func (d *Desk) submit(ctx context.Context, by events.Stamp, round domain.RoundID, cmd domain.Submit, dryRun bool) (Receipt, error) {
	prev, sayings, err := d.before(ctx, round, cmd.Country)
	if err != nil {
		return Receipt{}, err
	}
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		survey, ok := s.Survey(round)
		if !ok {
			return decision{}, projections.UnknownRound(round)
		}
		row, ok := s.LatestSubmission(round, cmd.Country)
		var latest *domain.Submission
		switch {
		case ok && row.ID == prev.ID:
			latest = &prev
			latest.State = row.State
		case ok: // somebody submitted meanwhile: what is in it does not matter, only that it is replaced
			latest = &domain.Submission{ID: row.ID, State: row.State}
		}
		facts, err := survey.Submit(latest, cmd, d.cells(s, round, cmd.Country, sayings), d.Now())
		if dryRun {
			facts = nil
		}
		return guarded(round, facts), err
	})
}

// Approve records that a submission is right, and the statuses that follow from
// it: all or none. By must not be who submitted it, nor another pseudonym of the
// same person. A closed round takes it with a reason for being late.
func (d *Desk) Approve(ctx context.Context, by events.Stamp, id, comment, lateReason string, src domain.Source) (Receipt, error) {
	row, err := d.submission(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	sub, err := projections.ReadSubmission(ctx, d.Log, row)
	if err != nil {
		return Receipt{}, err
	}
	if err := d.samePerson(ctx, by.Actor, sub); err != nil {
		return Receipt{}, err
	}
	_, sayings, err := d.before(ctx, sub.Round, sub.Country)
	if err != nil {
		return Receipt{}, err
	}
	return d.review(ctx, by, id, func(s *projections.State, survey domain.Survey, state domain.Review) ([]domain.Fact, error) {
		sub.State = state
		return survey.Approve(sub, by.Actor, comment, lateReason, src, d.cells(s, sub.Round, sub.Country, sayings), d.Now())
	})
}

// Return gives a submission back to who submitted it, with a comment.
func (d *Desk) Return(ctx context.Context, by events.Stamp, id, comment string, src domain.Source) (Receipt, error) {
	return d.review(ctx, by, id, func(s *projections.State, survey domain.Survey, _ domain.Review) ([]domain.Fact, error) {
		return survey.Return(s.SubmissionOf(id), by.Actor, comment, src)
	})
}

// TakeBack withdraws a submission before it is reviewed.
func (d *Desk) TakeBack(ctx context.Context, by events.Stamp, id, reason string, src domain.Source) (Receipt, error) {
	return d.review(ctx, by, id, func(s *projections.State, survey domain.Survey, _ domain.Review) ([]domain.Fact, error) {
		return survey.TakeBack(s.SubmissionOf(id), by.Actor, reason, src)
	})
}

// Review reads a submission with what it comes to.
func (d *Desk) Review(ctx context.Context, row projections.SubmissionRow) (projections.SubmissionDetail, error) {
	out := projections.SubmissionDetail{SubmissionRow: row, Drafts: []projections.DraftRow{}}
	sub, err := projections.ReadSubmission(ctx, d.Log, row)
	if err != nil {
		return out, err
	}
	out.Note = sub.Note
	if !sub.Source.IsZero() {
		out.Source = &sub.Source
	}
	_, sayings, err := d.before(ctx, row.Round, row.Country)
	if err != nil {
		return out, err
	}
	d.Runner.Read(func(s *projections.State) {
		cellOf := d.cells(s, row.Round, row.Country, sayings)
		for _, a := range sub.Answers {
			x := projections.DraftRow{Draft: a}
			if row.State == domain.Pending {
				var old domain.Standing
				x.Outcome, old = a.Outlook(cellOf(a.Indicator))
				x.Believed, x.BelievedEvent = old.Status, old.EventID
			}
			out.Drafts = append(out.Drafts, x)
		}
	})
	return out, nil
}

// review decides about a submission as it stands.
func (d *Desk) review(ctx context.Context, by events.Stamp, id string,
	decide func(*projections.State, domain.Survey, domain.Review) ([]domain.Fact, error)) (Receipt, error) {
	if by.CorrelationID == "" {
		by.CorrelationID = "submission-" + id
	}
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		row, err := s.Submission(id, s.Position())
		if err != nil {
			return decision{}, err
		}
		survey, _ := s.Survey(row.Round)
		facts, err := decide(s, survey, row.State)
		return guarded(row.Round, facts), err
	})
}

func (d *Desk) submission(ctx context.Context, id string) (row projections.SubmissionRow, err error) {
	if err := d.Runner.CatchUp(ctx); err != nil {
		return row, err
	}
	d.Runner.Read(func(s *projections.State) { row, err = s.Submission(id, s.Position()) })
	return row, err
}

// before reads what a decision about a submission needs and the state does not
// hold: the newest submission of the respondent, and what goes with each of the
// statuses that stand.
func (d *Desk) before(ctx context.Context, round domain.RoundID, country domain.Respondent) (domain.Submission, map[string]domain.Saying, error) {
	if err := d.Runner.CatchUp(ctx); err != nil {
		return domain.Submission{}, nil, err
	}
	var row projections.SubmissionRow
	var ok bool
	var standing []events.Position
	d.Runner.Read(func(s *projections.State) {
		row, ok = s.LatestSubmission(round, country)
		standing = s.StandingOf(round, country)
	})
	var latest domain.Submission
	if ok {
		var err error
		if latest, err = projections.ReadSubmission(ctx, d.Log, row); err != nil {
			return latest, nil, err
		}
	}
	sayings := make(map[string]domain.Saying, len(standing))
	if len(standing) == 0 {
		return latest, sayings, nil
	}
	for e, err := range d.Log.Read(ctx, 0, events.Filter{Positions: standing}) {
		if err != nil {
			return latest, nil, fmt.Errorf("read what is believed of %s: %w", country, err)
		}
		h, err := projections.RowOf(e)
		if err != nil {
			return latest, nil, fmt.Errorf("read what is believed of %s: %w", country, err)
		}
		sayings[h.EventID] = domain.Saying{Note: h.Note, Evidence: h.Evidence, Documents: h.Documents}
	}
	return latest, sayings, nil
}

// cells are the cells of one respondent, with what goes with their statuses.
func (d *Desk) cells(s *projections.State, round domain.RoundID, country domain.Respondent, sayings map[string]domain.Saying) func(domain.IndicatorID) domain.Cell {
	return func(i domain.IndicatorID) domain.Cell {
		c := s.Cell(round, country, i)
		for j := range c.Standing {
			c.Standing[j].Saying = sayings[c.Standing[j].EventID]
		}
		return c
	}
}

// samePerson refuses an approval by another pseudonym of who submitted.
func (d *Desk) samePerson(ctx context.Context, approver string, sub domain.Submission) error {
	if d.Actors == nil || approver == sub.SubmittedBy {
		return nil // the domain refuses the same pseudonym
	}
	a, okA, errA := d.Actors.ActorByID(ctx, approver)
	b, okB, errB := d.Actors.ActorByID(ctx, sub.SubmittedBy)
	if err := errors.Join(errA, errB); err != nil {
		return fmt.Errorf("look up the actors: %w", err)
	}
	if okA && okB && a.Contact != "" && strings.EqualFold(a.Contact, b.Contact) {
		return domain.Refuse(domain.CodeOwnSubmission,
			fmt.Sprintf("%s and %s have the same contact, so that they are one person; somebody else must approve this", approver, sub.SubmittedBy),
			"submission", sub.ID, "actor", approver)
	}
	return nil
}

// SubmitFile hands in the answers of a file for review, as Submit does. The file
// must be about one respondent only. Of the refused answers the first MostListed
// are causes of the one Refusal.
func (d *Desk) SubmitFile(ctx context.Context, by events.Stamp, f File, country domain.Respondent, note string) (Receipt, error) {
	cmd, err := d.draftsOf(f, country, note)
	if err != nil {
		return Receipt{}, err
	}
	return d.Submit(ctx, by, f.Round, cmd)
}

// TrySubmitFile decides as SubmitFile does, and appends nothing.
func (d *Desk) TrySubmitFile(ctx context.Context, by events.Stamp, f File, country domain.Respondent, note string) (Receipt, error) {
	cmd, err := d.draftsOf(f, country, note)
	if err != nil {
		return Receipt{}, err
	}
	return d.submit(ctx, by, f.Round, cmd, true)
}

// draftsOf reads the answers of a file of one respondent.
func (d *Desk) draftsOf(f File, country domain.Respondent, note string) (domain.Submit, error) {
	framework, err := d.asked(f.Round)
	if err != nil {
		return domain.Submit{}, err
	}
	list, err := readAnswers(f, framework)
	if err != nil {
		return domain.Submit{}, err
	}
	cmd := domain.Submit{Country: country, Note: note, Source: list.source}
	var causes []*domain.Refusal
	refused := 0
	for i := range list.rows {
		a := list.at(i)
		draft, err := draftOf(a, country)
		if r := domain.RefusalOf(err); r != nil {
			if refused++; len(causes) < MostListed {
				causes = append(causes, rowRefusal(a, r))
			}
			continue
		} else if err != nil {
			return cmd, err
		}
		cmd.Answers = append(cmd.Answers, draft)
	}
	if refused == 0 {
		return cmd, nil
	}
	r := domain.Refuse(domain.CodeSubmission, fmt.Sprintf("nothing was submitted: %d of %d answers in %s are refused", refused, len(list.rows), f.Name),
		"file", f.Name, "rows", strconv.Itoa(len(list.rows)), "refused", strconv.Itoa(refused))
	r.Causes = causes
	return cmd, r
}

// draftOf is an answer of a file as a draft.
func draftOf(a intake.Answer, country domain.Respondent) (domain.Draft, error) {
	cmd, err := commandOf(a, domain.Source{}, domain.Date{})
	d := domain.Draft{Indicator: cmd.Indicator, Status: cmd.Status, EffectiveOn: cmd.EffectiveOn, Note: cmd.Note, Evidence: cmd.Evidence, Row: a.Row}
	if err == nil && cmd.Country != country {
		err = domain.Refuse(domain.CodeInvalid, fmt.Sprintf("it is about %q; a submission is about one respondent, here %s", cmd.Country, country), "country", string(cmd.Country))
	}
	return d, err
}
