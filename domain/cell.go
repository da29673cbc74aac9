package domain

import "slices"

// Standing is a status that was reported and neither corrected nor withdrawn.
type Standing struct {
	EventID     string
	Status      Status
	EffectiveOn Date
	Late        bool // recorded after the round was closed
	Saying      Saying
}

// Saying is what goes with a status. A Standing has it only where a decision is
// about it.
type Saying struct {
	Note      string
	Evidence  []string
	Documents []Document
}

// with is the saying with what another adds to it, and whether it adds anything.
// Another note takes the place of the old one.
func (s Saying) with(more Saying) (Saying, bool) {
	out := Saying{s.Note, slices.Clone(s.Evidence), slices.Clone(s.Documents)}
	added := false
	if more.Note != "" && more.Note != s.Note {
		out.Note, added = more.Note, true
	}
	for _, e := range more.Evidence {
		if !slices.Contains(out.Evidence, e) {
			out.Evidence, added = append(out.Evidence, e), true
		}
	}
	for _, d := range more.Documents {
		if !slices.Contains(out.Documents, d) {
			out.Documents, added = append(out.Documents, d), true
		}
	}
	return out, added
}

// Cell is what a decision about one respondent and indicator in one round needs
// to know. Standing is in order of recording.
type Cell struct {
	Country   Respondent
	Indicator IndicatorID
	Version   int64 // of the status stream; 0 when nothing was ever said
	Standing  []Standing
	Disputes  int // how often a status was corrected or withdrawn
}

// Current is the status believed: of the latest effective date, and of those
// the one recorded last.
func (c *Cell) Current() (Standing, bool) {
	best := -1
	for i, s := range c.Standing {
		if best < 0 || s.EffectiveOn.Compare(c.Standing[best].EffectiveOn) >= 0 {
			best = i
		}
	}
	if best < 0 {
		return Standing{}, false
	}
	return c.Standing[best], true
}

// on is the standing status of a date; the zero Standing where there is none.
func (c *Cell) on(d Date) Standing {
	for _, s := range c.Standing {
		if s.EffectiveOn == d {
			return s
		}
	}
	return Standing{}
}

// Find returns the standing status that an event reported.
func (c *Cell) Find(eventID string) (Standing, bool) {
	for _, s := range c.Standing {
		if s.EventID == eventID {
			return s, true
		}
	}
	return Standing{}, false
}

// Apply folds one recorded fact about the cell. It is the specification of what
// "believed" means: projections must agree with it.
func (c *Cell) Apply(eventID string, effective Date, p Payload) {
	switch p := p.(type) {
	case StatusReported:
		c.Standing = append(c.Standing, Standing{eventID, p.Status, effective, p.LateReason != "", Saying{}})
	case StatusCorrected:
		c.drop(p.Corrects)
		c.Standing = append(c.Standing, Standing{eventID, p.Status, effective, p.LateReason != "", Saying{}})
		c.Disputes++
	case StatusWithdrawn:
		c.drop(p.Withdraws)
		c.Disputes++
	}
	c.Version++
}

func (c *Cell) drop(eventID string) {
	kept := c.Standing[:0:0]
	for _, s := range c.Standing {
		if s.EventID != eventID {
			kept = append(kept, s)
		}
	}
	c.Standing = kept
}
