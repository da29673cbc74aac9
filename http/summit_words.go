package http

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"

	"headway/domain"
)

// most is how many findings a passage of the summary has.
const most = 3

// only are the numbers of a round that there is nothing to compare with, as rows of
// which one side is known.
func (b *contrast) only() []domain.Comparison {
	var rows []domain.Comparison
	for _, p := range b.points {
		if p.Round != b.to.ID {
			continue
		}
		in, _ := b.fw.Indicator(p.Indicator)
		r := domain.Comparison{Indicator: p.Indicator, To: p.Round, Panel: domain.All, Polarity: in.Polarity, ToCount: p.Count, ToN: p.N,
			ToShare: p.Share, ToOrigin: p.Origin, ToMissing: p.Missing, Simulated: p.Simulated, Suppressed: p.Suppressed, ToSuppressed: p.Suppressed, ToDistribution: p.Distribution}
		if p.Origin == domain.Computed && p.Low != nil {
			r.ToBounds = &[2]float64{*p.Low, *p.High}
		}
		rows = append(rows, r)
	}
	return rows
}

// query is the comparison of the page as that of a link.
func (b *contrast) query() string {
	q := url.Values{}
	q.Set("from", string(b.from.ID))
	q.Set("to", string(b.to.ID))
	if b.choice.panel != domain.All {
		q.Set("panel", string(b.choice.panel))
	}
	return q.Encode()
}

// headline computes the title, the large numbers, and how changes are counted.
func (b *summit) headline(body *summitBody) error {
	if b.alone() {
		b.aloneHeadline(body)
		return nil
	}
	said := b.say.Comparisons(b.rows, namesBetween(b.r, b.page.P, "", b.from.ID, b.to.ID))
	b.page.Title, body.Counted = said.Title, said.Lead
	if said.Compared() == 0 {
		body.Lead = b.page.T("summit.lead.none")
		return nil
	}
	body.Numbers = []number{{fmt.Sprint(said.Better), b.page.T("number.better")}, {fmt.Sprint(said.Worse), b.page.T("number.worse")},
		{fmt.Sprint(said.Unclear), b.page.T("number.unclear")}}
	if said.Apart > 0 {
		body.Numbers = append(body.Numbers, number{fmt.Sprint(said.Apart), b.page.T("number.apart")})
	}
	if n := b.rollOf(b.to).n; n > 0 {
		body.Numbers = append(body.Numbers, number{fmt.Sprint(n), b.page.T("number.respondents", "round", b.w.ID(yearOf(b.to)))})
	}
	return nil
}

// aloneHeadline tells of the one round that has numbers.
func (b *summit) aloneHeadline(body *summitBody) {
	half, n := 0, 0
	least, greatest := math.MaxInt, 0
	for _, r := range b.rows {
		if r.ToShare == nil || r.Polarity == domain.Negative {
			continue
		}
		n++
		if *r.ToShare > 0.5 {
			half++
		}
		least, greatest = min(least, *r.ToN), max(greatest, *r.ToN)
	}
	if n == 0 {
		b.page.Title, body.Lead = b.page.T("summit.empty.title"), b.page.T("summit.lead.none")
		return
	}
	b.page.Title = b.page.T("summit.title.alone", "half", half, "n", n, "round", b.w.round(b.to))
	body.Lead = b.page.T("summit.lead.alone", "who", b.w.spread(least, greatest))
}

// passages are the findings in sentences: what moved most, up and down, and where
// most is missing. Indicators are named, never respondents.
func (b *summit) passages(body *summitBody) error {
	if !b.alone() {
		up, down := b.movedMost()
		if len(up) > 0 {
			body.Passages = append(body.Passages, passage{ID: "up", Heading: b.page.T("summit.up"), Lines: b.sentences(up)})
		}
		if len(down) > 0 {
			body.Passages = append(body.Passages, passage{ID: "down", Heading: b.page.T("summit.down"), Lines: b.sentences(down)})
		}
	}
	if gaps := b.gaps(); len(gaps) > 0 {
		body.Passages = append(body.Passages, passage{ID: "gaps", Heading: b.page.T("summit.gaps", "round", b.w.round(b.to)), Lines: gaps})
	}
	return nil
}

// movedMost are the rows whose share rose most and fell most.
func (b *summit) movedMost() (up, down []domain.Comparison) {
	var rows []domain.Comparison
	for _, r := range b.rows {
		if d := moved(r); d != nil && *d != 0 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y domain.Comparison) int { return cmp.Compare(*y.Change, *x.Change) })
	for i, r := range rows {
		if *r.Change > 0 && i < most {
			up = append(up, r)
		}
	}
	for i := len(rows) - 1; i >= 0 && len(down) < most-1; i-- {
		if *rows[i].Change < 0 {
			down = append(down, rows[i])
		}
	}
	return up, down
}

// sentences are the findings of rows in words.
func (b *summit) sentences(rows []domain.Comparison) []line {
	names := namesBetween(b.r, b.page.P, "", b.from.ID, b.to.ID)
	out := make([]line, len(rows))
	for i, r := range rows {
		in, _, _ := b.rowOf(r)
		out[i] = line{b.page.T("summit.moved", "indicator", b.name(in), "points", b.w.points(r.Change)), b.say.Comparison(r, names)}
	}
	return out
}

// gaps are the lowest shares of the later round.
func (b *summit) gaps() []line {
	var rows []domain.Comparison
	for _, r := range b.rows {
		if r.ToShare != nil && r.Polarity != domain.Negative && r.Series != domain.Ends && *r.ToShare < 1 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y domain.Comparison) int { return cmp.Compare(*x.ToShare, *y.ToShare) })
	out := []line{}
	for _, r := range rows[:min(most, len(rows))] {
		in, _, _ := b.rowOf(r)
		out = append(out, line{b.page.T("summit.gap", "indicator", b.name(in), "share", b.w.whole(*r.ToShare)),
			b.page.T("summit.gap.sentence", "of", b.w.of(r.ToCount, r.ToN), "origin", b.w.origin(r.ToOrigin, b.to.Simulated))})
	}
	return out
}
