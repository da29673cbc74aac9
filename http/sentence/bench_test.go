package sentence

import (
	"testing"

	"headway/domain"
)

// BenchmarkComparison is one sentence about a row of the matched panel, which has
// the most to say.
func BenchmarkComparison(b *testing.B) {
	few, many := round(2021, false, times("y", 10, "n", 20), times("y", 10, "n", 20)), round(2025, true, times("y", 25, "n", 4, "-", 1), times("y", 25, "n", 5))
	rows, n := compare(b, few, many, nil, domain.Query{Panel: domain.Matched}), names(few, many)
	for lang, w := range writers(b) {
		b.Run(lang, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.Comparison(rows[0], n)
			}
		})
	}
}
