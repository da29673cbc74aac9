package http

import (
	"fmt"
	"maps"
	"slices"

	"headway/domain"
	"headway/http/chart"
)

// roll is who took part in a round: how many in all, and by way of collection.
type roll struct {
	round  domain.Round
	n      int
	by     map[string]int
	origin domain.Origin
}

// rollOf counts the respondents of a round, as far as the reader may see it. Where a
// source has published how many were asked in which way, that is said: of the
// respondents themselves some may not be known by name.
func (b *contrast) rollOf(rd domain.Round) roll {
	out := roll{round: rd, by: map[string]int{}, origin: domain.Published}
	for _, f := range b.r.state.Figures(rd.ID, b.r.at) {
		ways := f.Figure.Counts.Attributes[domain.AttrCollection]
		if f.Figure.Indicator == "" && len(ways) == 1 && len(f.Figure.Of.Attributes) == 0 && len(f.Figure.Of.Statuses) == 0 {
			out.by[ways[0]], out.n = f.Figure.Count, f.Figure.Denominator
		}
	}
	if out.n > 0 {
		return out
	}
	out.origin = domain.Computed
	for _, e := range b.server.enrolled(b.r, rd.ID) {
		out.by[e.Attributes[domain.AttrCollection]]++
		out.n++
	}
	return out
}

// who shows how many respondents each round had, by the way they were asked.
func (b *summit) who() (*figure, error) {
	var rolls []roll
	known := map[string]int{}
	for _, rd := range b.rounds {
		if rd.StandsInFor != "" && rd.ID != b.from.ID && rd.ID != b.to.ID {
			continue
		}
		if x := b.rollOf(rd); x.n > 0 {
			rolls = append(rolls, x)
			for way, n := range x.by {
				known[way] += n
			}
		}
	}
	if len(rolls) == 0 {
		return nil, nil
	}
	rest := known[""]
	delete(known, "")
	if len(known) == 0 {
		return nil, nil
	}
	ways := slices.SortedFunc(maps.Keys(known), func(x, y string) int { return known[x] - known[y] })
	names, header := make([]string, len(ways)), []string{b.page.T("col.round"), b.page.T("col.respondents")}
	for i, way := range ways {
		names[i] = b.w.attribute(way)
	}
	header = append(header, names...)
	if rest > 0 {
		header = append(header, b.page.T("who.unknown"))
	}
	table := chart.Table{Header: append(header, b.page.T("col.origin"))}
	var bars []chart.Bar
	var said []string
	for _, x := range rolls {
		bar := chart.Bar{Label: b.w.round(x.round) + ", N = " + fmt.Sprint(x.n), Rest: x.by[""]}
		cells := []string{b.w.round(x.round), fmt.Sprint(x.n)}
		for i, way := range ways {
			n := x.by[way]
			bar.Counts = append(bar.Counts, &n)
			cells = append(cells, fmt.Sprint(n))
			said = append(said, fmt.Sprintf("%s, %s: %d / %d", b.w.round(x.round), names[i], n, x.n))
		}
		if rest > 0 {
			cells = append(cells, fmt.Sprint(x.by[""]))
		}
		table.Add(append(cells, b.w.origin(x.origin, x.round.Simulated))...)
		bars = append(bars, bar)
		b.page.Simulated = b.page.Simulated || x.round.Simulated
	}
	keys := make([]chart.Key, len(names))
	for i, name := range names {
		keys[i] = chart.Key{Meaning: chart.Level(i, max(len(names), 2)), Label: name}
	}
	c, err := chart.Bars(b.view, "who", b.page.T("who.aria", "list", sentences(said)), keys, b.page.T("who.unknown"), bars, table)
	if err != nil {
		return nil, err
	}
	f, err := b.page.figure(c, b.whoHeading(rolls), b.page.T("who.note"),
		b.page.T("foot.who", "framework", b.w.ID(string(b.family.ID)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at), false)
	return &f, err
}

// whoHeading says how many there were, first and last.
func (b *summit) whoHeading(rolls []roll) string {
	first, last := rolls[0], rolls[len(rolls)-1]
	if len(rolls) == 1 {
		return b.page.T("who.title.single", "n", last.n, "round", b.w.round(last.round))
	}
	return b.page.T("who.title", "from", b.w.round(first.round), "first", first.n, "to", b.w.round(last.round), "last", last.n)
}

// standing shows the shares of the one round that has numbers.
func (b *summit) standing() (*figure, error) {
	now := b.w.round(b.to)
	table := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("col.to", "round", now), b.page.T("col.bounds"), b.page.T("col.origin")}}
	var pairs []chart.Pair
	var said []string
	last, hidden := "-", false
	for _, row := range b.rows {
		in, group, heading := b.rowOf(row)
		if group != last {
			last = group
			pairs = append(pairs, chart.Pair{Label: heading, Heading: true})
			table.Group(heading)
		}
		hidden = hidden || row.Suppressed
		pair := b.pair(row, b.name(in), "", now, bandBounds)
		if pair.ToTip != "" {
			said = append(said, pair.Label+": "+pair.ToTip)
		}
		pairs = append(pairs, pair)
		table.Add(pair.Label, b.now(row), b.w.band(row.ToBounds), b.w.origin(row.ToOrigin, b.to.Simulated))
	}
	c, err := chart.Dumbbell(b.banded(bandBounds), "shares", "", now, b.page.T("standing.aria", "round", now, "list", sentences(said)), pairs, table)
	if err != nil {
		return nil, err
	}
	f, err := b.page.figure(c, b.page.T("standing.title", "round", now), b.targets(), b.foot(), hidden)
	return &f, err
}
