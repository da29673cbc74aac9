package maturity

import (
	"fmt"
	"testing"

	"headway/domain"
)

// TestStagesThatAnybodyMaySee: those of few indicators are their counts, and counts of
// few are of few.
func TestStagesThatAnybodyMaySee(t *testing.T) {
	f := &domain.Framework{ID: "f", Scales: []domain.Scale{domain.Binary()}, Domains: []domain.Domain{{ID: "x"}, {ID: "y"}}}
	for i := range 16 {
		d := []string{"x", "y"}[i/12]
		f.Indicators = append(f.Indicators, domain.Indicator{ID: domain.IndicatorID(fmt.Sprintf("%s.a.i%d", d, i)), Domain: d, Scale: "binary", Polarity: domain.Positive})
	}
	for _, c := range []struct {
		rules  []string // above the lowest stage
		counts []int
		shown  bool
		why    string
	}{
		{[]string{`share() >= 0.5`}, []int{20, 17, 5}, true, "of sixteen indicators"},
		{[]string{`share("x") >= 0.5`, `in_place("x.a.i0")`}, []int{20, 10, 7, 5}, true, "of twelve, and one above that"},
		{[]string{`share() >= 0.5`}, []int{3, 0, 39}, false, "of too few respondents"},
		{[]string{`share() >= 0.5`}, []int{30, 0, 7}, true, "nobody is higher"},
		{[]string{`share() >= 0.5`}, []int{0, 30, 7}, false, "nobody is below what the rule asks: all have it"},
		{[]string{`share() >= 0.5`}, []int{35, 2, 5}, false, "few are in a stage"},
		{[]string{`share() >= 0.5`, `share() >= 0.6`, `share() >= 0.9`}, []int{9, 5, 2, 21, 0}, false, "few are in one of many"},
		{[]string{`in_place("x.a.i0")`}, []int{20, 17, 5}, false, "one indicator's count"},
		{[]string{`in_place("x.a.i0") || in_place("x.a.i1")`, `in_place("x.a.i0") && in_place("x.a.i1")`}, []int{10, 10, 17, 5}, false, "the sum of two"},
		{[]string{`in_place("x.a.i0")`, `share() >= 0.5`}, []int{10, 10, 17, 5}, false, "all who are above the lowest have one indicator"},
		{[]string{`share("y") >= 0.5`}, []int{20, 17, 5}, false, "of four indicators"},
		{[]string{`answered() >= 0.5 && in_place("x.a.i0")`}, []int{20, 17, 5}, false, "who answered is known"},
		{[]string{`answered("x") >= 0.5 && rank("x.a.i0") > 1`}, []int{20, 17, 5}, false, "who answered is known, of a domain too"},
		{[]string{`share("x") >= 0.1`, `share("x") >= 0.3`, `share("x") >= 0.5`, `share("x") >= 0.6`, `share("x") >= 0.7`, `share("x") >= 0.8`}, []int{5, 5, 5, 5, 5, 5, 5, 0}, false,
			"so fine a ladder that it tells the sum"},
	} {
		def := domain.MaturityModel{ID: "m", Framework: "f", Stages: []domain.Stage{{ID: "s0"}}}
		for i, r := range c.rules {
			def.Stages = append(def.Stages, domain.Stage{ID: fmt.Sprintf("s%d", i+1), Rule: r})
		}
		m, err := Compile(def, f)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Shown(domain.PublicDisclosure(), "all", c.counts); got != c.shown {
			t.Errorf("%s: %v of %q: shown %t", c.why, c.counts, c.rules, got)
		}
	}
}
