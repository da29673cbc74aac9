package desk

import (
	"context"
	"fmt"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// Report records a status in a round.
func (d *Desk) Report(ctx context.Context, by events.Stamp, round domain.RoundID, cmd domain.Report) (Receipt, error) {
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		survey, ok := s.Survey(round)
		if !ok {
			return decision{}, projections.UnknownRound(round)
		}
		facts, err := survey.Report(s.Cell(round, cmd.Country, cmd.Indicator), cmd, d.Now())
		return guarded(round, facts), err
	})
}

// Correct records that a status was wrong, and which is right.
func (d *Desk) Correct(ctx context.Context, by events.Stamp, cmd domain.Correct) (Receipt, error) {
	old, err := d.Status(ctx, cmd.EventID)
	if err != nil {
		return Receipt{}, err
	}
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		survey, ok := s.Survey(old.Round)
		if !ok {
			return decision{}, projections.UnknownRound(old.Round)
		}
		facts, err := survey.Correct(s.Cell(old.Round, old.Country, old.Indicator), cmd, d.Now())
		return guarded(old.Round, facts), err
	})
}

// Withdraw records that a status is taken back.
func (d *Desk) Withdraw(ctx context.Context, by events.Stamp, cmd domain.Withdraw) (Receipt, error) {
	old, err := d.Status(ctx, cmd.EventID)
	if err != nil {
		return Receipt{}, err
	}
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		survey, ok := s.Survey(old.Round)
		if !ok {
			return decision{}, projections.UnknownRound(old.Round)
		}
		facts, err := survey.Withdraw(s.Cell(old.Round, old.Country, old.Indicator), cmd)
		return guarded(old.Round, facts), err
	})
}

// guarded makes the append fail when the round changes meanwhile: no answer
// slips into a round that has just been closed, and none is called late in one
// that has just been reopened.
func guarded(round domain.RoundID, facts []domain.Fact) decision {
	return decision{facts: facts, guards: []string{domain.RoundStream(round)}}
}

// Status finds the status that an event reported, or refuses.
func (d *Desk) Status(ctx context.Context, eventID string) (projections.HistoryRow, error) {
	id, err := events.ParseID(eventID)
	if err != nil {
		return projections.HistoryRow{}, domain.Refuse(domain.CodeInvalid,
			fmt.Sprintf("%q is not an event id; see `headway history`", eventID), "event_id", eventID)
	}
	for e, err := range d.Log.Read(ctx, 0, events.Filter{IDs: []events.ID{id}}) {
		if err != nil {
			return projections.HistoryRow{}, fmt.Errorf("find event %s: %w", eventID, err)
		}
		row, err := projections.RowOf(e)
		if err == nil && row.Status != "" {
			return row, nil
		}
	}
	return projections.HistoryRow{}, domain.Refuse(domain.CodeUnknownEvent,
		fmt.Sprintf("no event %s reports a status; see `headway history` for the ids", eventID), "event_id", eventID)
}
