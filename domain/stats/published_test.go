package stats

import (
	"errors"
	"math"
	"testing"
	"time"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %v, want %v within %v", what, got, want, within)
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

// Complete response before and after consolidation therapy (Cavo et al. 2012), an
// example of Fagerland, Lydersen, Laake, Statistical Analysis of Contingency
// Tables (2017), chapter 8, with the values by which the authors' R package
// contingencytables 3.0.0 tests itself; and the smallest table with no change.
func TestPairedPublished(t *testing.T) {
	cavo := Pairs{Both: 59, Lost: 6, Gained: 16, Neither: 80}
	got := NewcombePaired(cavo, Z95)
	near(t, "low", got.Low, 0.0046, 0.00006)
	near(t, "high", got.High, 0.1186, 0.00006)
	near(t, "exact", McNemar(16, 6), 0.052479, 5e-7)
	near(t, "mid-p", McNemarMidP(16, 6), 0.034690, 5e-7)

	got = NewcombePaired(Pairs{Both: 1, Neither: 1}, Z95)
	near(t, "low", got.Low, -0.5734, 0.00006)
	near(t, "high", got.High, 0.5734, 0.00006)
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
	near(t, "exact", McNemar(1, 8), 20.0/512, 0)
	near(t, "mid-p", McNemarMidP(1, 8), 20.0/512-9.0/512, 0)
	// 1 and 7, the table of Bentur et al. (2009) that Fagerland et al. (2013) work
	// through: 2·(1+8)/2⁸, and half of 8/2⁸ less from each tail.
	near(t, "exact", McNemar(7, 1), 18.0/256, 0)
	near(t, "mid-p", McNemarMidP(7, 1), 10.0/256, 0)
	near(t, "nobody changed", McNemar(0, 0), 1, 0)
	near(t, "nobody changed, mid-p", McNemarMidP(0, 0), 1, 0)
	near(t, "as many", McNemar(4, 4), 1, 0)
	// As many gained as lost: 1 − C(8,4)/2⁸.
	near(t, "as many, mid-p", McNemarMidP(4, 4), 1-70.0/256, 0)
	near(t, "all one way", McNemar(0, 5), 2.0/32, 0)
	near(t, "all one way, mid-p", McNemarMidP(0, 5), 1.0/32, 0)
	if p := McNemar(0, 5000); !(p > 0) {
		t.Errorf("p-value %v of 5000 changes one way: a p-value is never 0", p)
	}
}

func TestSignTestByHand(t *testing.T) {
	got := SignTest(8, 1, 5)
	if got.Up != 8 || got.Down != 1 || got.Ties != 5 {
		t.Errorf("counted %+v", got)
	}
	near(t, "p", got.P, 20.0/512, 0)
}

// Hamilton depression scale factor IV of nine patients, Hollander and Wolfe, the
// example of R's wilcox.test, in thousandths: V = 40, p one-sided 10/512.
func TestWilcoxonHollanderWolfe(t *testing.T) {
	x := []int{1830, 500, 1620, 2480, 1680, 1880, 1550, 3060, 1300}
	y := []int{878, 647, 598, 2050, 1060, 1290, 1060, 3140, 1290}
	steps := make([]int, len(x))
	for i := range x {
		steps[i] = x[i] - y[i]
	}
	got := Wilcoxon(steps)
	if got.WPlus != 40 || got.WMinus != 5 || got.N != 9 || got.Zeros != 0 || !got.Exact {
		t.Errorf("%+v", got)
	}
	near(t, "p", got.P, 20.0/512, 0)
}

// Heights of Darwin's plants, with the value that scipy's documentation gives.
func TestWilcoxonDarwin(t *testing.T) {
	got := Wilcoxon([]int{6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75})
	near(t, "W", got.WMinus, 24, 0)
	near(t, "p", got.P, 0.041259765625, 0)
}

// By hand: steps 1, 1, −1, 2 and two zeros. Dropping the zeros, ranks are 2, 2, 2,
// 4: W⁻ = 2; of the 16 signs 4 give at most 2 (none, or one of the three), so p is
// 8/16. Ranking them first, ranks are 4, 4, 4, 6: W⁻ = 4, and again 4 of 16.
func TestWilcoxonZerosByHand(t *testing.T) {
	steps := []int{1, 0, 1, -1, 0, 2}
	w, p := Wilcoxon(steps), WilcoxonPratt(steps)
	if w.N != 4 || w.Zeros != 2 || w.WMinus != 2 || w.WPlus != 8 || p.WMinus != 4 || p.WPlus != 14 {
		t.Errorf("Wilcoxon %+v, Pratt %+v", w, p)
	}
	near(t, "Wilcoxon", w.P, 0.5, 0)
	near(t, "Pratt", p.P, 0.5, 0)
	for _, none := range [][]int{nil, {0, 0, 0}} {
		if got := Wilcoxon(none); got.P != 1 || !got.Exact || got.N != 0 || got.Zeros != len(none) {
			t.Errorf("nobody moved: %+v", got)
		}
	}
	huge := Wilcoxon([]int{math.MinInt, math.MaxInt, 1})
	if huge.WMinus != 3 || huge.WPlus != 3 || huge.P != 1 {
		t.Errorf("the largest steps: %+v", huge)
	}
}

func TestHolmByHand(t *testing.T) {
	got := Holm([]float64{0.01, math.NaN(), 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, math.NaN(), 0.06, 0.06, 0.02} {
		if math.IsNaN(want) != math.IsNaN(got[i]) {
			t.Errorf("NaN is %v", got[i])
		} else if !math.IsNaN(want) {
			near(t, "adjusted", got[i], want, 1e-12)
		}
	}
	if len(Holm(nil)) != 0 {
		t.Error("no tests give values")
	}
}

// Without respondents, or with counts that cannot be, nothing is known.
func TestNothingIsKnown(t *testing.T) {
	for _, c := range []struct{ count, n int }{{0, 0}, {0, -1}, {-1, 5}, {6, 5}} {
		if got := Wilson(c.count, c.n, Z95); got != (Interval{0, 1}) {
			t.Errorf("Wilson(%d, %d) = %v", c.count, c.n, got)
		}
		if got := Newcombe(c.count, c.n, 1, 2, Z95); got != (Interval{-1, 1}) {
			t.Errorf("Newcombe from %d of %d = %v", c.count, c.n, got)
		}
		if got := Newcombe(1, 2, c.count, c.n, Z95); got != (Interval{-1, 1}) {
			t.Errorf("Newcombe to %d of %d = %v", c.count, c.n, got)
		}
		if got := BoundsOfShare(Count{Yes: c.count, N: c.n}); got != (Bounds{0, 1}) {
			t.Errorf("bounds of %d of %d = %v", c.count, c.n, got)
		}
		if _, ok := Sensitivity(Count{Yes: c.count, N: c.n}, Count{1, 2, 0}); ok {
			t.Errorf("sensitivity from %d of %d", c.count, c.n)
		}
	}
	if got := NewcombePaired(Pairs{}, Z95); got != (Interval{-1, 1}) {
		t.Errorf("no pairs: %v", got)
	}
	if got := NewcombePaired(Pairs{Both: 3, Lost: -1}, Z95); got != (Interval{-1, 1}) {
		t.Errorf("a negative count: %v", got)
	}
	if got := BoundsOfPairs(Table{}); got.Change != (Bounds{-1, 1}) {
		t.Errorf("no panel: %v", got)
	}
	if McNemar(-1, 3) != 1 || McNemarMidP(3, -1) != 1 {
		t.Error("a negative count has a p-value")
	}
}

// The published total of 2021 with missing answers: 36 of 41, one of 42 missing.
func TestBoundsOf2021(t *testing.T) {
	b := BoundsOfShare(Count{Yes: 36, N: 41, Missing: 1})
	near(t, "low", b.Low, 36.0/42, 0)
	near(t, "high", b.High, 37.0/42, 0)
	s, ok := Sensitivity(Count{36, 41, 1}, Count{30, 40, 2})
	if !ok {
		t.Fatal("no sensitivity")
	}
	near(t, "all missing no", s.NoNo, -6.0/42, 1e-15)
	near(t, "all missing yes", s.YesYes, -5.0/42, 1e-15)
	near(t, "lowest", s.YesNo, -7.0/42, 1e-15)
	near(t, "highest", s.NoYes, -4.0/42, 1e-15)
}

func TestDecompositionByHand(t *testing.T) {
	// 10 stayed, 4 yes then 6; 5 came with 1 yes, 2 left with 2 yes: 6/12 to 7/15.
	d, err := Decompose(Crossing{
		Stayed: Pairs{Both: 3, Gained: 3, Lost: 1, Neither: 3},
		Joined: Count{Yes: 1, N: 5}, Left: Count{Yes: 2, N: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "total", d.Share(d.Total), 7.0/15-6.0/12, 1e-15)
	near(t, "stayed", d.Share(d.Stayed()), 6.0/10-4.0/10, 1e-15)
	near(t, "joined", d.Share(d.Joined), 5.0/15*(1.0/5-6.0/10), 1e-15)
	near(t, "left", d.Share(d.Left), 2.0/12*(4.0/10-2.0/2), 1e-15)
	if d.Stayed()+d.Composition() != d.Total {
		t.Errorf("%+v does not add up", d)
	}
	// −3.333, 20, −13.333 and −10 points: rounded alone they would miss by one.
	total, parts := d.Points(100, d.Stayed(), d.Joined, d.Left)
	if total != -3 || parts[0] != 20 || parts[1] != -13 || parts[2] != -10 {
		t.Errorf("in points: %d, %v", total, parts)
	}
}

func TestDecompositionRefuses(t *testing.T) {
	for _, c := range []struct {
		crossing Crossing
		want     error
	}{
		{Crossing{}, ErrNobody},
		{Crossing{Joined: Count{1, 2, 0}}, ErrNobody},
		{Crossing{Joined: Count{1, 2, 0}, Left: Count{0, 3, 0}}, ErrNoStayers},
		{Crossing{Stayed: Pairs{Both: 2}, Began: Count{3, 2, 0}}, ErrCount},
		{Crossing{Stayed: Pairs{Both: 2, Lost: -1}}, ErrCount},
		{Crossing{Stayed: Pairs{Both: 1 << 21}}, ErrTooMany},
	} {
		if _, err := Decompose(c.crossing); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.crossing, err, c.want)
		}
	}
}

func TestYears(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		from, to string
		want     float64
	}{
		{"2021-03-01", "2025-03-01", 4}, {"2021-03-01", "2021-03-01", 0},
		{"2021-01-01", "2021-07-02", 182.0 / 365}, {"2024-01-01", "2024-07-02", 183.0 / 366},
		{"2020-02-29", "2021-03-01", 1}, {"2025-03-01", "2021-03-01", -4},
		{"2021-03-15", "2023-09-15", 2 + 184.0/366}, {"2023-03-15", "2024-01-15", 306.0 / 366},
	} {
		near(t, c.from+" to "+c.to, Years(day(c.from), day(c.to)), c.want, 1e-15)
	}
	late := time.Date(2021, 3, 1, 23, 0, 0, 0, time.FixedZone("", -5*3600))
	near(t, "time of day", Years(day("2020-03-01"), late), 1, 0)
	if v, ok := Yearly(0.12, 4); !ok || math.Abs(v-0.03) > 1e-15 {
		t.Errorf("yearly %v, %v", v, ok)
	}
	for _, years := range []float64{0, -1, math.NaN()} {
		if _, ok := Yearly(0.12, years); ok {
			t.Errorf("a change over %v years", years)
		}
	}
}
