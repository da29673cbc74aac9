package desk

import (
	"context"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
	"headway/projections"
)

// PublishModel records a maturity model whose rules fit its framework.
func (d *Desk) PublishModel(ctx context.Context, by events.Stamp, m domain.MaturityModel, src domain.Source) (Receipt, error) {
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		f := s.Framework(m.Framework)
		if f == nil {
			return decision{}, s.UnknownFramework(m.Framework)
		}
		if _, err := maturity.Compile(m, f); err != nil {
			return decision{}, err
		}
		var existing *domain.MaturityModel
		if old, ok := s.Model(m.ID); ok {
			existing = &old
		}
		facts, err := domain.PublishModel(existing, m, src, d.today())
		return decision{facts: facts}, err
	})
}
