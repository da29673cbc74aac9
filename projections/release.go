package projections

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"headway/domain"
	"headway/events"
)

// Release is a release as it stands in the log.
type Release struct {
	domain.ReleasePublished
	At events.Position `json:"at"`
}

func (s *State) foldRelease(e events.Event, p domain.ReleasePublished) error {
	for _, x := range p.Rounds {
		if s.round(x.Round) == nil {
			return fmt.Errorf("release %d: round %s was not opened", p.Number, x.Round)
		}
	}
	s.releases = append(s.releases, Release{p, e.Position})
	s.versions[e.Stream] = e.Version
	return nil
}

// Releases are those known at a position, oldest first.
func (s *State) Releases(at events.Position) []Release {
	n := len(s.releases)
	for n > 0 && s.releases[n-1].At > at {
		n--
	}
	return slices.Clone(s.releases[:n])
}

// ReleaseAt is the newest release at a position; nil where nothing was released by
// then.
func (s *State) ReleaseAt(at events.Position) *Release {
	if all := s.Releases(at); len(all) > 0 {
		return &all[len(all)-1]
	}
	return nil
}

// ReleaseRow is a release with when it was recorded. Its JSON is a promise.
type ReleaseRow struct {
	domain.ReleasePublished
	Position   events.Position `json:"position"`
	RecordedAt time.Time       `json:"recorded_at"`
}

// ReleaseRows are the releases known at a position, oldest first.
func (s *State) ReleaseRows(at events.Position) []ReleaseRow {
	out := []ReleaseRow{}
	for _, r := range s.Releases(at) {
		out = append(out, ReleaseRow{r.ReleasePublished, r.At, s.RecordedAt(r.At)})
	}
	return out
}

// Disclosed decides what a release shows. It depends on nothing that was recorded
// after it, so that it may be kept.
func (s *State) Disclosed(r *Release) (*domain.Disclosed, error) {
	past := s.Releases(r.At)
	var rounds []domain.PublicRound
	for _, x := range r.Rounds {
		t, err := s.Tabulation(x.Round, events.Position(x.Position))
		if err != nil {
			return nil, err
		}
		p := domain.PublicRound{Answers: t, Figures: s.figuresAbout(t.Round(), r.At)}
		seen := []int64{x.Position}
		for _, old := range past {
			was, ok := old.Round(x.Round)
			if !ok || slices.Contains(seen, was.Position) {
				continue
			}
			seen = append(seen, was.Position)
			then, err := s.Tabulation(x.Round, events.Position(was.Position))
			if err != nil {
				return nil, err
			}
			p.Before = append(p.Before, then)
		}
		rounds = append(rounds, p)
	}
	return domain.Disclose(r.Rule, r.Attribute, s.Lineage(), rounds), nil
}

// figuresAbout are those published about a round, and about the round that it stands in
// for, as known at a position.
func (s *State) figuresAbout(rd domain.Round, at events.Position) (out []domain.Figure) {
	for _, id := range []domain.RoundID{rd.ID, rd.StandsInFor} {
		for _, f := range s.Figures(id, at) {
			out = append(out, f.Figure)
		}
	}
	return out
}

// Answered are the rounds of which anything is believed, in order.
func (s *State) Answered() []domain.RoundID {
	var out []domain.RoundID
	for _, rd := range s.Rounds(s.position) {
		if len(s.Believed(Selection{Round: rd.ID}, s.position)) > 0 {
			out = append(out, rd.ID)
		}
	}
	return out
}

// Releasing is what a decision about a release needs, at the state's position.
func (s *State) Releasing(rule domain.Disclosure) (domain.Releasing, error) {
	out := domain.Releasing{Rule: rule, Now: int64(s.position)}
	for _, r := range s.releases {
		out.Past = append(out.Past, r.ReleasePublished)
	}
	out.Answers = func(id domain.RoundID, at int64) *domain.Tabulation {
		t, err := s.Tabulation(id, events.Position(at))
		if err != nil {
			return nil
		}
		return t
	}
	out.Figures = func(id domain.RoundID) []domain.Figure {
		rd, _ := s.Round(id, s.position)
		return s.figuresAbout(rd, s.position)
	}
	if last := s.ReleaseAt(s.position); last != nil {
		out.Other = s.otherThanAnswers() > last.At
		shown, err := s.Disclosed(last)
		if err != nil {
			return out, err
		}
		out.Shown = shown
	}
	return out, nil
}

// otherThanAnswers is the newest position of what is neither an answer nor a release.
func (s *State) otherThanAnswers() (at events.Position) {
	for _, p := range s.publishedAt {
		at = max(at, p)
	}
	for _, m := range s.models {
		at = max(at, m.Position)
	}
	for _, r := range s.rounds {
		for _, t := range r.Life {
			at = max(at, t.Position)
		}
		for _, e := range r.Enrolments {
			at = max(at, e.Position)
		}
		for _, f := range r.Figures {
			at = max(at, f.Position)
		}
	}
	return at
}

// PublicModel is the maturity model whose stages the public may see of a framework:
// the first that was published for it, unless its rules look at the round before.
// The difference of two models would tell of a few, and so would that of two states
// of the round before. Ok is false where there is none.
func (s *State) PublicModel(id domain.FrameworkID, at events.Position) (domain.MaturityModel, bool) {
	for _, m := range s.ModelsAt(at) {
		if m.Framework != id {
			continue
		}
		past := slices.ContainsFunc(m.Stages, func(x domain.Stage) bool { return strings.Contains(x.Rule, "before_") })
		return m, !past
	}
	return domain.MaturityModel{}, false
}
