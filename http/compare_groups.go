package http

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"headway/domain"
	"headway/http/chart"
)

// groups are the groups of the attribute that the reader chose, beside each other:
// of one indicator as dots, of all as a table of differences.
func (b *comparison) groups(body *compareBody) error {
	if b.wish.group == "" || b.wish.value != "" {
		return nil
	}
	q := domain.Query{Panel: b.choice.panel, Attribute: b.wish.group, Grouping: domain.Grouping(b.wish.grouping)}
	rows, err := b.server.compare(b.r, b.from.ID, b.to.ID, q)
	if err != nil {
		return err
	}
	f, err := b.groupDots(rows)
	if err != nil {
		return err
	}
	body.Figures = append(body.Figures, f)
	apart, err := b.groupsApart(q)
	if err != nil || apart == nil {
		return err
	}
	body.Figures = append(body.Figures, *apart)
	return nil
}

// groupDots draws each indicator's groups beneath one another.
func (b *comparison) groupDots(rows []domain.Comparison) (figure, error) {
	then, now := b.w.round(b.from), b.w.round(b.to)
	table := chart.Table{Header: append([]string{b.page.T("col.indicator"), b.page.T("col.group")}, b.groupHeader(then, now)...)}
	byIndicator := map[domain.IndicatorID][]domain.Comparison{}
	var ids []domain.IndicatorID
	for _, r := range rows {
		if r.Series == domain.Ends {
			continue
		}
		if _, ok := byIndicator[r.Indicator]; !ok {
			ids = append(ids, r.Indicator)
		}
		byIndicator[r.Indicator] = append(byIndicator[r.Indicator], r)
	}
	drawn := b.drawn()
	var pairs []chart.Pair
	var said []string
	hidden := false
	for _, id := range ids {
		in, ok := b.fw.Indicator(id)
		if !ok || b.wish.indicator != "" && id != b.wish.indicator {
			continue
		}
		if drawn[id] {
			pairs = append(pairs, chart.Pair{Label: b.name(in), Heading: true})
		}
		inOrder(b.wish.group, byIndicator[id])
		for _, row := range byIndicator[id] {
			name := b.w.attribute(row.Group)
			hidden = hidden || row.Suppressed
			if pair := b.pair(row, name, then, now, b.wish.interval); drawn[id] {
				pairs = append(pairs, pair)
				said = append(said, tellsPair(b.name(in)+", "+name, pair)...)
			}
			table.Add(append([]string{b.name(in), name}, b.groupCells(row)...)...)
		}
	}
	by := attributeName(b.page, b.wish.group)
	c, err := chart.Dumbbell(b.banded(b.wish.interval), "groups", then, now, b.page.T("groups.aria", "group", by, "list", sentences(said)), pairs, table)
	if err != nil {
		return figure{}, err
	}
	note := b.page.T("groups.note."+groupingOf(b.wish.grouping, rows), "from", then, "to", now)
	if b.wish.indicator == "" {
		note += " " + b.page.T("groups.drawn", "n", len(drawn))
	}
	return b.page.figure(c, b.page.T("groups.title", "group", by), note, b.foot(), hidden)
}

// groupsOfOne draws the groups of the one indicator that was compared.
func (b *contrast) groupsOfOne(by, band string) (figure, error) {
	then, now := b.w.round(b.from), b.w.round(b.to)
	table := chart.Table{Header: append([]string{b.page.T("col.group")}, b.groupHeader(then, now)...)}
	var pairs []chart.Pair
	var said []string
	hidden := false
	for _, row := range b.rows {
		name := b.w.attribute(row.Group)
		pair := b.pair(row, name, then, now, band)
		pairs, hidden = append(pairs, pair), hidden || row.Suppressed
		said = append(said, tellsPair(name, pair)...)
		table.Add(append([]string{name}, b.groupCells(row)...)...)
	}
	title := attributeName(b.page, by)
	c, err := chart.Dumbbell(b.banded(band), "groups", then, now, b.page.T("groups.aria", "group", title, "list", sentences(said)), pairs, table)
	if err != nil {
		return figure{}, err
	}
	return b.page.figure(c, b.groupsHeading(title), b.page.T("groups.note."+groupingOf("", b.rows), "from", then, "to", now), b.foot(), hidden)
}

