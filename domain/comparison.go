package domain

import (
	"fmt"
	"slices"

	"headway/domain/stats"
)

// Panel says who of two rounds is compared.
type Panel string

// The panels: everybody who answered in each round, or only who answered in both.
const (
	All     Panel = "all"
	Matched Panel = "matched"
)

// Side is one round of a comparison: its answers, and what was published of it.
type Side struct {
	Answers Answers
	Figures []Figure
	// StandIn names a simulated round that reproduces the published totals, for
	// the sentence that says why a matched panel cannot be had.
	StandIn RoundID
}

// Query is what is compared.
type Query struct {
	Panel Panel
	// Attribute and Value narrow the comparison to a group, by its attribute in
	// the earlier round (in the later one for who was not in the earlier).
	Attribute, Value string
	Indicators       []IndicatorID // empty is all
	// Lineage tells how indicators continue those of other frameworks.
	Lineage Lineage
}

// Series says how an indicator's series crosses from one framework to another.
type Series string

// The ways of a series where the rounds ask different frameworks.
const (
	Continues Series = "continues" // as the mapping says
	Breaks    Series = "breaks"    // there is an earlier indicator, and shares cannot be compared
	Begins    Series = "begins"    // the earlier framework has nothing like it
	Ends      Series = "ends"      // nothing in the later framework continues it
)

// Comparison is one indicator in two rounds. Pointers are nil where the number
// cannot be had. Its JSON is a promise.
type Comparison struct {
	Indicator  IndicatorID `json:"indicator"`
	From       RoundID     `json:"from"`
	To         RoundID     `json:"to"`
	Panel      Panel       `json:"panel"`
	FromCount  *int        `json:"from_count"`
	FromN      *int        `json:"from_n"`
	ToCount    *int        `json:"to_count"`
	ToN        *int        `json:"to_n"`
	FromShare  *float64    `json:"from_share"`
	ToShare    *float64    `json:"to_share"`
	Change     *float64    `json:"change"`
	ChangeLow  *float64    `json:"change_low"`
	ChangeHigh *float64    `json:"change_high"`
	Gained     *int        `json:"gained"`
	Lost       *int        `json:"lost"`
	PValue     *float64    `json:"p_value"`
	PAdjusted  *float64    `json:"p_adjusted"`
	Break      bool        `json:"break"`
	Simulated  bool        `json:"simulated"`

	Group       string   `json:"group,omitempty"`
	FromOrigin  Origin   `json:"from_origin,omitempty"`
	ToOrigin    Origin   `json:"to_origin,omitempty"`
	FromMissing int      `json:"from_missing"`
	ToMissing   int      `json:"to_missing"`
	Polarity    Polarity `json:"polarity"`
	// Better is 1 where the change is for the better by polarity and its interval
	// excludes no change, -1 where it is for the worse, else 0.
	Better int `json:"better"`
	// Suppressed says that numbers are left out so that no respondent's answer
	// shows.
	Suppressed bool `json:"suppressed,omitempty"`

	// What the missing answers allow, from all of them no to all yes: of each share,
	// and of the change. They are the default band; null where totals alone are known.
	// In the matched panel only the change has them, over all who were asked twice.
	FromBounds   *[2]float64 `json:"from_bounds"`
	ToBounds     *[2]float64 `json:"to_bounds"`
	ChangeBounds *[2]float64 `json:"change_bounds"`
	// Years are between the reference dates, and Yearly the change divided by them:
	// no forecast, and nothing of rounds in between.
	Years  *float64          `json:"years"`
	Yearly *float64          `json:"change_per_year"`
	Detail *ComparisonDetail `json:"detail,omitempty"`

	// Where the rounds ask different frameworks: how the series crosses, from which
	// earlier indicator, and what the mapping says of it.
	Series        Series      `json:"series,omitempty"`
	FromIndicator IndicatorID `json:"from_indicator,omitempty"`
	Why           string      `json:"why,omitempty"`
	// How the answers spread over a graded scale.
	FromDistribution *Distribution `json:"from_distribution,omitempty"`
	ToDistribution   *Distribution `json:"to_distribution,omitempty"`
}

