package chart

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/opts"

	"headway/domain"
)

// The palette: neighbours differ by 3.1 : 1 or more in luminance, for readers who
// see no colors and for print, and each color means one thing on all pages.
const (
	InPlace    = "#08306b"
	Partial    = "#4a90c8"
	NotInPlace = "#fff3d6"
	Outline    = "#374151"
	Muted      = "#9ca3af"
)

// Stage colors run from light to dark, each with an outline.
var stageColors = []string{"#fff3d6", "#9ecae1", "#4a90c8", "#08306b"}

// hidden is the color of what is suppressed or unknown; it is hatched as well.
const hidden = "#e5e7eb"

// View is how a chart is laid out.
type View struct {
	RTL  bool   // mirror axes and legends, and isolate texts
	Band string // what the bands of a dumbbell are, for its legend; "" for no entry
}

// Chart is a chart ready for a page.
type Chart struct {
	Name   string // of its files, "shares"
	Height int    // pixels
	Narrow int    // pixels of height where the chart is narrow
	Aria   string // what it shows, in words and numbers
	Table  Table
	option map[string]any
}

// Drawable reports whether there is a picture of it: a table alone has none.
func (c Chart) Drawable() bool { return c.option != nil }

// Table is the same numbers as text.
type Table struct {
	Header []string
	Rows   [][]string
	// Heading marks rows that begin a group; they have one cell.
	Heading []bool
}

// JSON is the option for ECharts. What could end a script element is escaped.
func (c Chart) JSON() (string, error) {
	b, err := json.Marshal(c.option)
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", c.Name, err)
	}
	return string(b), nil
}

// builder is what the charts of go-echarts have in common.
type builder interface {
	Validate()
	JSON() map[string]any
}

