package domain

import (
	"math/bits"
	"slices"
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

// crossing is what the respondents of two rounds answered to one indicator: within
// the group that is compared, and without who it does not apply to.
type crossing struct {
	from, to     stats.Count // each round's own
	table        stats.Table // asked in both
	joined, left stats.Count // asked in one
}

// cross counts a line in a part of the respondents, sixty-four at a time.
func (c *comparer) cross(l *line, p *part) crossing {
	var out crossing
	var then, now [3]Set // in the order of stats.Answer
	if l.earlier >= 0 {
		then = c.a.Column(l.earlier).answers()
	}
	if l.later >= 0 {
		now = c.b.Column(l.later).answers()
	}
	var from, to [3]int
	for i := range c.a.asked {
		var a, b [3]uint64
		for k := range a {
			a[k], b[k] = then[k].word(i), now[k].word(i)
			if p.from != nil {
				a[k], b[k] = a[k]&p.from.word(i), b[k]&p.to.word(i)
			}
			from[k] += bits.OnesCount64(a[k])
			to[k] += bits.OnesCount64(b[k])
		}
		for k, x := range a {
			for m, y := range b {
				out.table[k][m] += bits.OnesCount64(x & y)
			}
		}
	}
	out.from = stats.Count{Yes: from[0], N: from[0] + from[1], Missing: from[2]}
	out.to = stats.Count{Yes: to[0], N: to[0] + to[1], Missing: to[2]}
	f, t := out.table.From(), out.table.To()
	out.left = stats.Count{Yes: out.from.Yes - f.Yes, N: out.from.N - f.N, Missing: out.from.Missing - f.Missing}
	out.joined = stats.Count{Yes: out.to.Yes - t.Yes, N: out.to.N - t.N, Missing: out.to.Missing - t.Missing}
	return out
}

// answers are the sets of who said yes, no and nothing.
func (y *Column) answers() [3]Set { return [3]Set{y.Yes, y.No, y.Missing} }

// countWithin is how many are in both sets and in who, nil being all.
func countWithin(a, b, who Set) int {
	if who == nil {
		return CountAnd(a, b)
	}
	return CountAnd(a, b, who)
}

// detail completes a row whose sides are both computed.
func (c *comparer) detail(row *Comparison, n *numbers, l *line, p *part, x crossing) {
	if row.Break || l.earlier < 0 || row.FromOrigin != Computed || row.ToOrigin != Computed {
		return
	}
	pairs := x.table.Pairs()
	n.fromInterval, n.toInterval = wilson(n.fromCount, n.fromN), wilson(n.toCount, n.toN)
	panel := stats.BoundsOfDifference(x.table.From(), x.table.To())
	d := &n.detail
	d.Kept, d.Never, d.Gained, d.Lost, d.Joined, d.Left = pairs.Both, pairs.Neither, pairs.Gained, pairs.Lost, x.joined.N, x.left.N
	d.NewlyAnswering, d.NoLongerAnswered = x.table[2][0]+x.table[2][1], x.table[0][2]+x.table[1][2]
	d.FromInterval, d.ToInterval, d.PanelLow, d.PanelHigh = &n.fromInterval, &n.toInterval, panel.Low, panel.High
	if pairs.N() > 0 {
		n.mid = stats.McNemarMidP(pairs.Gained, pairs.Lost)
		d.MidP = &n.mid
	}
	if x.decompose(&n.parts) {
		d.Decomposition = &n.parts
	}
	if steps := c.steps(l, p); len(steps) > 0 {
		d.Graded = gradedChange(steps)
	}
	row.Detail = d
}

func wilson(count, n int) [2]float64 {
	w := stats.Wilson(count, n, stats.Z95)
	return [2]float64{w.Low, w.High}
}

// decompose splits the change; false where nobody answered twice.
func (x crossing) decompose(out *Decomposition) bool {
	t := x.table
	d, err := stats.Decompose(stats.Crossing{Stayed: t.Pairs(), Joined: x.joined, Left: x.left,
		Began:   stats.Count{Yes: t[2][0], N: t[2][0] + t[2][1]},
		Stopped: stats.Count{Yes: t[0][2], N: t[0][2] + t[1][2]}})
	if err != nil {
		return false
	}
	*out = Decomposition{Denominator: d.Denominator, Total: d.Total, Gained: d.Gained, Lost: d.Lost, Joined: d.Joined, Began: d.Began,
		Left: d.Left, Stopped: d.Stopped, Stayed: d.Share(d.Stayed()), Composition: d.Share(d.Composition())}
	return true
}

// steps are how far each went who answered twice, on a graded scale that both
// rounds have.
func (c *comparer) steps(l *line, p *part) []int {
	a, b := c.a.Column(l.earlier), c.b.Column(l.later)
	if !b.Scale.Graded() || !slices.Equal(a.Scale.Values, b.Scale.Values) {
		return nil
	}
	var out []int
	for i, then := range a.Levels {
		for j, now := range b.Levels {
			for range countWithin(then, now, p.both) {
				out = append(out, j-i)
			}
		}
	}
	return out
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
func (r *Comparison) missingBounds(n *numbers, x crossing) {
	from, to := x.from, x.to
	if r.Panel == Matched {
		from, to = x.table.From(), x.table.To()
	}
	n.fromBounds, n.toBounds = pair(stats.BoundsOfShare(from)), pair(stats.BoundsOfShare(to))
	n.changeBounds = [2]float64{n.toBounds[0] - n.fromBounds[1], n.toBounds[1] - n.fromBounds[0]}
	if r.Panel == All && r.FromOrigin == Computed {
		r.FromBounds = &n.fromBounds
	}
	if r.Panel == All && r.ToOrigin == Computed {
		r.ToBounds = &n.toBounds
	}
	if r.Change != nil && r.FromOrigin == Computed && r.ToOrigin == Computed {
		r.ChangeBounds = &n.changeBounds
	}
	r.sensitivity(n, from.Asked() > 0, to.Asked() > 0)
}

func pair(b stats.Bounds) [2]float64 { return [2]float64{b.Low, b.High} }

// yearly divides a change by the years between two reference dates, of which the
// middle counts where only the year or the month is known.
func (r *Comparison) yearly(n *numbers, years float64) {
	if r.Change == nil {
		return
	}
	if v, ok := stats.Yearly(n.change, years); ok {
		n.years, n.yearly = years, v
		r.Years, r.Yearly = &n.years, &n.yearly
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
