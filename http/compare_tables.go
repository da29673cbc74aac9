package http

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"headway/domain"
	"headway/http/chart"
)

// offer lists what the reader can choose.
func (b *comparison) offer(body *compareBody) {
	body.Choices, body.Panels, body.Narrow = b.choices(), b.panels(), b.may.notes(b.r, b.page)
	pick := func(value, key, chosen string) picked {
		return picked{value, b.page.T(key), value == chosen || chosen == "" && (value == sortDomain || value == bandBounds)}
	}
	for _, v := range []string{sortDomain, sortChange, sortShare} {
		body.Sorts = append(body.Sorts, pick(v, "sort."+v, b.wish.sort))
	}
	for _, v := range []string{bandBounds, bandSampling} {
		body.Bands = append(body.Bands, pick(v, "band."+v, b.wish.interval))
	}
	if len(b.may.attributes) > 0 {
		b.offerGroups(body)
	}
	if !b.may.all {
		return // flows are for holders of a token
	}
	body.Indicators = append(body.Indicators, picked{"", b.page.T("choose.allanswers"), b.wish.indicator == ""})
	for _, in := range b.fw.Indicators {
		body.Indicators = append(body.Indicators, picked{string(in.ID), b.page.P.Name(in.Name), in.ID == b.wish.indicator})
	}
}

// offerGroups lists the attributes, and the groups of the one that is chosen.
func (b *comparison) offerGroups(body *compareBody) {
	body.Groups = append(body.Groups, picked{"", b.page.T("choose.nogroup"), b.wish.group == ""})
	for _, a := range b.may.attributes {
		body.Groups = append(body.Groups, picked{a, attributeName(b.page, a), a == b.wish.group})
	}
	if !slices.Contains(b.may.attributes, b.wish.group) {
		return
	}
	body.Values = append(body.Values, picked{"", b.page.T("choose.everygroup"), b.wish.value == ""})
	values := b.may.Groups
	if b.may.all {
		values = b.r.state.Groups(b.from.ID, b.wish.group, b.r.at)
	}
	for _, v := range values {
		body.Values = append(body.Values, picked{v, b.w.attribute(v), v == b.wish.value})
	}
	if b.may.all {
		for _, g := range []domain.Grouping{domain.ByFrom, domain.ByTo, domain.ByOwn} {
			body.Groupings = append(body.Groupings, picked{string(g), b.page.T("grouping." + string(g)), string(g) == cmp.Or(b.wish.grouping, string(domain.ByFrom))})
		}
	}
}

// attributeName is that of an attribute, as far as it has one.
func attributeName(p page, a string) string {
	key := "col." + a
	if s := p.T(key); s != key {
		return s
	}
	return p.P.ID(a)
}

// headline computes the finding, which is the page's title, and that of the chart.
func (b *comparison) headline(body *compareBody) string {
	said := b.say.Comparisons(b.rows, namesBetween(b.r, b.page.P, "", b.from.ID, b.to.ID))
	b.page.Title, body.Lead = said.Title, said.Lead
	return b.movedMostHeading()
}

// words are the rows as sentences, by domain; where it is known also how much of a
// change comes from who came and went.
func (b *comparison) words() []passage {
	names := namesBetween(b.r, b.page.P, b.wish.group, b.from.ID, b.to.ID)
	var out []passage
	last := "-"
	for _, row := range b.rows {
		_, group, heading := b.rowOf(row)
		if group != last {
			last = group
			out = append(out, passage{ID: "words-" + strconv.Itoa(len(out)), Heading: heading})
		}
		p := &out[len(out)-1]
		text := b.say.Comparison(row, names)
		if parts := b.say.Decomposition(row, names); parts != "" {
			text += " " + parts
		}
		p.Lines = append(p.Lines, line{Sentence: text})
	}
	return out
}

// changed is the table of who changed, came and went, of the rows of which that is
// known.
func (b *comparison) changed() (*figure, error) {
	t := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("col.kept"), b.page.T("col.gained"), b.page.T("col.lost"), b.page.T("col.never"),
		b.page.T("col.began"), b.page.T("col.stopped"), b.page.T("col.joined"), b.page.T("col.left"), b.page.T("col.midp")}}
	last := "-"
	gained, lost := 0, 0
	for _, row := range b.rows {
		d := row.Detail
		if d == nil {
			continue
		}
		in, group, heading := b.rowOf(row)
		if group != last {
			last = group
			t.Group(heading)
		}
		gained, lost = gained+d.Gained, lost+d.Lost
		p := "–"
		if d.MidP != nil {
			p = b.w.Decimal(*d.MidP, 3)
		}
		t.Add(b.name(in), fmt.Sprint(d.Kept), fmt.Sprint(d.Gained), fmt.Sprint(d.Lost), fmt.Sprint(d.Never), fmt.Sprint(d.NewlyAnswering),
			fmt.Sprint(d.NoLongerAnswered), fmt.Sprint(d.Joined), fmt.Sprint(d.Left), p)
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	f := b.page.tableOf("changed", b.page.T("changed.title", "gained", gained, "lost", lost), b.page.T("changed.note"), b.foot(), t)
	return &f, nil
}

// decomposed is the table that splits each change into those who changed their
// answer and those who came or went. The parts add up.
func (b *comparison) decomposed() (*figure, error) {
	t := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("parts.total"), b.page.T("parts.stayed"), b.page.T("col.gained"), b.page.T("col.lost"),
		b.page.T("parts.composition"), b.page.T("col.began"), b.page.T("col.stopped"), b.page.T("col.joined"), b.page.T("col.left")}}
	last := "-"
	for _, row := range b.rows {
		if row.Detail == nil || row.Detail.Decomposition == nil {
			continue
		}
		d := row.Detail.Decomposition
		in, group, heading := b.rowOf(row)
		if group != last {
			last = group
			t.Group(heading)
		}
		part := func(v int64) string {
			share := float64(v) / float64(d.Denominator)
			return b.w.points(&share)
		}
		t.Add(b.name(in), part(d.Total), b.w.points(&d.Stayed), part(d.Gained), part(d.Lost), b.w.points(&d.Composition), part(d.Began), part(d.Stopped),
			part(d.Joined), part(d.Left))
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	f := b.page.tableOf("parts", b.page.T("parts.title"), b.page.T("parts.note"), b.foot(), t)
	return &f, nil
}
