package domain

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Survey is what a decision about a round needs to know: the round, its
// questionnaire and who takes part.
type Survey struct {
	Round     Round
	Framework *Framework
	Enrolment func(Respondent) (Enrolment, bool)
}

// PublishFramework decides on a new framework, beside those published before;
// publishing the same text again is no fact.
func PublishFramework(published Lineage, f Framework, src Source, today Date) ([]Fact, error) {
	faults := f.Validate()
	existing := published.Framework(f.ID)
	if existing == nil {
		faults = append(faults, published.ValidateMaps(&f)...)
	}
	if len(faults) > 0 {
		r := Refuse(CodeInvalid, "the framework is not valid: "+faults[0].Error(), "framework", string(f.ID))
		for _, x := range faults[1:] {
			r.Causes = append(r.Causes, Refuse(CodeInvalid, x.Error()))
		}
		return nil, r
	}
	if existing != nil {
		if sameJSON(*existing, f) {
			return nil, nil
		}
		return nil, Refuse(CodeFrameworkExists,
			fmt.Sprintf("framework %s was published with another text; give the changed text a new id, for example %s-v2, and let its indicators map to those of %s", f.ID, f.ID, f.ID),
			"framework", string(f.ID))
	}
	return []Fact{{Stream: FrameworkStream(f.ID), Payload: FrameworkPublished{f}, EffectiveOn: today, Source: src}}, nil
}

// PublishModel decides on a new maturity model; the rules were compiled before.
func PublishModel(existing *MaturityModel, m MaturityModel, src Source, today Date) ([]Fact, error) {
	if err := checkID("a maturity model", string(m.ID)); err != nil {
		return nil, err
	}
	if existing != nil {
		if sameJSON(*existing, m) {
			return nil, nil
		}
		return nil, Refuse(CodeModelExists,
			fmt.Sprintf("maturity model %s was published with another text; give the changed text a new id, for example %s-v2", m.ID, m.ID),
			"model", string(m.ID))
	}
	return []Fact{{Stream: ModelStream(m.ID), Payload: MaturityModelPublished{m}, EffectiveOn: today, Source: src}}, nil
}

// OpenRound decides on a new round. Existing is the round that has the id
// already, or nil; framework is nil when it was never published.
func OpenRound(existing *Round, framework *Framework, r Round, src Source, now time.Time) ([]Fact, error) {
	if err := checkID("a round", string(r.ID)); err != nil {
		return nil, err
	}
	if existing != nil {
		return nil, Refuse(CodeRoundExists,
			fmt.Sprintf("round %s was opened before, with framework %s and reference date %s; choose another id, for example %s-%s",
				r.ID, existing.Framework, existing.ReferenceDate, r.ID, r.Framework),
			"round", string(r.ID))
	}
	if framework == nil {
		return nil, Refuse(CodeUnknownFramework,
			fmt.Sprintf("framework %q was not published; see `headway framework list`", r.Framework), "framework", string(r.Framework))
	}
	if r.ReferenceDate.IsZero() {
		return nil, Refuse(CodeInvalid, "a round needs a reference date; give --reference-date, for example 2025-06-30", "round", string(r.ID))
	}
	return []Fact{{
		Stream:      RoundStream(r.ID),
		Payload:     RoundOpened{Round: r.ID, Framework: r.Framework, Name: r.Name, StandsInFor: r.StandsInFor},
		EffectiveOn: r.ReferenceDate, Round: r.ID, Source: src, Simulated: r.Simulated,
	}}, nil
}

// CloseRound decides on the end of a round; a reason may be given.
func CloseRound(r Round, reason string, src Source, today Date) ([]Fact, error) {
	if r.Closed {
		return nil, Refuse(CodeRoundClosed, fmt.Sprintf("round %s is closed already", r.ID), "round", string(r.ID))
	}
	return []Fact{{Stream: RoundStream(r.ID), Payload: RoundClosed{r.ID, strings.TrimSpace(reason)}, EffectiveOn: today, Round: r.ID,
		Source: src, Simulated: r.Simulated}}, nil
}

