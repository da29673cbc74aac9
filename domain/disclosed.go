package domain

import "slices"

// PublicRound is a round as a release makes it public.
type PublicRound struct {
	Answers *Tabulation // as of its public position
	// Figures are those published about the round, and about the round it stands in
	// for: whoever attacks the numbers knows them too.
	Figures []Figure
	Before  []*Tabulation // as of the earlier positions at which it was public
}

// Disclosed is what a release shows: which numbers of which sets of respondents. It
// is decided once from the answers. See docs/releases.md for why it is safe; what
// that rests on is:
//
//   - Of an indicator in a round the respondents are divided once at most, into
//     groups or into who is in a matched panel and who is not. Into what, follows from
//     who takes part and who answered, not from the answers.
//   - The numbers of the parts are shown all or none. So what is not shown can be
//     distributed over the parts in every way that would be hidden, in particular with
//     everybody of a part saying yes, or no.
//
// It is safe for concurrent use.
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
	on      *Tabulation // the answers on the roll of all public rounds
	earlier []*Tabulation
	all     []bool
	moved   []bool // its answers differ from those that were public before
	uses    []use
	cut     []Set  // of the use byPanel: who is in the panel
	groups  []bool // whether the numbers of groups are shown
	visible []string
}

// use is what may be told of who answered an indicator beside the total. It follows
// from who takes part and who answered, and never changes once it is taken.
type use int

