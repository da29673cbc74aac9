package domain

import "slices"

// Transitions count who moved from which status to which between two rounds, of
// those asked in both. They tell the answers of few: only who may see countries'
// answers may see them.
type Transitions struct {
	// From and To are the statuses at either end, the lowest level first, then no
	// answer and not applicable.
	From, To []Status
	Counts   [][]int // from, then to
	N        int     // all of them together
	Left     int     // indicators that are not in it, of all answers together
}

// missingStates stand after the levels of a scale.
var missingStates = []Status{NoAnswer, NotApplicable}

// TransitionsOf follows one indicator of the later round, and back by the lineage
// into the earlier one; ok is false where the earlier round did not ask it.
func TransitionsOf(from, to Answers, l Lineage, indicator int) (x Transitions, ok bool) {
	a, b := Align(Tabulate(from), Tabulate(to))
	in := to.Framework().Indicators[indicator]
	way, ok := l.with(from.Framework(), to.Framework()).Link(to.Framework(), in, from.Framework())
	if !ok {
		return x, false
	}
	then, now := a.Column(from.Framework().IndexOf(way.Indicator)), b.Column(indicator)
	x = Transitions{From: append(slices.Clone(then.Scale.Values), missingStates...), To: append(slices.Clone(now.Scale.Values), missingStates...)}
	x.count(then.ends(then.Levels), now.ends(now.Levels), a.Asked().And(b.Asked()))
	return x, true
}

// AllTransitions put the answers to all indicators of the later round together, as
// in place or not. Those where yes is the bad answer are left out, because gains
// would cancel losses, and those whose series breaks.
func AllTransitions(from, to Answers, l Lineage) Transitions {
	a, b := Align(Tabulate(from), Tabulate(to))
	states := append([]Status{NotInPlace, InPlace}, missingStates...)
	x := Transitions{From: states, To: states}
	both := a.Asked().And(b.Asked())
	l = l.with(from.Framework(), to.Framework())
	for j, in := range to.Framework().Indicators {
		way, ok := l.Link(to.Framework(), in, from.Framework())
		if !ok || way.Breaks > 0 || in.Polarity == Negative {
			x.Left++
			continue
		}
		then, now := a.Column(from.Framework().IndexOf(way.Indicator)), b.Column(j)
		x.count(then.ends([]Set{then.No, then.Yes}), now.ends([]Set{now.No, now.Yes}), both)
	}
	return x
}

// ends are the sets of a column's levels, and who is without one.
func (y *Column) ends(levels []Set) []Set {
	return append(slices.Clone(levels), y.Missing, y.NotApplicable)
}

func (x *Transitions) count(from, to []Set, who Set) {
	if x.Counts == nil {
		x.Counts = make([][]int, len(from))
		for i := range from {
			x.Counts[i] = make([]int, len(to))
		}
	}
	for i, then := range from {
		for j, now := range to {
			n := CountAnd(then, now, who)
			x.Counts[i][j] += n
			x.N += n
		}
	}
}
