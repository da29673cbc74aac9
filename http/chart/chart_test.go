package chart

import (
	"encoding/json"
	"strings"
	"testing"
)

func share(v float64) *float64 { return &v }

var bad = `</script><script>alert(1)</script> __f__alert(2)__f__ {b|x} <img src=x onerror=alert(3)>`

// all makes one chart of each kind, with a name everywhere.
func all(t *testing.T, v View, name string) []Chart {
	t.Helper()
	table := Table{Header: []string{name}}
	table.Group(name)
	table.Add(name, "1")
	n := func(k int) *int { return &k }
	d, err1 := Dumbbell(v, "shares", name, name+"2", name, []Pair{{Label: name, Heading: true}, {Label: name, From: share(0.25), To: share(0.5), FromTip: name, ToTip: name}, {Label: "only one", To: share(1)}}, table)
	l, err2 := Lines(v, "trend", name, []Line{{Name: name, Points: []Point{{Year: 2021, Value: share(0.5), Low: share(0.4), High: share(0.6), Tip: name}, {Year: 2023, Value: share(0.7), Break: true}}}}, "band", table)
	s, err3 := Stages(v, "stages", name, []string{name, "b"}, "rest", []Bar{{Label: name, Counts: []*int{n(3), nil}, Rest: 4}}, table)
	key := Key{Meaning: MeansInPlace, Label: name, Letter: name}
	b, err4 := Bars(v, "bars", name, []Key{key}, name, []Bar{{Label: name, Counts: []*int{n(3)}, Rest: 1}}, table)
	f, err5 := Flow(v, "flow", name, name, name, []State{{Label: name, Count: name}}, []State{{Label: name, Count: name}}, []Move{{Count: 3, Tip: name}}, table)
	g, err6 := Grid(v, "grid", name, []Key{key}, []string{name, "b"}, []Row{{Label: name, Cells: []int{0, Blank}}}, table)
	m, err7 := Multiples(v, "multiples", name, []Panel{{Label: name, Number: name, Note: name, Points: []Point{{Year: 2021, Value: share(0.5), Tip: name}}}}, table)
	for _, err := range []error{err1, err2, err3, err4, err5, err6, err7} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return []Chart{d, l, s, b, f, g, m}
}

func TestNamesAreTextInTheOptions(t *testing.T) {
	for _, v := range []View{{}, {RTL: true}} {
		for _, c := range all(t, v, bad) {
			text, err := c.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(text, "<>") {
				t.Errorf("%s: markup is not escaped", c.Name)
			}
			var option map[string]any
			if err := json.Unmarshal([]byte(text), &option); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, `"formatter":"function`) || strings.Contains(text, `__f__{`) {
				t.Errorf("%s: code came from data", c.Name)
			}
			aria, _ := option["aria"].(map[string]any)
			label, _ := aria["label"].(map[string]any)
			if label["description"] != bad {
				t.Errorf("%s: the description is %v", c.Name, label["description"])
			}
		}
	}
}

func TestTheSameNumbersGiveTheSameBytes(t *testing.T) {
	a, b := all(t, View{}, "x"), all(t, View{}, "x")
	for i := range a {
		x, err1 := a[i].JSON()
		y, err2 := b[i].JSON()
		if err1 != nil || err2 != nil || x != y {
			t.Errorf("%s differs", a[i].Name)
		}
	}
}

// TestRightToLeft: value axes run from the right, categories stand at the right,
// legends begin at the right, names are isolated.
func TestRightToLeft(t *testing.T) {
	for _, c := range all(t, View{RTL: true}, "اسم") {
		text, err := c.JSON()
		if err != nil || !strings.Contains(text, "\u2067اسم") {
			t.Errorf("%s: names are not isolated (%v)", c.Name, err)
		}
		if c.Name == "flow" {
			continue // it has no axes: see TestAFlowRunsAsItsLanguageReads
		}
		x, y := object(c.option, "xAxis"), object(c.option, "yAxis")
		if x["inverse"] != true || y["position"] != "right" {
			t.Errorf("%s: axes %v, %v", c.Name, x["inverse"], y["position"])
		}
		if l := object(c.option, "legend"); l["align"] != "right" {
			t.Errorf("%s: legend %v", c.Name, l)
		}
	}
}

func TestHiddenSharesAreAbsent(t *testing.T) {
	c, err := Dumbbell(View{}, "shares", "then", "now", "", []Pair{{Label: "hidden"}}, Table{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if data, _ := series(c.option, i)["data"].([]any); len(data) > 0 {
			t.Errorf("series %d has %v", i, data)
		}
	}
}

func TestABreakIsNotJoined(t *testing.T) {
	c := all(t, View{}, "x")[1]
	s := series(c.option, 0)
	data, _ := s["data"].([]any)
	if len(data) != 3 || s["connectNulls"] != false {
		t.Errorf("%d points, connected: %v", len(data), s["connectNulls"])
	}
}

func TestSpreadsheet(t *testing.T) {
	for in, want := range map[string]string{"": "", "a": "a", "=1+1": "'=1+1", "+1": "+1", "-8.3": "-8.3", "-1+cmd": "'-1+cmd", "@x": "'@x", "\tx": "'\tx", "+": "+", "23 of 42": "23 of 42"} {
		if got := Spreadsheet(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLabelsBreakByWords(t *testing.T) {
	if got := (View{}).label("one two three four", 9); got != "one two\nthree\nfour" {
		t.Errorf("%q", got)
	}
}

func TestStagesHaveColorsOfTheirOwn(t *testing.T) {
	for n := 1; n <= 7; n++ {
		seen := map[string]bool{}
		for i := range n {
			seen[stageColor(i, n)] = true
		}
		if len(seen) != n {
			t.Errorf("%d stages have %d colors", n, len(seen))
		}
	}
	if a, b := stageColor(0, 4), stageColor(3, 4); a != NotInPlace || b != InPlace {
		t.Errorf("stages run from %s to %s", a, b)
	}
}

// TestABreakIsNotBanded: what missing answers allow is not carried over a break.
func TestABreakIsNotBanded(t *testing.T) {
	p := func(year float64, cut bool) Point {
		return Point{Year: year, Value: share(0.5), Low: share(0.4), High: share(0.6), Break: cut}
	}
	low, width := bounds([]Line{{Points: []Point{p(2021, false), p(2023, true), p(2025, false)}}})
	if len(low) != 4 || len(width) != 4 {
		t.Errorf("%v, %v", low, width)
	}
}
