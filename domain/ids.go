package domain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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

// MaxID is how long an id may be, in bytes of UTF-8: a letter of Arabic has two.
// With it the name of every stream stays far below what the databases can index.
const MaxID = 200

// ValidID reports whether s can be the id of an indicator, a framework, a round
// or a model: letters, digits and single hyphens between dots, in any script,
// lower case where the script has case, composed (NFC), nothing that does not
// show or that steers the direction of text, at most MaxID bytes.
func ValidID(s string) bool { return idFault(s) == "" }

// idFault says what keeps s from being an id; "" when nothing does.
func idFault(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case len(s) > MaxID:
		return fmt.Sprintf("it has %d bytes, more than %d; a letter outside of ASCII has two or more", len(s), MaxID)
	case !utf8.ValidString(s):
		return "it is not UTF-8 text"
	case !norm.NFC.IsNormalString(s):
		return "its letters are not composed (Unicode NFC)"
	}
	edge := true // at the start, or after a dot or a hyphen
	for _, r := range s {
		switch {
		case r == '.' || r == '-':
			if edge {
				return "a dot or a hyphen stands at the start or beside another"
			}
			edge = true
			continue
		case unicode.IsUpper(r), unicode.IsTitle(r):
			return fmt.Sprintf("%q is upper case", r)
		case invisible(r):
			return fmt.Sprintf("%U does not show", r)
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && !edge:
		default:
			return fmt.Sprintf("%q is neither a letter nor a digit", r)
		}
		edge = false
	}
	if edge {
		return "a dot or a hyphen stands at the end"
	}
	return ""
}

// invisible reports whether a character has no shape of its own: marks of
// direction, joiners, fillers, variation selectors.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Typed is an id as somebody typed it or a spreadsheet wrote it, brought to the
// form of ids: composed, and without the marks that steer the direction of text.
func Typed(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.TrimSpace(s))
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
	fault := idFault(s)
	if fault == "" {
		return nil
	}
	return Refuse(CodeInvalid,
		fmt.Sprintf("%q cannot be the id of %s, for %s: use letters, lower-case where there is case, digits, hyphens and dots",
			strings.ToValidUTF8(s, "?"), what, fault),
		"value", s)
}
