package measure

import (
	"context"
	"errors"
	"fmt"
)

// reads measures what goes over the whole log, and a question to its fold.
func (m *measurement) reads(ctx context.Context) ([]Row, error) {
	log := m.s.Log()
	head, err := log.Head(ctx)
	if err != nil {
		return nil, err
	}
	var compare func() error
	n := int(head)
	t, err := m.turns(ctx, m.o.Turns, nil,
		m.timed("read", n, func(ctx context.Context) error { return readAll(ctx, log) }),
		m.timed("bare-select", n, func(ctx context.Context) error {
			rows, err := m.s.Select(ctx)
			if err == nil && rows != n {
				err = fmt.Errorf("%d rows were read of %d", rows, n)
			}
			return err
		}),
		m.timed("verify", n, func(ctx context.Context) error { return m.o.Verify(ctx, log) }),
		m.timed("rebuild", n, func(ctx context.Context) (err error) {
			compare, err = m.o.Fold(ctx, log)
			return err
		}),
	)
	if err != nil {
		return nil, err
	}
	if compare == nil {
		return nil, errors.New("measure: the fold gives nothing to ask")
	}
	q, err := m.turns(ctx, m.o.Turns, nil, m.each("compare", 1, 1+m.batch/10, nil, func(context.Context, int, int) error { return compare() }))
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf(" of %d events", n)
	return []Row{
		t.row("read", "reading the log"+what, "events/s", t.ratio("read", "bare-select", 0)),
		t.row("bare-select", "bare SELECT of all columns", "events/s"),
		t.row("verify", "verifying it", "events/s", t.ratio("verify", "read", aimVerify)),
		t.row("rebuild", "rebuilding the projections from it", "events/s", t.ratio("rebuild", "read", 0)),
		q.row("compare", fmt.Sprintf("comparing two rounds, %d respondents × %d indicators", respondents, indicators), "comparisons/s"),
	}, nil
}
