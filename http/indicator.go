package http

import (
	"fmt"
	"net/http"
	"strings"
	"time"

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
}

// indicatorOf builds the page of one indicator: its series, its definition, what
// was published of it.
func (s *server) indicatorOf(r reading, id domain.IndicatorID, lang string, l links) (page, error) {
	f, in, err := findIndicator(r.state, id)
	if err != nil {
		return page{}, err
	}
	p := s.newPage(lang, l)
	p.Position, p.Title = r.at, p.P.Name(in.Name)
	body := indicatorBody{Facts: facts(p, f, in)}
	points, err := s.trend(r, f.ID, []domain.IndicatorID{id})
	if err != nil {
		return page{}, err
	}
	if len(points) > 0 {
		fig, err := s.seriesFigure(r, &p, f, in, points)
		if err != nil {
			return page{}, err
		}
		body.Figures, p.Charts = []figure{fig}, true
	}
	if body.Published, err = s.publishedTable(r, p, id); err != nil {
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
	return p.figure(c, heading, "", p.T("foot.indicator", "id", w.ID(string(in.ID)), "framework", w.ID(string(f.ID)), "asof", words{p.P}.asOf(r.state, r.at), "position", r.at), hidden)
}

func facts(p page, f *domain.Framework, in domain.Indicator) []fact {
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
	add("indicator.source", in.Source.String())
	return out
}

// publishedTable lists the figures that sources have published of an indicator.
func (s *server) publishedTable(r reading, p page, id domain.IndicatorID) (chart.Table, error) {
	t := chart.Table{Header: []string{p.T("col.figure"), p.T("col.round"), p.T("col.count"), p.T("col.percent"), p.T("col.printed"), p.T("col.computed"), p.T("col.source")}}
	w := words{p.P}
	for _, rd := range r.state.Rounds(r.at) {
		if len(r.state.Figures(rd.ID, r.at)) == 0 {
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
			if row.Indicator == nil || *row.Indicator != id {
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
	return s.show(c, "indicator", func(r reading) (page, error) { return s.indicatorOf(r, domain.IndicatorID(c.Param("id")), lang, l) })
}

func (s *server) indicatorCSV(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.sendCSV(c, func(r reading) ([]figure, error) {
		p, err := s.indicatorOf(r, domain.IndicatorID(c.Param("id")), lang, l)
		body, _ := p.Body.(indicatorBody)
		return body.Figures, err
	})
}

type indicatorLink struct {
	Name, Href string
	Negative   bool
}

type indicatorGroup struct {
	Name       string
	Indicators []indicatorLink
}

// indicatorsOf builds the list of all indicators.
func (s *server) indicatorsOf(r reading, lang string, l links) page {
	p := s.newPage(lang, l)
	p.Position, p.Title = r.at, p.T("indicators.title")
	var groups []indicatorGroup
	for _, f := range r.state.Frameworks() {
		names := map[string]string{"": p.P.Name(f.Name)}
		for _, d := range f.Domains {
			names[d.ID] = p.P.Name(d.Name)
		}
		last := "-"
		for _, in := range f.Indicators {
			if in.Domain != last {
				last = in.Domain
				groups = append(groups, indicatorGroup{Name: names[in.Domain]})
			}
			g := &groups[len(groups)-1]
			g.Indicators = append(g.Indicators, indicatorLink{p.P.Name(in.Name), l.page("indicator", string(in.ID), lang), in.Polarity == domain.Negative})
		}
	}
	p.Body = groups
	return p
}

func (s *server) indicatorsPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "indicators", func(r reading) (page, error) { return s.indicatorsOf(r, lang, l), nil })
}

type countryBody struct {
	Stages []string
	Table  chart.Table
	Foot   string
}

// countryPage shows one respondent's statuses to who may see them.
func (s *server) countryPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	code := domain.Respondent(c.Param("code"))
	if !holder(c).Sees(code) {
		return needAll(nil)
	}
	p := s.newPage(lang, l)
	body := countryBody{Table: chart.Table{Header: []string{p.T("col.round"), p.T("col.indicator"), p.T("col.status"), p.T("col.effective"), p.T("col.recorded"),
		p.T("col.actor"), p.T("col.position"), p.T("col.source")}}}
	var believed []projections.Believed
	err := s.read(c, func(r reading) error {
		believed, p.Position = r.state.Believed(projections.Selection{Country: code}, r.at), r.at
		body.Foot = p.T("foot.country", "asof", words{p.P}.asOf(r.state, r.at), "position", r.at)
		p.Title = p.T("country.title", "name", s.nameOf(r, p, code))
		return s.countryStages(r, p, code, &body)
	})
	if err != nil {
		return err
	}
	rows, err := projections.StatusRows(c.Request().Context(), s.Log, believed)
	if err != nil {
		return err
	}
	s.Runner.Read(func(st *projections.State) {
		for _, row := range rows {
			p.Simulated = p.Simulated || row.Simulated
			f, in, err := findIndicator(st, row.Indicator)
			status := string(row.Status)
			if err == nil {
				if name := p.P.Name(f.ScaleOf(in).Names[row.Status]); name != "" {
					status = name
				}
			}
			if row.Late {
				status += " (" + p.T("late.why", "reason", "\u2068"+row.LateReason+"\u2069") + ")"
			}
			body.Table.Add(string(row.Round), p.P.Name(in.Name), status, row.EffectiveOn.String(), row.RecordedAt.Format(time.RFC3339), row.Actor,
				fmt.Sprint(row.Position), sourceText(row.Source))
		}
	})
	p.Body = body
	html, err := s.render("country", p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, html)
}

func (s *server) nameOf(r reading, p page, code domain.Respondent) string {
	for _, rd := range r.state.Rounds(r.at) {
		for _, e := range r.state.Respondents(rd.ID, r.at) {
			if e.Respondent == code {
				return p.P.Respondent(e)
			}
		}
	}
	return string(code)
}

func (s *server) countryStages(r reading, p page, code domain.Respondent, body *countryBody) error {
	for _, m := range r.state.Models() {
		for _, rd := range r.state.Rounds(r.at) {
			if rd.Framework != m.Framework {
				continue
			}
			_, standings, err := r.state.Stages(m.ID, rd.ID, r.at)
			if err != nil {
				return err
			}
			for _, x := range standings {
				if x.Country == code && x.Stage != nil {
					stage := p.P.Name(m.Stages[*x.Number-1].Name)
					body.Stages = append(body.Stages, string(rd.ID)+": "+p.T("country.stage", "model", p.P.Name(m.Name), "stage", stage))
				}
			}
		}
	}
	return nil
}
