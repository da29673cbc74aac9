package sentence

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headway/domain"
)

var update = flag.Bool("update", false, "write the golden file anew")

// times repeats letters: times("y", 3, "n", 2) is yyynn.
func times(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(strings.Repeat(pairs[i].(string), pairs[i+1].(int)))
	}
	return b.String()
}

// totals are published totals of the first indicator.
func totals(count, n int) []domain.Figure {
	id := domain.IndicatorID("a.b.helpline")
	return []domain.Figure{{ID: "x", Indicator: id, Of: domain.Criterion{Answered: []domain.IndicatorID{id}},
		Counts: domain.Criterion{Statuses: map[domain.IndicatorID][]domain.Status{id: {domain.InPlace}}}, Count: count, Denominator: n}}
}

// told is one case of the golden file: what it is, and what is said of it.
type told struct {
	name string
	say  func(w *Writer) string
}

// row tells of the first or second indicator of a comparison.
func row(t *testing.T, name string, a, b sheet, figures []domain.Figure, q domain.Query, i int, change ...func(*domain.Comparison)) told {
	r := compare(t, a, b, figures, q)[i]
	for _, f := range change {
		f(&r)
	}
	n := names(a, b)
	n.Attribute = q.Attribute
	return told{name, func(w *Writer) string { return w.Comparison(r, n) }}
}

func public(r *domain.Comparison) { *r = domain.PublicDisclosure().Comparison(*r) }

