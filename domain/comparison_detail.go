package domain

import (
	"time"

	"headway/domain/stats"
)

// ComparisonDetail is what else can be said of a change where the answers of both
// rounds are known. It is a function of who answered what, and hidden together with
// gained and lost. Its JSON is a promise; shares are from 0 to 1.
type ComparisonDetail struct {
	// FromInterval and ToInterval are Wilson's 95 % intervals: what chance would do
	// had the respondents been drawn at random, which they were not.
	FromInterval *[2]float64 `json:"from_interval"`
	ToInterval   *[2]float64 `json:"to_interval"`

	// Of who was asked in both rounds: how many kept it, never had it, gained and
	// lost it, answered only now, and answer no longer.
	Kept             int `json:"kept"`
	Never            int `json:"never"`
	Gained           int `json:"gained"`
	Lost             int `json:"lost"`
	NewlyAnswering   int `json:"newly_answering"`
	NoLongerAnswered int `json:"no_longer_answering"`
	Joined           int `json:"joined"` // asked only in the later round, and answered
	Left             int `json:"left"`   // asked only in the earlier round, and answered

	MidP *float64 `json:"p_mid"` // McNemar's test by mid-p, of gained and lost
	// PanelLow and PanelHigh bound the change of those asked in both rounds,
	// whatever the missing would have answered.
	PanelLow  float64 `json:"panel_low"`
	PanelHigh float64 `json:"panel_high"`

	Decomposition *Decomposition `json:"decomposition"` // null where nobody answered twice
	Graded        *GradedChange  `json:"graded,omitempty"`
}

// Decomposition splits the change of the share of all who answered into those who
// changed and those who came or went. The parts are shares and add up: as whole
// numbers over Denominator exactly.
type Decomposition struct {
	Denominator int64   `json:"denominator"`
	Total       int64   `json:"total"`
	Gained      int64   `json:"gained"`
	Lost        int64   `json:"lost"`
	Joined      int64   `json:"joined"`  // asked only in the later round
	Began       int64   `json:"began"`   // asked in both, answered only in the later
	Left        int64   `json:"left"`    // asked only in the earlier round
	Stopped     int64   `json:"stopped"` // asked in both, answered only in the earlier
	Stayed      float64 `json:"stayed_share"`
	Composition float64 `json:"composition_share"`
}

// GradedChange is how the levels of those who answered twice moved.
type GradedChange struct {
	Up        int     `json:"up"`
	Down      int     `json:"down"`
	Same      int     `json:"same"`
	SignP     float64 `json:"sign_p"`
	WilcoxonP float64 `json:"wilcoxon_p"`
	Exact     bool    `json:"wilcoxon_exact"` // else by the normal approximation
}

// crossing tells of every respondent of two rounds what was answered to one
// indicator: within the group that is compared, and without who it does not apply to.
type crossing struct {
	table        stats.Table // asked in both
	joined, left stats.Count // asked in one
	steps        []int       // of who answered twice, on a graded scale
}

func (c *comparer) crossing(i, j int) crossing {
	f1, f2 := c.from.Answers.Framework(), c.to.Answers.Framework()
	s1, s2 := f1.ScaleOf(f1.Indicators[i]), f2.ScaleOf(f2.Indicators[j])
	var out crossing
	people, later := c.from.Answers.Respondents(), c.to.Answers.Respondents()
	next := 0
	for x, e := range people {
		paired := next < len(c.pairs) && c.pairs[next][0] == x
		if paired {
			next++
		}
		if c.fromWho != nil && !c.fromWho(e) {
			continue
		}
		a := answerOn(s1, c.from.Answers.Status(x, i))
		b := -1
		if paired {
			y := c.pairs[next-1][1]
			if b = answerOn(s2, c.to.Answers.Status(y, j)); a >= 0 && b >= 0 && a < 2 && b < 2 && s2.Graded() {
				out.steps = append(out.steps, s2.Rank(c.to.Answers.Status(y, j))-s1.Rank(c.from.Answers.Status(x, i)))
			}
		}
		switch {
		case a >= 0 && b >= 0:
			out.table[a][b]++
		case a >= 0:
			count(&out.left, a)
		case b >= 0:
			count(&out.joined, b)
		}
	}
	next = 0
	for y, e := range later {
		if next < len(c.pairs) && c.pairs[next][1] == y {
			next++
			continue
		}
		if c.toWho != nil && !c.toWho(e) {
			continue
		}
		if b := answerOn(s2, c.to.Answers.Status(y, j)); b >= 0 {
			count(&out.joined, b)
		}
	}
	return out
}

// answerOn is 0 for yes, 1 for no, 2 for missing, and -1 where the indicator does not
// apply, as stats.Table has them.
func answerOn(s Scale, st Status) int {
	switch {
	case st == NotApplicable:
		return -1
	case !st.Answered():
		return 2
	case s.Counts(st):
		return 0
	}
	return 1
}

func count(c *stats.Count, answer int) {
	switch answer {
	case 0:
		c.Yes, c.N = c.Yes+1, c.N+1
	case 1:
		c.N++
	default:
		c.Missing++
	}
}

