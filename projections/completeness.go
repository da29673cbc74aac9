package projections

import (
	"time"

	"headway/domain"
	"headway/events"
)

// RoundEvent is a turn in the life of a round. Its JSON is a promise; the public
// gets neither the actor nor the reason, which may name a respondent.
type RoundEvent struct {
	Event      Turn            `json:"event"`
	RecordedAt time.Time       `json:"recorded_at"`
	Position   events.Position `json:"position"`
	Actor      string          `json:"actor,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	EventID    string          `json:"event_id"`
}

// RoundRow is a round with its state and its life. Its JSON is a promise.
type RoundRow struct {
	domain.Round
	State   string       `json:"state"`
	History []RoundEvent `json:"history"`
	// Respondents is null where it is not shown.
	Respondents *int `json:"respondents"`
	Figures     int  `json:"figures"`
}

// IndicatorCompleteness is how complete the answers on an indicator are.
type IndicatorCompleteness struct {
	Indicator domain.IndicatorID `json:"indicator"`
	domain.Completeness
}

// RespondentCompleteness is how complete the answers of a respondent are, with
// its income group, region and way of collection as of the round.
type RespondentCompleteness struct {
	domain.Enrolment
	domain.Completeness
}

// RoundReport is how complete a round is. Its JSON is a promise.
type RoundReport struct {
	RoundRow
	AsOf     time.Time           `json:"as_of"`
	Position events.Position     `json:"position"`
	Total    domain.Completeness `json:"total"`
	// TotalIndicators is of how many indicators Total is: all that are shown.
	TotalIndicators int                      `json:"total_indicators"`
	Indicators      []IndicatorCompleteness  `json:"by_indicator"`
	Respondents     []RespondentCompleteness `json:"by_respondent"`
}

// RoundRow finds a round, with its life up to a position.
func (s *State) RoundRow(id domain.RoundID, at events.Position) (RoundRow, bool) {
	rd, ok := s.Round(id, at)
	if !ok {
		return RoundRow{}, false
	}
	n := len(s.Respondents(id, at))
	row := RoundRow{Round: rd, State: rd.State(), History: []RoundEvent{}, Respondents: &n, Figures: len(s.Figures(id, at))}
	for _, t := range s.round(id).lived(at) {
		row.History = append(row.History, RoundEvent{t.Turn, s.RecordedAt(t.Position), t.Position, t.Actor, t.Reason, t.ID.String()})
	}
	return row, true
}

// RoundRows are the rounds known at a position, in the order of Rounds.
func (s *State) RoundRows(at events.Position) []RoundRow {
	var out []RoundRow
	for _, rd := range s.Rounds(at) {
		if row, ok := s.RoundRow(rd.ID, at); ok {
			out = append(out, row)
		}
	}
	return out
}

// Public is the row as the public may see it: how many take part becomes public with
// the round.
func (r RoundRow) Public(d domain.Disclosure, released bool) RoundRow {
	if r.Respondents != nil && (!released || *r.Respondents < d.MinDenominator) {
		r.Respondents = nil
	}
	history := make([]RoundEvent, len(r.History))
	for i, e := range r.History {
		e.Actor, e.Reason = "", ""
		history[i] = e
	}
	r.History = history
	return r
}

// Tallies are the counts of a round: of each respondent, in the order of
// Respondents, and of each indicator, in that of the framework.
type Tallies struct {
	Respondents []domain.Tally
	Indicators  []domain.Tally
}

// Tallies counts a round's places as believed at a position; ok is false where
// the round was not opened by then.
func (s *State) Tallies(id domain.RoundID, at events.Position) (out Tallies, ok bool) {
	rd, ok := s.Round(id, at)
	if !ok {
		return out, false
	}
	who := s.Respondents(id, at)
	g := s.panel.grid(rd.Framework)
	l := g.layer(id)
	out.Respondents, out.Indicators = make([]domain.Tally, len(who)), make([]domain.Tally, len(g.column))
	for i, e := range who {
		row, met := g.rows.find(e.Respondent)
		for j := range g.framework.Indicators {
			var head uint32
			if met && l != nil {
				head = l.head(int(row)*len(g.column) + j)
			}
			status, wasLate := domain.Status(""), false
			if h := s.panel.current(head, at); h != 0 {
				x := s.panel.entries[h-1]
				status, wasLate = s.panel.statuses.Names[x.Status], x.Flags.has(late)
			}
			disputes := s.panel.disputes(head, at)
			out.Respondents[i].Add(status, wasLate, disputes)
			out.Indicators[j].Add(status, wasLate, disputes)
		}
	}
	return out, true
}

// RoundReport tells how complete a round was at a position, in full.
func (s *State) RoundReport(id domain.RoundID, at events.Position) (RoundReport, error) {
	r, t, err := s.roundReport(id, at)
	if err != nil {
		return r, err
	}
	var total domain.Tally
	for j := range r.Indicators {
		total = total.Plus(t.Indicators[j])
		r.Indicators[j].Completeness = t.Indicators[j].Completeness()
	}
	r.Total, r.TotalIndicators = total.Completeness(), len(r.Indicators)
	return r, nil
}

// PublicRoundReport is the report as the public may see it: what is counted of
// indicators is as of the position at which the round is public, 0 where it is not.
// It is of those whose total is shown. Sees says of which respondents the reader may see
// the row as well.
func (s *State) PublicRoundReport(id domain.RoundID, at, public events.Position, d *domain.Disclosed, sees func(domain.Respondent) bool) (RoundReport, error) {
	r, _, err := s.roundReport(id, at)
	if err != nil {
		return r, err
	}
	r.RoundRow = r.Public(d.Rule(), public > 0)
	t, counted := s.Tallies(id, public)
	if !counted {
		t.Indicators = make([]domain.Tally, len(r.Indicators))
	}
	rows, total, shown := d.Rule().RoundCompleteness(t.Indicators, func(j int) bool { return d.ShowsAll(id, j) })
	for j := range r.Indicators {
		r.Indicators[j].Completeness = rows[j]
	}
	r.Total, r.TotalIndicators = total, shown
	own := []RespondentCompleteness{}
	for _, x := range r.Respondents {
		if sees(x.Respondent) {
			own = append(own, x)
		}
	}
	r.Respondents = own
	return r, nil
}

// roundReport is the report without what is counted of indicators.
func (s *State) roundReport(id domain.RoundID, at events.Position) (RoundReport, Tallies, error) {
	row, ok := s.RoundRow(id, at)
	t, counted := s.Tallies(id, at)
	if !ok || !counted {
		return RoundReport{}, t, UnknownRound(id)
	}
	r := RoundReport{RoundRow: row, AsOf: s.RecordedAt(at), Position: at, Respondents: []RespondentCompleteness{}, Indicators: []IndicatorCompleteness{}}
	for i, e := range s.Respondents(id, at) {
		r.Respondents = append(r.Respondents, RespondentCompleteness{e, t.Respondents[i].Completeness()})
	}
	for _, in := range s.Framework(row.Framework).Indicators {
		r.Indicators = append(r.Indicators, IndicatorCompleteness{Indicator: in.ID})
	}
	return r, t, nil
}
