package projections

import (
	"fmt"
	"math"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
)

// Side is a round as one side of a comparison, at a position.
func (s *State) Side(id domain.RoundID, at events.Position) (domain.Side, error) {
	t, err := s.Tabulation(id, at)
	if err != nil {
		return domain.Side{}, err
	}
	side := domain.Side{Answers: t}
	for _, f := range s.Figures(id, at) {
		side.Figures = append(side.Figures, f.Figure)
	}
	for _, r := range s.rounds {
		if r.Position <= at && r.Opened.StandsInFor == id {
			side.StandIn = r.Opened.Round
		}
	}
	return side, nil
}

// sides are two rounds of a comparison at a position.
func (s *State) sides(from, to domain.RoundID, at events.Position) (a, b domain.Side, err error) {
	if a, err = s.Side(from, at); err != nil {
		return a, b, err
	}
	b, err = s.Side(to, at)
	return a, b, err
}

// Compare is domain.Compare on two rounds at a position.
func (s *State) Compare(from, to domain.RoundID, q domain.Query, at events.Position) ([]domain.Comparison, error) {
	a, b, err := s.sides(from, to, at)
	if err != nil {
		return nil, err
	}
	q.Lineage = s.Lineage()
	return domain.Compare(a, b, q)
}

// CompareGroups is domain.CompareGroups on two rounds at a position.
func (s *State) CompareGroups(from, to domain.RoundID, q domain.Query, pairs [][2]string, at events.Position) ([]domain.GroupDifference, error) {
	a, b, err := s.sides(from, to, at)
	if err != nil {
		return nil, err
	}
	q.Lineage = s.Lineage()
	return domain.CompareGroups(a, b, q, pairs...)
}

// Groups are the values of an attribute among the respondents of a round, in
// order.
func (s *State) Groups(id domain.RoundID, attribute string, at events.Position) []string {
	t, err := s.Tabulation(id, at)
	if err != nil {
		return nil
	}
	return t.Groups(attribute)
}

// Trend follows indicators through the rounds asked with a framework or with one
// that it continues, at a position. A simulated stand-in is left out where the
// real round is there: they tell of the same year.
func (s *State) Trend(id domain.FrameworkID, ids []domain.IndicatorID, at events.Position) ([]domain.TrendPoint, error) {
	f, sides, err := s.trendSides(id, at)
	if err != nil {
		return nil, err
	}
	return domain.Trend(f, s.Lineage(), sides, ids)
}

// trendSides are a framework and the rounds of its series.
func (s *State) trendSides(id domain.FrameworkID, at events.Position) (*domain.Framework, []domain.Side, error) {
	f := s.Framework(id)
	if f == nil {
		return nil, nil, s.UnknownFramework(id)
	}
	var sides []domain.Side
	for _, r := range s.RoundsOf(f, at) {
		if r.StandsInFor != "" {
			continue
		}
		side, err := s.Side(r.ID, at)
		if err != nil {
			return nil, nil, err
		}
		sides = append(sides, side)
	}
	return f, sides, nil
}

// FigureRow is a published figure beside what the answers come to. Its JSON is a
// promise.
type FigureRow struct {
	Indicator           *domain.IndicatorID `json:"indicator"`
	Round               domain.RoundID      `json:"round"`
	Population          string              `json:"population"`
	Count               *int                `json:"count"`
	Denominator         *int                `json:"denominator"`
	Percent             *float64            `json:"percent"` // 100·count/denominator, two decimals
	StatedPercent       *float64            `json:"stated_percent"`
	ComputedCount       *int                `json:"computed_count"`
	ComputedDenominator *int                `json:"computed_denominator"`
	Simulated           bool                `json:"simulated"` // of the computed numbers
	Source              *domain.Source      `json:"source"`

	ID            string         `json:"id"`
	ComputedRound domain.RoundID `json:"computed_round,omitempty"` // whose answers were counted
	Note          string         `json:"note,omitempty"`
	// Differences are those between what was printed, counted and computed, each with
	// its likely reason.
	Differences []domain.Difference `json:"differences"`
	// Distribution is that of the computed answers over a graded scale.
	Distribution *domain.Distribution `json:"distribution,omitempty"`
}

// Percent is 100·count/n with two decimals.
func Percent(count, n int) float64 { return math.Round(10000*float64(count)/float64(n)) / 100 }

