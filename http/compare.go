package http

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"headway/domain"
)

// compareChoice is what a reader chose on the page of comparisons. All of it stands
// in the address, so that a link keeps it.
type compareChoice struct {
	summitChoice
	group     string             // attribute of an enrolment by which respondents are grouped
	value     string             // the one group that is compared; "" is all of them
	grouping  string             // which round's attributes group: from, to or own
	sort      string             // how the rows are ordered
	interval  string             // which band is drawn
	indicator domain.IndicatorID // whose answers flow; "" is all
}

// How rows can be ordered, and which band is drawn around a dot. The first of each
// is the default.
const (
	sortDomain = "domain"
	sortChange = "change"
	sortShare  = "share"

	bandBounds   = "bounds"
	bandSampling = "sampling"
)

// picked is a value of a select.
type picked struct {
	Value, Name string
	Selected    bool
}

// compareBody is what the template of the page of comparisons sees.
type compareBody struct {
	Lead       string
	Frameworks []frameworkLink
	Choices    []option
	Panels     []option
	Groups     []picked // attributes
	Values     []picked // groups of the attribute that is chosen
	Groupings  []picked
	Sorts      []picked
	Bands      []picked
	Indicators []picked
	Narrow     []string    // what is hidden, and why
	Unreleased *unreleased // in place of the figures
	Totals     string      // says that totals cannot tell who changed
	StandIn    *way
	Figures    []figure
	Words      []passage
}

// way is a link to another page.
type way struct{ Name, Href string }

// comparison builds the page of comparisons.
type comparison struct {
	*contrast
	wish compareChoice
}

// compareOf builds the page of comparisons as a reader may see it.
func (s *server) compareOf(r reading, choice compareChoice, lang string, l links) (page, error) {
	if err := checkChoice(choice); err != nil {
		return page{}, err
	}
	base, err := s.contrastOf(r, choice.summitChoice, lang, l)
	if err != nil {
		return page{}, err
	}
	b := &comparison{base, choice}
	body := compareBody{Frameworks: b.frameworks("compare")}
	switch {
	case b.family == nil && len(body.Frameworks) > 0:
		b.page.Title, body.Lead = b.page.T("framework.title"), b.page.T("framework.lead")
	case b.nothing():
		b.page.Title, body.Lead = b.page.T("summit.empty.title"), b.page.T("summit.empty")
	case b.alone():
		b.page.Title, body.Lead = b.page.T("compare.alone", "round", b.w.round(b.to)), b.page.T("compare.alone.lead")
	default:
		err = b.fill(&body)
	}
	b.page.Body = body
	return b.page, err
}

// checkChoice refuses what cannot be chosen, rather than showing something else.
func checkChoice(c compareChoice) error {
	for _, x := range []struct {
		name, value string
		of          []string
	}{{"sort", c.sort, []string{"", sortDomain, sortChange, sortShare}}, {"interval", c.interval, []string{"", bandBounds, bandSampling}}} {
		if !slices.Contains(x.of, x.value) {
			return domain.Refuse(domain.CodeInvalid, x.name+" is "+x.of[1]+" or another choice of the page, not what the address says", x.name, x.value)
		}
	}
	return nil
}

// fill makes the page of two rounds.
func (b *comparison) fill(body *compareBody) error {
	b.offer(body)
	why := b.may.refuses(b.page, b.wish)
	if why != "" && !b.totalsOnly() {
		kept := b.query()
		for _, x := range []string{"panel", "group", "value", "grouping"} {
			kept.Del(x)
		}
		body.Unreleased = b.unreleased("compare", why, kept)
		return nil
	}
	q := domain.Query{Panel: b.choice.panel}
	if b.wish.value != "" {
		q.Attribute, q.Value, q.Grouping = b.wish.group, b.wish.value, domain.Grouping(b.wish.grouping)
	}
	rows, err := b.server.compare(b.r, b.from.ID, b.to.ID, q)
	if refusal := domain.RefusalOf(err); refusal != nil && refusal.Code == domain.CodeNoAnswers {
		b.page.Title, body.Totals = b.page.T("compare.totals.title", "from", b.w.round(b.from)), b.totals(body)
		return nil
	}
	if err != nil {
		return err
	}
	b.rows = rows
	for _, r := range rows {
		b.page.Simulated = b.page.Simulated || r.Simulated
	}
	body.Totals = b.totals(body)
	b.page.Charts = true
	return b.parts(body)
}

