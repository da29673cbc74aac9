package domain

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"pgregory.net/rapid"
)

// poll is a small survey of one indicator: everything but what was answered.
type poll struct {
	rule   Disclosure
	kinds  []kind
	rounds []int // of each state: a round at a moment; states become public in order
	// releases name the states that each release would like to show, the newest of
	// each round.
	releases [][]int
	source   *source // of a published figure; nil where none is
	// steady says that nobody answers otherwise in one state of a round than in
	// another, which the attacker knows.
	steady bool
}

// source is who published a figure about a round: its answers are a state that no
// release shows, and their total is known to everybody.
type source struct {
	state int
	since int // the release that knows of it first
}

// kind is of respondents who are alike: how many, in which group, and for each state
// '.' for not asked, '-' for missing, '?' for an answer.
type kind struct {
	n     int
	group string
	who   string
}

// world is a survey with all its answers: of each kind, how many gave each of the
// possible answers, a bit for each state.
type world struct {
	*poll
	counts [][]int
}

var attacked = func() *Framework {
	return &Framework{ID: "f", Scales: []Scale{Binary()}, Indicators: []Indicator{{ID: "a.b.c", Scale: "binary", Polarity: Positive}}}
}()

// tabulations are the states of the world, counted.
func (w world) tabulations() []*Tabulation {
	out := make([]*Tabulation, len(w.rounds))
	for k, round := range w.rounds {
		t := &Tabulation{round: Round{ID: RoundID(fmt.Sprint(round))}, framework: attacked}
		y := Column{Scale: Binary(), Yes: NewSet(64), No: NewSet(64), Missing: NewSet(64), NotApplicable: NewSet(64)}
		i := 0
		for x, kind := range w.kinds {
			for answers, n := range w.counts[x] {
				for range n {
					i++
					if kind.who[k] == '.' {
						continue
					}
					at := len(t.roll)
					t.roll = append(t.roll, Enrolment{Respondent: Respondent(fmt.Sprintf("X%02d", i)), Attributes: map[string]string{"g": kind.group}})
					switch {
					case kind.who[k] == '-':
						y.Missing.Add(at)
					case answers>>k&1 == 1:
						y.Yes.Add(at)
					default:
						y.No.Add(at)
					}
				}
			}
		}
		t.asked, y.Levels = FullSet(len(t.roll)), []Set{y.No, y.Yes}
		t.columns = []Column{y}
		t.groups = sync.OnceValue(t.byAttribute)
		out[k] = t
	}
	return out
}

// worlds yields every way to answer the survey.
func (s *poll) worlds(yield func(world)) {
	w := world{s, make([][]int, len(s.kinds))}
	var fill func(x, answers, left int)
	fill = func(x, answers, left int) {
		if x == len(s.kinds) {
			yield(w)
			return
		}
		next := func() {
			n := 0
			if x+1 < len(s.kinds) {
				n = s.kinds[x+1].n
				w.counts[x+1] = make([]int, 1<<len(s.rounds))
			}
			fill(x+1, 0, n)
		}
		last := -1 // of the answers that the kind can give
		for a := range 1 << len(s.rounds) {
			if s.can(x, a) {
				last = a
			}
		}
		for ; answers < last && !s.can(x, answers); answers++ {
		}
		if answers == last {
			w.counts[x][answers] = left
			next()
			w.counts[x][answers] = 0
			return
		}
		for n := range left + 1 {
			w.counts[x][answers] = n
			fill(x, answers+1, left-n)
			w.counts[x][answers] = 0
		}
	}
	w.counts[0] = make([]int, 1<<len(s.rounds))
	fill(0, 0, s.kinds[0].n)
}

// can reports whether a kind can give answers: yes only where it answered.
func (s *poll) can(x, answers int) bool {
	who := s.kinds[x].who
	for k, c := range who {
		if c != '?' && answers>>k&1 == 1 {
			return false
		}
	}
	for _, p := range s.pairs() {
		if s.steady && who[p[0]] == '?' && who[p[1]] == '?' && answers>>p[0]&1 != answers>>p[1]&1 {
			return false
		}
	}
	return true
}

// figure is what the source published, and the state that it is of; nil where it did
// not by the nth release.
func (w world) figure(states []*Tabulation, n int) []Figure {
	if w.source == nil || w.source.since > n {
		return nil
	}
	t := states[w.source.state]
	id := attacked.Indicators[0].ID
	return []Figure{{ID: "p", Round: t.round.ID, Indicator: id, Of: Criterion{Answered: []IndicatorID{id}},
		Counts: Criterion{Statuses: map[IndicatorID][]Status{id: {InPlace}}}, Count: t.columns[0].Yes.Len(), Denominator: t.columns[0].answered().Len()}}
}

// pairs are the states of the same round, two by two.
func (s *poll) pairs() (out [][2]int) {
	for a := range s.rounds {
		for b := range a {
			if s.rounds[a] == s.rounds[b] {
				out = append(out, [2]int{a, b})
			}
		}
	}
	return out
}

// changed says between which states of a round a kind that answers so says something
// else, a bit for each pair.
func (s *poll) changed(x, answers int) (out int) {
	for i, p := range s.pairs() {
		if s.kinds[x].who[p[0]] != s.kinds[x].who[p[1]] || answers>>p[0]&1 != answers>>p[1]&1 {
			out |= 1 << i
		}
	}
	return out
}

// failer is a test, or a check of a property.
type failer interface {
	Fatal(...any)
	Fatalf(string, ...any)
}

