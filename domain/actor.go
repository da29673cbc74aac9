package domain

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// Actor is who is behind the pseudonym that events carry. The events stay for
// ever; this row can be erased.
type Actor struct {
	ID          string     `json:"id"` // the pseudonym
	Name        string     `json:"name"`
	Contact     string     `json:"contact,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
	ForgottenAt *time.Time `json:"forgotten_at,omitempty"` // since when nobody is named; the pseudonym is never given again
}

// Codes of refusals about actors.
const (
	CodeNotAPseudonym Code = "not_a_pseudonym" // what should be recorded as actor could name a person
	CodeActorExists   Code = "actor_exists"    // the pseudonym was given before
	CodeUnknownActor  Code = "unknown_actor"   // nobody was named for the pseudonym
	CodeForgotten     Code = "actor_forgotten" // who was behind the pseudonym was erased
)

const (
	maxPseudonym = 64
	maxName      = 200
)

// CheckPseudonym refuses what is recorded as the actor of an event unless it has
// the form of a pseudonym: lower-case letters a to z, digits, hyphens, dots and
// underscores, beginning with a letter or a digit, at most 64. So neither a name
// with a space nor an address with an @ gets into the log by mistake.
func CheckPseudonym(s string) error {
	bad := func() error {
		return Refuse(CodeNotAPseudonym, fmt.Sprintf("%q cannot be recorded as the actor, because events keep it for ever: "+
			"`headway actor add --name …` gives a pseudonym, a-z, 0-9, hyphens, dots and underscores", s), "actor", s)
	}
	if s == "" || len(s) > maxPseudonym {
		return bad()
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '-' && c != '.' && c != '_') {
			return bad()
		}
	}
	return nil
}

// CheckActor refuses an actor that cannot be kept.
func CheckActor(a Actor) error {
	if err := CheckPseudonym(a.ID); err != nil {
		return err
	}
	if a.Name == "" {
		return Refuse(CodeInvalid, "give the name of the person with --name", "id", a.ID)
	}
	for _, text := range []string{a.Name, a.Contact} {
		if len(text) > maxName || !utf8.ValidString(text) {
			return Refuse(CodeInvalid, fmt.Sprintf("a name or contact has at most %d bytes of UTF-8", maxName), "id", a.ID)
		}
		for _, r := range text {
			if unicode.IsControl(r) {
				return Refuse(CodeInvalid, "a name or contact has no control characters", "id", a.ID)
			}
		}
	}
	return nil
}

// NearestID is the id that takes the fewest edits to reach from a mistyped one;
// empty where there is none.
func NearestID(id string, all []string) string {
	best, least := "", -1
	for _, other := range all {
		if d := editDistance([]rune(id), []rune(other)); least < 0 || d < least {
			best, least = other, d
		}
	}
	return best
}
