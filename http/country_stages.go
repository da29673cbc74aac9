package http

import (
	"strings"

	"headway/domain"
	"headway/domain/maturity"
	"headway/http/chart"
)

// stages are those of the respondent in each round under each model, and what the
// next one takes.
func (b *respondent) stages(body *countryBody) error {
	table := chart.Table{Header: []string{b.page.T("maturity.model"), b.page.T("maturity.unit")}}
	for k := range b.rounds {
		table.Header = append(table.Header, b.w.round(b.rounds[k].Round()))
	}
	var ways []figure
	for _, def := range b.r.state.Models() {
		if def.Framework != b.fw.ID {
			continue
		}
		var units []domain.Unit
		cells := map[string][]string{}
		for k := range b.rounds {
			m, standings, err := b.r.state.Stages(def.ID, b.rounds[k].Round().ID, b.r.at)
			if err != nil {
				return err
			}
			units = m.Units()
			for _, x := range standings {
				if x.Country == b.code {
					cells[x.Unit] = append(cells[x.Unit], b.stageName(def, x.Number))
				}
			}
		}
		for _, u := range units {
			table.Add(append([]string{b.page.P.Name(def.Name), b.page.P.Name(u.Name)}, cells[u.ID]...)...)
		}
		more, err := b.next(def)
		if err != nil {
			return err
		}
		ways = append(ways, more...)
	}
	if len(table.Rows) == 0 {
		return nil
	}
	body.Figures = append(append(body.Figures, ways...),
		b.page.tableOf("stages", b.page.T("country.stages.title", "name", b.name), b.page.T("stages.norank"), b.foot(), table))
	return nil
}

func (b *respondent) stageName(def domain.MaturityModel, number *int) string {
	if number == nil {
		return b.page.T("maturity.unknown")
	}
	return b.page.P.Name(def.Stages[*number-1].Name)
}

// next is a figure for each unit of a model: what the next stage takes.
func (b *respondent) next(def domain.MaturityModel) ([]figure, error) {
	last := b.rounds[len(b.rounds)-1].Round()
	m, next, err := b.r.state.NextStages(def.ID, last.ID, b.code, b.r.at)
	if err != nil {
		return nil, err
	}
	var out []figure
	for _, n := range next {
		name := "next-" + string(def.ID)
		about := []string{b.page.P.Name(def.Name) + "."}
		if len(m.Units()) > 1 {
			name += "-" + n.Unit
			for _, u := range m.Units() {
				if u.ID == n.Unit {
					about = append(about, b.page.P.Name(u.Name)+".")
				}
			}
		}
		f := b.page.tableOf(name, b.nextTitle(def, n, b.w.round(last)), "", b.foot(), b.changeTable(n))
		f.Note = strings.Join(append(about, b.otherWays(n)...), " ")
		out = append(out, f)
	}
	return out, nil
}

// nextTitle says where the respondent stands, and how far the next stage is.
func (b *respondent) nextTitle(def domain.MaturityModel, n maturity.Next, round string) string {
	stage := b.stageName(def, n.Number)
	if n.Next == nil {
		return b.page.T("next.highest", "name", b.name, "stage", stage, "round", round)
	}
	pairs := []any{"name", b.name, "stage", stage, "next", b.stageName(def, n.NextNumber), "round", round}
	switch {
	case !n.Reachable:
		return b.page.T("next.unreachable", pairs...)
	case !n.Exact:
		return b.page.P.Count("next.bound", n.AtLeast, pairs...)
	case n.Number == nil:
		return b.page.P.Count("next.unknown", len(n.Changes), pairs...)
	}
	return b.page.P.Count("next.takes", len(n.Changes), pairs...)
}

// changeTable are the changes of a shortest way.
func (b *respondent) changeTable(n maturity.Next) chart.Table {
	t := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("next.now"), b.page.T("next.then"), b.page.T("next.role")}}
	needed := map[domain.IndicatorID]bool{}
	for _, id := range n.Needed {
		needed[id] = true
	}
	for _, c := range n.Changes {
		in, _ := b.fw.Indicator(c.Indicator)
		now, then, role := b.page.T("grid.unrecorded"), b.page.T("next.answer"), b.page.T("next.exchangeable")
		if c.From != nil {
			now = levelOrText(b.page, b.fw.ScaleOf(in), *c.From)
		}
		if c.To != nil {
			then = levelOrText(b.page, b.fw.ScaleOf(in), *c.To)
		}
		if needed[c.Indicator] {
			role = b.page.T("next.needed")
		}
		t.Add(asAsked(b.page, in), now, then, role)
	}
	return t
}

// otherWays says what else would do as well.
func (b *respondent) otherWays(n maturity.Next) []string {
	var out []string
	switch {
	case n.Next == nil || !n.Reachable:
		return nil
	case !n.Exact && len(n.Changes) > 0:
		out = append(out, b.page.P.Count("next.enough", len(n.Changes)))
	case n.Any != nil && n.Sets > 1:
		var names []string
		for _, id := range n.Any.Of {
			in, _ := b.fw.Indicator(id)
			names = append(names, b.page.T("quoted", "text", b.page.P.Name(in.Name)))
		}
		out = append(out, b.page.P.Count("next.any", n.Any.Count, "list", strings.Join(names, b.page.T("list.comma")+" ")))
	case n.Sets > 1:
		out = append(out, b.page.P.Count("next.sets", n.Sets))
	}
	return append(out, b.page.T("next.note"))
}

// completeness is how much of each round is answered.
func (b *respondent) completeness(body *countryBody) error {
	t := chart.Table{Header: append([]string{b.page.T("col.round"), b.page.T("col.answered"), b.page.T("col.missing")}, tallyHeader(b.page)...)}
	heading := b.page.T("country.complete.title", "name", b.name)
	for k := range b.rounds {
		rd := b.rounds[k].Round()
		report, err := b.server.roundReport(b.r, rd.ID)
		if err != nil {
			return err
		}
		for _, x := range report.Respondents {
			if x.Respondent != b.code {
				continue
			}
			t.Add(append([]string{b.w.round(rd), b.w.complete(x.Completeness), b.w.integer(x.Missing)}, tallyCells(b.w, x.Completeness)...)...)
			if k == len(b.rounds)-1 {
				heading = b.page.P.Count("country.missing", *x.Missing, "all", b.page.P.Integer(*x.Asked-*x.NotApplicable), "round", b.w.round(rd))
			}
		}
	}
	body.Figures = append(body.Figures, b.page.tableOf("completeness", heading, b.page.T("country.complete.note"), b.foot(), t))
	return nil
}
