package projections

import (
	"slices"
	"sort"

	"headway/domain"
	"headway/events"
)

// candidates are the n newest positions in the bounds of a search that may hold
// what it looks for, newest first: fewer where there are no more.
func (s *State) candidates(q *search, n int) []events.Position {
	keep := s.panel.keep(q)
	statuses := s.panel.mayHave(q)
	others := !q.Superseded && slices.ContainsFunc(EventTypes(), func(t string) bool { return !isStatus(t) && q.ofType(t) })
	if q.Framework == "" && q.Round == "" && q.Country == "" && q.Indicator == "" {
		return s.walk(q, n, others, func(e *entry) bool { return statuses && keep(e) })
	}
	found := newest{n: n}
	if statuses {
		s.panel.chains(q, func(h uint32) {
			for ; h != 0; h = s.panel.entries[h-1].Prev {
				e := &s.panel.entries[h-1]
				if e.Position < max(q.low, found.floor) {
					return
				}
				if keep(e) {
					found.add(e.Position)
				}
			}
		})
	}
	switch {
	case others && q.Country != "":
		s.about(q, found.add)
	case others:
		for _, p := range s.walk(q, n, true, func(*entry) bool { return false }) {
			found.add(p)
		}
	}
	return found.list()
}

func isStatus(typ string) bool { return typ == reported || typ == corrected || typ == withdrawn }

var (
	reported  = domain.StatusReported{}.EventType()
	corrected = domain.StatusCorrected{}.EventType()
	withdrawn = domain.StatusWithdrawn{}.EventType()
)

// mayHave reports whether a status can be what a search looks for.
func (p *panel) mayHave(q *search) bool {
	if q.Actor != "" {
		if _, ok := p.actors.find(q.Actor); !ok {
			return false
		}
	}
	return q.ofType(reported) || q.ofType(corrected) || q.ofType(withdrawn)
}

// keep tells of a status what the panel knows of it: whether it is in the bounds,
// by the actor, of the type, and superseded.
func (p *panel) keep(q *search) func(*entry) bool {
	actor, _ := p.actors.find(q.Actor)
	all := q.ofType(reported) && q.ofType(corrected) && q.ofType(withdrawn)
	return func(e *entry) bool {
		return e.Position >= q.low && e.Position <= q.high && (q.Actor == "" || e.Actor == actor) &&
			(!q.Superseded || e.Superseded != 0 && e.Superseded <= q.at) && (all || q.ofType(e.Flags.eventType())) && q.effective(domain.UnpackDate(e.Effective))
	}
}

// eventType is the type of the event that has the flags.
func (f flags) eventType() string {
	switch {
	case f.has(withdraws):
		return withdrawn
	case f.has(supersedes):
		return corrected
	}
	return reported
}

// walk goes through the bounds of a search from the newest position, and takes the
// statuses that keep accepts and, where asked for, all that are no statuses.
func (s *State) walk(q *search, n int, others bool, keep func(*entry) bool) []events.Position {
	list := s.panel.entries
	i := s.panel.before(q.high+1) - 1
	var out []events.Position
	for p := q.high; p >= q.low && len(out) < n; p-- {
		if i >= 0 && list[i].Position == p {
			if keep(&list[i]) {
				out = append(out, p)
			}
			i--
		} else if others {
			out = append(out, p)
		} else if i < 0 {
			break
		} else {
			p = list[i].Position + 1 // nothing lies between
		}
	}
	return out
}

// before is how many statuses were recorded before a position.
func (p *panel) before(at events.Position) int {
	return sort.Search(len(p.entries), func(i int) bool { return p.entries[i].Position >= at })
}

// recorded is the handle of the status at a position; 0 where there is none.
func (p *panel) recorded(at events.Position) uint32 {
	if i := p.before(at); at > 0 && i < len(p.entries) && p.entries[i].Position == at {
		return uint32(i) + 1
	}
	return 0
}

// chains visits the newest handle of each cell that a search asks for.
func (p *panel) chains(q *search, visit func(head uint32)) {
	for _, g := range p.grids {
		if q.Framework != "" && q.Framework != g.framework.ID {
			continue
		}
		width := len(g.column)
		row, known := g.rows.find(q.Country)
		col, asked := g.column[q.Indicator]
		if q.Country != "" && !known || q.Indicator != "" && !asked {
			continue
		}
		for _, l := range g.rounds {
			if q.Round != "" && q.Round != l.round {
				continue
			}
			from, to, by := 0, len(l.heads), 1
			if q.Country != "" {
				from, to = int(row)*width, (int(row)+1)*width
			}
			if q.Indicator != "" {
				from, by = from+col, width
			}
			for at := from; at < to; at += by {
				if h := l.head(at); h != 0 {
					visit(h)
				}
			}
		}
	}
}

// about names the events of a respondent that are no statuses: enrolments, and what
// became of submissions.
func (s *State) about(q *search, found func(events.Position)) {
	add := func(p events.Position) {
		if p >= q.low && p <= q.high {
			found(p)
		}
	}
	for _, rd := range s.rounds {
		for _, e := range rd.Enrolments {
			if e.Enrolment.Respondent == q.Country {
				add(e.Position)
			}
		}
	}
	for _, sub := range s.submissions {
		if sub.Country != q.Country {
			continue
		}
		add(sub.Position)
		if sub.End.State != domain.Replaced { // else it ended with the next submission
			add(sub.End.Position)
		}
	}
}

// newest keeps the n highest of the positions that are added.
type newest struct {
	n     int
	all   []events.Position
	floor events.Position // what is lower is not among them
}

func (k *newest) add(p events.Position) {
	if p < k.floor {
		return
	}
	if k.all = append(k.all, p); len(k.all) >= 4*k.n {
		k.list()
	}
}

// list is what was kept, highest first.
func (k *newest) list() []events.Position {
	slices.SortFunc(k.all, func(a, b events.Position) int { return int(b - a) })
	if len(k.all) >= k.n {
		k.all = k.all[:k.n]
		k.floor = k.all[k.n-1]
	}
	return k.all
}
