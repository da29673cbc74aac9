package domain

import "strings"

// Text is a name or sentence in several languages, by BCP 47 tag ("en", "ar").
type Text map[string]string

// In returns the text in the language, or else in English, or else in the
// first language in order of tag; and the tag of what was returned, so that a
// page can say when it fell back.
func (t Text) In(lang string) (text, tag string) {
	for _, l := range []string{lang, "en"} {
		if s, ok := t[l]; ok && s != "" {
			return s, l
		}
	}
	for l, s := range t {
		if s != "" && (tag == "" || l < tag) {
			text, tag = s, l
		}
	}
	return text, tag
}

// Inert keeps a spreadsheet from taking a text for a formula: CSV has no texts,
// only an apostrophe before them.
func Inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
