package stats

import (
	"math"
	"slices"
	"sync"
)

// ExactRanks is the most steps that [Wilcoxon] treats exactly: their 2ⁿ signs can
// be counted in whole numbers.
const ExactRanks = 62

// SignedRank is the outcome of a signed-rank test.
type SignedRank struct {
	N     int // who moved
	Zeros int // who did not
	// WPlus and WMinus are the sums of the ranks of the steps up and down.
	WPlus, WMinus float64
	// P is the two-sided p-value that steps up and down of the same size are
	// equally likely.
	P float64
	// Exact says that P is counted over all signs of the steps that were seen, ties
	// and all; else it is the normal approximation.
	Exact bool
}

// Wilcoxon tests whether steps up and down a graded scale balance, large steps
// weighing more: the sizes of the steps are ranked, ties sharing the mean of
// their ranks, and the ranks of the steps up are summed. Steps of 0 are dropped
// before ranking. Steps must be comparable in size, which an ordinal scale does
// not promise: [SignTest] asks less. On a scale of two levels both are McNemar's
// test.
//
// Up to [ExactRanks] steps the distribution is exact, given the ties that were
// seen: each of the 2ⁿ signs is equally likely. Beyond, with r the ranks and
// W = Σ r over the steps up, P is that of
//
//	z = (|W − Σr/2| − ½) / √(Σr²/4),
//
// which is the usual correction for ties and for continuity.
//
// Source: Wilcoxon (1945), Biometrics Bulletin 1:80; conditional on ties as in
// Hollander, Wolfe, Chicken, Nonparametric Statistical Methods, 3rd ed., section
// 3.1; zeros as Wilcoxon.
func Wilcoxon(steps []int) SignedRank { return signedRank(steps, false) }

// WilcoxonPratt is [Wilcoxon] with the zeros ranked among the steps, as the
// smallest, and dropped afterwards. Raising all steps alike then never weakens the
// evidence that they go up, which dropping zeros first can do; where most stay, it
// comes nearer to the sign test.
//
// Source: Pratt (1959), J. Am. Stat. Assoc. 54:655.
func WilcoxonPratt(steps []int) SignedRank { return signedRank(steps, true) }

// ranked is how many steps of one size there are.
type ranked struct {
	up, down int
	twice    int // twice the mean rank, a whole number
}

// WilcoxonCounts is [Wilcoxon] of steps that have been counted: up[d] of size d up
// the scale, and down[d] down; those of size 0 in either are the zeros.
func WilcoxonCounts(up, down []int) SignedRank {
	var small [16]ranked
	groups, zeros := small[:0], 0
	for d := range max(len(up), len(down)) {
		var g ranked
		if d < len(up) {
			g.up = up[d]
		}
		if d < len(down) {
			g.down = down[d]
		}
		switch {
		case d == 0:
			zeros = g.up + g.down
		case g.up+g.down > 0:
			groups = append(groups, g)
		}
	}
	return rankGroups(groups, zeros, false)
}

func signedRank(steps []int, pratt bool) SignedRank {
	var small [16]ranked
	groups, zeros := tally(small[:0], steps)
	return rankGroups(groups, zeros, pratt)
}

// rankGroups tests groups of steps of one size, smallest first.
func rankGroups(groups []ranked, zeros int, pratt bool) SignedRank {
	out := SignedRank{Zeros: zeros}
	before := 0
	if pratt {
		before = zeros
	}
	plus, all, squares := 0, 0, 0.0
	for i, g := range groups {
		n := g.up + g.down
		r := 2*before + n + 1
		groups[i].twice = r
		before += n
		out.N += n
		plus += g.up * r
		all += n * r
		squares += float64(n) * float64(r) * float64(r)
	}
	out.WPlus, out.WMinus = float64(plus)/2, float64(all-plus)/2
	out.Exact = out.N <= ExactRanks
	less := min(plus, all-plus)
	switch {
	case 2*less == all: // none moved, or both sums are equal
		out.P = 1
	case out.Exact:
		out.P = pvalue(2 * math.Ldexp(float64(signs(groups, less)), -out.N))
	default:
		z := (float64(all)/2 - float64(less) - 1) / (math.Sqrt(squares) / 2)
		out.P = pvalue(math.Erfc(max(z, 0) / math.Sqrt2))
	}
	return out
}