// Compare compares the indicators of the later round with the earlier one, in the
// order of the later framework, and after them those of the earlier framework that
// end. P-values are adjusted over the rows by Holm. Where the later framework does
// not continue the earlier one there is nothing to compare: that is refused.
//
// Panel all: each round's own respondents; the interval is Newcombe's for
// independent shares, which is approximate where the same respondents answered
// twice. Panel matched: who answered in both; the interval is Newcombe's for
// pairs, the test McNemar's exact one. A round of which only totals are known can
// be compared with all, never matched: that is refused with code no_answers.
func Compare(from, to Side, q Query) ([]Comparison, error) {
	if q.Panel == "" {
		q.Panel = All
	}
	if q.Panel != All && q.Panel != Matched {
		return nil, Refuse(CodeInvalid, fmt.Sprintf("panel is all or matched, not %q", q.Panel), "panel", string(q.Panel))
	}
	earlier, later := from.Answers.Framework(), to.Answers.Framework()
	q.Lineage = q.Lineage.with(earlier, later)
	if !q.Lineage.Related(later, earlier) {
		return nil, unrelated(q.Lineage, from.Answers.Round(), to.Answers.Round())
	}
	c := comparer{from: from, to: to, query: q, pairs: pairUp(from.Answers, to.Answers)}
	c.group()
	if q.Panel == Matched {
		if err := c.needAnswers(); err != nil {
			return nil, err
		}
	}
	ended := q.Lineage.Ended(later, earlier)
	var ids []IndicatorID
	rows := []Comparison{}
	for _, in := range ended {
		if len(q.Indicators) == 0 || slices.Contains(q.Indicators, in.ID) {
			rows = append(rows, c.ended(in))
		}
	}
	for _, id := range q.Indicators {
		if later.IndexOf(id) >= 0 || !slices.ContainsFunc(ended, func(in Indicator) bool { return in.ID == id }) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 || len(q.Indicators) == 0 {
		wanted, err := selected(later, ids)
		if err != nil {
			return nil, err
		}
		all := make([]Comparison, 0, len(wanted)+len(rows))
		for _, j := range wanted {
			all = append(all, c.row(j))
		}
		rows = append(all, rows...)
	}
	adjust(rows)
	return rows, nil
}

// with adds the frameworks that are not in it.
func (l Lineage) with(more ...*Framework) Lineage {
	out := slices.Clip(l)
	for _, f := range more {
		if out.Framework(f.ID) == nil {
			out = append(out, f)
		}
	}
	return out
}

func unrelated(l Lineage, from, to Round) *Refusal {
	message := fmt.Sprintf("round %s asks framework %s and round %s asks %s, and no indicator of %s maps to one of %s: there is nothing to compare",
		from.ID, from.Framework, to.ID, to.Framework, to.Framework, from.Framework)
	if l.Related(l.Framework(from.Framework), l.Framework(to.Framework)) {
		message = fmt.Sprintf("framework %s of round %s continues %s of round %s: compare the other way round, from %s to %s",
			from.Framework, from.ID, to.Framework, to.ID, to.ID, from.ID)
	}
	return Refuse(CodeInvalid, message, "from", string(from.ID), "to", string(to.ID))
}

func selected(f *Framework, ids []IndicatorID) ([]int, error) {
	var out []int
	if len(ids) == 0 {
		for j := range f.Indicators {
			out = append(out, j)
		}
	}
	for _, id := range ids {
		j := f.IndexOf(id)
		if j < 0 {
			return nil, Refuse(CodeUnknownIndicator, fmt.Sprintf("framework %s has no indicator %q; see `headway framework show %s`", f.ID, id, f.ID), "indicator", string(id))
		}
		out = append(out, j)
	}
	return out, nil
}

// comparer holds what all rows of a comparison share.
type comparer struct {
	from, to       Side
	query          Query
	pairs          [][2]int // places of the same respondent in both rounds
	fromWho, toWho Who
	earlierIn      map[Respondent]Enrolment
}

// pairUp merges the respondents of two rounds, both in order of code.
func pairUp(a, b Answers) [][2]int {
	x, y := a.Respondents(), b.Respondents()
	out := make([][2]int, 0, min(len(x), len(y)))
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i].Respondent < y[j].Respondent:
			i++
		case x[i].Respondent > y[j].Respondent:
			j++
		default:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		}
	}
	return out
}

func (c *comparer) group() {
	if c.query.Attribute == "" {
		return
	}
	c.earlierIn = map[Respondent]Enrolment{}
	for _, e := range c.from.Answers.Respondents() {
		c.earlierIn[e.Respondent] = e
	}
	in := func(e Enrolment) bool {
		if old, ok := c.earlierIn[e.Respondent]; ok {
			e = old
		}
		return e.Attributes[c.query.Attribute] == c.query.Value
	}
	c.fromWho, c.toWho = in, in
}

// needAnswers refuses a matched panel where a round has totals only.
func (c *comparer) needAnswers() error {
	if len(c.from.Figures) == 0 || c.complete(c.from) {
		return nil
	}
	r := c.from.Answers.Round()
	hint := "import the answers of each respondent first, or use --panel all"
	if c.from.StandIn != "" {
		hint = fmt.Sprintf("use --panel all, or --from %s, which is simulated to add up to the same totals", c.from.StandIn)
	}
	return Refuse(CodeNoAnswers,
		fmt.Sprintf("of round %s only totals are known, and totals cannot tell who changed: %s", r.ID, hint), "round", string(r.ID))
}

