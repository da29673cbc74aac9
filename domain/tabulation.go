package domain

import (
	"iter"
	"maps"
	"slices"
	"sync"
)

// Tabulation is a round's answers, counted once: for each indicator the sets of
// respondents who said yes, no, nothing, or to whom it does not apply. Whatever is
// asked of it later, of all or of a group, alone or beside another round, is a few
// operations on sets. It implements [Answers], never changes and may be kept and
// shared.
type Tabulation struct {
	round     Round
	framework *Framework
	roll      []Enrolment // in order of code
	asked     Set
	columns   []Column
	members   func() map[string]map[string]Set // by attribute and value
}

// Column is one indicator's answers. Everybody who was asked is in just one of Yes,
// No, Missing and NotApplicable.
type Column struct {
	Scale         Scale
	Yes, No       Set
	Missing       Set   // no answer, or nothing reported: never a no
	NotApplicable Set   // leave the denominator
	Unsaid        Set   // those of Missing of whom nothing at all was reported
	Levels        []Set // who answered with each level of the scale, lowest first
}

// Tabulate counts a round's answers. A Tabulation is returned as it is.
func Tabulate(a Answers) *Tabulation {
	if t, ok := a.(*Tabulation); ok {
		return t
	}
	t := &Tabulation{round: a.Round(), framework: a.Framework(), roll: a.Respondents()}
	t.asked = FullSet(len(t.roll))
	t.columns = make([]Column, len(t.framework.Indicators))
	room := setRoom{words: words(len(t.roll))}
	for j, in := range t.framework.Indicators {
		t.columns[j] = room.column(t.framework.ScaleOf(in))
		for i := range t.roll {
			t.columns[j].add(i, a.Status(i, j))
		}
	}
	t.members = sync.OnceValue(t.byAttribute)
	return t
}

func (y *Column) add(i int, st Status) {
	switch {
	case st == NotApplicable:
		y.NotApplicable.Add(i)
		return
	case !st.Answered():
		y.Missing.Add(i)
		if st == "" {
			y.Unsaid.Add(i)
		}
		return
	}
	rank := y.Scale.Rank(st)
	if rank > 0 && rank >= y.Scale.Rank(y.Scale.Positive) {
		y.Yes.Add(i)
	} else {
		y.No.Add(i)
	}
	if rank > 0 {
		y.Levels[rank-1].Add(i)
	}
}

// setRoom hands out sets of one length, many from one piece of memory.
type setRoom struct {
	words int
	free  []uint64
}

func (r *setRoom) set() Set {
	if len(r.free) < r.words {
		r.free = make([]uint64, 128*r.words)
	}
	s := r.free[:r.words:r.words]
	r.free = r.free[r.words:]
	return s
}

func (r *setRoom) column(s Scale) Column {
	y := Column{Scale: s, Yes: r.set(), No: r.set(), Missing: r.set(), NotApplicable: r.set(), Unsaid: r.set()}
	if len(s.Values) == 2 && s.Positive == s.Values[1] {
		y.Levels = []Set{y.No, y.Yes}
		return y
	}
	y.Levels = make([]Set, len(s.Values))
	for k := range y.Levels {
		y.Levels[k] = r.set()
	}
	return y
}

func (t *Tabulation) byAttribute() map[string]map[string]Set {
	out := map[string]map[string]Set{}
	for i, e := range t.roll {
		for k, v := range e.Attributes {
			if out[k] == nil {
				out[k] = map[string]Set{}
			}
			if out[k][v] == nil {
				out[k][v] = NewSet(len(t.roll))
			}
			out[k][v].Add(i)
		}
	}
	return out
}

// Round is the round as it was known.
func (t *Tabulation) Round() Round { return t.round }

// Framework is the round's questionnaire.
func (t *Tabulation) Framework() *Framework { return t.framework }

// Respondents is the roll: the enrolled in order of code, whose places the sets
// are of. After [Align] it has also those of the other round, without attributes.
func (t *Tabulation) Respondents() []Enrolment { return t.roll }

// Asked are those of the roll who are enrolled in the round.
func (t *Tabulation) Asked() Set { return t.asked }

// Column is the answers to an indicator, by its place in the framework.
func (t *Tabulation) Column(indicator int) *Column { return &t.columns[indicator] }

// Status is that of a respondent on an indicator, by their places.
func (t *Tabulation) Status(respondent, indicator int) Status {
	y := &t.columns[indicator]
	switch {
	case y.NotApplicable.Has(respondent):
		return NotApplicable
	case y.Missing.Has(respondent) && !y.Unsaid.Has(respondent):
		return NoAnswer
	}
	for k, level := range y.Levels {
		if level.Has(respondent) {
			return y.Scale.Values[k]
		}
	}
	return ""
}

// Groups are the values of an attribute among who was asked, in order.
func (t *Tabulation) Groups(attribute string) []string {
	out := slices.Sorted(maps.Keys(t.members()[attribute]))
	return slices.DeleteFunc(out, func(v string) bool { return v == "" })
}

