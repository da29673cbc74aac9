package http

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/http/chart"
	"headway/projections"
)

type fact struct{ Name, Value string }

type indicatorBody struct {
	Figures   []figure
	Facts     []fact
	Published chart.Table
	// Levels is the distribution over a graded scale in each round.
	Levels     chart.Table
	LevelsNote string
}

// indicatorOf builds the page of one indicator: its series, its definition, what
// was published of it.
func (s *server) indicatorOf(r reading, framework domain.FrameworkID, id domain.IndicatorID, lang string, l links) (page, error) {
	f, in, err := r.state.MeantIndicatorAt(domain.IndicatorID(domain.Typed(string(id))), framework, r.at)
	if err != nil {
		return page{}, err
	}
	p := s.newPage(lang, l)
	p.about(r, f)
	p.Position, p.Title = r.at, p.P.Name(in.Name)
	body := indicatorBody{Facts: facts(r, p, f, in)}
	points, err := s.trend(r, f.ID, []domain.IndicatorID{in.ID})
	if err != nil {
		return page{}, err
	}
	if len(points) > 0 {
		fig, err := s.seriesFigure(r, &p, f, in, points)
		if err != nil {
			return page{}, err
		}
		body.Figures, p.Charts = []figure{fig}, true
		s.addLevels(r, p, f.ScaleOf(in), points, &body)
	}
	if body.Published, err = s.publishedTable(r, p, f, in); err != nil {
		return page{}, err
	}
	p.Body = body
	return p, nil
}

func (s *server) seriesFigure(r reading, p *page, f *domain.Framework, in domain.Indicator, points []domain.TrendPoint) (figure, error) {
	w := words{p.P}
	table := chart.Table{Header: []string{p.T("col.round"), p.T("col.share"), p.T("col.count"), p.T("col.missing"), p.T("col.bounds"), p.T("col.origin")}}
	line := chart.Line{Name: p.P.Name(in.Name)}
	heading, hidden := p.T("series.none"), false
	var said []string
	for i, t := range points {
		rd, _ := r.state.Round(t.Round, r.at)
		name := w.round(rd)
		p.Simulated, hidden = p.Simulated || t.Simulated, hidden || t.Suppressed
		point := chart.Point{Year: year(t.ReferenceDate), Value: t.Share, Low: t.Low, High: t.High,
			Break: t.Break || i > 0 && points[i-1].Simulated != t.Simulated} // no line from real to simulated
		if t.Origin == domain.Published {
			point.Low, point.High = nil, nil // who did not answer is not known of totals
		}
		share, bounds, missing := p.T("suppressed"), "–", "–"
		if t.Share != nil {
			share = w.Percent(*t.Share)
			point.Tip = p.T("tip", "round", name, "count", *t.Count, "n", *t.N, "share", share, "origin", w.origin(t.Origin, t.Simulated))
			said = append(said, point.Tip)
			heading = p.T("series.title", "share", share, "round", name, "count", *t.Count, "n", *t.N)
			if point.Low != nil {
				bounds, missing = w.Percent(*t.Low)+" – "+w.Percent(*t.High), fmt.Sprint(t.Missing)
			}
		}
		if t.AskedAs != "" {
			name += " [" + p.P.ID(string(t.AskedAs)) + "]"
		}
		if t.Break {
			name += " (" + p.T("break") + ")"
		}
		table.Add(name, share, w.of(t.Count, t.N), missing, bounds, w.origin(t.Origin, t.Simulated))
		line.Points = append(line.Points, point)
	}
	c, err := chart.Lines(chart.View{RTL: p.P.RTL()}, "series", p.T("series.aria", "list", sentences(said)), []chart.Line{line}, p.T("series.band"), table)
	if err != nil {
		return figure{}, err
	}
	return p.figure(c, heading, p.writer().Series(points, names(r, p.P, "", f)), p.T("foot.indicator", "id", w.ID(string(in.ID)), "framework", w.ID(string(f.ID)), "asof", words{p.P}.asOf(r.state, r.at), "position", r.at), hidden)
}