// ReopenRound decides that a closed round takes answers again, and why.
func ReopenRound(r Round, reason string, src Source, today Date) ([]Fact, error) {
	if !r.Closed {
		return nil, Refuse(CodeRoundOpen, fmt.Sprintf("round %s is open already", r.ID), "round", string(r.ID))
	}
	if strings.TrimSpace(reason) == "" {
		return nil, Refuse(CodeReasonMissing, "a reopening says why; give --reason", "round", string(r.ID))
	}
	return []Fact{{Stream: RoundStream(r.ID), Payload: RoundReopened{r.ID, strings.TrimSpace(reason)}, EffectiveOn: today, Round: r.ID,
		Source: src, Simulated: r.Simulated}}, nil
}

// Enrol decides on a respondent's part in a round; the same enrolment again is
// no fact.
func (s Survey) Enrol(e Enrolment, src Source) ([]Fact, error) {
	if s.Round.Closed {
		return nil, Refuse(CodeRoundClosed,
			fmt.Sprintf("round %s is closed and enrols nobody; reopen it first: `headway round reopen %s --reason …`", s.Round.ID, s.Round.ID),
			"round", string(s.Round.ID))
	}
	if !ValidRespondent(string(e.Respondent)) {
		return nil, Refuse(CodeInvalid,
			fmt.Sprintf("%q is not a respondent's code: use ISO 3166-1 alpha-3, or capital letters, digits and hyphens", e.Respondent),
			"country", string(e.Respondent))
	}
	if s.Round.Simulated && !e.Respondent.Anonymous() {
		return nil, Refuse(CodeInvalid,
			fmt.Sprintf("round %s is simulated and takes only anonymous respondents, XAA to XZZ; %s could be a real one", s.Round.ID, e.Respondent),
			"country", string(e.Respondent))
	}
	if old, ok := s.Enrolment(e.Respondent); ok {
		if old.Same(e) {
			return nil, nil
		}
		return nil, Refuse(CodeAlreadyEnrolled,
			fmt.Sprintf("%s takes part in round %s already, with other attributes", e.Respondent, s.Round.ID),
			"country", string(e.Respondent), "round", string(s.Round.ID))
	}
	return []Fact{{
		Stream: RoundStream(s.Round.ID), Payload: CountryEnrolled{s.Round.ID, e},
		EffectiveOn: s.Round.ReferenceDate, Round: s.Round.ID, Source: src, Simulated: s.Round.Simulated,
	}}, nil
}

// Report is the command to record a status. A zero EffectiveOn stands for the
// round's reference date. A closed round takes it only with a LateReason.
type Report struct {
	Country     Respondent
	Indicator   IndicatorID
	Status      Status
	EffectiveOn Date
	Note        string
	Evidence    []string
	Documents   []Document
	LateReason  string
	Source      Source
	Submission  string // that it is approved from, if it is
	SubmittedBy string
}

// Report decides on a status. The status that is believed already, reported
// again for the same date, is no fact; another status for the same date is
// refused, for that is a correction.
func (s Survey) Report(c Cell, cmd Report, now time.Time) ([]Fact, error) {
	late, err := s.admit(cmd.LateReason)
	if err != nil {
		return nil, err
	}
	if cmd.EffectiveOn.IsZero() {
		cmd.EffectiveOn = s.Round.ReferenceDate
	}
	if err := s.check(cmd.Country, cmd.Indicator, cmd.Status, cmd.EffectiveOn, now); err != nil {
		return nil, err
	}
	if err := checkEvidence(cmd.Evidence, cmd.Documents); err != nil {
		return nil, err
	}
	if old := c.on(cmd.EffectiveOn); old.EventID != "" {
		if old.Status == cmd.Status {
			return nil, nil
		}
		return nil, Refuse(CodeAlreadyReported,
			fmt.Sprintf("%s %s was reported %s for %s in round %s; to change that, `headway correct %s %s --reason …`",
				cmd.Country, cmd.Indicator, old.Status, old.EffectiveOn, s.Round.ID, old.EventID, cmd.Status),
			"country", string(cmd.Country), "indicator", string(cmd.Indicator), "event_id", old.EventID, "status", string(old.Status))
	}
	return []Fact{{
		Stream: StatusStream(s.Framework.ID, cmd.Country, cmd.Indicator),
		Payload: StatusReported{Country: cmd.Country, Indicator: cmd.Indicator, Status: cmd.Status,
			Note: cmd.Note, Evidence: cmd.Evidence, LateReason: late, Documents: cmd.Documents,
			Submission: cmd.Submission, SubmittedBy: cmd.SubmittedBy},
		EffectiveOn: cmd.EffectiveOn, Round: s.Round.ID, Source: cmd.Source, Simulated: s.Round.Simulated,
	}}, nil
}

