package domain

import "testing"

// TestLevelsBesideFigures: a published number of one level would give those that are
// hidden beside it back. A published total tells nothing of the levels.
func TestLevelsBesideFigures(t *testing.T) {
	f := &Framework{ID: "f", Scales: []Scale{five()}, Indicators: []Indicator{{ID: "a.b.c", Scale: "five", Polarity: Positive}}}
	counts := []int{4, 4, 1, 5, 0}
	figure := func(count int, levels ...Status) Figure {
		return Figure{Round: "r", Indicator: "a.b.c", Of: Criterion{Answered: []IndicatorID{"a.b.c"}},
			Counts: Criterion{Statuses: map[IndicatorID][]Status{"a.b.c": levels}}, Count: count, Denominator: 14}
	}
	for name, c := range map[string]struct {
		figures []Figure
		shown   bool
	}{
		"none":  {nil, true},
		"total": {[]Figure{figure(6, "3", "4", "5")}, true},
		"level": {[]Figure{figure(5, "4")}, false},
	} {
		who := NewSet(14)
		y := Column{Scale: five(), Yes: NewSet(14), No: NewSet(14), Missing: NewSet(14), NotApplicable: NewSet(14)}
		tab := &Tabulation{round: Round{ID: "r"}, framework: f}
		for level, n := range counts {
			y.Levels = append(y.Levels, NewSet(14))
			for range n {
				at := len(tab.roll)
				tab.roll = append(tab.roll, Enrolment{Respondent: Respondent([]string{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH", "XAI", "XAJ", "XAK", "XAL", "XAM", "XAN"}[at])})
				y.Levels[level].Add(at)
				who.Add(at)
				if level >= 2 {
					y.Yes.Add(at)
				} else {
					y.No.Add(at)
				}
			}
		}
		tab.asked, tab.columns = who, []Column{y}
		d := Disclose(PublicDisclosure(), "", Lineage{f}, []PublicRound{{Answers: tab, Figures: c.figures}})
		got := d.Spread("r", 0, tab.Share(0, nil).Distribution())
		switch {
		case !d.ShowsAll("r", 0):
			t.Errorf("%s: the total is hidden: the test tests nothing", name)
		case (got != nil) != c.shown:
			t.Errorf("%s: levels shown: %t", name, got != nil)
		case got != nil && (got.Levels[2].Count != nil || got.Levels[3].Count != nil):
			t.Errorf("%s: the level with one answer stands there, or follows", name)
		}
	}
}
