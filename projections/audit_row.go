package projections

import (
	"fmt"
	"slices"

	"headway/domain"
	"headway/events"
)

// AuditRow is an event of any type as an auditor reads it. Its JSON is a promise.
type AuditRow struct {
	HistoryRow
	// Positions of the events that Supersedes and SupersededBy name; 0 for none.
	SupersedesPosition   events.Position `json:"supersedes_position,omitempty"`
	SupersededByPosition events.Position `json:"superseded_by_position,omitempty"`
	// Subject is the id of the framework, the maturity model or the figure that was
	// published, and of the submission that one replaces.
	Subject string         `json:"subject,omitempty"`
	Comment string         `json:"comment,omitempty"` // of a review
	Drafts  []domain.Draft `json:"drafts,omitempty"`  // of a submission
	// Withheld says that the reader may not see what is in the event, only that
	// there is one.
	Withheld bool `json:"withheld,omitempty"`
	// Proof is where the server proves the event; "" of what is withheld. The command
	// line does with `headway prove POSITION`.
	Proof string `json:"proof,omitempty"`
}

// AuditRowOf reads an event of any type. What follows from other events is left
// out: the framework of its round, and what superseded it.
func AuditRowOf(e events.Event) (AuditRow, error) {
	p, err := events.Decode(e)
	if err != nil {
		return AuditRow{}, err
	}
	h, err := envelopeOf(e)
	if err != nil {
		return AuditRow{}, err
	}
	row := AuditRow{HistoryRow: h, Proof: fmt.Sprintf("/api/v1/proof?position=%d", e.Position)}
	if row.say(p) {
		return row, nil
	}
	switch p := p.(type) {
	case domain.FrameworkPublished:
		row.Framework, row.Subject = p.Framework.ID, string(p.Framework.ID)
	case domain.MaturityModelPublished:
		row.Framework, row.Subject = p.Model.Framework, string(p.Model.ID)
	case domain.RoundClosed:
		row.because(p.Reason)
	case domain.RoundReopened:
		row.because(p.Reason)
	case domain.CountryEnrolled:
		row.Country = p.Enrolment.Respondent
	case domain.FigurePublished:
		row.Indicator, row.Subject, row.Note = p.Figure.Indicator, p.Figure.ID, p.Figure.Note
	case domain.ReleasePublished:
		row.Subject, row.Note = fmt.Sprint(p.Number), p.Name
	case domain.SubmissionSubmitted:
		row.Country, row.Submission, row.SubmittedBy = p.Country, row.EventID, row.Actor
		row.Note, row.Drafts, row.Subject = p.Note, p.Answers, p.Replaces
	case domain.SubmissionApproved:
		row.Country, row.Submission, row.ApprovedBy, row.Comment = p.Country, p.Submission, row.Actor, p.Comment
	case domain.SubmissionReturned:
		row.Country, row.Submission, row.Comment = p.Country, p.Submission, p.Comment
	case domain.SubmissionWithdrawn:
		row.Country, row.Submission = p.Country, p.Submission
		row.because(p.Reason)
	}
	return row, nil
}

func (row *AuditRow) because(reason string) {
	if reason != "" {
		row.Reason = &reason
	}
}

// withhold leaves of a submission's event what its stream and its envelope show.
func (row *AuditRow) withhold() {
	row.Withheld, row.Source, row.Reason, row.Proof = true, nil, nil, ""
	row.Note, row.Comment, row.Subject, row.Submission, row.Drafts = "", "", "", "", nil
}

// complete fills in what follows from other events, as known at a position.
func (s *State) complete(row *AuditRow, at events.Position) {
	if rd := s.round(row.Round); rd != nil && row.Framework == "" {
		row.Framework = rd.Opened.Framework
	}
	p := &s.panel
	h := p.recorded(row.Position)
	if h == 0 {
		return
	}
	e := &p.entries[h-1]
	if by := p.recorded(e.Superseded); by != 0 && e.Superseded <= at {
		id := p.ids[by-1].String()
		row.SupersededBy, row.SupersededByPosition = &id, e.Superseded
	}
	if !e.Flags.has(supersedes) {
		return
	}
	for old := e.Prev; old != 0; old = p.entries[old-1].Prev {
		if p.entries[old-1].Superseded == row.Position {
			row.SupersedesPosition = p.entries[old-1].Position
		}
	}
}

// tells reports whether the event is about an indicator.
func (row *AuditRow) tells(in domain.IndicatorID) bool {
	return row.Indicator == in || slices.ContainsFunc(row.Drafts, func(d domain.Draft) bool { return d.Indicator == in })
}

// texts are what people wrote in the event.
func (row *AuditRow) texts() []string {
	out := append([]string{row.Note, row.LateReason, row.Comment}, row.Evidence...)
	if row.Reason != nil {
		out = append(out, *row.Reason)
	}
	if s := row.Source; s != nil {
		out = append(out, s.Document, s.Section, s.Quote, s.File, s.URL)
	}
	documents := row.Documents
	for _, d := range row.Drafts {
		out = append(append(out, d.Note), d.Evidence...)
		documents = append(slices.Clip(documents), d.Documents...)
	}
	for _, d := range documents {
		out = append(out, d.Name)
	}
	return out
}
