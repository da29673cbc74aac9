package domain

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestAMergedRollKeepsEverybodysPlace holds sets that were moved, many at a time,
// against a map of who is where.
func TestAMergedRollKeepsEverybodysPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (roll []Enrolment, in Set, who map[Respondent]bool) {
			n := rapid.IntRange(0, 260).Draw(t, label)
			left := rapid.SampledFrom([]int{0, 1, 20, 50}).Draw(t, "of a hundred left out")
			who = map[Respondent]bool{}
			for i := range n {
				if rapid.IntRange(0, 99).Draw(t, "is left out") >= left {
					roll = append(roll, Enrolment{Respondent: Respondent(fmt.Sprintf("X%03d", i))})
				}
			}
			in = NewSet(len(roll))
			for i, e := range roll {
				if rapid.Bool().Draw(t, "is in") {
					in.Add(i)
					who[e.Respondent] = true
				}
			}
			return roll, in, who
		}
		x, inX, whoX := draw("x")
		y, inY, whoY := draw("y")
		m := merge(x, y)
		codes := make([]Respondent, m.n)
		m.a.name(x, codes)
		m.b.name(y, codes)
		if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != m.n {
			t.Fatalf("the roll is not in order, each once: %v", codes)
		}
		room := setRoom{words: words(m.n)}
		for _, c := range []struct {
			moved Set
			who   map[Respondent]bool
		}{{m.a.move(inX, &room), whoX}, {m.b.move(inY, &room), whoY}} {
			if c.moved.Len() != len(c.who) {
				t.Fatalf("%d of %d were moved", c.moved.Len(), len(c.who))
			}
			for i := range c.moved.All() {
				if !c.who[codes[i]] {
					t.Fatalf("%s was not in the set", codes[i])
				}
			}
		}
		shared := 0
		for i, j := range m.a.shared(m.b) {
			shared++
			if x[i].Respondent != y[j].Respondent {
				t.Fatalf("%s and %s share a place", x[i].Respondent, y[j].Respondent)
			}
		}
		if shared != len(x)+len(y)-m.n {
			t.Fatalf("%d share a place, of %d and %d who make a roll of %d", shared, len(x), len(y), m.n)
		}
	})
}

// TestRowsOfManyAreThoseOfEach counts two rounds of more respondents than a word has
// bits one by one, of all and of a group.
func TestRowsOfManyAreThoseOfEach(t *testing.T) {
	for _, other := range []bool{false, true} {
		for _, levels := range [][]Status{nil, {"none", "begun", "most", "all"}} {
			sides := survey(2, other, levels...)
			a, b := sides[0].Answers.(*Tabulation), sides[1].Answers.(*Tabulation)
			for _, group := range []string{"", "low"} {
				q := Query{Who: true}
				if group != "" {
					q.Attribute, q.Value = "income", group
				}
				rows, err := Compare(sides[0], sides[1], q)
				if err != nil {
					t.Fatal(err)
				}
				for j, r := range rows {
					compareEach(t, a, b, j, group, r)
				}
			}
		}
	}
}

func compareEach(t *testing.T, a, b *Tabulation, j int, group string, r Comparison) {
	t.Helper()
	then := map[Respondent]Status{}
	for i, e := range a.Respondents() {
		if group == "" || e.Attributes["income"] == group {
			then[e.Respondent] = a.Status(i, j)
		}
	}
	scale, want := a.Column(j).Scale, ComparisonDetail{}
	graded := GradedChange{}
	for i, e := range b.Respondents() {
		if group != "" && e.Attributes["income"] != group {
			continue
		}
		now := b.Status(i, j)
		was, asked := then[e.Respondent]
		delete(then, e.Respondent)
		switch {
		case !now.Answered() && was.Answered():
			want.NoLongerAnswered++
		case !now.Answered():
		case !asked:
			want.Joined++
		case !was.Answered():
			want.NewlyAnswering++
		default:
			*map[[2]bool]*int{{true, true}: &want.Kept, {false, true}: &want.Gained, {true, false}: &want.Lost, {false, false}: &want.Never}[[2]bool{scale.Counts(was), scale.Counts(now)}]++
			*map[int]*int{-1: &graded.Down, 0: &graded.Same, 1: &graded.Up}[min(1, max(-1, scale.Rank(now)-scale.Rank(was)))]++
		}
	}
	for _, was := range then {
		if was.Answered() {
			want.Left++
		}
	}
	got := *r.Detail
	if [8]int{got.Kept, got.Never, got.Gained, got.Lost, got.NewlyAnswering, got.NoLongerAnswered, got.Joined, got.Left} !=
		[8]int{want.Kept, want.Never, want.Gained, want.Lost, want.NewlyAnswering, want.NoLongerAnswered, want.Joined, want.Left} {
		t.Errorf("%s %s: %+v, and one by one %+v", r.Indicator, group, got, want)
	}
	if len(r.Who.Gained) != want.Gained || len(r.Who.Joined) != want.Joined || len(r.Who.Left) != want.Left || slices.Contains(r.Who.Left, "") {
		t.Errorf("%s %s: %+v", r.Indicator, group, r.Who)
	}
	if g := got.Graded; scale.Graded() && (g == nil || g.Up != graded.Up || g.Down != graded.Down || g.Same != graded.Same) {
		t.Errorf("%s %s: %+v, and one by one %+v", r.Indicator, group, g, graded)
	}
}