// tally counts the steps by size, smallest first, appending to groups.
func tally(groups []ranked, steps []int) (_ []ranked, zeros int) {
	const graded = 16
	var small [graded]ranked // by size: a scale has few levels
	var large []int
	for _, d := range steps {
		switch {
		case d == 0:
			zeros++
		case d > 0 && d < graded:
			small[d].up++
		case d < 0 && d > -graded:
			small[-d].down++
		default:
			large = append(large, d)
		}
	}
	for _, g := range small {
		if g.up+g.down > 0 {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(large, func(a, b int) int { return compareSize(a, b) })
	for i, d := range large {
		if i == 0 || compareSize(d, large[i-1]) != 0 {
			groups = append(groups, ranked{})
		}
		if g := &groups[len(groups)-1]; d > 0 {
			g.up++
		} else {
			g.down++
		}
	}
	return groups, zeros
}

// compareSize compares the sizes of two steps, the least int included, whose size
// no int holds.
func compareSize(a, b int) int {
	size := func(v int) uint64 {
		if v < 0 {
			return uint64(-(v + 1)) + 1
		}
		return uint64(v)
	}
	switch x, y := size(a), size(b); {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// signs counts in how many of the 2ⁿ ways to sign the ranks, doubled, the sum of
// the positive ones is at most less.
func signs(groups []ranked, less int) uint64 {
	cases := 1
	for _, g := range groups[1:] {
		if cases *= g.up + g.down + 1; cases > 1<<13 {
			return signsBySum(groups, less)
		}
	}
	return signsByGroup(subsets(), groups, less)
}

// subsets are, for up to [ExactRanks] things, in how many ways one can take k of
// them or fewer: whole numbers.
var subsets = sync.OnceValue(func() *[ExactRanks + 1][]uint64 {
	var out [ExactRanks + 1][]uint64
	for n := range out {
		out[n] = make([]uint64, n+1)
		ways := uint64(1)
		for k := range out[n] {
			out[n][k] = ways
			if k > 0 {
				out[n][k] += out[n][k-1]
			}
			ways = ways * uint64(n-k) / uint64(k+1)
		}
	}
	return &out
})

// signsByGroup tries how many of each group of equal ranks are positive, the
// highest ranks first; of the lowest, how many at most. It suits a graded scale,
// whose steps have few sizes.
func signsByGroup(subsets *[ExactRanks + 1][]uint64, groups []ranked, less int) uint64 {
	g := groups[len(groups)-1]
	n := g.up + g.down
	upTo := subsets[n]
	if len(groups) == 1 {
		return upTo[min(n, less/g.twice)]
	}
	before, total := uint64(0), uint64(0)
	for i := 0; i <= n && less >= 0; i++ {
		total += (upTo[i] - before) * signsByGroup(subsets, groups[:len(groups)-1], less)
		before = upTo[i]
		less -= g.twice
	}
	return total
}

// signsBySum adds rank by rank: ways[s] counts the signs of the ranks so far whose
// sum is s.
func signsBySum(groups []ranked, less int) uint64 {
	var small [1024]uint64
	ways := small[:]
	if less >= len(small) {
		ways = make([]uint64, less+1)
	}
	ways = ways[:less+1]
	ways[0] = 1
	reach := 0
	for _, g := range groups {
		for range g.up + g.down {
			reach = min(reach+g.twice, less)
			for s := reach; s >= g.twice; s-- {
				ways[s] += ways[s-g.twice]
			}
		}
	}
	total := uint64(0)
	for _, w := range ways[:reach+1] {
		total += w
	}
	return total
}
