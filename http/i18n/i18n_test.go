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
	for _, problem := range load(t).Check() {
		t.Error(problem)
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
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(data)
		}
	}
	text := sources.String()
	keys := c.Whole("en")
	for _, m := range regexp.MustCompile(`(?:\bT|\bText|\bCount|\bN|\badd) ?\(?"([a-z.]+)"`).FindAllStringSubmatch(text, -1) {
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
		{"ar", "en", "ar"}, {"", "ar-EG,en;q=0.5", "ar"}, {"xx", "", "en"}, {"", "de", "en"}, {"", "garbage;;;", "en"}, {"", "de, ar;q=0.3", "ar"}, {"fr", "", "fr"}, {"", "fr-CA, ar;q=0.3", "fr"}, {"", "es-419", "es"}, {"fr-CA", "ar", "fr"}, {"de", "", "en"},
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

// TestCounting holds the words beside numbers: one of a thing, and in Arabic each
// of its six ways.
func TestCounting(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "No event was found."}, {"en", 1, "One event was found."}, {"en", 2, "2 events were found."}, {"en", 12345, "12,345 events were found."},
		{"ar", 0, "لم يُعثر على أي حدث."}, {"ar", 1, "عُثر على حدث واحد."}, {"ar", 2, "عُثر على حدثين."}, {"ar", 3, "عُثر على 3 أحداث."},
		{"ar", 10, "عُثر على 10 أحداث."}, {"ar", 11, "عُثر على 11 حدثًا."}, {"ar", 99, "عُثر على 99 حدثًا."}, {"ar", 100, "عُثر على 100 حدث."},
		{"ar", 103, "عُثر على 103 أحداث."}, {"ar", 111, "عُثر على 111 حدثًا."},
	} {
		if got := c.Printer(x.lang).Count("audit.count", x.n); got != x.want {
			t.Errorf("%s, %d: %q, want %q", x.lang, x.n, got, x.want)
		}
	}
	none := "no.such"
	if got := c.Printer("en").Count(none, 1); got != none {
		t.Errorf("a key without a text: %q", got)
	}
}

// TestAPlaceInAValueStays: what a user wrote is never taken for a place.
func TestAPlaceInAValueStays(t *testing.T) {
	if got := load(t).Printer("en").Text("of", "count", "{n}", "n", 3); got != "{n} of 3" {
		t.Error(got)
	}
}

// TestWhatCountsHasForms: a text in which a number stands before what it counts
// needs plural forms, or it is wrong for one.
func TestWhatCountsHasForms(t *testing.T) {
	c := load(t)
	counts := regexp.MustCompile(`\{(n|times|rows|least|half|answered|missing|shown|refused|then|thenn|now|nown|first|last)\} [a-z]+s\b`)
	counting := families(c.texts["en"])
	for k, s := range c.texts["en"] {
		base := k[:max(strings.LastIndex(k, "."), 0)]
		if counts.MatchString(s) && counting[base] == nil {
			t.Errorf("%s: %q counts, and has no plural forms", k, s)
		}
	}
}

// TestArabicHasOneWordForInPlace: pages, sentences and the levels of the framework
// call the same status the same.
func TestArabicHasOneWordForInPlace(t *testing.T) {
	texts := load(t).texts["ar"]
	for k, s := range texts {
		if strings.Contains(s, "توفر") || strings.Contains(s, "متوف") {
			t.Errorf("%s says %q, where the framework says قائم", k, s)
		}
	}
	if !strings.Contains(texts["standing.title"], "قائم") {
		t.Error("the text for shares of one round has no word for in place")
	}
}