// publish runs the releases of a world, and returns what each shows.
func (w world) publish(t failer, states []*Tabulation) (shown []*Disclosed) {
	var past []ReleasePublished
	for n, wanted := range w.releases {
		about := Releasing{Past: past, Rule: w.rule, Now: int64(n), Answers: func(id RoundID, at int64) *Tabulation {
			for k := len(states) - 1; k >= 0; k-- {
				if states[k].round.ID == id && (int64(k) == at-100 || at < 100 && contains(wanted, k)) {
					return states[k]
				}
			}
			return nil
		}, Figures: func(id RoundID) []Figure {
			return slices.DeleteFunc(w.figure(states, n), func(f Figure) bool { return f.Round != id })
		}}
		if n > 0 {
			about.Shown = shown[n-1]
		}
		cmd := Release{Attribute: "g"}
		for _, k := range wanted {
			cmd.Rounds = append(cmd.Rounds, states[k].round.ID)
		}
		p, of := w.decide(t, about, cmd, wanted)
		past = append(past, p)
		shown = append(shown, w.disclose(states, past, of))
	}
	return shown
}

// decide is one release: a position of 100 and more names a state.
func (w world) decide(t failer, about Releasing, cmd Release, wanted []int) (ReleasePublished, []int) {
	_, steps, err := about.Publish(cmd, Source{}, Date{})
	if err != nil {
		t.Fatal(err)
	}
	p := ReleasePublished{Number: len(about.Past) + 1, Rule: about.Rule, Attribute: cmd.Attribute}
	var of []int
	for _, s := range steps {
		state := int(s.Position) - 100
		if s.Step == BecomesPublic || s.Step == Advances {
			for _, k := range wanted {
				if fmt.Sprint(w.rounds[k]) == string(s.Round) {
					state = k
				}
			}
		}
		p.Rounds = append(p.Rounds, ReleasedRound{s.Round, int64(100 + state)})
		of = append(of, state)
	}
	return p, of
}

func (w world) disclose(states []*Tabulation, past []ReleasePublished, of []int) *Disclosed {
	var rounds []PublicRound
	for _, k := range of {
		r := PublicRound{Answers: states[k]}
		for _, f := range w.figure(states, len(past)-1) {
			if f.Round == states[k].round.ID {
				r.Figures = append(r.Figures, f)
			}
		}
		seen := []int{k}
		for _, p := range past {
			if x, ok := p.Round(states[k].round.ID); ok && !contains(seen, int(x.Position)-100) {
				seen = append(seen, int(x.Position)-100)
				r.Before = append(r.Before, states[x.Position-100])
			}
		}
		rounds = append(rounds, r)
	}
	return Disclose(w.rule, "g", Lineage{attacked}, rounds)
}

func contains(list []int, k int) bool {
	for _, x := range list {
		if x == k {
			return true
		}
	}
	return false
}

func (s *poll) String() string {
	return fmt.Sprintf("rule %+v, kinds %+v, rounds of states %v, releases %v, source %+v, steady %t", s.rule, s.kinds, s.rounds, s.releases, s.source, s.steady)
}

// size is how many worlds there are.
func (s *poll) size() int {
	size := 1
	for x, k := range s.kinds {
		q := 0
		for a := range 1 << len(s.rounds) {
			if s.can(x, a) {
				q++
			}
		}
		ways := 1 // k.n respondents on q kinds of answers
		for i := 1; i < q; i++ {
			ways = ways * (k.n + i) / i
		}
		size *= ways
	}
	return size
}

// drawPoll draws a survey of so many worlds at most.
func drawPoll(t *rapid.T, rules []Disclosure, most int) *poll {
	s := &poll{rule: rapid.SampledFrom(rules).Draw(t, "rule")}
	plan := rapid.SampledFrom([]struct {
		rounds   []int
		releases [][]int
		source   *source
	}{
		{[]int{1}, [][]int{{0}}, nil},
		{[]int{1, 2}, [][]int{{0, 1}}, nil},
		{[]int{1, 2}, [][]int{{0}, {0, 1}}, nil},
		{[]int{1, 1}, [][]int{{0}, {1}}, nil},
		{[]int{1, 2, 1}, [][]int{{0}, {2, 1}}, nil},
		{[]int{1, 2, 1}, [][]int{{0, 1}, {2}}, nil},
		{[]int{1, 2, 3}, [][]int{{0, 1, 2}}, nil},
		{[]int{1, 1}, [][]int{{0}}, &source{state: 1}},
		{[]int{1, 1}, [][]int{{0}, {0}}, &source{state: 1, since: 1}},
		{[]int{1, 2, 1}, [][]int{{0, 1}}, &source{state: 2}},
		{[]int{1, 2, 1}, [][]int{{0}, {0, 1}}, &source{state: 2, since: 1}},
		{[]int{1, 1, 1}, [][]int{{0}, {1}}, &source{state: 2}},
		{[]int{1, 1, 1}, [][]int{{0}, {1}}, &source{state: 2, since: 1}},
	}).Draw(t, "plan")
	s.rounds, s.releases = plan.rounds, plan.releases
	s.source = plan.source
	s.steady = rapid.Bool().Draw(t, "nobody changes an answer")
	for range rapid.IntRange(1, 4).Draw(t, "kinds") {
		k := kind{n: rapid.IntRange(1, 9).Draw(t, "n"), group: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "group")}
		for range plan.rounds {
			k.who += string(rapid.SampledFrom([]rune("?????-.")).Draw(t, "who"))
		}
		s.kinds = append(s.kinds, k)
	}
	s.kinds[0].who = strings.Repeat("?", len(plan.rounds)) // somebody answers in each
	for s.size() > most {
		biggest := 0
		for x := range s.kinds {
			if s.kinds[x].n > s.kinds[biggest].n {
				biggest = x
			}
		}
		if s.kinds[biggest].n == 1 {
			s.kinds = s.kinds[:len(s.kinds)-1]
			continue
		}
		s.kinds[biggest].n--
	}
	return s
}
