package domain

import "math"

// Reason is why two numbers that ought to be the same likely differ.
type Reason string

// The reasons.
const (
	// RoundedOff: the printed percentage is that of the count, cut off or rounded to
	// whole percent in the other direction than usual.
	RoundedOff Reason = "rounding"
	// OtherDenominator: the printed percentage is that of the count and another
	// denominator that the source names.
	OtherDenominator Reason = "denominator"
	// MissingAnswers: the answers recorded here are fewer, or more, than the source
	// counted.
	MissingAnswers Reason = "missing_answers"
	// OtherAnswers: as many answered, and not the same.
	OtherAnswers Reason = "answers"
	// Unexplained: none of these.
	Unexplained Reason = "unexplained"
)

// Difference is one that is listed and never hidden. Its JSON is a promise.
type Difference struct {
	Of     string  `json:"of"` // "percent" (printed beside count/denominator) or "computed" (counted beside published)
	Reason Reason  `json:"reason"`
	By     float64 `json:"by"` // percentage points, the second less the first
}

// PrintedDifference compares the printed percentage of a figure with what its count
// and denominator come to, to as many decimals as are printed. Others are further
// denominators that the source names. Ok is false where they agree, or none is
// printed.
func (f Figure) PrintedDifference(others ...int) (d Difference, ok bool) {
	if f.StatedPercent == nil {
		return d, false
	}
	stated := *f.StatedPercent
	scale := math.Pow10(decimals(stated))
	exact := 100 * float64(f.Count) / float64(f.Denominator)
	if same(math.Round(exact*scale)/scale, stated) {
		return d, false
	}
	d = Difference{Of: "percent", Reason: Unexplained, By: stated - exact}
	if same(math.Floor(exact*scale)/scale, stated) || same(math.Ceil(exact*scale)/scale, stated) {
		d.Reason = RoundedOff
		return d, true
	}
	for _, n := range others {
		if n > 0 && same(math.Round(100*float64(f.Count)/float64(n)*scale)/scale, stated) {
			d.Reason = OtherDenominator
		}
	}
	return d, true
}

// ComputedDifference compares a figure with what recorded answers come to. Ok is
// false where they agree.
func (f Figure) ComputedDifference(count, denominator int) (d Difference, ok bool) {
	if denominator == 0 || count == f.Count && denominator == f.Denominator {
		return d, false
	}
	d = Difference{Of: "computed", Reason: OtherAnswers,
		By: 100*float64(count)/float64(denominator) - 100*float64(f.Count)/float64(f.Denominator)}
	if denominator != f.Denominator {
		d.Reason = MissingAnswers
	}
	return d, true
}

// decimals is how many decimals a percentage is printed with, at most two.
func decimals(v float64) int {
	for n := range 2 {
		if p := math.Pow10(n); same(math.Round(v*p)/p, v) {
			return n
		}
	}
	return 2
}

func same(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
