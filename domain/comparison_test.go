package domain

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// sheet is a round's answers to the indicators of testFramework.
type sheet struct {
	round Round
	f     *Framework
	who   []Enrolment
	cells [][]Status
}

func (s sheet) Round() Round             { return s.round }
func (s sheet) Framework() *Framework    { return s.f }
func (s sheet) Respondents() []Enrolment { return s.who }
func (s sheet) Status(i, j int) Status   { return s.cells[i][j] }

// answers makes a round from a string a respondent: y yes, n no, - no answer, x
// not applicable, a space nothing.
func answers(id RoundID, lines map[Respondent]string) sheet {
	s := sheet{round: Round{ID: id}, f: testFramework()}
	for _, r := range []Respondent{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH"} {
		line, ok := lines[r]
		if !ok {
			continue
		}
		income := "low"
		if r < "XAD" {
			income = "high"
		}
		s.who = append(s.who, Enrolment{Respondent: r, Attributes: map[string]string{"income": income}})
		row := make([]Status, 3)
		for j := range min(3, len(line)) {
			row[j] = map[byte]Status{'y': InPlace, 'n': NotInPlace, '-': NoAnswer, 'x': NotApplicable, ' ': ""}[line[j]]
		}
		s.cells = append(s.cells, row)
	}
	return s
}

func TestShare(t *testing.T) {
	s := answers("r", map[Respondent]string{"XAA": "y", "XAB": "n", "XAC": "-", "XAD": " ", "XAE": "x", "XAF": "y"})
	got := ShareOf(s, 0, nil)
	if got.Count != 2 || got.N != 3 || got.Missing != 2 || got.NotApplicable != 1 {
		t.Fatalf("%+v", got)
	}
	// Worked by hand: 2 yes and 1 no of 5 that were asked.
	if low, high := got.Bounds(); low != 2.0/5 || high != 4.0/5 {
		t.Errorf("bounds %v to %v", low, high)
	}
	if v, ok := got.Value(); !ok || v != 2.0/3 {
		t.Errorf("share %v", v)
	}
	if _, ok := (Share{}).Value(); ok {
		t.Error("a share of nobody")
	}
}

// TestMatchedByHand: of eight, six answered in both rounds; two gained, one lost,
// two kept, one never.
func TestMatchedByHand(t *testing.T) {
	from := answers("r1", map[Respondent]string{"XAA": "y", "XAB": "n", "XAC": "n", "XAD": "y", "XAE": "y", "XAF": "n", "XAG": "-", "XAH": "y"})
	to := answers("r2", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "y", "XAD": "n", "XAE": "y", "XAF": "n", "XAG": "y"})
	rows, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Panel: Matched, Indicators: []IndicatorID{"a.b.one"}})
	if err != nil {
		t.Fatal(err)
	}
	r := rows[0]
	if *r.FromCount != 3 || *r.FromN != 6 || *r.ToCount != 4 || *r.ToN != 6 || *r.Gained != 2 || *r.Lost != 1 {
		t.Fatalf("%d of %d to %d of %d, gained %d, lost %d", *r.FromCount, *r.FromN, *r.ToCount, *r.ToN, *r.Gained, *r.Lost)
	}
	// Exact McNemar: 2·P(X ≤ 1), X binomial of 3 and ½, is 2·(1+3)/8 = 1.
	if math.Abs(*r.Change-1.0/6) > 1e-12 || *r.PValue != 1 || *r.PAdjusted != 1 || r.Better != 0 {
		t.Errorf("change %v, p %v, better %d", *r.Change, *r.PValue, r.Better)
	}
	all, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Indicators: []IndicatorID{"a.b.one"}})
	if err != nil {
		t.Fatal(err)
	}
	if *all[0].FromCount != 4 || *all[0].FromN != 7 || *all[0].ToCount != 5 || *all[0].ToN != 7 || all[0].Gained != nil {
		t.Errorf("all: %+v", all[0])
	}
	group, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Panel: Matched, Attribute: "income", Value: "high", Indicators: []IndicatorID{"a.b.one"}})
	if err != nil || *group[0].FromN != 3 || *group[0].Gained != 2 || group[0].Group != "high" {
		t.Errorf("high-income: %+v, %v", group[0], err)
	}
}

