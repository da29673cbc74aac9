package chart

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/opts"
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
	RTL bool // mirror axes and legends, and isolate texts
}

// Chart is a chart ready for a page.
type Chart struct {
	Name   string // of its files, "shares"
	Height int    // pixels
	Aria   string // what it shows, in words and numbers
	Table  Table
	option map[string]any
}

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
	legend["show"], legend["top"], legend["itemGap"], legend["selectedMode"] = true, 0, 16, false
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

// ordered is a legend's entries in reading order: ECharts lays them out from left
// to right.
func (v View) ordered(entries []any) []any {
	if v.RTL {
		slices.Reverse(entries)
	}
	return entries
}

// mirror turns a value axis and a category axis for right to left.
func (v View) mirror(option map[string]any, value, category string) {
	if !v.RTL {
		return
	}
	object(option, value)["inverse"] = true
	object(option, category)["position"] = "right"
}

// Spreadsheet makes a cell that no spreadsheet takes for a formula; a number with
// a sign stays as it is.
func Spreadsheet(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if (s[0] == '+' || s[0] == '-') && strings.Trim(s[1:], "0123456789.,") == "" {
		return s
	}
	return "'" + s
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
