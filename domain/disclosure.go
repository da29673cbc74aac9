package domain

import "slices"

// Disclosure is the rule for what anonymous readers may see of numbers computed
// from answers. Figures that the source has published stay published.
type Disclosure struct {
	MinDenominator int `json:"min_denominator"` // a share of fewer is hidden
	MinCount       int `json:"min_count"`       // a count below, but not 0, is hidden; so is its complement
}

// PublicDisclosure is the default rule: denominators of 5 or more, counts and
// their complements of 0 or 3 and more.
func PublicDisclosure() Disclosure { return Disclosure{MinDenominator: 5, MinCount: 3} }

// small reports whether a count points at somebody.
func (d Disclosure) small(count int) bool { return count > 0 && count < d.MinCount }

// Shows reports whether count of n may be shown. In a subgroup 0 % and 100 % tell
// the answer of every member, and are hidden too.
func (d Disclosure) Shows(count, n int, subgroup bool) bool {
	if n < d.MinDenominator || d.small(count) || d.small(n-count) {
		return false
	}
	return !subgroup || count > 0 && count < n
}

// Comparison returns the row as the public may see it. A hidden side hides the
// change as well, which would give it back; gained and lost are hidden together
// where either is small, because their difference follows from the shares.
func (d Disclosure) Comparison(r Comparison) Comparison {
	hide := func(count, n *int, o Origin) bool {
		return count != nil && o == Computed && !d.Shows(*count, *n, r.Group != "")
	}
	r.Detail = nil                  // who changed, came and went: the difference of numbers that are shown
	r.Who, r.Sensitivity = nil, nil // answers of respondents; and functions of count, n and missing, as bounds are
	from, to := hide(r.FromCount, r.FromN, r.FromOrigin), hide(r.ToCount, r.ToN, r.ToOrigin)
	r.FromDistribution, r.ToDistribution = d.Spread(r.FromDistribution), d.Spread(r.ToDistribution)
	if from {
		r.FromDistribution = nil
		r.FromCount, r.FromN, r.FromShare, r.FromMissing, r.FromBounds = nil, nil, nil, 0, nil
	}
	if to {
		r.ToDistribution = nil
		r.ToCount, r.ToN, r.ToShare, r.ToMissing, r.ToBounds = nil, nil, nil, 0, nil
	}
	moved := r.Gained != nil && (d.small(*r.Gained) || d.small(*r.Lost))
	if from || to {
		r.Change, r.ChangeLow, r.ChangeHigh, r.Better = nil, nil, nil, 0
		r.ChangeBounds, r.Years, r.Yearly = nil, nil, nil
	}
	if from || to || moved {
		// The interval and the tests of a matched panel are functions of gained and lost.
		r.Gained, r.Lost, r.PValue, r.PAdjusted = nil, nil, nil, nil
		if r.Panel == Matched {
			r.ChangeLow, r.ChangeHigh, r.Better = nil, nil, 0
		}
		r.Suppressed = true
	}
	r.FromSuppressed, r.ToSuppressed = from, to
	return r
}

// Trend returns the point as the public may see it.
func (d Disclosure) Trend(p TrendPoint) TrendPoint {
	if p.Count != nil && p.Origin == Computed && !d.Shows(*p.Count, *p.N, false) {
		p.Count, p.N, p.Share, p.Low, p.High, p.Missing, p.Suppressed = nil, nil, nil, nil, nil, 0, true
		p.Distribution = nil
	}
	// They follow from the share before, which may be hidden: Along sets them anew
	// from what is shown.
	p.Change, p.Years, p.Yearly = nil, nil, nil
	p.Distribution = d.Spread(p.Distribution)
	return p
}

// Distribution says which counts of a distribution whose total is shown are
// hidden: the small ones, and more, smallest first, until what is hidden cannot
// be told from the total: two cells or more, that together hold at least as many
// as would make each of them uncertain by MinCount.
func (d Disclosure) Distribution(counts []int) []bool {
	hidden := make([]bool, len(counts))
	cells, sum := 0, 0
	for i, c := range counts {
		if d.small(c) {
			hidden[i] = true
			cells, sum = cells+1, sum+c
		}
	}
	if cells == 0 {
		return hidden
	}
	order := make([]int, 0, len(counts))
	for i := range counts {
		if !hidden[i] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[a] - counts[b] })
	for _, i := range order {
		if d.uncertain(cells, sum) {
			return hidden
		}
		if counts[i] == 0 {
			continue // a hidden zero adds no uncertainty
		}
		hidden[i] = true
		cells, sum = cells+1, sum+counts[i]
	}
	for i := range hidden {
		hidden[i] = hidden[i] || !d.uncertain(cells, sum) // the zeros too: nothing else is left
	}
	return hidden
}

// uncertain reports whether each of so many hidden cells, none of them zero, can be
// smaller or greater by enough.
func (d Disclosure) uncertain(cells, sum int) bool {
	return cells >= 2 && sum >= 2*d.MinCount && sum-cells >= d.MinCount
}
