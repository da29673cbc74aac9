package chart

import (
	"fmt"
	"math"
	"strconv"

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
	percentAxis(object(option, "xAxis"))
	labels := make([]string, len(bars))
	for i, b := range bars {
		labels[i] = b.Label
	}
	wide, slim, room, slimRoom := v.arrange(option, legend)
	v.rows(object(option, "yAxis"), wide, slim, labels, nil, 24, 20)
	for i := range legend {
		color := hidden
		style := map[string]any{"borderColor": Outline, "borderWidth": 1}
		if i < len(stages) {
			color = stageColor(i, len(stages))
		} else {
			style["decal"] = map[string]any{"symbol": "rect", "dashArrayX": []any{1, 0}, "dashArrayY": []any{2, 4}, "rotation": 0.785, "color": Outline}
		}
		style["color"] = color
		series(option, i)["itemStyle"], series(option, i)["barWidth"] = style, 30
	}
	v.mirror(option, "xAxis", "yAxis")
	return Chart{Name: name, Height: room + 60 + 56*len(bars), Narrow: slimRoom + 60 + 72*len(bars), Aria: aria, Table: table,
		option: layouts(option, wide, slim)}, nil
}

// stageColor is the color of the i-th of n stages, between those of stageColors.
func stageColor(i, n int) string {
	if n < 2 {
		return stageColors[0]
	}
	at := float64(i) * float64(len(stageColors)-1) / float64(n-1)
	k := min(int(at), len(stageColors)-2)
	var mixed [3]int
	for c := range mixed {
		channel := func(color string) float64 {
			v, err := strconv.ParseUint(color[1+2*c:3+2*c], 16, 8)
			if err != nil {
				return 0 // the palette is ours and a test reads it
			}
			return float64(v)
		}
		a, b := channel(stageColors[k]), channel(stageColors[k+1])
		mixed[c] = int(math.Round(a + (at-float64(k))*(b-a)))
	}
	return fmt.Sprintf("#%02x%02x%02x", mixed[0], mixed[1], mixed[2])
}
