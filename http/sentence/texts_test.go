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
