package projections

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"headway/events"
)

// folder brings texts to a form in which they are compared: composed (NFC), without
// upper and lower case, and without what Arabic may be written with or without,
// which are the lengthening stroke and the marks of vowels. What does not show is
// left out. It is not safe for concurrent use.
type folder struct {
	caser *cases.Caser
	raw   []byte
}

func (f *folder) fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	if f.caser == nil {
		c := cases.Fold()
		f.caser = &c
	}
	return f.caser.String(strings.Map(optional, norm.NFC.String(s)))
}

// mayHave reports whether folded words can occur in what an event says, from its
// JSON alone: in ASCII without escapes, what is said stands there letter by letter.
// Most events need not be decoded then.
func (f *folder) mayHave(e *events.Event, words []string) bool {
	if len(words) == 0 {
		return true
	}
	f.raw = append(append(append(f.raw[:0], e.Data...), ' '), e.Source...)
	for i, c := range f.raw {
		switch {
		case c >= utf8.RuneSelf || c == '\\':
			return true
		case c >= 'A' && c <= 'Z':
			f.raw[i] = c + 'a' - 'A'
		}
	}
	for _, w := range words {
		if !bytes.Contains(f.raw, []byte(w)) {
			return false
		}
	}
	return true
}

// optional drops a character that a text says the same without.
func optional(r rune) rune {
	const tatweel = '\u0640'
	if r == tatweel || unicode.Is(unicode.Cf, r) || arabicMark(r) {
		return -1
	}
	return r
}

// arabicMark reports whether a mark is of a vowel, of doubling or of recitation. A
// hamza or madda that stands by itself is a letter's own, and stays.
func arabicMark(r rune) bool {
	return r >= 0x0610 && r <= 0x061a || r >= 0x064b && r <= 0x0652 || r >= 0x0656 && r <= 0x065f || r == 0x0670 || r >= 0x06d6 && r <= 0x06ed || r >= 0x08d3 && r <= 0x08ff
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