// Members are who was asked and has a value of an attribute; with the value "" who
// has none.
func (t *Tabulation) Members(attribute, value string) Set {
	if s := t.members()[attribute][value]; value != "" && s != nil {
		return s
	}
	out := NewSet(len(t.roll))
	if value != "" {
		return out
	}
	for i := range t.asked.All() {
		if t.roll[i].Attributes[attribute] == "" {
			out.Add(i)
		}
	}
	return out
}

// Share counts an indicator's answers, by its place in the framework, among who is
// in a set; nil is all.
func (t *Tabulation) Share(indicator int, who Set) Share {
	y := &t.columns[indicator]
	count := func(s Set) int {
		if who == nil {
			return s.Len()
		}
		return CountAnd(s, who)
	}
	out := Share{Count: count(y.Yes), Missing: count(y.Missing), NotApplicable: count(y.NotApplicable),
		Simulated: t.round.Simulated, Origin: Computed, Scale: y.Scale, Levels: make([]int, len(y.Levels))}
	out.N = out.Count + count(y.No)
	for k, level := range y.Levels {
		out.Levels[k] = count(level)
	}
	return out
}

// Align gives two rounds on one roll, so that who did what in both is a matter of
// sets. Where both have the same respondents they are returned as they are. Else
// the roll is that of both together, in order of code: who was not asked in a round
// is in none of its sets.
func Align(a, b *Tabulation) (onA, onB *Tabulation) {
	return align(a, b, func(yield func(int, int) bool) {
		for j := range max(len(a.columns), len(b.columns)) {
			if !yield(j, j) {
				return
			}
		}
	})
}

// align is Align of some columns only: pairs of places in a and in b.
func align(a, b *Tabulation, columns iter.Seq2[int, int]) (onA, onB *Tabulation) {
	if slices.EqualFunc(a.roll, b.roll, func(x, y Enrolment) bool { return x.Respondent == y.Respondent }) {
		return a, b
	}
	places := merge(a.roll, b.roll)
	onA, onB = places.bare(a, places.a), places.bare(b, places.b)
	room := setRoom{words: words(len(places.codes))}
	for i, j := range columns {
		onA.take(a, i, places.a, &room)
		onB.take(b, j, places.b, &room)
	}
	return onA, onB
}

// merged is the roll of two rounds together: the places of each round's own
// respondents in it.
type merged struct {
	codes []Respondent
	a, b  []int
}

func merge(x, y []Enrolment) merged {
	out := merged{codes: make([]Respondent, 0, max(len(x), len(y))+16), a: make([]int, len(x)), b: make([]int, len(y))}
	for i, j := 0, 0; i < len(x) || j < len(y); {
		at := len(out.codes)
		first := i < len(x) && (j == len(y) || x[i].Respondent <= y[j].Respondent)
		second := j < len(y) && (i == len(x) || y[j].Respondent <= x[i].Respondent)
		if first {
			out.codes = append(out.codes, x[i].Respondent)
			out.a[i] = at
			i++
		}
		if second {
			if !first {
				out.codes = append(out.codes, y[j].Respondent)
			}
			out.b[j] = at
			j++
		}
	}
	return out
}

// bare puts a round on the merged roll, without its columns.
func (m merged) bare(t *Tabulation, places []int) *Tabulation {
	out := &Tabulation{round: t.round, framework: t.framework, roll: make([]Enrolment, len(m.codes)), asked: m.move(t.asked, places),
		columns: make([]Column, len(t.columns))}
	for i, code := range m.codes {
		out.roll[i].Respondent = code
	}
	for i, at := range places {
		out.roll[at] = t.roll[i]
	}
	out.members = sync.OnceValue(func() map[string]map[string]Set {
		moved := map[string]map[string]Set{}
		for k, values := range t.members() {
			moved[k] = make(map[string]Set, len(values))
			for v, s := range values {
				moved[k][v] = m.move(s, places)
			}
		}
		return moved
	})
	return out
}

// take puts a column of the same round on the roll of t; places outside of it, and
// those taken before, do nothing.
func (t *Tabulation) take(from *Tabulation, j int, places []int, room *setRoom) {
	if j < 0 || j >= len(t.columns) || t.columns[j].Yes != nil {
		return
	}
	y, out := &from.columns[j], room.column(from.columns[j].Scale)
	moved := func(from, to Set) {
		for i := range from.All() {
			to.Add(places[i])
		}
	}
	moved(y.Yes, out.Yes)
	moved(y.No, out.No)
	moved(y.Missing, out.Missing)
	moved(y.NotApplicable, out.NotApplicable)
	moved(y.Unsaid, out.Unsaid)
	if y.Scale.Graded() {
		for k := range y.Levels {
			moved(y.Levels[k], out.Levels[k])
		}
	}
	t.columns[j] = out
}

func (m merged) move(s Set, places []int) Set {
	out := NewSet(len(m.codes))
	for i := range s.All() {
		out.Add(places[i])
	}
	return out
}
