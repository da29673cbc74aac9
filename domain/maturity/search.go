package maturity

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr/vm"

	"headway/domain"
)

// search tries sets of changes, the smallest first. Indicators that no rule tells
// apart are one group, of which only the number of changed ones matters: so that it
// tries thousands of sets, not billions, and leaves none out.
type search struct {
	applicant
	vm      *vm.VM
	env     environment
	target  int
	start   []domain.Status // by column
	current []domain.Status // what is tried
	groups  []group
	room    []int   // how many indicators the groups from here on have
	trials  int     // left
	found   [][]int // of each shortest set, how many indicators of each group changed
	seen    map[string]bool
	best    map[int]domain.Status
	steps   int // of the best
}

// group is a set of indicators that rules treat alike and that stand alike: as far
// from being well, whether yes or no is the good answer.
type group struct {
	columns []int
	moves   [][]move // of each column what it can become, from worse to better
}

type move struct {
	to    domain.Status
	steps int // up the scale; none for a first answer at its lower end
	well  bool
}

// kind is what makes indicators alike.
type kind struct {
	domain   string // "" where no rule asks of the domain
	alone    int    // the column, plus one, where a rule names it
	answered bool
	steps    string // of its moves
}

func (a applicant) newSearch(m *vm.VM, target, trials int) *search {
	f := a.model.framework
	s := &search{applicant: a, vm: m, target: target, trials: trials, seen: map[string]bool{}}
	for j := range f.Indicators {
		s.start = append(s.start, a.now(j))
	}
	s.current = slices.Clone(s.start)
	s.applicant.now = func(col int) domain.Status { return s.current[col] }
	s.env = s.applicant.environment()
	kinds := map[kind]int{}
	for j, in := range f.Indicators {
		k := kind{answered: s.start[j].Answered()}
		named, ranked := false, false
		for _, u := range a.model.uses[:target+1] {
			named = named || u.placed[j] || u.ranked[j]
			ranked = ranked || u.ranked[j]
			if u.domains[in.Domain] {
				k.domain = in.Domain
			}
		}
		if !named && !slices.Contains(a.unit.columns, j) {
			continue
		}
		if named {
			k.alone = j + 1
		}
		moves := a.moves(j, ranked)
		if len(moves) == 0 {
			continue
		}
		for _, x := range moves {
			k.steps += fmt.Sprintf("%d %t,", x.steps, x.well)
		}
		i, ok := kinds[k]
		if !ok {
			i = len(s.groups)
			kinds[k] = i
			s.groups = append(s.groups, group{})
		}
		g := &s.groups[i]
		g.columns, g.moves = append(g.columns, j), append(g.moves, moves)
	}
	s.room = make([]int, len(s.groups)+1)
	for i := len(s.groups) - 1; i >= 0; i-- {
		s.room[i] = s.room[i+1] + len(s.groups[i].columns)
	}
	return s
}

// moves are the better statuses that an indicator can have, as far as a rule can
// tell them apart: an answer at all, and the lowest level that is well; each level
// where a rule asks for ranks.
func (a applicant) moves(j int, ranked bool) []move {
	now := a.now(j)
	if now == domain.NotApplicable {
		return nil
	}
	scale, positive := a.scale(j), a.model.framework.Indicators[j].Polarity == domain.Positive
	levels := slices.Clone(scale.Values) // from worst to best
	if !positive {
		slices.Reverse(levels)
	}
	at := slices.Index(levels, now) // -1 where there is no answer
	var out []move
	for i := at + 1; i < len(levels); i++ {
		well := scale.Counts(levels[i]) == positive
		if ranked || well || i == 0 {
			out = append(out, move{levels[i], i - max(at, 0), well})
		}
		if well && !ranked {
			break
		}
	}
	if at >= 0 && !ranked && scale.Counts(now) == positive {
		return nil // it is well
	}
	return out
}

// most is how many indicators can change.
func (s *search) most() int { return s.room[0] }

func (s *search) holds() (bool, error) {
	stage, err := s.stageIn(s.vm, s.env)
	return stage >= s.target, err
}

func (s *search) reset() { copy(s.current, s.start) }

// ofSize tries every set of a size, as long as there are trials left.
func (s *search) ofSize(size int) error {
	return s.from(0, size, make([]int, len(s.groups)), 0)
}

// from tries the groups from g on, with left changes to give; changed is how many
// indicators of each group before it changed.
func (s *search) from(g, left int, changed []int, steps int) error {
	if s.trials <= 0 || left > s.room[g] {
		return nil
	}
	if left == 0 {
		return s.try(changed, steps)
	}
	return s.give(g, 0, 0, left, changed, steps)
}

// give tries every number of indicators of a group for its moves from m on; used
// of them have changed already.
func (s *search) give(g, m, used, left int, changed []int, steps int) error {
	x := s.groups[g]
	if m == len(x.moves[0]) {
		changed[g] = used
		err := s.from(g+1, left, changed, steps)
		changed[g] = 0
		return err
	}
	for n := 0; ; n++ {
		if err := s.give(g, m+1, used+n, left-n, changed, steps+n*x.moves[0][m].steps); err != nil {
			return err
		}
		if n == left || used+n == len(x.columns) {
			for i := range n {
				s.current[x.columns[used+i]] = s.start[x.columns[used+i]]
			}
			return nil
		}
		s.current[x.columns[used+n]] = x.moves[used+n][m].to
	}
}

