package domain

import (
	"fmt"
	"slices"

	"headway/domain/stats"
)

// comparer holds what all rows of a comparison share.
type comparer struct {
	from, to counted
	rolls    bothRolls
	codes    []Respondent // of the rolls, where it is asked who
	query    Query
	lines    []line
	parts    []part
	years    *float64 // between the reference dates
}

// line is an indicator with the earlier one that it continues.
type line struct {
	id             IndicatorID
	polarity       Polarity
	earlier, later int      // places in the frameworks; -1 for none
	crossed        *crossed // nil where both rounds ask one framework
	then, now      *Column  // the answers on the roll of both rounds
}

// part is who is compared: all, where the sets are nil, or a group.
type part struct {
	group          string
	from, to, both Set
}

func newComparer(from, to Side, q Query) (*comparer, error) {
	if q.Panel == "" {
		q.Panel = All
	}
	if q.Panel != All && q.Panel != Matched {
		return nil, Refuse(CodeInvalid, fmt.Sprintf("panel is all or matched, not %q", q.Panel), "panel", string(q.Panel))
	}
	if q.Grouping == "" {
		q.Grouping = ByFrom
	}
	if !slices.Contains([]Grouping{ByFrom, ByTo, ByOwn}, q.Grouping) {
		return nil, Refuse(CodeInvalid, fmt.Sprintf("grouping is from, to or own, not %q", q.Grouping), "grouping", string(q.Grouping))
	}
	earlier, later := from.Answers.Framework(), to.Answers.Framework()
	q.Lineage = q.Lineage.with(earlier, later)
	if !q.Lineage.Related(later, earlier) {
		return nil, unrelated(q.Lineage, from.Answers.Round(), to.Answers.Round())
	}
	years := stats.Years(from.Answers.Round().ReferenceDate.middle(), to.Answers.Round().ReferenceDate.middle())
	c := &comparer{from: counted{from, Tabulate(from.Answers)}, to: counted{to, Tabulate(to.Answers)}, query: q, years: &years}
	if err := c.pick(); err != nil {
		return nil, err
	}
	if q.Panel == Matched {
		if err := c.from.needAnswers("from"); err != nil {
			return nil, err
		}
		if err := c.to.needAnswers("to"); err != nil {
			return nil, err
		}
	}
	c.align()
	return c, c.divide()
}

