package http

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/http/chart"
	"headway/projections"
)

type fact struct{ Name, Value string }

// indicatorBody is what the page of an indicator shows.
type indicatorBody struct {
	Lead      string // the series in a sentence
	Bands     []picked
	Groups    []picked // attributes by which a reader may see groups
	Narrow    string   // what is hidden, and why
	More      string   // the way to the comparison of this indicator
	Figures   []figure
	Facts     []fact
	Published chart.Table
}

// indicatorChoice is what a reader chose on the page of an indicator.
type indicatorChoice struct{ interval, group string }

// indicating builds the page of one indicator.
type indicating struct {
	server *server
	page   *page
	r      reading
	w      words
	choice indicatorChoice
	f      *domain.Framework
	in     domain.Indicator
	points []domain.TrendPoint
	rounds map[domain.RoundID]domain.Round
}

// indicatorOf builds the page of one indicator: its series, how answers spread, its
// groups, who moved, its definition, what was published of it.
func (s *server) indicatorOf(r reading, framework domain.FrameworkID, id domain.IndicatorID, choice indicatorChoice, lang string, l links) (page, error) {
	f, in, err := r.meantIndicator(domain.IndicatorID(domain.Typed(string(id))), framework)
	if err != nil {
		return page{}, err
	}
	if err := checkChoice(compareChoice{interval: choice.interval}); err != nil {
		return page{}, err
	}
	p := s.newPage(lang, l)
	p.about(r, f)
	p.Position, p.Title = r.at, p.P.Name(in.Name)
	body := indicatorBody{Facts: facts(r, p, f, in)}
	b := &indicating{server: s, page: &p, r: r, w: words{p.P}, choice: choice, f: f, in: in, rounds: map[domain.RoundID]domain.Round{}}
	for _, rd := range r.state.Rounds(r.at) {
		b.rounds[rd.ID] = rd
	}
	if b.points, err = s.trend(r, f.ID, []domain.IndicatorID{in.ID}); err != nil {
		return page{}, err
	}
	if len(b.points) > 0 {
		if err := b.fill(&body); err != nil {
			return page{}, err
		}
	}
	if body.Published, err = s.publishedTable(r, p, f, in); err != nil {
		return page{}, err
	}
	p.Body = body
	return p, nil
}

// fill makes the figures of an indicator that has numbers.
func (b *indicating) fill(body *indicatorBody) error {
	body.Lead = b.page.writer().Series(b.points, names(b.r, b.page.P, "", b.f))
	b.page.Charts = true
	for _, v := range []string{bandBounds, bandSampling} {
		body.Bands = append(body.Bands, picked{v, b.page.T("band." + v), v == b.choice.interval || b.choice.interval == "" && v == bandBounds})
	}
	for _, part := range []func(*indicatorBody) (*figure, error){b.series, b.spread, b.groups, b.flow} {
		f, err := part(body)
		if err != nil {
			return err
		}
		if f != nil {
			body.Figures = append(body.Figures, *f)
		}
	}
	return nil
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
		rows, err := s.figures(r, rd.ID, "")
		if err != nil {
			return t, err
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

func (s *server) indicatorRequest(c echo.Context) (string, serverLinks, indicatorChoice) {
	lang, l, _ := s.request(c)
	return lang, l, indicatorChoice{c.QueryParam("interval"), c.QueryParam("group")}
}

func (s *server) indicatorPage(c echo.Context) error {
	lang, l, choice := s.indicatorRequest(c)
	return s.show(c, "indicator", func(r reading) (page, error) { return s.indicatorOf(r, asked(c), indicatorOfPath(c), choice, lang, l) })
}

func (s *server) indicatorChart(c echo.Context) error {
	lang, l, choice := s.indicatorRequest(c)
	return s.chartFiles(c, func(r reading) (page, error) { return s.indicatorOf(r, asked(c), indicatorOfPath(c), choice, lang, l) })
}

func (b indicatorBody) figures() []figure { return b.Figures }

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

// level is the name of a status on a scale, or the status itself.
func level(p page, s domain.Scale, st domain.Status) string {
	if name := p.P.Name(s.Names[st]); name != "" {
		return name
	}
	return string(st)
}
