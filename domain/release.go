package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Release is the command to make rounds public, or to bring those that are public
// up to the present.
type Release struct {
	Name      string
	Rounds    []RoundID // that become public, in this order, or advance; other public rounds stay as they are
	Attribute string    // by which the public may see groups; "" for none
}

// Releasing is what a decision about a release needs to know.
type Releasing struct {
	Past []ReleasePublished // oldest first
	Rule Disclosure
	Now  int64 // the position as of which rounds become public
	// Answers are those of a round as of a position; nil where it was not opened.
	Answers func(RoundID, int64) *Tabulation
	// Figures are those published by now about a round, and about the round that it
	// stands in for.
	Figures func(RoundID) []Figure
	// Shown is what the newest release shows; nil before the first.
	Shown *Disclosed
	// Other says that something else than answers was recorded since the newest
	// release: figures, rounds, who takes part. The public sees that with the next.
	Other bool
}

// Step says what a release does with a round.
type Step string

// The steps of a round in a release.
const (
	BecomesPublic Step = "new"       // it was not public before
	Advances      Step = "advanced"  // it is public as of a later position than before
	Stays         Step = "unchanged" // nothing that counts has changed
	Held          Step = "held"      // it stays as it was: the change would tell of a few
)

// ReleaseStep is a round's part in a release. To anybody but who releases, a round
// that is held looks just as one in which nothing has changed.
type ReleaseStep struct {
	ReleasedRound
	Step Step `json:"step"`
	// HeldBy are the indicators whose change would tell of a few.
	HeldBy []IndicatorID `json:"held_by,omitempty"`
}

// Publish decides on a release, and says what becomes of each round. It is no fact
// where nothing would be shown that is not shown already, of answers or of anything
// else.
func (r Releasing) Publish(cmd Release, src Source, today Date) ([]Fact, []ReleaseStep, error) {
	var last *ReleasePublished
	if len(r.Past) > 0 {
		last = &r.Past[len(r.Past)-1]
	}
	if err := r.check(cmd); err != nil {
		return nil, nil, err
	}
	var steps []ReleaseStep
	if last != nil {
		for _, old := range last.Rounds {
			step := ReleaseStep{ReleasedRound: old, Step: Stays}
			if slices.Contains(cmd.Rounds, old.Round) {
				step = r.advance(old)
			}
			steps = append(steps, step)
		}
	}
	for _, id := range cmd.Rounds {
		if _, public := last.Round(id); !public {
			steps = append(steps, ReleaseStep{ReleasedRound: ReleasedRound{id, r.Now}, Step: BecomesPublic})
		}
	}
	if len(steps) == 0 {
		return nil, nil, Refuse(CodeNoAnswers, "no round has answers yet: there is nothing to release")
	}
	p := ReleasePublished{Number: len(r.Past) + 1, Name: strings.TrimSpace(cmd.Name), Rule: r.Rule, Attribute: cmd.Attribute}
	simulated := true
	for _, s := range steps {
		p.Rounds = append(p.Rounds, s.ReleasedRound)
		simulated = simulated && r.Answers(s.Round, r.Now).Round().Simulated
	}
	if last != nil && !r.Other && last.Rule == p.Rule && last.Attribute == p.Attribute && slices.Equal(last.Rounds, p.Rounds) {
		return nil, steps, nil
	}
	return []Fact{{Stream: ReleaseStream, Payload: p, EffectiveOn: today, Source: src, Simulated: simulated}}, steps, nil
}

// check refuses rounds that cannot become public, and a second way of grouping: two
// would let the difference of overlapping groups be taken.
func (r Releasing) check(cmd Release) error {
	for i, id := range cmd.Rounds {
		t := r.Answers(id, r.Now)
		switch {
		case t == nil:
			return Refuse(CodeUnknownRound, fmt.Sprintf("there is no round %q; see `headway round list`", id), "round", string(id))
		case slices.Contains(cmd.Rounds[:i], id):
			return Refuse(CodeInvalid, fmt.Sprintf("round %s is named twice", id), "round", string(id))
		case !slices.ContainsFunc(t.columns, func(y Column) bool { return !y.answered().Empty() }):
			return Refuse(CodeNoAnswers, fmt.Sprintf("round %s has no answers yet: there is nothing to release of it", id), "round", string(id))
		}
	}
	for _, p := range r.Past {
		if p.Attribute != "" && cmd.Attribute != "" && cmd.Attribute != p.Attribute {
			return Refuse(CodeInvalid, fmt.Sprintf("release %d shows groups by %s, so that no other attribute can become public: the difference of overlapping groups would tell of a few; use --group %s or --group none",
				p.Number, p.Attribute, p.Attribute), "group", cmd.Attribute, "public", p.Attribute)
		}
	}
	return nil
}

// advance decides whether a public round is shown as of the present. It is where of
// each indicator that changed either answers were only added, and so many that they
// tell of no few; or only the total was public, and so many changed and stayed that
// neither does. Else the whole round stays as it was. An indicator of which figures
// were published has no say: when its answers have changed, nothing of it is shown.
func (r Releasing) advance(old ReleasedRound) ReleaseStep {
	a, b := Align(r.Answers(old.Round, old.Position), r.Answers(old.Round, r.Now))
	out := ReleaseStep{ReleasedRound: old, Step: Stays}
	figures := r.Figures(old.Round)
	for j, in := range a.framework.Indicators {
		diff := changed(a, b, j)
		if diff.Empty() {
			continue
		}
		if out.Step == Stays {
			out.Step = Advances
		}
		if anyAbout(figures, in.ID) {
			continue
		}
		if !r.Rule.adds(a.Column(j), b.Column(j)) && (r.Shown.divides(old.Round, j) || !r.Rule.hidesChange(a.Column(j), b.Column(j), diff)) {
			out.Step, out.HeldBy = Held, append(out.HeldBy, in.ID)
		}
	}
	if out.Step == Advances {
		out.Position = r.Now
	}
	return out
}

// adds reports whether nobody who had answered answers otherwise, and the new answers
// may be told apart.
func (d Disclosure) adds(old, now *Column) bool {
	for k := range old.Levels {
		if CountAndNot(old.Levels[k], now.Levels[k]) > 0 {
			return false
		}
	}
	if CountAndNot(old.Yes, now.Yes) > 0 || CountAndNot(old.No, now.No) > 0 {
		return false
	}
	added := now.answered().AndNot(old.answered())
	return added.Empty() || d.Shows(CountAnd(now.Yes, added), added.Len(), true)
}

// hidesChange reports whether the answers of those in whom two states differ may be
// taken for known in both, and those of all others as well.
func (d Disclosure) hidesChange(old, now *Column, diff Set) bool {
	if diff.Len() < d.MinDenominator {
		return false
	}
	for _, y := range []*Column{old, now} {
		who := y.answered()
		differ, stay := who.And(diff), who.AndNot(diff)
		if differ.Empty() {
			continue
		}
		// Also where nobody stays: all answers turned round are the answers.
		for _, part := range []Set{differ, stay} {
			if !d.Shows(CountAnd(y.Yes, part), part.Len(), true) {
				return false
			}
		}
	}
	return true
}
