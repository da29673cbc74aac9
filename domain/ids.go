package domain

import (
	"fmt"
	"strings"
	"unicode"
)

// The kinds of name. All are stable: a name once in an event is never changed.
type (
	// FrameworkID names one version of a framework: "mnr-review-2021".
	FrameworkID string
	// IndicatorID is domain.capability.indicator, in any script:
	// "policy.leadership.governance-mechanism".
	IndicatorID string
	// RoundID names a survey round: "2021", "2023-pilot".
	RoundID string
	// Respondent is an ISO 3166-1 alpha-3 code, or a code of the respondents
	// file where there is none ("GB-EAW"); XAA to XZZ are user-assigned by ISO
	// and here always anonymous.
	Respondent string
	// ModelID names a maturity model.
	ModelID string
)

// ValidID reports whether s can be the id of an indicator, a framework, a round
// or a model: letters, digits and single hyphens between dots, in any script,
// lower case where the script has case, at most 120 bytes.
func ValidID(s string) bool {
	if s == "" || len(s) > 120 {
		return false
	}
	edge := true // at the start, or after a dot or a hyphen
	for _, r := range s {
		switch {
		case r == '.' || r == '-':
			if edge {
				return false
			}
			edge = true
			continue
		case unicode.IsUpper(r), unicode.IsTitle(r):
			return false
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && !edge:
		default:
			return false
		}
		edge = false
	}
	return !edge
}

// ValidRespondent reports whether s can be the code of a respondent: two to
// twelve capital letters, digits and hyphens that start with a letter.
func ValidRespondent(s string) bool {
	if len(s) < 2 || len(s) > 12 || s[0] < 'A' || s[0] > 'Z' || s[len(s)-1] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Anonymous reports whether the code is one that ISO 3166-1 leaves to users in
// the range XAA to XZZ: it names nobody.
func (r Respondent) Anonymous() bool {
	return len(r) == 3 && r[0] == 'X' && r[1] >= 'A' && r[1] <= 'Z' && r[2] >= 'A' && r[2] <= 'Z'
}

// checkID refuses a malformed name; what says which kind it is.
func checkID(what, s string) error {
	if ValidID(s) {
		return nil
	}
	return Refuse(CodeInvalid,
		fmt.Sprintf("%q cannot be the id of %s: use lower-case letters, digits, hyphens and dots", strings.ToValidUTF8(s, "?"), what),
		"value", s)
}