// Correct is the command to put another status in the place of a wrong one. A
// zero EffectiveOn keeps the date of the status that is corrected. Reason says
// why that was wrong; LateReason why it is said only after the round was closed.
type Correct struct {
	EventID     string
	Status      Status
	EffectiveOn Date
	Reason      string
	Note        string
	Evidence    []string
	Documents   []Document
	LateReason  string
	Source      Source
	Submission  string // that it is approved from, if it is
	SubmittedBy string
}

// Correct decides on a correction of a standing status. The same status and date
// are no fact, unless a note or evidence comes with them.
func (s Survey) Correct(c Cell, cmd Correct, now time.Time) ([]Fact, error) {
	late, err := s.admit(cmd.LateReason)
	if err != nil {
		return nil, err
	}
	old, err := s.standing(c, cmd.EventID, cmd.Reason, "correction")
	if err != nil {
		return nil, err
	}
	if cmd.EffectiveOn.IsZero() {
		cmd.EffectiveOn = old.EffectiveOn
	}
	if err := s.check(c.Country, c.Indicator, cmd.Status, cmd.EffectiveOn, now); err != nil {
		return nil, err
	}
	if err := checkEvidence(cmd.Evidence, cmd.Documents); err != nil {
		return nil, err
	}
	more := cmd.Note != "" || len(cmd.Evidence) > 0 || len(cmd.Documents) > 0
	if old.Status == cmd.Status && old.EffectiveOn == cmd.EffectiveOn && !more {
		return nil, nil
	}
	return []Fact{{
		Stream: StatusStream(s.Framework.ID, c.Country, c.Indicator),
		Payload: StatusCorrected{Country: c.Country, Indicator: c.Indicator, Status: cmd.Status, Corrects: cmd.EventID,
			Reason: strings.TrimSpace(cmd.Reason), Note: cmd.Note, Evidence: cmd.Evidence, LateReason: late, Documents: cmd.Documents,
			Submission: cmd.Submission, SubmittedBy: cmd.SubmittedBy},
		EffectiveOn: cmd.EffectiveOn, Round: s.Round.ID, Source: cmd.Source, Simulated: s.Round.Simulated,
	}}, nil
}

// Withdraw is the command to take a status back without another in its place.
type Withdraw struct {
	EventID    string
	Reason     string
	LateReason string
	Source     Source
}

// Withdraw decides on taking a standing status back.
func (s Survey) Withdraw(c Cell, cmd Withdraw) ([]Fact, error) {
	late, err := s.admit(cmd.LateReason)
	if err != nil {
		return nil, err
	}
	old, err := s.standing(c, cmd.EventID, cmd.Reason, "withdrawal")
	if err != nil {
		return nil, err
	}
	return []Fact{{
		Stream: StatusStream(s.Framework.ID, c.Country, c.Indicator),
		Payload: StatusWithdrawn{Country: c.Country, Indicator: c.Indicator, Withdraws: cmd.EventID,
			Reason: strings.TrimSpace(cmd.Reason), LateReason: late},
		EffectiveOn: old.EffectiveOn, Round: s.Round.ID, Source: cmd.Source, Simulated: s.Round.Simulated,
	}}, nil
}

// PublishFigure decides on a published total; the same figure again is no fact.
func PublishFigure(existing *Figure, f Figure, src Source, effective Date) ([]Fact, error) {
	if err := checkID("a figure", f.ID); err != nil {
		return nil, err
	}
	if f.Denominator < 1 || f.Count < 0 || f.Count > f.Denominator {
		return nil, Refuse(CodeInvalid, fmt.Sprintf("figure %s: %d of %d cannot be", f.ID, f.Count, f.Denominator), "figure", f.ID)
	}
	if existing != nil {
		if sameJSON(*existing, f) {
			return nil, nil
		}
		return nil, Refuse(CodeFigureExists, fmt.Sprintf("figure %s of round %s was published with other values", f.ID, f.Round), "figure", f.ID)
	}
	return []Fact{{Stream: FiguresStream(f.Round), Payload: FigurePublished{f}, EffectiveOn: effective, Round: f.Round, Source: src}}, nil
}

