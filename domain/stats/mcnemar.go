package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// McNemar is the exact two-sided p-value that as many gained as lost, given how
// many changed: a binomial test of gained in gained + lost against one half. It
// is 1 where nobody changed.
//
// Source: McNemar (1947), Psychometrika 12:153; exact form in Agresti,
// Categorical Data Analysis, 3rd ed., section 11.1.
func McNemar(gained, lost int) float64 {
	n := gained + lost
	if n == 0 {
		return 1
	}
	b := distuv.Binomial{N: float64(n), P: 0.5}
	return math.Min(1, 2*b.CDF(float64(min(gained, lost))))
}

// McNemarMidP is the mid-p form, less conservative: half the probability of what
// was seen is left out.
//
// Source: Fagerland, Lydersen, Laake (2013), BMC Med. Res. Methodol. 13:91.
func McNemarMidP(gained, lost int) float64 {
	n := gained + lost
	if n == 0 {
		return 1
	}
	b := distuv.Binomial{N: float64(n), P: 0.5}
	if gained == lost {
		return 1 - b.Prob(float64(gained))
	}
	return math.Min(1, McNemar(gained, lost)-b.Prob(float64(min(gained, lost))))
}

// Holm adjusts p-values for their number, keeping the probability of one false
// alarm or more below the level. The order is kept.
//
// Source: Holm (1979), Scand. J. Statistics 6:65.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	out := make([]float64, len(p))
	most := 0.0
	for rank, i := range order {
		most = math.Max(most, math.Min(1, float64(len(p)-rank)*p[i]))
		out[i] = most
	}
	return out
}
