package http

import (
	"fmt"
	"math"

	"headway/domain"
	"headway/http/chart"
)

// mean is that of the shares of a domain's indicators, then and now. Each indicator
// weighs the same, whoever answered it.
type mean struct {
	name         string
	indicators   int // that are in it
	negative     int // left out because yes is the bad answer
	apart        int // left out because their shares cannot be compared, or are not shown
	from, to     float64
	fromN, toN   [2]int // the fewest and the most who answered one
	fromBounds   *[2]float64
	toBounds     *[2]float64
	fromComputed int
	toComputed   int
}

// add takes in one indicator's shares.
func (m *mean) add(r domain.Comparison) {
	if r.FromShare != nil {
		m.from += *r.FromShare
		widen(&m.fromN, *r.FromN, m.indicators == 0)
		addBounds(&m.fromBounds, r.FromBounds)
		if r.FromOrigin == domain.Computed {
			m.fromComputed++
		}
	}
	m.to += *r.ToShare
	widen(&m.toN, *r.ToN, m.indicators == 0)
	addBounds(&m.toBounds, r.ToBounds)
	if r.ToOrigin == domain.Computed {
		m.toComputed++
	}
	m.indicators++
}

func widen(n *[2]int, v int, first bool) {
	if first {
		*n = [2]int{v, v}
	}
	*n = [2]int{min(n[0], v), max(n[1], v)}
}

func addBounds(sum **[2]float64, b *[2]float64) {
	if b == nil {
		return
	}
	if *sum == nil {
		*sum = &[2]float64{}
	}
	(*sum)[0] += b[0]
	(*sum)[1] += b[1]
}

// settle divides the sums. Bounds hold for the mean only where each of its shares
// has them: of published totals it is not known who did not answer.
func (m *mean) settle() {
	n := float64(m.indicators)
	if m.indicators == 0 {
		return
	}
	m.from, m.to = m.from/n, m.to/n
	for _, side := range []struct {
		bounds   **[2]float64
		computed int
	}{{&m.fromBounds, m.fromComputed}, {&m.toBounds, m.toComputed}} {
		if *side.bounds == nil || side.computed < m.indicators {
			*side.bounds = nil
			continue
		}
		(*side.bounds)[0] /= n
		(*side.bounds)[1] /= n
	}
}

// change is the difference of the means.
func (m *mean) change() float64 { return m.to - m.from }

// means are those of the framework's domains, in its order. With a round to compare
// with, an indicator is in them only where both shares are known and can be
// compared: otherwise the mean would move because the questions change.
func (b *contrast) means() []*mean {
	byDomain := map[string]*mean{}
	out := make([]*mean, len(b.fw.Domains))
	for i, d := range b.fw.Domains {
		out[i] = &mean{name: b.page.P.Name(d.Name)}
		byDomain[d.ID] = out[i]
	}
	for _, r := range b.rows {
		in, group, _ := b.rowOf(r)
		m := byDomain[group]
		switch {
		case m == nil:
		case in.Polarity == domain.Negative:
			m.negative++
		case r.ToShare == nil || !b.alone() && moved(r) == nil:
			m.apart++
		default:
			m.add(r)
		}
	}
	for _, m := range out {
		m.settle()
	}
	return out
}

// tile is one of the small multiples: a domain's number, and where it comes from.
type tile struct {
	Name, Now, Then, Change, Who string
	Rose, Fell                   bool
	Bar                          *bar
}

// bar is the small picture in a tile: places from 0 to 100 across.
type bar struct {
	To              float64
	From, Low, Wide *float64 // where it was; where the bounds begin, and how far they go
}

// domains are the small multiples, one number a domain.
func (b *contrast) domains() (figure, error) {
	means := b.means()
	table := chart.Table{Header: b.domainHeader()}
	tiles := make([]tile, 0, len(means))
	pairs := make([]chart.Pair, 0, len(means))
	var said []string
	negative, apart := 0, 0
	for _, m := range means {
		negative, apart = negative+m.negative, apart+m.apart
		t := b.tile(m)
		tiles, pairs = append(tiles, t), append(pairs, b.domainPair(m, t))
		table.Add(b.domainCells(m)...)
		said = append(said, m.name+": "+t.Now+" "+t.Then)
	}
	note := b.page.T("domains.note")
	if negative > 0 {
		note += " " + b.page.T("domains.negative", "n", negative)
	}
	if apart > 0 {
		note += " " + b.page.T("domains.apart", "n", apart)
	}
	then := b.w.round(b.from)
	if b.alone() {
		then = ""
	}
	c, err := chart.Dumbbell(b.banded(bandBounds), "domains", then, b.w.round(b.to), b.page.T("domains.aria", "list", sentences(said)), pairs, table)
	if err != nil {
		return figure{}, err
	}
	f := b.page.tableOf("domains", b.domainsHeading(means), note, b.foot(), table)
	f.Open, f.Tiles, f.Chart = false, tiles, c
	b.page.takeAlong(&f)
	return f, nil
}

