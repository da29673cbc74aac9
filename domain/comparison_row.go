package domain

import (
	"fmt"
	"slices"

	"headway/domain/stats"
)

// comparer holds what all rows of a comparison share.
type comparer struct {
	from, to Side
	a, b     *Tabulation // the rounds on one roll
	query    Query
	lines    []line
	parts    []part
	years    float64 // between the reference dates
}

// line is an indicator with the earlier one that it continues.
type line struct {
	id             IndicatorID
	polarity       Polarity
	earlier, later int // places in the frameworks; -1 for none
	crossed        crossed
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
	c := &comparer{from: from, to: to, query: q,
		years: stats.Years(from.Answers.Round().ReferenceDate.middle(), to.Answers.Round().ReferenceDate.middle())}
	if err := c.pick(); err != nil {
		return nil, err
	}
	a, b := Tabulate(from.Answers), Tabulate(to.Answers)
	if q.Panel == Matched {
		for _, s := range []counted{{from, a}, {to, b}} {
			if err := s.needAnswers(); err != nil {
				return nil, err
			}
		}
	}
	c.a, c.b = align(a, b, c.columns)
	return c, c.divide()
}

// pick finds the lines that are asked for: the indicators of the later framework,
// and after them those of the earlier that end.
func (c *comparer) pick() error {
	earlier, later := c.from.Answers.Framework(), c.to.Answers.Framework()
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
				crossed: crossed{series: Ends, from: in.ID, reason: OtherFramework}})
		}
	}
	return nil
}

// columns are the places of the lines in both frameworks.
func (c *comparer) columns(yield func(earlier, later int) bool) {
	for _, l := range c.lines {
		if !yield(l.earlier, l.later) {
			return
		}
	}
}

// divide finds who is compared.
func (c *comparer) divide() error {
	q := c.query
	if q.Attribute == "" {
		c.parts = []part{{}}
		return nil
	}
	groups := []string{q.Value}
	if q.Value == "" {
		if groups = eitherGroups(c.a, c.b, q.Attribute); len(groups) == 0 {
			return Refuse(CodeInvalid, fmt.Sprintf("no respondent of round %s has an attribute %q", c.a.round.ID, q.Attribute), "group", q.Attribute)
		}
	}
	for _, g := range groups {
		c.parts = append(c.parts, c.part(g))
	}
	return nil
}

// eitherGroups are the values of an attribute in either round, in order.
func eitherGroups(a, b *Tabulation, attribute string) []string {
	out := append(a.Groups(attribute), b.Groups(attribute)...)
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *comparer) part(group string) part {
	then, now := c.a.Members(c.query.Attribute, group), c.b.Members(c.query.Attribute, group)
	switch c.query.Grouping {
	case ByTo:
		who := now.Or(then.AndNot(c.b.asked))
		return part{group, who, who, who}
	case ByOwn:
		return part{group, then, now, then.And(now)}
	}
	who := then.Or(now.AndNot(c.a.asked))
	return part{group, who, who, who}
}

// rows are those of each part, one a line.
func (c *comparer) rows() []Comparison {
	out := make([]Comparison, len(c.parts)*len(c.lines))
	room := make([]numbers, len(out))
	for p := range c.parts {
		rows := out[p*len(c.lines) : (p+1)*len(c.lines)]
		for i := range rows {
			c.row(&rows[i], &room[p*len(c.lines)+i], &c.lines[i], &c.parts[p])
		}
		adjust(rows)
	}
	return out
}

