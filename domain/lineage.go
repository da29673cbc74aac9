package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Lineage are the published frameworks, in order of publication. It tells how
// an indicator continues those of the frameworks before, also over several.
type Lineage []*Framework

// Framework finds a framework; nil when it was not published.
func (l Lineage) Framework(id FrameworkID) *Framework {
	for _, f := range l {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Link is the way from an indicator to the one of an earlier framework that it
// continues.
type Link struct {
	Indicator IndicatorID
	Breaks    int    // how often the series breaks on the way
	Why       string // of the mappings on the way
}

// Parent is the one indicator of an earlier framework that an indicator
// continues. Of several that were made one, the series continues the only one
// whose mapping does not break; where there is not just one, it breaks.
func (in Indicator) parent(id FrameworkID) (m Mapping, ok bool) {
	whole := 0
	for _, x := range in.Maps {
		if x.Framework != id {
			continue
		}
		if !ok || m.Break && !x.Break {
			m = x
		}
		if !x.Break {
			whole++
		}
		ok = true
	}
	m.Break = whole != 1
	return m, ok
}

// Link finds what an indicator of the later framework continues in an earlier
// one; of several ways the one with the fewest breaks.
func (l Lineage) Link(later *Framework, in Indicator, earlier *Framework) (Link, bool) {
	return l.link(later, in, earlier, nil)
}

func (l Lineage) link(later *Framework, in Indicator, earlier *Framework, past []FrameworkID) (best Link, ok bool) {
	if later.ID == earlier.ID {
		return Link{Indicator: in.ID}, true
	}
	if past = append(slices.Clip(past), later.ID); slices.Contains(past[:len(past)-1], later.ID) {
		return Link{}, false
	}
	for _, id := range targets(in) {
		m, _ := in.parent(id)
		f := l.Framework(id)
		if id == earlier.ID {
			f = earlier
		}
		if f == nil {
			continue
		}
		old, known := f.Indicator(m.Indicator)
		if !known {
			continue
		}
		way, found := l.link(f, old, earlier, past)
		if !found {
			continue
		}
		if m.Break {
			way.Breaks++
		}
		way.Why = strings.Trim(m.Why+"; "+way.Why, "; ")
		if !ok || way.Breaks < best.Breaks {
			best, ok = way, true
		}
	}
	return best, ok
}

// targets are the frameworks that an indicator maps to, in order.
func targets(in Indicator) []FrameworkID {
	var out []FrameworkID
	for _, m := range in.Maps {
		if !slices.Contains(out, m.Framework) {
			out = append(out, m.Framework)
		}
	}
	return out
}

// Ancestors are a framework and all that it continues, directly or through
// others.
func (l Lineage) Ancestors(f *Framework) []*Framework {
	out := []*Framework{f}
	for i := 0; i < len(out); i++ {
		for _, in := range out[i].Indicators {
			for _, id := range targets(in) {
				if g := l.Framework(id); g != nil && !slices.Contains(out, g) {
					out = append(out, g)
				}
			}
		}
	}
	return out
}

// Related reports whether the later framework is the earlier one or continues it.
func (l Lineage) Related(later, earlier *Framework) bool {
	if later.ID == earlier.ID {
		return true
	}
	return slices.ContainsFunc(l.Ancestors(later), func(f *Framework) bool { return f.ID == earlier.ID })
}

// Ended are the indicators of an earlier framework that nothing in the later one
// continues, not even with a break.
func (l Lineage) Ended(later, earlier *Framework) []Indicator {
	if later.ID == earlier.ID {
		return nil
	}
	type place struct {
		f  FrameworkID
		in IndicatorID
	}
	seen := map[place]bool{}
	var visit func(f *Framework, in Indicator)
	visit = func(f *Framework, in Indicator) {
		at := place{f.ID, in.ID}
		if seen[at] {
			return
		}
		seen[at] = true
		for _, m := range in.Maps {
			if g := l.Framework(m.Framework); g != nil {
				if old, ok := g.Indicator(m.Indicator); ok {
					visit(g, old)
				}
			}
		}
	}
	for _, in := range later.Indicators {
		visit(later, in)
	}
	var out []Indicator
	for _, in := range earlier.Indicators {
		if !seen[place{earlier.ID, in.ID}] {
			out = append(out, in)
		}
	}
	return out
}

// ValidateMaps returns every fault of a framework's mappings: they lead to
// indicators of frameworks published before, so that they never run in a circle,
// and a series crosses a change of scale or of wording only with a reason.
func (l Lineage) ValidateMaps(f *Framework) []FieldError {
	v := &faults{}
	for i, in := range f.Indicators {
		seen := map[Mapping]bool{}
		for j, m := range in.Maps {
			key := Mapping{Framework: m.Framework, Indicator: m.Indicator}
			if seen[key] {
				v.add(fmt.Sprintf("%s of %s stands twice", m.Indicator, m.Framework), "indicators", i, "maps", j)
				continue
			}
			seen[key] = true
			l.validateMap(v, f, in, m, "indicators", i, "maps", j)
		}
	}
	return v.list
}

func (l Lineage) validateMap(v *faults, f *Framework, in Indicator, m Mapping, path ...any) {
	at := func(key string) []any { return append(slices.Clip(path), key) }
	old := l.Framework(m.Framework)
	switch {
	case m.Framework == f.ID:
		v.add("an indicator cannot continue one of its own framework; give the revision a new id", at("framework")...)
		return
	case old == nil:
		v.add(fmt.Sprintf("framework %q was not published; publish it first", m.Framework), at("framework")...)
		return
	}
	was, ok := old.Indicator(m.Indicator)
	if !ok {
		near := Survey{Framework: old}.nearestIndicator(m.Indicator)
		v.add(fmt.Sprintf("framework %s has no indicator %q; did you mean %s?", old.ID, m.Indicator, near), at("indicator")...)
		return
	}
	if m.Break {
		return
	}
	if was.Polarity != in.Polarity {
		v.add(fmt.Sprintf("the polarity of %s is %s and here %s: a series cannot cross that; say break: true", was.ID, was.Polarity, in.Polarity), at("break")...)
	}
	if a, b := old.ScaleOf(was), f.ScaleOf(in); m.Why == "" && (!slices.Equal(a.Values, b.Values) || a.Positive != b.Positive) {
		v.add(fmt.Sprintf("the scale of %s is another one: say break: true, or why shares in place can be compared", was.ID), at("why")...)
	}
}