// groupsHeading is the finding: which groups lie furthest apart in the later round.
func (b *contrast) groupsHeading(by string) string {
	var low, high *domain.Comparison
	for i, r := range b.rows {
		if r.ToShare == nil {
			continue
		}
		if low == nil || *r.ToShare < *low.ToShare {
			low = &b.rows[i]
		}
		if high == nil || *r.ToShare > *high.ToShare {
			high = &b.rows[i]
		}
	}
	if low == nil || *low.ToShare == *high.ToShare {
		return b.page.T("groups.title", "group", by)
	}
	return b.page.T("groups.apart", "group", by, "a", b.w.attribute(low.Group), "low", b.w.Percent(*low.ToShare), "b", b.w.attribute(high.Group), "high", b.w.Percent(*high.ToShare),
		"round", b.w.round(b.to))
}

func (b *contrast) groupHeader(then, now string) []string {
	return []string{b.page.T("col.from", "round", then), b.page.T("col.bounds"), b.page.T("col.to", "round", now), b.page.T("col.bounds"), b.page.T("col.change"),
		b.page.T("col.changebounds"), b.page.T("col.interval")}
}

func (b *contrast) groupCells(row domain.Comparison) []string {
	return []string{b.then(row), b.w.band(row.FromBounds), b.now(row), b.w.band(row.ToBounds), b.change(row), b.w.pointsBand(row.ChangeBounds),
		b.w.between(row.ChangeLow, row.ChangeHigh)}
}

// drawn are the indicators whose groups are drawn: the one that the reader chose,
// or else those that moved most, of those whose groups are shown. The table has all.
func (b *comparison) drawn() map[domain.IndicatorID]bool {
	if b.wish.indicator != "" {
		return map[domain.IndicatorID]bool{b.wish.indicator: true}
	}
	var rows []domain.Comparison
	for _, r := range b.rows {
		if moved(r) != nil && (b.may.all || b.may.Shows(b.fw.IndexOf(r.Indicator))) {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y domain.Comparison) int { return cmp.Compare(math.Abs(*y.Change), math.Abs(*x.Change)) })
	out := map[domain.IndicatorID]bool{}
	for _, r := range rows[:min(2*most, len(rows))] {
		out[r.Indicator] = true
	}
	return out
}

// incomes are the income groups from low to high; other groups stand in the order
// of their codes.
var incomes = []string{"low", "lower-middle", "upper-middle", "high"}

func inOrder(attribute string, rows []domain.Comparison) {
	if attribute == domain.AttrIncome {
		slices.SortStableFunc(rows, func(x, y domain.Comparison) int {
			return slices.Index(incomes, x.Group) - slices.Index(incomes, y.Group)
		})
	}
}

// groupingOf is by which round's attributes respondents are in groups: as the rows
// say, or as the reader chose.
func groupingOf(wish string, rows []domain.Comparison) string {
	for _, r := range rows {
		if r.Grouping != "" {
			return string(r.Grouping)
		}
	}
	return cmp.Or(wish, string(domain.ByFrom))
}

// groupsApart is the table of what every two groups differ by, then, now and in
// how they changed.
func (b *comparison) groupsApart(q domain.Query) (*figure, error) {
	rows, err := b.server.compareGroups(b.r, b.from.ID, b.to.ID, q, nil)
	if err != nil {
		return nil, err
	}
	t := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("apart.pair"), b.page.T("apart.then", "round", b.w.round(b.from)), b.page.T("col.interval"),
		b.page.T("apart.now", "round", b.w.round(b.to)), b.page.T("col.interval"), b.page.T("apart.change"), b.page.T("col.interval")}}
	clear, changes, known := 0, 0, false
	for _, r := range rows {
		if b.wish.indicator != "" && r.Indicator != b.wish.indicator {
			continue
		}
		in, ok := b.fw.Indicator(r.Indicator)
		if !ok {
			continue
		}
		cells := []string{b.name(in), b.page.T("apart.of", "a", b.w.attribute(r.GroupA), "b", b.w.attribute(r.GroupB))}
		for _, d := range []*domain.Apart{r.FromDifference, r.ToDifference, r.DifferenceInChange} {
			switch {
			case d == nil && r.Suppressed:
				cells = append(cells, b.page.T("suppressed"), "–")
				continue
			case d == nil:
				cells = append(cells, "–", "–")
				continue
			}
			cells = append(cells, b.w.points(&d.Value), b.w.between(d.Low, d.High))
		}
		known = known || r.FromDifference != nil || r.ToDifference != nil
		if r.DifferenceInChange != nil {
			changes++
			if r.DifferenceInChange.Clear {
				clear++
			}
		}
		t.Add(cells...)
	}
	if !known {
		return nil, nil
	}
	f := b.page.tableOf("apart", b.page.T("apart.title", "clear", fmt.Sprint(clear), "n", changes), b.page.T("apart.note"), b.foot(), t)
	f.Open = false
	return &f, nil
}
