package domain

import (
	"cmp"
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
	groups    func() map[string]*groups // by attribute
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
	t.groups = sync.OnceValue(t.byAttribute)
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
	more  int // how many at a time; 0 is 128
	free  []uint64
}

func (r *setRoom) set() Set {
	if len(r.free) < r.words {
		r.free = make([]uint64, cmp.Or(r.more, 128)*r.words)
	}
	s := r.free[:r.words:r.words]
	r.free = r.free[r.words:]
	return s
}

func (r *setRoom) column(s Scale) Column {
	y := Column{Scale: s, Yes: r.set(), No: r.set(), Missing: r.set(), NotApplicable: r.set(), Unsaid: r.set()}
	if s.yesAndNo() {
		y.Levels = []Set{y.No, y.Yes}
		return y
	}
	y.Levels = make([]Set, len(s.Values))
	for k := range y.Levels {
		y.Levels[k] = r.set()
	}
	return y
}

// yesAndNo reports whether the two levels of a scale are just no and yes.
func (s Scale) yesAndNo() bool { return len(s.Values) == 2 && s.Positive == s.Values[1] }

// groups are who has which value of an attribute, and the values in order; who has
// none is not in them.
type groups struct {
	values  []string
	members map[string]Set
}

func (t *Tabulation) byAttribute() map[string]*groups {
	out := map[string]*groups{}
	for i, e := range t.roll {
		for k, v := range e.Attributes {
			g := out[k]
			if g == nil {
				g = &groups{values: []string{}, members: map[string]Set{}}
				out[k] = g
			}
			if v == "" {
				continue
			}
			if g.members[v] == nil {
				g.members[v], g.values = NewSet(len(t.roll)), append(g.values, v)
			}
			g.members[v].Add(i)
		}
	}
	for _, g := range out {
		slices.Sort(g.values)
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
func (t *Tabulation) Groups(attribute string) []string { return slices.Clone(t.values(attribute)) }

// values are Groups, not to be changed.
func (t *Tabulation) values(attribute string) []string {
	if g := t.groups()[attribute]; g != nil {
		return g.values
	}
	return nil
}

// Members are who was asked and has a value of an attribute; with the value "" who
// has none.
func (t *Tabulation) Members(attribute, value string) Set {
	g := t.groups()[attribute]
	if value != "" {
		if g != nil && g.members[value] != nil {
			return g.members[value]
		}
		return NewSet(len(t.roll))
	}
	out := t.asked.Clone()
	if g != nil {
		for _, s := range g.members {
			out = out.AndNot(s)
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
