package i18n

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/number"
)

// forms are the names of the plural categories of CLDR, as catalogs write them.
var forms = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// required are the forms that a language tells apart in whole numbers up to a
// thousand: each text that counts has all of them. In any language a text may
// have the form zero as well, for when there are none.
var required = map[string][]string{
	"en": {"one", "other"}, "fr": {"one", "other"}, "es": {"one", "other"},
	"ar": {"zero", "one", "two", "few", "many", "other"},
}

// Count is the text of a key that goes with a number: one, two, few, many and
// other are keys below it, as the language tells them apart (CLDR's cardinal
// categories). The number fills the place {n}; other places are filled as in Text.
func (p *Printer) Count(key string, n int, pairs ...any) string {
	s, ok := p.texts[key+".zero"]
	if !ok || n != 0 {
		s, ok = p.texts[key+"."+p.form(n)]
	}
	if !ok {
		if s, ok = p.texts[key+".other"]; !ok {
			return key
		}
	}
	return fill(s, append([]any{"n", p.Integer(n)}, pairs...))
}

// form is the plural category of a whole number.
func (p *Printer) form(n int) string {
	return forms[plural.Cardinal.MatchPlural(language.Make(p.Lang), max(n, -n), 0, 0, 0, 0)]
}

// CountDecimal is Count for a number with decimals, by the integer part and by the
// decimals that show: in French 1.5 is one.
func (p *Printer) CountDecimal(key string, v float64, decimals int, pairs ...any) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', decimals, 64), ".")
	short := strings.TrimRight(fraction, "0")
	form := forms[plural.Cardinal.MatchPlural(language.Make(p.Lang), digits(whole), len(fraction), len(short), digits(fraction), digits(short))]
	s, ok := p.texts[key+"."+form]
	if !ok {
		if s, ok = p.texts[key+".other"]; !ok {
			return key
		}
	}
	return fill(s, append(pairs, "n", p.Decimal(v, decimals)))
}

// digits is a number of digits as the rules of plurals need it: the last ones tell.
func digits(s string) int {
	n, err := strconv.Atoi(s[max(0, len(s)-9):])
	if err != nil { // no digits
		return 0
	}
	return n
}

// Integer writes a whole number as the language groups its digits.
func (p *Printer) Integer(n int) string { return p.printer.Sprint(number.Decimal(n)) }

// families are the keys of a language that count, each with its forms.
func families(texts map[string]string) map[string][]string {
	out := map[string][]string{}
	for _, form := range []string{"zero", "one", "two", "few", "many", "other"} {
		for k := range texts {
			base, ok := strings.CutSuffix(k, "."+form)
			if _, one := texts[base+".one"]; ok && one && texts[base+".other"] != "" {
				out[base] = append(out[base], form)
			}
		}
	}
	return out
}

// Counting are the keys of the texts that count, for tests.
func (p *Printer) Counting() []string { return slices.Sorted(maps.Keys(families(p.texts))) }
