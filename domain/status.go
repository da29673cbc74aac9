package domain

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Status is a value on an indicator's scale, or one of the two that every scale
// has: [NoAnswer] and [NotApplicable].
type Status string

// The statuses of the binary and the graded scale, and the two of all scales.
const (
	InPlace       Status = "in_place"
	Partial       Status = "partial"
	NotInPlace    Status = "not_in_place"
	NoAnswer      Status = "no_answer"      // asked and not answered: never a no
	NotApplicable Status = "not_applicable" // leaves the denominator
)

// Answered reports whether the status is an answer on the scale.
func (s Status) Answered() bool { return s != "" && s != NoAnswer && s != NotApplicable }

// Polarity says which answer is the good one.
type Polarity string

// The polarities: with Negative a "yes" (in_place) is the bad answer, as in
// "existing laws are thought insufficient".
const (
	Positive Polarity = "positive"
	Negative Polarity = "negative"
)

// Scale is an ordered list of statuses, lowest first.
type Scale struct {
	ID     string   `json:"id"`
	Values []Status `json:"values"`
	// Positive is the lowest value that counts as "in place" in a share.
	Positive Status          `json:"positive"`
	Names    map[Status]Text `json:"names,omitempty"`
}

// Allows reports whether s may be reported on the scale.
func (s Scale) Allows(v Status) bool {
	return v == NoAnswer || v == NotApplicable || s.Rank(v) > 0
}

// Rank is the place of v on the scale, 1 the lowest; 0 when it is not on it.
func (s Scale) Rank(v Status) int {
	for i, x := range s.Values {
		if x == v {
			return i + 1
		}
	}
	return 0
}

// Counts reports whether v counts as in place: at or above Positive.
func (s Scale) Counts(v Status) bool {
	r := s.Rank(v)
	return r > 0 && r >= s.Rank(s.Positive)
}

// maxLevel is how long a value of a scale may be, in bytes.
const maxLevel = 60

// validLevel reports whether v can be a value of a scale: what stays the same in a
// cell of a spreadsheet, in a flag and in a rule.
func validLevel(v Status) bool {
	if len(v) > maxLevel || !norm.NFC.IsNormalString(string(v)) {
		return false
	}
	for i, r := range string(v) {
		if invisible(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && (i == 0 || !unicode.IsMark(r) && r != '-' && r != '_') {
			return false
		}
	}
	return true
}

// Binary is the scale of a yes/no questionnaire.
func Binary() Scale {
	return Scale{ID: "binary", Values: []Status{NotInPlace, InPlace}, Positive: InPlace}
}
