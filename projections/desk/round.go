package desk

import (
	"context"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// OpenRound records that a round is open. Where respondentsOf names another
// round, its respondents are enrolled with the attributes they had there.
func (d *Desk) OpenRound(ctx context.Context, by events.Stamp, r domain.Round, respondentsOf domain.RoundID, src domain.Source) (Receipt, error) {
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		var existing *domain.Round
		if old, ok := s.Round(r.ID, s.Position()); ok {
			existing = &old
		}
		facts, err := domain.OpenRound(existing, s.Framework(r.Framework), r, src, d.Now())
		if err != nil || respondentsOf == "" {
			return decision{facts: facts}, err
		}
		if _, ok := s.Round(respondentsOf, s.Position()); !ok {
			return decision{}, projections.UnknownRound(respondentsOf)
		}
		survey := domain.Survey{Round: r, Framework: s.Framework(r.Framework),
			Enrolment: func(domain.Respondent) (domain.Enrolment, bool) { return domain.Enrolment{}, false }}
		for _, e := range s.Respondents(respondentsOf, s.Position()) {
			more, err := survey.Enrol(e, src)
			if err != nil {
				return decision{}, err
			}
			facts = append(facts, more...)
		}
		return decision{facts: facts}, nil
	})
}

// CloseRound records that a round takes no more answers; a reason may be given.
func (d *Desk) CloseRound(ctx context.Context, by events.Stamp, id domain.RoundID, reason string, src domain.Source) (Receipt, error) {
	return d.turn(ctx, by, id, func(r domain.Round) ([]domain.Fact, error) {
		return domain.CloseRound(r, reason, src, d.today())
	})
}

// ReopenRound records that a closed round takes answers again, and why.
func (d *Desk) ReopenRound(ctx context.Context, by events.Stamp, id domain.RoundID, reason string, src domain.Source) (Receipt, error) {
	return d.turn(ctx, by, id, func(r domain.Round) ([]domain.Fact, error) {
		return domain.ReopenRound(r, reason, src, d.today())
	})
}

func (d *Desk) turn(ctx context.Context, by events.Stamp, id domain.RoundID, decide func(domain.Round) ([]domain.Fact, error)) (Receipt, error) {
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		r, ok := s.Round(id, s.Position())
		if !ok {
			return decision{}, projections.UnknownRound(id)
		}
		facts, err := decide(r)
		return decision{facts: facts}, err
	})
}

// Enrol records that respondents take part in a round: all or none.
func (d *Desk) Enrol(ctx context.Context, by events.Stamp, id domain.RoundID, src domain.Source, who ...domain.Enrolment) (Receipt, error) {
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		survey, ok := s.Survey(id)
		if !ok {
			return decision{}, projections.UnknownRound(id)
		}
		var dec decision
		for _, e := range who {
			facts, err := survey.Enrol(e, src)
			if err != nil {
				return decision{}, err
			}
			dec.facts = append(dec.facts, facts...)
		}
		return dec, nil
	})
}
