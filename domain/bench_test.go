package domain

import (
	"fmt"
	"testing"
)

// survey makes rounds of 200 respondents and 60 yes or no indicators, or on a scale of
// the levels given, where some change and some are silent, in four groups. Of other
// rolls each round leaves other respondents out.
func survey(rounds int, otherRolls bool, levels ...Status) []Side {
	scale := Binary()
	if len(levels) > 0 {
		scale = Scale{ID: "binary", Values: levels, Positive: levels[len(levels)/2]}
	}
	f := &Framework{ID: "f", Scales: []Scale{scale}}
	for j := range 60 {
		f.Indicators = append(f.Indicators, Indicator{ID: IndicatorID(fmt.Sprintf("a.b.i%02d", j)), Scale: "binary", Polarity: Positive})
	}
	var out []Side
	for r := range rounds {
		s := sheet{round: Round{ID: RoundID(fmt.Sprint("r", r)), ReferenceDate: Date{Year: 1976 + r}}, f: f}
		for i := range 200 {
			if otherRolls && (i+r)%17 == 0 {
				continue
			}
			s.who = append(s.who, Enrolment{Respondent: Respondent(fmt.Sprintf("X%03d", i)), Attributes: map[string]string{
				"income": []string{"high", "low", "lower-middle", "upper-middle"}[i%4], "region": fmt.Sprint(i % 5), "collection": "government"}})
			row := make([]Status, 60)
			for j := range row {
				switch h := (i*2654435761 + j*40503 + (r+i+j)/9*97) >> 4 % 20; {
				case h == 0:
					row[j] = NoAnswer
				case h < 11+r/10:
					row[j] = scale.Values[len(scale.Values)-1-h%(len(scale.Values)-1)]
				default:
					row[j] = scale.Values[h%(len(scale.Values)-1)]
				}
			}
			s.cells = append(s.cells, row)
		}
		out = append(out, Side{Answers: Tabulate(s)})
	}
	return out
}

func compared(b *testing.B, sides []Side, queries ...Query) {
	b.Helper()
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		rows = 0
		for _, to := range sides[1:] {
			for _, q := range queries {
				list, err := Compare(sides[0], to, q)
				if err != nil {
					b.Fatal(err)
				}
				rows += len(list)
			}
		}
	}
	b.ReportMetric(float64(rows), "rows")
}

// BenchmarkCompareFifty compares each of 49 rounds with the first: 60 indicators, of
// all respondents and of each of four groups.
func BenchmarkCompareFifty(b *testing.B) {
	for _, panel := range []Panel{All, Matched} {
		for _, other := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/other rolls=%v", panel, other), func(b *testing.B) {
				compared(b, survey(50, other), Query{Panel: panel}, Query{Panel: panel, Attribute: "income"})
			})
		}
	}
}

// BenchmarkCompareGraded compares each of 9 rounds with the first on scales of four
// and of six levels: 60 indicators, of all respondents and of each of four groups.
func BenchmarkCompareGraded(b *testing.B) {
	levels := []Status{"none", "begun", "half", "most", "nearly_all", "all"}
	for _, n := range []int{4, 6} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			compared(b, survey(10, false, levels[:n]...), Query{}, Query{Attribute: "income"})
		})
	}
}

// BenchmarkCompareOne compares one indicator in two rounds, of all and of each of
// four groups.
func BenchmarkCompareOne(b *testing.B) {
	for _, other := range []bool{false, true} {
		b.Run(fmt.Sprintf("other rolls=%v", other), func(b *testing.B) {
			one := []IndicatorID{"a.b.i30"}
			compared(b, survey(2, other), Query{Panel: Matched, Indicators: one}, Query{Panel: Matched, Attribute: "income", Indicators: one})
		})
	}
}

// BenchmarkCompareGroups compares every two of four groups, 60 indicators.
func BenchmarkCompareGroups(b *testing.B) {
	sides := survey(2, false)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := CompareGroups(sides[0], sides[1], Query{Panel: Matched, Attribute: "income"}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTrend follows 60 indicators through 50 rounds.
func BenchmarkTrend(b *testing.B) {
	sides := survey(50, false)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Trend(sides[0].Answers.Framework(), nil, sides, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// cells are answers that have not been counted.
type cells struct{ *Tabulation }

// BenchmarkTabulate counts a round of 200 respondents and 60 indicators.
func BenchmarkTabulate(b *testing.B) {
	a := cells{survey(1, false)[0].Answers.(*Tabulation)}
	b.ReportAllocs()
	for b.Loop() {
		Tabulate(a)
	}
}
