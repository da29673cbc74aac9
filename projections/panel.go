package projections

import (
	"fmt"
	"slices"

	"headway/domain"
	"headway/events"
)

// panel holds every status event in columns, and for each cell (framework,
// round, respondent, indicator) the chain of its events, newest first, so that
// what was believed at any position is read without a replay. An event costs 48
// bytes.
type panel struct {
	entries  []entry
	ids      []events.ID
	statuses table[domain.Status]
	actors   table[string]
	grids    []*grid // one a framework
}

// entry is one status event. The index of an entry plus one is its handle, so
// that zero means none.
type entry struct {
	Position   events.Position
	Superseded events.Position // of the event that corrected or withdrew it; 0 while it stands
	Effective  uint32          // domain.Date.Pack
	Prev       uint32          // handle of the cell's entry before
	Actor      uint32
	Status     uint16
	Flags      flags
	_          uint8 // the bytes of an entry have no gaps
}

// flags say what a status event is.
type flags uint8

const (
	withdraws  flags = 1 << iota // it takes a status back
	supersedes                   // it corrects or withdraws
	late                         // it was recorded after the round was closed
	simulated
)

func (f flags) has(x flags) bool { return f&x != 0 }

// when is the flag where a condition holds.
func (f flags) when(holds bool) flags {
	if holds {
		return f
	}
	return 0
}

// grid lays out one framework's cells: a row for each respondent in order of
// first appearance, a column for each indicator in the framework's order.
type grid struct {
	framework *domain.Framework
	column    map[domain.IndicatorID]int
	rows      table[domain.Respondent]
	versions  []uint32 // of the status streams, row by row
	rounds    []*layer
}

// layer is one round of a grid: the handle of each cell's newest entry.
type layer struct {
	round domain.RoundID
	heads []uint32
}

// change is what a status event does to its cell.
type change struct {
	status     domain.Status
	supersedes string
	withdraws  bool
	late       bool
	documents  []domain.Document
}

func (c change) flags(e events.Event) flags {
	return withdraws.when(c.withdraws) | supersedes.when(c.supersedes != "") | late.when(c.late) | simulated.when(e.Simulated)
}

func newPanel() panel { return panel{} }

func (p *panel) addFramework(f *domain.Framework) {
	g := &grid{framework: f, column: make(map[domain.IndicatorID]int, len(f.Indicators))}
	for i, in := range f.Indicators {
		g.column[in.ID] = i
	}
	p.grids = append(p.grids, g)
}

func (p *panel) grid(id domain.FrameworkID) *grid {
	for _, g := range p.grids {
		if g.framework.ID == id {
			return g
		}
	}
	return nil
}

func (g *grid) layer(id domain.RoundID) *layer {
	for _, l := range g.rounds {
		if l.round == id {
			return l
		}
	}
	return nil
}

// head is the handle of the newest entry of the cell at a place; 0 where nothing
// was ever said.
func (l *layer) head(at int) uint32 {
	if at < 0 || at >= len(l.heads) {
		return 0
	}
	return l.heads[at]
}

// at is the place of a cell in versions and heads, or -1.
func (g *grid) at(r domain.Respondent, i domain.IndicatorID) int {
	col, okCol := g.column[i]
	row, okRow := g.rows.find(r)
	if !okCol || !okRow {
		return -1
	}
	return int(row)*len(g.column) + col
}

func (p *panel) apply(e events.Event, f domain.FrameworkID, r domain.Respondent, i domain.IndicatorID, c change) error {
	g := p.grid(f)
	if g == nil {
		return fmt.Errorf("framework %s was not published", f)
	}
	col, ok := g.column[i]
	if !ok {
		return fmt.Errorf("framework %s has no indicator %s", f, i)
	}
	var target events.ID
	if c.supersedes != "" {
		id, err := events.ParseID(c.supersedes)
		if err != nil {
			return err
		}
		target = id
	}
	l := g.layer(e.Round)
	if l == nil {
		l = &layer{round: e.Round}
		g.rounds = append(g.rounds, l)
	}
	at := int(g.rows.intern(r))*len(g.column) + col
	g.versions = grow(g.versions, at, len(g.column))
	l.heads = grow(l.heads, at, len(g.column))
	if c.supersedes != "" {
		p.supersede(l.heads[at], target, e.Position)
	}
	p.entries = append(p.entries, entry{
		Position: e.Position, Effective: e.EffectiveOn.Pack(), Prev: l.heads[at],
		Actor: p.actors.intern(e.Actor), Status: uint16(p.statuses.intern(c.status)),
		Flags: c.flags(e),
	})
	p.ids = append(p.ids, e.ID)
	l.heads[at] = uint32(len(p.entries))
	g.versions[at] = uint32(e.Version)
	return nil
}

