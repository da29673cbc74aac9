package projections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"headway/domain"
	"headway/events"
)

// submission is what the log says of a submission but for its answers, which are
// drafts and stay in the log; each part with the position from which it is known.
type submission struct {
	ID        events.ID
	Round     domain.RoundID
	Country   domain.Respondent
	Actor     string
	Answers   int
	Simulated bool
	Position  events.Position
	End       ending // Position 0 while it is pending
}

// ending is what became of a submission.
type ending struct {
	State    domain.Review
	Position events.Position
	Actor    string
	Comment  string
	By       string // the submission that replaced it
}

// SubmissionRow is a submission with what became of it. Its JSON is a promise.
type SubmissionRow struct {
	ID          string             `json:"submission"`
	Framework   domain.FrameworkID `json:"framework"`
	Round       domain.RoundID     `json:"round"`
	Country     domain.Respondent  `json:"country"`
	State       domain.Review      `json:"state"`
	Answers     int                `json:"answers"`
	SubmittedBy string             `json:"submitted_by"`
	SubmittedAt time.Time          `json:"submitted_at"`
	Position    events.Position    `json:"position"`
	DecidedBy   string             `json:"decided_by,omitempty"` // approved, returned, withdrawn or replaced it
	DecidedAt   *time.Time         `json:"decided_at,omitempty"`
	Comment     string             `json:"comment,omitempty"`
	ReplacedBy  string             `json:"replaced_by,omitempty"`
	Simulated   bool               `json:"simulated"`
}

// SubmissionDetail is a submission with what is in it. Its JSON is a promise.
type SubmissionDetail struct {
	SubmissionRow
	Note   string         `json:"note,omitempty"`
	Source *domain.Source `json:"source"`
	Drafts []DraftRow     `json:"drafts"`
}

// DraftRow is what a submission says of an indicator and, while it is pending,
// what that comes to beside what is believed.
type DraftRow struct {
	domain.Draft
	Outcome       domain.Outcome `json:"outcome,omitempty"`
	Believed      domain.Status  `json:"believed,omitempty"` // for the same date
	BelievedEvent string         `json:"believed_event,omitempty"`
}

// WithoutOutlook is the detail without what it comes to now: for readers of the past.
func (d SubmissionDetail) WithoutOutlook() SubmissionDetail {
	d.Drafts = slices.Clone(d.Drafts)
	for i := range d.Drafts {
		d.Drafts[i] = DraftRow{Draft: d.Drafts[i].Draft}
	}
	return d
}

func (s *State) foldSubmitted(e events.Event, p domain.SubmissionSubmitted) error {
	if s.round(e.Round) == nil {
		return fmt.Errorf("round %s was not opened", e.Round)
	}
	if p.Replaces != "" {
		end := ending{domain.Replaced, e.Position, e.Actor, "", e.ID.String()}
		if err := s.endSubmission(p.Replaces, end); err != nil {
			return err
		}
	}
	s.submissions = append(s.submissions, &submission{ID: e.ID, Round: e.Round, Country: p.Country, Actor: e.Actor,
		Answers: len(p.Answers), Simulated: e.Simulated, Position: e.Position})
	for _, d := range p.Answers {
		s.addDocuments(e, p.Country, d.Indicator, true, d.Documents)
	}
	s.versions[e.Stream] = e.Version
	return nil
}

func (s *State) foldReview(e events.Event, id string, to domain.Review, comment string) error {
	if err := s.endSubmission(id, ending{to, e.Position, e.Actor, comment, ""}); err != nil {
		return err
	}
	s.versions[e.Stream] = e.Version
	return nil
}

// endSubmission notes what became of a submission. One that was returned and is
// replaced then stays returned.
func (s *State) endSubmission(id string, end ending) error {
	sub := s.submission(id)
	if sub == nil {
		return fmt.Errorf("there is no submission %s", id)
	}
	if sub.End.Position != 0 {
		if sub.End.State == domain.Returned && end.State == domain.Replaced {
			return nil
		}
		return fmt.Errorf("submission %s was %s before", id, sub.End.State)
	}
	sub.End = end
	return nil
}

func (s *State) submission(id string) *submission {
	want, err := events.ParseID(id)
	if err != nil {
		return nil
	}
	for i := len(s.submissions) - 1; i >= 0; i-- { // the newest are asked for most
		if s.submissions[i].ID == want {
			return s.submissions[i]
		}
	}
	return nil
}

// SubmissionQuery narrows a list of submissions. Empty fields select everything.
type SubmissionQuery struct {
	Framework domain.FrameworkID
	Round     domain.RoundID
	Country   domain.Respondent
	State     domain.Review
}

