package desk

import (
	"context"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// Released is what a release comes to. Its JSON is a promise.
type Released struct {
	Receipt
	// Number is that of the release; 0 where nothing would be shown that is not shown
	// already.
	Number    int                  `json:"number"`
	Attribute string               `json:"attribute,omitempty"`
	Rounds    []domain.ReleaseStep `json:"rounds"`
	Shown     []domain.RoundShown  `json:"shown"`
	Open      []domain.RoundID     `json:"open,omitempty"` // of the rounds, those that still take answers
	DryRun    bool                 `json:"dry_run,omitempty"`
}

// Release makes rounds public as of the present, and brings those that are public
// up to it where the change tells of no few. Without rounds it is all that have
// answers. A dry run records nothing.
func (d *Desk) Release(ctx context.Context, by events.Stamp, cmd domain.Release, dryRun bool) (Released, error) {
	var out Released
	decide := func(s *projections.State) (dec decision, err error) {
		out = Released{DryRun: dryRun}
		dec.facts, err = out.decide(s, cmd, d.today())
		return dec, err
	}
	if dryRun {
		if err := d.Runner.CatchUp(ctx); err != nil {
			return out, err
		}
		var err error
		d.Runner.Read(func(s *projections.State) {
			_, err = decide(s)
			out.Position = s.Position()
		})
		return out, err
	}
	receipt, err := d.execute(ctx, by, decide)
	out.Receipt = receipt
	return out, err
}

// decide decides on a release, and tells what it would show.
func (r *Released) decide(s *projections.State, cmd domain.Release, today domain.Date) ([]domain.Fact, error) {
	about, err := s.Releasing(domain.PublicDisclosure())
	if err != nil {
		return nil, err
	}
	if len(cmd.Rounds) == 0 {
		cmd.Rounds = s.Answered()
	}
	facts, steps, err := about.Publish(cmd, domain.Source{}, today)
	if err != nil {
		return nil, err
	}
	r.Rounds = steps
	for _, step := range steps {
		if rd, ok := s.Round(step.Round, s.Position()); ok && !rd.Closed {
			r.Open = append(r.Open, step.Round)
		}
	}
	last := s.ReleaseAt(s.Position())
	if len(facts) > 0 {
		p := facts[0].Payload.(domain.ReleasePublished)
		last, r.Number = &projections.Release{ReleasePublished: p, At: s.Position() + 1}, p.Number
	}
	shown, err := s.Disclosed(last)
	if err != nil {
		return nil, err
	}
	r.Attribute, r.Shown = last.Attribute, shown.Shown(last.Rounds)
	return facts, nil
}
