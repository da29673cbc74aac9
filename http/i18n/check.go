package i18n

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// place is where a text is filled in.
var place = regexp.MustCompile(`\{[a-z]+\}`)

// Check lists what is wrong with the catalogs, for tests: keys, plural forms and
// places that a language has and another has not.
func (c *Catalog) Check() []string {
	var out []string
	first := c.languages[0]
	for _, lang := range c.languages {
		if got, want := c.Whole(lang), c.Whole(first); !slices.Equal(got, want) {
			out = append(out, fmt.Sprintf("the keys of %s are not those of %s: %v", lang, first, differing(got, want)))
		}
		counting := families(c.texts[lang])
		for _, k := range c.Whole(first) {
			if forms := counting[k]; forms != nil {
				out = append(out, c.checkForms(lang, k, forms)...)
			} else if d := differing(places(c.texts[first][k]), places(c.texts[lang][k])); len(d) > 0 {
				out = append(out, fmt.Sprintf("%s: the places of %s and %s differ by %v", k, lang, first, d))
			}
		}
	}
	return out
}

// checkForms checks a text that counts. Zero, one and two may say their number in a
// word.
func (c *Catalog) checkForms(lang, key string, forms []string) []string {
	var out []string
	for _, form := range required[lang] {
		if !slices.Contains(forms, form) {
			out = append(out, fmt.Sprintf("%s: %s has no form %s", key, lang, form))
		}
	}
	want := places(c.texts[c.languages[0]][key+".other"])
	for _, form := range forms {
		d := differing(places(c.texts[lang][key+"."+form]), want)
		word := form == "zero" || form == "one" || form == "two"
		if len(d) > 0 && !(word && slices.Equal(d, []string{"{n}"})) {
			out = append(out, fmt.Sprintf("%s.%s: the places of %s and %s differ by %v", key, form, lang, c.languages[0], d))
		}
	}
	return out
}

// Whole are the keys of a language, the plural forms of a text as one, for tests.
func (c *Catalog) Whole(lang string) []string {
	counting := families(c.texts[lang])
	var out []string
	for _, k := range c.Keys(lang) {
		base, form := k, ""
		if i := strings.LastIndex(k, "."); i > 0 {
			base, form = k[:i], k[i+1:]
		}
		if !slices.Contains(counting[base], form) {
			out = append(out, k)
		}
	}
	out = slices.AppendSeq(out, maps.Keys(counting))
	slices.Sort(out)
	return out
}

// places are those of a text, in order.
func places(s string) []string {
	found := place.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// differing are the texts that are in one of two lists.
func differing(a, b []string) []string {
	var out []string
	for _, x := range slices.Concat(a, b) {
		if slices.Contains(a, x) != slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
