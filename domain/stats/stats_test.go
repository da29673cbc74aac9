package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s = %.5f, published is %.5f", what, got, want)
	}
}

// The worked examples of Newcombe (1998), Statistics in Medicine 17:857, table I,
// method 3.
func TestWilsonPublished(t *testing.T) {
	for _, c := range []struct {
		x, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		got := Wilson(c.x, c.n, Z95)
		near(t, "low", got.Low, c.low, 0.00006)
		near(t, "high", got.High, c.high, 0.00006)
	}
}

// The worked examples of Newcombe (1998), Statistics in Medicine 17:873, table
// II, method 10.
func TestNewcombePublished(t *testing.T) {
	for _, c := range []struct {
		a, m, b, n int
		low, high  float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090}, {6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926}, {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1}, {10, 10, 0, 10, 0.6075, 1},
	} {
		got := Newcombe(c.b, c.n, c.a, c.m, Z95)
		near(t, "low", got.Low, c.low, 0.00006)
		near(t, "high", got.High, c.high, 0.00006)
	}
}

// By hand: 20 pairs, 1 both, 12 only later, 2 only earlier, 5 neither, put step
// by step through the formulas of Newcombe's method 10.
func TestNewcombePairedByHand(t *testing.T) {
	p := Pairs{Both: 1, Gained: 12, Lost: 2, Neither: 5}
	p1, p2 := 13.0/20, 3.0/20
	l1, u1 := Wilson(13, 20, Z95).Low, Wilson(13, 20, Z95).High
	l2, u2 := Wilson(3, 20, Z95).Low, Wilson(3, 20, Z95).High
	phi := (1.0*5 - 12*2) / math.Sqrt(13*7*3*17)
	low := p1 - p2 - math.Sqrt((p1-l1)*(p1-l1)-2*phi*(p1-l1)*(u2-p2)+(u2-p2)*(u2-p2))
	high := p1 - p2 + math.Sqrt((u1-p1)*(u1-p1)-2*phi*(u1-p1)*(p2-l2)+(p2-l2)*(p2-l2))
	got := NewcombePaired(p, Z95)
	near(t, "low", got.Low, low, 1e-12)
	near(t, "high", got.High, high, 1e-12)
}

func TestMcNemarByHand(t *testing.T) {
	// 1 gained of 9 that changed: 2·(C(9,0)+C(9,1))/2⁹ = 20/512.
	near(t, "exact", McNemar(1, 8), 20.0/512, 1e-12)
	near(t, "mid-p", McNemarMidP(1, 8), 20.0/512-9.0/512, 1e-12)
	near(t, "nobody changed", McNemar(0, 0), 1, 0)
	near(t, "as many", McNemar(4, 4), 1, 0)
	// 2·(1 − ½(1+6+15+10)/32)… as many gained as lost: 1 − ½·C(8,4)/2⁸·2.
	near(t, "as many, mid-p", McNemarMidP(4, 4), 1-70.0/256, 1e-12)
}

func TestHolmPublished(t *testing.T) {
	got := Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		near(t, "adjusted", got[i], want, 1e-12)
	}
}

func TestIntervalsHoldTheirEstimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400)
		count := func(n int) int { return rapid.IntRange(0, n).Draw(t, "count") }
		m1, m2 := n.Draw(t, "n1"), n.Draw(t, "n2")
		a, b := count(m1), count(m2)
		holds := func(what string, i Interval, v, low, high float64) {
			if i.Low > v+1e-12 || i.High < v-1e-12 || i.Low < low || i.High > high || math.IsNaN(i.Low+i.High) {
				t.Fatalf("%s %v does not hold %v within [%v, %v]", what, i, v, low, high)
			}
		}
		p1, p2 := float64(a)/float64(m1), float64(b)/float64(m2)
		holds("Wilson", Wilson(a, m1, Z95), p1, 0, 1)
		d := Newcombe(a, m1, b, m2, Z95)
		holds("Newcombe", d, p2-p1, -1, 1)
		if back := Newcombe(b, m2, a, m1, Z95); math.Abs(back.Low+d.High) > 1e-12 {
			t.Fatalf("exchanging the rounds gives %v for %v", back, d)
		}
		pairs := Pairs{count(50), count(50), count(50), count(50)}
		if pairs.N() > 0 {
			diff := float64(pairs.Gained-pairs.Lost) / float64(pairs.N())
			holds("paired", NewcombePaired(pairs, Z95), diff, -1, 1)
		}
		if e, mid := McNemar(pairs.Gained, pairs.Lost), McNemarMidP(pairs.Gained, pairs.Lost); mid > e || mid < 0 || e > 1 {
			t.Fatalf("mid-p %v, exact %v", mid, e)
		}
	})
}
