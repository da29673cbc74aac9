package http

import (
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/domain/stats"
	"headway/http/chart"
	"headway/projections"
)

// methodBody is what the template of the page sees.
type methodBody struct {
	Lead       string
	Frameworks []frameworkLink
	Parts      []methodPart
	Figures    []figure
	Foot       string
}

func (b methodBody) figures() []figure { return b.Figures }

// methodPart is one kind of number: what it means for anybody, how it is made, and
// what it comes to in the published figures.
type methodPart struct {
	ID, Heading, Plain, Formal, Formula, Example string
}

// methodical builds the page: every number in it is computed from the figures in
// the log, which are published and need no protection.
type methodical struct {
	server   *server
	page     page
	r        reading
	w        words
	fw       *domain.Framework
	round    domain.Round // of the published figures
	figures  []projections.PublishedFigure
	surveyed int // how many were asked, as far as the figures say
}

// methodOf builds the page of what numbers mean, with the published figures of a
// framework.
func (s *server) methodOf(r reading, framework domain.FrameworkID, lang string, l links) (page, error) {
	b := &methodical{server: s, page: s.newPage(lang, l), r: r}
	b.w, b.page.Position = words{b.page.P}, r.at
	b.page.Title = b.page.T("method.title")
	body := methodBody{Lead: b.page.T("method.lead")}
	if err := b.choose(framework, &body); err != nil {
		return page{}, err
	}
	body.Parts = b.parts()
	if b.fw != nil {
		b.page.about(r, b.fw)
		body.Foot = b.foot()
		if len(b.figures) > 0 {
			body.Figures = append(body.Figures, b.sensitivity(), b.printed())
			if f, ok := b.collection(); ok {
				body.Figures = append(body.Figures, f)
			}
		}
		body.Figures = append(body.Figures, b.scales())
		if f, ok := b.crosswalk(); ok {
			body.Figures = append(body.Figures, f)
		}
	}
	b.page.Body = body
	return b.page, nil
}

// choose finds the framework, named or else the first of which figures were
// published, and its first round with figures.
func (b *methodical) choose(id domain.FrameworkID, body *methodBody) error {
	st, at := b.r.state, b.r.at
	if id != "" {
		f, err := b.r.meant(id)
		if err != nil {
			return err
		}
		b.fw = f
	}
	for _, rd := range st.Rounds(at) {
		if figures := st.Figures(rd.ID, at); len(figures) > 0 && (b.fw == nil || rd.Framework == b.fw.ID) && b.figures == nil {
			b.fw, b.round, b.figures = st.Framework(rd.Framework), rd, figures
		}
	}
	all := b.r.frameworks()
	if b.fw == nil && len(all) > 0 {
		b.fw = all[0]
	}
	for _, f := range b.figures {
		if f.Figure.Population == "surveyed" {
			b.surveyed = max(b.surveyed, f.Figure.Denominator)
		}
	}
	if len(all) > 1 && !b.page.Static() {
		for _, f := range all {
			body.Frameworks = append(body.Frameworks, frameworkLink{b.page.P.Name(f.Name), b.page.links.page("method", "", f.ID, b.page.P.Lang), f == b.fw})
		}
	}
	return nil
}

// parts are the kinds of numbers, each with an example where one was published.
func (b *methodical) parts() []methodPart {
	var out []methodPart
	for _, p := range []struct {
		id, formula string
		example     func() string
	}{
		{"share", "x / n", b.share}, {"missing", "[ y / (n + m),  (y + m) / (n + m) ]", b.bounds},
		{"interval", "(2x + z² ± z √(z² + 4x (1 − x/n))) / (2 (n + z²)),  z = 1.96", b.interval},
		{"change", "p₂ − p₁", nil}, {"same", "b, c", nil}, {"parts", "Δ = Δ₁ + Δ₂", nil}, {"published", "100 x / n", b.rounding},
		{"disclosure", "", b.disclosure}, {"moment", "", nil},
	} {
		part := methodPart{ID: p.id, Heading: b.page.T("method.head." + p.id), Plain: b.page.T("method.plain." + p.id),
			Formal: b.page.T("method.formal." + p.id), Formula: p.formula}
		if p.example != nil {
			part.Example = p.example()
		}
		out = append(out, part)
	}
	return out
}

