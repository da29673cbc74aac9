package sentence

import (
	"strings"

	"headway/domain"
)

// Comparison says in one sentence what a row tells: what changed, in whom, n of N
// on both sides, the difference, and how sure one can be. It claims a change only
// where ClaimOf does.
func (w *Writer) Comparison(r domain.Comparison, n Names) string {
	from, to := w.rounds(r.From, r.To, n)
	fill := []any{"indicator", w.indicator(r.Indicator, n), "fromround", from, "toround", to, "who", w.who(r, n)}
	if r.FromCount != nil {
		fill = append(fill, "from", w.side(r.FromCount, r.FromN, r.FromShare, originOf(r.FromOrigin, n.fromSimulated(r)), from))
	}
	if r.ToCount != nil {
		fill = append(fill, "to", w.side(r.ToCount, r.ToN, r.ToShare, originOf(r.ToOrigin, n.toSimulated(r)), to))
	}
	var s string
	switch {
	case r.Series == domain.Begins || r.Series == domain.Ends || r.Break:
		s = w.apart(r, n, fill)
	case r.FromCount == nil || r.ToCount == nil || r.Change == nil:
		s = w.incomplete(r, fill)
	default:
		s = w.change(r, n, append(fill, "points", w.points(*r.Change)))
	}
	return w.finish(s, r.Simulated)
}

// fromSimulated reports whether the earlier side is simulated. Where the rounds are
// not known, a row that is simulated is so on each side that was computed.
func (n Names) fromSimulated(r domain.Comparison) bool {
	return r.Simulated && (n.Round == nil || n.simulated(r.From))
}

func (n Names) toSimulated(r domain.Comparison) bool {
	return r.Simulated && (n.Round == nil || n.simulated(r.To))
}

// who is those whose answers a row counts.
func (w *Writer) who(r domain.Comparison, n Names) string {
	key := "who." + string(domain.All)
	if r.Panel == domain.Matched {
		key = "who." + string(domain.Matched)
	}
	if r.Group == "" {
		return w.p.Text(key)
	}
	return w.p.Text(key+".group", "group", w.group(r, n))
}

// group names the group of a row, and as of when somebody is in it.
func (w *Writer) group(r domain.Comparison, n Names) string {
	return w.groupAsOf(w.groupName(r.Group, n), r.Grouping, r.From, r.To, n)
}

// groupAsOf says by which round's attributes somebody is in a group.
func (w *Writer) groupAsOf(group string, by domain.Grouping, from, to domain.RoundID, n Names) string {
	a, b := w.rounds(from, to, n)
	switch by {
	case domain.ByTo:
		return w.p.Text("group.to", "group", group, "round", b)
	case domain.ByOwn:
		return w.p.Text("group.own", "group", group)
	}
	return w.p.Text("group.from", "group", group, "round", a)
}

// groupName is the name of a group, after that of what it is a group by.
func (w *Writer) groupName(value string, n Names) string {
	name := w.p.ID(value)
	if n.Group != nil {
		name = n.Group(value)
	}
	name = w.p.Text("quoted", "text", name)
	if n.Attribute == "" {
		return name
	}
	by := w.p.ID(n.Attribute)
	if key := "attribute." + n.Attribute; w.p.Text(key) != key {
		by = w.p.Text(key)
	}
	return w.p.Text("group.by", "attribute", by, "group", name)
}

// apart says why two rounds cannot be compared.
func (w *Writer) apart(r domain.Comparison, n Names, fill []any) string {
	key := "breaks"
	switch r.Series {
	case domain.Begins:
		key = "begins"
	case domain.Ends:
		key = "ends"
	}
	var known []string
	for i := 0; i < len(fill); i += 2 {
		if fill[i] == "from" || fill[i] == "to" {
			known = append(known, fill[i+1].(string))
		}
	}
	s := w.p.Text(key, append(fill, "why", w.why(r))...)
	if len(known) > 0 {
		s = w.p.Text("known", "sentence", s, "list", w.list(known), "who", w.who(r, n))
	}
	return s + w.p.Text("stop")
}

// why is the reason of a break.
func (w *Writer) why(r domain.Comparison) string {
	key := "why." + string(r.BreakReason)
	s := w.p.Text(key)
	if r.BreakReason == "" || s == key {
		s = w.p.Text("why.break")
	}
	if r.Why != "" {
		s = w.p.Text("why.said", "reason", s, "said", "\u2068"+strings.TrimRight(r.Why, ". \n")+"\u2069")
	}
	return s
}

// incomplete says which of the numbers cannot be had: hidden, or nobody answered.
func (w *Writer) incomplete(r domain.Comparison, fill []any) string {
	key := ""
	switch {
	case r.FromCount == nil && r.ToCount == nil && (r.FromSuppressed || r.ToSuppressed):
		key = "hidden.both"
	case r.FromCount == nil && r.ToCount == nil && r.Panel == domain.Matched:
		key = "nobody.matched"
	case r.FromCount == nil && r.ToCount == nil:
		key = "nobody.both"
	case r.FromSuppressed:
		key = "hidden.from"
	case r.FromCount == nil:
		key = "nobody.from"
	case r.ToSuppressed:
		key = "hidden.to"
	case r.ToCount == nil:
		key = "nobody.to"
	default:
		key = "hidden.change"
	}
	return w.p.Text(key, fill...)
}

