package chart

import (
	"slices"
	"strings"
	"testing"
)

// TestAFlowRunsAsItsLanguageReads: states that nobody has are left out, and the first
// round is where reading begins.
func TestAFlowRunsAsItsLanguageReads(t *testing.T) {
	from := []State{{Meaning: MeansInPlace, Label: "a"}, {Meaning: MeansPartial, Label: "nobody"}}
	to := []State{{Meaning: MeansInPlace, Label: "a"}, {Meaning: MeansHidden, Label: "hidden"}}
	for _, v := range []View{{}, {RTL: true}} {
		c, err := Flow(v, "flow", "then", "now", "", from, to, []Move{{0, 0, 20, ""}, {0, 1, 3, ""}, {1, 0, 0, ""}}, Table{})
		if err != nil {
			t.Fatal(err)
		}
		s := series(c.option, 0)
		nodes, _ := s["data"].([]any)
		links, _ := s["links"].([]any)
		if len(nodes) != 3 || len(links) != 2 || s["layoutIterations"] != 0 {
			t.Fatalf("%d states, %d moves, %v", len(nodes), len(links), s["layoutIterations"])
		}
		first, _ := nodes[0].(map[string]any)
		link, _ := links[0].(map[string]any)
		wantDepth, wantSource := 0, "0.0"
		if v.RTL {
			wantDepth, wantSource = 1, "1.0"
		}
		if first["depth"] != wantDepth || link["source"] != wantSource {
			t.Errorf("right to left %v: the first state stands at %v, a move begins at %v", v.RTL, first["depth"], link["source"])
		}
	}
}

// TestAGridKeepsItsCells: each cell is a letter of its row, keys that are in none
// have no legend, and what is too large has no letters.
func TestAGridKeepsItsCells(t *testing.T) {
	keys := []Key{{MeansInPlace, "yes", "●"}, {MeansNotInPlace, "no", "○"}, {MeansNoAnswer, "nobody", "?"}}
	grid := func(rows int) Chart {
		list := make([]Row, rows)
		for i := range list {
			list[i] = Row{Label: "r", Cells: []int{0, Blank, 1, 0}}
		}
		c, err := Grid(View{}, "grid", "", keys, []string{"a", "b", "c", "d"}, list, Table{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := grid(2)
	if got := c.option["headwayCells"]; !slices.Equal(got.([]any), []any{"0 10", "0 10"}) { //nolint:forcetypeassert // a test
		t.Errorf("cells %q", got)
	}
	if list, _ := c.option["series"].([]any); len(list) != 2 {
		t.Errorf("%d series", len(list))
	}
	small, err1 := c.JSON()
	large, err2 := grid(1000).JSON()
	if err1 != nil || err2 != nil || !strings.Contains(small, "●") || strings.Contains(large, "●") {
		t.Errorf("letters: %v and %v (%v, %v)", strings.Contains(small, "●"), strings.Contains(large, "●"), err1, err2)
	}
	if _, err := Grid(View{}, "grid", "", make([]Key, 37), nil, nil, Table{}); err == nil {
		t.Error("37 keys were taken")
	}
}

// TestADumbbellShowsBandsAndChanges: bands of either round lie about their dots, and
// the change is a number in every language.
func TestADumbbellShowsBandsAndChanges(t *testing.T) {
	p := Pair{Label: "x", From: share(.25), To: share(.5), FromLow: share(.25), FromHigh: share(.5), ToLow: share(.5), ToHigh: share(.75), Change: "+25.0"}
	with, err1 := Dumbbell(View{Band: "band"}, "d", "then", "now", "", []Pair{p, {Label: "hidden"}}, Table{})
	p.ToLow, p.FromHigh, p.Change = nil, nil, ""
	without, err2 := Dumbbell(View{Band: "band"}, "d", "then", "now", "", []Pair{p, {Label: "hidden"}}, Table{})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i, want := range []int{1, 1, 1, 1, 1, 1, 1, 1, 1} {
		a, _ := series(with.option, i)["data"].([]any)
		b, _ := series(without.option, i)["data"].([]any)
		if len(a) != want || (i < 2 || i == 4 || i == 5 || i == 8) != (len(b) == 0) {
			t.Errorf("series %d has %d and %d", i, len(a), len(b))
		}
	}
	text, err := with.JSON()
	if err != nil || !strings.Contains(text, "\u2066+25.0\u2069") {
		t.Errorf("the change is not a number of its own (%v)", err)
	}
	legend := func(c Chart) int { l, _ := object(c.option, "legend")["data"].([]any); return len(l) }
	if legend(with) != 3 || legend(without) != 2 {
		t.Errorf("legends of %d and %d", legend(with), legend(without))
	}
}

// TestMeaningsDiffer: no two meanings look alike, and what is not an answer is told
// by more than color.
func TestMeaningsDiffer(t *testing.T) {
	seen := map[string]Meaning{}
	for m := MeansInPlace; m <= MeansHidden; m++ {
		look := m.look()
		_, hatched := look["decal"]
		border, _ := look["borderColor"].(string)
		color, _ := look["color"].(string)
		key := color + border + m.mark()
		if other, ok := seen[key]; ok {
			t.Errorf("%d looks like %d", m, other)
		}
		seen[key] = m
		if (m == MeansNoAnswer || m == MeansHidden) != hatched {
			t.Errorf("%d is hatched: %v", m, hatched)
		}
	}
	if Level(3, 4).look()["color"] != InPlace || Level(0, 4).look()["color"] != NotInPlace || !Level(3, 4).dark() || Level(0, 4).dark() {
		t.Error("levels do not run from light to dark")
	}
}
