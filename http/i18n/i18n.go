package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"

	"headway/domain"
)

//go:embed *.yaml
var files embed.FS

// Languages are those that pages come in, the default first.
var Languages = []string{"en", "ar", "fr", "es"}

// Catalog is all texts.
type Catalog struct {
	languages []string
	texts     map[string]map[string]string
	numbers   map[string]*numbers
	matcher   language.Matcher
}

// Load reads the catalogs of the pages.
func Load() (*Catalog, error) { return LoadFrom(files, Languages) }

// LoadFrom reads the catalogs of another package, which has a file a language.
func LoadFrom(files fs.FS, languages []string) (*Catalog, error) {
	c := &Catalog{languages: languages, texts: map[string]map[string]string{}, numbers: map[string]*numbers{}}
	var tags []language.Tag
	for _, lang := range languages {
		data, err := fs.ReadFile(files, lang+".yaml")
		if err != nil {
			return nil, fmt.Errorf("load the texts: %w", err)
		}
		var texts map[string]string
		if err := yaml.UnmarshalWithOptions(data, &texts, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("load the texts of %s: %w", lang, err)
		}
		c.texts[lang], c.numbers[lang] = texts, &numbers{}
		tags = append(tags, language.MustParse(lang))
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// Pick chooses the language: what was asked for, else what the browser prefers,
// else the default.
func (c *Catalog) Pick(asked, accept string) string {
	if lang, ok := c.Find(asked); ok {
		return lang
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return c.languages[0]
	}
	_, i, confidence := c.matcher.Match(tags...)
	if confidence == language.No {
		return c.languages[0]
	}
	return c.languages[i]
}

// Find is the language of pages that is meant by a code: fr for fr-CA.
func (c *Catalog) Find(code string) (lang string, ok bool) {
	if slices.Contains(c.languages, code) {
		return code, true
	}
	tag, err := language.Parse(code)
	if err != nil {
		return "", false
	}
	_, i, confidence := c.matcher.Match(tag)
	return c.languages[i], confidence >= language.High
}

// Printer writes one language.
type Printer struct {
	Lang    string
	texts   map[string]string
	numbers *numbers
	printer *message.Printer
	regions display.Namer
	told    string
	foreign map[string]string // languages by name, where Remember was called
}

// Remember keeps which names are written in another language, for Foreign. A Printer
// that remembers is for one page: it is not safe for concurrent use.
func (p *Printer) Remember() *Printer {
	p.foreign = map[string]string{}
	return p
}

// Foreign are the languages of the names that were written in another language, by
// name as it was written.
func (p *Printer) Foreign() map[string]string { return p.foreign }

// Tell keeps Name from naming a language beside each name: the page says once that
// names are in it.
func (p *Printer) Tell(lang string) { p.told = lang }

// Language is the name of a language in this one; a code that is none stays.
func (p *Printer) Language(code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if s := display.Languages(language.MustParse(p.Lang)).Name(tag); s != "" {
		return s
	}
	return code
}

// Printer returns that of a language, which Pick has chosen.
func (c *Catalog) Printer(lang string) *Printer {
	// Western digits in Arabic too, as the source has them.
	tag := language.MustParse(lang + "-u-nu-latn")
	return &Printer{Lang: lang, texts: c.texts[lang], numbers: c.numbers[lang], printer: message.NewPrinter(tag), regions: display.Regions(language.MustParse(lang))}
}

// RTL reports whether the language is written from right to left.
func (p *Printer) RTL() bool { return p.Lang == "ar" }

// Dir is the value of the HTML attribute.
func (p *Printer) Dir() string {
	if p.RTL() {
		return "rtl"
	}
	return "ltr"
}

// Text is the text of a key, its places {name} filled in pairs: name, value. A
// key without a text shows as itself, and a test finds it.
func (p *Printer) Text(key string, pairs ...any) string {
	s, ok := p.texts[key]
	if !ok {
		return key
	}
	return fill(s, pairs)
}

// fill puts values in the places of a text, in one go: a value that looks like a
// place stays as it is, and so does a place without a value.
func fill(s string, pairs []any) string {
	if strings.IndexByte(s, '{') < 0 {
		return s
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(s[open:], '}')
		if length < 0 {
			break
		}
		b.WriteString(s[:open])
		if v, ok := valueOf(s[open+1:open+length], pairs); ok {
			b.WriteString(v)
		} else {
			b.WriteString(s[open : open+length+1])
		}
		s = s[open+length+1:]
	}
	b.WriteString(s)
	return b.String()
}

// valueOf is the first value of a place in pairs.
func valueOf(place string, pairs []any) (string, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); !ok || name != place {
			continue
		}
		if s, ok := pairs[i+1].(string); ok {
			return s, true
		}
		return fmt.Sprint(pairs[i+1]), true
	}
	return "", false
}

// Name is a text of the data in this language; where it has none, in another,
// which is then named beside it.
func (p *Printer) Name(t domain.Text) string { return p.NameAs(t, p.told) }

// Told is the language that Tell was given.
func (p *Printer) Told() string { return p.told }

// NameAs is Name where the reader was told that names stand in a language.
func (p *Printer) NameAs(t domain.Text, told string) string {
	s, lang := t.In(p.Lang)
	if s == "" || lang == p.Lang {
		return s
	}
	if tag, err := language.Parse(lang); err != nil || p.RTL() || rightToLeft(tag) {
		s = "\u2068" + s + "\u2069" // isolated: it may run the other way
	}
	if p.foreign != nil {
		p.foreign[s] = lang
	}
	if lang == told {
		return s
	}
	return s + " (" + lang + ")"
}

// DirOf is the value of the HTML attribute for a language.
func DirOf(lang string) string {
	if tag, err := language.Parse(lang); err == nil && rightToLeft(tag) {
		return "rtl"
	}
	return "ltr"
}

func rightToLeft(tag language.Tag) bool {
	script, _ := tag.Script()
	return slices.Contains([]string{"Arab", "Hebr", "Thaa", "Syrc", "Nkoo"}, script.String())
}

// ID is a code, a date or a number as it stands, whatever the direction of the
// text around it.
func (p *Printer) ID(s string) string {
	if !p.RTL() || s == "" {
		return s
	}
	return "\u2066" + s + "\u2069"
}

// Respondent is the name of a respondent: its own where it has one, else the
// country's by ISO code. In a language that has no names of countries it is the
// code.
func (p *Printer) Respondent(e domain.Enrolment) string {
	if len(e.Name) > 0 {
		return p.Name(e.Name)
	}
	if e.Respondent.Anonymous() {
		return string(e.Respondent)
	}
	if r, err := language.ParseRegion(string(e.Respondent)); err == nil && p.regions != nil {
		if n := p.regions.Name(r); n != "" {
			return n
		}
	}
	return string(e.Respondent)
}

// Keys are the keys of a language, for tests.
func (c *Catalog) Keys(lang string) []string {
	var out []string
	for k := range c.texts[lang] {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Has reports whether pages come in a language.
func Has(lang string) bool { return slices.Contains(Languages, lang) }
