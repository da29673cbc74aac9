package domain

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
