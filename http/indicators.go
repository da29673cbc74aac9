package http

import (
	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/http/chart"
)

// indicatorsBody is what the list of indicators shows.
type indicatorsBody struct {
	Groups []indicatorGroup
	Foot   string
}

// indicatorLink is an indicator, and its newest share with where that comes from.
type indicatorLink struct {
	Name, Href string
	Negative   bool
	Share      string
	Round      string
	Bar        *bar // nil where there is no share to show
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
	frameworks := r.frameworks()
	if framework != "" {
		f, err := r.meant(framework)
		if err != nil {
			return p, err
		}
		p.about(r, f)
		frameworks = []*domain.Framework{f}
	}
	var groups []indicatorGroup
	for _, f := range frameworks {
		if len(r.frameworks()) > 1 {
			groups = append(groups, indicatorGroup{Framework: p.P.Name(f.Name), Href: l.page("summit", "", f.ID, lang)})
		}
		more, err := s.indicatorGroups(r, &p, f)
		if err != nil {
			return p, err
		}
		groups = append(groups, more...)
	}
	p.Body = indicatorsBody{groups, p.T("foot.indicators", "asof", words{p.P}.asOf(r.state, r.at), "position", r.at)}
	return p, nil
}

// indicatorGroups are a framework's indicators by domain, each with its newest share.
func (s *server) indicatorGroups(r reading, p *page, f *domain.Framework) ([]indicatorGroup, error) {
	points, err := s.trend(r, f.ID, nil)
	if err != nil {
		return nil, err
	}
	newest := map[domain.IndicatorID]domain.TrendPoint{}
	for _, t := range points {
		newest[t.Indicator] = t
	}
	names := map[string]string{"": p.P.Name(f.Name)}
	for _, d := range f.Domains {
		names[d.ID] = p.P.Name(d.Name)
	}
	id := f.ID
	if len(r.frameworks()) == 1 {
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
		link := indicatorLink{Name: p.P.Name(in.Name), Href: p.links.page("indicator", string(in.ID), id, p.P.Lang), Negative: in.Polarity == domain.Negative, Share: "–"}
		if t, ok := newest[in.ID]; ok {
			link.show(r, p, t)
		}
		g.Indicators = append(g.Indicators, link)
	}
	return groups, nil
}

// show puts the newest share beside an indicator.
func (l *indicatorLink) show(r reading, p *page, t domain.TrendPoint) {
	w := words{p.P}
	rd, _ := r.state.Round(t.Round, r.at)
	l.Share, l.Round = w.share(t.Count, t.N, t.Share), w.round(rd)+" · "+p.T(string(t.Origin))
	p.Simulated = p.Simulated || t.Simulated
	if t.Share == nil {
		return
	}
	c := &contrast{view: chart.View{RTL: p.P.RTL()}}
	l.Bar = &bar{To: c.across(*t.Share)}
	if t.Origin == domain.Computed && t.Low != nil && t.High != nil {
		low, wide := c.across(*t.Low), 100*(*t.High-*t.Low)
		if p.P.RTL() {
			low = c.across(*t.High)
		}
		l.Bar.Low, l.Bar.Wide = &low, &wide
	}
}

func (s *server) indicatorsPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "indicators", func(r reading) (page, error) { return s.indicatorsOf(r, asked(c), lang, l) })
}
