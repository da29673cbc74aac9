package domain

import "slices"

// Offered is what a release has to tell of two rounds beside the totals: the choices
// that have an answer. It tells nothing that the answers do not.
type Offered struct {
	Panels int          // of how many indicators the matched panel is shown
	Groups []string     // of which a number is shown of any indicator, in order
	Small  []string     // of which none ever is: too few take part in them, or they stand in for such
	Rows   int          // of how many indicators the groups are shown, in either round
	Of     int          // how many indicators there are
	Own    bool         // groups are shown as each round's own only
	shown  map[int]bool // the indicators of Rows, by their place in the later framework
}

// Shows reports whether the groups of an indicator are shown, by its place in the
// framework of the later round.
func (o Offered) Shows(indicator int) bool { return o.shown[indicator] }

// Offers says what is shown of two rounds beside the totals.
func (d *Disclosed) Offers(lineage Lineage, earlier, later Side) Offered {
	a, b := earlier.Answers, later.Answers
	from, to := a.Round().ID, b.Round().ID
	out := Offered{Own: d.regrouped(from, to), shown: map[int]bool{}, Of: len(b.Framework().Indicators)}
	lineage = lineage.with(a.Framework(), b.Framework())
	groups := map[string]bool{}
	tell := func(id RoundID, indicator int) (some bool) {
		for _, v := range d.values(id, id) {
			if d.ShowsGroup(id, indicator, v) {
				groups[v], some = true, true
			}
		}
		return some
	}
	for j, in := range b.Framework().Indicators {
		some := tell(to, j)
		if way, ok := lineage.Link(b.Framework(), in, a.Framework()); ok {
			i := a.Framework().IndexOf(way.Indicator)
			some = i >= 0 && tell(from, i) || some
			if d.Panel(from, i, to, j) != PanelHidden {
				out.Panels++
			}
		}
		if some {
			out.Rows++
			out.shown[j] = true
		}
	}
	for _, v := range d.values(from, to) {
		switch {
		case groups[v]:
			out.Groups = append(out.Groups, v)
		case !d.visible(from, v) && !d.visible(to, v):
			out.Small = append(out.Small, v)
		}
	}
	return out
}

// visible reports whether a group is large enough to be shown, whatever it answered.
func (d *Disclosed) visible(id RoundID, value string) bool {
	k, ok := d.places[id]
	return ok && slices.Contains(d.rounds[k].visible, value)
}

// CompareGroups is how pairs of groups differ, or every two, as far as the public may
// see it: it follows from the rows of [Disclosed.Compare], and from who takes part.
// Where a number of either group is hidden, so is what they differ by.
func (d *Disclosed) CompareGroups(from, to Side, q Query, pairs ...[2]string) ([]GroupDifference, error) {
	q.Value = ""
	rows, err := d.Compare(from, to, q)
	if err != nil {
		return nil, err
	}
	byGroup := map[string][]Comparison{}
	var groups []string
	for _, r := range rows {
		if byGroup[r.Group] == nil {
			groups = append(groups, r.Group)
		}
		byGroup[r.Group] = append(byGroup[r.Group], r)
	}
	if len(pairs) == 0 {
		for i, a := range groups {
			for _, b := range groups[i+1:] {
				pairs = append(pairs, [2]string{a, b})
			}
		}
	}
	out := []GroupDifference{}
	for _, pair := range pairs {
		if err := canPair(q.Attribute, groups, pair); err != nil {
			return nil, err
		}
		moved := d.exchanged(from.Answers.Round().ID, to.Answers.Round().ID, pair[0], pair[1])
		for k := range byGroup[pair[0]] {
			x, y := &byGroup[pair[0]][k], &byGroup[pair[1]][k]
			g := apart(q.Attribute, x.Grouping, x, y, moved)
			g.Suppressed = x.Suppressed || y.Suppressed
			out = append(out, g)
		}
	}
	return out, nil
}

// exchanged reports whether somebody is in one of two groups in one round, and in the
// other in the other.
func (d *Disclosed) exchanged(from, to RoundID, v, w string) bool {
	a, b := d.Answers(from), d.Answers(to)
	if a == nil || b == nil {
		return false
	}
	rolls := rollsOf(a, b)
	went := func(from, to string) bool {
		return CountAnd(rolls.a.set(a.Members(d.attribute, from)), rolls.b.set(b.Members(d.attribute, to))) > 0
	}
	return went(v, w) || went(w, v)
}
