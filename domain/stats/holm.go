package stats

import (
	"cmp"
	"math"
	"slices"
)

// Holm adjusts p-values for their number, keeping the probability of one false
// alarm or more below the level, however the tests depend on each other: the
// smallest of m is multiplied by m, the next by m − 1, and so on, none coming out
// below the one before it or above 1. The order is kept, and equal p-values stay
// equal. NaN stands for a test that was not made: it stays NaN, and does not
// count.
//
// Source: Holm (1979), Scand. J. Statistics 6:65.
func Holm(p []float64) []float64 {
	out := make([]float64, len(p))
	order := make([]int, 0, len(p))
	for i, v := range p {
		if math.IsNaN(v) {
			out[i] = v
			continue
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	most := 0.0
	for rank, i := range order {
		most = max(most, min(1, float64(len(order)-rank)*p[i]))
		out[i] = most
	}
	return out
}
