package projections

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"headway/domain"
	"headway/events"
)

// State is everything the log says, folded. It is not safe for concurrent use:
// a Runner guards it.
type State struct {
	position    events.Position
	ticks       []tick // one for each instant of recording
	frameworks  []*domain.Framework
	publishedAt []events.Position // of the frameworks
	models      []publishedModel
	rounds      []*round
	submissions []*submission
	releases    []Release
	documents   []namedDocument
	panel       panel
	versions    map[string]int64 // of every stream but the status streams
	counted     *tabulations
	stages      *stagings
}

// tick says that all positions up to Last, and past the tick before, were
// recorded At (Unix microseconds).
type tick struct {
	At   int64
	Last events.Position
}

type publishedModel struct {
	Model    domain.MaturityModel
	Position events.Position
}

// NewState is the fold of an empty log.
func NewState() *State {
	return &State{versions: map[string]int64{}, panel: newPanel(), counted: newTabulations(), stages: &stagings{kept: map[stagedRound]stagedAs{}}}
}

// Position is the newest event folded.
func (s *State) Position() events.Position { return s.position }

// RecordedAt is when an event at a position was recorded; the zero time before
// the first.
func (s *State) RecordedAt(p events.Position) time.Time {
	i := sort.Search(len(s.ticks), func(i int) bool { return s.ticks[i].Last >= p })
	if p < 1 || i == len(s.ticks) {
		return time.Time{}
	}
	return time.UnixMicro(s.ticks[i].At).UTC()
}

// PositionAt is the newest position recorded at an instant or before it.
func (s *State) PositionAt(t time.Time) events.Position {
	at := t.UnixMicro()
	i := sort.Search(len(s.ticks), func(i int) bool { return s.ticks[i].At > at })
	if i == 0 {
		return 0
	}
	return s.ticks[i-1].Last
}

// Apply folds the next event. On an error the state is as it was: the event is
// out of order, or cannot be read (errors.Is events.ErrUnreadable).
func (s *State) Apply(e events.Event) error {
	if e.Position != s.position+1 {
		return fmt.Errorf("fold: event %d cannot follow event %d", e.Position, s.position)
	}
	p, err := events.Decode(e)
	if err != nil {
		return fmt.Errorf("fold: %w", err)
	}
	if err := s.fold(e, p); err != nil {
		return fmt.Errorf("fold: event %d: %w: %w", e.Position, events.ErrUnreadable, err)
	}
	s.position = e.Position
	if at := e.RecordedAt.UnixMicro(); len(s.ticks) > 0 && s.ticks[len(s.ticks)-1].At == at {
		s.ticks[len(s.ticks)-1].Last = e.Position
	} else {
		s.ticks = append(s.ticks, tick{at, e.Position})
	}
	return nil
}

// fold changes the state only where it returns no error.
func (s *State) fold(e events.Event, p domain.Payload) error {
	switch p := p.(type) {
	case domain.StatusReported:
		return s.foldStatus(e, p.Country, p.Indicator, change{status: p.Status, late: p.LateReason != "", documents: p.Documents})
	case domain.StatusCorrected:
		return s.foldStatus(e, p.Country, p.Indicator, change{status: p.Status, supersedes: p.Corrects, late: p.LateReason != "", documents: p.Documents})
	case domain.StatusWithdrawn:
		return s.foldStatus(e, p.Country, p.Indicator, change{supersedes: p.Withdraws, withdraws: true, late: p.LateReason != ""})
	case domain.FrameworkPublished:
		f := p.Framework
		s.frameworks, s.publishedAt = append(s.frameworks, &f), append(s.publishedAt, e.Position)
		s.panel.addFramework(&f)
	case domain.MaturityModelPublished:
		s.models = append(s.models, publishedModel{p.Model, e.Position})
	case domain.RoundOpened:
		f := s.Framework(p.Framework)
		if f == nil {
			return fmt.Errorf("round %s is asked with framework %s, which was not published", p.Round, p.Framework)
		}
		s.rounds = append(s.rounds, newRound(e, p))
	case domain.RoundClosed:
		return s.turn(e, p.Round, Closed, p.Reason)
	case domain.RoundReopened:
		return s.turn(e, p.Round, Reopened, p.Reason)
	case domain.CountryEnrolled:
		r := s.round(p.Round)
		if r == nil {
			return fmt.Errorf("round %s was not opened", p.Round)
		}
		r.Enrolments = append(r.Enrolments, enrolled{p.Enrolment, e.Position})
		r.last = e.Position
	case domain.FigurePublished:
		r := s.round(p.Figure.Round)
		if r == nil {
			return fmt.Errorf("round %s was not opened", p.Figure.Round)
		}
		r.Figures = append(r.Figures, PublishedFigure{p.Figure, e.Source, e.Position})
	case domain.ReleasePublished:
		return s.foldRelease(e, p)
	case domain.SubmissionSubmitted:
		return s.foldSubmitted(e, p)
	case domain.SubmissionApproved:
		return s.foldReview(e, p.Submission, domain.Approved, p.Comment)
	case domain.SubmissionReturned:
		return s.foldReview(e, p.Submission, domain.Returned, p.Comment)
	case domain.SubmissionWithdrawn:
		return s.foldReview(e, p.Submission, domain.Withdrawn, p.Reason)
	default:
		return fmt.Errorf("no fold for %s", e.Type)
	}
	s.versions[e.Stream] = e.Version
	return nil
}

