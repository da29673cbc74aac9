package domain

import (
	"math"
	"testing"
)

// TestSensitivityByHand: first 2 yes, 1 no and 1 missing of 4 asked, to a fifth it
// does not apply; then 3 yes, 1 no and 1 missing of 5.
func TestSensitivityByHand(t *testing.T) {
	from := answers("r1", map[Respondent]string{"XAA": "yy", "XAB": "yy", "XAC": "nn", "XAD": "--", "XAE": "xx"})
	to := answers("r2", map[Respondent]string{"XAA": "yy", "XAB": "yy", "XAC": "yy", "XAD": "nn", "XAE": "--"})
	near := func(what string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > 1e-12 {
			t.Errorf("%s is %v, not %v", what, got, want)
		}
	}
	rows, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{})
	if err != nil {
		t.Fatal(err)
	}
	s := rows[0].Sensitivity
	near("the earlier share if no", s.IfNo.From, 2.0/4)
	near("the earlier share if yes", s.IfYes.From, 3.0/4)
	near("the later share if no", s.IfNo.To, 3.0/5)
	near("the later share if yes", s.IfYes.To, 4.0/5)
	near("the change if no", s.IfNo.Change, 0.1)
	near("the change if yes", s.IfYes.Change, 0.05)
	near("the lowest change", s.YesNo.Change, 3.0/5-3.0/4)
	near("the highest change", s.NoYes.Change, 4.0/5-2.0/4)
	near("the lower bound", &rows[0].ChangeBounds[0], *s.YesNo.Change)
	near("the upper bound", &rows[0].ChangeBounds[1], *s.NoYes.Change)
	if s.Holds {
		t.Error("a change that may go either way holds")
	}
	// The panel: XAE leaves it, so that all four are known the second time.
	rows, err = Compare(Side{Answers: from}, Side{Answers: to}, Query{Panel: Matched})
	if err != nil {
		t.Fatal(err)
	}
	s = rows[0].Sensitivity
	near("the change of the panel if no", s.IfNo.Change, 3.0/4-2.0/4)
	near("the change of the panel if yes", s.IfYes.Change, 0)
	// From totals only one side can be had.
	rows, err = Compare(Side{Answers: from, Figures: []Figure{surveyed("a.b.one", 21, 42)}}, Side{Answers: to}, Query{})
	if err != nil {
		t.Fatal(err)
	}
	if s := rows[0].Sensitivity; s == nil || s.IfNo.From != nil || s.IfNo.Change != nil || s.IfYes.To == nil || rows[0].WhyNoTest != TotalsOnly || rows[1].WhyNoTest != "" {
		t.Errorf("from totals: %+v", rows[0])
	}
}

// TestANegativeIndicatorIsShownAsAsked: more that say yes is a higher share, and for
// the worse; the same the other way round.
func TestANegativeIndicatorIsShownAsAsked(t *testing.T) {
	none, all := map[Respondent]string{}, map[Respondent]string{}
	for _, r := range []Respondent{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH"} {
		none[r], all[r] = "nn", "yy"
	}
	for _, c := range []struct {
		from, to           map[Respondent]string
		positive, negative int
		change             float64
	}{{none, all, 1, -1, 1}, {all, none, -1, 1, -1}} {
		for _, panel := range []Panel{All, Matched} {
			rows, err := Compare(Side{Answers: answers("r1", c.from)}, Side{Answers: answers("r2", c.to)}, Query{Panel: panel})
			if err != nil {
				t.Fatal(err)
			}
			if *rows[0].Change != c.change || *rows[1].Change != c.change || rows[0].Better != c.positive || rows[1].Better != c.negative {
				t.Errorf("%s: %+v and %+v", panel, rows[0], rows[1])
			}
		}
	}
}
