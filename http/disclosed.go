package http

import (
	"fmt"
	"net/http"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
	"headway/projections"
)

// This is the one place that decides which numbers a reader gets. Who may see every
// country's answers gets them all, as of any moment. Anybody else gets what the
// newest release shows, and published figures.

// reading is a read of the state for one request; past says that it is of an
// earlier moment, which the reader chose.
type reading struct {
	state *projections.State
	at    events.Position
	// known is the position as of which frameworks are: what is asked is public at
	// once, whatever was released. It is past at for the public only.
	known  events.Position
	reader *domain.Token
	past   bool
	// For who may not see every country's answers: the newest release at that moment,
	// nil where nothing was released, and what it shows.
	release *projections.Release
	public  *domain.Disclosed
}

// readingOf is a read of the state as of a moment. For anybody it is of the newest
// release then, so that no two moments can be compared that were not released. A
// focal point is told of the own country as of the moment itself.
func (s *server) readingOf(st *projections.State, moment projections.Moment, reader *domain.Token) (reading, error) {
	r := reading{state: st, at: st.At(moment), reader: reader, past: !moment.IsNow()}
	r.known = r.at
	if reader.SeesAll() {
		return r, nil
	}
	r.release = st.ReleaseAt(r.at)
	if r.release != nil && reader == nil {
		r.at = r.release.At
	}
	var err error
	r.public, err = s.disclosed(st, r.release)
	return r, err
}

// frameworks are those that a reader knows, in order of publication.
func (r reading) frameworks() []*domain.Framework { return r.state.FrameworksAt(r.known) }

// meant is the framework that is meant, of those that a reader knows.
func (r reading) meant(id domain.FrameworkID) (*domain.Framework, error) {
	return r.state.MeantAt(id, r.known)
}

// meantIndicator is the indicator that is meant, of the frameworks that a reader knows.
func (r reading) meantIndicator(id domain.IndicatorID, f domain.FrameworkID) (*domain.Framework, domain.Indicator, error) {
	return r.state.MeantIndicatorAt(id, f, r.known)
}

// seen is the newest position of what the reader is shown: of a release, or of a
// framework after it. It tells two readings apart.
func (r reading) seen() events.Position { return max(r.at, r.state.FrameworkPublished(r.known)) }

// disclosed is what a release shows. It is decided once: nothing that is recorded
// later changes it.
func (s *server) disclosed(st *projections.State, r *projections.Release) (*domain.Disclosed, error) {
	if r == nil {
		return domain.Disclose(s.disclosure, "", nil, nil), nil
	}
	if d, ok := s.shown.Load(r.At); ok {
		return d.(*domain.Disclosed), nil
	}
	d, err := st.Disclosed(r)
	if err == nil {
		s.shown.Store(r.At, d)
	}
	return d, err
}

// newest is the position of what a reader would be shown now. What lies past it
// changes nothing that this reader can see.
func (s *server) newest(st *projections.State, reader *domain.Token) events.Position {
	if reader == nil {
		if last := st.ReleaseAt(st.Position()); last != nil {
			return max(last.At, st.FrameworkPublished(st.Position()))
		}
	}
	return st.Position()
}

// compare is what a reader may see of a comparison.
func (s *server) compare(r reading, from, to domain.RoundID, q domain.Query) ([]domain.Comparison, error) {
	if r.public == nil {
		return r.state.Compare(from, to, q, r.at)
	}
	if q.Attribute != "" {
		if err := r.needGroups(q); err != nil {
			return nil, err
		}
	}
	return r.state.PublicCompare(r.public, from, to, q, r.at)
}

// compareGroups is how two groups differ, or every two where no pairs are named, as a
// reader may see it.
func (s *server) compareGroups(r reading, from, to domain.RoundID, q domain.Query, pairs [][2]string) ([]domain.GroupDifference, error) {
	if r.public == nil {
		return r.state.CompareGroups(from, to, q, pairs, r.at)
	}
	if err := r.needGroups(q); err != nil {
		return nil, err
	}
	return r.state.PublicGroupDifferences(r.public, from, to, q, pairs, r.at)
}

// needGroups refuses groups that are not public.
func (r reading) needGroups(q domain.Query) error {
	if q.Panel == domain.Matched {
		return problem(http.StatusUnauthorized, "token_needed", "matched panels of groups need a token: they are so small that they would show the answers of a few")
	}
	return r.needAttribute(q.Attribute)
}

// needAttribute refuses groups by an attribute that is not public.
func (r reading) needAttribute(name string) error {
	if r.public == nil || name == r.public.Attribute() {
		return nil
	}
	which := "no groups were released"
	if a := r.public.Attribute(); a != "" {
		which = "released are groups by " + a
	}
	return problem(http.StatusUnauthorized, "token_needed", fmt.Sprintf("groups by %s need a token: %s, and two ways of grouping would show the answers of a few", name, which))
}

