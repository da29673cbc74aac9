package http_test

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"

	"headway/domain"
	"headway/seeds"
)

// target is a number that the attacker would like to know.
type target struct {
	what    string
	answers map[answer]bool
}

// targets are those of an indicator in the states of a round: of all, of each group by
// income, of who answered in another state, and of who did not.
func (s *spy) targets(j int, round domain.RoundID) (out []target) {
	add := func(p public, what string, keep func(domain.Enrolment) bool) {
		if who := s.who(p, j, keep); len(who) > 0 {
			out = append(out, target{fmt.Sprintf("%s@%d, %s: %s", p.round, p.at, s.framework.Indicators[j].ID, what), who})
		}
	}
	for _, p := range s.states {
		if p.round != round {
			continue
		}
		add(p, "all", everybody)
		for _, g := range []string{"low", "lower-middle", "upper-middle", "high", ""} {
			add(p, "group "+g, s.member(p, g))
		}
		for _, q := range s.states {
			if q != p {
				also := s.answeredIn(q, j)
				add(p, fmt.Sprintf("also in %s@%d", q.round, q.at), also)
				add(p, fmt.Sprintf("not in %s@%d", q.round, q.at), func(e domain.Enrolment) bool { return !also(e) })
			}
		}
	}
	return out
}

// problem is what is known of the answers to an indicator in a round: how many of the
// answers that are alike in every equation and target are yes, within equations.
type problem struct {
	sizes  []int
	a      *mat.Dense
	b      []float64
	worlds [][]float64 // that are so
	unsure int         // of how many bounds the solver gave none
}

// split sorts answers by which of the sets they are in, and says of each set which
// sorts it consists of.
func split(sets []map[answer]bool) (sizes []int, of [][]int) {
	member := map[answer][]byte{}
	for k, set := range sets {
		for a := range set {
			if member[a] == nil {
				member[a] = make([]byte, len(sets))
			}
			member[a][k] = 1
		}
	}
	sorts := map[string]int{}
	for _, m := range member {
		sorts[string(m)]++
	}
	of = make([][]int, len(sets))
	for i, m := range slices.Sorted(maps.Keys(sorts)) {
		sizes = append(sizes, sorts[m])
		for k := range sets {
			if m[k] == 1 {
				of[k] = append(of[k], i)
			}
		}
	}
	return sizes, of
}

// newProblem puts equations in the standard form: a sort's yes and no add up to its
// size, and what follows from other equations is left out.
func newProblem(sizes []int, facts []equation, of [][]int) *problem {
	n := len(sizes)
	more := 0
	for _, f := range facts {
		if f.atLeast {
			more++
		}
	}
	p := &problem{sizes: sizes}
	var rows [][]float64
	surplus := 2 * n
	for i, size := range sizes {
		row := make([]float64, 2*n+more)
		row[i], row[n+i] = 1, 1
		rows, p.b = append(rows, row), append(p.b, float64(size))
	}
	var reduced [][]float64
	for k, f := range facts {
		row := make([]float64, 2*n+more)
		for _, i := range of[k] {
			row[i] = 1
		}
		if f.atLeast {
			row[surplus], surplus = -1, surplus+1
		} else if reduced, row = independent(reduced, row, n); row == nil {
			continue
		}
		rows, p.b = append(rows, row), append(p.b, float64(f.yes))
	}
	p.a = mat.NewDense(len(rows), 2*n+more, slices.Concat(rows...))
	return p
}

// independent adds a row to those that are reduced to steps; the row is nil where it
// follows from them.
func independent(reduced [][]float64, row []float64, n int) ([][]float64, []float64) {
	x := slices.Clone(row[:n])
	for _, r := range reduced {
		lead := slices.IndexFunc(r, func(v float64) bool { return v != 0 })
		if x[lead] != 0 {
			by := x[lead] / r[lead]
			for i := range x {
				if x[i] -= by * r[i]; math.Abs(x[i]) < 1e-9 {
					x[i] = 0
				}
			}
		}
	}
	if !slices.ContainsFunc(x, func(v float64) bool { return v != 0 }) {
		return reduced, nil
	}
	return append(reduced, x), row
}

