package chart

import (
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Bar is one round of a distribution over stages: how many respondents are in
// each, and how many are not told apart (suppressed, or unknown).
type Bar struct {
	Label  string
	Counts []*int // nil is hidden
	Rest   int    // all that are hidden or unknown, together
}

// Stages shows distributions as stacked bars of 100 %.
func Stages(v View, name, aria string, stages []string, rest string, bars []Bar, table Table) (Chart, error) {
	chart := charts.NewBar()
	chart.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "value"}), charts.WithYAxisOpts(opts.YAxis{Type: "category"}))
	legend := []any{}
	add := func(label string, count func(Bar) *int) {
		data := make([]opts.BarData, len(bars))
		for i, b := range bars {
			total := b.Rest
			for _, c := range b.Counts {
				if c != nil {
					total += *c
				}
			}
			data[i] = opts.BarData{Value: []any{0, i}}
			if n := count(b); n != nil && *n > 0 && total > 0 {
				data[i] = opts.BarData{Value: []any{100 * float64(*n) / float64(total), i},
					Name: v.Isolate(label) + "\n" + v.Isolate(fmt.Sprintf("%s: %d / %d", b.Label, *n, total))}
			}
		}
		chart.AddSeries(v.Isolate(label), data, charts.WithBarChartOpts(opts.BarChart{Stack: "stages"}))
		legend = append(legend, v.Isolate(label))
	}
	for k, s := range stages {
		add(s, func(b Bar) *int { return b.Counts[k] })
	}
	anyRest := false
	for _, b := range bars {
		anyRest = anyRest || b.Rest > 0
	}
	if anyRest {
		add(rest, func(b Bar) *int { return &b.Rest })
	}
	option, err := compose(chart)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	object(option, "legend")["data"] = v.ordered(legend)
	percentAxis(object(option, "xAxis"))
	y := object(option, "yAxis")
	labels := make([]any, len(bars))
	for i, b := range bars {
		labels[i] = v.label(b.Label, 24)
	}
	y["data"], y["inverse"] = labels, true
	y["axisTick"] = map[string]any{"show": false}
	y["axisLabel"] = map[string]any{"interval": 0, "lineHeight": 14, "color": Outline}
	for i := range legend {
		color := hidden
		style := map[string]any{"borderColor": Outline, "borderWidth": 1}
		if i < len(stages) {
			color = stageColors[i*(len(stageColors)-1)/max(1, len(stages)-1)]
		} else {
			style["decal"] = map[string]any{"symbol": "rect", "dashArrayX": []any{1, 0}, "dashArrayY": []any{2, 4}, "rotation": 0.785, "color": Outline}
		}
		style["color"] = color
		series(option, i)["itemStyle"], series(option, i)["barMaxWidth"] = style, 36
	}
	v.mirror(option, "xAxis", "yAxis")
	return Chart{Name: name, Height: 110 + 56*len(bars), Aria: aria, Table: table, option: option}, nil
}
