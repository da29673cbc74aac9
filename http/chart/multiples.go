package chart

import (
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Panel is one of several small charts: a series with its newest number in large
// figures.
type Panel struct {
	Label  string
	Number string // "72 %"
	Note   string // "from 61 % in 2021, mean of 4 indicators"
	Points []Point
}

// Multiples shows several series beside one another on the same scale, three in a
// line and where it is narrow one beneath another.
func Multiples(v View, name, aria string, panels []Panel, table Table) (Chart, error) {
	chart := charts.NewLine()
	chart.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "value"}), charts.WithYAxisOpts(opts.YAxis{Type: "value"}))
	first, last := math.Inf(1), math.Inf(-1)
	for _, p := range panels {
		var data []opts.LineData
		for _, pt := range p.Points {
			first, last = min(first, pt.Year), max(last, pt.Year)
			if pt.Break && len(data) > 0 {
				data = append(data, opts.LineData{Value: []any{pt.Year, "-"}})
			}
			if pt.Value != nil {
				data = append(data, opts.LineData{Name: v.Isolate(p.Label) + "\n" + v.Isolate(pt.Tip), Value: []any{pt.Year, 100 * *pt.Value}})
			}
		}
		chart.AddSeries(v.Isolate(p.Label), data)
	}
	option, err := compose(chart)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	object(option, "legend")["show"] = false
	if math.IsInf(first, 1) {
		first, last = 0, 0
	}
	v.panels(option, panels, math.Floor(first-0.5), math.Ceil(last+0.5))
	wide, wideHeight := v.place(panels, 3)
	slim, slimHeight := v.place(panels, 1)
	object(option, "grid") // replaced by the layouts
	option["grid"], option["title"] = wide["grid"], wide["title"]
	return Chart{Name: name, Height: wideHeight, Narrow: slimHeight, Aria: aria, Table: table, option: layouts(option, wide, slim)}, nil
}

// panels gives each series axes of its own, all on the same scale.
func (v View) panels(option map[string]any, panels []Panel, first, last float64) {
	xs, ys := make([]any, len(panels)), make([]any, len(panels))
	for i := range panels {
		x := map[string]any{"type": "value", "gridIndex": i, "min": first, "max": last, "interval": 1, "splitLine": map[string]any{"show": false},
			"axisLabel": map[string]any{"color": Outline, "hideOverlap": true, "showMinLabel": false, "showMaxLabel": false}, "headwayLabel": "year"}
		y := map[string]any{"gridIndex": i}
		percentAxis(y)
		y["interval"] = 50
		if v.RTL {
			x["inverse"], y["position"] = true, "right"
		}
		xs[i], ys[i] = x, y
		s := series(option, i)
		s["xAxisIndex"], s["yAxisIndex"], s["symbol"], s["symbolSize"], s["showSymbol"], s["connectNulls"] = i, i, "circle", 9, true, false
		s["lineStyle"], s["itemStyle"] = map[string]any{"width": 3, "color": InPlace}, map[string]any{"color": InPlace, "borderColor": Outline, "borderWidth": 1}
	}
	option["xAxis"], option["yAxis"] = xs, ys
}

// The sizes of a panel in pixels.
const (
	panelHead   = 72
	panelPlot   = 120
	panelHeight = panelHead + panelPlot + 24
)

// place lays panels out in lines of a number of columns. Heads are the titles of
// ECharts: name, number and note.
func (v View) place(panels []Panel, columns int) (option map[string]any, height int) {
	grids, titles := make([]any, len(panels)), make([]any, 0, len(panels))
	share := 100 / float64(columns)
	for i, p := range panels {
		column, line := i%columns, i/columns
		if v.RTL {
			column = columns - 1 - column
		}
		top := 8 + line*panelHeight
		grids[i] = map[string]any{"left": percent(share*float64(column) + 2), "width": percent(share - 4), "top": top + panelHead, "height": panelPlot,
			"outerBoundsMode": "same", "outerBoundsContain": "axisLabel"}
		title := map[string]any{"show": true, "text": v.Isolate(p.Label), "subtext": v.headline(p), "top": top,
			"textStyle":    map[string]any{"fontSize": 14, "fontWeight": "bold", "color": "#111827", "lineHeight": 20},
			"itemGap":      4,
			"subtextStyle": map[string]any{"fontSize": 13, "color": Outline, "rich": map[string]any{"number": map[string]any{"fontSize": 26, "fontWeight": "bold", "color": InPlace, "lineHeight": 34}}}}
		title["left"] = percent(share*float64(column) + 2)
		if v.RTL {
			title["left"], title["textAlign"] = percent(share*float64(column+1)-2), "right"
		}
		titles = append(titles, title)
	}
	lines := (len(panels) + columns - 1) / columns
	return map[string]any{"grid": grids, "title": titles}, 16 + lines*panelHeight
}

// headline is a panel's number in large figures and its note, in reading order:
// ECharts sets the two from left to right.
func (v View) headline(p Panel) string {
	number, note := "{number|"+literal(v.Isolate(p.Number))+"}", literal(v.Isolate(p.Note))
	if v.RTL {
		return note + "  " + number
	}
	return number + "  " + note
}

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }
