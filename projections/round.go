package projections

import (
	"slices"
	"sort"
	"strings"

	"headway/domain"
	"headway/events"
)

// round is what the log says of a survey round, each part with the position
// from which on it is known.
type round struct {
	Opened     domain.RoundOpened
	Reference  domain.Date
	Simulated  bool
	Position   events.Position
	Life       []turning // opened, closed, reopened, closed, …
	Enrolments []enrolled
	Figures    []PublishedFigure
	last       events.Position // of the events about the round, its enrolments and its statuses
}

// Turn is what happened to a round.
type Turn string

// The turns of a round.
const (
	Opened   Turn = "opened"
	Closed   Turn = "closed"
	Reopened Turn = "reopened"
)

// turning is a turn as it stands in the log; State.RecordedAt has its time.
type turning struct {
	Turn     Turn
	Position events.Position
	ID       events.ID
	Actor    string
	Reason   string
}

func turned(e events.Event, to Turn, reason string) turning {
	return turning{to, e.Position, e.ID, e.Actor, reason}
}

type enrolled struct {
	Enrolment domain.Enrolment
	Position  events.Position
}

// PublishedFigure is a published total with where it stands.
type PublishedFigure struct {
	Figure   domain.Figure   `json:"figure"`
	Source   string          `json:"source"` // JSON of a domain.Source
	Position events.Position `json:"position"`
}

func newRound(e events.Event, p domain.RoundOpened) *round {
	return &round{Opened: p, Reference: e.EffectiveOn, Simulated: e.Simulated, Position: e.Position, last: e.Position,
		Life: []turning{turned(e, Opened, "")}}
}

func (s *State) round(id domain.RoundID) *round {
	for _, r := range s.rounds {
		if r.Opened.Round == id {
			return r
		}
	}
	return nil
}

func (s *State) roundAt(r *round, at events.Position) domain.Round {
	return domain.Round{
		ID: r.Opened.Round, Framework: r.Opened.Framework, ReferenceDate: r.Reference, Name: r.Opened.Name,
		Simulated: r.Simulated, StandsInFor: r.Opened.StandsInFor,
		Closed: r.closed(at), Version: r.version(at),
	}
}

// lived is the life of the round up to a position.
func (r *round) lived(at events.Position) []turning {
	n := sort.Search(len(r.Life), func(i int) bool { return r.Life[i].Position > at })
	return r.Life[:n]
}

// closed reports whether the last turn up to a position was a closing.
func (r *round) closed(at events.Position) bool {
	l := r.lived(at)
	return len(l) > 0 && l[len(l)-1].Turn == Closed
}

// version is that of the round's stream at a position: its turns and enrolments.
func (r *round) version(at events.Position) int64 {
	enrolled := sort.Search(len(r.Enrolments), func(i int) bool { return r.Enrolments[i].Position > at })
	return int64(len(r.lived(at)) + enrolled)
}

// Rounds are the rounds known at a position, in order of reference date; of
// equal dates the real before the simulated, then by id.
func (s *State) Rounds(at events.Position) []domain.Round {
	var out []domain.Round
	for _, r := range s.rounds {
		if r.Position <= at {
			out = append(out, s.roundAt(r, at))
		}
	}
	slices.SortFunc(out, func(a, b domain.Round) int {
		if c := a.ReferenceDate.Compare(b.ReferenceDate); c != 0 {
			return c
		}
		if a.Simulated != b.Simulated {
			if b.Simulated {
				return -1
			}
			return 1
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return out
}

// Round finds a round as it was known at a position.
func (s *State) Round(id domain.RoundID, at events.Position) (domain.Round, bool) {
	r := s.round(id)
	if r == nil || r.Position > at {
		return domain.Round{}, false
	}
	return s.roundAt(r, at), true
}

// Figures are the totals published about a round, as known at a position, in
// order of publication.
func (s *State) Figures(id domain.RoundID, at events.Position) []PublishedFigure {
	r := s.round(id)
	if r == nil {
		return nil
	}
	var out []PublishedFigure
	for _, f := range r.Figures {
		if f.Position <= at {
			out = append(out, f)
		}
	}
	return out
}

// Respondents are a round's enrolments as known at a position, by code.
func (s *State) Respondents(id domain.RoundID, at events.Position) []domain.Enrolment {
	r := s.round(id)
	if r == nil {
		return nil
	}
	var out []domain.Enrolment
	for _, e := range r.Enrolments {
		if e.Position <= at {
			out = append(out, e.Enrolment)
		}
	}
	slices.SortFunc(out, func(a, b domain.Enrolment) int {
		return strings.Compare(string(a.Respondent), string(b.Respondent))
	})
	return out
}

// Survey is what a decision about a round needs; ok is false when the round was
// never opened.
func (s *State) Survey(id domain.RoundID) (domain.Survey, bool) {
	r := s.round(id)
	if r == nil {
		return domain.Survey{}, false
	}
	byCode := make(map[domain.Respondent]domain.Enrolment, len(r.Enrolments))
	for _, e := range r.Enrolments {
		byCode[e.Enrolment.Respondent] = e.Enrolment
	}
	return domain.Survey{
		Round:     s.roundAt(r, s.position),
		Framework: s.Framework(r.Opened.Framework),
		Enrolment: func(c domain.Respondent) (domain.Enrolment, bool) { e, ok := byCode[c]; return e, ok },
	}, true
}

// Cell is what a decision about a status needs.
func (s *State) Cell(id domain.RoundID, r domain.Respondent, i domain.IndicatorID) domain.Cell {
	c := domain.Cell{Country: r, Indicator: i}
	rd := s.round(id)
	if rd == nil {
		return c
	}
	c.Version = s.panel.version(rd.Opened.Framework, r, i)
	c.Disputes = s.panel.disputes(s.panel.head(rd.Opened.Framework, id, r, i), s.position)
	c.Standing = s.panel.standing(rd.Opened.Framework, id, r, i, s.position)
	return c
}
