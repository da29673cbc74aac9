package domain

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The attacker of these tests knows the rule, who is enrolled in which round and
// group, who answered at all, everything that releases show, and what they hide. Of
// a survey so small that all answers can be tried, the attacker keeps the worlds
// that would have been published in just the same way; what is so in all of them is
// found out. Who is alike in everything that the attacker knows can be told apart by
// nobody, so that it is enough to try how many of them answered what.

// told is what totals tell by themselves: those of which all said the same, and the
// published one.
func (d *Disclosed) told() []byte {
	var out []byte
	for k, x := range d.rounds {
		y := x.on.Column(0)
		count, n := y.Yes.Len(), y.answered().Len()
		known := slices.ContainsFunc(x.Figures, func(f Figure) bool { return f.Count == count && f.Denominator == n })
		if x.all[0] && (count == 0 || count == n || known) {
			out = append(out, byte(k), byte(len(x.PublicRound.Answers.roll)), byte(n), byte(count))
		}
		out = append(out, '|')
	}
	return out
}

// output is all that a release shows.
func (d *Disclosed) output() []byte {
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
// are alike and changed their answers between the same states of a round.
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
			for ch := 0; changes && ch < 1<<len(w.pairs()); ch++ {
				sum(fmt.Sprintf("kind %d, changes %b", x, ch), func(z, a int) bool { return z == x && w.changed(x, a) == ch })
			}
		}
		for _, g := range []string{"a", "b", "c"} {
			sum("group "+g, func(x, _ int) bool { return w.kinds[x].group == g })
		}
		for m := range w.rounds {
			if m != k {
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

// span is what the attacker finds of a cell.
type span struct{ low, high int }

func (s *span) meet(v int, first bool) {
	if first {
		*s = span{v, v}
	}
	s.low, s.high = min(s.low, v), max(s.high, v)
}

// attack tries all answers that a survey can have. It fails where a number that may
// not be shown is the same in all worlds that look alike, unless it follows from
// figures alone, with what had been shown when they were published, or from totals of
// which all said the same. With changes the attacker also knows whose answers
// changed between two states of a round.
func (s *poll) attack(t failer, changes bool) {
	found, told := map[string][]span{}, map[string][]span{}
	totalsOf := map[string]string{}
	example := map[string][]cell{}
	s.worlds(func(w world) {
		states := w.tabulations()
		shown := w.publish(t, states)
		cells := w.cells(changes)
		var key, totals []byte
		for _, f := range w.figure(states, len(w.releases)) {
			key = append(key, byte(f.Count), byte(f.Denominator), '/')
		}
		totals = slices.Clone(key)
		for n, d := range shown {
			key = append(append(key, d.output()...), '/')
			if s.source != nil && n < s.source.since { // a source that publishes later cannot be kept from it
				totals = append(append(totals, d.output()...), '/')
			}
			totals = append(append(totals, d.told()...), '/')
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

// TestNoAnswerIsFoundOut plays the attacker on small surveys.
func TestNoAnswerIsFoundOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawPoll(t, []Disclosure{PublicDisclosure()}, 1000).attack(t, rapid.Bool().Draw(t, "the attacker knows who changed"))
	})
}

// TestAttacksThatWorked are surveys of which an earlier rule told answers.
func TestAttacksThatWorked(t *testing.T) {
	for name, s := range map[string]*poll{
		"a published total of some of them, beside groups": {
			kinds:  []kind{{7, "b", "??"}, {5, "a", "??"}, {7, "a", "?-"}},
			rounds: []int{1, 1}, releases: [][]int{{0}}, source: &source{state: 1}, steady: true},
		"a total beside a published one of fewer, of which one has changed": {
			kinds:  []kind{{2, "c", "??"}, {6, "b", "?."}},
			rounds: []int{1, 1}, releases: [][]int{{0}}, source: &source{state: 1}},
		"more answer than were few": {
			kinds:  []kind{{4, "b", "??"}, {8, "a", "-?"}},
			rounds: []int{1, 1}, releases: [][]int{{0}, {1}}},
		"more answer where the source had counted all": {
			kinds:  []kind{{8, "b", "???"}, {6, "a", "-??"}},
			rounds: []int{1, 1, 1}, releases: [][]int{{0}, {1}}, source: &source{state: 2}, steady: true},
		"all turned round": {
			kinds:  []kind{{8, "c", "??"}, {2, "b", "-?"}},
			rounds: []int{1, 1}, releases: [][]int{{0}, {1}}},
	} {
		t.Run(name, func(t *testing.T) {
			s.rule = PublicDisclosure()
			for _, changes := range []bool{false, true} {
				s.attack(t, changes)
			}
		})
	}
}