// example is the published figure that examples use: of an indicator that all were
// asked and not all answered, or else any of an indicator.
func (b *methodical) example() (domain.Figure, string, bool) {
	best := -1
	for i, f := range b.figures {
		in, ok := b.fw.Indicator(f.Figure.Indicator)
		if !ok || in.Domain == "" || f.Figure.Population != "surveyed" {
			continue
		}
		if best < 0 || f.Figure.Denominator < b.surveyed && b.figures[best].Figure.Denominator == b.surveyed {
			best = i
		}
	}
	if best < 0 {
		return domain.Figure{}, "", false
	}
	in, _ := b.fw.Indicator(b.figures[best].Figure.Indicator)
	return b.figures[best].Figure, b.page.P.Name(in.Name), true
}

func (b *methodical) share() string {
	f, name, ok := b.example()
	if !ok {
		return ""
	}
	return b.page.T("method.share.example", "round", b.w.round(b.round), "indicator", name, "count", f.Count, "total", f.Denominator,
		"share", b.page.P.Percent(float64(f.Count)/float64(f.Denominator)), "missing", b.surveyed-f.Denominator, "all", b.surveyed)
}

// boundsOf are the bounds that missing answers allow of a published share.
func (b *methodical) boundsOf(f domain.Figure) stats.Bounds {
	return stats.BoundsOfShare(stats.Count{Yes: f.Count, N: f.Denominator, Missing: b.surveyed - f.Denominator})
}

func (b *methodical) bounds() string {
	f, name, ok := b.example()
	if !ok {
		return ""
	}
	x := b.boundsOf(f)
	return b.page.T("method.missing.example", "indicator", name, "low", b.page.P.Percent(x.Low), "high", b.page.P.Percent(x.High))
}

func (b *methodical) interval() string {
	f, name, ok := b.example()
	if !ok {
		return ""
	}
	x := stats.Wilson(f.Count, f.Denominator, stats.Z95)
	return b.page.T("method.interval.example", "indicator", name, "low", b.page.P.Percent(x.Low), "high", b.page.P.Percent(x.High), "count", f.Count, "total", f.Denominator)
}

// rounding is a printed percentage that is not the rounded quotient.
func (b *methodical) rounding() string {
	for _, f := range b.figures {
		if _, ok := b.difference(f.Figure); ok && f.Figure.Indicator != "" {
			in, _ := b.fw.Indicator(f.Figure.Indicator)
			return b.page.T("method.published.example", "indicator", b.page.P.Name(in.Name), "count", f.Figure.Count, "total", f.Figure.Denominator,
				"printed", b.page.P.Decimal(*f.Figure.StatedPercent, 0), "percent", b.page.P.Decimal(projections.Percent(f.Figure.Count, f.Figure.Denominator), 2))
		}
	}
	return ""
}

func (b *methodical) disclosure() string {
	d := b.server.disclosure
	return b.page.T("method.disclosure.example", "denominator", d.MinDenominator, "count", d.MinCount)
}

