package domain

import (
	"math"
	"testing"
)

func TestPrintedDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		count, n int
		stated   float64
		others   []int
		reason   Reason
	}{
		"as it is":                       {36, 41, 88, nil, ""},
		"with a decimal":                 {36, 41, 87.8, nil, ""},
		"cut off":                        {23, 42, 54, nil, RoundedOff}, // the figure of 2021: 54.76 %
		"rounded up":                     {21, 41, 52, nil, RoundedOff}, // 51.2 %
		"of another denominator":         {36, 41, 86, []int{42}, OtherDenominator},
		"of one that nobody named":       {36, 41, 86, []int{40}, Unexplained},
		"a denominator that cannot be":   {36, 41, 70, []int{0}, Unexplained},
		"of all, with two decimals":      {1, 3, 33.33, nil, ""},
		"of all, cut off at two of them": {2, 3, 66.66, nil, RoundedOff},
	} {
		f := Figure{Count: c.count, Denominator: c.n, StatedPercent: &c.stated}
		d, ok := f.PrintedDifference(c.others...)
		if ok != (c.reason != "") || d.Reason != c.reason {
			t.Errorf("%s: %+v", name, d)
		}
		if ok && math.Abs(d.By-(c.stated-100*float64(c.count)/float64(c.n))) > 1e-9 {
			t.Errorf("%s: by %v", name, d.By)
		}
	}
	if _, ok := (Figure{Count: 1, Denominator: 2}).PrintedDifference(); ok {
		t.Error("nothing printed differs from nothing")
	}
}

func TestComputedDifferences(t *testing.T) {
	f := Figure{Count: 36, Denominator: 41}
	for name, c := range map[string]struct {
		count, n int
		reason   Reason
	}{"the same": {36, 41, ""}, "nobody": {0, 0, ""}, "one more answered": {36, 42, MissingAnswers}, "another answer": {35, 41, OtherAnswers}} {
		if d, ok := f.ComputedDifference(c.count, c.n); ok != (c.reason != "") || d.Reason != c.reason {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