// cases are rows of each kind, small enough to check by hand.
func cases(t *testing.T) []told {
	all, matched := domain.Query{Panel: domain.All}, domain.Query{Panel: domain.Matched}
	few := round(2021, false, times("y", 10, "n", 20), times("y", 10, "n", 20))
	many := round(2025, false, times("y", 25, "n", 5), times("y", 25, "n", 5))
	simulated := round(2025, true, times("y", 25, "n", 5), times("y", 25, "n", 5))
	silent := round(2025, false, times("y", 22, "-", 8), times("y", 22, "-", 8))
	little := round(2025, false, times("y", 12, "n", 18), times("y", 12, "n", 18))
	none := round(2021, false, times("n", 12), times("n", 12))
	noneLater := round(2025, false, times("n", 12), times("n", 12))
	everybody := round(2025, false, times("y", 30), times("y", 30))
	unanswered := round(2025, false, times("-", 30), times("-", 30))
	swapped := round(2025, false, times("n", 2, "y", 10, "n", 18), times("n", 2, "y", 10, "n", 18))
	one := round(2025, false, times("y", 11, "n", 19), times("y", 11, "n", 19))
	broken := testFramework()
	broken.ID = "g"
	broken.Indicators[0].Maps = []domain.Mapping{{Framework: "f", Indicator: "a.b.helpline", Break: true, Why: "the wording narrowed."}}
	ownLater := many.framework(broken)
	return []told{
		row(t, "more, and surely", few, many, nil, all, 0),
		row(t, "less, and surely", many.named("a"), few.named("b"), nil, all, 0),
		row(t, "more of the bad answer", few, many, nil, all, 1),
		row(t, "less of the bad answer", many.named("a"), few.named("b"), nil, all, 1),
		row(t, "in the matched panel", few, many, nil, matched, 0),
		row(t, "in the matched panel, the bad answer", few, many, nil, matched, 1),
		row(t, "one gained", few, one, nil, matched, 0),
		row(t, "simulated", few, simulated, nil, all, 0),
		row(t, "from published totals", few, many, totals(30, 90), all, 0),
		row(t, "from published totals to missing answers", few, silent, totals(60, 90), all, 0),
		row(t, "missing answers against published totals", few, round(2025, false, times("y", 10, "-", 20), times("y", 10, "-", 20)), totals(60, 90), all, 0),
		row(t, "chance", few, little, nil, all, 0),
		row(t, "missing answers", few, round(2025, false, times("y", 9, "-", 21), times("y", 9, "-", 21)), nil, all, 0),
		row(t, "chance and missing answers", few, round(2025, false, times("y", 6, "n", 4, "-", 20), times("y", 6, "n", 4, "-", 20)), nil, all, 0),
		row(t, "chance, though not missing answers", few, round(2025, false, times("y", 12, "n", 16, "-", 2), times("y", 12, "n", 16, "-", 2)), nil, all, 0),
		row(t, "test and interval of pairs", few, little, nil, matched, 0),
		row(t, "pairs that all changed, beside silent ones", round(2021, false, times("n", 20, "y", 10), times("n", 20, "y", 10)), round(2025, false, times("y", 20, "-", 10), times("y", 20, "-", 10)), nil, matched, 0),
		row(t, "nobody in either round", none, noneLater, nil, all, 0),
		row(t, "nobody says the bad answer", none, noneLater, nil, matched, 1),
		row(t, "all in both rounds", everybody.named("a"), everybody.named("b"), nil, all, 0),
		row(t, "no change, but respondents changed", few, swapped, nil, matched, 0),
		row(t, "a group", few, many, nil, domain.Query{Panel: domain.All, Attribute: "income", Value: "high"}, 0),
		row(t, "a group that answered twice", few, many, nil, domain.Query{Panel: domain.Matched, Attribute: "income", Value: "high"}, 0),
		row(t, "hidden then", round(2021, false, times("y", 2, "n", 20), times("y", 2, "n", 20)), many, nil, all, 0, public),
		row(t, "hidden now", few, round(2025, false, times("y", 29, "n", 1), times("y", 29, "n", 1)), nil, all, 0, public),
		row(t, "hidden both", none.named("a"), round(2025, false, times("y", 2, "n", 2), times("y", 2, "n", 2)), nil, all, 0, public, func(r *domain.Comparison) { r.FromCount, r.FromOrigin, r.ToOrigin = nil, "", "" }),
		row(t, "who moved is hidden", few, one, nil, matched, 0, public),
		row(t, "nobody answered then", unanswered.named("2021"), many, nil, all, 0),
		row(t, "nobody answered now", few, unanswered, nil, all, 0),
		row(t, "nobody answered twice", few, unanswered, nil, matched, 0),
		row(t, "the series breaks", few, ownLater, nil, all, 0),
		row(t, "the series begins", few, ownLater, nil, all, 1),
		row(t, "the series ends", few, ownLater, nil, all, 2),
		row(t, "asked otherwise, and held comparable", few, many, nil, all, 0, func(r *domain.Comparison) { r.Changed = []domain.BreakReason{domain.OtherWording} }),
		row(t, "the scale changed", few, ownLater, nil, all, 0, func(r *domain.Comparison) { r.BreakReason, r.Why = domain.OtherScale, "" }),
		row(t, "a group of each round", few, many, nil, domain.Query{Panel: domain.All, Attribute: "income", Value: "high", Grouping: domain.ByOwn}, 0),
	}
}

func TestGoldenSentences(t *testing.T) {
	list := append(cases(t), wholes(t)...)
	w := writers(t)
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "# %s\n", c.name)
		for _, lang := range Languages {
			fmt.Fprintf(&b, "%s: %s\n", lang, visible.Replace(c.say(w[lang])))
		}
		b.WriteString("\n")
	}
	path := filepath.Join("testdata", "sentences.golden")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(lines)) {
		if i >= len(got) || i >= len(lines) || got[i] != lines[i] {
			t.Fatalf("line %d of %s differs; look at it, and run with -update where it is right:\n%s", i+1, path, got[min(i, len(got)-1)])
		}
	}
}

// visible shows the isolates and hard spaces of a text, which an editor hides.
var visible = strings.NewReplacer("\u2066", "⟨", "\u2068", "⟨", "\u2069", "⟩", "\u00a0", "_", "\u202f", "_", "\u200e", "", "\u200f", "", "\u061c", "")

