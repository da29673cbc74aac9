package domain

// ReleasePublished says from when on which answers the public may see numbers of.
// An analyst causes it. It holds everything that decides what is shown, so that a
// release shows the same for ever: nothing recorded later changes it.
type ReleasePublished struct {
	Number int    `json:"number"` // 1, 2, … in order
	Name   string `json:"name,omitempty"`
	// Rule is that by which numbers are hidden.
	Rule Disclosure `json:"rule"`
	// Attribute is that by which the public may see groups, the same in every release;
	// "" where there are none.
	Attribute string `json:"attribute,omitempty"`
	// Rounds are those that are public, in the order in which they became so. A later
	// release appends to them and takes none away.
	Rounds []ReleasedRound `json:"rounds"`
}

// ReleasedRound is a round with the position in the log as of which its answers are
// public.
type ReleasedRound struct {
	Round    RoundID `json:"round"`
	Position int64   `json:"position"`
}

func (ReleasePublished) EventType() string  { return "release.published" }
func (ReleasePublished) SchemaVersion() int { return 1 }

// Round finds a round among those of a release.
func (r *ReleasePublished) Round(id RoundID) (ReleasedRound, bool) {
	if r != nil {
		for _, x := range r.Rounds {
			if x.Round == id {
				return x, true
			}
		}
	}
	return ReleasedRound{}, false
}
