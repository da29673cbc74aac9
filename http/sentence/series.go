package sentence

import (
	"strconv"
	"strings"

	"headway/domain"
)

// Series says what an indicator's series over all rounds tells: the latest share,
// the first that it can be compared with, and where the series breaks. It claims no
// change: that takes a comparison of two rounds. The points are of one indicator,
// in order.
func (w *Writer) Series(points []domain.TrendPoint, n Names) string {
	if len(points) == 0 {
		return ""
	}
	var shown []domain.TrendPoint // since the last break
	var breaks, gaps, hidden []string
	for _, p := range points {
		for _, id := range p.Gap {
			gaps = append(gaps, w.p.ID(string(id)))
		}
		if p.Break {
			shown, breaks = nil, append(breaks, w.round(p, n))
		}
		if p.Share == nil {
			hidden = append(hidden, w.round(p, n))
			continue
		}
		shown = append(shown, p)
	}
	indicator := w.indicator(points[0].Indicator, n)
	if len(shown) == 0 {
		return w.finish(w.p.Text("series.none", "indicator", indicator), false)
	}
	first, last := shown[0], shown[len(shown)-1]
	var parts []string
	if len(shown) == 1 {
		parts = append(parts, w.p.Text("series.one", "indicator", indicator, "last", w.point(last, n)))
	} else {
		parts = append(parts, w.p.Count("series.many", len(shown), "indicator", indicator, "last", w.point(last, n), "first", w.point(first, n),
			"points", w.points(*last.Share-*first.Share)))
	}
	if last.Missing > 0 && last.Low != nil && last.High != nil {
		parts = append(parts, w.p.Text("series.bounds", "round", w.round(last, n), "span", w.shares(*last.Low, *last.High)))
	}
	if len(breaks) > 0 {
		parts = append(parts, w.p.Text("series.break", "list", w.list(breaks)))
	}
	if len(gaps) > 0 {
		parts = append(parts, w.p.Text("series.gap", "list", w.list(gaps)))
	}
	if len(hidden) > 0 {
		parts = append(parts, w.p.Text("series.hidden", "list", w.list(hidden)))
	}
	if len(shown) > 1 {
		parts = append(parts, w.p.Text("series.sure"))
	}
	return w.finish(strings.Join(parts, w.p.Text("semicolon"))+w.p.Text("stop"), first.Simulated || last.Simulated)
}

// point is the share of a point.
func (w *Writer) point(p domain.TrendPoint, n Names) string {
	return w.side(p.Count, p.N, p.Share, originOf(p.Origin, p.Simulated), w.round(p, n))
}

// round is the year of a point, or its round's id where that is not a year's name.
func (w *Writer) round(p domain.TrendPoint, n Names) string {
	if n.Round != nil && p.ReferenceDate.Month == 0 && p.ReferenceDate.Year != 0 && !strings.Contains(string(p.Round), "-") {
		return w.p.ID(strconv.Itoa(p.ReferenceDate.Year))
	}
	return w.p.ID(string(p.Round))
}

// Decomposition says how much of a change comes from respondents who changed, and
// how much from those who came or went: nothing where that cannot be had. What it
// writes adds up, as it is written.
func (w *Writer) Decomposition(r domain.Comparison, n Names) string {
	if r.Detail == nil || r.Detail.Decomposition == nil || r.Change == nil || r.Panel == domain.Matched {
		return ""
	}
	from, to := w.rounds(r.From, r.To, n)
	d := r.Detail.Decomposition
	total, stayed := tenths(*r.Change), tenths(d.Stayed)
	if total == 0 && stayed == 0 {
		return "" // nothing moved either way
	}
	return w.finish(w.p.Text("parts", "indicator", w.indicator(r.Indicator, n), "who", w.who(r, n), "fromround", from, "toround", to, "points", w.points(total),
		"stayed", w.points(stayed), "moved", w.points(tenths(total-stayed))), r.Simulated)
}
