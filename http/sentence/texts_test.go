package sentence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryLanguageHasEveryText(t *testing.T) {
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range texts.catalog.Check() {
		t.Error(problem)
	}
}

// TestEveryTextIsUsed reads the sources of this package: a key stands in them, or
// begins with one that ends in a dot.
func TestEveryTextIsUsed(t *testing.T) {
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources.Write(data)
	}
	for _, k := range texts.catalog.Whole("en") {
		used := strings.Contains(sources.String(), `"`+k+`"`)
		for i := range k {
			used = used || k[i] == '.' && strings.Contains(sources.String(), `"`+k[:i+1]+`"`)
		}
		// Put together from parts: who.all.group, changed.positive.up.
		if first, _, ok := strings.Cut(k, "."); !used && !(ok && strings.Contains(sources.String(), `"`+first+`.`)) {
			t.Errorf("%q is not used", k)
		}
	}
}

// TestPluralForms exercises every plural form of every text that counts.
func TestPluralForms(t *testing.T) {
	w := writers(t)
	for lang, numbers := range map[string][]int{"en": {0, 1, 2, 1000}, "fr": {0, 1, 2, 1000}, "es": {0, 1, 2, 1000}, "ar": {0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 111, 1000}} {
		for _, key := range w[lang].p.Counting() {
			for _, n := range numbers {
				s := w[lang].p.Count(key, n)
				if s == "" || strings.HasPrefix(s, key) || strings.Contains(s, "{n}") {
					t.Errorf("%s, %s of %d: %q", lang, key, n, s)
				}
			}
		}
	}
	for n, want := range map[int]string{0: "لم يتغيّر أي مؤشر إلى الأفضل", 1: "تغيّر مؤشر واحد إلى الأفضل", 2: "تغيّر مؤشران إلى الأفضل", 3: "تغيّرت 3 مؤشرات إلى الأفضل",
		10: "تغيّرت 10 مؤشرات إلى الأفضل", 11: "تغيّر 11 مؤشرًا إلى الأفضل", 99: "تغيّر 99 مؤشرًا إلى الأفضل", 100: "تغيّر 100 مؤشر إلى الأفضل"} {
		if got := w["ar"].p.Count("better", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	// In French what is under two is one: 1,5 point, but 2,0 points.
	for v, want := range map[float64]string{0.015: "+1,5 point de pourcentage", 0.02: "+2,0 points de pourcentage", -0.005: "-0,5 point de pourcentage", 0.00004: "+0,004 point de pourcentage"} {
		if got := w["fr"].points(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
