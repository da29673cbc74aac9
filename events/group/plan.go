package group

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"headway/events"
)

// Request is one call of Append: all of its batches are written, or none.
type Request struct {
	Batches []events.Batch
}

// State is what a plan needs to know of the log, read in the transaction that
// writes the plan.
type State struct {
	Head         events.Position
	LastRecorded time.Time
	Versions     map[string]int64 // of every stream that Streams names
	// Known are the events in the log whose ids are appended again. A store
	// leaves it empty at first, because a new id is the rule, and fills it when
	// the database reports an id twice.
	Known map[events.ID]events.Event
}

// Outcome is what becomes of one request.
type Outcome struct {
	Position events.Position // of its last event; the head for a request without events
	Err      error
}

// Streams names the streams whose versions a plan needs, each once.
func Streams(reqs []Request) []string {
	var out []string
	seen := map[string]struct{}{}
	for _, r := range reqs {
		for _, b := range r.Batches {
			if _, ok := seen[b.Stream]; !ok {
				seen[b.Stream] = struct{}{}
				out = append(out, b.Stream)
			}
		}
	}
	return out
}

// IDs names the events of all requests.
func IDs(reqs []Request) []events.ID {
	var out []events.ID
	for _, r := range reqs {
		for _, b := range r.Batches {
			for i := range b.Events {
				out = append(out, b.Events[i].ID)
			}
		}
	}
	return out
}

// Doubtful names the events of the requests that a plan refused for a conflict. A
// retry of what was recorded before conflicts with itself: if the log has these
// events, the plan has to be made again with them Known.
func Doubtful(reqs []Request, outcomes []Outcome) []events.ID {
	var refused []Request
	for i, o := range outcomes {
		if errors.Is(o.Err, events.ErrConflict) {
			refused = append(refused, reqs[i])
		}
	}
	return IDs(refused)
}

// Plan decides on the requests in order, as if each were appended alone: what it
// inserts has Stream, Version, Position and RecordedAt. A request that conflicts
// is refused alone. The time of recording is one for the group, and after that of
// the log's last event, whatever the clock says: an instant and the last position
// recorded up to it are the same moment for ever.
func Plan(s State, now time.Time, reqs []Request) (insert []events.Event, outcomes []Outcome) {
	now = now.UTC().Truncate(time.Microsecond)
	if !now.After(s.LastRecorded) {
		now = s.LastRecorded.UTC().Add(time.Microsecond)
	}
	p := planner{state: s, now: now, moved: map[string]int64{}}
	for _, r := range reqs {
		for _, b := range r.Batches {
			p.room += len(b.Events)
		}
	}
	p.insert = make([]events.Event, 0, p.room)
	if len(reqs) > 1 || len(s.Known) > 0 {
		p.mine = make(map[events.ID]int, p.room)
	}
	outcomes = make([]Outcome, len(reqs))
	for i, r := range reqs {
		outcomes[i] = p.request(r)
	}
	return p.insert, outcomes
}

type planner struct {
	state  State
	now    time.Time
	room   int
	insert []events.Event
	moved  map[string]int64  // versions that this plan has moved
	mine   map[events.ID]int // index in insert; nil while no id can be met twice
}

func (p *planner) version(stream string) int64 {
	if v, ok := p.moved[stream]; ok {
		return v
	}
	return p.state.Versions[stream]
}

func (p *planner) head() events.Position { return p.state.Head + events.Position(len(p.insert)) }

// request plans one request, and takes back what it planned if it is refused.
func (p *planner) request(r Request) Outcome {
	if at, known, err := p.repeated(r); known || err != nil {
		return Outcome{at, err}
	}
	mark := len(p.insert)
	before := map[string]int64{}
	for _, b := range r.Batches {
		v := p.version(b.Stream)
		if b.Expect != events.Any && b.Expect != v {
			p.undo(mark, before)
			return Outcome{Err: &events.ConflictError{Stream: b.Stream, Expected: b.Expect, Actual: v}}
		}
		if _, ok := before[b.Stream]; !ok {
			before[b.Stream] = v
		}
		p.add(b, v)
	}
	return Outcome{Position: p.head()}
}

func (p *planner) add(b events.Batch, v int64) {
	for _, e := range b.Events {
		v++
		e.Stream, e.Version, e.Position, e.RecordedAt = b.Stream, v, p.head()+1, p.now
		if p.mine != nil {
			p.mine[e.ID] = len(p.insert)
		}
		p.insert = append(p.insert, e)
	}
	p.moved[b.Stream] = v
}

func (p *planner) undo(mark int, before map[string]int64) {
	for stream, v := range before {
		p.moved[stream] = v
	}
	if p.mine != nil {
		for i := mark; i < len(p.insert); i++ {
			delete(p.mine, p.insert[i].ID)
		}
	}
	p.insert = p.insert[:mark]
}

// repeated finds out whether the events of a request are in the log already, or
// in this plan: known when all are, with the same content.
func (p *planner) repeated(r Request) (at events.Position, known bool, err error) {
	if p.mine == nil {
		return 0, false, nil
	}
	met, total := 0, 0
	for _, b := range r.Batches {
		for i := range b.Events {
			total++
			e := &b.Events[i]
			old, ok := p.state.Known[e.ID]
			if j, mine := p.mine[e.ID]; !ok && mine {
				old, ok = p.insert[j], true
			}
			if !ok {
				continue
			}
			met++
			if old.Stream != b.Stream || old.Type != e.Type || !bytes.Equal(old.Data, e.Data) {
				return 0, false, fmt.Errorf("event %s stands at position %d: %w", e.ID, old.Position, events.ErrIDReused)
			}
			at = max(at, old.Position)
		}
	}
	if met > 0 && met < total {
		return 0, false, fmt.Errorf("%d of %d events are in the log already: %w", met, total, events.ErrIDReused)
	}
	return at, met > 0, nil
}
