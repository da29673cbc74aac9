package sentence

import "headway/domain"

// Claim is what may be said of the change of an indicator.
type Claim string

// The claims. Better and worse go by polarity: of an indicator where yes is the bad
// answer, more yes is worse. More and less are for indicators without a polarity.
const (
	Better  Claim = "better"
	Worse   Claim = "worse"
	More    Claim = "more"
	Less    Claim = "less"
	None    Claim = "none"    // no change can be told from chance, or from who did not answer
	Unknown Claim = "unknown" // the numbers that would tell cannot be had, or are not shown
)

// Changed reports whether a change is claimed.
func (c Claim) Changed() bool { return c == Better || c == Worse || c == More || c == Less }

// alpha is the level of the test: that of the intervals, which are of 95 %.
const alpha = 0.05

// ClaimOf is what may be said of a row. A change is claimed only where all that the
// row has exclude that nothing changed: the interval; in the matched panel the test
// for pairs, adjusted for the number of indicators; and where answers are missing
// what they allow.
func ClaimOf(r domain.Comparison) Claim {
	if r.Break || r.Change == nil || r.ChangeLow == nil || r.ChangeHigh == nil || r.Panel == domain.Matched && r.PAdjusted == nil {
		return Unknown
	}
	for _, e := range evidenceOf(r) {
		if !e.excludes {
			return None
		}
	}
	up := *r.Change > 0
	switch {
	case r.Polarity == "" && up:
		return More
	case r.Polarity == "":
		return Less
	case up == (r.Polarity == domain.Positive):
		return Better
	}
	return Worse
}

// kind is what evidence rests on.
type kind string

const (
	interval kind = "interval" // what chance would do
	test     kind = "test"     // for pairs, adjusted
	bounds   kind = "bounds"   // what missing answers allow
	later    kind = "later"    // the same, where only the later round's are known to be missing
	earlier  kind = "earlier"  // the same of the earlier round
)

// evidence is one ground on which a change is claimed or not.
type evidence struct {
	kind      kind
	low, high float64 // of the test both are p
	excludes  bool    // that nothing changed
}

// evidenceOf lists what a row with a change has: the interval, the test, and what
// the missing answers allow where any are missing.
func evidenceOf(r domain.Comparison) []evidence {
	away := func(low, high float64) bool { return low > 0 || high < 0 }
	out := []evidence{{interval, *r.ChangeLow, *r.ChangeHigh, away(*r.ChangeLow, *r.ChangeHigh)}}
	if r.PAdjusted != nil {
		out = append(out, evidence{test, *r.PAdjusted, *r.PAdjusted, *r.PAdjusted < alpha})
	}
	// Bounds never lie on the other side of no change than the change itself.
	switch b := r.ChangeBounds; {
	case b != nil && apart(*b):
		out = append(out, evidence{bounds, b[0], b[1], away(b[0], b[1])})
	case b != nil:
	case r.ToBounds != nil && apart(*r.ToBounds):
		// Of a published total who did not answer is not known: the other side's missing
		// answers alone must not undo the change.
		out = append(out, evidence{later, r.ToBounds[0], r.ToBounds[1], away(r.ToBounds[0]-*r.FromShare, r.ToBounds[1]-*r.FromShare)})
	case r.FromBounds != nil && apart(*r.FromBounds):
		out = append(out, evidence{earlier, r.FromBounds[0], r.FromBounds[1], away(*r.ToShare-r.FromBounds[1], *r.ToShare-r.FromBounds[0])})
	}
	return out
}

// apart reports whether bounds are more than a point: whether any answer is missing.
func apart(b [2]float64) bool { return b[1]-b[0] > 1e-9 }