// trend is what a reader may see of series.
func (s *server) trend(r reading, f domain.FrameworkID, ids []domain.IndicatorID) ([]domain.TrendPoint, error) {
	if r.public == nil {
		return r.state.Trend(f, ids, r.at)
	}
	return r.state.PublicTrend(r.public, f, ids, r.at)
}

// figures are the published figures of a round beside what a reader may see of the
// computed ones; with an attribute the numbers of its groups.
func (s *server) figures(r reading, id domain.RoundID, attribute string) ([]projections.FigureRow, error) {
	switch {
	case attribute != "" && r.public == nil:
		return r.state.GroupRows(id, attribute, r.at)
	case attribute != "":
		if err := r.needAttribute(attribute); err != nil {
			return nil, err
		}
		return r.state.PublicGroupRows(r.public, id)
	case r.public == nil:
		return r.state.FigureRows(id, r.at)
	}
	return r.state.PublicFigureRows(r.public, id, r.at)
}

// rounds are the rounds as a reader may see them.
func (s *server) rounds(r reading) []projections.RoundRow {
	rows := r.state.RoundRows(r.at)
	if r.public != nil {
		for i := range rows {
			rows[i] = rows[i].Public(r.public.Rule(), r.public.Answers(rows[i].ID) != nil)
		}
	}
	return rows
}

// enrolled are the respondents of a round to be counted for a reader: how many take
// part becomes public with the round.
func (s *server) enrolled(r reading, id domain.RoundID) []domain.Enrolment {
	who := r.state.Respondents(id, r.at)
	if r.public != nil && (r.public.Answers(id) == nil || len(who) < r.public.Rule().MinDenominator) {
		return nil
	}
	return who
}

// roundReport is how complete a round is, as a reader may see it: whoever holds a
// token sees respondents, a focal point the own country.
func (s *server) roundReport(r reading, id domain.RoundID) (projections.RoundReport, error) {
	if r.public == nil {
		return r.state.RoundReport(id, r.at)
	}
	var public events.Position
	if r.release != nil {
		x, _ := r.release.Round(id)
		public = events.Position(x.Position)
	}
	return r.state.PublicRoundReport(id, r.at, public, r.public, r.reader.Sees)
}

// stageCount is how many respondents are in a stage; null where it is not shown.
type stageCount struct {
	Model     domain.ModelID `json:"model"`
	Round     domain.RoundID `json:"round"`
	Unit      string         `json:"unit"`
	Stage     *string        `json:"stage"` // null for unknown
	Count     *int           `json:"count"`
	N         int            `json:"n"`
	Simulated bool           `json:"simulated"`
}

// distribution is how many respondents of a round are in each stage of a model, as
// a reader may see it: unit by unit, the stages in order and unknown last. The
// public sees that of one model of a framework, in rounds that were released.
func (s *server) distribution(r reading, model domain.ModelID, round domain.RoundID) ([]stageCount, error) {
	m, standings, err := s.standings(r, model, round)
	if err != nil {
		return nil, err
	}
	var out []stageCount
	for _, u := range m.Units() {
		counts := m.Distribution(u.ID, standings)
		hidden := r.public != nil && !m.Shown(r.public.Rule(), u.ID, counts)
		for i, n := range counts {
			row := stageCount{Model: model, Round: round, Unit: u.ID, N: len(standings) / len(m.Units())}
			if len(standings) > 0 {
				row.Simulated = standings[0].Simulated
			}
			unknown := i == len(counts)-1
			if !unknown {
				row.Stage = &m.Definition().Stages[i].ID
			}
			if (unknown || !hidden) && len(standings) > 0 {
				row.Count = &n
			}
			out = append(out, row)
		}
	}
	return out, nil
}

// standings are the stages that a reader's numbers are counted from; none where the
// reader may see none of them.
func (s *server) standings(r reading, model domain.ModelID, round domain.RoundID) (*maturity.Model, []maturity.Standing, error) {
	if r.public == nil {
		return r.state.Stages(model, round, r.at)
	}
	m, err := r.state.CompiledModel(model, round, r.at)
	if err != nil {
		return nil, nil, err
	}
	a := r.public.Answers(round)
	public, ok := r.state.PublicModel(m.Definition().Framework, r.at)
	if a == nil || !ok || public.ID != model || r.public.Moved(round) {
		return m, nil, nil
	}
	standings, err := r.state.PublicStages(public, a)
	return m, standings, err
}
