package chart

import (
	"fmt"
	"math"
	"slices"
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

// Stages shows distributions over stages as stacked bars of 100 %.
func Stages(v View, name, aria string, stages []string, rest string, bars []Bar, table Table) (Chart, error) {
	keys := make([]Key, len(stages))
	for i, s := range stages {
		keys[i] = Key{Meaning: Level(i, len(stages)), Label: s}
	}
	return Bars(v, name, aria, keys, rest, bars, table)
}

// Bars shows distributions as stacked bars of 100 %: over statuses, the levels of
// a graded scale, or stages. How many a part is stands in it where there is room.
func Bars(v View, name, aria string, keys []Key, rest string, bars []Bar, table Table) (Chart, error) {
	chart := charts.NewBar()
	chart.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)),
		charts.WithXAxisOpts(opts.XAxis{Type: "value"}), charts.WithYAxisOpts(opts.YAxis{Type: "category"}))
	keys = slices.Clone(keys)
	for _, b := range bars {
		if b.Rest > 0 {
			keys = append(keys, Key{Meaning: MeansHidden, Label: rest})
			break
		}
	}
	legend := []any{}
	for k, key := range keys {
		data := make([]opts.BarData, len(bars))
		for i, b := range bars {
			data[i] = v.part(b, k, i, key.Label)
		}
		chart.AddSeries(v.Isolate(key.Label), data, charts.WithBarChartOpts(opts.BarChart{Stack: "stages"}))
		legend = append(legend, v.Isolate(key.Label))
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
	for i, key := range keys {
		series(option, i)["itemStyle"], series(option, i)["barWidth"] = key.Meaning.look(), 30
		v.counts(series(option, i), key.Meaning, i, bars)
	}
	v.mirror(option, "xAxis", "yAxis")
	return Chart{Name: name, Height: room + 60 + 56*len(bars), Narrow: slimRoom + 60 + 72*len(bars), Aria: aria, Table: table,
		option: layouts(option, wide, slim)}, nil
}

// total is how many a bar stands for.
func (b Bar) total() int {
	n := b.Rest
	for _, c := range b.Counts {
		if c != nil {
			n += *c
		}
	}
	return n
}

// count is how many are in the k-th part of a bar; the last is its rest.
func (b Bar) count(k int) int {
	if k == len(b.Counts) {
		return b.Rest
	}
	if c := b.Counts[k]; c != nil {
		return *c
	}
	return 0
}

// part is the k-th part of a bar in the i-th row.
func (v View) part(b Bar, k, i int, label string) opts.BarData {
	n, total := b.count(k), b.total()
	if n == 0 {
		return opts.BarData{Value: []any{0, i}}
	}
	return opts.BarData{Value: []any{100 * float64(n) / float64(total), i},
		Name: v.Isolate(label) + "\n" + v.Isolate(fmt.Sprintf("%s: %d / %d", b.Label, n, total))}
}

// roomy is the share of a bar, of 1, from which its count has room in it.
const roomy = 0.06

// counts writes how many a part is into it, where there is room.
func (v View) counts(s map[string]any, m Meaning, k int, bars []Bar) {
	data, _ := s["data"].([]any)
	for i, b := range bars {
		n := b.count(k)
		if d, ok := data[i].(map[string]any); ok && float64(n) >= roomy*float64(max(b.total(), 1)) {
			d["label"] = map[string]any{"show": true, "formatter": strconv.Itoa(n), "color": m.ink(), "fontSize": 12}
			if m == MeansHidden || m == MeansNoAnswer {
				object(d, "label")["backgroundColor"], object(d, "label")["padding"] = "#ffffff", 2
			}
		}
	}
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
