package http

import (
	"fmt"

	"headway/domain"
	"headway/http/chart"
)

// few is below how many a stream of a flow is drawn together with others: thin lines
// say nothing on a wall, and the table has each.
const few = 3

// transitions are who moved between two rounds; without an indicator of all answers
// together. They show the answers of few, and are for holders of a token.
func (s *server) transitions(r reading, from, to domain.RoundID, id domain.IndicatorID) (x domain.Transitions, ok bool, err error) {
	if err := needAll(r.reader); err != nil {
		return x, false, err
	}
	then, err := r.state.Tabulation(from, r.at)
	if err != nil {
		return x, false, err
	}
	now, err := r.state.Tabulation(to, r.at)
	if err != nil {
		return x, false, err
	}
	if id == "" {
		x = domain.AllTransitions(then, now, r.state.Lineage())
		return x, x.N > 0, nil
	}
	f := now.Framework()
	if _, _, err := r.meantIndicator(id, f.ID); err != nil {
		return x, false, err
	}
	x, ok = domain.TransitionsOf(then, now, r.state.Lineage(), f.IndexOf(id))
	return x, ok && x.N > 0, nil
}

// flowing draws transitions, best status first, and lists them in a table.
type flowing struct {
	page           page
	then, now      string
	scaleOf        [2]domain.Scale
	x              domain.Transitions
	fromSum, toSum []int
	merged         int // streams that are drawn together
}

// state is a status at one end of the flow.
func (f *flowing) state(side int, v domain.Status, n int) chart.State {
	name := levelOrText(f.page, f.scaleOf[side], v)
	meaning := map[domain.Status]chart.Meaning{domain.InPlace: chart.MeansInPlace, domain.Partial: chart.MeansPartial, domain.NotInPlace: chart.MeansNotInPlace,
		domain.NoAnswer: chart.MeansNoAnswer, domain.NotApplicable: chart.MeansNotApplicable}
	m, ok := meaning[v]
	if !ok {
		m = chart.Level(max(f.scaleOf[side].Rank(v)-1, 0), len(f.scaleOf[side].Values))
	}
	return chart.State{Meaning: m, Label: name, Count: f.page.T("of", "count", n, "n", f.x.N)}
}

// order is the places of statuses, the highest level first and what is no answer
// last.
func order(states []domain.Status) []int {
	levels := len(states) - 2
	out := make([]int, 0, len(states))
	for i := levels - 1; i >= 0; i-- {
		out = append(out, i)
	}
	return append(out, levels, levels+1)
}

// draw is the chart, its table beneath it.
func (f *flowing) draw(name string) (chart.Chart, error) {
	f.fromSum, f.toSum = make([]int, len(f.x.From)), make([]int, len(f.x.To))
	for i, row := range f.x.Counts {
		for j, n := range row {
			f.fromSum[i], f.toSum[j] = f.fromSum[i]+n, f.toSum[j]+n
		}
	}
	rows, columns := order(f.x.From), order(f.x.To)
	var from, to []chart.State
	for _, i := range rows {
		from = append(from, f.state(0, f.x.From[i], f.fromSum[i]))
	}
	for _, j := range columns {
		to = append(to, f.state(1, f.x.To[j], f.toSum[j]))
	}
	table := chart.Table{Header: []string{f.page.T("flow.corner", "from", f.then, "to", f.now)}}
	for k := range columns {
		table.Header = append(table.Header, to[k].Label)
	}
	table.Header = append(table.Header, f.page.T("flow.all"))
	var moves []chart.Move
	var said []string
	small := chart.Move{From: len(from), To: len(to)}
	for a, i := range rows {
		cells := []string{from[a].Label}
		for b, j := range columns {
			n := f.x.Counts[i][j]
			cells = append(cells, fmt.Sprint(n))
			if n == 0 {
				continue
			}
			tip := f.page.T("flow.tip", "from", from[a].Label, "to", to[b].Label, "count", n, "n", f.x.N)
			said = append(said, tip)
			if n < few {
				small.Count, f.merged = small.Count+n, f.merged+1
				continue
			}
			moves = append(moves, chart.Move{From: a, To: b, Count: n, Tip: tip})
		}
		table.Add(append(cells, fmt.Sprint(f.fromSum[i]))...)
	}
	sums := []string{f.page.T("flow.all")}
	for _, j := range columns {
		sums = append(sums, fmt.Sprint(f.toSum[j]))
	}
	table.Add(append(sums, fmt.Sprint(f.x.N))...)
	if small.Count > 0 {
		rest := chart.State{Meaning: chart.MeansHidden, Label: f.page.T("flow.small"), Count: f.page.T("of", "count", small.Count, "n", f.x.N)}
		small.Tip = rest.Label + ": " + rest.Count
		from, to, moves = append(from, rest), append(to, rest), append(moves, small)
	}
	aria := f.page.T("flow.aria", "from", f.then, "to", f.now, "list", sentences(said))
	return chart.Flow(chart.View{RTL: f.page.P.RTL()}, name, f.then, f.now, aria, from, to, moves, table)
}

// heading is the finding: how many kept what they had, and how many moved.
func (f *flowing) heading(name string) string {
	kept := 0
	for i, v := range f.x.From {
		for j, w := range f.x.To {
			if v == w {
				kept += f.x.Counts[i][j]
			}
		}
	}
	return f.page.T("flow.title", "what", name, "kept", kept, "n", f.x.N, "moved", f.x.N-kept)
}

// note says what the drawing leaves to the table, and what is not in it.
func (f *flowing) note() string {
	out := f.page.T("flow.note")
	if f.merged > 0 {
		out += " " + f.page.T("flow.merged", "n", f.merged)
	}
	if f.x.Left > 0 {
		out += " " + f.page.T("flow.left", "n", f.x.Left)
	}
	return out
}

// flow is how answers moved between the two rounds, of the indicator that the
// reader chose or all together; nil for who may not see it.
func (b *comparison) flow() (*figure, error) {
	if !b.r.reader.SeesAll() {
		return nil, nil
	}
	x, ok, err := b.server.transitions(b.r, b.from.ID, b.to.ID, b.wish.indicator)
	if err != nil || !ok {
		return nil, err
	}
	f := &flowing{page: b.page, then: b.w.round(b.from), now: b.w.round(b.to), x: x, scaleOf: [2]domain.Scale{domain.Binary(), domain.Binary()}}
	what := b.page.T("flow.everything")
	if in, ok := b.fw.Indicator(b.wish.indicator); ok {
		what = b.name(in)
		f.scales(b.r, b.from, b.fw, in)
	}
	c, err := f.draw("flow")
	if err != nil {
		return nil, err
	}
	foot := b.page.T("foot.flow", "from", b.w.ID(string(b.from.ID)), "to", b.w.ID(string(b.to.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
	out, err := b.page.figure(c, f.heading(what), f.note(), foot, false)
	return &out, err
}

// scales finds those that an indicator was answered on, then and now.
func (f *flowing) scales(r reading, from domain.Round, fw *domain.Framework, in domain.Indicator) {
	f.scaleOf[0], f.scaleOf[1] = fw.ScaleOf(in), fw.ScaleOf(in)
	old := r.state.Framework(from.Framework)
	if way, ok := r.state.Lineage().Link(fw, in, old); ok {
		if was, ok := old.Indicator(way.Indicator); ok {
			f.scaleOf[0] = old.ScaleOf(was)
		}
	}
}
