package projections

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"headway/domain"
	"headway/events"
)

// StatusRow is a current status with the event that reported it. Its JSON is a
// promise.
type StatusRow struct {
	Country     domain.Respondent  `json:"country"`
	Indicator   domain.IndicatorID `json:"indicator"`
	Round       domain.RoundID     `json:"round"`
	Status      domain.Status      `json:"status"`
	EffectiveOn domain.Date        `json:"effective_on"`
	RecordedAt  time.Time          `json:"recorded_at"`
	Position    events.Position    `json:"position"`
	EventID     string             `json:"event_id"`
	Actor       string             `json:"actor"`
	Source      *domain.Source     `json:"source"`
	Simulated   bool               `json:"simulated"`
	Note        string             `json:"note,omitempty"`
	Evidence    []string           `json:"evidence,omitempty"`
	// Late says that it was recorded after the round was closed, and LateReason why.
	Late       bool               `json:"late"`
	LateReason string             `json:"late_reason,omitempty"`
	Framework  domain.FrameworkID `json:"framework"` // that the round asks
	Documents  []domain.Document  `json:"documents,omitempty"`
	// Submission is what the status was approved from, and ApprovedBy who approved
	// it; both are empty where SubmittedBy, an analyst, recorded it without a review.
	Submission  string `json:"submission,omitempty"`
	SubmittedBy string `json:"submitted_by"`
	ApprovedBy  string `json:"approved_by,omitempty"`
}

// HistoryRow is one event of a status stream. Its JSON is a promise.
type HistoryRow struct {
	StatusRow
	Type         string  `json:"type"`
	Stream       string  `json:"stream"`
	Version      int64   `json:"version"`
	Supersedes   *string `json:"supersedes"`
	SupersededBy *string `json:"superseded_by"` // the event that corrected or withdrew it
	Reason       *string `json:"reason"`
}

// RowOf reads a status event; any other is an error.
func RowOf(e events.Event) (HistoryRow, error) {
	p, err := events.Decode(e)
	if err != nil {
		return HistoryRow{}, err
	}
	row, err := envelopeOf(e)
	if err != nil {
		return HistoryRow{}, err
	}
	if !row.say(p) {
		return HistoryRow{}, fmt.Errorf("event %d is %s, not a status", e.Position, e.Type)
	}
	return row, nil
}

// envelopeOf is what an event shows before its payload is read.
func envelopeOf(e events.Event) (HistoryRow, error) {
	src, err := e.SourceOf()
	if err != nil {
		return HistoryRow{}, err
	}
	row := HistoryRow{Type: e.Type, Stream: e.Stream, Version: e.Version}
	row.StatusRow = StatusRow{
		Round: e.Round, EffectiveOn: e.EffectiveOn, RecordedAt: e.RecordedAt, Position: e.Position,
		EventID: e.ID.String(), Actor: e.Actor, Simulated: e.Simulated,
	}
	if !src.IsZero() {
		row.Source = &src
	}
	return row, nil
}

// say fills in what the payload of a status says; false means that it is another.
func (row *HistoryRow) say(p domain.Payload) bool {
	row.SubmittedBy = row.Actor
	switch p := p.(type) {
	case domain.StatusReported:
		row.Country, row.Indicator, row.Status, row.Note, row.Evidence = p.Country, p.Indicator, p.Status, p.Note, p.Evidence
		row.LateReason, row.Documents = p.LateReason, p.Documents
		row.reviewed(p.Submission, p.SubmittedBy)
	case domain.StatusCorrected:
		row.Country, row.Indicator, row.Status, row.Note, row.Evidence = p.Country, p.Indicator, p.Status, p.Note, p.Evidence
		row.LateReason, row.Documents = p.LateReason, p.Documents
		row.reviewed(p.Submission, p.SubmittedBy)
		row.Supersedes, row.Reason = &p.Corrects, &p.Reason
	case domain.StatusWithdrawn:
		row.Country, row.Indicator, row.LateReason = p.Country, p.Indicator, p.LateReason
		row.Supersedes, row.Reason = &p.Withdraws, &p.Reason
	default:
		row.SubmittedBy = ""
		return false
	}
	row.Late = row.LateReason != ""
	return true
}

// reviewed notes that a status was approved from a submission.
func (r *StatusRow) reviewed(submission, by string) {
	if submission != "" {
		r.Submission, r.SubmittedBy, r.ApprovedBy = submission, by, r.Actor
	}
}

// StatusRows completes believed statuses with the events that reported them,
// read from the log.
func StatusRows(ctx context.Context, log events.Log, believed []Believed) ([]StatusRow, error) {
	const chunk = 1000
	out := make([]StatusRow, 0, len(believed))
	for len(believed) > 0 {
		n := min(chunk, len(believed))
		at := make(map[events.Position]HistoryRow, n)
		want := make([]events.Position, n)
		for i, b := range believed[:n] {
			want[i] = b.Position
		}
		for e, err := range log.Read(ctx, 0, events.Filter{Positions: want}) {
			if err != nil {
				return nil, fmt.Errorf("read statuses: %w", err)
			}
			if at[e.Position], err = RowOf(e); err != nil {
				return nil, fmt.Errorf("read statuses: %w", err)
			}
		}
		for _, b := range believed[:n] {
			row, ok := at[b.Position]
			if !ok {
				return nil, fmt.Errorf("read statuses: the log has no event %d; run `headway verify`", b.Position)
			}
			row.Framework = b.Framework
			out = append(out, row.StatusRow)
		}
		believed = believed[n:]
	}
	return out, nil
}

// History is everything ever said of a respondent and an indicator up to a
// position, in every round asked with the framework, oldest first.
func History(ctx context.Context, log events.Log, f domain.FrameworkID, r domain.Respondent, i domain.IndicatorID, until events.Position) ([]HistoryRow, error) {
	out := []HistoryRow{}
	if until == 0 {
		return out, nil
	}
	for e, err := range log.Read(ctx, 0, events.Filter{Stream: domain.StatusStream(f, r, i), Until: until}) {
		if err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		row, err := RowOf(e)
		if err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		row.Framework = f
		if row.Supersedes != nil {
			supersede(out, *row.Supersedes, row.EventID)
		}
		out = append(out, row)
	}
	return out, nil
}

// supersede notes of an earlier event which one took its place.
func supersede(earlier []HistoryRow, id, by string) {
	for i := range earlier {
		if earlier[i].EventID == id && earlier[i].SupersededBy == nil {
			earlier[i].SupersededBy = &by
		}
	}
}

// SourceOf decodes a published figure's source.
func (f PublishedFigure) SourceOf() domain.Source {
	var s domain.Source
	if f.Source != "" {
		// The log took the text only as JSON; a source of a later shape reads as far as it goes.
		_ = json.Unmarshal([]byte(f.Source), &s)
	}
	return s
}