// change says what changed between two shares, or that none can be told.
func (w *Writer) change(r domain.Comparison, n Names, fill []any) string {
	claim := ClaimOf(r)
	var s string
	switch {
	case claim.Changed():
		direction := ".down"
		if *r.Change > 0 {
			direction = ".up"
		}
		s = w.p.Text("changed."+polarity(r)+direction, fill...)
	case *r.Change == 0 && *r.FromCount == 0:
		s = w.p.Text("same.none."+polarity(r), fill...)
	case *r.Change == 0 && *r.FromCount == *r.FromN:
		s = w.p.Text("same.all."+polarity(r), fill...)
	case *r.Change == 0:
		s = w.p.Text("same.share", fill...)
	case claim == Unknown:
		s = w.p.Text("unknown", fill...)
	default:
		s = w.p.Text("unclear."+w.doubt(r), fill...)
	}
	parts := []string{s}
	if r.Gained != nil && r.Lost != nil && *r.Gained+*r.Lost > 0 {
		parts = append(parts, w.list([]string{w.p.Count("gained."+polarity(r), *r.Gained), w.p.Count("lost."+polarity(r), *r.Lost)}))
	}
	parts = append(parts, w.graded(r, n)...)
	if r.ChangeLow != nil && r.ChangeHigh != nil {
		parts = append(parts, w.sure(r, n))
	} else if r.Suppressed {
		parts = append(parts, w.p.Text("hidden.sure"))
	}
	if len(r.Changed) > 0 {
		parts = append(parts, w.p.Text("otherwise"))
	}
	if r.Panel != domain.Matched && (r.FromOrigin == domain.Published || r.ToOrigin == domain.Published) {
		parts = append(parts, w.p.Text("totals"))
	}
	return strings.Join(parts, w.p.Text("semicolon")) + w.p.Text("stop")
}

// graded says what counts as in place on a graded scale, and in the matched panel
// who moved on it.
func (w *Writer) graded(r domain.Comparison, n Names) []string {
	var out []string
	if r.ToDistribution != nil {
		level := w.p.ID(string(r.ToDistribution.Target))
		if n.Level != nil {
			if s := w.p.NameAs(n.Level(r.Indicator, r.ToDistribution.Target), n.Told); s != "" {
				level = s
			}
		}
		out = append(out, w.p.Text("graded", "level", w.p.Text("quoted", "text", level)))
	}
	if r.Panel == domain.Matched && r.Detail != nil && r.Detail.Graded != nil {
		g := r.Detail.Graded
		moved := w.list([]string{w.p.Count("steps.up", g.Up), w.p.Count("steps.down", g.Down)})
		out = append(out, w.p.Text("steps.test", "moved", moved, "p", w.pValue(g.SignP)))
	}
	return out
}

// pValue is a p-value in three decimals.
func (w *Writer) pValue(p float64) string {
	if p < 0.001 {
		return w.p.ID("p < " + w.p.Decimal(0.001, 3))
	}
	return w.p.ID("p = " + w.p.Decimal(p, 3))
}

// polarity is that of a row as the texts' keys have it. A row without one says no
// more than how many said yes.
func polarity(r domain.Comparison) string {
	if r.Polarity == "" {
		return "neutral"
	}
	return string(r.Polarity)
}

// doubt is what a difference cannot be told from: chance, or who did not answer.
func (w *Writer) doubt(r domain.Comparison) string {
	chance, missing := false, false
	for _, e := range evidenceOf(r) {
		if e.kind == interval || e.kind == test {
			chance = chance || !e.excludes
		} else {
			missing = missing || !e.excludes
		}
	}
	switch {
	case chance && missing:
		return "both"
	case missing:
		return "missing"
	}
	return "chance"
}

// sure lists the grounds on which a change is claimed, and those on which it is not.
func (w *Writer) sure(r domain.Comparison, n Names) string {
	var yes, no []string
	for _, e := range evidenceOf(r) {
		if e.kind == test && *r.Change == 0 {
			continue // as many gained as lost: the test has nothing to say
		}
		if s := w.ground(e, r, n); e.excludes {
			yes = append(yes, s)
		} else {
			no = append(no, s)
		}
	}
	switch {
	case *r.Change == 0:
		return w.p.Text("room."+number(no), "list", w.list(no))
	case len(no) == 0:
		return w.p.Text("excludes."+number(yes), "list", w.list(yes))
	case len(yes) == 0:
		return w.p.Text("includes."+number(no), "list", w.list(no))
	}
	return w.p.Text("but", "excludes", w.p.Text("excludes."+number(yes), "list", w.list(yes)), "not", w.p.Text("not."+number(no), "list", w.list(no)))
}

// number is the grammatical number of a list.
func number(parts []string) string {
	if len(parts) == 1 {
		return "one"
	}
	return "several"
}

// ground is one piece of evidence in words.
func (w *Writer) ground(e evidence, r domain.Comparison, n Names) string {
	from, to := w.rounds(r.From, r.To, n)
	switch e.kind {
	case test:
		return w.p.Text("ground.test", "p", w.pValue(e.low))
	case later:
		return w.p.Text("ground.one", "round", to, "span", w.shares(e.low, e.high))
	case earlier:
		return w.p.Text("ground.one", "round", from, "span", w.shares(e.low, e.high))
	case bounds:
		// The change is of who answered both times, and can lie outside.
		if r.Panel == domain.Matched {
			return w.p.Text("ground.bounds.matched", "span", w.span(e.low, e.high))
		}
	}
	return w.p.Text("ground."+string(e.kind), "span", w.span(e.low, e.high))
}
