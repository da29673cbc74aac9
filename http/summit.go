package http

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"headway/domain"
)

// summitChoice is what a reader chose on the summary page.
type summitChoice struct {
	from, to  domain.RoundID
	panel     domain.Panel
	framework domain.FrameworkID
}

// frameworkLink is the way to a page about a framework; Here is that of the page.
type frameworkLink struct {
	Name, Href string
	Here       bool
}

type option struct {
	Value, Name string
	From, To    bool
}

// summitBody is what the summary's template sees.
type summitBody struct {
	Lead       string
	Frameworks []frameworkLink // where there are several
	Choices    []option
	Panels     []option
	Numbers    []number
	Counted    string // by which rule changes are counted
	Passages   []passage
	More       string      // the way to the page of comparisons
	Figures    []figure    // the domains first
	Unreleased *unreleased // in place of the figures
}

// number is a large one at the head of the page, and what it counts.
type number struct{ Value, What string }

// passage is a finding in a few sentences under a heading of its own.
type passage struct {
	ID, Heading string
	Lines       []line
}

// line is one finding: in short, where there is that, and in a sentence.
type line struct{ Short, Sentence string }

// summit builds the summary: what moved between two rounds, domain by domain, in
// whom, and what is missing most. With one round alone it tells of that.
type summit struct{ *contrast }

func (s *server) newPage(lang string, l links) page {
	return page{P: s.catalog.Printer(lang).Remember(), site: s.site, links: l}
}

// summitOf builds the summary page as a reader may see it.
func (s *server) summitOf(r reading, choice summitChoice, lang string, l links) (page, error) {
	c, err := s.contrastOf(r, choice, lang, l)
	if err != nil {
		return page{}, err
	}
	b := &summit{c}
	body := summitBody{Frameworks: b.frameworks("summit")}
	switch {
	case b.family == nil && len(body.Frameworks) > 0:
		b.page.Title, body.Lead = b.page.T("framework.title"), b.page.T("framework.lead")
	case b.nothing():
		b.page.Title, body.Lead = b.page.T("summit.empty.title"), b.page.T("summit.empty")
	default:
		err = b.fill(&body)
	}
	b.page.Body = body
	return b.page, err
}

// fill makes the page of a framework that has numbers.
func (b *summit) fill(body *summitBody) error {
	if b.alone() {
		b.rows = b.only()
	} else {
		body.Choices, body.Panels = b.choices(), b.panels()
		if why := b.may.refuses(b.page, compareChoice{summitChoice: b.choice}); why != "" {
			kept := url.Values{"from": {string(b.from.ID)}, "to": {string(b.to.ID)}}
			body.Unreleased = b.unreleased("summit", why, kept)
			return nil
		}
		rows, err := b.server.compare(b.r, b.from.ID, b.to.ID, domain.Query{Panel: b.choice.panel})
		if err != nil {
			return err
		}
		b.rows = rows
		body.More = b.page.Link("compare", b.query())
	}
	for _, r := range b.rows {
		b.page.Simulated = b.page.Simulated || r.Simulated
	}
	b.page.Charts = true
	domains, err := b.domains()
	if err != nil {
		return err
	}
	body.Figures = append(body.Figures, domains)
	for _, add := range []func(*summitBody) error{b.headline, b.passages, b.charts} {
		if err := add(body); err != nil {
			return err
		}
	}
	return nil
}

// charts are the figures below the first screen.
func (b *summit) charts(body *summitBody) error {
	var parts []func() (*figure, error)
	if b.alone() {
		parts = append(parts, b.standing)
	} else {
		parts = append(parts, b.dumbbell)
	}
	for _, part := range append(parts, b.trend, b.who, b.stages) {
		f, err := part()
		if err != nil {
			return err
		}
		if f != nil {
			body.Figures = append(body.Figures, *f)
		}
	}
	return nil
}

func (b *summit) dumbbell() (*figure, error) {
	f, err := b.shares("", "", b.movedMostHeading())
	return &f, err
}

// request reads what the reader chose from the query.
func (s *server) request(c echo.Context) (lang string, l serverLinks, choice summitChoice) {
	lang = s.catalog.Pick(c.QueryParam("lang"), c.Request().Header.Get("Accept-Language"))
	return lang, serverLinks{c.Request().URL}, summitChoice{domain.RoundID(c.QueryParam("from")), domain.RoundID(c.QueryParam("to")),
		domain.Panel(c.QueryParam("panel")), asked(c)}
}

func (s *server) summitPage(c echo.Context) error {
	lang, l, choice := s.request(c)
	return s.show(c, "summit", func(r reading) (page, error) { return s.summitOf(r, choice, lang, l) })
}

// show builds a page in a read of the state, and sends it after.
func (s *server) show(c echo.Context, name string, build func(r reading) (page, error)) error {
	var p page
	err := s.read(c, func(r reading) (err error) {
		p, err = build(r)
		p.reader = r.reader
		p.believed(c, r)
		return err
	})
	if err != nil {
		return err
	}
	html, err := s.render(name, p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, html)
}

func (s *server) summitChart(c echo.Context) error {
	lang, l, choice := s.request(c)
	return s.chartFiles(c, func(r reading) (page, error) { return s.summitOf(r, choice, lang, l) })
}

func (b summitBody) figures() []figure { return b.Figures }

// renderError shows an error as a page.
func (s *server) renderError(c echo.Context, p *Problem) error {
	lang, l, _ := s.request(c)
	out := s.newPage(lang, l)
	out.Title, out.Body = out.T("error.title"), p.Detail
	if p.Code == "token_needed" && p.Status == http.StatusUnauthorized {
		out.Body = out.T("error.token")
	}
	html, err := s.render("error", out)
	if err != nil {
		return err
	}
	return c.HTMLBlob(p.Status, html)
}
