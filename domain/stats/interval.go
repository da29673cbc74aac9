package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a confidence interval, as shares or differences of shares.
type Interval struct{ Low, High float64 }

// Z95 is the standard normal quantile of a two-sided 95 % interval, 1.95996….
var Z95 = distuv.UnitNormal.Quantile(0.975)

// Wilson is the score interval of a proportion of count in n at level z, without
// continuity correction. For n = 0 it is [0, 1]: nothing is known.
//
// Source: Wilson (1927), J. Am. Stat. Assoc. 22:209; method 3 of Newcombe (1998),
// Statistics in Medicine 17:857.
func Wilson(count, n int, z float64) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	x, m := float64(count), float64(n)
	p := x / m
	mid := 2*x + z*z
	half := z * math.Sqrt(z*z+4*x*(1-p))
	den := 2 * (m + z*z)
	out := Interval{math.Max(0, (mid-half)/den), math.Min(1, (mid+half)/den)}
	// At the ends the formula gives 0 and 1 but for rounding.
	if count == 0 {
		out.Low = 0
	}
	if count == n {
		out.High = 1
	}
	return out
}

// Newcombe is the hybrid score interval of the difference of two independent
// proportions, later minus earlier.
//
// Source: Newcombe (1998), Statistics in Medicine 17:873, method 10.
func Newcombe(fromCount, fromN, toCount, toN int, z float64) Interval {
	if fromN <= 0 || toN <= 0 {
		return Interval{-1, 1}
	}
	p1, p2 := float64(toCount)/float64(toN), float64(fromCount)/float64(fromN)
	w1, w2 := Wilson(toCount, toN, z), Wilson(fromCount, fromN, z)
	d := p1 - p2
	return Interval{
		math.Max(-1, d-math.Hypot(p1-w1.Low, w2.High-p2)),
		math.Min(1, d+math.Hypot(w1.High-p1, p2-w2.Low)),
	}
}

// Pairs are the answers of the same respondents at two times: both yes, only
// later (gained), only earlier (lost), neither.
type Pairs struct{ Both, Gained, Lost, Neither int }

// N is the number of pairs.
func (p Pairs) N() int { return p.Both + p.Gained + p.Lost + p.Neither }

// NewcombePaired is the hybrid score interval of the difference of two paired
// proportions, later minus earlier. Phi, the correlation, is taken with its
// continuity correction where it is positive.
//
// Source: Newcombe (1998), Statistics in Medicine 17:2635, method 10.
func NewcombePaired(p Pairs, z float64) Interval {
	n := p.N()
	if n == 0 {
		return Interval{-1, 1}
	}
	e, f, g, h := float64(p.Both), float64(p.Gained), float64(p.Lost), float64(p.Neither)
	m := float64(n)
	p1, p2 := (e+f)/m, (e+g)/m
	w1, w2 := Wilson(p.Both+p.Gained, n, z), Wilson(p.Both+p.Lost, n, z)
	phi := 0.0
	if den := (e + f) * (g + h) * (e + g) * (f + h); den > 0 {
		a := e*h - f*g
		if a > 0 {
			a = math.Max(a-m/2, 0)
		}
		phi = a / math.Sqrt(den)
	}
	d := p1 - p2
	side := func(a, b float64) float64 { return math.Sqrt(math.Max(0, a*a-2*phi*a*b+b*b)) }
	return Interval{
		math.Max(-1, d-side(p1-w1.Low, w2.High-p2)),
		math.Min(1, d+side(w1.High-p1, p2-w2.Low)),
	}
}
