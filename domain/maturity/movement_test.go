package maturity

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
)

func TestMoved(t *testing.T) {
	m := staged(t, five(), 0, `share() > 0.5`)
	in := func(stages map[domain.Respondent]int) []Standing {
		var out []Standing
		for _, c := range []domain.Respondent{"XAA", "XAB", "XAC", "XAD", "XAE"} {
			if n, ok := stages[c]; ok {
				s := Standing{Country: c, Unit: "all"}
				if n > 0 {
					s.Number = &n
				}
				out = append(out, s, Standing{Country: c, Unit: "another"})
			}
		}
		return out
	}
	got := m.Moved("all", in(map[domain.Respondent]int{"XAA": 1, "XAB": 2, "XAC": 1, "XAD": 0}), in(map[domain.Respondent]int{"XAA": 2, "XAB": 1, "XAC": 1, "XAE": 2}))
	want := Movement{Unit: "all", Counts: [][]int{{1, 1, 0}, {1, 0, 0}, {0, 0, 0}}, Came: 1, Went: 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if up, down, same, unknown := got.Sum(); up != 1 || down != 1 || same != 1 || unknown != 0 {
		t.Error(up, down, same, unknown)
	}
}

// TestMovementAddsUp: rows and columns add up to the distributions of the matched.
func TestMovementAddsUp(t *testing.T) {
	m := staged(t, five(), 0, `share() > 0.3`, `share() > 0.6`)
	rapid.Check(t, func(r *rapid.T) {
		draw := func(label string) []Standing {
			var out []Standing
			for c, n := range rapid.MapOf(rapid.SampledFrom([]domain.Respondent{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF"}), rapid.IntRange(0, 3)).Draw(r, label) {
				s := Standing{Country: c, Unit: "all"}
				if n > 0 {
					s.Number = &n
				}
				out = append(out, s)
			}
			return out
		}
		from, to := draw("from"), draw("to")
		got := m.Moved("all", from, to)
		matched := 0
		for _, row := range got.Counts {
			for _, n := range row {
				matched += n
			}
		}
		if matched+got.Went != len(from) || matched+got.Came != len(to) {
			r.Fatalf("%+v of %d and %d", got, len(from), len(to))
		}
		if up, down, same, unknown := got.Sum(); up+down+same+unknown != matched {
			r.Fatalf("%+v: %d %d %d %d", got, up, down, same, unknown)
		}
	})
}