// domainPair is a domain's row of the picture that one takes along; on the page are
// tiles in its place.
func (b *contrast) domainPair(m *mean, t tile) chart.Pair {
	p := chart.Pair{Label: m.name}
	if m.indicators == 0 {
		p.Hidden = t.Who
		return p
	}
	p.To = &m.to
	if m.toBounds != nil {
		p.ToLow, p.ToHigh = &m.toBounds[0], &m.toBounds[1]
	}
	if b.alone() {
		return p
	}
	d := m.change()
	p.From, p.Change = &m.from, b.w.points(&d)
	if m.fromBounds != nil {
		p.FromLow, p.FromHigh = &m.fromBounds[0], &m.fromBounds[1]
	}
	return p
}

func (b *contrast) domainHeader() []string {
	out := []string{b.page.T("col.domain"), b.page.T("col.indicators")}
	if !b.alone() {
		out = append(out, b.page.T("col.from", "round", b.w.round(b.from)), b.page.T("col.n"), b.page.T("col.bounds"))
	}
	out = append(out, b.page.T("col.to", "round", b.w.round(b.to)), b.page.T("col.n"), b.page.T("col.bounds"))
	if !b.alone() {
		out = append(out, b.page.T("col.change"))
	}
	return append(out, b.page.T("col.negative"), b.page.T("col.apart"))
}

func (b *contrast) domainCells(m *mean) []string {
	side := func(v float64, n [2]int, bounds *[2]float64) []string {
		if m.indicators == 0 {
			return []string{"–", "–", "–"}
		}
		return []string{b.w.Percent(v), b.w.spread(n[0], n[1]), b.w.band(bounds)}
	}
	out := []string{m.name, fmt.Sprint(m.indicators)}
	if !b.alone() {
		out = append(out, side(m.from, m.fromN, m.fromBounds)...)
	}
	out = append(out, side(m.to, m.toN, m.toBounds)...)
	if !b.alone() {
		change := "–"
		if d := m.change(); m.indicators > 0 {
			change = b.w.points(&d)
		}
		out = append(out, change)
	}
	return append(out, fmt.Sprint(m.negative), fmt.Sprint(m.apart))
}

// tile is what a reader sees of a domain at first glance.
func (b *contrast) tile(m *mean) tile {
	t := tile{Name: m.name, Now: "–"}
	if m.indicators == 0 {
		t.Who = b.page.T("domains.none")
		return t
	}
	t.Now = b.w.whole(m.to)
	t.Who = b.page.T("domains.who", "indicators", m.indicators, "n", b.w.spread(m.toN[0], m.toN[1]))
	if m.toBounds != nil && m.toBounds[0] < m.toBounds[1] {
		t.Who += " " + b.page.T("domains.bounds", "bounds", b.w.ID(b.w.whole(m.toBounds[0])+" – "+b.w.whole(m.toBounds[1])))
	}
	t.Bar = &bar{To: b.across(m.to)}
	if m.toBounds != nil {
		low, wide := b.across(m.toBounds[0]), 100*(m.toBounds[1]-m.toBounds[0])
		if b.view.RTL {
			low = b.across(m.toBounds[1])
		}
		t.Bar.Low, t.Bar.Wide = &low, &wide
	}
	if b.alone() {
		return t
	}
	d, from := m.change(), b.across(m.from)
	t.Bar.From = &from
	t.Then = b.page.T("domains.then", "share", b.w.whole(m.from), "year", b.w.ID(yearOf(b.from)))
	t.Change = b.page.T("domains.change", "points", b.w.points(&d))
	t.Rose, t.Fell = d > 0, d < 0
	return t
}

// across is where a share stands on a line of 100, in the direction of the page.
func (b *contrast) across(v float64) float64 {
	if b.view.RTL {
		return 100 - 100*v
	}
	return 100 * v
}

// whole writes a share without decimals.
func (w words) whole(v float64) string { return w.Percent(math.Round(100*v) / 100) }

// domainsHeading is the finding: which domain moved most, or of one round which has
// the highest mean.
func (b *contrast) domainsHeading(means []*mean) string {
	var best *mean
	for _, m := range means {
		if m.indicators == 0 {
			continue
		}
		if best == nil || b.alone() && m.to > best.to || !b.alone() && math.Abs(m.change()) > math.Abs(best.change()) {
			best = m
		}
	}
	switch {
	case best == nil:
		return b.page.T("domains.title.none")
	case b.alone():
		return b.page.T("trend.title", "domain", best.name, "round", b.w.round(b.to), "share", b.w.Percent(best.to))
	}
	d := best.change()
	return b.page.T("domains.title", "domain", best.name, "from", b.w.Percent(best.from), "to", b.w.Percent(best.to), "points", b.w.points(&d))
}