// complete reports whether a side has as many answers as were published, for at
// least one indicator that not all have in place.
func (c *comparer) complete(s Side) bool {
	for j, in := range s.Answers.Framework().Indicators {
		if p, ok := PublishedShare(s.Figures, in.ID, s.Answers.Framework().ScaleOf(in)); ok && p.Count < p.N && ShareOf(s.Answers, j, nil).N >= p.N {
			return true
		}
	}
	return false
}

// shareOf is the share of one side: computed where there are as many answers as
// the source counted, else as published, which is only known of all together.
func (c *comparer) shareOf(s Side, id IndicatorID, who Who) Share {
	j := s.Answers.Framework().IndexOf(id)
	if j < 0 {
		return Share{}
	}
	share := ShareOf(s.Answers, j, who)
	if who == nil {
		if p, ok := PublishedShare(s.Figures, id, share.Scale); ok && share.N < p.N {
			return p
		}
	}
	return share
}

func (c *comparer) row(j int) Comparison {
	later := c.to.Answers.Framework()
	in := later.Indicators[j]
	row := Comparison{
		Indicator: in.ID, From: c.from.Answers.Round().ID, To: c.to.Answers.Round().ID, Panel: c.query.Panel,
		Polarity: in.Polarity, Group: c.query.Value,
	}
	earlierID := c.cross(&row, in)
	if c.query.Panel == Matched {
		c.matched(&row, earlierID, j)
	} else {
		c.all(&row, earlierID)
	}
	c.detail(&row, earlierID, j)
	row.missingBounds()
	row.yearly(c.from.Answers.Round().ReferenceDate, c.to.Answers.Round().ReferenceDate)
	if row.ChangeLow != nil && (*row.ChangeLow > 0 || *row.ChangeHigh < 0) {
		row.Better = 1
		if (*row.Change > 0) != (in.Polarity == Positive) {
			row.Better = -1
		}
	}
	return row
}

// cross finds the earlier indicator that an indicator continues, and marks the row
// with how.
func (c *comparer) cross(row *Comparison, in Indicator) IndicatorID {
	earlier, later := c.from.Answers.Framework(), c.to.Answers.Framework()
	if earlier.ID == later.ID {
		return in.ID
	}
	way, ok := c.query.Lineage.Link(later, in, earlier)
	row.FromIndicator, row.Why = way.Indicator, way.Why
	switch {
	case !ok:
		row.Series, row.Break = Begins, true
	case way.Breaks > 0:
		row.Series, row.Break = Breaks, true
	default:
		row.Series = Continues
	}
	return way.Indicator
}

// ended is the row of an earlier indicator that nothing continues.
func (c *comparer) ended(in Indicator) Comparison {
	row := Comparison{Indicator: in.ID, From: c.from.Answers.Round().ID, To: c.to.Answers.Round().ID, Panel: c.query.Panel,
		Polarity: in.Polarity, Group: c.query.Value, Series: Ends, FromIndicator: in.ID, Break: true}
	if c.query.Panel == All {
		row.setShares(c.shareOf(c.from, in.ID, c.fromWho), Share{})
	}
	return row
}

func (c *comparer) all(row *Comparison, earlier IndicatorID) {
	var from Share
	if earlier != "" {
		from = c.shareOf(c.from, earlier, c.fromWho)
	}
	to := c.shareOf(c.to, row.Indicator, c.toWho)
	row.setShares(from, to)
	if row.Break || row.FromShare == nil || row.ToShare == nil {
		return
	}
	i := stats.Newcombe(from.Count, from.N, to.Count, to.N, stats.Z95)
	row.setChange(i)
}

func (c *comparer) matched(row *Comparison, earlier IndicatorID, j int) {
	if earlier == "" {
		return
	}
	f1, f2 := c.from.Answers.Framework(), c.to.Answers.Framework()
	i := f1.IndexOf(earlier)
	s1, s2 := f1.ScaleOf(f1.Indicators[i]), f2.ScaleOf(f2.Indicators[j])
	var p stats.Pairs
	from := Share{Origin: Computed, Simulated: c.from.Answers.Round().Simulated}
	to := Share{Origin: Computed, Simulated: c.to.Answers.Round().Simulated}
	people := c.from.Answers.Respondents()
	for _, pair := range c.pairs {
		if c.fromWho != nil && !c.fromWho(people[pair[0]]) {
			continue
		}
		a, b := c.from.Answers.Status(pair[0], i), c.to.Answers.Status(pair[1], j)
		if !a.Answered() || !b.Answered() {
			continue
		}
		switch yes1, yes2 := s1.Counts(a), s2.Counts(b); {
		case yes1 && yes2:
			p.Both++
		case yes2:
			p.Gained++
		case yes1:
			p.Lost++
		default:
			p.Neither++
		}
	}
	from.N, to.N = p.N(), p.N()
	from.Count, to.Count = p.Both+p.Lost, p.Both+p.Gained
	row.setShares(from, to)
	if row.Break || p.N() == 0 {
		return
	}
	row.setChange(stats.NewcombePaired(p, stats.Z95))
	row.Gained, row.Lost = &p.Gained, &p.Lost
	v := stats.McNemar(p.Gained, p.Lost)
	row.PValue = &v
}

