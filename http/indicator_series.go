package http

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"headway/domain"
	"headway/http/chart"
)

// series is the share over rounds, with the band that the reader chose and every
// break marked.
func (b *indicating) series(*indicatorBody) (*figure, error) {
	p := b.page
	table := chart.Table{Header: []string{p.T("col.round"), p.T("col.share"), p.T("col.count"), p.T("col.missing"), p.T("col.bounds"), p.T("col.wilson"),
		p.T("series.since"), p.T("series.break"), p.T("col.origin")}}
	line := chart.Line{Name: p.P.Name(b.in.Name)}
	heading, hidden, last := p.T("series.none"), false, domain.TrendPoint{}
	var said []string
	for i, t := range b.points {
		p.Simulated, hidden = p.Simulated || t.Simulated, hidden || t.Suppressed
		rd := b.rounds[t.Round]
		name := b.w.round(rd)
		point := chart.Point{Year: year(t.ReferenceDate), Value: t.Share,
			Break: t.Break || i > 0 && b.points[i-1].Simulated != t.Simulated} // no line from real to simulated
		if t.Break {
			point.Cut = b.why(t)
		}
		sampling := wilson(t.Count, t.N)
		if band := b.bounds(t); band != nil && b.choice.interval != bandSampling {
			point.Low, point.High = &band[0], &band[1]
		} else if sampling != nil && b.choice.interval == bandSampling {
			point.Low, point.High = &sampling[0], &sampling[1]
		}
		share, missing := p.T("suppressed"), "–"
		if t.Share == nil {
			point.Hidden = p.T("suppressed")
			said = append(said, name+": "+point.Hidden)
		}
		if t.Share != nil {
			share, last = b.w.Percent(*t.Share), t
			point.Tip = p.T("tip", "round", name, "count", *t.Count, "n", *t.N, "share", share, "origin", b.w.origin(t.Origin, t.Simulated))
			said = append(said, point.Tip)
			heading = p.T("series.title", "share", share, "round", name, "count", *t.Count, "n", *t.N)
			if t.Origin != domain.Published {
				missing = fmt.Sprint(t.Missing)
			}
		}
		if t.AskedAs != "" {
			name += " [" + p.P.ID(string(t.AskedAs)) + "]"
		}
		breaks := "–"
		if t.Break {
			name += " (" + p.T("break") + ")"
			breaks = b.why(t)
		}
		table.Add(name, share, b.w.of(t.Count, t.N), missing, b.w.band(b.bounds(t)), b.w.band(sampling), b.w.points(t.Change), breaks, b.w.origin(t.Origin, t.Simulated))
		line.Points = append(line.Points, point)
	}
	band := "series.band"
	if b.choice.interval == bandSampling {
		band = "band.sampling"
	}
	c, err := chart.Lines(chart.View{RTL: p.P.RTL()}, "series", p.T("series.aria", "list", sentences(said)), []chart.Line{line}, p.T(band), table)
	if err != nil {
		return nil, err
	}
	f, err := p.figure(c, heading, b.sensitivity(last), b.foot(), hidden)
	return &f, err
}

// bounds are what missing answers allow of a point; of published totals it is not
// known who did not answer.
func (b *indicating) bounds(t domain.TrendPoint) *[2]float64 {
	if t.Origin == domain.Published || t.Low == nil || t.High == nil {
		return nil
	}
	return &[2]float64{*t.Low, *t.High}
}

// sensitivity says what the newest share were, had those who did not answer all
// said the same.
func (b *indicating) sensitivity(t domain.TrendPoint) string {
	band := b.bounds(t)
	switch {
	case t.Share == nil:
		return ""
	case band == nil:
		return b.page.T("sensitivity.totals")
	case t.Missing == 0:
		return b.page.T("sensitivity.none", "round", b.w.round(b.rounds[t.Round]))
	}
	return b.page.T("sensitivity", "round", b.w.round(b.rounds[t.Round]), "missing", t.Missing, "low", b.w.Percent(band[0]), "high", b.w.Percent(band[1]))
}

// why is the reason of a break, in words.
func (b *indicating) why(t domain.TrendPoint) string {
	reason := b.page.T("break")
	if key := "break." + string(t.BreakReason); b.page.T(key) != key {
		reason = b.page.T(key)
	}
	if t.Why != "" {
		reason += ": " + t.Why
	}
	return reason
}

