package domain

import (
	"cmp"
	"iter"
	"slices"
	"sync"
)

// Align gives two rounds on one roll, so that who did what in both is a matter of
// sets. Where both have the same respondents they are returned as they are. Else
// the roll is that of both together, in order of code: who was not asked in a round
// is in none of its sets.
func Align(a, b *Tabulation) (onA, onB *Tabulation) {
	if sameRoll(a, b) {
		return a, b
	}
	m := merge(a.roll, b.roll)
	codes := make([]Respondent, m.n)
	m.a.name(a.roll, codes)
	m.b.name(b.roll, codes)
	return m.a.tabulation(a, codes), m.b.tabulation(b, codes)
}

func sameRoll(a, b *Tabulation) bool {
	return slices.EqualFunc(a.roll, b.roll, func(x, y Enrolment) bool { return x.Respondent == y.Respondent })
}

// merged is the roll of two rounds together, of n respondents, and where those of
// each stand in it.
type merged struct {
	n    int
	a, b places
}

// places are where the respondents of a roll stand in a longer one, in the same
// order.
type places []stretch

// stretch is respondents who stand one after the other in both rolls: so many of
// them, from a place in the one on, and from a place in the longer one on.
type stretch struct{ n, from, to int }

func merge(x, y []Enrolment) merged {
	var out merged
	for i, j := 0, 0; i < len(x) || j < len(y); out.n++ {
		order := -1
		switch {
		case i == len(x):
			order = 1
		case j < len(y):
			order = cmp.Compare(x[i].Respondent, y[j].Respondent)
		}
		if order <= 0 {
			out.a.add(i, out.n)
			i++
		}
		if order >= 0 {
			out.b.add(j, out.n)
			j++
		}
	}
	return out
}

// name writes the respondents of the shorter roll in their places.
func (p places) name(roll []Enrolment, codes []Respondent) {
	for _, x := range p {
		for i := range x.n {
			codes[x.to+i] = roll[x.from+i].Respondent
		}
	}
}

// add says where the next respondent stands.
func (p *places) add(from, to int) {
	if k := len(*p) - 1; k >= 0 && (*p)[k].to+(*p)[k].n == to {
		(*p)[k].n++
		return
	}
	*p = append(*p, stretch{1, from, to})
}

// shared are the places, in the one roll and in the other, of who is in both.
func (p places) shared(o places) iter.Seq2[int, int] {
	return func(yield func(i, j int) bool) {
		for k := 0; len(p) > 0 && k < len(o); {
			x, y := p[0], o[k]
			for at := max(x.to, y.to); at < min(x.to+x.n, y.to+y.n); at++ {
				if !yield(x.from+at-x.to, y.from+at-y.to) {
					return
				}
			}
			if x.to+x.n <= y.to+y.n {
				p = p[1:]
			} else {
				k++
			}
		}
	}
}

// move is a set of the shorter roll on the longer one.
func (p places) move(s Set, room *setRoom) Set {
	out := room.set()
	for _, x := range p {
		for x.n = min(x.n, 64*len(s)-x.from); x.n > 0; {
			n := min(x.n, 64-x.to%64)
			out[x.to/64] |= s.from(x.from, n) << (x.to % 64)
			x.n, x.from, x.to = x.n-n, x.from+n, x.to+n
		}
	}
	return out
}

// tabulation is a round on the longer roll.
func (p places) tabulation(t *Tabulation, codes []Respondent) *Tabulation {
	out := &Tabulation{round: t.round, framework: t.framework, roll: make([]Enrolment, len(codes)), columns: make([]Column, len(t.columns))}
	for i, code := range codes {
		out.roll[i].Respondent = code
	}
	for _, x := range p {
		copy(out.roll[x.to:], t.roll[x.from:x.from+x.n])
	}
	room := setRoom{words: words(len(codes))}
	out.asked = p.move(t.asked, &room)
	for j := range t.columns {
		out.columns[j] = p.column(&t.columns[j], &room)
	}
	out.groups = sync.OnceValue(out.byAttribute)
	return out
}

func (p places) column(y *Column, room *setRoom) Column {
	out := p.answers(y, room)
	out.NotApplicable, out.Unsaid = p.move(y.NotApplicable, room), p.move(y.Unsaid, room)
	switch {
	case y.Scale.yesAndNo():
		out.Levels = []Set{out.No, out.Yes}
	case out.Levels == nil:
		out.Levels = p.levels(y, room)
	}
	return out
}

// answers is what a comparison needs of a column: the levels only of a graded scale,
// and not who is left out of every share.
func (p places) answers(y *Column, room *setRoom) Column {
	out := Column{Scale: y.Scale, Yes: p.move(y.Yes, room), No: p.move(y.No, room), Missing: p.move(y.Missing, room)}
	if y.Scale.Graded() {
		out.Levels = p.levels(y, room)
	}
	return out
}

func (p places) levels(y *Column, room *setRoom) []Set {
	out := make([]Set, len(y.Levels))
	for k, level := range y.Levels {
		out[k] = p.move(level, room)
	}
	return out
}

// bothRolls are the rolls of two rounds that are compared, as one.
type bothRolls struct{ a, b onRoll }

// onRoll is where a round stands on the roll of both.
type onRoll struct {
	asked Set
	same  bool // that is its own roll
	places
}

func rollsOf(a, b *Tabulation) bothRolls {
	if sameRoll(a, b) {
		as := places{{len(a.roll), 0, 0}}
		return bothRolls{onRoll{a.asked, true, as}, onRoll{b.asked, true, as}}
	}
	m := merge(a.roll, b.roll)
	room := setRoom{words: words(m.n), more: 2}
	return bothRolls{onRoll{m.a.move(a.asked, &room), false, m.a}, onRoll{m.b.move(b.asked, &room), false, m.b}}
}

// set is a set of the round on the roll of both.
func (r *onRoll) set(s Set) Set {
	if r.same {
		return s
	}
	return r.move(s, &setRoom{words: len(r.asked), more: 1})
}

// codes are the respondents of both rounds, in order of place.
func (r *bothRolls) codes(a, b *Tabulation) []Respondent {
	out := make([]Respondent, 64*len(r.a.asked))
	r.a.name(a.roll, out)
	r.b.name(b.roll, out)
	return out
}
