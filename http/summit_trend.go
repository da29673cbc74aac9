package http

import (
	"fmt"
	"slices"
	"strings"

	"headway/domain"
	"headway/http/chart"
	"headway/seeds"
)

// trend is the mean share of each domain's indicators over the rounds, a small
// chart each on one scale; nil where there is one round only.
func (b *summit) trend() (*figure, error) {
	rounds := map[domain.RoundID]domain.Round{}
	for _, rd := range b.r.state.Rounds(b.r.at) {
		rounds[rd.ID] = rd
	}
	means := b.overRounds()
	table := chart.Table{Header: []string{b.page.T("col.domain"), b.page.T("col.round"), b.page.T("col.share"), b.page.T("col.indicators"),
		b.page.T("col.n"), b.page.T("col.origin")}}
	var panels []chart.Panel
	var said []string
	best, bestName, bestRound, longest := -1.0, "", "", 0
	for _, d := range b.fw.Domains {
		panel := chart.Panel{Label: b.page.P.Name(d.Name)}
		for i, m := range means[d.ID] {
			rd := rounds[m.round]
			v := m.sum / float64(m.indicators)
			who, origin, name := b.w.spread(m.least, m.most), b.w.origin(m.origin, rd.Simulated), b.w.round(rd)
			panel.Points = append(panel.Points, chart.Point{Year: year(rd.ReferenceDate), Value: &v,
				Break: i > 0 && rounds[means[d.ID][i-1].round].Simulated != rd.Simulated, // no line from real to simulated
				Tip:   fmt.Sprintf("%s: %s, N = %s, %s", name, b.w.Percent(v), who, origin)})
			panel.Number, panel.Note = b.w.whole(v), b.page.T("trend.panel", "round", name, "indicators", m.indicators)
			table.Add(panel.Label, name, b.w.Percent(v), fmt.Sprint(m.indicators), who, origin)
			said = append(said, fmt.Sprintf("%s, %s: %s", panel.Label, name, b.w.Percent(v)))
			b.page.Simulated = b.page.Simulated || rd.Simulated
			if rd.ID == b.to.ID && v > best {
				best, bestName, bestRound = v, panel.Label, name
			}
		}
		if len(panel.Points) > 0 {
			panels = append(panels, panel)
			longest = max(longest, len(panel.Points))
		}
	}
	if best < 0 || longest < 2 {
		return nil, nil
	}
	c, err := chart.Multiples(b.view, "trend", b.page.T("trend.aria", "list", sentences(said)), panels, table)
	if err != nil {
		return nil, err
	}
	f, err := b.page.figure(c, b.page.T("trend.title", "domain", bestName, "round", bestRound, "share", b.w.Percent(best)),
		b.page.T("trend.note"), b.page.T("foot.trend", "framework", b.w.ID(string(b.fw.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at), false)
	return &f, err
}

// domainPoint gathers the shares of a domain's indicators in one round.
type domainPoint struct {
	round       domain.RoundID
	sum         float64
	indicators  int
	least, most int
	origin      domain.Origin
}

// overRounds are the means of each domain, by round in order. An indicator is in them only
// where every round has its share: otherwise the mean would move because the
// questions change, or because a number is not shown.
func (b *summit) overRounds() map[string][]*domainPoint {
	rounds := map[domain.RoundID]bool{}
	have := map[domain.IndicatorID]int{}
	for _, p := range b.points {
		rounds[p.Round] = true
		if p.Share != nil && !p.Break {
			have[p.Indicator]++
		}
	}
	out := map[string][]*domainPoint{}
	for _, p := range b.points {
		in, _ := b.fw.Indicator(p.Indicator)
		if in.Polarity == domain.Negative || in.Domain == "" || have[p.Indicator] != len(rounds) {
			continue
		}
		var m *domainPoint
		for _, x := range out[in.Domain] {
			if x.round == p.Round {
				m = x
			}
		}
		if m == nil {
			m = &domainPoint{round: p.Round, least: *p.N, most: *p.N, origin: p.Origin}
			out[in.Domain] = append(out[in.Domain], m)
		}
		m.sum += *p.Share
		m.indicators++
		m.least, m.most = min(m.least, *p.N), max(m.most, *p.N)
	}
	for _, list := range out {
		sortByRound(list, b.r.state.Rounds(b.r.at))
	}
	return out
}

func sortByRound(list []*domainPoint, rounds []domain.Round) {
	at := map[domain.RoundID]int{}
	for i, r := range rounds {
		at[r.ID] = i
	}
	slices.SortFunc(list, func(a, b *domainPoint) int { return at[a.round] - at[b.round] })
}

// year is a date as a number of years.
func year(d domain.Date) float64 {
	t := d.First()
	return float64(t.Year()) + float64(t.YearDay()-1)/366
}

// stages are the distributions over the stages of the first maturity model of the
// framework, in each round that has answers of each respondent.
func (b *summit) stages() (*figure, error) {
	var model *domain.MaturityModel
	for _, m := range b.r.state.Models() {
		if m.Framework == b.fw.ID {
			model = &m
			break
		}
	}
	if model == nil {
		return nil, nil
	}
	var bars []chart.Bar
	var said []string
	names := make([]string, len(model.Stages))
	header := []string{b.page.T("col.round"), b.page.T("col.respondents")}
	for i, s := range model.Stages {
		names[i] = b.page.P.Name(s.Name)
		header = append(header, names[i])
	}
	table := chart.Table{Header: append(header, b.page.T("stages.unknown"))}
	hidden := false
	for _, rd := range b.r.state.Rounds(b.r.at) {
		if rd.Framework != b.fw.ID {
			continue
		}
		bar, n, err := b.stageBar(model, rd)
		if err != nil {
			return nil, err
		}
		if n == 0 || bar.Rest == n {
			continue // only totals are known of this round
		}
		hidden = hidden || bar.Rest > 0
		b.page.Simulated = b.page.Simulated || rd.Simulated
		cells := []string{bar.Label, fmt.Sprint(n)}
		for i, count := range bar.Counts {
			if count == nil {
				cells = append(cells, b.page.T("suppressed"))
				continue
			}
			cells = append(cells, fmt.Sprint(*count))
			said = append(said, fmt.Sprintf("%s, %s: %d / %d", bar.Label, names[i], *count, n))
		}
		table.Add(append(cells, fmt.Sprint(bar.Rest))...)
		bars = append(bars, bar)
	}
	if len(bars) == 0 {
		return nil, nil
	}
	c, err := chart.Stages(b.view, "stages", b.page.T("stages.aria", "list", sentences(said)), names, b.page.T("stages.unknown"), bars, table)
	if err != nil {
		return nil, err
	}
	f, err := b.page.figure(c, b.page.T("stages.title", "model", b.page.P.Name(model.Name)), b.aboutModel(model),
		b.page.T("foot.stages", "model", b.w.ID(string(model.ID)), "framework", b.w.ID(string(b.fw.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at), hidden)
	return &f, err
}

// aboutModel says whose a model is, and what stages are not for.
func (b *summit) aboutModel(m *domain.MaturityModel) string {
	if m.ID == seeds.ModelID {
		return b.page.T("stages.note")
	}
	return strings.TrimSpace(b.page.P.Name(m.Description) + " " + b.page.T("stages.norank"))
}

// stageBar is one round's distribution as the reader may see it.
func (b *summit) stageBar(model *domain.MaturityModel, rd domain.Round) (chart.Bar, int, error) {
	counts, err := b.server.distribution(b.r, model.ID, rd.ID)
	if err != nil {
		return chart.Bar{}, 0, err
	}
	bar := chart.Bar{Label: b.w.round(rd), Counts: make([]*int, len(model.Stages)), Rest: counts[0].N}
	for i := range model.Stages {
		if bar.Counts[i] = counts[i].Count; counts[i].Count != nil {
			bar.Rest -= *counts[i].Count
		}
	}
	return bar, counts[0].N, nil
}