func (r *Comparison) setShares(from, to Share) {
	r.Simulated = from.Simulated || to.Simulated
	if v, ok := from.Value(); ok {
		r.FromCount, r.FromN, r.FromShare, r.FromOrigin, r.FromMissing = &from.Count, &from.N, &v, from.Origin, from.Missing
		r.FromDistribution = from.Distribution()
	}
	if v, ok := to.Value(); ok {
		r.ToCount, r.ToN, r.ToShare, r.ToOrigin, r.ToMissing = &to.Count, &to.N, &v, to.Origin, to.Missing
		r.ToDistribution = to.Distribution()
	}
}

func (r *Comparison) setChange(i stats.Interval) {
	d := *r.ToShare - *r.FromShare
	r.Change, r.ChangeLow, r.ChangeHigh = &d, &i.Low, &i.High
}

func adjust(rows []Comparison) {
	var p []float64
	var at []int
	for i, r := range rows {
		if r.PValue != nil {
			p, at = append(p, *r.PValue), append(at, i)
		}
	}
	for k, v := range stats.Holm(p) {
		rows[at[k]].PAdjusted = &v
	}
}

// TrendPoint is one indicator in one round. Its JSON is a promise.
type TrendPoint struct {
	Indicator     IndicatorID `json:"indicator"`
	Round         RoundID     `json:"round"`
	ReferenceDate Date        `json:"reference_date"`
	Count         *int        `json:"count"`
	N             *int        `json:"n"`
	Share         *float64    `json:"share"`
	Low           *float64    `json:"low"`  // if every missing answer were a no
	High          *float64    `json:"high"` // if every missing answer were a yes
	Missing       int         `json:"missing"`
	Origin        Origin      `json:"origin,omitempty"`
	Break         bool        `json:"break"` // the series does not continue the round before
	Simulated     bool        `json:"simulated"`
	Suppressed    bool        `json:"suppressed,omitempty"`

	Framework FrameworkID `json:"framework"` // that the round asks
	// AskedAs is the indicator of an earlier framework, where it has another id.
	AskedAs      IndicatorID   `json:"asked_as,omitempty"`
	Distribution *Distribution `json:"distribution,omitempty"` // over a graded scale
}

// Trend follows indicators of a framework through rounds, which are in order, and
// back into the frameworks that it continues. A round that did not ask the
// indicator has no point.
func Trend(f *Framework, l Lineage, sides []Side, ids []IndicatorID) ([]TrendPoint, error) {
	wanted, err := selected(f, ids)
	if err != nil {
		return nil, err
	}
	var out []TrendPoint
	for _, j := range wanted {
		first, breaks := true, 0
		for _, s := range sides {
			p, way, ok := trendPoint(f, l, s, f.Indicators[j])
			if !ok {
				continue
			}
			p.Break = !first && way.Breaks != breaks
			first, breaks = false, way.Breaks
			out = append(out, p)
		}
	}
	return out, nil
}

func trendPoint(f *Framework, l Lineage, s Side, in Indicator) (TrendPoint, Link, bool) {
	asked := s.Answers.Framework()
	way, ok := l.with(f, asked).Link(f, in, asked)
	if !ok {
		return TrendPoint{}, way, false
	}
	share := (&comparer{}).shareOf(s, way.Indicator, nil)
	v, ok := share.Value()
	if !ok {
		return TrendPoint{}, way, false
	}
	low, high := share.Bounds()
	rd := s.Answers.Round()
	p := TrendPoint{Indicator: in.ID, Round: rd.ID, ReferenceDate: rd.ReferenceDate, Count: &share.Count,
		N: &share.N, Share: &v, Low: &low, High: &high, Missing: share.Missing, Origin: share.Origin,
		Simulated: share.Simulated, Framework: asked.ID, Distribution: share.Distribution()}
	if way.Indicator != in.ID {
		p.AskedAs = way.Indicator
	}
	return p, way, true
}
