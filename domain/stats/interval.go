package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a confidence interval, of a share or of a difference of shares. It
// describes what chance does to a random sample. Respondents who were no random
// sample have one only by analogy: bounds come first.
type Interval struct{ Low, High float64 }

// Z95 is the standard normal quantile of a two-sided 95 % interval, 1.95996….
var Z95 = distuv.UnitNormal.Quantile(0.975)

// Wilson is the score interval of a proportion of count in n at level z, without
// continuity correction:
//
//	(2x + z² ± z √(z² + 4x(1 − x/n))) / 2(n + z²).
//
// For n = 0, or a count outside of 0 to n, it is [0, 1]: nothing is known.
//
// Source: Wilson (1927), J. Am. Stat. Assoc. 22:209; method 3 of Newcombe (1998),
// Statistics in Medicine 17:857.
func Wilson(count, n int, z float64) Interval {
	if n <= 0 || count < 0 || count > n {
		return Interval{0, 1}
	}
	x, m := float64(count), float64(n)
	p := x / m
	mid := 2*x + z*z
	half := z * math.Sqrt(z*z+4*x*(1-p))
	den := 2 * (m + z*z)
	out := Interval{max(0, (mid-half)/den), min(1, (mid+half)/den)}
	// At the ends the formula gives 0 and 1 but for rounding.
	if count == 0 {
		out.Low = 0
	}
	if count == n {
		out.High = 1
	}
	return out
}

// Estimate is a number with its interval.
type Estimate struct {
	Value float64
	Interval
}

// ShareOf is a share with Wilson's interval. N must be above 0.
func ShareOf(count, n int, z float64) Estimate {
	return Estimate{float64(count) / float64(n), Wilson(count, n, z)}
}

// minus is the interval of the difference of two estimates, e less other, whose
// correlation is phi. The distance of each limit from its estimate stands for the
// standard error near that limit.
//
// Source: Newcombe's square and add, and its general form, MOVER: Zou and Donner
// (2008), Statistics in Medicine 27:1693.
func (e Estimate) minus(other Estimate, phi float64) Interval {
	side := func(a, b float64) float64 { return math.Sqrt(max(0, a*a-2*phi*a*b+b*b)) }
	d := e.Value - other.Value
	return Interval{
		d - side(e.Value-e.Low, other.High-other.Value),
		d + side(e.High-e.Value, other.Value-other.Low),
	}
}

// within cuts an interval to what is possible; the formulas leave it by rounding
// only.
func (i Interval) within(limit float64) Interval {
	return Interval{max(-limit, i.Low), min(limit, i.High)}
}

// Newcombe is the hybrid score interval of the difference of two independent
// proportions, later minus earlier. With p₂ (l₂, u₂) later and p₁ (l₁, u₁)
// earlier, each with Wilson's interval, it is
//
//	p₂ − p₁ − √((p₂ − l₂)² + (u₁ − p₁)²)  to  p₂ − p₁ + √((u₂ − p₂)² + (p₁ − l₁)²).
//
// Where a side has nobody it is [-1, 1].
//
// Source: Newcombe (1998), Statistics in Medicine 17:873, method 10.
func Newcombe(fromCount, fromN, toCount, toN int, z float64) Interval {
	if !(Count{Yes: fromCount, N: fromN}).valid() || !(Count{Yes: toCount, N: toN}).valid() || fromN == 0 || toN == 0 {
		return Interval{-1, 1}
	}
	return NewcombeOf(ShareOf(fromCount, fromN, z), ShareOf(toCount, toN, z))
}

// NewcombeOf is [Newcombe] of two shares that have their intervals already.
func NewcombeOf(from, to Estimate) Interval { return to.minus(from, 0).within(1) }

// Pairs are the answers of the same respondents at two times: both yes, only
// later (gained), only earlier (lost), neither.
type Pairs struct{ Both, Gained, Lost, Neither int }

// N is the number of pairs.
func (p Pairs) N() int { return p.Both + p.Gained + p.Lost + p.Neither }

// NewcombePaired is the hybrid score interval of the difference of two paired
// proportions, later minus earlier: as [Newcombe], with −2φab under each root for
// the correlation φ of the two answers. Its numerator, both·neither −
// gained·lost, is brought towards 0 by n/2, no further than 0, where it is
// positive; φ is 0 where a margin of the table is 0. For no pairs it is [-1, 1].
//
// Source: Newcombe (1998), Statistics in Medicine 17:2635, method 10.
func NewcombePaired(p Pairs, z float64) Interval {
	n := p.N()
	if n == 0 || min(p.Both, p.Gained, p.Lost, p.Neither) < 0 {
		return Interval{-1, 1}
	}
	return NewcombePairedOf(p, ShareOf(p.Both+p.Lost, n, z), ShareOf(p.Both+p.Gained, n, z))
}

// NewcombePairedOf is [NewcombePaired] of pairs whose two shares have their intervals
// already.
func NewcombePairedOf(p Pairs, from, to Estimate) Interval {
	return to.minus(from, p.phi()).within(1)
}

// phi is the correlation of the two answers, corrected for continuity where it is
// positive.
func (p Pairs) phi() float64 {
	e, f, g, h := float64(p.Both), float64(p.Gained), float64(p.Lost), float64(p.Neither)
	margins := (e + f) * (g + h) * (e + g) * (f + h)
	if margins == 0 {
		return 0
	}
	a := e*h - f*g
	if a > 0 {
		a = max(a-(e+f+g+h)/2, 0)
	}
	return a / math.Sqrt(margins)
}

// DifferenceOfDifferences is how much more b changed than a, with its interval,
// from each group's change and interval, both at the same level. The groups must
// have no respondent in common; within a group the change may be of pairs.
//
//	d = b − a,  d − √((b − lb)² + (ua − a)²)  to  d + √((ub − b)² + (a − la)²)
//
// Source: MOVER, Zou and Donner (2008), Statistics in Medicine 27:1693, put to two
// of Newcombe's intervals.
func DifferenceOfDifferences(a, b Estimate) Estimate {
	return Estimate{b.Value - a.Value, b.minus(a, 0).within(2)}
}