// pick finds the lines that are asked for: the indicators of the later framework,
// and after them those of the earlier that end.
func (c *comparer) pick() error {
	earlier, later := c.from.framework, c.to.framework
	asked := c.query.Indicators
	ended := c.query.Lineage.Ended(later, earlier)
	var ids []IndicatorID
	for _, id := range asked {
		if later.IndexOf(id) >= 0 || !slices.ContainsFunc(ended, func(in Indicator) bool { return in.ID == id }) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 || len(asked) == 0 {
		wanted, err := selected(later, ids)
		if err != nil {
			return err
		}
		c.lines = make([]line, 0, len(wanted)+len(ended))
		for _, j := range wanted {
			c.lines = append(c.lines, c.query.Lineage.line(earlier, later, j))
		}
	}
	for _, in := range ended {
		if len(asked) == 0 || slices.Contains(asked, in.ID) {
			c.lines = append(c.lines, line{id: in.ID, polarity: in.Polarity, earlier: earlier.IndexOf(in.ID), later: -1,
				crossed: &crossed{series: Ends, from: in.ID, reason: OtherFramework}})
		}
	}
	return nil
}

// align puts the answers to the lines on the roll of both rounds.
func (c *comparer) align() {
	c.rolls = rollsOf(c.from.Tabulation, c.to.Tabulation)
	if c.query.Who {
		c.codes = c.rolls.codes(c.from.Tabulation, c.to.Tabulation)
	}
	room := setRoom{words: len(c.rolls.a.asked), more: 6 * len(c.lines)}
	var moved []Column // made where one is needed
	place := func(t *Tabulation, r *onRoll, j int) *Column {
		if j >= 0 && r.same && t.columns[j].has(room.words) {
			return &t.columns[j]
		}
		if moved == nil {
			moved = make([]Column, 0, 2*len(c.lines))
		}
		y := Column{}
		if j >= 0 {
			y = t.columns[j]
		}
		y = r.answers(&y, &room)
		moved = append(moved, y)
		return &moved[len(moved)-1]
	}
	for i := range c.lines {
		l := &c.lines[i]
		l.then, l.now = place(c.from.Tabulation, &c.rolls.a, l.earlier), place(c.to.Tabulation, &c.rolls.b, l.later)
	}
}

// has reports whether the sets that a comparison reads have so many words: one that
// nobody is in may have none.
func (y *Column) has(words int) bool {
	short := func(s Set) bool { return len(s) < words }
	return !short(y.Yes) && !short(y.No) && !short(y.Missing) && !slices.ContainsFunc(y.Levels, short)
}

// divide finds who is compared.
func (c *comparer) divide() error {
	q := c.query
	if q.Attribute == "" {
		c.parts = []part{{}}
		return nil
	}
	groups := eitherGroups(c.from.Tabulation, c.to.Tabulation, q.Attribute)
	switch {
	case q.Value != "" && q.anyValue:
		groups = []string{q.Value}
	case len(groups) == 0:
		return Refuse(CodeInvalid, fmt.Sprintf("no respondent of round %s has an attribute %q", c.from.round.ID, q.Attribute), "group", q.Attribute)
	case q.Value != "" && !slices.Contains(groups, q.Value):
		return noGroup(q.Attribute, q.Value, groups)
	case q.Value != "":
		groups = []string{q.Value}
	}
	c.parts = make([]part, 0, len(groups))
	for _, g := range groups {
		c.parts = append(c.parts, c.part(g))
	}
	return nil
}

// eitherGroups are the values of an attribute in either round, in order.
func eitherGroups(a, b *Tabulation, attribute string) []string {
	if slices.Equal(a.values(attribute), b.values(attribute)) {
		return a.Groups(attribute)
	}
	out := append(a.Groups(attribute), b.Groups(attribute)...)
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *comparer) part(group string) part {
	then, now := c.rolls.a.set(c.from.Members(c.query.Attribute, group)), c.rolls.b.set(c.to.Members(c.query.Attribute, group))
	switch c.query.Grouping {
	case ByTo:
		who := now.Or(then.AndNot(c.rolls.b.asked))
		return part{group, who, who, who}
	case ByOwn:
		return part{group, then, now, then.And(now)}
	}
	who := then.Or(now.AndNot(c.rolls.a.asked))
	return part{group, who, who, who}
}

// rows are those of each part, one a line.
func (c *comparer) rows() []Comparison {
	out := make([]Comparison, len(c.parts)*len(c.lines))
	room := make([]numbers, len(out))
	var x crossing
	for p := range c.parts {
		rows := out[p*len(c.lines) : (p+1)*len(c.lines)]
		for i := range rows {
			c.row(&rows[i], &room[p*len(c.lines)+i], &c.lines[i], &c.parts[p], &x)
		}
		adjust(rows)
	}
	return out
}

func (c *comparer) row(row *Comparison, n *numbers, l *line, p *part, x *crossing) {
	row.Indicator, row.From, row.To, row.Panel = l.id, c.from.round.ID, c.to.round.ID, c.query.Panel
	row.Polarity, row.Group = l.polarity, p.group
	if p.from != nil {
		row.Grouping = c.query.Grouping
	}
	if l.crossed != nil {
		l.crossed.mark(row)
	}
	c.cross(x, l, p)
	if c.query.Panel == Matched {
		c.matched(row, n, l, x)
	} else {
		c.all(row, n, l, p, x)
	}
	if row.FromOrigin == Published || row.ToOrigin == Published {
		row.WhyNoTest = TotalsOnly
	}
	c.detail(row, n, l, p, x)
	row.missingBounds(n, x)
	row.yearly(n, c.years)
	row.better()
	if c.query.Who && row.Detail != nil {
		row.Who = c.movement(l, p)
	}
}

// better tells which way a change goes, where its interval excludes none.
func (r *Comparison) better() {
	if r.ChangeLow == nil || *r.ChangeLow <= 0 && *r.ChangeHigh >= 0 {
		return
	}
	r.Better = 1
	if (*r.Change > 0) != (r.Polarity == Positive) {
		r.Better = -1
	}
}

// all compares each round's own respondents.
func (c *comparer) all(row *Comparison, n *numbers, l *line, p *part, x *crossing) {
	var from, to total
	if l.earlier >= 0 {
		from = c.from.total(l.earlier, p.from == nil, x.from)
		row.FromDistribution = from.spread(l.then, p.from)
	}
	if l.later >= 0 {
		to = c.to.total(l.later, p.to == nil, x.to)
		row.ToDistribution = to.spread(l.now, p.to)
	}
	row.setShares(n, &from, &to)
	if row.Break || from.n == 0 || to.n == 0 {
		return
	}
	a, b := stats.ShareOf(from.count, from.n, stats.Z95), stats.ShareOf(to.count, to.n, stats.Z95)
	row.setChange(n, a, b, stats.NewcombeOf(a, b))
}

// matched compares who answered in both rounds.
func (c *comparer) matched(row *Comparison, n *numbers, l *line, x *crossing) {
	if l.earlier < 0 || l.later < 0 {
		return
	}
	p := x.table.Pairs()
	from := total{count: p.Both + p.Lost, n: p.N(), origin: Computed, simulated: c.from.round.Simulated}
	to := total{count: p.Both + p.Gained, n: p.N(), origin: Computed, simulated: c.to.round.Simulated}
	row.setShares(n, &from, &to)
	if row.Break || p.N() == 0 {
		return
	}
	a, b := stats.ShareOf(from.count, from.n, stats.Z95), stats.ShareOf(to.count, to.n, stats.Z95)
	row.setChange(n, a, b, stats.NewcombePairedOf(p, a, b))
	n.gained, n.lost, n.p = p.Gained, p.Lost, stats.McNemar(p.Gained, p.Lost)
	row.Gained, row.Lost, row.PValue = &n.gained, &n.lost, &n.p
}

// numbers are those that a row points to: memory for all rows of a comparison is
// had at once.
type numbers struct {
	fromCount, fromN, toCount, toN, gained, lost int
	fromShare, toShare, change, low, high        float64
	p, yearly, mid                               float64
	fromBounds, toBounds, changeBounds           [2]float64
	fromInterval, toInterval                     [2]float64
	detail                                       ComparisonDetail
	parts                                        Decomposition
	sensitivity                                  Sensitivity
	ifNo, ifYes                                  float64 // the change under each supposition
}

func (r *Comparison) setShares(n *numbers, from, to *total) {
	r.Simulated = from.simulated || to.simulated
	if from.n > 0 {
		n.fromCount, n.fromN, n.fromShare = from.count, from.n, float64(from.count)/float64(from.n)
		r.FromCount, r.FromN, r.FromShare, r.FromOrigin, r.FromMissing = &n.fromCount, &n.fromN, &n.fromShare, from.origin, from.missing
	}
	if to.n > 0 {
		n.toCount, n.toN, n.toShare = to.count, to.n, float64(to.count)/float64(to.n)
		r.ToCount, r.ToN, r.ToShare, r.ToOrigin, r.ToMissing = &n.toCount, &n.toN, &n.toShare, to.origin, to.missing
	}
}

// setChange sets the change between two shares, whose own intervals the detail
// shows.
func (r *Comparison) setChange(n *numbers, from, to stats.Estimate, i stats.Interval) {
	n.change, n.low, n.high = n.toShare-n.fromShare, i.Low, i.High
	n.fromInterval, n.toInterval = [2]float64{from.Low, from.High}, [2]float64{to.Low, to.High}
	r.Change, r.ChangeLow, r.ChangeHigh = &n.change, &n.low, &n.high
}

// adjust multiplies the p-values by Holm over the rows.
func adjust(rows []Comparison) {
	var p []float64
	for i := range rows {
		if rows[i].PValue != nil {
			p = append(slices.Grow(p, len(rows)), *rows[i].PValue)
		}
	}
	adjusted := stats.Holm(p)
	for i := range rows {
		if rows[i].PValue != nil {
			rows[i].PAdjusted, adjusted = &adjusted[0], adjusted[1:]
		}
	}
}