// Admits refuses an answer that comes late without a reason, or on time with one.
func (s Survey) Admits(lateReason string) error {
	_, err := s.admit(lateReason)
	return err
}

// admit decides whether the round takes an answer, a correction or a withdrawal:
// an open round on time, a closed one as late, with the reason that it returns.
func (s Survey) admit(lateReason string) (late string, err error) {
	late = strings.TrimSpace(lateReason)
	switch {
	case s.Round.Closed && late == "":
		return "", Refuse(CodeRoundClosed,
			fmt.Sprintf("round %s is closed; an operator or an analyst may record this as late, with a reason (`--late`), or reopen the round", s.Round.ID),
			"round", string(s.Round.ID))
	case !s.Round.Closed && late != "":
		return "", Refuse(CodeRoundOpen,
			fmt.Sprintf("round %s is open, so that nothing is late; leave the reason for being late out", s.Round.ID),
			"round", string(s.Round.ID))
	}
	return late, nil
}

func (s Survey) check(r Respondent, i IndicatorID, st Status, effective Date, now time.Time) error {
	in, ok := s.Framework.Indicator(i)
	if !ok {
		near := s.nearestIndicator(i)
		return Refuse(CodeUnknownIndicator,
			fmt.Sprintf("framework %s has no indicator %q; did you mean %s?", s.Framework.ID, i, near),
			"indicator", string(i), "nearest", string(near))
	}
	if _, ok := s.Enrolment(r); !ok {
		return Refuse(CodeNotEnrolled,
			fmt.Sprintf("%s does not take part in round %s; enrol it first: `headway round enrol %s %s`", r, s.Round.ID, s.Round.ID, r),
			"country", string(r), "round", string(s.Round.ID))
	}
	if scale := s.Framework.ScaleOf(in); !scale.Allows(st) {
		return offScale(i, scale, st)
	}
	if effective.First().After(now) {
		return Refuse(CodeFutureDate,
			fmt.Sprintf("%s is in the future; a status is reported once it holds", effective), "effective_on", effective.String())
	}
	return nil
}

func (s Survey) standing(c Cell, eventID, reason, what string) (Standing, error) {
	if strings.TrimSpace(reason) == "" {
		return Standing{}, Refuse(CodeReasonMissing, fmt.Sprintf("a %s says why; give --reason", what), "event_id", eventID)
	}
	old, ok := c.Find(eventID)
	if !ok {
		return Standing{}, Refuse(CodeAlreadySuperseded,
			fmt.Sprintf("%s was corrected or withdrawn before; see `headway history %s %s`", eventID, c.Country, c.Indicator),
			"event_id", eventID)
	}
	return old, nil
}

// offScale refuses a status that is not on the indicator's scale, and names the
// nearest that is.
func offScale(i IndicatorID, scale Scale, st Status) *Refusal {
	near, hint := nearestStatus(scale, st), ""
	if near != "" {
		hint = fmt.Sprintf("did you mean %s? ", near)
	}
	return Refuse(CodeStatusScale,
		fmt.Sprintf("%q is not on the scale of %s; %suse one of %s, no_answer, not_applicable", st, i, hint, joinStatuses(scale.Values)),
		"indicator", string(i), "status", string(st), "nearest", string(near))
}

// checkEvidence refuses what a page could not safely link to.
func checkEvidence(urls []string, documents []Document) error {
	for _, u := range urls {
		if p, err := url.Parse(u); err != nil || p.Host == "" || p.Scheme != "https" && p.Scheme != "http" {
			return Refuse(CodeInvalid, fmt.Sprintf("evidence %q is not a web address; it must start with https:// or http://", u), "evidence", u)
		}
	}
	return checkDocuments(documents)
}

func joinStatuses(v []Status) string {
	out := make([]string, len(v))
	for i, s := range v {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}
