package stats

import (
	"fmt"
	"testing"
)

var (
	interval Interval
	bounds   Bounds
	pvalues  float64
)

func BenchmarkWilson(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		interval = Wilson(32, 42, Z95)
	}
}

func BenchmarkNewcombe(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		interval = Newcombe(32, 42, 36, 41, Z95)
	}
}

func BenchmarkNewcombePaired(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		interval = NewcombePaired(Pairs{25, 9, 3, 4}, Z95)
	}
}

func BenchmarkDifferenceOfDifferences(b *testing.B) {
	x, y := ShareOf(32, 42, Z95), ShareOf(20, 42, Z95)
	b.ReportAllocs()
	for b.Loop() {
		interval = DifferenceOfDifferences(x, y).Interval
	}
}

func BenchmarkBoundsOfPairs(b *testing.B) {
	tab := Table{{20, 3, 1}, {9, 4, 1}, {1, 2, 1}}
	b.ReportAllocs()
	for b.Loop() {
		bounds = BoundsOfPairs(tab).Change
	}
}

func BenchmarkMcNemar(b *testing.B) {
	for _, n := range []int{12, 42, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				pvalues = McNemar(n/2-n/10, n/2+n/10)
			}
		})
	}
}

func BenchmarkWilcoxon(b *testing.B) {
	for _, n := range []int{12, 42, 62, 200} {
		steps := make([]int, n)
		for i := range steps {
			steps[i] = []int{1, -1, 2, 1, -2, 3, 1, -3, 1}[i%9]
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				pvalues = Wilcoxon(steps).P
			}
		})
	}
}

func BenchmarkDecompose(b *testing.B) {
	c := Crossing{Pairs{25, 9, 3, 4}, Count{3, 8, 0}, Count{1, 2, 0}, Count{2, 3, 0}, Count{1, 1, 0}}
	b.ReportAllocs()
	for b.Loop() {
		d, err := Decompose(c)
		if err != nil {
			b.Fatal(err)
		}
		pvalues = d.Share(d.Total)
	}
}

func BenchmarkHolm(b *testing.B) {
	p := make([]float64, 60)
	for i := range p {
		p[i] = float64(i*37%60+1) / 61
	}
	b.ReportAllocs()
	for b.Loop() {
		pvalues = Holm(p)[0]
	}
}

// BenchmarkComparison is all numbers of one indicator, for 200 respondents.
func BenchmarkComparison(b *testing.B) {
	tab := Table{{90, 12, 3}, {31, 50, 4}, {4, 3, 3}}
	from, to, pairs := tab.From(), tab.To(), tab.Pairs()
	b.ReportAllocs()
	for b.Loop() {
		interval = Wilson(from.Yes, from.N, Z95)
		interval = Wilson(to.Yes, to.N, Z95)
		interval = Newcombe(from.Yes, from.N, to.Yes, to.N, Z95)
		interval = NewcombePaired(pairs, Z95)
		bounds = BoundsOfDifference(from, to)
		bounds = BoundsOfPairs(tab).Change
		bounds = BoundsOfMcNemar(tab)
		pvalues = McNemar(pairs.Gained, pairs.Lost)
		pvalues = McNemarMidP(pairs.Gained, pairs.Lost)
	}
}
