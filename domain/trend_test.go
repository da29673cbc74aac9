package domain

import (
	"slices"
	"testing"
)

// TestTrendSaysWhyItBreaks follows one question through frameworks in which its
// words, its scale, its polarity or only the mapping changed.
func TestTrendSaysWhyItBreaks(t *testing.T) {
	first := &Framework{ID: "f1", Scales: []Scale{Binary(), {ID: "three", Values: []Status{NotInPlace, Partial, InPlace}, Positive: InPlace}},
		Indicators: []Indicator{{ID: "one", Scale: "binary", Polarity: Positive, Wording: Text{"en": "Is there one?"}}}}
	for _, c := range []struct {
		name    string
		change  func(*Indicator)
		reason  BreakReason
		changed []BreakReason
	}{
		{"the same, and the series breaks", func(in *Indicator) { in.Maps[0].Break = true }, OtherMapping, nil},
		{"other words, and it goes on", func(in *Indicator) { in.Wording = Text{"en": "Is one there?"} }, "", []BreakReason{OtherWording}},
		{"words in another language", func(in *Indicator) { in.Wording = Text{"fr": "Y en a-t-il un ?"} }, "", nil},
		{"other words, and it breaks", func(in *Indicator) { in.Wording, in.Maps[0].Break = Text{"en": "How many?"}, true }, OtherWording, []BreakReason{OtherWording}},
		{"another scale", func(in *Indicator) { in.Scale, in.Maps[0].Break = "three", true }, OtherScale, []BreakReason{OtherScale}},
		{"polarity before scale", func(in *Indicator) { in.Scale, in.Polarity, in.Maps[0].Break = "three", Negative, true }, OtherPolarity, []BreakReason{OtherPolarity, OtherScale}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := first.Indicators[0]
			in.Maps = []Mapping{{Framework: "f1", Indicator: "one", Why: "as it was"}}
			c.change(&in)
			second := &Framework{ID: "f2", Scales: first.Scales, Indicators: []Indicator{in}}
			side := func(id RoundID, f *Framework, year int) Side {
				return Side{Answers: sheet{round: Round{ID: id, ReferenceDate: Date{Year: year}}, f: f,
					who: []Enrolment{{Respondent: "XAA"}, {Respondent: "XAB"}}, cells: [][]Status{{InPlace}, {NotInPlace}}}}
			}
			sides := []Side{side("r1", first, 2016), side("r2", first, 2017), side("r3", second, 2018), side("r4", second, 2020)}
			points, err := Trend(second, Lineage{first, second}, sides, nil)
			if err != nil || len(points) != 4 {
				t.Fatal(points, err)
			}
			for i, p := range points {
				broken := i == 2 && c.reason != ""
				if p.Break != broken || broken != (p.BreakReason != "") || p.Change != nil != (i > 0 && !broken) || i != 2 && p.Changed != nil {
					t.Errorf("%s: %+v", p.Round, p)
				}
			}
			if p := points[2]; p.BreakReason != c.reason || !slices.Equal(p.Changed, c.changed) || p.Why != "as it was" {
				t.Errorf("%+v", p)
			}
			if p := points[3]; *p.Years != 2 || *p.Yearly != 0 {
				t.Errorf("over two years: %+v", p)
			}
			// A comparison across the two says the same.
			rows, err := Compare(sides[1], sides[2], Query{Lineage: Lineage{first, second}})
			if err != nil || rows[0].BreakReason != c.reason || !slices.Equal(rows[0].Changed, c.changed) || rows[0].Break != (c.reason != "") {
				t.Errorf("compared: %+v, %v", rows, err)
			}
		})
	}
}

// TestTrendPutsNothingInAGap: a round that nobody answered has no point; the next
// one names it, and divides by the years since the last point.
func TestTrendPutsNothingInAGap(t *testing.T) {
	var sides []Side
	for i, lines := range []map[Respondent]string{
		{"XAA": "y", "XAB": "n", "XAC": "n", "XAD": "n"}, {"XAA": "-", "XAB": "x"}, {}, {"XAA": "y", "XAB": "y", "XAC": "y", "XAD": "n"},
	} {
		s := answers([]RoundID{"r1", "r2", "r3", "r4"}[i], lines)
		s.round.ReferenceDate = Date{Year: 2018 + i, Month: 3, Day: 15}
		sides = append(sides, Side{Answers: s})
	}
	points, err := Trend(testFramework(), nil, sides, []IndicatorID{"a.b.one"})
	if err != nil || len(points) != 2 {
		t.Fatal(points, err)
	}
	p := points[1]
	if !slices.Equal(p.Gap, []RoundID{"r2", "r3"}) || points[0].Gap != nil || *p.Change != 0.5 || *p.Years != 3 || *p.Yearly != 0.5/3 || p.Break {
		t.Errorf("%+v", p)
	}
	// What is hidden of a point hides the changes on both sides of it.
	points = append(points, p)
	points[1].Share = nil
	Along(points)
	if points[1].Change != nil || points[2].Change != nil || points[2].Yearly != nil {
		t.Errorf("%+v", points[2])
	}
}
