package chart

import (
	"fmt"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// State is a status at one end of a flow: how many have it.
type State struct {
	Meaning Meaning
	Label   string
	Count   string // "12 of 42", or that it is not shown
}

// Move is how many went from a state to another, by their places in the two lists.
// Cells that must not be told apart come merged, between states that are Hidden.
type Move struct {
	From, To int
	Count    int
	Tip      string
}

// Flow shows how respondents moved between the states of two rounds. The order of
// states is the caller's, best first; those that nobody moves from or to are left
// out.
func Flow(v View, name, then, now, aria string, from, to []State, moves []Move, table Table) (Chart, error) {
	used := [2]map[int]bool{{}, {}}
	var links []opts.SankeyLink
	total := 0
	for _, m := range moves {
		if m.Count > 0 {
			used[0][m.From], used[1][m.To] = true, true
			links = append(links, opts.SankeyLink{Source: node(0, m.From), Target: node(1, m.To), Value: float32(m.Count)})
			total += m.Count
		}
	}
	var nodes []opts.SankeyNode
	var states []State
	for side, list := range [][]State{from, to} {
		for i, s := range list {
			if used[side][i] {
				nodes = append(nodes, opts.SankeyNode{Name: node(side, i)})
				states = append(states, s)
			}
		}
	}
	sankey := charts.NewSankey()
	sankey.SetGlobalOptions(charts.WithInitializationOpts(initialization(name)))
	sankey.AddSeries(name, nodes, links)
	option, err := compose(sankey)
	if err != nil {
		return Chart{}, err
	}
	v.frame(option, aria)
	delete(option, "grid")
	object(option, "legend")["show"] = false
	s := series(option, 0)
	rows := max(len(used[0]), len(used[1]), 1)
	v.flowLook(s, states, len(used[0]), moves)
	v.ends(option, then, now)
	height := 80 + (30+gap)*rows
	s["top"], s["bottom"] = 48, 28
	wide, slim := map[string]any{}, map[string]any{}
	for layout, side := range map[*map[string]any]int{&wide: 140, &slim: 100} {
		(*layout)["series"] = []any{map[string]any{"left": side, "right": side}}
	}
	return Chart{Name: name, Height: height, Narrow: height, Aria: aria, Table: table, option: layouts(option, wide, slim)}, nil
}

// gap is the room between the states of a round, in pixels: for the label of one
// that few have, of three lines.
const gap = 44

// literal is a text in which ECharts finds nothing to replace: a word joiner keeps
// its braces from being read.
func literal(s string) string { return strings.ReplaceAll(s, "{", "{\u2060") }

// node is the name of a state inside the chart; its label is the caller's text.
func node(side, i int) string { return fmt.Sprintf("%d.%d", side, i) }

// flowLook sets colors and labels of a flow. In right to left the first round is
// at the right.
func (v View) flowLook(s map[string]any, states []State, first int, moves []Move) {
	s["type"], s["layoutIterations"], s["nodeGap"], s["nodeWidth"], s["draggable"] = "sankey", 0, gap, 16, false
	s["emphasis"] = map[string]any{"focus": "adjacency"}
	s["orient"], s["nodeAlign"] = "horizontal", "justify"
	data, _ := s["data"].([]any)
	meanings := map[string]Meaning{}
	for i, d := range data {
		n, _ := d.(map[string]any)
		id, _ := n["name"].(string)
		st := states[i]
		meanings[id] = st.Meaning
		n["itemStyle"] = st.Meaning.look()
		left := i < first
		if v.RTL {
			left = !left
		}
		position, align := "right", "left"
		if left {
			position, align = "left", "right"
		}
		n["label"] = map[string]any{"show": true, "position": position, "align": align, "color": "#111827", "fontSize": 13, "lineHeight": textRow + 2,
			"formatter": literal(v.label(st.Label, 13) + "\n" + v.Isolate(st.Count))}
		n["headwayName"] = v.Isolate(st.Label) + "\n" + v.Isolate(st.Count)
		n["depth"] = 0
		if !left {
			n["depth"] = 1
		}
	}
	tips := map[string]string{}
	for _, m := range moves {
		tips[node(0, m.From)+">"+node(1, m.To)] = m.Tip
	}
	list, _ := s["links"].([]any)
	for _, l := range list {
		link, _ := l.(map[string]any)
		source, _ := link["source"].(string)
		target, _ := link["target"].(string)
		link["headwayName"] = v.Isolate(tips[source+">"+target])
		color := meanings[source].look()["color"]
		if meanings[source] == MeansNotInPlace || color == "#ffffff" {
			color = "#d9b96a"
		}
		link["lineStyle"] = map[string]any{"color": color, "opacity": 0.45, "curveness": 0.5}
		if v.RTL {
			link["source"], link["target"] = target, source
		}
	}
}

// ends names the two rounds above the ends of a flow.
func (v View) ends(option map[string]any, then, now string) {
	style := map[string]any{"fontSize": 13, "fontWeight": "bold", "color": "#111827"}
	first := map[string]any{"show": true, "text": v.Isolate(then), "top": 8, "left": 8, "textStyle": style}
	second := map[string]any{"show": true, "text": v.Isolate(now), "top": 8, "right": 8, "textStyle": style}
	if v.RTL {
		first["text"], second["text"] = second["text"], first["text"]
	}
	option["title"] = []any{first, second}
}