// turn records that a round was closed or reopened.
func (s *State) turn(e events.Event, id domain.RoundID, to Turn, reason string) error {
	r := s.round(id)
	if r == nil {
		return fmt.Errorf("round %s was not opened", id)
	}
	r.Life = append(r.Life, turned(e, to, reason))
	r.last = e.Position
	s.versions[e.Stream] = e.Version
	return nil
}

func (s *State) foldStatus(e events.Event, r domain.Respondent, i domain.IndicatorID, c change) error {
	rd := s.round(e.Round)
	if rd == nil {
		return fmt.Errorf("round %s was not opened", e.Round)
	}
	if err := s.panel.apply(e, rd.Opened.Framework, r, i, c); err != nil {
		return err
	}
	rd.last = e.Position
	s.addDocuments(e, r, i, false, c.documents)
	return nil
}

// Version is that of a stream: 0 when it has no event.
func (s *State) Version(stream string) int64 {
	if rest, ok := strings.CutPrefix(stream, "status/"); ok {
		f, rest, _ := strings.Cut(rest, "/")
		r, i, _ := strings.Cut(rest, "/")
		return s.panel.version(domain.FrameworkID(f), domain.Respondent(r), domain.IndicatorID(i))
	}
	return s.versions[stream]
}

// Frameworks are all frameworks in order of publication.
func (s *State) Frameworks() []*domain.Framework {
	return append([]*domain.Framework(nil), s.frameworks...)
}

// FrameworksAt are the frameworks known at a position, in order of publication.
func (s *State) FrameworksAt(at events.Position) []*domain.Framework {
	n := sort.Search(len(s.publishedAt), func(i int) bool { return s.publishedAt[i] > at })
	return append([]*domain.Framework(nil), s.frameworks[:n]...)
}

// FrameworkPublished is the position of the newest framework known at a position; 0
// where there is none.
func (s *State) FrameworkPublished(at events.Position) events.Position {
	n := sort.Search(len(s.publishedAt), func(i int) bool { return s.publishedAt[i] > at })
	if n == 0 {
		return 0
	}
	return s.publishedAt[n-1]
}

// MeantAt is Meant, of the frameworks known at a position.
func (s *State) MeantAt(id domain.FrameworkID, at events.Position) (*domain.Framework, error) {
	then := State{frameworks: s.FrameworksAt(at)}
	return then.Meant(id)
}

// MeantIndicatorAt is MeantIndicator, of the frameworks known at a position.
func (s *State) MeantIndicatorAt(id domain.IndicatorID, f domain.FrameworkID, at events.Position) (*domain.Framework, domain.Indicator, error) {
	then := State{frameworks: s.FrameworksAt(at)}
	return then.MeantIndicator(id, f)
}

// Lineage are all frameworks, for what continues what.
func (s *State) Lineage() domain.Lineage { return s.Frameworks() }

// Framework finds a framework; nil when it was not published. Frameworks are
// never changed, so the pointer may be kept.
func (s *State) Framework(id domain.FrameworkID) *domain.Framework {
	for _, f := range s.frameworks {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Models are all maturity models in order of publication.
func (s *State) Models() []domain.MaturityModel {
	out := make([]domain.MaturityModel, len(s.models))
	for i, m := range s.models {
		out[i] = m.Model
	}
	return out
}

// ModelsAt are the maturity models known at a position, in order of publication.
func (s *State) ModelsAt(at events.Position) []domain.MaturityModel {
	n := sort.Search(len(s.models), func(i int) bool { return s.models[i].Position > at })
	return s.Models()[:n]
}

// Model finds a maturity model.
func (s *State) Model(id domain.ModelID) (domain.MaturityModel, bool) {
	for _, m := range s.models {
		if m.Model.ID == id {
			return m.Model, true
		}
	}
	return domain.MaturityModel{}, false
}
