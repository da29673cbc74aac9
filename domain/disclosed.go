package domain

import (
	"slices"
	"sync"
)

// PublicRound is a round as a release makes it public.
type PublicRound struct {
	Answers *Tabulation // as of its public position
	// Figures are those published about the round, and about the round it stands in
	// for: whoever attacks the numbers knows them too.
	Figures []Figure
	Before  []*Tabulation // as of the earlier positions at which it was public
}

// Disclosed is what a release shows: which numbers of which sets of respondents. It
// is decided once from the answers, and hides in rows rather than in cells: what is
// hidden of a row, and that it is hidden, must not give back what is in it. See
// docs/releases.md. It is safe for concurrent use.
type Disclosed struct {
	rule      Disclosure
	attribute string
	rounds    []*disclosedRound
	places    map[RoundID]int
	panels    map[pairing]PanelShown
}

// disclosedRound is one public round; all that is by indicator has the order of the
// framework.
type disclosedRound struct {
	PublicRound
	on       *Tabulation // the answers on the roll of all public rounds
	earlier  []*Tabulation
	all      []bool
	moved    []bool // its answers differ from those that were public before
	groups   []bool
	visible  []string // the groups that may be shown
	admitted [][]Set  // who answered, in the sets whose numbers are shown or known
}

// pairing names an indicator in two public rounds, the one that became public first
// before the other.
type pairing struct{ first, second, i, j int }

// PanelShown says how much of a matched panel is shown.
type PanelShown int

// What is shown of a matched panel.
const (
	PanelHidden PanelShown = iota
	PanelShares            // the two shares
	PanelSplit             // and who kept, gained, lost and never had it
)

// Disclose decides what is shown of rounds, given in the order in which they became
// public. The order counts: what is shown of a round does not depend on any that
// became public after it.
func Disclose(rule Disclosure, attribute string, lineage Lineage, rounds []PublicRound) *Disclosed {
	d := &Disclosed{rule: rule, attribute: attribute, places: map[RoundID]int{}, panels: map[pairing]PanelShown{}}
	roll := rollOf(rounds)
	for k, r := range rounds {
		x := &disclosedRound{PublicRound: r, on: roll.place(r.Answers)}
		for _, t := range r.Before {
			x.earlier = append(x.earlier, roll.place(t))
		}
		d.rounds = append(d.rounds, x)
		d.places[r.Answers.round.ID] = k
		n := len(r.Answers.columns)
		x.all, x.moved, x.groups, x.admitted = make([]bool, n), make([]bool, n), make([]bool, n), make([][]Set, n)
		pool := d.partition(x)
		for j := range n {
			x.moved[j] = slices.ContainsFunc(x.earlier, func(t *Tabulation) bool { return !changed(t, x.on, j).Empty() })
			d.discloseAll(x, j)
			d.discloseGroups(x, j, pool)
		}
		for m := range k {
			d.disclosePanels(lineage, m, k)
		}
	}
	return d
}

// rollOf is the roll of all rounds together.
func rollOf(rounds []PublicRound) merged {
	var codes []Respondent
	for _, r := range rounds {
		for _, t := range append([]*Tabulation{r.Answers}, r.Before...) {
			for _, e := range t.roll {
				codes = append(codes, e.Respondent)
			}
		}
	}
	slices.Sort(codes)
	return merged{codes: slices.Compact(codes)}
}

// place puts a round on the roll.
func (m merged) place(t *Tabulation) *Tabulation {
	places := make([]int, len(t.roll))
	for i, e := range t.roll {
		places[i], _ = slices.BinarySearch(m.codes, e.Respondent)
	}
	out := &Tabulation{round: t.round, framework: t.framework, roll: make([]Enrolment, len(m.codes)), asked: m.move(t.asked, places)}
	for i, at := range places {
		out.roll[at] = t.roll[i]
	}
	for j := range t.columns {
		y := &t.columns[j]
		on := Column{Scale: y.Scale, Yes: m.move(y.Yes, places), No: m.move(y.No, places), Missing: m.move(y.Missing, places),
			NotApplicable: m.move(y.NotApplicable, places)}
		for _, level := range y.Levels {
			on.Levels = append(on.Levels, m.move(level, places))
		}
		out.columns = append(out.columns, on)
	}
	out.members = sync.OnceValue(out.byAttribute)
	return out
}

// answered is who answered yes or no.
func (y *Column) answered() Set { return y.Yes.Or(y.No) }

