package projections

import (
	"context"
	"iter"

	"headway/events"
)

// SearchInSteps is Search in steps of other sizes.
func SearchInSteps(ctx context.Context, first, read int, r *Runner, log events.Log, c Criteria, at events.Position, open Opens) iter.Seq2[AuditRow, error] {
	return searchIn(ctx, pace{first, 4 * first, read}, search{Criteria: c, runner: r, log: log, at: at, open: open})
}
