package http

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/http/chart"
	"headway/projections"
)

// summitChoice is what a reader chose on the summary page.
type summitChoice struct {
	from, to  domain.RoundID
	panel     domain.Panel
	framework domain.FrameworkID
}

// frameworkLink is the way to the summary of a framework; Here is that of the page.
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
	Figures    []figure
}

// summit builds the summary: the baseline compared with a later round, the trend
// of each domain, the stages of each round.
type summit struct {
	server *server
	page   page
	r      reading
	choice summitChoice
	w      words
	view   chart.View
	from   domain.Round
	to     domain.Round
	fw     *domain.Framework
}

func (s *server) newPage(lang string, l links) page {
	return page{P: s.catalog.Printer(lang), site: s.site, links: l}
}

// summitOf builds the summary page as a reader may see it.
func (s *server) summitOf(r reading, choice summitChoice, lang string, l links) (page, error) {
	b := &summit{server: s, page: s.newPage(lang, l), r: r, choice: choice}
	b.w, b.view = words{b.page.P}, chart.View{RTL: b.page.P.RTL()}
	b.page.Position = r.at
	f, err := b.framework()
	if err != nil {
		return page{}, err
	}
	if f == nil && len(r.state.FrameworksAt(r.at)) > 1 {
		b.page.Title, b.page.Body = b.page.T("framework.title"), summitBody{Lead: b.page.T("framework.lead"), Frameworks: b.frameworks(nil)}
		return b.page, nil
	}
	var rounds []domain.Round
	if f != nil {
		b.page.about(r, f)
		rounds = r.state.RoundsOf(f, r.at)
	}
	if err := b.choose(rounds, f); err != nil {
		return page{}, err
	}
	if b.from.ID == "" || b.to.ID == "" {
		b.page.Title, b.page.Body = b.page.T("summit.empty.title"), summitBody{Lead: b.page.T("summit.empty"), Frameworks: b.frameworks(f)}
		return b.page, nil
	}
	b.fw = r.state.Framework(b.to.Framework)
	body := summitBody{Frameworks: b.frameworks(f)}
	for _, rd := range rounds {
		body.Choices = append(body.Choices, option{string(rd.ID), b.w.round(rd), rd.ID == b.from.ID, rd.ID == b.to.ID})
	}
	if r.reader.SeesAll() {
		for _, p := range []domain.Panel{domain.All, domain.Matched} {
			body.Panels = append(body.Panels, option{Value: string(p), Name: b.page.T("choose." + string(p)), To: p == b.choice.panel})
		}
	}
	for _, add := range []func(*summitBody) error{b.shares, b.trend, b.stages} {
		if err := add(&body); err != nil {
			return page{}, err
		}
	}
	b.page.Charts, b.page.Body = true, body
	return b.page, nil
}

// framework is the one that the reader chose, directly or by a round; nil where
// none was published, or several and none was chosen.
func (b *summit) framework() (*domain.Framework, error) {
	st := b.r.state
	if b.choice.framework == "" {
		for _, id := range []domain.RoundID{b.choice.to, b.choice.from} {
			if rd, ok := st.Round(id, b.r.at); ok {
				return st.Framework(rd.Framework), nil
			}
		}
		if n := len(st.FrameworksAt(b.r.at)); n != 1 {
			return nil, nil
		}
	}
	if b.choice.to != "" {
		if _, err := st.MeantRound(b.choice.to, b.choice.framework, b.r.at); err != nil {
			return nil, err
		}
	}
	return st.MeantAt(b.choice.framework, b.r.at)
}

// frameworks are the ways to the summaries of all frameworks, where there are
// several.
func (b *summit) frameworks(here *domain.Framework) []frameworkLink {
	all := b.r.state.FrameworksAt(b.r.at)
	if len(all) < 2 || b.page.Static() {
		return nil
	}
	out := make([]frameworkLink, len(all))
	for i, f := range all {
		out[i] = frameworkLink{b.page.P.Name(f.Name), b.page.links.page("summit", "", f.ID, b.page.P.Lang), f == here}
	}
	return out
}

