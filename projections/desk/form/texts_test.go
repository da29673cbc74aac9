package form

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryLanguageHasEverySentence: the forms of each language say the same, with
// the same places, and all that the sources ask for.
func TestEveryLanguageHasEverySentence(t *testing.T) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil || len(names) < 4 {
		t.Fatalf("%v: %v", names, err)
	}
	place := regexp.MustCompile(`\{[a-z]+\}`)
	for _, name := range names {
		x, err := loadTexts(strings.TrimSuffix(name, ".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := slices.Sorted(maps.Keys(x.own)), slices.Sorted(maps.Keys(x.english)); !slices.Equal(got, want) {
			t.Errorf("%s has %v; English has %v", name, got, want)
		}
		for key, english := range x.english {
			got, want := place.FindAllString(x.own[key], -1), place.FindAllString(english, -1)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(slices.Compact(got), slices.Compact(want)) || strings.TrimSpace(x.own[key]) == "" {
				t.Errorf("%s: %s is %q, with places other than %v", name, key, x.own[key], want)
			}
		}
	}
	x, err := loadTexts("en")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bsay\("([a-z._-]+)"[,)]`).FindAllStringSubmatch(string(text), -1) {
			if asked++; x.english[m[1]] == "" {
				t.Errorf("%s asks for the sentence %q, which is not there", name, m[1])
			}
		}
	}
	if asked == 0 {
		t.Error("the sources ask for no sentence: the test tests nothing")
	}
}
