package chart

import (
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Line is a series over rounds.
type Line struct {
	Name   string
	Points []Point
}

// Point is a share from 0 to 1 at a time in years; Low and High, where given, are
// what missing answers allow. Break says that it does not continue the point
// before: no line is drawn between them.
type Point struct {
	Year             float64
	Value, Low, High *float64
	Tip              string
	Break            bool
	// Cut names a break on the chart, "wording changed": a dashed line stands
	// between this point and the one before.
	Cut string
	// Hidden names a point whose share is left out, "not shown", so that it does not
	// pass for a year without one.
	Hidden string
}

var symbols = []string{"circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"}

// lineColors go with the symbols, so that color is never alone; past the last, the
// same colors come with other symbols.
var lineColors = []string{"#08306b", "#b45309", "#047857", "#7c3aed", "#be123c", "#374151"}

// Lines shows shares over rounds at their true distance in time.
func Lines(v View, name, aria string, lines []Line, band string, table Table) (Chart, error) {
	chart := charts.NewLine()
	chart.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "value"}), charts.WithYAxisOpts(opts.YAxis{Type: "value"}))
	legend := []any{}
	first, last := 9999.0, 0.0
	for _, l := range lines {
		var data []opts.LineData
		for _, p := range l.Points {
			first, last = min(first, p.Year), max(last, p.Year)
			if p.Break && len(data) > 0 {
				data = append(data, opts.LineData{Value: []any{p.Year, "-"}})
			}
			if p.Value != nil {
				data = append(data, opts.LineData{Name: v.Isolate(l.Name) + "\n" + v.Isolate(p.Tip), Value: []any{p.Year, 100 * *p.Value}})
			}
		}
		entry := v.label(l.Name, 36)
		chart.AddSeries(entry, data)
		legend = append(legend, entry)
	}
	low, high := bounds(lines)
	if len(low) > 0 {
		chart.AddSeries("", low).AddSeries(v.Isolate(band), high)
		legend = append(legend, v.Isolate(band))
	}
	option, err := compose(chart)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	wide, slim, room, slimRoom := v.arrange(option, legend)
	x := object(option, "xAxis")
	x["type"], x["interval"] = "value", 1
	x["axisLabel"] = map[string]any{"color": Outline, "hideOverlap": true, "showMinLabel": false, "showMaxLabel": false}
	x["headwayLabel"] = "year" // a function of the page's registry: no thousands separator
	// Whole years, so that a tick is the beginning of one; half a year or more
	// keeps the dots off the edges.
	x["min"], x["max"] = math.Floor(first-0.5), math.Ceil(last+0.5)
	x["splitLine"] = map[string]any{"show": false}
	percentAxis(object(option, "yAxis"))
	for i := range lines {
		s := series(option, i)
		color := lineColors[i%len(lineColors)]
		s["symbol"], s["symbolSize"], s["connectNulls"], s["showSymbol"] = symbols[(i+i/len(symbols))%len(symbols)], 10, false, true
		s["lineStyle"], s["itemStyle"] = map[string]any{"width": 2, "color": color}, map[string]any{"color": color, "borderColor": Outline, "borderWidth": 1}
	}
	if len(low) > 0 {
		s, t := series(option, len(lines)), series(option, len(lines)+1)
		for _, b := range []map[string]any{s, t} {
			b["stack"], b["symbol"], b["silent"], b["lineStyle"] = "band", "none", true, map[string]any{"opacity": 0}
			b["stackStrategy"] = "all"
		}
		t["areaStyle"], t["itemStyle"] = map[string]any{"color": "#9ecae1", "opacity": 0.5}, map[string]any{"color": "#9ecae1"}
	}
	if high := textRow * v.cuts(series(option, 0), lines); high > 0 {
		room, slimRoom = room+high, slimRoom+high
		object(wide, "grid")["top"], object(slim, "grid")["top"], object(option, "grid")["top"] = room, slimRoom, room
	}
	v.mirror(option, "xAxis", "yAxis")
	return Chart{Name: name, Height: room + 300, Narrow: slimRoom + 260, Aria: aria, Table: table, option: layouts(option, wide, slim)}, nil
}

// cuts marks the breaks that have a name, halfway between the points they part. It
// returns how many lines the names take above the plot.
func (v View) cuts(s map[string]any, lines []Line) (tall int) {
	var marks []any
	seen := map[float64]bool{}
	for _, l := range lines {
		for i, p := range l.Points {
			if p.Hidden != "" && p.Value == nil {
				text := v.label(p.Hidden, 22)
				tall = max(tall, 1+strings.Count(text, "\n"))
				marks = append(marks, map[string]any{"xAxis": p.Year, "lineStyle": map[string]any{"opacity": 0}, "label": map[string]any{"formatter": literal(text)}})
			}
			if i == 0 || p.Cut == "" {
				continue
			}
			if at := (p.Year + l.Points[i-1].Year) / 2; !seen[at] {
				seen[at] = true
				text := v.label(p.Cut, 22)
				tall = max(tall, 1+strings.Count(text, "\n"))
				marks = append(marks, map[string]any{"xAxis": at, "label": map[string]any{"formatter": literal(text)}})
			}
		}
	}
	if len(marks) == 0 {
		return 0
	}
	s["markLine"] = map[string]any{"symbol": "none", "silent": true, "data": marks,
		"lineStyle": map[string]any{"type": "dashed", "color": Outline, "width": 1},
		"label":     map[string]any{"show": true, "position": "end", "align": "center", "distance": 4, "color": Outline, "fontSize": 12, "lineHeight": textRow}}
	return tall
}

// bounds are the band of a chart of one line: its lower edge and what lies upon
// it.
func bounds(lines []Line) (low, width []opts.LineData) {
	if len(lines) != 1 {
		return nil, nil
	}
	for _, p := range lines[0].Points {
		if p.Break && len(low) > 0 {
			low = append(low, opts.LineData{Value: []any{p.Year, "-"}})
			width = append(width, opts.LineData{Value: []any{p.Year, "-"}})
		}
		if p.Low != nil && p.High != nil {
			low = append(low, opts.LineData{Value: []any{p.Year, 100 * *p.Low}})
			width = append(width, opts.LineData{Value: []any{p.Year, 100 * (*p.High - *p.Low)}})
		}
	}
	return low, width
}
