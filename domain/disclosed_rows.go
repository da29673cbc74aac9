package domain

import "slices"

// divides reports whether who answered an indicator of a round is divided, or could
// be: what is hidden of the parts tells of them too.
func (d *Disclosed) divides(id RoundID, indicator int) bool {
	k, ok := d.places[id]
	return ok && d.rounds[k].uses[indicator] != free
}

// Moved reports whether a round's answers differ from those that were public before.
// Of it, or of an indicator, nothing but totals is shown then.
func (d *Disclosed) Moved(id RoundID) bool {
	k, ok := d.places[id]
	return ok && slices.Contains(d.rounds[k].moved, true)
}

// Spread is a distribution over levels as it is shown: not where answers moved, nor
// beside figures of some of the levels.
func (d *Disclosed) Spread(id RoundID, indicator int, x *Distribution) *Distribution {
	if k, ok := d.places[id]; ok && indicator >= 0 && (d.rounds[k].moved[indicator] || d.rounds[k].uses[indicator] == byFigures) {
		return nil
	}
	return d.rule.Spread(x)
}

// Rule is that by which numbers are hidden.
func (d *Disclosed) Rule() Disclosure { return d.rule }

// Attribute is that by which the public may see groups; "" where there are none.
func (d *Disclosed) Attribute() string { return d.attribute }

// Answers are a round's as of its public position; nil where it is not public. They
// are in full: what of them is shown is for the other methods to say.
func (d *Disclosed) Answers(id RoundID) *Tabulation {
	if k, ok := d.places[id]; ok {
		return d.rounds[k].PublicRound.Answers
	}
	return nil
}

// ShowsAll reports whether an indicator's total is shown, by its place in the
// framework.
func (d *Disclosed) ShowsAll(id RoundID, indicator int) bool {
	k, ok := d.places[id]
	return ok && d.rounds[k].all[indicator]
}

// ShowsGroup reports whether a group's numbers of an indicator are shown.
func (d *Disclosed) ShowsGroup(id RoundID, indicator int, value string) bool {
	k, ok := d.places[id]
	return ok && d.rounds[k].groups[indicator] && slices.Contains(d.rounds[k].visible, value)
}

// Panel says how much of a matched panel is shown, of an indicator in each of two
// rounds.
func (d *Disclosed) Panel(from RoundID, i int, to RoundID, j int) PanelShown {
	a, ok := d.places[from]
	b, too := d.places[to]
	switch {
	case !ok || !too:
		return PanelHidden
	case a < b:
		return d.panels[pairing{a, b, i, j}]
	}
	return d.panels[pairing{b, a, j, i}]
}

// blank is the tabulation without the answers of the indicators that keep refuses:
// as if nothing had been reported of them.
func (t *Tabulation) blank(keep func(indicator int) bool) *Tabulation {
	out := *t
	out.columns = slices.Clone(t.columns)
	for j := range out.columns {
		if keep(j) {
			continue
		}
		y := Column{Scale: t.columns[j].Scale, Missing: t.asked, Unsaid: t.asked, Levels: make([]Set, len(t.columns[j].Levels))}
		out.columns[j] = y
	}
	return &out
}

// side is a round as the public may compute from it: what keep refuses is as if
// nobody had answered. A round that is not public has no answers at all.
func (d *Disclosed) side(s Side, keep func(t *Tabulation, indicator int) bool) Side {
	id := s.Answers.Round().ID
	if t := d.Answers(id); t != nil {
		s.Answers = t.blank(func(j int) bool { return keep(t, j) })
	} else {
		s.Answers = Tabulate(s.Answers).blank(func(int) bool { return false })
	}
	return s
}

// regrouped reports whether somebody is in another group in one round than in the
// other: the groups of a comparison are then not those of each round.
func (d *Disclosed) regrouped(from, to RoundID) bool {
	a, b := d.Answers(from), d.Answers(to)
	if a == nil || b == nil {
		return false
	}
	m := merge(a.roll, b.roll)
	for i, j := range m.a.shared(m.b) {
		if a.asked.Has(i) && b.asked.Has(j) && a.roll[i].Attributes[d.attribute] != b.roll[j].Attributes[d.attribute] {
			return true
		}
	}
	return false
}

// Compare is the comparison that the public may see, of rounds whose sides have the
// figures published of them; whatever answers the sides have are left alone. A row
// of which numbers are hidden says so. Groups are each round's own, where somebody is
// in another group than before.
func (d *Disclosed) Compare(from, to Side, q Query) ([]Comparison, error) {
	if q.Panel == "" {
		q.Panel = All
	}
	q.Who = false
	earlier, later := from.Answers.Round().ID, to.Answers.Round().ID
	values := []string{q.Value}
	if q.Attribute != "" {
		if q.Grouping == "" && d.regrouped(earlier, later) {
			q.Grouping = ByOwn
		}
		switch groups := d.values(earlier, later); {
		case q.Value == "":
			values = groups
		case q.Attribute == d.attribute && len(groups) > 0 && !slices.Contains(groups, q.Value):
			return nil, noGroup(q.Attribute, q.Value, groups)
		}
		q.anyValue = true // of a round that is not public no group is named
	}
	out := []Comparison{}
	for _, v := range values {
		q.Value = v
		shows := d.shows(earlier, later, q)
		rows, err := Compare(d.side(from, shows), d.side(to, shows), q)
		if err != nil {
			return nil, err
		}
		for k := range rows {
			rows[k] = d.comparison(rows[k], from, to, q)
		}
		adjust(rows)
		out = append(out, rows...)
	}
	return out, nil
}

