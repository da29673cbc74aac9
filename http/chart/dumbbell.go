package chart

import (
	"math"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Pair is a row of a dumbbell: a share then and now, from 0 to 1. Nil is not
// known, or not shown to this reader. A Pair that is a Heading has a Label only.
type Pair struct {
	Label    string
	Heading  bool
	From, To *float64
	FromTip  string // "32 of 42 (76 %), published"
	ToTip    string
	// What missing answers allow of either share, drawn as thin bands; nil where it
	// is not known.
	FromLow, FromHigh, ToLow, ToHigh *float64
	// Change stands at the end of the row, "+8.3"; "" for none.
	Change string
	// Hidden stands there where a share is left out, "not shown": a row without a dot
	// must not pass for one without an answer.
	Hidden string
	// Break says that the shares cannot be compared: no line joins them.
	Break bool
}

// Dumbbell shows shares then (a hollow dot) and now (a solid one) in rows, in the
// caller's order: of indicators, or of the groups of one. Bands are what missing
// answers allow; the change stands at the end of its row.
func Dumbbell(v View, name, then, now, aria string, rows []Pair, table Table) (Chart, error) {
	labels, bold := make([]string, len(rows)), make([]bool, len(rows))
	var base, length []opts.BarData
	var from, to, ends []opts.ScatterData
	var bands [4][]opts.BarData // where a band begins and how long it is, then and now
	band := func(k, row int, low, high *float64) {
		if low != nil && high != nil && *low < *high {
			bands[k] = append(bands[k], opts.BarData{Value: []any{100 * *low, row}})
			bands[k+1] = append(bands[k+1], opts.BarData{Value: []any{100 * (*high - *low), row}})
		}
	}
	long := 0 // letters of the longest that is hidden
	for i, r := range rows {
		labels[i], bold[i] = r.Label, r.Heading
		if r.From != nil && r.To != nil && !r.Break {
			base = append(base, opts.BarData{Value: []any{100 * min(*r.From, *r.To), i}})
			length = append(length, opts.BarData{Value: []any{100 * math.Abs(*r.To-*r.From), i}})
		}
		band(0, i, r.FromLow, r.FromHigh)
		band(2, i, r.ToLow, r.ToHigh)
		if r.Hidden != "" && r.Change == "" {
			ends = append(ends, opts.ScatterData{Name: v.Isolate(r.Hidden), Value: []any{100, i}})
			long = max(long, utf8.RuneCountInString(r.Hidden))
		}
		if r.Change != "" {
			ends = append(ends, opts.ScatterData{Name: "\u2066" + r.Change + "\u2069", Value: []any{100, i}}) // a number, whatever the language
		}
		if r.From != nil {
			from = append(from, opts.ScatterData{Name: v.Isolate(r.Label) + "\n" + v.Isolate(r.FromTip), Value: []any{100 * *r.From, i}})
		}
		if r.To != nil {
			to = append(to, opts.ScatterData{Name: v.Isolate(r.Label) + "\n" + v.Isolate(r.ToTip), Value: []any{100 * *r.To, i}})
		}
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category"}))
	for i, b := range [][]opts.BarData{bands[0], bands[1], base, length, bands[2], bands[3]} {
		series := ""
		if i == 5 && len(b) > 0 {
			series = v.Isolate(v.Band)
		}
		bar.AddSeries(series, b, charts.WithBarChartOpts(opts.BarChart{Stack: []string{"then", "change", "now"}[i/2], BarWidth: "5", BarGap: "40%"}))
	}
	dots := charts.NewScatter()
	dots.AddSeries(v.Isolate(then), from).AddSeries(v.Isolate(now), to).AddSeries("", ends)
	bar.Overlap(dots)
	option, err := compose(bar)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	percentAxis(object(option, "xAxis"))
	y := object(option, "yAxis")
	legend, rise := []any{v.Isolate(then), v.Isolate(now)}, 10
	if len(bands[0])+len(bands[2]) > 0 {
		rise = 16
		if v.Band != "" && len(bands[3]) > 0 {
			legend = append(legend, v.Isolate(v.Band))
		}
	}
	wide, slim, room, slimRoom := v.arrange(option, legend)
	v.rows(y, wide, slim, labels, bold, 40, rise)
	// A dot at zero must not cover the end of its label.
	object(object(wide, "yAxis"), "axisLabel")["margin"] = 14
	y["axisLine"] = map[string]any{"show": false}
	// Bands are as the dots of their round: hollow then, solid now.
	for i, color := range []string{"transparent", "#ffffff", "transparent", Muted, "transparent", InPlace} {
		s := series(option, i)
		s["itemStyle"], s["silent"] = map[string]any{"color": color}, true
		if color == "#ffffff" {
			s["itemStyle"] = map[string]any{"color": color, "borderColor": InPlace, "borderWidth": 1}
		}
	}
	// The ring is wider than the dot, so that both show where they meet.
	for i, dot := range map[int]struct {
		fill string
		size int
	}{6: {"#ffffff", 15}, 7: {InPlace, 8}} {
		s := series(option, i)
		s["itemStyle"] = map[string]any{"color": dot.fill, "borderColor": InPlace, "borderWidth": 2, "opacity": 1}
		s["symbolSize"], s["z"] = dot.size, i
	}
	v.changes(option, series(option, 8), len(ends) > 0, long)
	v.mirror(option, "xAxis", "yAxis")
	return Chart{Name: name, Height: room + 50 + 34*len(rows), Narrow: slimRoom + 50 + (38+rise)*len(rows), Aria: aria, Table: table,
		option: layouts(option, wide, slim)}, nil
}

// changes writes the changes at the ends of the rows, where there are some, with room
// for a text of so many letters.
func (v View) changes(option, s map[string]any, some bool, long int) {
	if !some {
		return
	}
	side, edge := "right", "right"
	if v.RTL {
		side, edge = "left", "left"
	}
	s["symbolSize"], s["silent"], s["itemStyle"] = 1, true, map[string]any{"color": "transparent"}
	s["label"] = map[string]any{"show": true, "position": side, "distance": 12, "formatter": "{b}", "color": "#111827", "fontSize": 12}
	object(option, "grid")[edge] = max(64, 20+7*long)
}

// percentAxis makes an axis of percentages. The formatter is ours, not data.
func percentAxis(axis map[string]any) {
	axis["type"], axis["min"], axis["max"], axis["interval"] = "value", 0, 100, 20
	axis["axisLabel"] = map[string]any{"formatter": "{value} %", "color": Outline, "hideOverlap": true, "showMinLabel": true, "showMaxLabel": true}
	axis["splitLine"] = map[string]any{"show": true, "lineStyle": map[string]any{"color": "#e5e7eb"}}
}