// wholes are whole comparisons, series and decompositions.
func wholes(t *testing.T) []told {
	few := round(2021, false, times("y", 10, "n", 20), times("y", 10, "n", 20))
	many := round(2025, true, times("y", 25, "n", 5), times("y", 25, "n", 5))
	summary := func(name string, rows []domain.Comparison, n Names) told {
		return told{name, func(w *Writer) string {
			s := w.Comparisons(rows, n)
			return s.Title + " | " + s.Lead + " | " + fmt.Sprint(len(s.Most))
		}}
	}
	rows := compare(t, few, many, nil, domain.Query{})
	out := []told{summary("a comparison", rows, names(few, many)),
		summary("a comparison of the matched panel", compare(t, few, many, nil, domain.Query{Panel: domain.Matched}), names(few, many)),
		summary("nothing changed", compare(t, few, few.named("2023"), nil, domain.Query{}), names()),
		summary("nothing to compare", compare(t, few, round(2023, false, times("-", 3), times("-", 3)), nil, domain.Query{}), names())}
	for _, n := range []int{1, 2, 3, 11, 100} {
		var copies []domain.Comparison
		for range n {
			copies = append(copies, rows[0])
		}
		out = append(out, summary(fmt.Sprintf("%d indicators", n), append(copies, rows[1]), names(few, many)))
	}
	points := func(sides ...sheet) []domain.TrendPoint {
		var list []domain.Side
		for _, s := range sides {
			list = append(list, domain.Side{Answers: s})
		}
		p, err := domain.Trend(testFramework(), nil, list, []domain.IndicatorID{"a.b.helpline"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	series := func(name string, p []domain.TrendPoint) told {
		return told{name, func(w *Writer) string { return w.Series(p, names(few, many)) }}
	}
	middle := round(2023, false, times("y", 12, "n", 12, "-", 6), times("y", 30))
	broken := points(few, middle, many)
	broken[1].Break = true
	hidden := points(few, middle, round(2025, false, times("y", 28, "n", 2), times("y", 30)))
	for i := range hidden {
		hidden[i] = domain.PublicDisclosure().Trend(hidden[i])
	}
	out = append(out, series("a series", points(few, middle)), series("a series of one round", points(few)), series("a series with a gap", points(few, round(2023, false, times("-", 30), times("y", 30)), many)), series("a series that breaks", broken),
		series("a series with a hidden number", hidden))
	differences, err := domain.CompareGroups(domain.Side{Answers: few}, domain.Side{Answers: many}, domain.Query{Attribute: "income", Indicators: []domain.IndicatorID{"a.b.helpline"}})
	if err != nil {
		t.Fatal(err)
	}
	apart := round(2025, false, times("yn", 12, "y-", 3), times("y", 30))
	further, err := domain.CompareGroups(domain.Side{Answers: few}, domain.Side{Answers: apart}, domain.Query{Panel: domain.Matched, Attribute: "income", Grouping: domain.ByTo, Indicators: []domain.IndicatorID{"a.b.helpline"}})
	if err != nil {
		t.Fatal(err)
	}
	hiddenGroups := differences[0]
	hiddenGroups.ToA, hiddenGroups.Suppressed = nil, true
	groups := func(name string, d domain.GroupDifference) told {
		return told{name, func(w *Writer) string { return w.Groups(d, names(few, many)) }}
	}
	out = append(out, groups("two groups", differences[0]), groups("two groups that differ", further[0]), groups("two groups, one hidden", hiddenGroups))
	graded := rows[0]
	graded.Panel, graded.Simulated, graded.FromOrigin = domain.Matched, false, domain.Computed
	sure := 0.0004
	graded.PAdjusted, graded.ToDistribution = &sure, &domain.Distribution{Target: "3"}
	graded.Detail = &domain.ComparisonDetail{Graded: &domain.GradedChange{Up: 17, Down: 2, SignP: 0.0007}}
	levels := names(few, many)
	levels.Level = func(domain.IndicatorID, domain.Status) domain.Text {
		return domain.Text{"en": "working", "ar": "فعّال", "fr": "opérationnel", "es": "operativo"}
	}
	out = append(out, told{"a graded scale", func(w *Writer) string { return w.Comparison(graded, levels) }})
	gone := round(2025, false, times(".", 10, "n", 10, "y", 30), times(".", 10, "n", 10, "y", 30))
	r := compare(t, few, gone, nil, domain.Query{})[0]
	return append(out, told{"who changed, and who came or went", func(w *Writer) string { return w.Decomposition(r, names(few, gone)) }})
}