// shows says of which indicators a question gets numbers: of all, or of a group.
func (d *Disclosed) shows(earlier, later RoundID, q Query) func(*Tabulation, int) bool {
	switch {
	case q.Attribute == "":
		return func(t *Tabulation, j int) bool { return d.ShowsAll(t.round.ID, j) }
	case q.Attribute != d.attribute, q.Panel == Matched, q.Grouping != ByOwn && d.regrouped(earlier, later):
		return func(*Tabulation, int) bool { return false }
	}
	return func(t *Tabulation, j int) bool { return d.ShowsGroup(t.round.ID, j, q.Value) }
}

// values are the groups of two rounds, in order.
func (d *Disclosed) values(earlier, later RoundID) []string {
	var out []string
	for _, id := range []RoundID{earlier, later} {
		if t := d.Answers(id); t != nil {
			out = append(out, t.Groups(d.attribute)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// comparison is a row with what the public may see of it, and nothing else. Its
// shares are computed from what is shown.
func (d *Disclosed) comparison(r Comparison, from, to Side, q Query) Comparison {
	earlier, later := from.Answers.Round().ID, to.Answers.Round().ID
	i, j := from.Answers.Framework().IndexOf(r.earlier()), to.Answers.Framework().IndexOf(r.Indicator)
	panel := PanelHidden
	if i >= 0 && j >= 0 {
		panel = d.Panel(earlier, i, later, j)
	}
	out := Comparison{Indicator: r.Indicator, From: r.From, To: r.To, Panel: r.Panel, Break: r.Break, Simulated: r.Simulated, Group: r.Group,
		Polarity: r.Polarity, Series: r.Series, FromIndicator: r.FromIndicator, Why: r.Why,
		Grouping: r.Grouping, BreakReason: r.BreakReason, Changed: r.Changed, WhyNoTest: r.WhyNoTest}
	if q.Panel == Matched && panel == PanelHidden {
		out.Suppressed = d.has(earlier, i) && d.has(later, j)
		out.FromSuppressed, out.ToSuppressed = out.Suppressed, out.Suppressed
		return out
	}
	out.FromCount, out.FromN, out.FromShare, out.FromOrigin, out.FromMissing = r.FromCount, r.FromN, r.FromShare, r.FromOrigin, r.FromMissing
	out.ToCount, out.ToN, out.ToShare, out.ToOrigin, out.ToMissing = r.ToCount, r.ToN, r.ToShare, r.ToOrigin, r.ToMissing
	out.FromBounds, out.ToBounds, out.Change, out.Years, out.Yearly = r.FromBounds, r.ToBounds, r.Change, r.Years, r.Yearly
	out.FromSuppressed, out.ToSuppressed = r.FromShare == nil && d.has(earlier, i), r.ToShare == nil && d.has(later, j)
	out.Suppressed = out.FromSuppressed || out.ToSuppressed
	if q.Panel == All {
		out.ChangeLow, out.ChangeHigh, out.ChangeBounds, out.Better = r.ChangeLow, r.ChangeHigh, r.ChangeBounds, r.Better
		out.Sensitivity = r.Sensitivity
		if q.Attribute == "" {
			out.Detail = d.detail(r.Detail, earlier, i, later, j)
			out.FromDistribution, out.ToDistribution = d.Spread(earlier, i, r.FromDistribution), d.Spread(later, j, r.ToDistribution)
		}
		return out
	}
	if panel == PanelShares {
		out.Suppressed = true
		return out
	}
	out.ChangeLow, out.ChangeHigh, out.Better = r.ChangeLow, r.ChangeHigh, r.Better
	out.Gained, out.Lost, out.PValue = r.Gained, r.Lost, r.PValue
	if out.Detail = d.detail(r.Detail, earlier, i, later, j); out.Detail != nil {
		out.ChangeBounds = r.ChangeBounds
	}
	return out
}

// earlier is the indicator of the earlier round that a row compares with.
func (r *Comparison) earlier() IndicatorID {
	if r.FromIndicator != "" {
		return r.FromIndicator
	}
	return r.Indicator
}

// has reports whether anybody answered an indicator of a public round.
func (d *Disclosed) has(id RoundID, indicator int) bool {
	t := d.Answers(id)
	return t != nil && indicator >= 0 && !t.Column(indicator).answered().Empty()
}

// Trend is the series that the public may see. A point whose number is hidden says
// so; where there is a published number, it stands in its place.
func (d *Disclosed) Trend(f *Framework, l Lineage, sides []Side, ids []IndicatorID) ([]TrendPoint, error) {
	var full, public []Side
	for _, s := range sides {
		full = append(full, d.side(s, func(*Tabulation, int) bool { return true }))
		public = append(public, d.side(s, func(t *Tabulation, j int) bool { return d.ShowsAll(t.round.ID, j) }))
	}
	all, err := Trend(f, l, full, ids)
	if err != nil {
		return nil, err
	}
	shown, err := Trend(f, l, public, ids)
	if err != nil {
		return nil, err
	}
	for k, p := range all {
		all[k] = TrendPoint{Indicator: p.Indicator, Round: p.Round, ReferenceDate: p.ReferenceDate, Origin: p.Origin, Break: p.Break,
			Simulated: p.Simulated, Framework: p.Framework, AskedAs: p.AskedAs, Suppressed: true,
			Polarity: p.Polarity, BreakReason: p.BreakReason, Changed: p.Changed, Why: p.Why, Gap: p.Gap}
		if len(shown) == 0 || shown[0].Indicator != p.Indicator || shown[0].Round != p.Round {
			continue
		}
		s := shown[0]
		shown = shown[1:]
		all[k].Count, all[k].N, all[k].Share, all[k].Low, all[k].High = s.Count, s.N, s.Share, s.Low, s.High
		all[k].Missing, all[k].Origin, all[k].Distribution, all[k].Suppressed = s.Missing, s.Origin, d.Spread(p.Round, d.indexOf(p), s.Distribution), false
	}
	Along(all)
	return all, nil
}

// indexOf is the place of a point's indicator in the framework that its round asks.
func (d *Disclosed) indexOf(p TrendPoint) int {
	id := p.Indicator
	if p.AskedAs != "" {
		id = p.AskedAs
	}
	if t := d.Answers(p.Round); t != nil {
		return t.framework.IndexOf(id)
	}
	return -1
}

// detail is what else may be said of a change: where the same answered in both
// rounds, so that nobody came or went, it follows from who kept, gained, lost and
// never had it.
func (d *Disclosed) detail(x *ComparisonDetail, from RoundID, i int, to RoundID, j int) *ComparisonDetail {
	if x == nil || d.Panel(from, i, to, j) != PanelSplit {
		return nil
	}
	a, b := d.rounds[d.places[from]].on, d.rounds[d.places[to]].on
	if !a.asked.Equal(b.asked) || !a.Column(i).answered().Equal(b.Column(j).answered()) {
		return nil
	}
	return &ComparisonDetail{FromInterval: x.FromInterval, ToInterval: x.ToInterval, Kept: x.Kept, Never: x.Never, Gained: x.Gained, Lost: x.Lost,
		MidP: x.MidP, PanelLow: x.PanelLow, PanelHigh: x.PanelHigh, Decomposition: x.Decomposition}
}

// RoundShown says how much a release shows of a round. Its JSON is a promise.
type RoundShown struct {
	Round        RoundID       `json:"round"`
	Position     int64         `json:"position"`
	Indicators   int           `json:"indicators"`
	Totals       int           `json:"totals"` // of how many indicators the total is shown
	Rows         int           `json:"rows"`   // and the row of groups
	Groups       []string      `json:"groups"` // those that may be shown; the others are too small
	HiddenTotals []IndicatorID `json:"hidden_totals"`
	HiddenRows   []IndicatorID `json:"hidden_rows"`
	Panels       []PanelsShown `json:"panels"`
}

// PanelsShown says of how many indicators the matched panel with an earlier public
// round is shown.
type PanelsShown struct {
	With   RoundID `json:"with"`
	Shares int     `json:"shares"` // the two shares, with or without who changed
	Splits int     `json:"splits"` // and who changed
}

// Shown says how much is shown of each round of a release.
func (d *Disclosed) Shown(rounds []ReleasedRound) []RoundShown {
	out := []RoundShown{}
	for _, r := range rounds {
		k, ok := d.places[r.Round]
		if !ok {
			continue
		}
		x := d.rounds[k]
		s := RoundShown{Round: r.Round, Position: r.Position, Indicators: len(x.all), Groups: slices.Clone(x.visible),
			HiddenTotals: []IndicatorID{}, HiddenRows: []IndicatorID{}, Panels: []PanelsShown{}}
		for j, in := range x.on.framework.Indicators {
			if x.all[j] {
				s.Totals++
			} else if d.has(r.Round, j) {
				s.HiddenTotals = append(s.HiddenTotals, in.ID)
			}
			if x.groups[j] {
				s.Rows++
			} else if d.has(r.Round, j) && d.attribute != "" {
				s.HiddenRows = append(s.HiddenRows, in.ID)
			}
		}
		for m := range k {
			p := PanelsShown{With: d.rounds[m].on.round.ID}
			for key, shown := range d.panels {
				if key.first != m || key.second != k {
					continue
				}
				p.Shares++
				if shown == PanelSplit {
					p.Splits++
				}
			}
			s.Panels = append(s.Panels, p)
		}
		out = append(out, s)
	}
	return out
}
