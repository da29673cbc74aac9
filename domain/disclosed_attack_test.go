package domain

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// The attacker of these tests knows the rule, who is enrolled in which round and
// group, who answered at all, everything that releases show, and what they hide. Of
// a survey so small that all answers can be tried, the attacker keeps the worlds
// that would have been published in just the same way; what is so in all of them is
// found out. Who is alike in everything that the attacker knows can be told apart by
// nobody, so that it is enough to try how many of them answered what.

// poll is a small survey of one indicator: everything but what was answered.
type poll struct {
	rule   Disclosure
	kinds  []kind
	rounds []int // of each state: a round at a moment; states become public in order
	// releases name the states that each release would like to show, the newest of
	// each round.
	releases [][]int
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
		t.members = sync.OnceValue(t.byAttribute)
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
	for k, c := range s.kinds[x].who {
		if c != '?' && answers>>k&1 == 1 {
			return false
		}
	}
	return true
}

// publish runs the releases of a world, and returns what each shows, and of which
// states.
func (w world) publish(t *rapid.T) (shown []*Disclosed, public [][]int) {
	states := w.tabulations()
	var past []ReleasePublished
	for n, wanted := range w.releases {
		about := Releasing{Past: past, Rule: w.rule, Now: int64(n), Answers: func(id RoundID, at int64) *Tabulation {
			for k := len(states) - 1; k >= 0; k-- {
				if states[k].round.ID == id && (int64(k) == at-100 || at < 100 && contains(wanted, k)) {
					return states[k]
				}
			}
			return nil
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
		shown, public = append(shown, w.disclose(states, past, of)), append(public, of)
	}
	return shown, public
}

// decide is one release: a position of 100 and more names a state.
func (w world) decide(t *rapid.T, about Releasing, cmd Release, wanted []int) (ReleasePublished, []int) {
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

// output is all that a release shows: totals alone, or everything.
func (d *Disclosed) output(totals bool) []byte {
	var out []byte
	add := func(shown bool, y *Column, who Set) {
		if !shown {
			out = append(out, '#')
			return
		}
		out = append(out, byte(CountAnd(y.Yes, who)), byte(CountAnd(y.No, who)), byte(CountAnd(y.Missing, who)))
	}
	for k, x := range d.rounds {
		y := x.on.Column(0)
		out = append(out, '|', byte(len(x.PublicRound.Answers.roll)), byte(y.answered().Len()))
		add(x.all[0], y, x.on.asked)
		if totals {
			continue
		}
		for _, v := range x.visible {
			add(x.groups[0], y, x.on.Members("g", v))
		}
		for m := range k {
			a := d.rounds[m].on.Column(0)
			p := a.answered().And(y.answered())
			shown := d.panels[pairing{m, k, 0, 0}]
			out = append(out, byte(shown))
			add(shown >= PanelShares, a, p)
			add(shown >= PanelShares, y, p)
			if shown == PanelSplit {
				out = append(out, byte(CountAnd(a.No, y.Yes)), byte(CountAnd(a.Yes, y.No)))
			}
		}
	}
	return out
}

// cells are what the attacker would like to know, in a fixed order: of how many how
// many said yes. In each state: of those who are alike, of each group, of who
// answered in another round too, and of who did not; with changes also of those who
// are alike and changed their answer between the states of a round, and who did not.
func (w world) cells(changes bool) (out []cell) {
	for k := range w.rounds {
		sum := func(name string, in func(x, answers int) bool) {
			c := cell{name: fmt.Sprintf("state %d, %s", k, name)}
			for x, kind := range w.kinds {
				if kind.who[k] != '?' {
					continue
				}
				for answers, n := range w.counts[x] {
					if in(x, answers) {
						c.n += n
						c.yes += n * (answers >> k & 1)
					}
				}
			}
			out = append(out, c)
		}
		for x := range w.kinds {
			sum(fmt.Sprintf("kind %d", x), func(z, _ int) bool { return z == x })
			if changes {
				sum(fmt.Sprintf("kind %d changed", x), func(z, a int) bool { return z == x && w.changed(x, a) })
				sum(fmt.Sprintf("kind %d unchanged", x), func(z, a int) bool { return z == x && !w.changed(x, a) })
			}
		}
		for _, g := range []string{"a", "b", "c"} {
			sum("group "+g, func(x, _ int) bool { return w.kinds[x].group == g })
		}
		for m := range w.rounds {
			if w.rounds[m] != w.rounds[k] {
				sum(fmt.Sprintf("also in %d", m), func(x, _ int) bool { return w.kinds[x].who[m] == '?' })
				sum(fmt.Sprintf("not in %d", m), func(x, _ int) bool { return w.kinds[x].who[m] != '?' })
			}
		}
	}
	return out
}

type cell struct {
	name   string
	yes, n int
}

// changed reports whether a kind that answers so says something else in two states
// of a round.
func (s *poll) changed(x, answers int) bool {
	for a := range s.rounds {
		for b := range a {
			if s.rounds[a] == s.rounds[b] && (s.kinds[x].who[a] != s.kinds[x].who[b] || answers>>a&1 != answers>>b&1) {
				return true
			}
		}
	}
	return false
}

// span is what the attacker finds of a cell.
type span struct{ low, high int }

func (s *span) meet(v int, first bool) {
	if first {
		*s = span{v, v}
	}
	s.low, s.high = min(s.low, v), max(s.high, v)
}

// attack tries all answers that a survey can have. It fails where a number that may
// not be shown is the same in all worlds that look alike, unless the totals, which
// may be shown, tell it already. With changes the attacker also knows whose answers
// changed between two states of a round.
func (s *poll) attack(t *rapid.T, changes bool) {
	found, told := map[string][]span{}, map[string][]span{}
	totalsOf := map[string]string{}
	example := map[string][]cell{}
	s.worlds(func(w world) {
		shown, _ := w.publish(t)
		cells := w.cells(changes)
		var key, totals []byte
		for _, d := range shown {
			key, totals = append(append(key, d.output(false)...), '/'), append(append(totals, d.output(true)...), '/')
		}
		if changes {
			for _, c := range cells {
				key, totals = append(key, byte(c.n)), append(totals, byte(c.n))
			}
		}
		totalsOf[string(key)], example[string(key)] = string(totals), cells
		for _, into := range []struct {
			m map[string][]span
			k string
		}{{found, string(key)}, {told, string(totals)}} {
			spans, ok := into.m[into.k]
			if !ok {
				spans = make([]span, len(cells))
			}
			for c := range cells {
				spans[c].meet(cells[c].yes, !ok)
			}
			into.m[into.k] = spans
		}
	})
	for key, spans := range found {
		for k, x := range spans {
			c := example[key][k]
			y := told[totalsOf[key]][k]
			if c.n > 0 && x.low == x.high && y.low < y.high && !s.rule.Shows(x.low, c.n, true) {
				t.Fatalf("%s: %d of %d is found out from %q\n%s", c.name, x.low, c.n, key, s)
			}
		}
	}
}

func (s *poll) String() string {
	return fmt.Sprintf("rule %+v, kinds %+v, rounds of states %v, releases %v", s.rule, s.kinds, s.rounds, s.releases)
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
	}{
		{[]int{1}, [][]int{{0}}},
		{[]int{1, 2}, [][]int{{0, 1}}},
		{[]int{1, 2}, [][]int{{0}, {0, 1}}},
		{[]int{1, 1}, [][]int{{0}, {1}}},
		{[]int{1, 2, 1}, [][]int{{0}, {2, 1}}},
		{[]int{1, 2, 1}, [][]int{{0, 1}, {2}}},
		{[]int{1, 2, 3}, [][]int{{0, 1, 2}}},
	}).Draw(t, "plan")
	s.rounds, s.releases = plan.rounds, plan.releases
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

// TestNoAnswerIsFoundOut plays the attacker on small surveys.
func TestNoAnswerIsFoundOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawPoll(t, []Disclosure{PublicDisclosure()}, 1000).attack(t, rapid.Bool().Draw(t, "the attacker knows who changed"))
	})
}
