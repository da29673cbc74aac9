package measure

import (
	"context"
	"fmt"
	"time"

	"headway/events"
)

// writers are how many append single events at a time.
var writers = []int{1, 8, 64, 512}

// rivalWriters are how many write to a rival at a time.
var rivalWriters = []int{1, MaxRivals}

// single is the name of appends by so many writers.
func single(writers int) string { return fmt.Sprintf("single-%d", writers) }

const bareSingle = "bare-insert-single"

// singles measures appends of one event. The bare way inserts what the log has
// past a position.
func (m *measurement) singles(ctx context.Context, past events.Position, rival Rival) ([]Row, error) {
	log := m.s.Log()
	var ones []events.Batch
	prepare := func() (err error) {
		ones, err = m.ones()
		return err
	}
	write := func(ctx context.Context, w, i int) error {
		e := ones[i].Events[0]
		e.Stream = fmt.Sprint(i % streams)
		return rival.Write(ctx, w, e)
	}
	list := []contender{m.each(bareSingle, 1, m.batch, nil, func(ctx context.Context, _, i int) error { return m.s.InsertOne(ctx, i) })}
	for _, n := range writers {
		list = append(list, m.each(single(n), n, m.batch, prepare, func(ctx context.Context, _, i int) error {
			_, err := log.Append(ctx, ones[i])
			return err
		}))
	}
	if rival != nil {
		for _, n := range rivalWriters {
			list = append(list, m.each(rivalName(rival, n), n, m.batch, prepare, write))
		}
		warm := m.each(rival.Name(), MaxRivals, m.batch, prepare, write) // it starts with nothing
		if _, _, err := warm.run(ctx); err != nil {
			return nil, fmt.Errorf("measure %s: %w", rival.Name(), err)
		}
	}
	t, err := m.turns(ctx, m.o.Turns, func(int) error {
		if rival != nil {
			if err := rival.Settle(ctx); err != nil {
				return err
			}
		}
		err := m.s.Take(ctx, past, past+position(m.batch))
		past += position(m.batch)
		return err
	}, list...)
	if err != nil {
		return nil, err
	}
	return m.singleRows(t, rival), nil
}

func (m *measurement) singleRows(t timings, rival Rival) []Row {
	const unit = "events/s"
	aims := map[int]float64{64: aim64, 512: aim512}
	var rows []Row
	for _, n := range writers {
		var ratios []Ratio
		if n > 1 {
			ratios = append(ratios, t.ratio(single(n), single(1), aims[n]))
		}
		ratios = append(ratios, t.ratio(single(n), bareSingle, 0))
		if rival != nil && t[rivalName(rival, n)] != nil {
			ratios = append(ratios, t.ratio(single(n), rivalName(rival, n), 0))
		}
		rows = append(rows, t.row(single(n), "single appends, "+writing(n), unit, ratios...))
	}
	rows = append(rows, t.row(bareSingle, "bare INSERT of one row, and commit", unit))
	if rival != nil {
		for _, n := range rivalWriters {
			rows = append(rows, t.row(rivalName(rival, n), fmt.Sprintf("%s, %s", rival.Name(), writing(n)), unit))
		}
	}
	return rows
}

func writing(n int) string {
	if n == 1 {
		return "1 writer"
	}
	return fmt.Sprintf("%d writers", n)
}

func rivalName(r Rival, writers int) string { return fmt.Sprintf("%s-%d", r.Name(), writers) }

// ones makes the events of a sample of single appends.
func (m *measurement) ones() ([]events.Batch, error) {
	out := make([]events.Batch, m.batch)
	for i := range out {
		var err error
		if out[i], err = m.gen.statuses(m.gen.made, 1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bulk measures batches: all events in one stream, and over all streams as an
// import has them.
func (m *measurement) bulk(ctx context.Context) ([]Row, error) {
	one := func() ([]events.Batch, error) {
		b, err := m.gen.statuses(m.gen.made, m.batch)
		return []events.Batch{b}, err
	}
	rows, err := m.batches(ctx, "batch", fmt.Sprintf("batches of %d, each in one stream", m.batch), one)
	if err != nil {
		return nil, err
	}
	more, err := m.batches(ctx, "import", fmt.Sprintf("batches of %d, each over %d streams", m.batch, min(m.batch, streams)),
		func() ([]events.Batch, error) { return m.gen.spread(m.batch) })
	return append(rows, more...), err
}

// batches measures one kind. In each turn the bare ways write what the log wrote
// in the turn before, into tables that have grown as the log has.
func (m *measurement) batches(ctx context.Context, name, what string, make func() ([]events.Batch, error)) ([]Row, error) {
	log := m.s.Log()
	from, err := log.Head(ctx)
	if err == nil {
		err = m.s.Settle(ctx)
	}
	if err != nil {
		return nil, err
	}
	add := func(ctx context.Context) (int, time.Duration, error) {
		list, err := make()
		if err != nil {
			return 0, 0, err
		}
		start := m.o.Now()
		_, err = log.Append(ctx, list...)
		return m.batch, m.o.Now().Sub(start), err
	}
	if _, _, err := add(ctx); err != nil {
		return nil, fmt.Errorf("measure %s: %w", name, err)
	}
	list := []contender{{name, add}}
	for _, b := range m.s.Bulks() {
		list = append(list, m.timed(name+"-"+b.Name, m.batch, b.Run))
	}
	t, err := m.turns(ctx, m.bulkTurns, func(int) error {
		err := m.s.Take(ctx, from, from+position(m.batch))
		from += position(m.batch)
		return err
	}, list...)
	if err != nil {
		return nil, err
	}
	var ratios []Ratio
	var bare []Row
	for _, b := range m.s.Bulks() {
		aim := 0.0
		if b.Aim {
			aim = aimBatch
		}
		ratios = append(ratios, t.ratio(name, name+"-"+b.Name, aim))
		bare = append(bare, t.row(name+"-"+b.Name, b.What, "events/s"))
	}
	return append([]Row{t.row(name, what, "events/s", ratios...)}, bare...), nil
}

func position(n int) events.Position { return events.Position(n) }