// choose fills in what the reader left open: the first round and the last that
// asks the framework.
func (b *summit) choose(rounds []domain.Round, f *domain.Framework) error {
	if b.choice.panel == "" {
		b.choice.panel = domain.All
	}
	for _, rd := range rounds {
		if b.choice.from == "" && b.from.ID == "" || rd.ID == b.choice.from {
			b.from = rd
		}
		if b.choice.to == "" && rd.StandsInFor == "" && rd.Framework == f.ID || rd.ID == b.choice.to {
			b.to = rd
		}
	}
	if rd, ok := b.r.state.Round(b.choice.from, b.r.at); ok && b.from.ID == "" {
		b.from = rd // of another framework: the comparison says why it cannot be
	}
	if b.choice.from != "" && b.from.ID == "" {
		return projections.UnknownRound(b.choice.from)
	}
	if b.choice.to != "" && b.to.ID == "" {
		return projections.UnknownRound(b.choice.to)
	}
	if b.choice.to == "" && b.from.ID == b.to.ID {
		b.to = domain.Round{} // one round is nothing to compare
	}
	return nil
}

// shares is the dumbbell of all indicators, grouped by domain.
func (b *summit) shares(body *summitBody) error {
	rows, err := b.server.compare(b.r, b.from.ID, b.to.ID, domain.Query{Panel: b.choice.panel})
	if err != nil {
		return err
	}
	then, now := b.w.round(b.from), b.w.round(b.to)
	table := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("col.from", "round", then), b.page.T("col.to", "round", now),
		b.page.T("col.change"), b.page.T("col.interval"), b.page.T("col.gained"), b.page.T("col.lost"), b.page.T("col.p"), b.page.T("col.origin")}}
	var pairs []chart.Pair
	var said []string
	last, hidden := "-", false
	for _, row := range rows {
		in, group, heading := b.rowOf(row)
		if group != last {
			last = group
			name := heading
			pairs = append(pairs, chart.Pair{Label: name, Heading: true})
			table.Group(name)
		}
		name := b.page.P.Name(in.Name)
		if in.Polarity == domain.Negative {
			name += " (" + b.page.T("group.negative") + ")"
		}
		hidden = hidden || row.Suppressed
		b.page.Simulated = b.page.Simulated || row.Simulated
		pair := chart.Pair{Label: name, From: row.FromShare, To: row.ToShare, Break: row.Break}
		if row.FromShare != nil {
			pair.FromTip = b.tip(then, row.FromCount, row.FromN, row.FromShare, b.w.origin(row.FromOrigin, b.from.Simulated))
			said = append(said, name+": "+pair.FromTip)
		}
		if row.ToShare != nil {
			pair.ToTip = b.tip(now, row.ToCount, row.ToN, row.ToShare, b.w.origin(row.ToOrigin, b.to.Simulated))
			said = append(said, name+": "+pair.ToTip)
		}
		pairs = append(pairs, pair)
		change := b.w.points(row.Change)
		if row.Break {
			change = b.page.T("break")
		}
		if row.Series == domain.Begins || row.Series == domain.Ends {
			change = b.page.T("series." + string(row.Series))
		}
		p := "–"
		if row.PAdjusted != nil {
			p = b.w.Decimal(*row.PAdjusted, 3)
		}
		table.Add(name, b.side(row.FromCount, row.FromN, row.FromShare, row.FromOrigin), b.side(row.ToCount, row.ToN, row.ToShare, row.ToOrigin),
			change, b.w.between(row.ChangeLow, row.ChangeHigh), b.w.integer(row.Gained), b.w.integer(row.Lost), p,
			b.w.origin(row.FromOrigin, b.from.Simulated)+" / "+b.w.origin(row.ToOrigin, b.to.Simulated))
	}
	b.headline(rows, body)
	aria := b.page.T("shares.aria", "from", then, "to", now, "n", len(rows), "list", sentences(said))
	c, err := chart.Dumbbell(b.view, "shares", then, now, aria, pairs, table)
	if err != nil {
		return err
	}
	f, err := b.page.figure(c, b.page.T("shares.title", "from", then, "to", now), b.targets(), b.foot(rows), hidden)
	body.Figures = append(body.Figures, f)
	return err
}

