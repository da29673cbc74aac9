package desk

import (
	"context"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// PublishFramework records a framework.
func (d *Desk) PublishFramework(ctx context.Context, by events.Stamp, f domain.Framework, src domain.Source) (Receipt, error) {
	return d.execute(ctx, by, func(s *projections.State) (decision, error) {
		facts, err := domain.PublishFramework(s.Lineage(), f, src, d.today())
		return decision{facts: facts}, err
	})
}
