package domain

import (
	"fmt"
	"strings"
	"time"
)

// Review is where a submission stands.
type Review string

// The states of a submission. Only a pending one can be approved, returned or
// withdrawn.
const (
	Pending   Review = "pending"
	Approved  Review = "approved"
	Returned  Review = "returned"
	Withdrawn Review = "withdrawn"
	Replaced  Review = "replaced" // by a newer version
)

// Codes of refusals about submissions.
const (
	CodeSubmission        Code = "submission_refused" // one or more answers of a submission are refused
	CodeUnknownSubmission Code = "unknown_submission" // no such submission
	CodeNotPending        Code = "not_pending"        // the submission was reviewed, withdrawn or replaced before
	CodeOwnSubmission     Code = "own_submission"     // nobody approves the own submission
	CodeReviewNeeded      Code = "review_needed"      // a status of this person takes effect only through a submission
)

// Submission is what a decision about one needs to know.
type Submission struct {
	ID          string // event id of the submission.submitted
	Round       RoundID
	Country     Respondent
	State       Review
	SubmittedBy string
	Answers     []Draft
	Note        string
	Source      Source
}

// Submit is the command to hand in answers of one respondent for review. Zero
// dates stand for the round's reference date.
type Submit struct {
	Country Respondent
	Answers []Draft
	Note    string
	Source  Source
}

// maxDrafts keeps a submission well under what an event may hold.
const maxDrafts = 2000

// SubmissionStream holds the submissions of one respondent in one round, and what
// became of them.
func SubmissionStream(rd RoundID, r Respondent) string {
	return "submission/" + string(rd) + "/" + string(r)
}

// Submit decides on a submission. Latest is the newest one of the respondent in
// the round, or nil: a pending or a returned one is replaced, and the same
// answers as those that are pending are no fact; nor is what is believed already.
// Every bad answer is a cause of the one Refusal (code submission_refused).
func (s Survey) Submit(latest *Submission, cmd Submit, cellOf func(IndicatorID) Cell, now time.Time) ([]Fact, error) {
	if s.Round.Closed {
		return nil, Refuse(CodeRoundClosed,
			fmt.Sprintf("round %s is closed and takes no submissions; an analyst may record a late answer, with a reason, or reopen the round", s.Round.ID),
			"round", string(s.Round.ID))
	}
	if len(cmd.Answers) == 0 {
		return nil, Refuse(CodeInvalid, "a submission needs an answer at least", "country", string(cmd.Country))
	}
	if len(cmd.Answers) > maxDrafts {
		return nil, Refuse(CodeInvalid, fmt.Sprintf("a submission has at most %d answers, not %d", maxDrafts, len(cmd.Answers)), "country", string(cmd.Country))
	}
	answers, news, err := s.drafts(cmd, cellOf, now)
	if err != nil {
		return nil, err
	}
	p := SubmissionSubmitted{Country: cmd.Country, Answers: answers, Note: strings.TrimSpace(cmd.Note)}
	if latest != nil && (latest.State == Pending || latest.State == Returned) {
		p.Replaces = latest.ID
		if latest.State == Pending && p.Note == latest.Note && sameJSON(answers, latest.Answers) {
			return nil, nil
		}
	} else if news == 0 {
		return nil, nil
	}
	return []Fact{s.submissionFact(cmd.Country, p, cmd.Source)}, nil
}

// drafts completes the answers of a submission, and counts those that would
// change what is believed.
func (s Survey) drafts(cmd Submit, cellOf func(IndicatorID) Cell, now time.Time) (answers []Draft, news int, err error) {
	var causes []*Refusal
	seen := map[string]int{}
	for i, d := range cmd.Answers {
		d.Note = strings.TrimSpace(d.Note)
		if d.EffectiveOn.IsZero() {
			d.EffectiveOn = s.Round.ReferenceDate
		}
		facts, err := s.take(cellOf(d.Indicator), cmd.Country, d, Submission{Source: cmd.Source}, "", now)
		key := string(d.Indicator) + " " + d.EffectiveOn.String()
		if before, ok := seen[key]; ok && err == nil {
			err = Refuse(CodeInvalid, fmt.Sprintf("answers %d and %d are about the same indicator and date; keep one", before+1, i+1))
		}
		if err != nil {
			causes = append(causes, draftRefusal(i, d, err))
			continue
		}
		seen[key] = i
		news += len(facts)
		answers = append(answers, d)
	}
	if len(causes) > 0 {
		return nil, 0, submissionRefused("submitted", causes, len(cmd.Answers))
	}
	return answers, news, nil
}

// take decides what a draft comes to: a report, a correction of what was said for
// the same date, or nothing. The same status with another note or with more
// evidence is a correction that keeps the evidence there was.
func (s Survey) take(c Cell, country Respondent, d Draft, sub Submission, late string, now time.Time) ([]Fact, error) {
	src := sub.Source
	src.Row = d.Row
	facts, err := s.Report(c, Report{Country: country, Indicator: d.Indicator, Status: d.Status, EffectiveOn: d.EffectiveOn,
		Note: d.Note, Evidence: d.Evidence, Documents: d.Documents, LateReason: late, Source: src,
		Submission: sub.ID, SubmittedBy: sub.SubmittedBy}, now)
	if len(facts) > 0 || err != nil && RefusalOf(err).Code != CodeAlreadyReported {
		return facts, err
	}
	old := c.on(d.EffectiveOn)
	saying := Saying{d.Note, d.Evidence, d.Documents}
	if old.Status == d.Status {
		var adds bool
		if saying, adds = old.Saying.with(saying); !adds {
			return nil, nil
		}
	}
	return s.Correct(c, Correct{EventID: old.EventID, Status: d.Status, EffectiveOn: d.EffectiveOn, Reason: sub.reason(),
		Note: saying.Note, Evidence: saying.Evidence, Documents: saying.Documents, LateReason: late, Source: src,
		Submission: sub.ID, SubmittedBy: sub.SubmittedBy}, now)
}

