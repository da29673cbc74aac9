package http

import (
	"slices"

	"headway/domain"
	"headway/http/chart"
	"headway/projections"
)

// respondent builds the page of one respondent, without what is read from the log.
type respondent struct {
	server *server
	page   page
	r      reading
	w      words
	code   domain.Respondent
	name   string
	fw     *domain.Framework
	rounds []projections.Answers // in which it takes part, in order
	rows   []int                 // its place in each
}

// countryOf builds the page of a respondent for who may see it.
func (s *server) countryOf(r reading, code domain.Respondent, framework domain.FrameworkID, lang string, l links) (page, error) {
	if !r.reader.Sees(code) {
		return page{}, needAll(nil)
	}
	b := &respondent{server: s, page: s.newPage(lang, l), r: r, code: code}
	b.w, b.page.Position = words{b.page.P}, r.at
	b.name = s.nameOf(r, b.page, code)
	if _, err := r.state.MeantSelection(projections.Selection{Country: code, Framework: framework}, r.at); err != nil {
		return page{}, err
	}
	body := countryBody{Audit: b.page.links.page("audit", string(code), "", lang), Foot: b.page.T("foot.country", "asof", b.w.asOf(r.state, r.at), "position", r.at)}
	if err := b.takesPart(framework, &body); err != nil {
		return page{}, err
	}
	b.page.Title = b.page.T("country.title", "name", b.name)
	if len(b.rounds) > 0 {
		b.page.about(r, b.fw)
		b.page.Title = b.title()
		for _, add := range []func(*countryBody) error{b.grid, b.stages, b.completeness} {
			if err := add(&body); err != nil {
				return page{}, err
			}
		}
	}
	b.page.Charts, b.page.Body = len(body.Figures) > 0, body
	return b.page, nil
}

// takesPart finds the rounds of the respondent: of one framework, the last that it
// was asked unless another is named.
func (b *respondent) takesPart(framework domain.FrameworkID, body *countryBody) error {
	takes := func(rd domain.Round) int {
		return slices.IndexFunc(b.r.state.Respondents(rd.ID, b.r.at), func(e domain.Enrolment) bool { return e.Respondent == b.code })
	}
	var frameworks []domain.FrameworkID
	rounds := b.r.state.Rounds(b.r.at)
	for _, rd := range rounds {
		if takes(rd) >= 0 && !slices.Contains(frameworks, rd.Framework) {
			frameworks = append(frameworks, rd.Framework)
		}
	}
	if framework == "" && len(frameworks) > 0 {
		framework = frameworks[len(frameworks)-1]
	}
	b.fw = b.r.state.Framework(framework)
	for _, id := range frameworks {
		f := b.r.state.Framework(id)
		if len(frameworks) > 1 {
			body.Frameworks = append(body.Frameworks, frameworkLink{b.page.P.Name(f.Name), b.page.links.page("country", string(b.code), id, b.page.P.Lang), id == framework})
		}
	}
	for _, rd := range rounds {
		i := takes(rd)
		if i < 0 || rd.Framework != framework {
			continue
		}
		a, err := b.r.state.Answers(rd.ID, b.r.at)
		if err != nil {
			return err
		}
		b.rounds, b.rows = append(b.rounds, *a), append(b.rows, i)
		b.page.Simulated = b.page.Simulated || rd.Simulated
	}
	return nil
}

// tally counts a round's answers to indicators whose good answer is yes: how many
// are in place, of how many.
func (b *respondent) tally(k int) (inPlace, n int) {
	for j, in := range b.fw.Indicators {
		st := b.rounds[k].Status(b.rows[k], j)
		if in.Polarity == domain.Negative || in.Domain == "" || !st.Answered() {
			continue
		}
		n++
		if b.fw.ScaleOf(in).Counts(st) {
			inPlace++
		}
	}
	return inPlace, n
}

// before is the round to compare the last with: the one before it with answers, as
// simulated as it is; -1 where there is none.
func (b *respondent) before() int {
	last := len(b.rounds) - 1
	for k := last - 1; k >= 0; k-- {
		rd := b.rounds[k].Round()
		if _, n := b.tally(k); n > 0 && rd.Simulated == b.rounds[last].Round().Simulated {
			return k
		}
	}
	return -1
}

