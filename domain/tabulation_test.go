package domain

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSetsAgreeWithMaps holds sets of places against maps of them.
func TestSetsAgreeWithMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 150).Draw(t, "places")
		draw := func(name string) (Set, map[int]bool) {
			s, m := NewSet(n), map[int]bool{}
			for _, i := range rapid.SliceOf(rapid.IntRange(0, max(n-1, 0))).Draw(t, name) {
				if n > 0 {
					s.Add(i)
					m[i] = true
				}
			}
			return s, m
		}
		a, inA := draw("a")
		b, inB := draw("b")
		check := func(what string, s Set, in func(int) bool) {
			var want []int
			for i := range n {
				if in(i) {
					want = append(want, i)
				}
				if s.Has(i) != in(i) {
					t.Fatalf("%s: %d", what, i)
				}
			}
			if got := slices.Collect(s.All()); !slices.Equal(got, want) || s.Len() != len(want) || s.Empty() != (len(want) == 0) {
				t.Fatalf("%s: %v, not %v", what, got, want)
			}
		}
		check("a", a, func(i int) bool { return inA[i] })
		check("both", a.And(b), func(i int) bool { return inA[i] && inB[i] })
		check("only a", a.AndNot(b), func(i int) bool { return inA[i] && !inB[i] })
		check("either", a.Or(b), func(i int) bool { return inA[i] || inB[i] })
		check("all", FullSet(n), func(int) bool { return true })
		check("nobody", Set(nil).And(a), func(int) bool { return false })
		if CountAnd(a, b) != a.And(b).Len() || CountAndNot(a, b) != a.AndNot(b).Len() || CountAnd(a, FullSet(n), b) != a.And(b).Len() {
			t.Fatal("counts")
		}
		if a.Equal(b) != reflect.DeepEqual(inA, inB) || !a.Equal(append(a.Clone(), 0)) {
			t.Fatal("equal")
		}
	})
}

// graded draws a round of up to 140 respondents and three indicators, the last
// of them on a scale of four levels.
func graded(t *rapid.T, id RoundID) sheet {
	f := testFramework()
	f.Scales = append(f.Scales, Scale{ID: "phases", Values: []Status{"p1", "p2", "p3", "p4"}, Positive: "p3"})
	f.Indicators = slices.Clone(f.Indicators)
	f.Indicators[2].Scale = "phases"
	s := sheet{round: Round{ID: id}, f: f}
	binary := rapid.SampledFrom([]Status{"", NoAnswer, NotApplicable, InPlace, NotInPlace})
	phases := rapid.SampledFrom([]Status{"", NoAnswer, NotApplicable, "p1", "p2", "p3", "p4"})
	incomes := rapid.SampledFrom([]string{"", "low", "high"})
	every := rapid.IntRange(1, 10).Draw(t, "every")
	for i := range 140 {
		if i%every > 0 || rapid.IntRange(0, 5).Draw(t, "enrolled") == 0 {
			continue
		}
		e := Enrolment{Respondent: Respondent(fmt.Sprintf("X%03d", i))}
		if v := incomes.Draw(t, "income"); v != "" {
			e.Attributes = map[string]string{"income": v}
		}
		s.who = append(s.who, e)
		s.cells = append(s.cells, []Status{binary.Draw(t, "one"), binary.Draw(t, "two"), phases.Draw(t, "three")})
	}
	return s
}

// TestTabulationsCountAsShareOfDoes: all, and within a group.
func TestTabulationsCountAsShareOfDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := graded(t, "r1")
		tab := Tabulate(a)
		if Tabulate(tab) != tab {
			t.Fatal("a tabulation is counted again")
		}
		for j := range a.f.Indicators {
			if got, want := tab.Share(j, nil), ShareOf(a, j, nil); !reflect.DeepEqual(got, want) {
				t.Fatalf("indicator %d: %+v, not %+v", j, got, want)
			}
			for _, v := range []string{"", "low", "high", "none such"} {
				who := func(e Enrolment) bool { return e.Attributes["income"] == v }
				if got, want := tab.Share(j, tab.Members("income", v)), ShareOf(a, j, who); !reflect.DeepEqual(got, want) {
					t.Fatalf("indicator %d, income %q: %+v, not %+v", j, v, got, want)
				}
			}
			for i := range a.who {
				if tab.Status(i, j) != a.Status(i, j) {
					t.Fatalf("respondent %d, indicator %d: %q, not %q", i, j, tab.Status(i, j), a.Status(i, j))
				}
			}
		}
		if g := tab.Groups("income"); !slices.IsSorted(g) || slices.Contains(g, "") || tab.Groups("none such") != nil {
			t.Fatalf("groups %v", g)
		}
	})
}

// TestAlignedRoundsSayTheSame: on the roll of both, every answer stands by the
// respondent who gave it, and every share is as it was.
func TestAlignedRoundsSayTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := graded(t, "r1"), graded(t, "r2")
		a, b := Tabulate(x), Tabulate(y)
		onA, onB := Align(a, b)
		if same, _ := Align(a, a); same != a {
			t.Fatal("a round beside itself is copied")
		}
		if len(onA.Respondents()) != len(onB.Respondents()) {
			t.Fatal("two rolls")
		}
		for _, p := range []struct {
			was sheet
			is  *Tabulation
		}{{x, onA}, {y, onB}} {
			for j := range p.was.f.Indicators {
				if got, want := p.is.Share(j, nil), ShareOf(p.was, j, nil); !reflect.DeepEqual(got, want) {
					t.Fatalf("indicator %d: %+v, not %+v", j, got, want)
				}
			}
			next := 0
			for i, e := range p.is.Respondents() {
				if e.Respondent != onA.Respondents()[i].Respondent || e.Respondent != onB.Respondents()[i].Respondent {
					t.Fatal("two rolls")
				}
				asked := next < len(p.was.who) && p.was.who[next].Respondent == e.Respondent
				if p.is.Asked().Has(i) != asked {
					t.Fatalf("%s was asked: %v", e.Respondent, !asked)
				}
				for j := range p.was.f.Indicators {
					if asked && p.is.Status(i, j) != p.was.Status(next, j) || !asked && p.is.Status(i, j) != "" {
						t.Fatalf("%s says %q to %d", e.Respondent, p.is.Status(i, j), j)
					}
				}
				if asked {
					next++
				}
			}
		}
	})
}