// compose checks a chart by go-echarts, and returns its options as plain JSON
// values so that what go-echarts cannot say can be set.
func compose(b builder) (map[string]any, error) {
	b.Validate()
	raw, err := json.Marshal(b.JSON())
	if err != nil {
		return nil, fmt.Errorf("compose a chart: %w", err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("compose a chart: %w", err)
	}
	return out, nil
}

// object returns the map at a key, making it where there is none; of a list it is
// the first.
func object(m map[string]any, key string) map[string]any {
	switch v := m[key].(type) {
	case map[string]any:
		return v
	case []any:
		if len(v) > 0 {
			if first, ok := v[0].(map[string]any); ok {
				return first
			}
		}
	}
	o := map[string]any{}
	m[key] = o
	return o
}

// series returns the i-th series.
func series(m map[string]any, i int) map[string]any {
	list, _ := m["series"].([]any)
	if i < len(list) {
		if s, ok := list[i].(map[string]any); ok {
			return s
		}
	}
	return map[string]any{}
}

// frame sets what all charts share: no title (the page's heading is the finding),
// texts as text, room for labels, colors that hold, descriptions for readers who
// see no chart.
func (v View) frame(option map[string]any, aria string) {
	option["title"] = map[string]any{"show": false}
	option["animation"] = false
	option["aria"] = map[string]any{"enabled": true, "label": map[string]any{"enabled": true, "description": aria}, "decal": map[string]any{"show": false}}
	option["textStyle"] = map[string]any{"fontFamily": "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif"}
	tooltip := object(option, "tooltip")
	tooltip["show"], tooltip["trigger"], tooltip["renderMode"], tooltip["confine"] = true, "item", "richText", true
	option["headwayTooltip"] = "name" // a function of the page's registry: shows the item's name
	grid := map[string]any{"left": 8, "right": 24, "top": 40, "bottom": 8, "outerBoundsMode": "same", "outerBoundsContain": "axisLabel"}
	if v.RTL {
		grid["left"], grid["right"] = 24, 8
	}
	option["grid"] = grid
	legend := object(option, "legend")
	legend["show"], legend["top"], legend["itemGap"], legend["selectedMode"] = true, 4, 12, false
	legend["textStyle"] = map[string]any{"lineHeight": textRow, "color": Outline}
	if v.RTL {
		legend["right"], legend["align"] = 8, "right"
	} else {
		legend["left"] = 8
	}
}

// Isolate wraps a text so that its direction holds whatever stands beside it.
func (v View) Isolate(s string) string {
	if !v.RTL || s == "" {
		return s
	}
	return "\u2067" + s + "\u2069"
}

// label is a text broken into lines of at most width letters: ECharts measures
// letters outside ASCII too wide and would break too early.
func (v View) label(s string, width int) string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > width {
			lines = append(lines, v.Isolate(line))
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return strings.Join(append(lines, v.Isolate(line)), "\n")
}

// mirror turns a value axis and a category axis for right to left.
func (v View) mirror(option map[string]any, value, category string) {
	if !v.RTL {
		return
	}
	object(option, value)["inverse"] = true
	object(option, category)["position"] = "right"
}

// narrow is the width in pixels up to which a chart takes its narrow layout.
const narrow = 600

// legendRow is the height of an entry of a legend, textRow that of each further
// line of its text, in pixels.
const (
	legendRow = 26
	textRow   = 16
)

// arrange lists a legend's entries in reading order and keeps room for them: side
// by side, which ECharts does from left to right, and one beneath another where the
// chart is narrow. It returns what differs between the two layouts, and the room
// in either, in pixels.
func (v View) arrange(option map[string]any, entries []any) (wide, slim map[string]any, room, slimRoom int) {
	wide, slim = map[string]any{}, map[string]any{}
	lines, width, tallest := 1, 0, 0
	for _, e := range entries {
		name, _ := e.(string)
		tallest = max(tallest, strings.Count(name, "\n"))
		w := 60
		for line := range strings.SplitSeq(name, "\n") {
			w = max(w, 60+7*utf8.RuneCountInString(line))
		}
		if width += w; width > narrow && width > w {
			lines, width = lines+1, w
		}
	}
	room, slimRoom = 14+(legendRow+textRow*tallest)*lines, 20
	for _, e := range entries {
		name, _ := e.(string)
		slimRoom += legendRow + textRow*strings.Count(name, "\n")
	}
	beside := entries
	if v.RTL {
		beside = slices.Clone(entries)
		slices.Reverse(beside)
	}
	object(wide, "legend")["orient"], object(wide, "legend")["data"] = "horizontal", beside
	object(slim, "legend")["orient"], object(slim, "legend")["data"] = "vertical", entries
	object(wide, "grid")["top"], object(slim, "grid")["top"] = room, slimRoom
	object(option, "legend")["data"], object(option, "grid")["top"] = beside, room
	return wide, slim, room, slimRoom
}

// layouts gives an option its two layouts, by the width that the chart has.
func layouts(option, wide, slim map[string]any) map[string]any {
	option["media"] = []any{
		map[string]any{"query": map[string]any{"maxWidth": narrow}, "option": slim},
		map[string]any{"option": wide},
	}
	return option
}

// rows labels a category axis: beside the plot, and where that is narrow above
// each row, so that the plot has the whole width. rise is how far above the middle
// of its row a label then stands, in pixels.
func (v View) rows(axis, wide, slim map[string]any, labels []string, bold []bool, width, rise int) {
	data := func(width int) []any {
		out := make([]any, len(labels))
		for i, l := range labels {
			out[i] = v.label(l, width)
			if bold != nil && bold[i] {
				out[i] = map[string]any{"value": out[i], "textStyle": map[string]any{"fontWeight": "bold"}}
			}
		}
		return out
	}
	side := map[string]any{"inside": false, "align": "right", "verticalAlign": "middle", "padding": 0}
	above := map[string]any{"inside": true, "align": "left", "verticalAlign": "bottom", "padding": []any{0, 0, rise, 0}}
	if v.RTL {
		side["align"], above["align"] = "left", "right"
	}
	object(wide, "yAxis")["data"], object(wide, "yAxis")["axisLabel"] = data(width), side
	object(slim, "yAxis")["data"], object(slim, "yAxis")["axisLabel"] = data(44), above
	axis["data"], axis["inverse"] = data(width), true
	axis["axisTick"] = map[string]any{"show": false}
	axis["axisLabel"] = map[string]any{"interval": 0, "lineHeight": 14, "fontSize": 12, "color": Outline}
}

// Spreadsheet makes a cell that no spreadsheet takes for a formula; a number with
// a sign stays as it is.
func Spreadsheet(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') && strings.Trim(s[1:], "0123456789.,") == "" {
		return s
	}
	return domain.Inert(s)
}

// initialization keeps go-echarts from drawing an id at random: the same numbers
// give the same bytes.
func initialization(name string) opts.Initialization { return opts.Initialization{ChartID: name} }

// IsHeading reports whether a row begins a group.
func (t Table) IsHeading(row int) bool { return row < len(t.Heading) && t.Heading[row] }

// Add appends a row.
func (t *Table) Add(cells ...string) {
	t.Rows, t.Heading = append(t.Rows, cells), append(t.Heading, false)
}

// Group appends a row that begins a group.
func (t *Table) Group(name string) {
	t.Rows, t.Heading = append(t.Rows, []string{name}), append(t.Heading, true)
}
