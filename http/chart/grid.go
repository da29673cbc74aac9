package chart

import (
	"fmt"
	"strings"
	"unicode/utf8"

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

// lettered is how many cells a grid may have for letters to stand in them, named
// how many for each of its columns and rows to have its label.
const (
	lettered = 300
	named    = 2500
)

// Grid shows a category for each row and column: respondents and indicators, or
// indicators and rounds. Small grids have letters in their cells; larger ones tell
// what is not an answer by marks, and ten thousand cells can be drawn.
func Grid(v View, name, aria string, keys []Key, columns []string, rows []Row, table Table) (Chart, error) {
	if len(keys) > len(digits) {
		return Chart{}, fmt.Errorf("chart %s: a grid has at most %d keys, not %d", name, len(digits), len(keys))
	}
	cells, used := drawn(rows, len(keys))
	heat := charts.NewHeatMap()
	heat.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "category"}), charts.WithYAxisOpts(opts.YAxis{Type: "category"}))
	legend := []any{}
	for k, key := range keys {
		if used[k] {
			heat.AddSeries(v.Isolate(key.Label), []opts.HeatMapData{{Value: []any{0, 0}}})
			legend = append(legend, v.Isolate(key.Label))
		}
	}
	option, err := compose(heat)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	delete(option, "visualMap")
	object(option, "tooltip")["trigger"] = "none"
	v.cells(option, keys, used, cells, len(columns)*len(rows))
	wide, slim, room, slimRoom := v.arrange(option, legend)
	labels := make([]string, len(rows))
	for i, r := range rows {
		labels[i] = r.Label
	}
	small := len(columns)*len(rows) > named
	row, slimRow := v.rowHeight(labels, gridLabel), v.rowHeight(labels, slimLabel)
	if small {
		row, slimRow = 11, 11
	}
	head, slimHead := v.gridAxes(option, wide, slim, columns, labels, small)
	return Chart{Name: name, Height: room + head + row*len(rows) + 16, Narrow: slimRoom + slimHead + slimRow*len(rows) + 16, Aria: aria, Table: table,
		option: layouts(option, wide, slim)}, nil
}

// gridLabel and slimLabel are how many letters a line of a row's label has, the
// latter where the chart is narrow.
const (
	gridLabel = 34
	slimLabel = 20
)

// rowHeight is the height in pixels that keeps labels of a number of letters a line
// from running into one another.
func (v View) rowHeight(labels []string, width int) int {
	lines := 1
	for _, l := range labels {
		lines = max(lines, 1+strings.Count(v.label(l, width), "\n"))
	}
	return max(28, 4+14*lines)
}

// digits write a key in the rows of a grid.
const digits = "0123456789abcdefghijklmnopqrstuvwxyz"

// drawn writes the rows of a grid, a letter a cell and a space where it is blank, and
// says which keys are in it.
func drawn(rows []Row, keys int) (cells []any, used []bool) {
	used = make([]bool, keys)
	for _, r := range rows {
		line := make([]byte, len(r.Cells))
		for x, k := range r.Cells {
			line[x] = ' '
			if k >= 0 && k < keys {
				line[x], used[k] = digits[k], true
			}
		}
		cells = append(cells, string(line))
	}
	return cells, used
}

// cells sets how the page's script draws the cells of each key, all of one key in
// one path.
func (v View) cells(option map[string]any, keys []Key, used []bool, cells []any, n int) {
	option["headwayCells"] = cells
	names := make([]any, len(keys))
	i := 0
	for k, key := range keys {
		names[k] = v.Isolate(key.Label)
		if !used[k] {
			continue
		}
		s := series(option, i)
		i++
		look := key.Meaning.look()
		s["type"], s["coordinateSystem"], s["silent"], s["itemStyle"], s["clip"] = "custom", "cartesian2d", true, look, false
		draw := map[string]any{"key": digits[k : k+1], "fill": look["color"], "stroke": look["borderColor"], "mark": key.Meaning.mark(), "ink": key.Meaning.ink()}
		if n <= lettered {
			draw["letter"] = v.Isolate(key.Letter)
		}
		s["headwayDraw"] = draw
	}
	option["headwayKeys"] = names
}

// gridAxes labels the rows and, above the plot, the columns. It returns the heights
// that these need.
func (v View) gridAxes(option, wide, slim map[string]any, columns, labels []string, small bool) (head, slimHead int) {
	x := object(option, "xAxis")
	head = v.heads(object(wide, "xAxis"), columns, headRoom)
	slimHead = v.heads(object(slim, "xAxis"), columns, slimHeadRoom)
	x["type"], x["data"], x["position"] = "category", object(wide, "xAxis")["data"], "top"
	label := map[string]any{"interval": 0, "color": Outline, "fontSize": 12, "rotate": object(object(wide, "xAxis"), "axisLabel")["rotate"], "lineHeight": 14}
	if small {
		label["interval"], label["fontSize"] = "auto", 10
	}
	x["axisLabel"], x["axisTick"], x["axisLine"] = label, map[string]any{"show": false}, map[string]any{"show": false}
	y := object(option, "yAxis")
	v.rows(y, wide, slim, labels, nil, gridLabel, 0)
	broken := make([]any, len(labels))
	for i, l := range labels {
		broken[i] = v.label(l, slimLabel)
	}
	object(slim, "yAxis")["data"] = broken
	y["axisLine"] = map[string]any{"show": false}
	// On a grid labels stay beside their rows: above them there is no room.
	delete(object(slim, "yAxis"), "axisLabel")
	object(slim, "yAxis")["axisLabel"] = object(wide, "yAxis")["axisLabel"]
	if small {
		object(y, "axisLabel")["fontSize"], object(y, "axisLabel")["interval"] = 9, "auto"
	}
	v.mirror(option, "xAxis", "yAxis")
	return head, slimHead
}

// A column's label is broken into lines of at least headLabel letters; headRoom and
// slimHeadRoom are for how many letters beside each other a grid has room, the
// latter where it is narrow.
const (
	headLabel    = 8
	headRoom     = 90
	slimHeadRoom = 20
)

// heads sets the labels of columns for a width: level, in lines, where there is room
// for the letters, and otherwise turned, each in one line. They need a height in
// pixels.
func (v View) heads(axis map[string]any, columns []string, room int) (height int) {
	level, upright := make([]any, len(columns)), make([]any, len(columns))
	longest, lines, line := 0, 1, 0
	for i, c := range columns {
		c = clip(c, 34)
		upright[i], longest = v.Isolate(c), max(longest, utf8.RuneCountInString(v.Isolate(c)))
		level[i] = v.label(c, headLabel)
		parts := strings.Split(View{}.label(c, headLabel), "\n")
		lines = max(lines, len(parts))
		for _, p := range parts {
			line = max(line, utf8.RuneCountInString(p))
		}
	}
	if len(columns)*line <= room {
		axis["data"], axis["axisLabel"] = level, map[string]any{"rotate": 0, "lineHeight": 14}
		return 14 + 14*lines
	}
	turn := -90
	if v.RTL {
		turn = 90
	}
	axis["data"], axis["axisLabel"] = upright, map[string]any{"rotate": turn, "lineHeight": 14}
	return 16 + 7*longest
}

// clip shortens a text to n letters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
