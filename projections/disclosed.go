package projections

import (
	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
)

// PublicCompare is the comparison that the public may see by a release: of figures
// as known at a position, and of answers as of their public positions.
func (s *State) PublicCompare(d *domain.Disclosed, from, to domain.RoundID, q domain.Query, at events.Position) ([]domain.Comparison, error) {
	a, b, err := s.sides(from, to, at)
	if err != nil {
		return nil, err
	}
	q.Lineage = s.Lineage()
	return d.Compare(a, b, q)
}

// PublicOffers is what the public may choose of two rounds by a release.
func (s *State) PublicOffers(d *domain.Disclosed, from, to domain.RoundID, at events.Position) (domain.Offered, error) {
	a, b, err := s.sides(from, to, at)
	if err != nil {
		return domain.Offered{}, err
	}
	return d.Offers(s.Lineage(), a, b), nil
}

// PublicGroupDifferences is how pairs of groups differ, or every two, as far as the
// public may see it by a release.
func (s *State) PublicGroupDifferences(d *domain.Disclosed, from, to domain.RoundID, q domain.Query, pairs [][2]string, at events.Position) ([]domain.GroupDifference, error) {
	a, b, err := s.sides(from, to, at)
	if err != nil {
		return nil, err
	}
	q.Lineage = s.Lineage()
	return d.CompareGroups(a, b, q, pairs...)
}

// PublicTrend is the series that the public may see by a release.
func (s *State) PublicTrend(d *domain.Disclosed, id domain.FrameworkID, ids []domain.IndicatorID, at events.Position) ([]domain.TrendPoint, error) {
	f, sides, err := s.trendSides(id, at)
	if err != nil {
		return nil, err
	}
	return d.Trend(f, s.Lineage(), sides, ids)
}

// PublicFigureRows are the published figures as known at a position, beside the
// computed numbers that a release shows: of all respondents, and those that are just
// what was published.
func (s *State) PublicFigureRows(d *domain.Disclosed, id domain.RoundID, at events.Position) ([]FigureRow, error) {
	side, err := s.Side(id, at)
	if err != nil {
		return nil, err
	}
	own, standIn := d.Answers(id), d.Answers(side.StandIn)
	figures := s.Figures(id, at)
	if len(figures) == 0 {
		if own == nil {
			return unanswered(side), nil
		}
		rows := computedRows(domain.Side{Answers: own})
		for j := range rows {
			if !d.ShowsAll(id, j) {
				rows[j].hide()
			}
			rows[j].Distribution = d.Spread(id, j, rows[j].Distribution)
		}
		return rows, nil
	}
	var among []domain.Answers
	for _, t := range []*domain.Tabulation{own, standIn} {
		if t != nil {
			among = append(among, t)
		}
	}
	rows := figureRows(figures, id, among)
	for i := range rows {
		if r := &rows[i]; r.ComputedCount != nil && !r.tellsNothing() && !showsFigure(d, figures[i].Figure, r.ComputedRound) {
			r.hide()
		}
	}
	return rows, nil
}

// tellsNothing reports whether the computed number is just the published one.
func (r *FigureRow) tellsNothing() bool {
	return r.Count != nil && *r.Count == *r.ComputedCount && *r.Denominator == *r.ComputedDenominator
}

// showsFigure reports whether a figure is of all respondents, and their total shown.
func showsFigure(d *domain.Disclosed, f domain.Figure, round domain.RoundID) bool {
	fw := d.Answers(round).Framework()
	in, ok := fw.Indicator(f.Indicator)
	if !ok {
		return false
	}
	_, total := domain.PublishedShare([]domain.Figure{f}, f.Indicator, fw.ScaleOf(in))
	return total && d.ShowsAll(round, fw.IndexOf(f.Indicator))
}

// hide leaves the computed numbers out.
func (r *FigureRow) hide() {
	r.ComputedCount, r.ComputedDenominator, r.Distribution = nil, nil, nil
	kept := []domain.Difference{}
	for _, x := range r.Differences {
		if x.Of != "computed" {
			kept = append(kept, x)
		}
	}
	r.Differences = kept
}

// unanswered are the rows of a round of which nothing is public.
func unanswered(side domain.Side) []FigureRow {
	a := side.Answers
	rows := []FigureRow{}
	for _, in := range a.Framework().Indicators {
		rows = append(rows, FigureRow{ID: string(in.ID), Indicator: &in.ID, Round: a.Round().ID, Population: "respondents",
			Simulated: a.Round().Simulated, Differences: []domain.Difference{}})
	}
	return rows
}

// PublicGroupRows are the shares of each indicator in each group of a public round's
// respondents, by the attribute that is public; what is hidden is null.
func (s *State) PublicGroupRows(d *domain.Disclosed, id domain.RoundID) ([]FigureRow, error) {
	a := d.Answers(id)
	if a == nil {
		return []FigureRow{}, nil
	}
	rows, err := groupRows(a, d.Attribute())
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		r.Distribution = nil // of so few, levels would show single answers
		if value := r.Population[len(d.Attribute())+1:]; !d.ShowsGroup(id, a.Framework().IndexOf(*r.Indicator), value) {
			r.hide()
		}
	}
	return rows, nil
}

// CompiledModel is a published maturity model, fit for a round's questionnaire.
func (s *State) CompiledModel(model domain.ModelID, id domain.RoundID, at events.Position) (*maturity.Model, error) {
	def, ok := s.Model(model)
	if !ok {
		return nil, unknownModel(model)
	}
	rd, ok := s.Round(id, at)
	if !ok {
		return nil, UnknownRound(id)
	}
	return maturity.Compile(def, s.Framework(rd.Framework))
}

// PublicStages are the stages of public answers under a model that looks at no round
// before. They are kept, and nobody may change them.
func (s *State) PublicStages(model domain.MaturityModel, answers *domain.Tabulation) ([]maturity.Standing, error) {
	_, standings, err := s.stages.of(model, answers, nil)
	return standings, err
}
