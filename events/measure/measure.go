package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"headway/events"
)

// Options of Run.
type Options struct {
	Events int           // size of the log that is read
	Turns  int           // how often each is measured; 0 is 5
	Sample time.Duration // how long single appends are timed at most; 0 is a second
	Now    func() time.Time
	Random io.Reader // of event ids
	// Verify is the pass that proves a log.
	Verify func(ctx context.Context, log events.Log) error
	// Fold reads a log into a state, and returns a comparison of the rounds From
	// and To in it.
	Fold func(ctx context.Context, log events.Log) (compare func() error, err error)
	// Progress, which may be nil, is told how many of the samples are taken.
	Progress func(done, total int)
}

// MinEvents is the size of the smallest log that has enough for every measure.
const MinEvents = 3000

// maxBatch is how many events a batch has in a log of a usual size.
const maxBatch = 10_000

// maxBulkTurns bounds the turns of batches in a large log.
const maxBulkTurns = 25

// measurement is a run under way.
type measurement struct {
	o     Options
	s     Subject
	gen   *generator
	batch int // events of a batch, and the most that are appended singly in a sample

	// bulkTurns is how often batches are: as often as the log has room for, because
	// one takes a tenth of a second.
	bulkTurns int

	steps, done int
}

// Run measures a subject, which it does not close. The size of the log decides
// that of batches: in a log of 200,000 events or more they have 10,000.
func Run(ctx context.Context, s Subject, o Options) ([]Row, error) {
	if o.Events < MinEvents {
		return nil, fmt.Errorf("measure: a log of %d events is too small; take %d or more", o.Events, MinEvents)
	}
	if o.Turns == 0 {
		o.Turns = 5
	}
	if o.Sample == 0 {
		o.Sample = time.Second
	}
	m := &measurement{o: o, s: s, gen: &generator{ids: events.NewTimeOrdered(o.Now, o.Random)}}
	// Both kinds of batches come once more than there are turns, and the bare
	// single inserts need rows that the bare tables do not have.
	m.batch = min((o.Events-preludeEvents)/(3*o.Turns+2), maxBatch)
	m.bulkTurns = min((o.Events-preludeEvents-o.Turns*m.batch)/(2*m.batch)-1, maxBulkTurns)
	rival, why, err := s.Rival(ctx)
	if err != nil {
		return nil, err
	}
	m.steps = m.bulkTurns*2*(1+len(s.Bulks())) + o.Turns*(5+1+len(writers))
	if rival != nil {
		m.steps += o.Turns * len(rivalWriters)
	}
	rows, err := m.run(ctx, rival)
	if why != "" {
		rows = append(rows, Row{Name: "rival", What: why, Unit: "events/s", Ratios: []Ratio{}})
	}
	return rows, err
}

func (m *measurement) run(ctx context.Context, rival Rival) (rows []Row, err error) {
	if rival != nil {
		defer func() {
			err = errors.Join(err, rival.Close())
		}()
	}
	if _, err := m.gen.prelude(ctx, m.s.Log()); err != nil {
		return nil, err
	}
	bulk, err := m.bulk(ctx)
	if err != nil {
		return nil, err
	}
	written, err := m.fill(ctx)
	if err != nil {
		return nil, err
	}
	reads, err := m.reads(ctx)
	if err != nil {
		return nil, err
	}
	singles, err := m.singles(ctx, written, rival)
	if err != nil {
		return nil, err
	}
	return append(append(singles, bulk...), reads...), nil
}

func (m *measurement) step() {
	m.done++
	if m.o.Progress != nil {
		m.o.Progress(m.done, m.steps)
	}
}

// fill makes the log as large as was asked for, and returns where it ended before:
// the bare tables have nothing of what is past that.
func (m *measurement) fill(ctx context.Context) (events.Position, error) {
	log := m.s.Log()
	before, err := log.Head(ctx)
	if err != nil {
		return 0, err
	}
	for left := m.o.Events - int(before); left > 0; left -= m.batch {
		batches, err := m.gen.spread(min(left, m.batch))
		if err != nil {
			return 0, err
		}
		if _, err := log.Append(ctx, batches...); err != nil {
			return 0, err
		}
	}
	return before, m.s.Settle(ctx)
}