func facts(r reading, p page, f *domain.Framework, in domain.Indicator) []fact {
	var out []fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, fact{p.T(key), value})
		}
	}
	add("col.indicator", string(in.ID))
	add("indicator.wording", p.P.Name(in.Wording))
	for _, d := range f.Domains {
		if d.ID == in.Domain {
			add("indicator.domain", p.P.Name(d.Name))
		}
	}
	var caps []string
	for _, c := range f.Capabilities {
		for _, id := range in.Capabilities {
			if id == c.ID {
				caps = append(caps, fmt.Sprintf("%d. %s", c.Number, p.P.Name(c.Name)))
			}
		}
	}
	add("indicator.capabilities", strings.Join(caps, "; "))
	add("indicator.polarity", p.T("indicator.polarity."+string(in.Polarity)))
	add("indicator.scale", levels(p, f.ScaleOf(in)))
	var maps []string
	for _, m := range in.Maps {
		text := p.P.ID(string(m.Indicator)) + " (" + p.P.ID(string(m.Framework)) + ")"
		if old := r.state.Framework(m.Framework); old != nil {
			if was, ok := old.Indicator(m.Indicator); ok {
				text = p.P.Name(was.Name) + " (" + p.P.ID(string(m.Framework)) + ")"
			}
		}
		if m.Break {
			text += ", " + p.T("break")
		}
		if m.Why != "" {
			text += ": " + m.Why
		}
		maps = append(maps, text)
	}
	add("indicator.continues", strings.Join(maps, "; "))
	add("indicator.source", in.Source.String())
	return out
}

// publishedTable lists the figures that sources have published of an indicator,
// and of those that it continues.
func (s *server) publishedTable(r reading, p page, f *domain.Framework, in domain.Indicator) (chart.Table, error) {
	t := chart.Table{Header: []string{p.T("col.figure"), p.T("col.round"), p.T("col.count"), p.T("col.percent"), p.T("col.printed"), p.T("col.computed"), p.T("col.source")}}
	w := words{p.P}
	for _, rd := range r.state.RoundsOf(f, r.at) {
		way, ok := r.state.Lineage().Link(f, in, r.state.Framework(rd.Framework))
		if !ok || len(r.state.Figures(rd.ID, r.at)) == 0 {
			continue
		}
		rows, err := r.state.FigureRows(rd.ID, r.at)
		if err != nil {
			return t, err
		}
		if !r.reader.SeesAll() {
			s.publicFigures(rows)
		}
		names := map[string]string{}
		for _, f := range r.state.Figures(rd.ID, r.at) {
			names[f.Figure.ID] = p.P.Name(f.Figure.PopulationName)
		}
		for _, row := range rows {
			if row.Indicator == nil || *row.Indicator != way.Indicator {
				continue
			}
			t.Add(names[row.ID], string(rd.ID), w.of(row.Count, row.Denominator), w.Decimal(*row.Percent, 2), printed(w, row), computed(w, row),
				sourceText(row.Source))
		}
	}
	return t, nil
}

func printed(w words, row projections.FigureRow) string {
	if row.StatedPercent == nil {
		return "–"
	}
	return w.Decimal(*row.StatedPercent, 0)
}

func computed(w words, row projections.FigureRow) string {
	if row.ComputedCount == nil {
		return "–"
	}
	s := w.of(row.ComputedCount, row.ComputedDenominator)
	if row.Simulated {
		s += " (" + w.Text("simulated.mark") + ")"
	}
	return s
}

func sourceText(s *domain.Source) string {
	if s == nil {
		return "–"
	}
	out := s.String()
	if s.Quote != "" {
		out += ": \u2068«" + s.Quote + "»\u2069" // isolated: the quote has its own direction
	}
	return out
}

func (s *server) indicatorPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "indicator", func(r reading) (page, error) { return s.indicatorOf(r, asked(c), indicatorOfPath(c), lang, l) })
}

func (s *server) indicatorChart(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.chartFiles(c, func(r reading) (page, error) { return s.indicatorOf(r, asked(c), indicatorOfPath(c), lang, l) })
}

func (b indicatorBody) figures() []figure { return b.Figures }

type indicatorLink struct {
	Name, Href string
	Negative   bool
}

type indicatorGroup struct {
	Framework  string // where a framework begins; then only Href, the way to its summary
	Href       string
	Name       string
	Indicators []indicatorLink
}