// try notes the set at hand, if it brings the stage.
func (s *search) try(changed []int, steps int) error {
	s.trials--
	ok, err := s.holds()
	if err != nil || !ok {
		return err
	}
	set := map[int]domain.Status{}
	for g, n := range changed {
		for _, j := range s.groups[g].columns[:n] {
			set[j] = s.current[j]
		}
	}
	if s.best == nil || steps < s.steps || steps == s.steps && slices.Compare(columns(set), columns(s.best)) < 0 {
		s.best, s.steps = set, steps
	}
	if key := fmt.Sprint(changed); !s.seen[key] {
		s.seen[key] = true
		s.found = append(s.found, slices.Clone(changed))
	}
	return nil
}

func columns(set map[int]domain.Status) []int {
	out := make([]int, 0, len(set))
	for j := range set {
		out = append(out, j)
	}
	slices.Sort(out)
	return out
}

// changes are a set in words of the model. To is left out where there is no answer
// and any is enough: where the set holds with the best answers as with the worst.
func (s *search) changes(set map[int]domain.Status) ([]Change, error) {
	s.reset()
	defer s.reset()
	for j, to := range set {
		s.current[j] = to
	}
	free, err := s.free(columns(set))
	if err != nil {
		return nil, err
	}
	out := []Change{}
	for _, j := range columns(set) {
		to := set[j]
		c := Change{Indicator: s.model.framework.Indicators[j].ID, To: &to}
		if from := s.start[j]; from != "" {
			c.From = &from
		}
		if slices.Contains(free, j) {
			c.To = nil
		}
		out = append(out, c)
	}
	return out, nil
}

// free are those of a set at hand that have no answer and for which any is enough:
// each alone, and all of them alike at the lower and at the upper end.
func (s *search) free(set []int) ([]int, error) {
	var out []int
	at := func(end int, js ...int) (bool, error) {
		kept := slices.Clone(s.current)
		for _, j := range js {
			v := s.scale(j).Values
			if (s.model.framework.Indicators[j].Polarity == domain.Positive) == (end == 0) {
				s.current[j] = v[0]
			} else {
				s.current[j] = v[len(v)-1]
			}
		}
		ok, err := s.holds()
		s.current = kept
		return ok, err
	}
	for _, j := range set {
		if s.start[j].Answered() {
			continue
		}
		low, err := at(0, j)
		if err != nil {
			return nil, err
		}
		high, err := at(1, j)
		if err != nil {
			return nil, err
		}
		if low && high {
			out = append(out, j)
		}
	}
	for end := range 2 {
		if ok, err := at(end, out...); err != nil || !ok {
			return nil, err
		}
	}
	return out, nil
}

// sets counts the shortest sets, and says what they have in common.
func (s *search) sets() (count int, needed []domain.IndicatorID, anyOf *AnyOf) {
	free, total := []int{}, 0
	needed = []domain.IndicatorID{}
	size := len(s.best)
	for g, x := range s.groups {
		always, ever := true, false
		for _, changed := range s.found {
			always, ever = always && changed[g] == len(x.columns), ever || changed[g] > 0
		}
		switch {
		case always:
			size -= len(x.columns)
			for _, j := range x.columns {
				needed = append(needed, s.model.framework.Indicators[j].ID)
			}
		case ever:
			free = append(free, x.columns...)
		}
	}
	for _, changed := range s.found {
		ways := 1
		for g, n := range changed {
			ways = capped(ways, choose(len(s.groups[g].columns), n))
		}
		total = min(total+ways, math.MaxInt32)
	}
	s.inOrder(needed)
	if size == 0 || total == math.MaxInt32 || total != choose(len(free), size) {
		return total, needed, nil
	}
	anyOf = &AnyOf{Count: size}
	for _, j := range free {
		anyOf.Of = append(anyOf.Of, s.model.framework.Indicators[j].ID)
	}
	s.inOrder(anyOf.Of)
	return total, needed, anyOf
}

func (s *search) inOrder(ids []domain.IndicatorID) {
	slices.SortFunc(ids, func(a, b domain.IndicatorID) int { return s.model.framework.IndexOf(a) - s.model.framework.IndexOf(b) })
}

// choose is n over k, as far as an int of 32 bits reaches.
func choose(n, k int) int {
	out := 1
	for i := 1; i <= k; i++ {
		if out >= math.MaxInt32 {
			return math.MaxInt32
		}
		out = out * (n - k + i) / i
	}
	return min(out, math.MaxInt32)
}

// capped is a product, as far as an int of 32 bits reaches.
func capped(a, b int) int {
	if a != 0 && b > math.MaxInt32/a {
		return math.MaxInt32
	}
	return a * b
}