// detail completes a row whose sides are both computed.
func (c *comparer) detail(row *Comparison, earlier IndicatorID, j int) {
	i := c.from.Answers.Framework().IndexOf(earlier)
	if row.Break || i < 0 || row.FromOrigin != Computed || row.ToOrigin != Computed {
		return
	}
	x := c.crossing(i, j)
	p := x.table.Pairs()
	d := &ComparisonDetail{Kept: p.Both, Never: p.Neither, Gained: p.Gained, Lost: p.Lost, Joined: x.joined.N, Left: x.left.N,
		NewlyAnswering: x.table[2][0] + x.table[2][1], NoLongerAnswered: x.table[0][2] + x.table[1][2],
		FromInterval: wilson(*row.FromCount, *row.FromN), ToInterval: wilson(*row.ToCount, *row.ToN)}
	if p.N() > 0 {
		mid := stats.McNemarMidP(p.Gained, p.Lost)
		d.MidP = &mid
	}
	bounds := stats.BoundsOfPairs(x.table)
	d.PanelLow, d.PanelHigh = bounds.Change.Low, bounds.Change.High
	d.Decomposition = decomposed(x)
	if len(x.steps) > 0 && sameLevels(c, i, j) {
		d.Graded = gradedChange(x.steps)
	}
	row.Detail = d
}

func wilson(count, n int) *[2]float64 {
	w := stats.Wilson(count, n, stats.Z95)
	return &[2]float64{w.Low, w.High}
}

func decomposed(x crossing) *Decomposition {
	t := x.table
	d, err := stats.Decompose(stats.Crossing{Stayed: t.Pairs(), Joined: x.joined, Left: x.left,
		Began:   stats.Count{Yes: t[2][0], N: t[2][0] + t[2][1]},
		Stopped: stats.Count{Yes: t[0][2], N: t[0][2] + t[1][2]}})
	if err != nil { // nobody answered twice
		return nil
	}
	return &Decomposition{Denominator: d.Denominator, Total: d.Total, Gained: d.Gained, Lost: d.Lost, Joined: d.Joined, Began: d.Began,
		Left: d.Left, Stopped: d.Stopped, Stayed: d.Share(d.Stayed()), Composition: d.Share(d.Composition())}
}

// sameLevels reports whether both rounds asked on scales of the same levels, so
// that steps on them can be taken.
func sameLevels(c *comparer, i, j int) bool {
	f1, f2 := c.from.Answers.Framework(), c.to.Answers.Framework()
	a, b := f1.ScaleOf(f1.Indicators[i]).Values, f2.ScaleOf(f2.Indicators[j]).Values
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func gradedChange(steps []int) *GradedChange {
	g := &GradedChange{}
	for _, s := range steps {
		switch {
		case s > 0:
			g.Up++
		case s < 0:
			g.Down++
		default:
			g.Same++
		}
	}
	w := stats.Wilcoxon(steps)
	g.SignP, g.WilcoxonP, g.Exact = stats.SignTest(g.Up, g.Down, g.Same).P, w.P, w.Exact
	return g
}

// missingBounds sets what the missing answers allow, of each side that was computed
// and of the change between two such sides. In the matched panel nobody is missing
// on either side: there the change is bounded for all who were asked in both rounds.
func (r *Comparison) missingBounds() {
	if r.Panel == Matched {
		if r.Detail != nil {
			r.ChangeBounds = &[2]float64{r.Detail.PanelLow, r.Detail.PanelHigh}
		}
		return
	}
	var from, to stats.Count
	if r.FromOrigin == Computed {
		from = stats.Count{Yes: *r.FromCount, N: *r.FromN, Missing: r.FromMissing}
		r.FromBounds = pair(stats.BoundsOfShare(from))
	}
	if r.ToOrigin == Computed {
		to = stats.Count{Yes: *r.ToCount, N: *r.ToN, Missing: r.ToMissing}
		r.ToBounds = pair(stats.BoundsOfShare(to))
	}
	if r.FromBounds != nil && r.ToBounds != nil && r.Change != nil {
		r.ChangeBounds = pair(stats.BoundsOfDifference(from, to))
	}
}

func pair(b stats.Bounds) *[2]float64 { return &[2]float64{b.Low, b.High} }

// yearly divides a change by the years between two reference dates, of which the
// middle counts where only the year or the month is known.
func (r *Comparison) yearly(from, to Date) {
	years := stats.Years(from.middle(), to.middle())
	if r.Change == nil {
		return
	}
	if v, ok := stats.Yearly(*r.Change, years); ok {
		r.Years, r.Yearly = &years, &v
	}
}

// middle is the day in the middle of what a date can mean.
func (d Date) middle() time.Time {
	first := d.First()
	switch {
	case d.Month == 0:
		return time.Date(d.Year, time.July, 2, 0, 0, 0, 0, time.UTC)
	case d.Day == 0:
		return time.Date(d.Year, time.Month(d.Month), 15, 0, 0, 0, 0, time.UTC)
	}
	return first
}
