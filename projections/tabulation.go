package projections

import (
	"container/list"
	"sync"

	"headway/domain"
	"headway/events"
)

// Tabulation is a round counted as believed at a position. It is kept, so that who
// asks for the same round again gets it without a recount; it never changes.
func (s *State) Tabulation(id domain.RoundID, at events.Position) (*domain.Tabulation, error) {
	r := s.round(id)
	if r == nil || r.Position > at {
		return nil, UnknownRound(id)
	}
	// Past the last event about the round nothing is known that was not known then.
	key := countedRound{id, min(at, r.last)}
	if t := s.counted.find(key); t != nil {
		return t, nil
	}
	a, err := s.Answers(id, at)
	if err != nil {
		return nil, err
	}
	t := domain.Tabulate(a)
	s.counted.keep(key, t)
	return t, nil
}

// countedRound names a tabulation: a round, and the position of the last event that
// it can know of. What was believed at a position is the same for ever.
type countedRound struct {
	round domain.RoundID
	at    events.Position
}

// tabulations keeps the tabulations that were asked for last. It is safe for
// concurrent use, as the readers of a state are many.
type tabulations struct {
	mu     sync.Mutex
	kept   map[countedRound]*list.Element
	recent *list.List // of keptRound, the last asked for in front
	places int        // of all that is kept
	room   int        // for so many places
}

type keptRound struct {
	key countedRound
	t   *domain.Tabulation
}

// maxPlaces bounds what is kept, in answers that can be given: about a byte each.
const maxPlaces = 16 << 20

func newTabulations() *tabulations {
	return &tabulations{kept: map[countedRound]*list.Element{}, recent: list.New(), room: maxPlaces}
}

func (c *tabulations) find(key countedRound) *domain.Tabulation {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.kept[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(keptRound).t
}

func (c *tabulations) keep(key countedRound, t *domain.Tabulation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.kept[key]; ok { // another reader was faster
		return
	}
	c.kept[key] = c.recent.PushFront(keptRound{key, t})
	for c.places += places(t); c.places > c.room && c.recent.Len() > 1; {
		oldest := c.recent.Remove(c.recent.Back()).(keptRound)
		delete(c.kept, oldest.key)
		c.places -= places(oldest.t)
	}
}

// places is how much room a tabulation takes: the roll takes about as much as
// thirty indicators.
func places(t *domain.Tabulation) int {
	return (len(t.Respondents()) + 1) * (len(t.Framework().Indicators) + 30)
}
