package domain

import (
	"fmt"

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
}

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
}

// Compare compares the indicators of the later round with the earlier one, in the
// order of the later framework. P-values are adjusted over the rows by Holm.
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
	later := to.Answers.Framework()
	wanted, err := selected(later, q.Indicators)
	if err != nil {
		return nil, err
	}
	c := comparer{from: from, to: to, query: q, pairs: pairUp(from.Answers, to.Answers)}
	c.group()
	if q.Panel == Matched {
		if err := c.needAnswers(); err != nil {
			return nil, err
		}
	}
	rows := make([]Comparison, 0, len(wanted))
	for _, j := range wanted {
		rows = append(rows, c.row(j))
	}
	adjust(rows)
	return rows, nil
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
		if p, ok := PublishedShare(s.Figures, in.ID); ok && p.Count < p.N && ShareOf(s.Answers, j, nil).N >= p.N {
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
		if p, ok := PublishedShare(s.Figures, id); ok && share.N < p.N {
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
	earlierID, broken := continues(in, c.from.Answers.Framework(), later)
	row.Break = broken
	if c.query.Panel == Matched {
		c.matched(&row, earlierID, j)
	} else {
		c.all(&row, earlierID)
	}
	if row.ChangeLow != nil && (*row.ChangeLow > 0 || *row.ChangeHigh < 0) {
		row.Better = 1
		if (*row.Change > 0) != (in.Polarity == Positive) {
			row.Better = -1
		}
	}
	return row
}

// continues finds the earlier indicator that an indicator continues, and whether
// the series breaks between the two frameworks.
func continues(in Indicator, earlier, later *Framework) (id IndicatorID, broken bool) {
	if earlier.ID == later.ID {
		return in.ID, false
	}
	for _, m := range in.Maps {
		if m.Framework == earlier.ID && earlier.IndexOf(m.Indicator) >= 0 {
			return m.Indicator, m.Break
		}
	}
	return "", true
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
	}
	if v, ok := to.Value(); ok {
		r.ToCount, r.ToN, r.ToShare, r.ToOrigin, r.ToMissing = &to.Count, &to.N, &v, to.Origin, to.Missing
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
}

// Trend follows indicators of the last side's framework through rounds, which are
// in order. A round that did not ask the indicator has no point.
func Trend(sides []Side, ids []IndicatorID) ([]TrendPoint, error) {
	if len(sides) == 0 {
		return nil, nil
	}
	last := sides[len(sides)-1].Answers.Framework()
	wanted, err := selected(last, ids)
	if err != nil {
		return nil, err
	}
	var out []TrendPoint
	for _, j := range wanted {
		in := last.Indicators[j]
		for _, s := range sides {
			id, broken := continues(in, s.Answers.Framework(), last)
			if id == "" {
				continue
			}
			share := (&comparer{}).shareOf(s, id, nil)
			v, ok := share.Value()
			if !ok {
				continue
			}
			low, high := share.Bounds()
			rd := s.Answers.Round()
			out = append(out, TrendPoint{Indicator: in.ID, Round: rd.ID, ReferenceDate: rd.ReferenceDate, Count: &share.Count,
				N: &share.N, Share: &v, Low: &low, High: &high, Missing: share.Missing, Origin: share.Origin,
				Break: broken, Simulated: share.Simulated})
		}
	}
	return out, nil
}