// FigureRows are the figures published about a round. They are computed again
// from the round's own answers where there are as many as the source counted, or
// else from the simulated round that stands in for it, and say so. A round
// without published figures gives the share of each indicator, computed.
func (s *State) FigureRows(id domain.RoundID, at events.Position) ([]FigureRow, error) {
	side, err := s.Side(id, at)
	if err != nil {
		return nil, err
	}
	figures := s.Figures(id, at)
	if len(figures) == 0 {
		return computedRows(side), nil
	}
	among := []domain.Answers{side.Answers}
	if side.StandIn != "" {
		a, err := s.Answers(side.StandIn, at)
		if err != nil {
			return nil, err
		}
		among = append(among, a)
	}
	return figureRows(figures, id, among), nil
}

// figureRows puts figures beside what the first answers come to that are as many.
func figureRows(figures []PublishedFigure, id domain.RoundID, among []domain.Answers) []FigureRow {
	rows := make([]FigureRow, 0, len(figures))
	named := make([]int, len(figures)) // denominators that the source names
	for i, f := range figures {
		named[i] = f.Figure.Denominator
	}
	for _, f := range figures {
		src := f.SourceOf()
		p := Percent(f.Figure.Count, f.Figure.Denominator)
		row := FigureRow{ID: f.Figure.ID, Round: id, Population: f.Figure.Population, Count: &f.Figure.Count,
			Denominator: &f.Figure.Denominator, Percent: &p, StatedPercent: f.Figure.StatedPercent, Source: &src, Note: f.Figure.Note,
			Differences: []domain.Difference{}}
		if d, ok := f.Figure.PrintedDifference(named...); ok {
			row.Differences = append(row.Differences, d)
		}
		if f.Figure.Indicator != "" {
			row.Indicator = &f.Figure.Indicator
		}
		for _, a := range among {
			// Fewer answers than the source counted are not its population.
			if c, n, ok := domain.ComputeFigure(f.Figure, a); ok && n >= f.Figure.Denominator {
				row.ComputedCount, row.ComputedDenominator = &c, &n
				row.Simulated, row.ComputedRound = a.Round().Simulated, a.Round().ID
				if d, ok := f.Figure.ComputedDifference(c, n); ok {
					row.Differences = append(row.Differences, d)
				}
				break
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func computedRows(side domain.Side) []FigureRow {
	t := domain.Tabulate(side.Answers)
	rows := make([]FigureRow, 0, len(t.Framework().Indicators))
	for j := range t.Framework().Indicators {
		rows = append(rows, computedRow(t, j, nil, "", "respondents"))
	}
	return rows
}

func computedRow(t *domain.Tabulation, j int, who domain.Set, suffix, population string) FigureRow {
	id := t.Framework().Indicators[j].ID
	share := t.Share(j, who)
	return FigureRow{ID: string(id) + suffix, Indicator: &id, Round: t.Round().ID, Population: population,
		ComputedCount: &share.Count, ComputedDenominator: &share.N, Simulated: share.Simulated, ComputedRound: t.Round().ID,
		Differences: []domain.Difference{}, Distribution: share.Distribution()}
}

// GroupRows are the shares of each indicator in each group of a round's
// respondents, computed from its answers.
func (s *State) GroupRows(id domain.RoundID, attribute string, at events.Position) ([]FigureRow, error) {
	t, err := s.Tabulation(id, at)
	if err != nil {
		return nil, err
	}
	return groupRows(t, attribute)
}

func groupRows(t *domain.Tabulation, attribute string) ([]FigureRow, error) {
	id, groups := t.Round().ID, t.Groups(attribute)
	if len(groups) == 0 {
		return nil, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("no respondent of round %s has an attribute %q", id, attribute), "group", attribute)
	}
	rows := []FigureRow{}
	for j := range t.Framework().Indicators {
		for _, g := range groups {
			if row := computedRow(t, j, t.Members(attribute, g), "."+g, attribute+"="+g); *row.ComputedDenominator > 0 {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// Stages applies a published maturity model to a round at a position.
func (s *State) Stages(model domain.ModelID, id domain.RoundID, at events.Position) (*maturity.Model, []maturity.Standing, error) {
	def, ok := s.Model(model)
	if !ok {
		return nil, nil, unknownModel(model)
	}
	t, err := s.Tabulation(id, at)
	if err != nil {
		return nil, nil, err
	}
	return s.stages.of(def, t, s.before(t, at))
}

// before is the round before one, asked with the same framework and as simulated
// as it is; nil where there is none.
func (s *State) before(t *domain.Tabulation, at events.Position) *domain.Tabulation {
	var last *domain.Tabulation
	for _, r := range s.Rounds(at) {
		if r.ID == t.Round().ID {
			break
		}
		if r.Framework == t.Round().Framework && r.Simulated == t.Round().Simulated {
			if x, err := s.Tabulation(r.ID, at); err == nil {
				last = x
			}
		}
	}
	return last
}
