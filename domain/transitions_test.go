package domain

import (
	"testing"

	"pgregory.net/rapid"
)

// TestTransitionsAreThoseOfEachRespondent counts the tables again, respondent by
// respondent.
func TestTransitionsAreThoseOfEachRespondent(t *testing.T) {
	said := func(s Status) Status {
		if s == "" {
			return NoAnswer
		}
		return s
	}
	class := func(sc Scale, s Status) Status {
		switch {
		case !s.Answered():
			return said(s)
		case sc.Counts(s):
			return InPlace
		}
		return NotInPlace
	}
	pairs := func(x, y sheet) (out [][2]int) {
		for i, a := range x.who {
			for j, b := range y.who {
				if a.Respondent == b.Respondent {
					out = append(out, [2]int{i, j})
				}
			}
		}
		return out
	}
	check := func(t *rapid.T, x Transitions, want map[[2]Status]int) {
		n := 0
		for i, a := range x.From {
			for k, b := range x.To {
				n += x.Counts[i][k]
				if x.Counts[i][k] != want[[2]Status{a, b}] {
					t.Fatalf("%d from %s to %s, want %d", x.Counts[i][k], a, b, want[[2]Status{a, b}])
				}
			}
		}
		for _, c := range want {
			n -= c
		}
		if n != 0 {
			t.Fatalf("%d too many", n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from, to := graded(t, "one"), graded(t, "two")
		all := map[[2]Status]int{}
		left := 0
		for j, in := range to.f.Indicators {
			want := map[[2]Status]int{}
			for _, p := range pairs(from, to) {
				a, b := from.cells[p[0]][j], to.cells[p[1]][j]
				want[[2]Status{said(a), said(b)}]++
				if in.Polarity != Negative {
					all[[2]Status{class(from.f.ScaleOf(in), a), class(to.f.ScaleOf(in), b)}]++
				}
			}
			if in.Polarity == Negative {
				left++
			}
			x, ok := TransitionsOf(from, to, nil, j)
			if !ok {
				t.Fatalf("%s is not followed", in.ID)
			}
			check(t, x, want)
		}
		x := AllTransitions(from, to, nil)
		if check(t, x, all); x.Left != left {
			t.Fatalf("%d indicators are left out, want %d", x.Left, left)
		}
	})
}