func surveyed(in IndicatorID, count, n int) Figure {
	return Figure{ID: "x", Indicator: in, Of: Criterion{Answered: []IndicatorID{in}}, Counts: Criterion{Statuses: map[IndicatorID][]Status{in: {InPlace}}}, Count: count, Denominator: n}
}

func TestPublishedBaseline(t *testing.T) {
	from := answers("2021", map[Respondent]string{"XAA": "y"}) // one country-level fact that follows
	to := answers("2025", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "y", "XAD": "n"})
	side := Side{Answers: from, Figures: []Figure{surveyed("a.b.one", 21, 42)}, StandIn: "2021-simulated"}
	rows, err := Compare(side, Side{Answers: to}, Query{Indicators: []IndicatorID{"a.b.one"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; *r.FromCount != 21 || *r.FromN != 42 || r.FromOrigin != Published || r.ToOrigin != Computed {
		t.Errorf("%+v", r)
	}
	_, err = Compare(side, Side{Answers: to}, Query{Panel: Matched})
	if !errors.Is(err, &Refusal{Code: CodeNoAnswers}) {
		t.Errorf("a matched panel from totals: %v", err)
	}
	if _, ok := PublishedShare([]Figure{{Indicator: "a.b.one", Of: Criterion{Attributes: map[string][]string{"income": {"high"}}}, Counts: surveyed("a.b.one", 1, 2).Counts}}, "a.b.one", Binary()); ok {
		t.Error("a figure about a part passes for all")
	}
}

func TestABreakIsNoChange(t *testing.T) {
	from := answers("r1", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "n"})
	to := answers("r2", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "y"})
	later := testFramework()
	later.ID = "f2"
	later.Indicators[0].Maps = []Mapping{{Framework: "f", Indicator: "a.b.one", Break: true}}
	later.Indicators[1].Maps = []Mapping{{Framework: "f", Indicator: "a.b.one"}}
	to.f = later
	rows, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{})
	if err != nil {
		t.Fatal(err)
	}
	if !rows[0].Break || rows[0].Change != nil || rows[0].FromShare == nil {
		t.Errorf("a mapping with a break: %+v", rows[0])
	}
	if rows[1].Break {
		t.Errorf("a mapping without: %+v", rows[1])
	}
	if !rows[2].Break || rows[2].FromShare != nil {
		t.Errorf("no mapping: %+v", rows[2])
	}
}

// TestLawsOfComparison holds on any two rounds.
func TestLawsOfComparison(t *testing.T) {
	draw := func(t *rapid.T, id RoundID) sheet {
		lines := map[Respondent]string{}
		for _, r := range []Respondent{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH"} {
			if rapid.IntRange(0, 5).Draw(t, "enrolled") > 0 {
				lines[r] = rapid.StringMatching(`[ynynyn\-x ]{3}`).Draw(t, "answers")
			}
		}
		return answers(id, lines)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "r1"), draw(t, "r2")
		rows, err := Compare(Side{Answers: a}, Side{Answers: b}, Query{Panel: Matched})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Change == nil {
				continue
			}
			if got := float64(*r.Gained-*r.Lost) / float64(*r.ToN); math.Abs(got-*r.Change) > 1e-12 || *r.FromN != *r.ToN {
				t.Fatalf("gained %d and lost %d of %d are no change of %v", *r.Gained, *r.Lost, *r.ToN, *r.Change)
			}
			if *r.ChangeLow > *r.Change || *r.ChangeHigh < *r.Change || *r.PAdjusted < *r.PValue {
				t.Fatalf("%+v", r)
			}
			if r.Better != 0 && (*r.ChangeLow <= 0 && *r.ChangeHigh >= 0) {
				t.Fatalf("better although the interval includes no change")
			}
		}
		same, err := Compare(Side{Answers: a}, Side{Answers: a}, Query{Panel: Matched})
		if err != nil {
			t.Fatal(err)
		}
		for j, r := range same {
			if share := ShareOf(a, j, nil); r.Change != nil && (*r.Change != 0 || *r.FromCount != share.Count || *r.FromN != share.N) {
				t.Fatalf("a round against itself: %+v", r)
			}
		}
	})
}

