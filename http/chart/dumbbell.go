package chart

import (
	"math"

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
	// Break says that the shares cannot be compared: no line joins them.
	Break bool
}

// Dumbbell shows shares then (a hollow dot) and now (a solid one) in rows.
func Dumbbell(v View, name, then, now, aria string, rows []Pair, table Table) (Chart, error) {
	labels, bold := make([]string, len(rows)), make([]bool, len(rows))
	var base, length []opts.BarData
	var from, to []opts.ScatterData
	for i, r := range rows {
		labels[i], bold[i] = r.Label, r.Heading
		if r.From != nil && r.To != nil && !r.Break {
			base = append(base, opts.BarData{Value: []any{100 * min(*r.From, *r.To), i}})
			length = append(length, opts.BarData{Value: []any{100 * math.Abs(*r.To-*r.From), i}})
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
	bar.AddSeries("", base, charts.WithBarChartOpts(opts.BarChart{Stack: "change", BarWidth: "4"})).
		AddSeries("", length, charts.WithBarChartOpts(opts.BarChart{Stack: "change", BarWidth: "4"}))
	dots := charts.NewScatter()
	dots.AddSeries(v.Isolate(then), from).AddSeries(v.Isolate(now), to)
	bar.Overlap(dots)
	option, err := compose(bar)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	percentAxis(object(option, "xAxis"))
	y := object(option, "yAxis")
	wide, slim, room, slimRoom := v.arrange(option, []any{v.Isolate(then), v.Isolate(now)})
	v.rows(y, wide, slim, labels, bold, 40, 10)
	// A dot at zero must not cover the end of its label.
	object(object(wide, "yAxis"), "axisLabel")["margin"] = 14
	y["axisLine"] = map[string]any{"show": false}
	series(option, 0)["itemStyle"], series(option, 0)["silent"] = map[string]any{"color": "transparent"}, true
	series(option, 1)["itemStyle"], series(option, 1)["silent"] = map[string]any{"color": Muted}, true
	// The ring is wider than the dot, so that both show where they meet.
	for i, dot := range map[int]struct {
		fill string
		size int
	}{2: {"#ffffff", 15}, 3: {InPlace, 8}} {
		s := series(option, i)
		s["itemStyle"] = map[string]any{"color": dot.fill, "borderColor": InPlace, "borderWidth": 2}
		s["symbolSize"], s["z"] = dot.size, 3+i
	}
	v.mirror(option, "xAxis", "yAxis")
	return Chart{Name: name, Height: room + 50 + 34*len(rows), Narrow: slimRoom + 50 + 48*len(rows), Aria: aria, Table: table,
		option: layouts(option, wide, slim)}, nil
}

// percentAxis makes an axis of percentages. The formatter is ours, not data.
func percentAxis(axis map[string]any) {
	axis["type"], axis["min"], axis["max"], axis["interval"] = "value", 0, 100, 20
	axis["axisLabel"] = map[string]any{"formatter": "{value} %", "color": Outline, "hideOverlap": true, "showMinLabel": true, "showMaxLabel": true}
	axis["splitLine"] = map[string]any{"show": true, "lineStyle": map[string]any{"color": "#e5e7eb"}}
}
