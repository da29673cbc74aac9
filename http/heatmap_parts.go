package http

import (
	"strconv"

	"headway/domain"
	"headway/http/chart"
)

// head are the columns: the indicators by number, under their domains.
func (b *heating) head(body *heatmapBody) {
	f := b.a.Framework()
	names := map[string]string{}
	for _, d := range f.Domains {
		names[d.ID] = b.page.P.Name(d.Name)
	}
	last := "-"
	for j, in := range f.Indicators {
		if in.Domain != last {
			last = in.Domain
			body.Heads = append(body.Heads, heatHead{Name: names[in.Domain]})
		}
		body.Heads[len(body.Heads)-1].Width++
		body.Columns = append(body.Columns, heatColumn{strconv.Itoa(j + 1), asAsked(b.page, in), b.page.Link("indicator", string(in.ID))})
	}
}

// counts are how many answers are in place, of how many, to indicators whose good
// answer is yes.
func (b *heating) counts() (inPlace, n int) {
	f := b.a.Framework()
	for i := range b.a.Respondents() {
		for j, in := range f.Indicators {
			st := b.a.Status(i, j)
			if in.Domain == "" || in.Polarity == domain.Negative || !st.Answered() {
				continue
			}
			n++
			if f.ScaleOf(in).Counts(st) {
				inPlace++
			}
		}
	}
	return inPlace, n
}

func (b *heating) title() string {
	inPlace, n := b.counts()
	share := "–"
	if n > 0 {
		share = b.page.P.Percent(float64(inPlace) / float64(n))
	}
	return b.page.P.Count("heatmap.title", len(b.a.Respondents()), "count", b.page.P.Integer(inPlace), "all", b.page.P.Integer(n), "share", share, "round", b.w.round(b.a.Round()))
}

func (b *heating) foot() string {
	return b.page.T("foot.heatmap", "round", b.w.round(b.a.Round()), "framework", b.w.ID(string(b.a.Framework().ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
}

// figure is the same as a chart for slides, and its numbers as a file.
func (b *heating) figure(body *heatmapBody, lines []heatLine) error {
	f := b.a.Framework()
	table := chart.Table{Header: []string{b.page.T("col.respondent")}}
	var columns []string
	for _, c := range body.Columns {
		table.Header = append(table.Header, c.Name)
		columns = append(columns, c.Number+" "+c.Name)
	}
	var rows []chart.Row
	last := ""
	for _, x := range lines {
		if x.group != last {
			last = x.group
			table.Group(x.group)
		}
		row, cells := chart.Row{Label: x.label}, []string{x.label}
		for j, in := range f.Indicators {
			k, text := b.keys.of(f, in, b.a.Status(x.row, j))
			row.Cells, cells = append(row.Cells, k), append(cells, text)
		}
		rows = append(rows, row)
		table.Add(cells...)
	}
	b.keys.inOrder(f, rows)
	inPlace, n := b.counts()
	aria := b.page.T("heatmap.aria", "respondents", b.page.P.Integer(len(lines)), "indicators", b.page.P.Integer(len(columns)), "count", b.page.P.Integer(inPlace), "all", b.page.P.Integer(n))
	c, err := chart.Grid(chart.View{RTL: b.page.P.RTL()}, "heatmap", aria, b.keys.keys, columns, rows, table)
	if err != nil {
		return err
	}
	fig, err := b.page.figure(c, b.page.Title, "", b.foot(), false)
	body.Figures = []figure{fig}
	return err
}