// grow makes room for index at, by whole rows, so that two states that saw the
// same events have slices of the same length.
func grow(s []uint32, at, width int) []uint32 {
	if at < len(s) {
		return s
	}
	return append(s, make([]uint32, (at/width+1)*width-len(s))...)
}

func (p *panel) supersede(head uint32, id events.ID, by events.Position) {
	for h := head; h != 0; h = p.entries[h-1].Prev {
		if p.ids[h-1] == id && p.entries[h-1].Superseded == 0 {
			p.entries[h-1].Superseded = by
			return
		}
	}
}

func (p *panel) version(f domain.FrameworkID, r domain.Respondent, i domain.IndicatorID) int64 {
	g := p.grid(f)
	if g == nil {
		return 0
	}
	if at := g.at(r, i); at >= 0 && at < len(g.versions) {
		return int64(g.versions[at])
	}
	return 0
}

// stands reports whether the entry is a status that was believed at a position.
func (e *entry) stands(at events.Position) bool {
	return e.Position <= at && !e.Flags.has(withdraws) && (e.Superseded == 0 || e.Superseded > at)
}

// current is the handle of the entry believed at a position: of the latest
// effective date, and of those the one recorded last; 0 when there is none. It
// agrees with domain.Cell.Current.
func (p *panel) current(head uint32, at events.Position) uint32 {
	var best uint32
	for h := head; h != 0; h = p.entries[h-1].Prev {
		if e := &p.entries[h-1]; e.stands(at) && (best == 0 || e.Effective > p.entries[best-1].Effective) {
			best = h
		}
	}
	return best
}

// disputes is how often a status of the cell was corrected or withdrawn up to a
// position. It agrees with domain.Cell.Disputes.
func (p *panel) disputes(head uint32, at events.Position) int {
	n := 0
	for h := head; h != 0; h = p.entries[h-1].Prev {
		if e := &p.entries[h-1]; e.Position <= at && e.Flags.has(supersedes) {
			n++
		}
	}
	return n
}

func (p *panel) head(f domain.FrameworkID, rd domain.RoundID, r domain.Respondent, i domain.IndicatorID) uint32 {
	g := p.grid(f)
	if g == nil {
		return 0
	}
	l := g.layer(rd)
	if l == nil {
		return 0
	}
	return l.head(g.at(r, i))
}

func (p *panel) standing(f domain.FrameworkID, rd domain.RoundID, r domain.Respondent, i domain.IndicatorID, at events.Position) []domain.Standing {
	var out []domain.Standing
	for h := p.head(f, rd, r, i); h != 0; h = p.entries[h-1].Prev {
		if e := &p.entries[h-1]; e.stands(at) {
			out = append(out, domain.Standing{
				EventID: p.ids[h-1].String(), Status: p.statuses.Names[e.Status], EffectiveOn: domain.UnpackDate(e.Effective),
				Late: e.Flags.has(late),
			})
		}
	}
	slices.Reverse(out)
	return out
}

// table gives each name a small number, in order of first appearance.
type table[K ~string] struct {
	Names []K
	index map[K]uint32
}

func (t *table[K]) intern(k K) uint32 {
	if n, ok := t.index[k]; ok {
		return n
	}
	if t.index == nil {
		t.index = map[K]uint32{}
	}
	n := uint32(len(t.Names))
	t.Names = append(t.Names, k)
	t.index[k] = n
	return n
}

func (t *table[K]) find(k K) (uint32, bool) {
	n, ok := t.index[k]
	return n, ok
}