func (c *comparer) row(row *Comparison, n *numbers, l *line, p *part) {
	row.Indicator, row.From, row.To, row.Panel = l.id, c.a.round.ID, c.b.round.ID, c.query.Panel
	row.Polarity, row.Group = l.polarity, p.group
	if p.from != nil {
		row.Grouping = c.query.Grouping
	}
	l.crossed.mark(row)
	x := c.cross(l, p)
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
func (c *comparer) all(row *Comparison, n *numbers, l *line, p *part, x crossing) {
	var from, to Share
	if l.earlier >= 0 {
		from = counted{c.from, c.a}.share(l.earlier, p.from, x.from)
	}
	if l.later >= 0 {
		to = counted{c.to, c.b}.share(l.later, p.to, x.to)
	}
	row.setShares(n, from, to)
	if row.Break || row.FromShare == nil || row.ToShare == nil {
		return
	}
	row.setChange(n, stats.Newcombe(from.Count, from.N, to.Count, to.N, stats.Z95))
}

// matched compares who answered in both rounds.
func (c *comparer) matched(row *Comparison, n *numbers, l *line, x crossing) {
	if l.earlier < 0 || l.later < 0 {
		return
	}
	p := x.table.Pairs()
	row.setShares(n, Share{Count: p.Both + p.Lost, N: p.N(), Origin: Computed, Simulated: c.a.round.Simulated},
		Share{Count: p.Both + p.Gained, N: p.N(), Origin: Computed, Simulated: c.b.round.Simulated})
	if row.Break || p.N() == 0 {
		return
	}
	row.setChange(n, stats.NewcombePaired(p, stats.Z95))
	n.gained, n.lost, n.p = p.Gained, p.Lost, stats.McNemar(p.Gained, p.Lost)
	row.Gained, row.Lost, row.PValue = &n.gained, &n.lost, &n.p
}

// numbers are those that a row points to: memory for all rows of a comparison is
// had at once.
type numbers struct {
	fromCount, fromN, toCount, toN, gained, lost int
	fromShare, toShare, change, low, high        float64
	p, years, yearly, mid                        float64
	fromBounds, toBounds, changeBounds           [2]float64
	fromInterval, toInterval                     [2]float64
	detail                                       ComparisonDetail
	parts                                        Decomposition
	sensitivity                                  Sensitivity
	ifNo, ifYes                                  float64 // the change under each supposition
}

func (r *Comparison) setShares(n *numbers, from, to Share) {
	r.Simulated = from.Simulated || to.Simulated
	if v, ok := from.Value(); ok {
		n.fromCount, n.fromN, n.fromShare = from.Count, from.N, v
		r.FromCount, r.FromN, r.FromShare, r.FromOrigin, r.FromMissing = &n.fromCount, &n.fromN, &n.fromShare, from.Origin, from.Missing
		r.FromDistribution = from.Distribution()
	}
	if v, ok := to.Value(); ok {
		n.toCount, n.toN, n.toShare = to.Count, to.N, v
		r.ToCount, r.ToN, r.ToShare, r.ToOrigin, r.ToMissing = &n.toCount, &n.toN, &n.toShare, to.Origin, to.Missing
		r.ToDistribution = to.Distribution()
	}
}

func (r *Comparison) setChange(n *numbers, i stats.Interval) {
	n.change, n.low, n.high = n.toShare-n.fromShare, i.Low, i.High
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

// counted is a side with its round counted.
type counted struct {
	Side
	*Tabulation
}

// share is that of an indicator: computed where there are as many answers as the
// source counted, else as published, which is only known of all together. Of a
// scale of two levels it has been counted already.
func (s counted) share(indicator int, who Set, yes stats.Count) Share {
	y := s.Column(indicator)
	share := Share{Count: yes.Yes, N: yes.N, Missing: yes.Missing, Simulated: s.round.Simulated, Origin: Computed, Scale: y.Scale}
	if y.Scale.Graded() {
		share = s.Share(indicator, who)
	}
	if who == nil {
		if p, ok := PublishedShare(s.Figures, s.framework.Indicators[indicator].ID, y.Scale); ok && share.N < p.N {
			return p
		}
	}
	return share
}

// needAnswers refuses a matched panel where a round has totals only.
func (s counted) needAnswers() error {
	if len(s.Figures) == 0 || s.complete() {
		return nil
	}
	hint := "import the answers of each respondent first, or use --panel all"
	if s.StandIn != "" {
		hint = fmt.Sprintf("use --panel all, or --from %s, which is simulated to add up to the same totals", s.StandIn)
	}
	return Refuse(CodeNoAnswers,
		fmt.Sprintf("of round %s only totals are known, and totals cannot tell who changed: %s", s.round.ID, hint), "round", string(s.round.ID))
}

// complete reports whether a side has as many answers as were published, for at
// least one indicator that not all have in place.
func (s counted) complete() bool {
	for j, in := range s.framework.Indicators {
		y := s.Column(j)
		if p, ok := PublishedShare(s.Figures, in.ID, y.Scale); ok && p.Count < p.N && y.Yes.Len()+y.No.Len() >= p.N {
			return true
		}
	}
	return false
}
