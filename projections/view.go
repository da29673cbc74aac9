package projections

import (
	"fmt"
	"strconv"
	"time"

	"headway/domain"
	"headway/events"
)

// Moment is a point in the log's history: a position, or an instant. The zero
// Moment is now.
type Moment struct {
	Position events.Position
	Instant  time.Time
}

// ParseMoment reads a position ("1042"), an instant ("2026-05-01T12:00:00Z") or
// a day ("2026-05-01", which means its end in UTC); "" is now.
func ParseMoment(s string) (Moment, error) {
	if s == "" {
		return Moment{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return Moment{Instant: t}, nil
	}
	if d, err := time.Parse(time.DateOnly, s); err == nil {
		return Moment{Instant: d.AddDate(0, 0, 1).Add(-time.Microsecond)}, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		return Moment{Position: events.Position(n)}, nil
	}
	return Moment{}, domain.Refuse(domain.CodeInvalid,
		fmt.Sprintf("%q is not a moment: write a position such as 1042, a day such as 2026-05-01 or an instant such as 2026-05-01T12:00:00Z", s),
		"value", s)
}

// IsNow reports whether the moment is the present.
func (m Moment) IsNow() bool { return m.Position == 0 && m.Instant.IsZero() }

// At is the position that a moment means: never past what is folded.
func (s *State) At(m Moment) events.Position {
	switch {
	case !m.Instant.IsZero():
		return s.PositionAt(m.Instant)
	case m.Position > 0:
		return min(m.Position, s.position)
	}
	return s.position
}

// Answers are one round's answers as believed at a position. It is a copy: it
// does not change when the state does. It implements domain.Answers.
type Answers struct {
	round       domain.Round
	framework   *domain.Framework
	respondents []domain.Enrolment
	statuses    []domain.Status // row by row
	position    events.Position
}

// Round is the round as it was known.
func (a *Answers) Round() domain.Round { return a.round }

// Framework is the round's questionnaire.
func (a *Answers) Framework() *domain.Framework { return a.framework }

// Respondents are the enrolled, by code.
func (a *Answers) Respondents() []domain.Enrolment { return a.respondents }

// Position is the moment of the answers.
func (a *Answers) Position() events.Position { return a.position }

// Status is the status of a respondent (by place in Respondents) on an indicator
// (by place in the framework); "" where nothing is believed.
func (a *Answers) Status(respondent, indicator int) domain.Status {
	return a.statuses[respondent*len(a.framework.Indicators)+indicator]
}

// Answers reads a round as believed at a position.
func (s *State) Answers(id domain.RoundID, at events.Position) (*Answers, error) {
	rd, ok := s.Round(id, at)
	if !ok {
		return nil, UnknownRound(id)
	}
	a := &Answers{round: rd, framework: s.Framework(rd.Framework), respondents: s.Respondents(id, at), position: at}
	width := len(a.framework.Indicators)
	a.statuses = make([]domain.Status, len(a.respondents)*width)
	g := s.panel.grid(rd.Framework)
	l := g.layer(id)
	if l == nil {
		return a, nil
	}
	for i, e := range a.respondents {
		row, ok := g.rows.find(e.Respondent)
		if !ok {
			continue
		}
		for j := range width {
			at0 := int(row)*width + j
			if at0 >= len(l.heads) {
				break
			}
			if h := s.panel.current(l.heads[at0], at); h != 0 {
				a.statuses[i*width+j] = s.panel.statuses.Names[s.panel.entries[h-1].Status]
			}
		}
	}
	return a, nil
}

// UnknownRound is the refusal for a round that was not opened.
func UnknownRound(id domain.RoundID) *domain.Refusal {
	return domain.Refuse(domain.CodeUnknownRound,
		fmt.Sprintf("there is no round %q; see `headway round list`", id), "round", string(id))
}

// Selection narrows current statuses. Empty fields select everything.
type Selection struct {
	Framework domain.FrameworkID
	Round     domain.RoundID
	Country   domain.Respondent
	Indicator domain.IndicatorID
}

// Believed is a status that was believed at a moment; the event that reported
// it has the rest.
type Believed struct {
	Framework domain.FrameworkID
	Country   domain.Respondent
	Indicator domain.IndicatorID
	Round     domain.RoundID
	Status    domain.Status
	Position  events.Position
}

// Believed lists the statuses believed at a position, by round, respondent and
// indicator.
func (s *State) Believed(sel Selection, at events.Position) []Believed {
	var out []Believed
	for _, rd := range s.Rounds(at) {
		if sel.Round != "" && rd.ID != sel.Round || sel.Framework != "" && rd.Framework != sel.Framework {
			continue
		}
		g := s.panel.grid(rd.Framework)
		for _, e := range s.Respondents(rd.ID, at) {
			if sel.Country != "" && e.Respondent != sel.Country {
				continue
			}
			for _, in := range g.framework.Indicators {
				if sel.Indicator != "" && in.ID != sel.Indicator {
					continue
				}
				h := s.panel.current(s.panel.head(rd.Framework, rd.ID, e.Respondent, in.ID), at)
				if h == 0 {
					continue
				}
				x := s.panel.entries[h-1]
				out = append(out, Believed{rd.Framework, e.Respondent, in.ID, rd.ID, s.panel.statuses.Names[x.Status], x.Position})
			}
		}
	}
	return out
}
