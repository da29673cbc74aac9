package sentence

import (
	"strings"

	"headway/domain"
)

// Groups says in one sentence how two groups differ on an indicator in the later
// round, and by how much their changes differ, and of each how sure one can be.
// That one group's change is clear and the other's is not does not make them
// different: only the difference itself tells.
func (w *Writer) Groups(d domain.GroupDifference, n Names) string {
	n.Attribute = d.Attribute
	from, to := w.rounds(d.From, d.To, n)
	name := func(value string) string { return w.groupAsOf(w.groupName(value, n), d.Grouping, d.From, d.To, n) }
	fill := []any{"indicator", w.indicator(d.Indicator, n), "round", to, "fromround", from, "toround", to}
	if d.ToA == nil || d.ToB == nil || d.ToDifference == nil {
		return w.finish(w.p.Text("groups.none", append(fill, "a", name(d.GroupA), "b", name(d.GroupB))...), d.Simulated)
	}
	who := "who." + string(domain.All)
	if d.Panel == domain.Matched {
		who = "who." + string(domain.Matched)
	}
	parts := []string{w.p.Text("groups.shares", append(fill, "a", w.groupSide(d.ToA, name(d.GroupA)), "b", w.groupSide(d.ToB, name(d.GroupB)),
		"points", w.points(d.ToDifference.Value), "who", w.p.Text(who))...)}
	if s := w.different(*d.ToDifference, "groups.alike.shares"); s != "" {
		parts = append(parts, s)
	}
	if c := d.DifferenceInChange; c != nil && !d.Break {
		parts = append(parts, w.p.Text("groups.change", append(fill, "points", w.points(c.Value))...))
		if s := w.different(*c, "groups.alike.changes"); s != "" {
			parts = append(parts, s)
		}
		if c.Low == nil {
			parts = append(parts, w.p.Text("groups.moved"))
		}
	}
	return w.finish(strings.Join(parts, w.p.Text("semicolon"))+w.p.Text("stop"), d.Simulated)
}

// groupSide is the share of a group.
func (w *Writer) groupSide(s *domain.GroupShare, group string) string {
	of := w.p.Text("of", "count", w.p.Integer(s.Count), "n", w.p.Integer(s.N))
	return w.p.Text("groups.side", "of", of, "share", w.p.ID(w.p.Percent(s.Share)), "group", group)
}

// different lists what rules out that two groups are alike, and what does not.
func (w *Writer) different(a domain.Apart, alike string) string {
	var yes, no []string
	add := func(e evidence) {
		s := w.p.Text("ground."+string(e.kind), "span", w.span(e.low, e.high))
		if e.low > 0 || e.high < 0 {
			yes = append(yes, s)
		} else {
			no = append(no, s)
		}
	}
	if a.Low != nil && a.High != nil {
		add(evidence{kind: interval, low: *a.Low, high: *a.High})
	}
	if a.Bounds != nil && apart(*a.Bounds) {
		add(evidence{kind: bounds, low: a.Bounds[0], high: a.Bounds[1]})
	}
	says := func(verb string, list []string) string {
		return w.p.Text("groups."+verb+"."+number(list), "list", w.list(list), "alike", w.p.Text(alike))
	}
	switch {
	case len(yes)+len(no) == 0:
		return ""
	case len(no) == 0:
		return says("excludes", yes)
	case len(yes) == 0:
		return says("includes", no)
	}
	return w.p.Text("but", "excludes", says("excludes", yes), "not", w.p.Text("not."+number(no), "list", w.list(no)))
}
