package http

import (
	"strconv"

	"headway/domain"
	"headway/http/chart"
)

// answerKeys are the entries of a grid's legend, as they come up.
type answerKeys struct {
	page page
	keys []chart.Key
}

// add is the place of an entry.
func (a *answerKeys) add(k chart.Key) int {
	for i, x := range a.keys {
		if x == k {
			return i
		}
	}
	a.keys = append(a.keys, k)
	return len(a.keys) - 1
}

// of is the place of a status, and its name. An indicator is shown as it was asked:
// yes is yes, also where it is the bad answer.
func (a *answerKeys) of(f *domain.Framework, in domain.Indicator, v domain.Status) (int, string) {
	scale := f.ScaleOf(in)
	name := levelOrText(a.page, scale, v)
	means := map[domain.Status]chart.Meaning{domain.InPlace: chart.MeansInPlace, domain.Partial: chart.MeansPartial, domain.NotInPlace: chart.MeansNotInPlace}
	switch m, plain := means[v]; {
	case v == "":
		name = a.page.T("grid.unrecorded")
		return a.add(chart.Key{Meaning: chart.MeansNotAsked, Label: name}), name
	case v == domain.NoAnswer:
		return a.add(chart.Key{Meaning: chart.MeansNoAnswer, Label: name, Letter: a.page.T("grid.letter.missing")}), name
	case v == domain.NotApplicable:
		return a.add(chart.Key{Meaning: chart.MeansNotApplicable, Label: name, Letter: a.page.T("grid.letter.inapplicable")}), name
	case plain:
		return a.add(chart.Key{Meaning: m, Label: name, Letter: a.page.T("grid.letter." + string(v))}), name
	}
	rank := scale.Rank(v)
	return a.add(chart.Key{Meaning: chart.Level(max(rank-1, 0), len(scale.Values)), Label: name, Letter: strconv.Itoa(rank)}), name
}

// inOrder sorts the entries, the answers of a framework's scales first and best
// first, and gives the rows their new places.
func (a *answerKeys) inOrder(f *domain.Framework, rows []chart.Row) {
	sorted := &answerKeys{page: a.page}
	for _, s := range f.Scales {
		for _, in := range f.Indicators {
			if in.Scale != s.ID {
				continue
			}
			for i := range s.Values {
				sorted.of(f, in, s.Values[len(s.Values)-1-i])
			}
			break
		}
	}
	var used []bool
	place := make([]int, len(a.keys))
	for i, k := range a.keys {
		place[i] = sorted.add(k)
	}
	used = make([]bool, len(sorted.keys))
	for _, p := range place {
		used[p] = true
	}
	final := make([]int, len(sorted.keys))
	a.keys = nil
	for i, k := range sorted.keys {
		if used[i] {
			final[i] = len(a.keys)
			a.keys = append(a.keys, k)
		}
	}
	for _, r := range rows {
		for i, c := range r.Cells {
			if c != chart.Blank {
				r.Cells[i] = final[place[c]]
			}
		}
	}
}

// asAsked is the name of an indicator, marked where yes is the bad answer.
func asAsked(p page, in domain.Indicator) string {
	name := p.P.Name(in.Name)
	if in.Polarity == domain.Negative {
		name += " (" + p.T("group.negative") + ")"
	}
	return name
}