// parts are the figures of the page.
func (b *comparison) parts(body *compareBody) error {
	heading := b.headline(body)
	f, err := b.shares(b.wish.sort, b.wish.interval, heading)
	if err != nil {
		return err
	}
	body.Figures = append(body.Figures, f)
	body.Words = b.words()
	if err := b.groups(body); err != nil {
		return err
	}
	for _, part := range []func() (*figure, error){b.flow, b.changed, b.decomposed} {
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

// totalsOnly reports that the matched panel is asked for of a round of which totals
// were published and no answers: that is why there is none.
func (b *comparison) totalsOnly() bool {
	return b.choice.panel == domain.Matched && b.wish.group == "" && len(b.r.state.Figures(b.from.ID, b.r.at)) > 0 && (b.r.public == nil || b.r.public.Answers(b.from.ID) == nil)
}

// totals says why it cannot be told who changed, where one round is known by totals
// only, and leads to the simulated round that stands in for it.
func (b *comparison) totals(body *compareBody) string {
	published := slices.ContainsFunc(b.rows, func(r domain.Comparison) bool { return r.FromOrigin == domain.Published })
	if len(b.rows) > 0 && !published {
		return ""
	}
	for _, rd := range b.rounds {
		if rd.StandsInFor != b.from.ID {
			continue
		}
		q := b.query()
		q.Set("from", string(rd.ID))
		if o, err := b.server.offers(b.r, rd.ID, b.to.ID); err == nil && o.matched && b.wish.group == "" {
			q.Set("panel", string(domain.Matched))
		}
		if href := b.page.Link("compare", q.Encode()); href != b.page.Link("compare", "") { // a report may not have it
			body.StandIn = &way{b.page.T("compare.standin", "round", b.w.round(rd)), href}
		}
		return b.page.T("compare.totals.standin", "round", b.w.round(b.from))
	}
	return b.page.T("compare.totals", "round", b.w.round(b.from))
}

// query is the reader's choice as that of an address, with the rounds that the page
// chose.
func (b *comparison) query() url.Values {
	c := b.wish
	c.from, c.to, c.panel = b.from.ID, b.to.ID, b.choice.panel
	return c.query()
}

// query is a choice as that of an address.
func (c compareChoice) query() url.Values {
	q := url.Values{}
	for _, x := range [][2]string{{"from", string(c.from)}, {"to", string(c.to)}, {"group", c.group}, {"value", c.value}, {"grouping", c.grouping},
		{"sort", c.sort}, {"interval", c.interval}, {"indicator", string(c.indicator)}} {
		if x[1] != "" {
			q.Set(x[0], x[1])
		}
	}
	if c.panel != domain.All && c.panel != "" {
		q.Set("panel", string(c.panel))
	}
	return q
}

// compareQuery is the address of a comparison of who answered an indicator in both
// rounds.
func compareQuery(from, to domain.RoundID, in domain.IndicatorID) string {
	return url.Values{"from": {string(from)}, "to": {string(to)}, "indicator": {string(in)}, "panel": {string(domain.Matched)}}.Encode()
}

func (s *server) compareRequest(c echo.Context) (lang string, l serverLinks, choice compareChoice) {
	lang, l, base := s.request(c)
	return lang, l, compareChoice{summitChoice: base, group: c.QueryParam("group"), value: c.QueryParam("value"), grouping: c.QueryParam("grouping"), sort: c.QueryParam("sort"),
		interval: c.QueryParam("interval"), indicator: askedIndicator(c)}
}

func (s *server) comparePage(c echo.Context) error {
	lang, l, choice := s.compareRequest(c)
	return s.show(c, "compare", func(r reading) (page, error) { return s.compareOf(r, choice, lang, l) })
}

func (s *server) compareChart(c echo.Context) error {
	lang, l, choice := s.compareRequest(c)
	return s.chartFiles(c, func(r reading) (page, error) { return s.compareOf(r, choice, lang, l) })
}

func (b compareBody) figures() []figure { return b.Figures }
