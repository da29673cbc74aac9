package maturity

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
)

// five is a framework of five binary indicators and one of four phases.
func five() *domain.Framework {
	f := framework()
	f.Scales = append(f.Scales, domain.Scale{ID: "phases", Values: []domain.Status{"1", "2", "3", "4"}, Positive: "3"})
	f.Indicators = append(f.Indicators,
		domain.Indicator{ID: "b.good", Domain: "b", Scale: "binary", Polarity: domain.Positive},
		domain.Indicator{ID: "b.also", Domain: "b", Scale: "binary", Polarity: domain.Positive},
		domain.Indicator{ID: "a.phase", Domain: "a", Scale: "phases", Polarity: domain.Positive})
	return f
}

func staged(t testing.TB, f *domain.Framework, minAnswered float64, rules ...string) *Model {
	t.Helper()
	m := domain.MaturityModel{ID: "m", Framework: "f", MinAnswered: minAnswered, Stages: []domain.Stage{{ID: "s1"}}}
	for i, r := range rules {
		m.Stages = append(m.Stages, domain.Stage{ID: fmt.Sprintf("s%d", i+2), Rule: r})
	}
	c, err := Compile(m, f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNext(t *testing.T) {
	f := five()
	for _, c := range []struct {
		name, rule string
		min        float64
		row        []domain.Status // a.one a.two b.bad b.good b.also a.phase
		want       string
	}{
		{"one that is named", `in_place("a.two")`, 0, []domain.Status{yes, no, no, no, no, "1"}, "a.two: not_in_place > in_place; needed a.two; 1 set"},
		{"any of several", `share() >= 0.5`, 0, []domain.Status{yes, no, yes, no, no, "1"}, "a.two: not_in_place > in_place, b.bad: in_place > not_in_place; any 2 of [a.two b.bad b.good b.also a.phase]; 10 sets"},
		{"a negative one gets better by a no", `share() == 1`, 0, []domain.Status{yes, yes, yes, yes, yes, "3"}, "b.bad: in_place > not_in_place; needed b.bad; 1 set"},
		{"the lowest level that is enough", `rank("a.phase") >= 2`, 0, []domain.Status{no, no, no, no, no, "1"}, "a.phase: 1 > 2; needed a.phase; 1 set"},
		{"the lowest level that is well", `in_place("a.phase")`, 0, []domain.Status{no, no, no, no, no, "1"}, "a.phase: 1 > 3; needed a.phase; 1 set"},
		{"an answer where there is none", `in_place("a.one")`, 0, []domain.Status{"", no, no, no, no, "1"}, "a.one: - > in_place; needed a.one; 1 set"},
		{"too few answers", `true`, 0.5, []domain.Status{no, mis, mis, mis, mis, mis}, "a.two: no_answer > any answer, b.bad: no_answer > any answer; any 2 of [a.two b.bad b.good b.also a.phase]; 10 sets"},
		{"what does not apply stays so", `in_place("a.one")`, 0, []domain.Status{na, no, no, no, no, "1"}, "out of reach"},
		{"the round before cannot be changed", `before_in_place("a.one")`, 0, []domain.Status{yes, no, no, no, no, "1"}, "out of reach"},
		{"the highest stage", `share() > 0`, 0, []domain.Status{yes, no, no, no, no, "1"}, "highest"},
		{"some needed and any of others", `in_place("a.one") && share() >= 0.5`, 0, []domain.Status{no, no, yes, no, no, "4"},
			"a.one: not_in_place > in_place, a.two: not_in_place > in_place; needed a.one; any 1 of [a.two b.bad b.good b.also]; 4 sets"},
	} {
		n, err := staged(t, f, c.min, c.rule).Next(sheet{f, [][]domain.Status{c.row}}, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := said(n[0]); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
}

func said(n Next) string {
	switch {
	case n.Next == nil:
		return "highest"
	case !n.Reachable:
		return "out of reach"
	}
	out := ""
	for i, c := range n.Changes {
		if i > 0 {
			out += ", "
		}
		from := domain.Status("-")
		if c.From != nil {
			from = *c.From
		}
		to := domain.Status("any answer")
		if c.To != nil {
			to = *c.To
		}
		out += fmt.Sprintf("%s: %s > %s", c.Indicator, from, to)
	}
	for _, id := range n.Needed {
		out += "; needed " + string(id)
	}
	if n.Any != nil {
		out += fmt.Sprintf("; any %d of %v", n.Any.Count, n.Any.Of)
	}
	if n.Sets == 1 {
		return out + "; 1 set"
	}
	return out + fmt.Sprintf("; %d sets", n.Sets)
}

// rulesToTry are of every shape that a rule can have, some of which no sane model
// has.
var rulesToTry = []string{`share() >= 0.5`, `share() >= 0.8`, `share("a") == 1`, `share("b") > 0.5 && share() > 0.6`, `in_place("a.one") && share("b") >= 0.5`,
	`in_place("a.one") || in_place("b.bad")`, `rank("a.phase") >= 2`, `rank("a.phase") == 4 || share("b") == 1`, `answered() == 1`, `answered("a") >= 0.6 && share() > 0.3`,
	`!in_place("a.two") && share() > 0.5`, `share() < 0.5`, `before_in_place("a.one") && share() >= 0.5`, `before_share() < share()`,
	`let f = share; f("a") > 0.5 && share() > 0.5`, `in_place("a.one") && in_place("b.good") && share("a") >= share("b")`, `false`, `share() > answered()`}

// TestNextIsTheShortest compares the search with a trial of every set there is.
func TestNextIsTheShortest(t *testing.T) {
	f := five()
	rapid.Check(t, func(r *rapid.T) {
		row := func(label string) []domain.Status {
			out := make([]domain.Status, len(f.Indicators))
			for j, in := range f.Indicators {
				values := append(slices.Clone(f.ScaleOf(in).Values), mis, na, "")
				out[j] = rapid.SampledFrom(values).Draw(r, fmt.Sprint(label, j))
			}
			return out
		}
		m := staged(t, f, rapid.SampledFrom([]float64{0, 0.5, 0.9}).Draw(r, "min"),
			rapid.SampledFrom(rulesToTry).Draw(r, "two"), rapid.SampledFrom(rulesToTry).Draw(r, "three"))
		now, before := row("now"), row("before")
		next, err := m.Next(sheet{f, [][]domain.Status{now}}, sheet{f, [][]domain.Status{before}}, "")
		if err != nil {
			r.Fatal(err)
		}
		n := next[0]
		if n.Next == nil {
			return
		}
		if !n.Exact {
			r.Fatalf("six indicators are too many: %+v", n)
		}
		size, sets := brute(t, m, now, before, *n.NextNumber)
		if n.Reachable != (size > 0) || n.Reachable && (len(n.Changes) != size || n.Sets != len(sets) || n.AtLeast != size) {
			r.Fatalf("%v, then %v: %+v, want %d sets of %d", now, before, n, len(sets), size)
		}
		if size == 0 {
			return
		}
		common := ^uint(0)
		for mask := range sets {
			common &= mask
		}
		needed := uint(0)
		for _, id := range n.Needed {
			needed |= 1 << f.IndexOf(id)
		}
		if needed != common {
			r.Fatalf("needed %b, want %b", needed, common)
		}
		after := slices.Clone(now)
		best := rapid.Bool().Draw(r, "best answers")
		for _, c := range n.Changes {
			j := f.IndexOf(c.Indicator)
			values := f.ScaleOf(f.Indicators[j]).Values
			switch {
			case c.To != nil:
				after[j] = *c.To
			case best == (f.Indicators[j].Polarity == domain.Positive):
				after[j] = values[len(values)-1]
			default:
				after[j] = values[0]
			}
		}
		if numberOf(t, m, after, before) < *n.NextNumber {
			r.Fatalf("the changes do not bring the stage: %+v", n)
		}
		if n.Any == nil {
			return
		}
		mask := uint(0)
		for _, id := range n.Any.Of {
			mask |= 1 << f.IndexOf(id)
		}
		for set := range sets {
			if bits.OnesCount(set&mask) != n.Any.Count {
				r.Fatalf("any %v, but %b is a set", n.Any, set)
			}
		}
	})
}

func numberOf(t *testing.T, m *Model, now, before []domain.Status) int {
	got, err := m.Stages(sheet{m.framework, [][]domain.Status{now}}, sheet{m.framework, [][]domain.Status{before}})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Number == nil {
		return 0
	}
	return *got[0].Number
}

// brute is the size of the shortest sets, and the sets as bits: it tries every
// better or first answer of every indicator.
func brute(t *testing.T, m *Model, now, before []domain.Status, target int) (int, map[uint]bool) {
	best, sets := 0, map[uint]bool{}
	var try func(j int, row []domain.Status, mask uint)
	try = func(j int, row []domain.Status, mask uint) {
		if size := bits.OnesCount(mask); best > 0 && size > best {
			return
		} else if j == len(row) {
			if size == 0 || numberOf(t, m, row, before) < target {
				return
			}
			if best == 0 || size < best {
				best, sets = size, map[uint]bool{}
			}
			sets[mask] = true
			return
		}
		try(j+1, row, mask)
		if now[j] == na {
			return
		}
		in := m.framework.Indicators[j]
		scale := m.framework.ScaleOf(in)
		for _, v := range scale.Values {
			better := scale.Rank(v) > scale.Rank(now[j])
			if in.Polarity == domain.Negative {
				better = scale.Rank(v) < scale.Rank(now[j])
			}
			if now[j].Answered() && !better {
				continue
			}
			other := slices.Clone(row)
			other[j] = v
			try(j+1, other, mask|1<<j)
		}
	}
	try(0, now, 0)
	return best, sets
}

// TestNextSaysWhereItIsABound cuts the search short.
func TestNextSaysWhereItIsABound(t *testing.T) {
	f := five()
	m := staged(t, f, 0, `share("a") == 1 && in_place("b.good") && in_place("b.also")`)
	row := sheet{f, [][]domain.Status{{no, no, no, no, no, "1"}}}
	whole, err := m.Next(row, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	cut, err := m.next(row, nil, "", 4)
	if err != nil {
		t.Fatal(err)
	}
	if n := cut[0]; n.Exact || !n.Reachable || n.AtLeast > 2 || len(n.Changes) != len(whole[0].Changes) || n.Sets != 0 || n.Any != nil {
		t.Errorf("cut short: %+v; whole: %+v", n, whole[0])
	}
	// Where everything well is not enough, nothing is found and nothing is claimed.
	hard := staged(t, f, 0, `share() > 1`)
	cut, err = hard.next(row, nil, "", 4)
	if err != nil {
		t.Fatal(err)
	}
	if n := cut[0]; n.Exact || !n.Reachable || len(n.Changes) != 0 {
		t.Errorf("cut short: %+v", n)
	}
}

func TestNextRefusesAnotherFramework(t *testing.T) {
	f := framework()
	f.ID = "other"
	_, err := staged(t, five(), 0, `share() > 0`).Next(sheet{f, nil}, nil, "")
	if !errors.Is(err, &domain.Refusal{Code: domain.CodeInvalid}) {
		t.Error(err)
	}
}

func BenchmarkNext(b *testing.B) {
	f := five()
	for i := range 54 {
		d := []string{"a", "b"}[i%2]
		f.Indicators = append(f.Indicators, domain.Indicator{ID: domain.IndicatorID(fmt.Sprintf("%s.more%d", d, i)), Domain: d, Scale: "binary", Polarity: domain.Positive})
	}
	row := make([]domain.Status, len(f.Indicators))
	for i := range row {
		row[i] = []domain.Status{yes, no, mis}[i%3]
	}
	row[5] = "1"
	m := staged(b, f, 0, `share() >= 0.6 && in_place("b.good") && share("a") >= 0.55`)
	for b.Loop() {
		n, err := m.Next(sheet{f, [][]domain.Status{row}}, nil, "")
		if err != nil || !n[0].Exact {
			b.Fatal(err, n)
		}
	}
}