const (
	free      use = iota
	byFigures     // published figures divide them, so that nothing else may
	byGroups
	byPanel // one matched panel
	bySplit // who changed, in panels of all of them
)

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
		x := &disclosedRound{PublicRound: r, on: r.Answers.placed(roll)}
		for _, t := range r.Before {
			x.earlier = append(x.earlier, t.placed(roll))
		}
		d.rounds = append(d.rounds, x)
		d.places[r.Answers.round.ID] = k
		n := len(r.Answers.columns)
		x.all, x.moved, x.groups, x.uses, x.cut = make([]bool, n), make([]bool, n), make([]bool, n), make([]use, n), make([]Set, n)
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
func rollOf(rounds []PublicRound) []Respondent {
	var codes []Respondent
	for _, r := range rounds {
		for _, t := range append([]*Tabulation{r.Answers}, r.Before...) {
			for _, e := range t.roll {
				codes = append(codes, e.Respondent)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// placed puts a round on a roll.
func (t *Tabulation) placed(codes []Respondent) *Tabulation {
	var p places
	for i, e := range t.roll {
		at, _ := slices.BinarySearch(codes, e.Respondent)
		p.add(i, at)
	}
	return p.tabulation(t, codes)
}

// answered is who answered yes or no.
func (y *Column) answered() Set { return y.Yes.Or(y.No) }

// discloseAll decides about all who answered, now and whenever the round was public
// before: who has answered since divides them, so that of a total that was hidden the
// one that follows stays so. Where figures were published, they are all that is shown
// once answers have changed.
func (d *Disclosed) discloseAll(x *disclosedRound, j int) {
	x.all[j] = d.tells(x, x.on.Column(j), j)
	if x.moved[j] && anyAbout(x.Figures, x.on.framework.Indicators[j].ID) {
		x.all[j] = false
	}
	for _, t := range x.earlier {
		before := t.Column(j)
		if !before.answered().Empty() && !changed(t, x.on, j).Empty() && !d.tells(x, before, j) {
			x.all[j] = false
		}
	}
}

// tells reports whether the total of an indicator may be shown: where few answered, or
// few said yes or no, it may not, unless it is the published one, which tells nothing.
// Any other beside a published one tells of those in whom the two differ: of few, it
// may be, to who knows whom the source had counted, or who has changed since.
func (d *Disclosed) tells(x *disclosedRound, y *Column, j int) bool {
	count, n := y.Yes.Len(), y.answered().Len()
	known := false
	for _, f := range x.Figures {
		if total, ok := PublishedShare([]Figure{f}, x.on.framework.Indicators[j].ID, y.Scale); ok {
			if total.Count != count || total.N != n {
				return false
			}
			known = true
		}
	}
	return n > 0 && (known || d.rule.Shows(count, n, false))
}

// divided reports whether a figure was published that divides who answered an
// indicator: by an attribute, by level or by another indicator; or a total of others
// than answered here, so that it is known who of them is in both.
func (x *disclosedRound) divided(j int) bool {
	id, y := x.on.framework.Indicators[j].ID, x.on.Column(j)
	return slices.ContainsFunc(x.Figures, func(f Figure) bool {
		total, ok := PublishedShare([]Figure{f}, id, y.Scale)
		return f.about(id) && (!ok || total.N != y.answered().Len())
	})
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

// discloseGroups shows the numbers of an indicator's groups, all or none: also which
// of them were hidden would tell of them.
func (d *Disclosed) discloseGroups(x *disclosedRound, j int, pool Set) {
	switch {
	case x.divided(j):
		x.uses[j] = byFigures
		return
	case len(x.visible) == 0:
		return
	}
	x.uses[j] = byGroups
	y := x.on.Column(j)
	who := y.answered()
	parts := []Set{pool.And(who)}
	for _, v := range x.visible {
		parts = append(parts, x.on.Members(d.attribute, v).And(who))
	}
	if parts[0].Empty() {
		parts = parts[1:]
	}
	x.groups[j] = x.all[j] && !x.moved[j] && len(parts) > 1 && d.fit(y, parts...)
}

// fit reports whether the numbers of each part may be shown.
func (d *Disclosed) fit(y *Column, parts ...Set) bool {
	return !slices.ContainsFunc(parts, func(p Set) bool { return !d.rule.Shows(CountAnd(y.Yes, p), p.Len(), true) })
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

// disclosePanel shows a matched panel of all who answered in both rounds, which tells
// nothing more, and one that divides who did, where nothing else divides them and the
// parts are fit. Who changed is shown against the round that became public first.
func (d *Disclosed) disclosePanel(p pairing) {
	x, y := d.rounds[p.first], d.rounds[p.second]
	if p.i < 0 || p.j < 0 || x.moved[p.i] || y.moved[p.j] {
		return
	}
	a, b := x.on.Column(p.i), y.on.Column(p.j)
	panel := a.answered().And(b.answered())
	if !x.takes(p.i, panel) || !y.takes(p.j, panel) {
		return
	}
	x.take(p.i, panel)
	y.take(p.j, panel)
	if x.all[p.i] && y.all[p.j] && d.parts(a, panel) && d.parts(b, panel) {
		d.panels[p] = PanelShares
	}
	if p.first > 0 || !panel.Equal(a.answered()) || !panel.Equal(b.answered()) || !x.splits(p.i) || !y.splits(p.j) {
		return
	}
	x.uses[p.i], y.uses[p.j] = bySplit, bySplit
	kept, gained, lost, never := CountAnd(a.Yes, b.Yes), CountAnd(a.No, b.Yes), CountAnd(a.Yes, b.No), CountAnd(a.No, b.No)
	if d.panels[p] == PanelShares && min(kept, gained, lost, never) >= max(d.rule.MinCount, 1) {
		d.panels[p] = PanelSplit
	}
}

// parts reports whether the numbers of a panel and of who is not in it may be shown.
func (d *Disclosed) parts(y *Column, panel Set) bool {
	who := y.answered()
	return panel.Equal(who) || d.fit(y, panel, who.AndNot(panel))
}

// takes reports whether a panel may divide who answered an indicator, if it does.
func (x *disclosedRound) takes(j int, panel Set) bool {
	return panel.Equal(x.on.Column(j).answered()) || x.uses[j] == free || x.uses[j] == byPanel && panel.Equal(x.cut[j])
}

func (x *disclosedRound) take(j int, panel Set) {
	if !panel.Equal(x.on.Column(j).answered()) {
		x.uses[j], x.cut[j] = byPanel, panel
	}
}

// splits reports whether it may be told who changed.
func (x *disclosedRound) splits(j int) bool { return x.uses[j] == free || x.uses[j] == bySplit }
