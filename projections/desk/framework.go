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
		facts, err := domain.PublishFramework(s.Framework(f.ID), f, src, d.today())
		return decision{facts: facts}, err
	})
}

// UnknownFramework is the refusal for a framework that was not published.
func UnknownFramework(id domain.FrameworkID) *domain.Refusal {
	return domain.Refuse(domain.CodeUnknownFramework,
		"framework "+string(id)+" was not published; see `headway framework list`", "framework", string(id))
}