// discloseAll decides about all who answered: where few did, or few said yes or no,
// nothing is shown of the indicator. A number beside a published one would isolate
// those in whom the two differ; where it is the published one, it tells nothing.
func (d *Disclosed) discloseAll(x *disclosedRound, j int) {
	y := x.on.Column(j)
	who := y.answered()
	count, n := y.Yes.Len(), who.Len()
	published, known := PublishedShare(x.Figures, x.on.framework.Indicators[j].ID, y.Scale)
	switch {
	case n == 0:
		return
	case known && published.Count == count && published.N == n:
	case known && !d.rule.apart(count-published.Count, n-published.N), !d.rule.Shows(count, n, false):
		return
	}
	x.all[j] = true
	x.admitted[j] = append([]Set{who}, d.known(x, j, who)...)
}

// apart reports whether the difference of two counts and of their denominators is
// one of so many that neither it nor its complement points at somebody.
func (d Disclosure) apart(count, n int) bool {
	if n < 0 {
		count, n = -count, -n
	}
	return count >= 0 && d.Shows(count, n, true)
}

// known are the sets that others than this release tell of: groups of which a figure
// was published that speaks of the indicator.
func (d *Disclosed) known(x *disclosedRound, j int, who Set) []Set {
	var out []Set
	id := x.on.framework.Indicators[j].ID
	for _, f := range x.Figures {
		_, of := f.Of.Statuses[id]
		_, counts := f.Counts.Statuses[id]
		if !of && !counts && f.Indicator != id {
			continue
		}
		for _, c := range []Criterion{f.Of, f.Counts} {
			if len(c.Attributes) == 0 {
				continue
			}
			members := NewSet(len(x.on.roll))
			for i := range who.All() {
				if (Criterion{Attributes: c.Attributes}).Selects(x.on.roll[i].Attributes, nil) {
					members.Add(i)
				}
			}
			out = addSet(out, members)
		}
	}
	return slices.DeleteFunc(out, func(s Set) bool { return s.Equal(who) })
}

// addSet adds a set that has somebody and is not there yet.
func addSet(sets []Set, s Set) []Set {
	if s.Empty() || slices.ContainsFunc(sets, s.Equal) {
		return sets
	}
	return append(sets, s)
}

// changed is who answers an indicator otherwise, or was asked only once, in two
// states of a round on one roll.
func changed(old, now *Tabulation, j int) Set {
	a, b := old.Column(j), now.Column(j)
	differ := func(x, y Set) Set { return x.AndNot(y).Or(y.AndNot(x)) }
	out := differ(old.asked, now.asked).Or(differ(a.Yes, b.Yes)).Or(differ(a.No, b.No)).
		Or(differ(a.NotApplicable, b.NotApplicable)).Or(differ(a.Missing, b.Missing))
	for k := range a.Levels {
		out = out.Or(differ(a.Levels[k], b.Levels[k]))
	}
	return out
}

// partition chooses the groups of a round that may be shown, by how many are
// enrolled in each, whatever they answered. Small groups are pooled and hidden
// together, with the smallest of the others where the pool would be small or one
// group alone. It returns who is pooled.
func (d *Disclosed) partition(x *disclosedRound) Set {
	pool := NewSet(len(x.on.roll))
	if d.attribute == "" {
		return pool
	}
	values := x.on.Groups(d.attribute)
	slices.SortStableFunc(values, func(a, b string) int {
		return x.on.Members(d.attribute, a).Len() - x.on.Members(d.attribute, b).Len()
	})
	pooled := 0
	if none := x.on.Members(d.attribute, "").And(x.on.asked); !none.Empty() {
		pool, pooled = none, 1
	}
	for len(values) > 0 {
		g := x.on.Members(d.attribute, values[0])
		small := g.Len() < d.rule.MinDenominator
		if !small && (pooled == 0 || pooled > 1 && pool.Len() >= d.rule.MinDenominator) {
			break
		}
		pool, pooled, values = pool.Or(g), pooled+1, values[1:]
	}
	slices.Sort(values)
	x.visible = values
	return pool
}

// discloseGroups shows the row of an indicator's groups whole or not at all: also
// which of its cells were hidden would tell of them.
func (d *Disclosed) discloseGroups(x *disclosedRound, j int, pool Set) {
	if !x.all[j] || x.moved[j] || len(x.visible) == 0 {
		return
	}
	y := x.on.Column(j)
	who := y.answered()
	sets := slices.Clone(x.admitted[j])
	row := make([]Set, 0, len(x.visible)+1)
	for _, v := range x.visible {
		row = append(row, x.on.Members(d.attribute, v).And(who))
	}
	if rest := pool.And(who); !rest.Empty() {
		row = append(row, rest)
	}
	if len(row) < 2 {
		return
	}
	for _, g := range row {
		if d.isolates(y, sets, g) {
			return
		}
		sets = addSet(sets, g)
	}
	x.groups[j], x.admitted[j] = true, sets
}

