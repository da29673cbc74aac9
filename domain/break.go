package domain

import "slices"

// BreakReason is what is different in a question, from one round to a later one.
type BreakReason string

// The reasons, in the order in which one is named first.
const (
	// OtherPolarity: the good answer became the bad one.
	OtherPolarity BreakReason = "polarity"
	// OtherScale: the levels, or which of them counts as in place.
	OtherScale BreakReason = "scale"
	// OtherWording: the words of the question, in a language that both have.
	OtherWording BreakReason = "wording"
	// OtherMapping: the mapping says that the series breaks, because several
	// indicators were made one, or one several, or as it says itself.
	OtherMapping BreakReason = "mapping"
	// OtherFramework: the questionnaire of one of the rounds has nothing like it.
	OtherFramework BreakReason = "framework"
)

// changes are what is different in a question, in the order of the reasons.
func changes(f1 *Framework, was Indicator, f2 *Framework, is Indicator) []BreakReason {
	if f1.ID == f2.ID && was.ID == is.ID {
		return nil
	}
	var out []BreakReason
	if was.Polarity != is.Polarity {
		out = append(out, OtherPolarity)
	}
	if a, b := f1.ScaleOf(was), f2.ScaleOf(is); !slices.Equal(a.Values, b.Values) || a.Positive != b.Positive {
		out = append(out, OtherScale)
	}
	for language, words := range was.Wording {
		if now, both := is.Wording[language]; both && now != words {
			return append(out, OtherWording)
		}
	}
	return out
}

// breakReason is why a series breaks, given what is different in the question.
func breakReason(changed []BreakReason) BreakReason {
	if len(changed) > 0 {
		return changed[0]
	}
	return OtherMapping
}

// crossed is how the series of an indicator comes from an earlier framework.
type crossed struct {
	series  Series
	from    IndicatorID
	why     string
	reason  BreakReason // set where it breaks
	changed []BreakReason
}

func (x *crossed) mark(r *Comparison) {
	r.Series, r.FromIndicator, r.Why, r.BreakReason, r.Changed = x.series, x.from, x.why, x.reason, x.changed
	r.Break = x.reason != ""
}

// line finds the earlier indicator that the one at a place of the later framework
// continues.
func (l Lineage) line(earlier, later *Framework, j int) line {
	in := later.Indicators[j]
	out := line{id: in.ID, polarity: in.Polarity, earlier: j, later: j}
	if earlier.ID == later.ID {
		return out
	}
	way, ok := l.Link(later, in, earlier)
	x := crossed{series: Begins, from: way.Indicator, why: way.Why, reason: OtherFramework}
	out.earlier = -1
	if ok {
		out.earlier = earlier.IndexOf(way.Indicator)
		x.series, x.reason = Continues, ""
		x.changed = changes(earlier, earlier.Indicators[out.earlier], later, in)
		if way.Breaks > 0 {
			x.series, x.reason = Breaks, breakReason(x.changed)
		}
	}
	out.crossed = &x
	return out
}