func (b *indicating) foot() string {
	return b.page.T("foot.indicator", "id", b.w.ID(string(b.in.ID)), "framework", b.w.ID(string(b.f.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
}

// spread is how the answers of each round spread over the scale, as bars of 100 %.
// Rounds that asked with another scale are left to the series.
func (b *indicating) spread(*indicatorBody) (*figure, error) {
	scale := b.f.ScaleOf(b.in)
	p := b.page
	keys, header := b.levelKeys(scale), []string{p.T("col.round"), p.T("col.n")}
	for _, k := range keys {
		header = append(header, k.Label)
	}
	if scale.Graded() {
		header = append(header, p.T("col.median"), p.T("col.ordinalmean"))
	}
	table := chart.Table{Header: header}
	var bars []chart.Bar
	var said []string
	hidden := false
	for _, t := range b.points {
		counts, rest, ok := levelCounts(scale, t)
		if !ok {
			continue
		}
		name := b.w.round(b.rounds[t.Round])
		bars = append(bars, chart.Bar{Label: name, Counts: counts, Rest: rest})
		hidden = hidden || rest > 0
		cells := []string{name, fmt.Sprint(*t.N)}
		for i, n := range counts {
			cells = append(cells, b.w.count(n))
			if n != nil {
				said = append(said, fmt.Sprintf("%s, %s: %d", name, keys[i].Label, *n))
			}
		}
		if d := t.Distribution; scale.Graded() {
			median, mean := p.T("suppressed"), p.T("suppressed")
			if d.Median != nil {
				median, mean = level(*p, scale, *d.Median), b.w.Decimal(*d.OrdinalMean, 2)
			}
			cells = append(cells, median, mean)
		}
		table.Add(cells...)
	}
	if len(bars) == 0 {
		return nil, nil
	}
	c, err := chart.Bars(chart.View{RTL: p.P.RTL()}, "levels", p.T("levels.aria", "list", sentences(said)), keys, p.T("levels.rest"), bars, table)
	if err != nil {
		return nil, err
	}
	title, note := p.T("levels.title.plain"), ""
	if slices.ContainsFunc(b.points, func(t domain.TrendPoint) bool { return t.Origin == domain.Published }) {
		note = p.T("sensitivity.totals")
	}
	if scale.Graded() {
		title = p.T("levels.title")
		note = p.T("graded.target", "level", level(*p, scale, scale.Positive), "levels", levels(*p, scale)) + " " + strings.TrimSpace(p.T("levels.note")+" "+note)
	}
	f, err := p.figure(c, title, note, b.foot(), hidden)
	return &f, err
}

// levelKeys are the levels of a scale, the highest first, and no answer.
func (b *indicating) levelKeys(scale domain.Scale) []chart.Key {
	f := &flowing{page: *b.page, scaleOf: [2]domain.Scale{scale, scale}}
	var keys []chart.Key
	for _, v := range slices.Backward(scale.Values) {
		st := f.state(0, v, 0)
		keys = append(keys, chart.Key{Meaning: st.Meaning, Label: st.Label})
	}
	return append(keys, chart.Key{Meaning: chart.MeansNoAnswer, Label: b.page.T("status." + string(domain.NoAnswer))})
}

// levelCounts are how many answered with each level, the highest first, and how
// many gave no answer; rest is how many are not told apart.
func levelCounts(scale domain.Scale, t domain.TrendPoint) (counts []*int, rest int, ok bool) {
	if t.Count == nil || t.N == nil {
		return nil, 0, false
	}
	missing := &t.Missing
	if t.Origin == domain.Published {
		missing = new(int) // not known of totals; the note says so
	}
	d := t.Distribution
	if !scale.Graded() {
		no := *t.N - *t.Count
		return []*int{t.Count, &no, missing}, 0, t.AskedAs == "" || d == nil
	}
	if d == nil || !slices.EqualFunc(d.Levels, scale.Values, func(l domain.LevelCount, v domain.Status) bool { return l.Level == v }) {
		return nil, 0, false
	}
	rest = d.N
	for _, l := range slices.Backward(d.Levels) {
		counts = append(counts, l.Count)
		if l.Count != nil {
			rest -= *l.Count
		}
	}
	return append(counts, missing), rest, true
}

// count writes a number of respondents, or that it is not shown.
func (w words) count(n *int) string {
	if n == nil {
		return w.Text("suppressed")
	}
	return w.Integer(*n)
}

// span are the first and the last round whose answers are known one by one, in the
// order of the series: between them groups and flows can be told.
func (b *indicating) span() (from, to domain.Round, ok bool) {
	var known []domain.RoundID
	for _, t := range b.points {
		if t.Break {
			known = nil
		}
		if t.Origin == domain.Computed {
			known = append(known, t.Round)
		}
	}
	if len(known) < 2 {
		return from, to, false
	}
	return b.rounds[known[0]], b.rounds[known[len(known)-1]], true
}

// groups are the groups of the attribute that the reader chose, as dots; nil where
// none are shown, and then the page says why.
func (b *indicating) groups(body *indicatorBody) (*figure, error) {
	from, to, ok := b.span()
	if !ok {
		if b.choice.group != "" {
			body.Narrow = b.page.T("groups.nospan")
		}
		return nil, nil
	}
	may, err := b.server.offers(b.r, from.ID, to.ID)
	if err != nil {
		return nil, err
	}
	attributes := incomeFirst(may.attributes)
	shown := may.all || may.Shows(b.f.IndexOf(b.in.ID))
	if !shown {
		body.Narrow = b.hiddenGroups()
	}
	if b.choice.group != "" && !slices.Contains(attributes, b.choice.group) {
		body.Narrow = b.page.T("unreleased.group", "group", attributeName(*b.page, b.choice.group))
		shown = false
	}
	if len(attributes) == 0 || !shown {
		return nil, nil
	}
	by := cmp.Or(b.choice.group, attributes[0])
	for _, a := range attributes {
		body.Groups = append(body.Groups, picked{a, attributeName(*b.page, a), a == by})
	}
	rows, err := b.server.compare(b.r, from.ID, to.ID, domain.Query{Attribute: by, Indicators: []domain.IndicatorID{b.in.ID}})
	if err != nil {
		return nil, err
	}
	inOrder(by, rows)
	c := &contrast{server: b.server, page: *b.page, r: b.r, w: b.w, view: chart.View{RTL: b.page.P.RTL()}, from: from, to: to, fw: b.f, rows: rows, may: may}
	c.choice.panel = domain.All
	f, err := c.groupsOfOne(by, b.choice.interval)
	b.page.Simulated = b.page.Simulated || from.Simulated || to.Simulated
	return &f, err
}

// hiddenGroups says why the groups of the indicator are not shown.
func (b *indicating) hiddenGroups() string {
	if b.r.release == nil {
		return b.page.T("offer.none")
	}
	rule := b.r.public.Rule()
	return b.page.T("groups.hidden", "denominator", rule.MinDenominator, "count", rule.MinCount)
}

// incomeFirst puts the income groups first, where there are those.
func incomeFirst(attributes []string) []string {
	out := slices.Clone(attributes)
	if i := slices.Index(out, domain.AttrIncome); i > 0 {
		out = slices.Insert(slices.Delete(out, i, i+1), 0, domain.AttrIncome)
	}
	return out
}

// flow is how answers moved between the first and the last round whose answers are
// known one by one, with the exact table; for holders of a token.
func (b *indicating) flow(body *indicatorBody) (*figure, error) {
	from, to, ok := b.span()
	if !ok || !b.r.reader.SeesAll() {
		return nil, nil
	}
	x, ok, err := b.server.transitions(b.r, from.ID, to.ID, b.in.ID)
	if err != nil || !ok {
		return nil, err
	}
	f := &flowing{page: *b.page, then: b.w.round(from), now: b.w.round(to), x: x}
	f.scales(b.r, from, b.f, b.in)
	c, err := f.draw("flow")
	if err != nil {
		return nil, err
	}
	if !b.page.Static() {
		body.More = b.page.Link("compare", compareQuery(from.ID, to.ID, b.in.ID))
	}
	foot := b.page.T("foot.flow", "from", b.w.ID(string(from.ID)), "to", b.w.ID(string(to.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
	out, err := b.page.figure(c, f.heading(b.page.T("flow.answers")), f.note(), foot, false)
	return &out, err
}