// Submissions are the submissions known at a position, newest first.
func (s *State) Submissions(q SubmissionQuery, at events.Position) []SubmissionRow {
	out := []SubmissionRow{}
	n := sort.Search(len(s.submissions), func(i int) bool { return s.submissions[i].Position > at })
	for _, sub := range slices.Backward(s.submissions[:n]) {
		row := s.submissionRow(sub, at)
		if q.Round != "" && row.Round != q.Round || q.Country != "" && row.Country != q.Country ||
			q.State != "" && row.State != q.State || q.Framework != "" && row.Framework != q.Framework {
			continue
		}
		out = append(out, row)
	}
	return out
}

// Submission finds a submission as it was known at a position.
func (s *State) Submission(id string, at events.Position) (SubmissionRow, error) {
	sub := s.submission(id)
	if sub == nil || sub.Position > at {
		return SubmissionRow{}, UnknownSubmission(id)
	}
	return s.submissionRow(sub, at), nil
}

// SubmissionOf is what a decision about a submission needs but for its answers;
// the zero Submission where there is none.
func (s *State) SubmissionOf(id string) domain.Submission {
	sub := s.submission(id)
	if sub == nil {
		return domain.Submission{}
	}
	row := s.submissionRow(sub, s.position)
	return domain.Submission{ID: row.ID, Round: row.Round, Country: row.Country, State: row.State, SubmittedBy: row.SubmittedBy}
}

// StandingOf are the positions of all statuses of a respondent in a round that
// were neither corrected nor withdrawn.
func (s *State) StandingOf(rd domain.RoundID, r domain.Respondent) []events.Position {
	var out []events.Position
	round := s.round(rd)
	if round == nil {
		return nil
	}
	for _, in := range s.Framework(round.Opened.Framework).Indicators {
		for h := s.panel.head(round.Opened.Framework, rd, r, in.ID); h != 0; h = s.panel.entries[h-1].Prev {
			if e := &s.panel.entries[h-1]; e.stands(s.position) {
				out = append(out, e.Position)
			}
		}
	}
	return out
}

// LatestSubmission is the newest submission of a respondent in a round.
func (s *State) LatestSubmission(rd domain.RoundID, r domain.Respondent) (SubmissionRow, bool) {
	for _, sub := range slices.Backward(s.submissions) {
		if sub.Round == rd && sub.Country == r {
			return s.submissionRow(sub, s.position), true
		}
	}
	return SubmissionRow{}, false
}

// UnknownSubmission is the refusal for a submission that is not there, or that
// the reader may not see.
func UnknownSubmission(id string) *domain.Refusal {
	return domain.Refuse(domain.CodeUnknownSubmission,
		fmt.Sprintf("there is no submission %q; see `headway submission list`", id), "submission", id)
}

func (s *State) submissionRow(sub *submission, at events.Position) SubmissionRow {
	row := SubmissionRow{ID: sub.ID.String(), Framework: s.round(sub.Round).Opened.Framework, Round: sub.Round, Country: sub.Country,
		State: domain.Pending, Answers: sub.Answers, SubmittedBy: sub.Actor, SubmittedAt: s.RecordedAt(sub.Position),
		Position: sub.Position, Simulated: sub.Simulated}
	if end := sub.End; end.Position != 0 && end.Position <= at {
		when := s.RecordedAt(end.Position)
		row.State, row.DecidedBy, row.DecidedAt, row.Comment, row.ReplacedBy = end.State, end.Actor, &when, end.Comment, end.By
	}
	return row
}

// ReadSubmission completes a submission with its answers, read from the log.
func ReadSubmission(ctx context.Context, log events.Log, row SubmissionRow) (domain.Submission, error) {
	for e, err := range log.Read(ctx, 0, events.Filter{Positions: []events.Position{row.Position}}) {
		if err != nil {
			return domain.Submission{}, fmt.Errorf("read the submission: %w", err)
		}
		p, err := events.Decode(e)
		if err != nil {
			return domain.Submission{}, fmt.Errorf("read the submission: %w", err)
		}
		src, err := e.SourceOf()
		if err != nil {
			return domain.Submission{}, fmt.Errorf("read the submission: %w", err)
		}
		if p, ok := p.(domain.SubmissionSubmitted); ok {
			return domain.Submission{ID: row.ID, Round: row.Round, Country: row.Country, State: row.State,
				SubmittedBy: row.SubmittedBy, Answers: p.Answers, Note: p.Note, Source: src}, nil
		}
	}
	return domain.Submission{}, errors.New("read the submission: the log does not have it; run `headway verify`")
}