func TestTrendLeavesNothingOut(t *testing.T) {
	a := answers("r1", map[Respondent]string{"XAA": "y", "XAB": "n"})
	b := answers("r2", map[Respondent]string{"XAA": "y", "XAB": "-"})
	points, err := Trend(testFramework(), nil, []Side{{Answers: a, Figures: []Figure{surveyed("a.b.one", 21, 42)}}, {Answers: b}}, []IndicatorID{"a.b.one"})
	if err != nil || len(points) != 2 {
		t.Fatal(len(points), err)
	}
	if points[0].Origin != Published || *points[0].N != 42 || *points[1].N != 1 || points[1].Missing != 1 || *points[1].Low != 0.5 || *points[1].High != 1 {
		t.Errorf("%+v", points)
	}
	if _, err := Trend(testFramework(), nil, []Side{{Answers: a}}, []IndicatorID{"none"}); code(err) != CodeUnknownIndicator {
		t.Errorf("%v", err)
	}
}

// TestAHiddenCountCannotBePinned plays the attacker on a distribution: with the
// total, the shown counts and the rule known, each hidden cell must have two
// possible values or more.
func TestAHiddenCountCannotBePinned(t *testing.T) {
	d := PublicDisclosure()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 8), 2, 5).Draw(t, "counts")
		hidden := d.Distribution(counts)
		sum := 0
		var cells []int
		for i, c := range counts {
			if hidden[i] {
				cells = append(cells, i)
				sum += c
			} else if d.small(c) {
				t.Fatalf("%v shows %d", counts, c)
			}
		}
		if len(cells) == 0 {
			return
		}
		if len(cells) == 1 {
			// All else is zero: the total itself is that small, and is not shown then.
			if total := sum; total >= d.MinDenominator {
				t.Fatalf("%v: one hidden cell of a total of %d", counts, total)
			}
			return
		}
		for _, i := range cells {
			// Any value from 0 to the hidden sum is possible for one of several cells.
			if sum < 1 {
				t.Fatalf("%v hides %d for nothing", counts, counts[i])
			}
		}
	})
}

func TestDisclosure(t *testing.T) {
	d := PublicDisclosure()
	for _, c := range []struct {
		count, n int
		group    bool
		want     bool
	}{{3, 6, false, true}, {2, 6, false, false}, {4, 6, false, false}, {0, 6, false, true}, {6, 6, false, true}, {0, 6, true, false}, {6, 6, true, false}, {3, 6, true, true}, {2, 4, false, false}, {0, 4, false, false}} {
		if got := d.Shows(c.count, c.n, c.group); got != c.want {
			t.Errorf("%d of %d, subgroup %v: %v", c.count, c.n, c.group, got)
		}
	}
	n := func(v int) *int { return &v }
	f := func(v float64) *float64 { return &v }
	row := d.Comparison(Comparison{FromCount: n(21), FromN: n(42), FromShare: f(0.5), FromOrigin: Published, ToCount: n(41), ToN: n(42), ToShare: f(0.97), ToOrigin: Computed, Change: f(0.47), ChangeLow: f(0.3), ChangeHigh: f(0.6)})
	if row.ToCount != nil || row.Change != nil || row.ChangeLow != nil || row.FromCount == nil || !row.Suppressed {
		t.Errorf("%+v", row)
	}
}