// bounds are the fewest and most yes that a set of sorts can have. Worlds that were
// found before may do: then it is only sure that so few and so many there can be.
func (p *problem) bounds(of []int, enough func(low, high int) bool) (low, high int) {
	value := func(x []float64) (v float64) {
		for _, i := range of {
			v += x[i]
		}
		return v
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, x := range p.worlds {
		least, most = min(least, value(x)), max(most, value(x))
	}
	whole := func() (int, int) { return int(math.Ceil(least - 1e-6)), int(math.Floor(most + 1e-6)) }
	if len(p.worlds) > 0 {
		if low, high = whole(); enough(low, high) {
			return low, high
		}
	}
	_, columns := p.a.Dims()
	for _, sign := range []float64{1, -1} {
		c := make([]float64, columns)
		for _, i := range of {
			c[i] = sign
		}
		_, x, err := lp.Simplex(c, p.a, p.b, 1e-9, nil)
		if err != nil {
			p.unsure++
			return 0, p.size(of)
		}
		p.worlds = append(p.worlds, x)
		least, most = min(least, value(x)), max(most, value(x))
	}
	return whole()
}

func (p *problem) size(of []int) (n int) {
	for _, i := range of {
		n += p.sizes[i]
	}
	return n
}

// harmless reports whether it may be known that between low and high of n say yes.
func harmless(low, high, n int) bool {
	switch {
	case low == high:
		return domain.PublicDisclosure().Shows(low, n, true)
	case low >= 1 && high <= 2, low >= n-2 && high <= n-1:
		return false
	}
	return true
}

// attack bounds all targets of some indicators: it says what is found out that does not
// follow from what is told, and how much was tried.
func (s *spy) attack(indicators []domain.Indicator) (found []string, tried int) {
	for _, in := range indicators {
		for _, round := range s.publicRounds() {
			f, n := s.attackRound(s.framework.IndexOf(in.ID), round, s.facts[in.ID], nil)
			found, tried = append(found, f...), tried+n
		}
	}
	return found, tried
}

func (s *spy) publicRounds() (out []domain.RoundID) {
	for _, p := range s.states {
		if !slices.Contains(out, p.round) {
			out = append(out, p.round)
		}
	}
	return out
}

func (s *spy) attackRound(j int, round domain.RoundID, facts []equation, more *equation) (found []string, tried int) {
	if more != nil {
		facts = append(slices.Clone(facts), *more)
	}
	var known, told []equation
	var sets []map[answer]bool
	for _, f := range facts {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(f.answers)), func(a answer) bool { return a.round == round }) {
			continue
		}
		same := slices.IndexFunc(known, func(x equation) bool {
			return x.atLeast == f.atLeast && x.yes == f.yes && maps.Equal(x.answers, f.answers)
		})
		if same >= 0 {
			known[same].told = known[same].told || f.told
			continue
		}
		known, sets = append(known, f), append(sets, f.answers)
	}
	targets := s.targets(j, round)
	for _, x := range targets {
		sets = append(sets, x.answers)
	}
	sizes, of := split(sets)
	var toldOf [][]int
	for k, f := range known {
		if f.told {
			told, toldOf = append(told, f), append(toldOf, of[k])
		}
	}
	p, q := newProblem(sizes, known, of), newProblem(sizes, told, toldOf)
	try := func(what string, of []int) {
		n := p.size(of)
		enough := func(low, high int) bool { return low < high && harmless(low, high, n) }
		tried++
		if low, high := p.bounds(of, enough); !harmless(low, high, n) {
			if l, h := q.bounds(of, func(int, int) bool { return false }); l != low || h != high {
				found = append(found, fmt.Sprintf("%s: from %d to %d of %d say yes", what, low, high, n))
			}
		}
	}
	for k, x := range targets {
		// What has been read needs no solver where it may be shown.
		if i := slices.IndexFunc(known, func(f equation) bool { return !f.atLeast && maps.Equal(f.answers, x.answers) }); i >= 0 && harmless(known[i].yes, known[i].yes, len(x.answers)) {
			tried++
			continue
		}
		try(x.what, of[len(known)+k])
	}
	for i := range sizes {
		try(fmt.Sprintf("%s, %s: alike respondents %d", round, s.framework.Indicators[j].ID, i), []int{i})
	}
	if p.unsure+q.unsure > 0 {
		s.t.Errorf("%s, %s: %d bounds were not found", round, s.framework.Indicators[j].ID, p.unsure+q.unsure)
	}
	return found, tried
}

// leak tells the attacker of hidden groups how many of all others said yes, one after
// the other: how often it did, and of which groups the attacker did not find that out.
// Of the round that has published figures it tells nothing: they may have told it.
func (s *spy) leak() (leaks int, missed []string) {
	for j, in := range s.framework.Indicators {
		for _, p := range s.states {
			all := s.who(p, j, everybody)
			shown := slices.ContainsFunc(s.facts[in.ID], func(f equation) bool { return !f.atLeast && maps.Equal(f.answers, all) })
			if p.round == seeds.SimulatedBaseline || !shown {
				continue
			}
			member := s.member(p, "upper-middle")
			group := s.who(p, j, member)
			yes := s.truth(j, group)
			if yes == 0 || yes == len(group) || harmless(yes, yes, len(group)) || leaks >= 8 {
				continue
			}
			others := s.who(p, j, func(e domain.Enrolment) bool { return !member(e) })
			leaks++
			if found, _ := s.attackRound(j, p.round, s.facts[in.ID], &equation{what: "leaked", answers: others, yes: s.truth(j, others)}); len(found) == 0 {
				missed = append(missed, fmt.Sprintf("%s@%d, %s: %d of %d", p.round, p.at, in.ID, yes, len(group)))
			}
		}
	}
	return leaks, missed
}