// indicatorsOf builds the list of all indicators: of one framework where one is
// named, else of all, each under its name.
func (s *server) indicatorsOf(r reading, framework domain.FrameworkID, lang string, l links) (page, error) {
	p := s.newPage(lang, l)
	p.Position, p.Title = r.at, p.T("indicators.title")
	frameworks := r.state.FrameworksAt(r.at)
	if framework != "" {
		f, err := r.state.MeantAt(framework, r.at)
		if err != nil {
			return p, err
		}
		p.about(r, f)
		frameworks = []*domain.Framework{f}
	}
	var groups []indicatorGroup
	for _, f := range frameworks {
		if len(r.state.FrameworksAt(r.at)) > 1 {
			groups = append(groups, indicatorGroup{Framework: p.P.Name(f.Name), Href: l.page("summit", "", f.ID, lang)})
		}
		groups = append(groups, indicatorGroups(r, p, f)...)
	}
	p.Body = groups
	return p, nil
}

// indicatorGroups are a framework's indicators by domain.
func indicatorGroups(r reading, p page, f *domain.Framework) []indicatorGroup {
	names := map[string]string{"": p.P.Name(f.Name)}
	for _, d := range f.Domains {
		names[d.ID] = p.P.Name(d.Name)
	}
	id := f.ID
	if len(r.state.FrameworksAt(r.at)) == 1 {
		id = ""
	}
	var groups []indicatorGroup
	last := "-"
	for _, in := range f.Indicators {
		if in.Domain != last {
			last = in.Domain
			groups = append(groups, indicatorGroup{Name: names[in.Domain]})
		}
		g := &groups[len(groups)-1]
		g.Indicators = append(g.Indicators, indicatorLink{p.P.Name(in.Name), p.links.page("indicator", string(in.ID), id, p.P.Lang), in.Polarity == domain.Negative})
	}
	return groups
}

func (s *server) indicatorsPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "indicators", func(r reading) (page, error) { return s.indicatorsOf(r, asked(c), lang, l) })
}

// indicatorOfPath is the indicator that a path names, whichever way the browser
// wrote its letters.
func indicatorOfPath(c echo.Context) domain.IndicatorID {
	id := c.Param("id")
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return domain.IndicatorID(id)
}

// levels are the names of a scale's values, lowest first.
func levels(p page, s domain.Scale) string {
	out := make([]string, len(s.Values))
	for i, v := range s.Values {
		out[i] = "\u2068" + level(p, s, v) + "\u2069" // isolated: the order is that of the page
	}
	return strings.Join(out, " < ")
}

// addLevels tells how the answers of each round spread over a graded scale. Rounds
// that asked with another scale are left to the series.
func (s *server) addLevels(r reading, p page, scale domain.Scale, points []domain.TrendPoint, body *indicatorBody) {
	if !scale.Graded() {
		return
	}
	w := words{p.P}
	t := chart.Table{Header: []string{p.T("col.round"), p.T("col.n")}}
	for _, v := range scale.Values {
		t.Header = append(t.Header, level(p, scale, v))
	}
	t.Header = append(t.Header, p.T("col.median"), p.T("col.ordinalmean"))
	for _, pt := range points {
		d := pt.Distribution
		if d == nil || !slices.EqualFunc(d.Levels, scale.Values, func(l domain.LevelCount, v domain.Status) bool { return l.Level == v }) {
			continue
		}
		rd, _ := r.state.Round(pt.Round, r.at)
		cells := []string{w.round(rd), fmt.Sprint(d.N)}
		for _, l := range d.Levels {
			cells = append(cells, w.of(l.Count, &d.N))
		}
		median, mean := p.T("suppressed"), p.T("suppressed")
		if d.Median != nil {
			median, mean = level(p, scale, *d.Median), w.Decimal(*d.OrdinalMean, 2)
		}
		t.Add(append(cells, median, mean)...)
	}
	body.Levels = t
	body.LevelsNote = p.T("graded.target", "level", level(p, scale, scale.Positive), "levels", levels(p, scale)) + " " + p.T("levels.note")
}

// level is the name of a status on a scale, or the status itself.
func level(p page, s domain.Scale, st domain.Status) string {
	if name := p.P.Name(s.Names[st]); name != "" {
		return name
	}
	return string(st)
}
