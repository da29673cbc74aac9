package chart

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Row is a row of a grid: for each column the place of its key in the legend, or
// Blank.
type Row struct {
	Label string
	Cells []int
}

// Blank is a cell that is nothing.
const Blank = -1

// lettered is how many cells a grid may have for letters to stand in them.
const lettered = 1500

// Grid shows a category for each row and column: respondents and indicators, or
// indicators and rounds. Up to some 1,500 cells have letters, larger ones are
// thinner and have none; ten thousand can be drawn.
func Grid(v View, name, aria string, keys []Key, columns []string, rows []Row, table Table) (Chart, error) {
	heat := charts.NewHeatMap()
	heat.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "category"}), charts.WithYAxisOpts(opts.YAxis{Type: "category"}))
	legend := []any{}
	var shown []Key
	for k, key := range keys {
		var data []opts.HeatMapData
		for y, r := range rows {
			for x, cell := range r.Cells {
				if cell == k {
					data = append(data, opts.HeatMapData{Value: []any{x, y, 1}})
				}
			}
		}
		if len(data) == 0 {
			continue
		}
		shown = append(shown, key)
		heat.AddSeries(v.Isolate(key.Label), data)
		legend = append(legend, v.Isolate(key.Label))
	}
	option, err := compose(heat)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	delete(option, "visualMap")
	option["headwayTooltip"] = "cell"
	small := len(columns)*len(rows) > lettered
	for i, key := range shown {
		v.cells(series(option, i), key, small)
	}
	wide, slim, room, slimRoom := v.arrange(option, legend)
	labels := make([]string, len(rows))
	for i, r := range rows {
		labels[i] = r.Label
	}
	row := 28
	if small {
		row = 11
	}
	head := v.gridAxes(option, wide, slim, columns, labels, small)
	object(wide, "grid")["top"], object(slim, "grid")["top"] = room+head, slimRoom+head
	object(option, "grid")["top"] = room + head
	return Chart{Name: name, Height: room + head + row*len(rows) + 16, Narrow: slimRoom + head + row*len(rows) + 16, Aria: aria, Table: table,
		option: layouts(option, wide, slim)}, nil
}

// cells sets the look of the cells of one key.
func (v View) cells(s map[string]any, key Key, small bool) {
	s["type"], s["coordinateSystem"] = "heatmap", "cartesian2d"
	style := key.Meaning.look()
	s["itemStyle"], s["emphasis"] = style, map[string]any{"disabled": small}
	if small {
		style["borderWidth"], style["borderColor"] = 0.5, "#ffffff"
		return
	}
	if key.Letter != "" {
		s["label"] = map[string]any{"show": true, "formatter": literal(v.Isolate(key.Letter)), "color": key.Meaning.ink(), "fontSize": 12}
	}
}

// gridAxes labels the rows and, upright above the plot, the columns. It returns the
// room that these need.
func (v View) gridAxes(option, wide, slim map[string]any, columns, labels []string, small bool) int {
	longest := 0
	heads := make([]any, len(columns))
	for i, c := range columns {
		text := v.Isolate(clip(c, 34))
		heads[i] = text
		longest = max(longest, len([]rune(text)))
	}
	turned := len(columns) > 8 || longest > 14
	x := object(option, "xAxis")
	x["type"], x["data"], x["position"] = "category", heads, "top"
	label := map[string]any{"interval": 0, "color": Outline, "fontSize": 12}
	head := 28
	if turned {
		label["rotate"], head = 90, 16+7*longest
		if v.RTL {
			label["rotate"] = -90
		}
	}
	if small {
		label["interval"], label["fontSize"] = "auto", 10
	}
	x["axisLabel"], x["axisTick"], x["axisLine"] = label, map[string]any{"show": false}, map[string]any{"show": false}
	y := object(option, "yAxis")
	v.rows(y, wide, slim, labels, nil, 34, 0)
	y["axisLine"] = map[string]any{"show": false}
	// On a grid labels stay beside their rows: above them there is no room.
	delete(object(slim, "yAxis"), "axisLabel")
	object(slim, "yAxis")["axisLabel"] = object(wide, "yAxis")["axisLabel"]
	if small {
		object(y, "axisLabel")["fontSize"], object(y, "axisLabel")["interval"] = 9, "auto"
	}
	v.mirror(option, "xAxis", "yAxis")
	return head
}

// clip shortens a text to n letters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