func (b *methodical) foot() string {
	source := b.fw.Source.String()
	if source == "" {
		source = b.page.P.Name(b.fw.Name)
	}
	round := "–"
	if b.round.ID != "" {
		round = b.w.round(b.round)
	}
	return b.page.T("foot.method", "source", source, "framework", b.w.ID(string(b.fw.ID)), "round", round, "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
}

// difference is that between a printed percentage and the arithmetic.
func (b *methodical) difference(f domain.Figure) (domain.Difference, bool) {
	named := make([]int, len(b.figures))
	for i, x := range b.figures {
		named[i] = x.Figure.Denominator
	}
	return f.PrintedDifference(named...)
}

// nameOfFigure is the indicator that a figure is of, or who it counts.
func (b *methodical) nameOfFigure(f domain.Figure) string {
	if in, ok := b.fw.Indicator(f.Indicator); ok {
		return asAsked(b.page, in)
	}
	return b.w.ID(f.ID)
}

func (s *server) methodRequest(c echo.Context) func(r reading) (page, error) {
	lang, l, _ := s.request(c)
	return func(r reading) (page, error) { return s.methodOf(r, asked(c), lang, l) }
}

func (s *server) methodPage(c echo.Context) error { return s.show(c, "method", s.methodRequest(c)) }

func (s *server) methodChart(c echo.Context) error { return s.chartFiles(c, s.methodRequest(c)) }

// sensitivity is how far missing answers could move each published share.
func (b *methodical) sensitivity() figure {
	t := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("col.count"), b.page.T("col.share"), b.page.T("col.missing"),
		b.page.T("method.allno"), b.page.T("method.allyes")}}
	widest := 0.0
	for _, f := range b.figures {
		x := f.Figure
		if x.Population != "surveyed" || x.Indicator == "" {
			continue
		}
		bounds := b.boundsOf(x)
		widest = max(widest, bounds.High-bounds.Low)
		t.Add(b.nameOfFigure(x), b.w.of(&x.Count, &x.Denominator), b.page.P.Percent(float64(x.Count)/float64(x.Denominator)), fmt.Sprint(b.surveyed-x.Denominator),
			b.page.P.Percent(bounds.Low), b.page.P.Percent(bounds.High))
	}
	return b.page.tableOf("sensitivity", b.page.T("method.sensitivity.title", "round", b.w.round(b.round), "points", b.page.P.Decimal(100*widest, 1)),
		b.page.T("method.sensitivity.note", "all", b.surveyed), b.foot(), t)
}

// printed are the percentages that were printed otherwise than the count comes to.
func (b *methodical) printed() figure {
	t := chart.Table{Header: []string{b.page.T("col.figure"), b.page.T("col.count"), b.page.T("col.percent"), b.page.T("col.printed"), b.page.T("method.why")}}
	differ, all := 0, 0
	for _, f := range b.figures {
		x := f.Figure
		if x.StatedPercent == nil {
			continue
		}
		all++
		if d, ok := b.difference(x); ok {
			differ++
			t.Add(b.nameOfFigure(x), b.w.of(&x.Count, &x.Denominator), b.page.P.Decimal(projections.Percent(x.Count, x.Denominator), 2), b.page.P.Decimal(*x.StatedPercent, 0),
				b.page.T("method.reason."+string(d.Reason)))
		}
	}
	return b.page.tableOf("printed", b.page.P.Count("method.printed.title", differ, "all", all, "round", b.w.round(b.round)), b.page.T("method.printed.note"), b.foot(), t)
}

// collection is who answered, and how it was asked, as it was published.
func (b *methodical) collection() (figure, bool) {
	t := chart.Table{Header: []string{b.page.T("col.collection"), b.page.T("col.count"), b.page.T("col.share")}}
	heading := ""
	for _, f := range b.figures {
		x := f.Figure
		ways := x.Counts.Attributes[domain.AttrCollection]
		if len(ways) != 1 {
			continue
		}
		t.Add(b.w.attribute(ways[0]), b.w.of(&x.Count, &x.Denominator), b.page.P.Percent(float64(x.Count)/float64(x.Denominator)))
		if heading == "" || slices.Contains(ways, "unicef-country-office") {
			heading = b.page.T("method.collection.title", "count", x.Count, "n", x.Denominator, "way", b.w.attribute(ways[0]), "round", b.w.round(b.round))
		}
	}
	return b.page.tableOf("collection", heading, b.page.T("method.collection.note"), b.foot(), t), heading != ""
}
