package http

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"headway/domain"
	"headway/domain/stats"
	"headway/http/chart"
)

// shares is the dumbbell of all indicators, in the order that the reader chose; by
// default grouped by domain, with the band that the reader chose.
func (b *contrast) shares(order, band, heading string) (figure, error) {
	then, now := b.w.round(b.from), b.w.round(b.to)
	table := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("col.from", "round", then), b.page.T("col.bounds"),
		b.page.T("col.to", "round", now), b.page.T("col.bounds"), b.page.T("col.change"), b.page.T("col.changebounds"), b.page.T("col.interval"),
		b.page.T("col.gained"), b.page.T("col.lost"), b.page.T("col.p"), b.page.T("col.origin")}}
	pairs := make([]chart.Pair, 0, len(b.rows)+8)
	said := make([]string, 0, 2*len(b.rows))
	last, hidden := "-", false
	for _, row := range sorted(b.rows, order) {
		in, group, name := b.rowOf(row)
		if group != last && (order == "" || order == sortDomain) {
			last = group
			pairs = append(pairs, chart.Pair{Label: name, Heading: true})
			table.Group(name)
		}
		hidden = hidden || row.Suppressed
		pair := b.pair(row, b.name(in), then, now, band)
		said = append(said, tellsPair(pair.Label, pair)...)
		pairs = append(pairs, pair)
		table.Add(b.cells(row, pair.Label)...)
	}
	aria := b.page.T("shares.aria", "from", then, "to", now, "n", len(b.rows), "list", sentences(said))
	c, err := chart.Dumbbell(b.banded(band), "shares", then, now, aria, pairs, table)
	if err != nil {
		return figure{}, err
	}
	note := b.page.T("shares.note." + cmp.Or(band, bandBounds))
	if b.published() && band != bandSampling {
		note += " " + b.page.T("sensitivity.totals")
	}
	if slices.ContainsFunc(b.rows, boundedPanel) {
		note += " " + b.page.T("bounds.matched")
	}
	return b.page.figure(c, heading, strings.TrimSpace(note+" "+b.targets()), b.foot(), hidden)
}

// boundedPanel reports whether the bounds of a row's change are over others than its
// change.
func boundedPanel(r domain.Comparison) bool {
	return r.Panel == domain.Matched && r.ChangeBounds != nil
}

// banded is the view of a dumbbell whose legend says what its bands are.
func (b *contrast) banded(band string) chart.View {
	v := b.view
	v.Band = b.page.T("series.band")
	if band == bandSampling {
		v.Band = b.page.T("band.sampling")
	}
	return v
}

// published reports whether a round is known by published totals.
func (b *contrast) published() bool {
	return slices.ContainsFunc(b.rows, func(r domain.Comparison) bool {
		return r.FromOrigin == domain.Published || r.ToOrigin == domain.Published
	})
}

// movedMostHeading is the finding of the chart: what moved most.
func (b *contrast) movedMostHeading() string {
	var most *domain.Comparison
	for i, r := range b.rows {
		if d := moved(r); d != nil && *d != 0 && (most == nil || math.Abs(*d) > math.Abs(*most.Change)) {
			most = &b.rows[i]
		}
	}
	if most == nil {
		return b.page.T("shares.title", "from", b.w.round(b.from), "to", b.w.round(b.to))
	}
	in, _, _ := b.rowOf(*most)
	return b.page.T("compare.most", "indicator", b.name(in), "points", b.w.points(most.Change), "from", b.w.Percent(*most.FromShare), "to", b.w.Percent(*most.ToShare))
}

// pair is the row of the dumbbell.
func (b *contrast) pair(row domain.Comparison, name, then, now, band string) chart.Pair {
	pair := chart.Pair{Label: name, From: row.FromShare, To: row.ToShare, Break: row.Break}
	if row.FromShare != nil {
		pair.FromTip = b.tip(then, row.FromCount, row.FromN, row.FromShare, b.w.origin(row.FromOrigin, b.from.Simulated))
	}
	if row.ToShare != nil {
		pair.ToTip = b.tip(now, row.ToCount, row.ToN, row.ToShare, b.w.origin(row.ToOrigin, b.to.Simulated))
	}
	if d := moved(row); d != nil {
		pair.Change = b.w.points(d)
	}
	if row.FromSuppressed || row.ToSuppressed {
		pair.Hidden = b.page.T("suppressed")
	}
	from, to := row.FromBounds, row.ToBounds
	if band == bandSampling {
		from, to = wilson(row.FromCount, row.FromN), wilson(row.ToCount, row.ToN)
	}
	if from != nil {
		pair.FromLow, pair.FromHigh = &from[0], &from[1]
	}
	if to != nil {
		pair.ToLow, pair.ToHigh = &to[0], &to[1]
	}
	return pair
}

// wilson is the sampling interval of a share that is shown.
func wilson(count, n *int) *[2]float64 {
	if count == nil || n == nil {
		return nil
	}
	w := stats.Wilson(*count, *n, stats.Z95)
	return &[2]float64{w.Low, w.High}
}

// tellsPair is what a row of the dumbbell shows, in words.
func tellsPair(name string, p chart.Pair) []string {
	var out []string
	for _, s := range []string{p.FromTip, p.ToTip, p.Hidden} {
		if s != "" {
			out = append(out, name+": "+s)
		}
	}
	return out
}

// cells are the numbers of a row as text.
func (b *contrast) cells(row domain.Comparison, name string) []string {
	change := b.change(row)
	if row.Break {
		change = b.page.T("break")
	}
	if row.Series == domain.Begins || row.Series == domain.Ends {
		change = b.page.T("series." + string(row.Series))
	}
	p := "–"
	if row.PAdjusted != nil {
		p = b.w.Decimal(*row.PAdjusted, 3)
	}
	return []string{name, b.then(row), b.w.band(row.FromBounds), b.now(row), b.w.band(row.ToBounds),
		change, b.w.pointsBand(row.ChangeBounds), b.w.between(row.ChangeLow, row.ChangeHigh), b.w.integer(row.Gained), b.w.integer(row.Lost), p,
		b.w.origin(row.FromOrigin, b.from.Simulated) + " / " + b.w.origin(row.ToOrigin, b.to.Simulated)}
}

// band writes what missing answers allow of a share.
func (w words) band(b *[2]float64) string {
	if b == nil {
		return "–"
	}
	if b[0] == b[1] {
		return w.Percent(b[0])
	}
	return w.ID(w.Percent(b[0]) + " – " + w.Percent(b[1]))
}

// pointsBand writes what missing answers allow of a change.
func (w words) pointsBand(b *[2]float64) string {
	if b == nil {
		return "–"
	}
	return w.between(&b[0], &b[1])
}

// spread writes a range of whole numbers.
func (w words) spread(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return w.ID(fmt.Sprintf("%d–%d", low, high))
}
