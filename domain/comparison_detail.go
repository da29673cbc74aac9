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
	from, to           stats.Count // each round's own
	table              stats.Table // asked in both
	tableFrom, tableTo stats.Count
	joined, left       stats.Count // asked in one
}

// cross counts a line in a part of the respondents, sixty-four at a time.
func (c *comparer) cross(x *crossing, l *line, p *part) {
	n := len(c.rolls.a.asked)
	from, to := c.rolls.a.asked, c.rolls.b.asked
	if p.from != nil {
		from, to = p.from, p.to
	}
	from, to = from[:n], to[:n]
	yes, no, missing := l.then.Yes[:n], l.then.No[:n], l.then.Missing[:n]
	yesNow, noNow, missingNow := l.now.Yes[:n], l.now.No[:n], l.now.Missing[:n]
	*x = crossing{}
	t := &x.table
	for i, f := range from {
		g := to[i]
		a, b, m := yes[i]&f, no[i]&f, missing[i]&f
		d, e, o := yesNow[i]&g, noNow[i]&g, missingNow[i]&g
		t[0][0] += bits.OnesCount64(a & d)
		t[0][1] += bits.OnesCount64(a & e)
		t[0][2] += bits.OnesCount64(a & o)
		t[1][0] += bits.OnesCount64(b & d)
		t[1][1] += bits.OnesCount64(b & e)
		t[1][2] += bits.OnesCount64(b & o)
		t[2][0] += bits.OnesCount64(m & d)
		t[2][1] += bits.OnesCount64(m & e)
		t[2][2] += bits.OnesCount64(m & o)
		then, now := a|b|m, d|e|o
		if left := then &^ now; left != 0 {
			count(&x.left, a&left, b&left, m&left)
		}
		if joined := now &^ then; joined != 0 {
			count(&x.joined, d&joined, e&joined, o&joined)
		}
	}
	x.tableFrom, x.tableTo = t.From(), t.To()
	x.from, x.to = together(x.tableFrom, x.left), together(x.tableTo, x.joined)
}

// count adds those of sixty-four respondents.
func count(c *stats.Count, yes, no, missing uint64) {
	c.Yes += bits.OnesCount64(yes)
	c.N += bits.OnesCount64(yes | no)
	c.Missing += bits.OnesCount64(missing)
}

func together(a, b stats.Count) stats.Count {
	return stats.Count{Yes: a.Yes + b.Yes, N: a.N + b.N, Missing: a.Missing + b.Missing}
}

// detail completes a row whose sides are both computed.
func (c *comparer) detail(row *Comparison, n *numbers, l *line, p *part, x *crossing) {
	if row.Break || l.earlier < 0 || row.FromOrigin != Computed || row.ToOrigin != Computed {
		return
	}
	pairs := x.table.Pairs()
	panel := stats.BoundsOfDifference(x.tableFrom, x.tableTo)
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
	if l.graded() {
		d.Graded = l.gradedChange(p.both)
	}
	row.Detail = d
}

// decompose splits the change; false where nobody answered twice.
func (x *crossing) decompose(out *Decomposition) bool {
	t := &x.table
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

// graded reports whether both rounds ask the indicator on the same graded scale.
func (l *line) graded() bool {
	return l.now.Scale.Graded() && slices.Equal(l.then.Scale.Values, l.now.Scale.Values)
}

// gradedChange tells how far each went who answered twice, of those in a set, nil
// being all; nil where nobody did.
func (l *line) gradedChange(who Set) *GradedChange {
	var room [2][16]int
	up, down := append(room[0][:0], make([]int, len(l.now.Levels))...), append(room[1][:0], make([]int, len(l.now.Levels))...)
	for w := range l.now.Yes {
		mask := ^uint64(0)
		if who != nil {
			mask = who[w]
		}
		for i, then := range l.then.Levels {
			from := then[w] & mask
			for j := 0; from != 0 && j < len(l.now.Levels); j++ {
				to := from & l.now.Levels[j][w]
				from &^= to
				if j < i {
					down[i-j] += bits.OnesCount64(to)
				} else {
					up[j-i] += bits.OnesCount64(to)
				}
			}
		}
	}
	return gradedChange(up, down)
}

// gradedChange tests steps, counted by size: up[0] are those that were none.
func gradedChange(up, down []int) *GradedChange {
	w := stats.WilcoxonCounts(up, down)
	g := &GradedChange{Same: w.Zeros, WilcoxonP: w.P, Exact: w.Exact}
	for d := 1; d < len(up); d++ {
		g.Up, g.Down = g.Up+up[d], g.Down+down[d]
	}
	if g.Up+g.Down+g.Same == 0 {
		return nil
	}
	g.SignP = stats.SignTest(g.Up, g.Down, g.Same).P
	return g
}

// missingBounds sets what the missing answers allow, of each side that was computed
// and of the change between two such sides. In the matched panel nobody is missing
// on either side: there the change is bounded for all who were asked in both rounds.
func (r *Comparison) missingBounds(n *numbers, x *crossing) {
	from, to := x.from, x.to
	if r.Panel == Matched {
		from, to = x.tableFrom, x.tableTo
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
func (r *Comparison) yearly(n *numbers, years *float64) {
	if r.Change == nil {
		return
	}
	if v, ok := stats.Yearly(n.change, *years); ok {
		n.yearly = v
		r.Years, r.Yearly = years, &n.yearly
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