// Outcome is what a draft comes to once it is approved.
type Outcome string

// The outcomes of drafts.
const (
	OutcomeNew       Outcome = "new"
	OutcomeChanged   Outcome = "changed"   // another status takes the place of the one believed
	OutcomeMore      Outcome = "more"      // the same status, with another note or more evidence
	OutcomeUnchanged Outcome = "unchanged" // believed already
)

// Outlook says what a draft would come to, and the standing status of its date.
func (d Draft) Outlook(c Cell) (Outcome, Standing) {
	old := c.on(d.EffectiveOn)
	if old.EventID == "" {
		return OutcomeNew, old
	}
	if old.Status != d.Status {
		return OutcomeChanged, old
	}
	if _, adds := old.Saying.with(Saying{d.Note, d.Evidence, d.Documents}); adds {
		return OutcomeMore, old
	}
	return OutcomeUnchanged, old
}

// reason is why a status is corrected that a submission changes.
func (sub Submission) reason() string {
	if sub.Note == "" {
		return "changed in submission " + sub.ID
	}
	return "changed in submission " + sub.ID + ": " + sub.Note
}

// Approve decides that a submission is right: the statuses that follow from it,
// then the approval. Nobody approves the own submission. A closed round takes it
// with a reason for being late.
func (s Survey) Approve(sub Submission, by, comment, lateReason string, src Source, cellOf func(IndicatorID) Cell, now time.Time) ([]Fact, error) {
	if err := sub.pending(); err != nil {
		return nil, err
	}
	if by == sub.SubmittedBy {
		return nil, Refuse(CodeOwnSubmission,
			fmt.Sprintf("%s submitted this; somebody else must approve it", by), "submission", sub.ID, "actor", by)
	}
	if _, err := s.admit(lateReason); err != nil {
		return nil, err
	}
	var out []Fact
	var causes []*Refusal
	for i, d := range sub.Answers {
		facts, err := s.take(cellOf(d.Indicator), sub.Country, d, sub, lateReason, now)
		if err != nil {
			causes = append(causes, draftRefusal(i, d, err))
		}
		out = append(out, facts...)
	}
	if len(causes) > 0 {
		return nil, submissionRefused("approved", causes, len(sub.Answers))
	}
	return append(out, s.submissionFact(sub.Country, SubmissionApproved{sub.Country, sub.ID, strings.TrimSpace(comment)}, src)), nil
}

// Return decides to give a submission back, with a comment. Who submitted it
// withdraws it instead.
func (s Survey) Return(sub Submission, by, comment string, src Source) ([]Fact, error) {
	if err := sub.pending(); err != nil {
		return nil, err
	}
	if by == sub.SubmittedBy {
		return nil, Refuse(CodeOwnSubmission, "who submitted withdraws; only somebody else returns a submission", "submission", sub.ID, "actor", by)
	}
	if strings.TrimSpace(comment) == "" {
		return nil, Refuse(CodeReasonMissing, "a returned submission says what is to be changed; give a comment", "submission", sub.ID)
	}
	return []Fact{s.submissionFact(sub.Country, SubmissionReturned{sub.Country, sub.ID, strings.TrimSpace(comment)}, src)}, nil
}

// TakeBack decides to withdraw a submission before it is reviewed. Only who
// submitted it may.
func (s Survey) TakeBack(sub Submission, by, reason string, src Source) ([]Fact, error) {
	if err := sub.pending(); err != nil {
		return nil, err
	}
	if by != sub.SubmittedBy {
		return nil, Refuse(CodeInvalid, "only who submitted withdraws; somebody else returns a submission", "submission", sub.ID, "actor", by)
	}
	return []Fact{s.submissionFact(sub.Country, SubmissionWithdrawn{sub.Country, sub.ID, strings.TrimSpace(reason)}, src)}, nil
}

func (sub Submission) pending() error {
	if sub.State == Pending {
		return nil
	}
	return Refuse(CodeNotPending, fmt.Sprintf("submission %s was %s before; see `headway submission list`", sub.ID, sub.State),
		"submission", sub.ID, "state", string(sub.State))
}

func (s Survey) submissionFact(country Respondent, p Payload, src Source) Fact {
	return Fact{Stream: SubmissionStream(s.Round.ID, country), Payload: p, EffectiveOn: s.Round.ReferenceDate, Round: s.Round.ID,
		Source: src, Simulated: s.Round.Simulated}
}

func draftRefusal(i int, d Draft, err error) *Refusal {
	r := RefusalOf(err)
	if r == nil {
		r = Refuse(CodeInvalid, err.Error())
	}
	where, details := fmt.Sprintf("answer %d", i+1), []string{"answer", fmt.Sprint(i + 1)}
	if d.Row > 0 {
		where, details = fmt.Sprintf("row %d", d.Row), []string{"row", fmt.Sprint(d.Row)}
	}
	for k, v := range r.Details {
		details = append(details, k, v)
	}
	details = append(details, "indicator", string(d.Indicator), "status", string(d.Status))
	return Refuse(r.Code, fmt.Sprintf("%s, indicator %s: %s", where, d.Indicator, r.Message), details...)
}

func submissionRefused(what string, causes []*Refusal, n int) *Refusal {
	r := Refuse(CodeSubmission, fmt.Sprintf("nothing was %s: %d of %d answers are refused", what, len(causes), n))
	r.Causes = causes
	return r
}