// title says how many indicators are in place, and how many more than before where
// as many were answered.
func (b *respondent) title() string {
	last := len(b.rounds) - 1
	now, n := b.tally(last)
	p, round := b.page.P, b.w.round(b.rounds[last].Round())
	k := b.before()
	if n == 0 {
		return p.Text("country.title.none", "name", b.name, "round", round)
	}
	if k < 0 {
		return p.Count("country.inplace", now, "name", b.name, "all", p.Integer(n), "round", round)
	}
	then, m := b.tally(k)
	earlier := b.w.round(b.rounds[k].Round())
	if m != n {
		return p.Count("country.title.two", now, "name", b.name, "all", p.Integer(n), "round", round, "then", p.Integer(then), "thenall", p.Integer(m), "before", earlier)
	}
	key := "country.title.same"
	switch {
	case now > then:
		key = "country.title.more"
	case now < then:
		key = "country.title.fewer"
	}
	diff := now - then
	if diff < 0 {
		diff = -diff
	}
	return p.Text(key, "now", p.Count("country.inplace", now, "name", b.name, "all", p.Integer(n), "round", round), "diff", p.Integer(diff), "before", earlier)
}

// grid is the statuses, indicators by rounds.
func (b *respondent) grid(body *countryBody) error {
	keys := &answerKeys{page: b.page}
	table := chart.Table{Header: []string{b.page.T("col.indicator")}}
	var columns, said []string
	for k := range b.rounds {
		name := b.w.round(b.rounds[k].Round())
		columns = append(columns, name)
		now, n := b.tally(k)
		said = append(said, name+": "+b.page.T("of", "count", b.page.P.Integer(now), "n", b.page.P.Integer(n)))
	}
	table.Header = append(table.Header, columns...)
	names := map[string]string{}
	for _, d := range b.fw.Domains {
		names[d.ID] = b.page.P.Name(d.Name)
	}
	var rows []chart.Row
	last := ""
	for j, in := range b.fw.Indicators {
		if in.Domain != last {
			last = in.Domain
			table.Group(names[in.Domain])
			blank := make([]int, len(columns))
			for i := range blank {
				blank[i] = chart.Blank
			}
			rows = append(rows, chart.Row{Label: names[in.Domain], Cells: blank})
		}
		row, cells := chart.Row{Label: asAsked(b.page, in)}, []string{asAsked(b.page, in)}
		for k := range b.rounds {
			place, text := keys.of(b.fw, in, b.rounds[k].Status(b.rows[k], j))
			row.Cells, cells = append(row.Cells, place), append(cells, text)
		}
		rows = append(rows, row)
		table.Add(cells...)
	}
	keys.inOrder(b.fw, rows)
	c, err := chart.Grid(chart.View{RTL: b.page.P.RTL()}, "grid", b.page.T("country.grid.aria", "name", b.name, "list", sentences(said)), keys.keys, columns, rows, table)
	if err != nil {
		return err
	}
	f, err := b.page.figure(c, b.changed(), b.page.T("country.grid.note"), b.foot(), false)
	body.Figures = append(body.Figures, f)
	return err
}

// changed says what changed since the round before: how many indicators were gained
// and lost, of those answered in both.
func (b *respondent) changed() string {
	last, k := len(b.rounds)-1, b.before()
	if k < 0 {
		return b.page.T("country.grid.title", "name", b.name)
	}
	gained, lost, both := 0, 0, 0
	for j, in := range b.fw.Indicators {
		then, now := b.rounds[k].Status(b.rows[k], j), b.rounds[last].Status(b.rows[last], j)
		if in.Domain == "" || !then.Answered() || !now.Answered() {
			continue
		}
		both++
		scale := b.fw.ScaleOf(in)
		switch was, is := scale.Counts(then) == (in.Polarity == domain.Positive), scale.Counts(now) == (in.Polarity == domain.Positive); {
		case is && !was:
			gained++
		case was && !is:
			lost++
		}
	}
	return b.page.T("country.changed", "gained", b.page.P.Integer(gained), "lost", b.page.P.Integer(lost), "all", b.page.P.Integer(both),
		"from", b.w.round(b.rounds[k].Round()), "to", b.w.round(b.rounds[last].Round()))
}

func (b *respondent) foot() string {
	return b.page.T("foot.respondent", "name", b.name, "framework", b.w.ID(string(b.fw.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
}
