package stats

import (
	"math"
	"sync"
)

// tails are those of up to 256 tosses, which are asked for again and again.
var tails = sync.OnceValue(func() [][][2]float64 {
	out := make([][][2]float64, 257)
	for n := range out {
		out[n] = make([][2]float64, n/2+1)
		for k := range out[n] {
			out[n][k][0], out[n][k][1] = countTail(k, n)
		}
	}
	return out
})

// tail is countTail, looked up where it can be.
func tail(k, n int) (sum, just float64) {
	known := tails()
	if n >= len(known) || k > n/2 {
		return countTail(k, n)
	}
	return known[n][k][0], known[n][k][1]
}

// countTail is the probability of k or fewer heads in n tosses of a fair coin, and of
// just k. It is exact to the last bits: C(n, i) is a whole number that float64
// holds without rounding up to n = 50, and later each step rounds once.
func countTail(k, n int) (sum, just float64) {
	const far = 0x1p512
	scale := -n
	just, sum = 1, 1
	for i := 1; i <= k; i++ {
		just = just * float64(n-i+1) / float64(i)
		sum += just
		if sum > far {
			just, sum, scale = just/far, sum/far, scale+512
		}
	}
	return math.Ldexp(sum, scale), math.Ldexp(just, scale)
}

// pvalue keeps a probability within what a p-value can be: it is never 0.
func pvalue(p float64) float64 {
	return min(1, max(p, math.SmallestNonzeroFloat64))
}

// McNemar is the exact two-sided p-value that as many gained as lost, given how
// many changed: a binomial test of gained in n = gained + lost against one half,
//
//	min(1, 2 Σ C(n, i) / 2ⁿ),  i from 0 to min(gained, lost).
//
// It is 1 where nobody changed. Who did not change is left out.
//
// Source: McNemar (1947), Psychometrika 12:153; exact form in Agresti,
// Categorical Data Analysis, 3rd ed., section 11.1.
func McNemar(gained, lost int) float64 {
	if gained == lost || gained < 0 || lost < 0 {
		return 1
	}
	sum, _ := tail(min(gained, lost), gained+lost)
	return pvalue(2 * sum)
}

// McNemarMidP is the mid-p form, less conservative: half the probability of what
// was seen is left out of each tail. It may exceed its level, by little.
//
// Source: Fagerland, Lydersen, Laake (2013), BMC Med. Res. Methodol. 13:91.
func McNemarMidP(gained, lost int) float64 {
	if gained < 0 || lost < 0 || gained+lost == 0 {
		return 1
	}
	sum, just := tail(min(gained, lost), gained+lost)
	if gained == lost {
		return 1 - just
	}
	return pvalue(2*sum - just)
}

// Sign is the outcome of a sign test.
type Sign struct {
	Up, Down int
	Ties     int // who did not move, and counts for nothing
	// P is the exact two-sided p-value that as many move up as down.
	P float64
}

// SignTest tests whether as many moved up a scale as down, whatever the size of
// the steps; ties leave the test. It asks only that the levels be ordered. On a
// scale of two levels it is McNemar's test.
//
// Source: Dixon and Mood (1946), J. Am. Stat. Assoc. 41:557; Conover, Practical
// Nonparametric Statistics, 3rd ed., section 3.4.
func SignTest(up, down, ties int) Sign {
	return Sign{up, down, ties, McNemar(up, down)}
}