// rowOf is the indicator of a row, the group it stands in and its heading. What
// has ended stands in a group of its own.
func (b *summit) rowOf(row domain.Comparison) (in domain.Indicator, group, heading string) {
	if row.Series == domain.Ends {
		in, _ = b.r.state.Framework(b.from.Framework).Indicator(row.Indicator)
		return in, "-ended", b.page.T("group.ended", "framework", b.page.P.Name(b.r.state.Framework(b.from.Framework).Name))
	}
	in, _ = b.fw.Indicator(row.Indicator)
	return in, in.Domain, b.domainName(in.Domain)
}

// targets says what in place means on the graded scales of the framework.
func (b *summit) targets() string {
	var out []string
	for _, s := range b.fw.Scales {
		if s.Graded() {
			out = append(out, b.page.T("graded.target", "level", level(b.page, s, s.Positive), "levels", levels(b.page, s)))
		}
	}
	return strings.Join(out, " ")
}

// side writes one share of a row; what is not known differs from what is hidden.
func (b *summit) side(count, n *int, v *float64, o domain.Origin) string {
	if count == nil && o == "" {
		return "–"
	}
	return b.w.share(count, n, v)
}

func (b *summit) tip(round string, count, n *int, v *float64, origin string) string {
	return b.page.T("tip", "round", round, "count", *count, "n", *n, "share", b.w.Percent(*v), "origin", origin)
}

func (b *summit) domainName(id string) string {
	for _, d := range b.fw.Domains {
		if d.ID == id {
			return b.page.P.Name(d.Name)
		}
	}
	return b.page.P.Name(b.fw.Name)
}

// yearOf is the year a round is about.
func yearOf(r domain.Round) string { return strconv.Itoa(r.ReferenceDate.Year) }

// headline computes the page's title from the rows that can be compared.
func (b *summit) headline(rows []domain.Comparison, body *summitBody) {
	up, down, sure, n := 0, 0, 0, 0
	for _, r := range rows {
		if r.Change == nil || r.Break {
			continue
		}
		n++
		switch {
		case *r.Change > 0:
			up++
		case *r.Change < 0:
			down++
		}
		if *r.Change > 0 && r.ChangeLow != nil && *r.ChangeLow > 0 {
			sure++
		}
	}
	if n == 0 {
		b.page.Title = b.page.T("summit.title.none", "from", b.w.round(b.from), "to", b.w.round(b.to))
		body.Lead = b.page.T("summit.lead.none")
		return
	}
	key := "summit.title"
	if b.page.Simulated {
		key = "summit.title.simulated"
	}
	b.page.Title = b.page.T(key, "up", up, "n", n, "from", b.w.ID(yearOf(b.from)), "to", b.w.ID(yearOf(b.to)))
	body.Lead = b.page.T("summit.lead", "sure", sure, "down", down)
}

func (b *summit) foot(rows []domain.Comparison) string {
	origins := func(get func(domain.Comparison) domain.Origin, simulated bool) string {
		seen := map[domain.Origin]bool{}
		var out []string
		for _, r := range rows {
			if o := get(r); o != "" && !seen[o] {
				seen[o] = true
				out = append(out, b.w.origin(o, simulated && o == domain.Computed))
			}
		}
		return strings.Join(out, " / ")
	}
	return b.page.T("foot", "from", b.w.ID(string(b.from.ID)), "to", b.w.ID(string(b.to.ID)),
		"fromorigin", origins(func(r domain.Comparison) domain.Origin { return r.FromOrigin }, b.from.Simulated),
		"toorigin", origins(func(r domain.Comparison) domain.Origin { return r.ToOrigin }, b.to.Simulated),
		"who", b.page.T("foot."+string(b.choice.panel)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
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
