package i18n

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"headway/domain"
)

func load(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	c := load(t)
	place := regexp.MustCompile(`\{[a-z]+\}`)
	for _, lang := range Languages[1:] {
		if !slices.Equal(c.Keys("en"), c.Keys(lang)) {
			t.Errorf("the keys of %s are not those of en", lang)
		}
		for _, k := range c.Keys("en") {
			a, b := place.FindAllString(c.texts["en"][k], -1), place.FindAllString(c.texts[lang][k], -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s: %s has places %v, en has %v", k, lang, b, a)
			}
		}
	}
}

// TestEveryTextIsUsedAndEveryUsedTextIsThere reads the sources of the pages.
func TestEveryTextIsUsedAndEveryUsedTextIsThere(t *testing.T) {
	c := load(t)
	var sources strings.Builder
	for _, pattern := range []string{"../*.go", "../templates/*.html", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(data)
		}
	}
	text := sources.String()
	keys := c.Keys("en")
	for _, m := range regexp.MustCompile(`(?:\bT|\bText|\badd) ?\(?"([a-z.]+)"`).FindAllStringSubmatch(text, -1) {
		prefix := strings.HasSuffix(m[1], ".")
		if !slices.ContainsFunc(keys, func(k string) bool { return k == m[1] || prefix && strings.HasPrefix(k, m[1]) }) {
			t.Errorf("%q is used and has no text", m[1])
		}
	}
	dynamic := []string{"published", "computed"} // named by a domain.Origin
	for _, k := range keys {
		parent := k[:strings.LastIndex(k, ".")+1]
		if !strings.Contains(text, `"`+k+`"`) && (parent == "" || !strings.Contains(text, `"`+parent+`"`)) && !slices.Contains(dynamic, k) {
			t.Errorf("%q is not used", k)
		}
	}
}

func TestPick(t *testing.T) {
	c := load(t)
	for _, x := range []struct{ asked, accept, want string }{
		{"ar", "en", "ar"}, {"", "ar-EG,en;q=0.5", "ar"}, {"xx", "", "en"}, {"", "de", "en"}, {"", "garbage;;;", "en"}, {"", "fr, ar;q=0.3", "ar"},
	} {
		if got := c.Pick(x.asked, x.accept); got != x.want {
			t.Errorf("asked %q, accepts %q: %s, want %s", x.asked, x.accept, got, x.want)
		}
	}
}

func TestNumbersAndNames(t *testing.T) {
	c := load(t)
	en, ar := c.Printer("en"), c.Printer("ar")
	if got := en.Percent(0.7619); got != "76.2%" {
		t.Errorf("percent %q", got)
	}
	if got := en.Points(-0.0834); got != "-8.3" {
		t.Errorf("points %q", got)
	}
	if got := ar.Percent(0.5); !strings.Contains(got, "50") {
		t.Errorf("Arabic has Western digits here, as its source: %q", got)
	}
	for _, x := range []struct {
		p    *Printer
		e    domain.Enrolment
		want string
	}{
		{en, domain.Enrolment{Respondent: "KEN"}, "Kenya"}, {ar, domain.Enrolment{Respondent: "KEN"}, "كينيا"}, {en, domain.Enrolment{Respondent: "XAA"}, "XAA"},
		{ar, domain.Enrolment{Respondent: "GB-EAW", Name: domain.Text{"en": "England and Wales"}}, "\u2068England and Wales\u2069 (en)"},
	} {
		if got := x.p.Respondent(x.e); got != x.want {
			t.Errorf("%s in %s: %q, want %q", x.e.Respondent, x.p.Lang, got, x.want)
		}
	}
}