// disclosePanels decides about who answered in two public rounds, indicator by
// indicator.
func (d *Disclosed) disclosePanels(lineage Lineage, m, k int) {
	a, b := d.rounds[m].on.framework, d.rounds[k].on.framework
	lineage = lineage.with(a, b)
	switch {
	case lineage.Related(b, a):
		for j, in := range b.Indicators {
			if way, ok := lineage.Link(b, in, a); ok {
				d.disclosePanel(pairing{m, k, a.IndexOf(way.Indicator), j})
			}
		}
	case lineage.Related(a, b):
		for i, in := range a.Indicators {
			if way, ok := lineage.Link(a, in, b); ok {
				d.disclosePanel(pairing{m, k, i, b.IndexOf(way.Indicator)})
			}
		}
	}
}

func (d *Disclosed) disclosePanel(p pairing) {
	x, y := d.rounds[p.first], d.rounds[p.second]
	if p.i < 0 || p.j < 0 || !x.all[p.i] || !y.all[p.j] || x.moved[p.i] || y.moved[p.j] {
		return
	}
	a, b := x.on.Column(p.i), y.on.Column(p.j)
	panel := a.answered().And(b.answered())
	if panel.Len() < d.rule.MinDenominator || d.dividesBadly(a, x.admitted[p.i], panel) || d.dividesBadly(b, y.admitted[p.j], panel) {
		return
	}
	x.admitted[p.i], y.admitted[p.j] = addSet(x.admitted[p.i], panel), addSet(y.admitted[p.j], panel)
	d.panels[p] = PanelShares
	kept, gained, lost, never := CountAnd(a.Yes, b.Yes), CountAnd(a.No, b.Yes), CountAnd(a.Yes, b.No), CountAnd(a.No, b.No)
	if min(kept, gained, lost, never) >= max(d.rule.MinCount, 1) {
		d.panels[p] = PanelSplit
	}
}

// dividesBadly reports whether a panel would isolate somebody, in it or out of it.
// One of all who answered tells nothing more than they do.
func (d *Disclosed) dividesBadly(y *Column, sets []Set, panel Set) bool {
	who := y.answered()
	return !panel.Equal(who) && (d.isolates(y, sets, panel) || d.isolates(y, sets, who.AndNot(panel)))
}

// reach is how many sets beside the new one are combined in search of what their
// numbers give away.
const reach = 3

// mostSets is beside how many known sets another is looked at: beside more it is
// hidden.
const mostSets = 20

// isolates reports whether the numbers of a set, beside those that are known
// already, would give away somebody: whether it, or a sum or difference of it and a
// few of the known, is a set of which the numbers may not be shown.
func (d *Disclosed) isolates(y *Column, known []Set, set Set) bool {
	if len(known) > mostSets {
		return true
	}
	atoms := atomsOf(y, append(slices.Clip(known), set))
	level := make([]int, len(atoms))
	cand := len(known)
	for k, a := range atoms {
		level[k] = a.in(cand)
	}
	var search func(from, left int) bool
	search = func(from, left int) bool {
		if d.unfit(atoms, level) {
			return true
		}
		if left == 0 {
			return false
		}
		for s := from; s < cand; s++ {
			for _, sign := range [...]int{1, -1} {
				for k, a := range atoms {
					level[k] += sign * a.in(s)
				}
				found := search(s+1, left-1)
				for k, a := range atoms {
					level[k] -= sign * a.in(s)
				}
				if found {
					return true
				}
			}
		}
		return false
	}
	return search(0, reach)
}

// atom are those who are in just the same of several sets.
type atom struct {
	sets   uint64
	yes, n int
}

func (a atom) in(set int) int { return int(a.sets >> set & 1) }

func atomsOf(y *Column, sets []Set) []atom {
	var out []atom
	for i := range y.answered().All() {
		var in uint64
		for s, set := range sets {
			if set.Has(i) {
				in |= 1 << s
			}
		}
		k := slices.IndexFunc(out, func(a atom) bool { return a.sets == in })
		if k < 0 {
			k, out = len(out), append(out, atom{sets: in})
		}
		out[k].n++
		if y.Yes.Has(i) {
			out[k].yes++
		}
	}
	return out
}

// unfit reports whether a combination of sets is a set itself, or the reverse of
// one, of which the numbers may not be shown.
func (d *Disclosed) unfit(atoms []atom, level []int) bool {
	sign, yes, n := 0, 0, 0
	for k, l := range level {
		switch {
		case l == 0:
			continue
		case l < -1 || l > 1 || sign != 0 && l != sign:
			return false
		}
		sign, yes, n = l, yes+atoms[k].yes, n+atoms[k].n
	}
	return n > 0 && !d.rule.Shows(yes, n, true)
}
