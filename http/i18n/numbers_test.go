package i18n

import (
	"fmt"
	"sync"
	"testing"
)

// TestNumbersAreKeptByLanguage writes numbers from several pages at once, more than are
// kept, and again.
func TestNumbersAreKeptByLanguage(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, lang := range Languages {
		for range 2 {
			wg.Go(func() {
				p := c.Printer(lang)
				for i := range mostNumbers/2 + 10 {
					_ = p.Percent(float64(i) / mostNumbers)
					_ = p.Decimal(float64(i), 2)
				}
				point := map[string]string{"en": ".", "ar": ".", "fr": ",", "es": ","}[lang]
				if got, want := p.Decimal(12.5, 2)+p.Decimal(12.5, 1)+p.Points(0.1234), fmt.Sprintf("12%s5012%[1]s5+12%[1]s3", point); got != want {
					t.Errorf("%s: %s, want %s", lang, got, want)
				}
			})
		}
	}
	wg.Wait()
	if n := len(c.numbers["en"].written); n == 0 || n > mostNumbers {
		t.Errorf("%d numbers are kept", n)
	}
}
