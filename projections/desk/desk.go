package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// Desk executes commands. Every method is safe for concurrent use.
type Desk struct {
	Log    events.Log
	Runner *projections.Runner
	IDs    events.IDSource
	Now    func() time.Time
	Actors ActorStore // nil where nobody is named
}

// Receipt says what became of a command: how many events were appended and
// where the last of them is. No events means that all was so already.
type Receipt struct {
	Events   int             `json:"events"`
	Position events.Position `json:"position"`
	EventIDs []string        `json:"event_ids,omitempty"`
}

// decision is what a command comes to: facts, and streams that must not have
// changed since they were read although nothing is written to them.
type decision struct {
	facts   []domain.Fact
	guards  []string
	batches []events.Batch // made already, in the place of facts and guards
}

// attempts is how often a command is decided anew after a conflict. Each conflict
// means that another writer got on, so that a command rarely needs two.
const attempts = 10

// ActorStore knows who is behind pseudonyms.
type ActorStore interface {
	ActorByID(ctx context.Context, id string) (domain.Actor, bool, error)
}

// CheckActor refuses to record what could name a person, or one who was forgotten.
// A pseudonym that nobody is named for may be used: a program's, for example.
func CheckActor(ctx context.Context, s ActorStore, actor string) error {
	if err := domain.CheckPseudonym(actor); err != nil || s == nil {
		return err
	}
	a, ok, err := s.ActorByID(ctx, actor)
	if err != nil {
		return fmt.Errorf("look up the actor: %w", err)
	}
	if ok && a.ForgottenAt != nil {
		return domain.Refuse(domain.CodeForgotten, fmt.Sprintf("%s was forgotten and records nothing any more; use another pseudonym", actor), "actor", actor)
	}
	return nil
}

// execute decides and appends. Decide must only read the state.
func (d *Desk) execute(ctx context.Context, by events.Stamp, decide func(*projections.State) (decision, error)) (Receipt, error) {
	if err := CheckActor(ctx, d.Actors, by.Actor); err != nil {
		return Receipt{}, err
	}
	for range attempts {
		if err := d.Runner.CatchUp(ctx); err != nil {
			return Receipt{}, err
		}
		var dec decision
		var batches []events.Batch
		var err error
		d.Runner.Read(func(s *projections.State) {
			dec, err = decide(s)
			if batches = dec.batches; err == nil && len(dec.facts) > 0 {
				batches, err = d.batches(s, by, dec)
			}
		})
		if err != nil {
			return Receipt{}, err
		}
		if len(batches) == 0 {
			at, _ := d.Runner.Position()
			return Receipt{Position: at}, nil
		}
		at, err := d.Log.Append(ctx, batches...)
		if errors.Is(err, events.ErrConflict) {
			continue
		}
		if err != nil {
			return Receipt{}, fmt.Errorf("record the decision: %w", err)
		}
		return receipt(at, batches), d.Runner.WaitFor(ctx, at)
	}
	return Receipt{}, domain.Refuse(domain.CodeConflict, "others kept writing to the same streams; try again")
}

// batches groups facts by stream, in the order in which streams first appear.
func (d *Desk) batches(s *projections.State, by events.Stamp, dec decision) ([]events.Batch, error) {
	b := d.batcher(s, by, len(dec.facts))
	for _, g := range dec.guards {
		b.guard(g)
	}
	for _, f := range dec.facts {
		if err := b.add(f); err != nil {
			return nil, err
		}
	}
	return b.out, nil
}

// batcher makes events of facts as they are decided.
type batcher struct {
	state *projections.State
	by    events.Stamp
	ids   events.IDSource
	index map[string]int
	out   []events.Batch
}

// batcher has room for so many events.
func (d *Desk) batcher(s *projections.State, by events.Stamp, most int) *batcher {
	return &batcher{state: s, by: by, ids: d.IDs, index: make(map[string]int, most), out: make([]events.Batch, 0, most+1)}
}

// guard makes the append fail where a stream has changed.
func (b *batcher) guard(stream string) *events.Batch {
	i, ok := b.index[stream]
	if !ok {
		i = len(b.out)
		b.index[stream] = i
		b.out = append(b.out, events.Batch{Stream: stream, Expect: b.state.Version(stream)})
	}
	return &b.out[i]
}

func (b *batcher) add(f domain.Fact) error {
	id, err := b.ids.NewID()
	if err != nil {
		return err
	}
	e, err := events.New(id, b.by, f)
	if err != nil {
		return err
	}
	batch := b.guard(f.Stream)
	e.Stream = batch.Stream // one text for all
	batch.Events = append(batch.Events, e)
	return nil
}

// mostIDs is how many event ids a receipt names; an import has too many to list.
const mostIDs = 100

func receipt(at events.Position, batches []events.Batch) Receipt {
	r := Receipt{Position: at}
	for _, b := range batches {
		r.Events += len(b.Events)
		for _, e := range b.Events {
			if len(r.EventIDs) < mostIDs {
				r.EventIDs = append(r.EventIDs, e.ID.String())
			}
		}
	}
	return r
}

func (d *Desk) today() domain.Date { return domain.DayOf(d.Now()) }
