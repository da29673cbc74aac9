package stats

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func count(t *rapid.T, most int, what string) Count {
	n := rapid.IntRange(0, most).Draw(t, what+" n")
	return Count{rapid.IntRange(0, n).Draw(t, what+" yes"), n, rapid.IntRange(0, most).Draw(t, what+" missing")}
}

func answered(t *rapid.T, what string) (yes, n int) {
	n = rapid.IntRange(1, 400).Draw(t, what+" n")
	return rapid.IntRange(0, n).Draw(t, what+" yes"), n
}

func pairs(t *rapid.T, most int) Pairs {
	c := rapid.IntRange(0, most)
	return Pairs{c.Draw(t, "both"), c.Draw(t, "gained"), c.Draw(t, "lost"), c.Draw(t, "neither")}
}

func holds(t *rapid.T, what string, low, high, v float64) {
	t.Helper()
	if !(low <= v+1e-12 && v-1e-12 <= high) {
		t.Fatalf("%s: %v is not within [%v, %v]", what, v, low, high)
	}
}

func TestIntervalsHoldTheirEstimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, m := answered(t, "from")
		b, n := answered(t, "to")
		w := Wilson(a, m, Z95)
		holds(t, "Wilson", w.Low, w.High, float64(a)/float64(m))
		holds(t, "no", 0, 1, w.Low)
		holds(t, "yes", 0, 1, w.High)
		d := Newcombe(a, m, b, n, Z95)
		holds(t, "Newcombe", d.Low, d.High, float64(b)/float64(n)-float64(a)/float64(m))
		holds(t, "fall", -1, 1, d.Low)
		holds(t, "rise", -1, 1, d.High)
		if p := pairs(t, 50); p.N() > 0 {
			d := NewcombePaired(p, Z95)
			holds(t, "paired", d.Low, d.High, float64(p.Gained-p.Lost)/float64(p.N()))
			holds(t, "fall", -1, 1, d.Low)
			holds(t, "rise", -1, 1, d.High)
		}
	})
}

// Exchanging yes and no, or the rounds, turns intervals round.
func TestIntervalsAreSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, m := answered(t, "from")
		b, n := answered(t, "to")
		mirror := func(what string, i, j Interval, sum float64) {
			if math.Abs(i.Low+j.High-sum) > 1e-12 || math.Abs(i.High+j.Low-sum) > 1e-12 {
				t.Fatalf("%s: %v and %v", what, i, j)
			}
		}
		mirror("no for yes", Wilson(a, m, Z95), Wilson(m-a, m, Z95), 1)
		mirror("earlier for later", Newcombe(a, m, b, n, Z95), Newcombe(b, n, a, m, Z95), 0)
		mirror("no for yes", Newcombe(a, m, b, n, Z95), Newcombe(m-a, m, n-b, n, Z95), 0)
		p := pairs(t, 50)
		mirror("earlier for later", NewcombePaired(p, Z95), NewcombePaired(Pairs{p.Both, p.Lost, p.Gained, p.Neither}, Z95), 0)
		mirror("no for yes", NewcombePaired(p, Z95), NewcombePaired(Pairs{p.Neither, p.Lost, p.Gained, p.Both}, Z95), 0)
	})
}

func TestIntervalsGrowWithCountAndLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		x := rapid.IntRange(0, n-1).Draw(t, "count")
		a, b := Wilson(x, n, Z95), Wilson(x+1, n, Z95)
		if a.Low >= b.Low || a.High > b.High || a.High == b.High && x+1 < n {
			t.Fatalf("%d and %d of %d: %v, %v", x, x+1, n, a, b)
		}
		if wide := Wilson(x, n, 2.6); wide.Low > a.Low || wide.High < a.High {
			t.Fatalf("a higher level gives %v within %v", wide, a)
		}
	})
}

// Newcombe's interval is MOVER of two of Wilson's.
func TestDifferenceOfDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, m := answered(t, "a")
		b, n := answered(t, "b")
		d := DifferenceOfDifferences(ShareOf(a, m, Z95), ShareOf(b, n, Z95))
		if w := Newcombe(a, m, b, n, Z95); math.Abs(w.Low-max(-1, d.Low)) > 1e-12 || math.Abs(w.High-min(1, d.High)) > 1e-12 {
			t.Fatalf("%v for %v", d, w)
		}
		change := func(what string) Estimate {
			for {
				if p := pairs(t, 30); p.N() > 0 {
					return Estimate{float64(p.Gained-p.Lost) / float64(p.N()), NewcombePaired(p, Z95)}
				}
				t.Skip(what)
			}
		}
		x, y := change("one"), change("other")
		d, back := DifferenceOfDifferences(x, y), DifferenceOfDifferences(y, x)
		holds(t, "difference", d.Low, d.High, d.Value)
		if math.Abs(d.Low+back.High) > 1e-12 || d.Value != -back.Value || d.Low < -2 || d.High > 2 {
			t.Fatalf("%v and the other way %v", d, back)
		}
		if w := (x.High - x.Low) + (y.High - y.Low); d.High-d.Low > w+1e-12 || d.High-d.Low < max(x.High-x.Low, y.High-y.Low)-1e-12 && d.High < 2 && d.Low > -2 {
			t.Fatalf("width %v of widths %v and %v", d.High-d.Low, x.High-x.Low, y.High-y.Low)
		}
	})
}

// completions calls each with every table that answers to the missing ones give.
func completions(t Table, each func(Pairs)) {
	p := t.Pairs()
	nm, mn, ym, my, mm := t[No][Missing], t[Missing][No], t[Yes][Missing], t[Missing][Yes], t[Missing][Missing]
	for g1 := range nm + 1 {
		for g2 := range my + 1 {
			for l1 := range ym + 1 {
				for l2 := range mn + 1 {
					for g := range mm + 1 {
						for l := range mm - g + 1 {
							for b := range mm - g - l + 1 {
								each(Pairs{
									Both:    p.Both + (my - g2) + (ym - l1) + b,
									Gained:  p.Gained + g1 + g2 + g,
									Lost:    p.Lost + l1 + l2 + l,
									Neither: p.Neither + (nm - g1) + (mn - l2) + (mm - g - l - b),
								})
							}
						}
					}
				}
			}
		}
	}
}

// Every set of answers is within the bounds, and both ends are reached.
func TestBoundsOfPairsAreSharp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tab Table
		for i := range tab {
			for j := range tab[i] {
				most := 2
				if Answer(i) != Missing && Answer(j) != Missing {
					most = 9
				}
				tab[i][j] = rapid.IntRange(0, most).Draw(t, "count")
			}
		}
		if tab.N() == 0 {
			t.Skip("no panel")
		}
		got := BoundsOfPairs(tab)
		change, p := Bounds{2, -2}, Bounds{2, -2}
		gained, lost := Range{1 << 30, -1}, Range{1 << 30, -1}
		completions(tab, func(c Pairs) {
			if c.N() != tab.N() {
				t.Fatalf("%+v completes %v", c, tab)
			}
			d, v := float64(c.Gained-c.Lost)/float64(c.N()), McNemar(c.Gained, c.Lost)
			change = Bounds{min(change.Low, d), max(change.High, d)}
			p = Bounds{min(p.Low, v), max(p.High, v)}
			gained = Range{min(gained.Low, c.Gained), max(gained.High, c.Gained)}
			lost = Range{min(lost.Low, c.Lost), max(lost.High, c.Lost)}
		})
		if math.Abs(got.Change.Low-change.Low) > 1e-12 || math.Abs(got.Change.High-change.High) > 1e-12 {
			t.Fatalf("change %v, of all answers %v", got.Change, change)
		}
		if got.Gained != gained || got.Lost != lost {
			t.Fatalf("gained %v and lost %v, of all answers %v and %v", got.Gained, got.Lost, gained, lost)
		}
		if b := BoundsOfMcNemar(tab); math.Abs(b.Low-p.Low) > 1e-14 || math.Abs(b.High-p.High) > 1e-14 {
			t.Fatalf("p %v, of all answers %v", b, p)
		}
	})
}

func TestBoundsHoldEveryAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := count(t, 12, "from"), count(t, 12, "to")
		share := BoundsOfShare(from)
		if from.N > 0 {
			holds(t, "share of who answered", share.Low, share.High, float64(from.Yes)/float64(from.N))
		}
		if from.Asked() == 0 || to.Asked() == 0 {
			t.Skip("nobody was asked")
		}
		seen := Bounds{2, -2}
		for x := range from.Missing + 1 {
			for y := range to.Missing + 1 {
				d := float64(to.Yes+y)/float64(to.Asked()) - float64(from.Yes+x)/float64(from.Asked())
				seen = Bounds{min(seen.Low, d), max(seen.High, d)}
			}
		}
		got := BoundsOfDifference(from, to)
		if math.Abs(got.Low-seen.Low) > 1e-12 || math.Abs(got.High-seen.High) > 1e-12 {
			t.Fatalf("%v, of all answers %v", got, seen)
		}
		s, ok := Sensitivity(from, to)
		if !ok || s.YesNo != got.Low || s.NoYes != got.High {
			t.Fatalf("sensitivity %+v, bounds %v", s, got)
		}
		holds(t, "all no", got.Low, got.High, s.NoNo)
		holds(t, "all yes", got.Low, got.High, s.YesYes)
	})
}

func TestMcNemarIsTheBinomialTest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, c := rapid.IntRange(0, 300).Draw(t, "gained"), rapid.IntRange(0, 300).Draw(t, "lost")
		p, mid := McNemar(b, c), McNemarMidP(b, c)
		if !(p > 0 && p <= 1 && mid > 0 && mid <= p) {
			t.Fatalf("exact %v, mid-p %v", p, mid)
		}
		if p != McNemar(c, b) || mid != McNemarMidP(c, b) {
			t.Fatal("gained and lost are not alike")
		}
		if b+c > 0 {
			d := distuv.Binomial{N: float64(b + c), P: 0.5}
			if want := min(1, 2*d.CDF(float64(min(b, c)))); math.Abs(p-want) > 1e-9*want {
				t.Fatalf("%v, gonum has %v", p, want)
			}
		}
		if b > c && McNemar(b+1, c) > p {
			t.Fatal("one more of the many makes less of it")
		}
	})
}

func TestWilcoxonIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(-20, 20), 0, 9).Draw(t, "steps")
		for _, pratt := range []bool{false, true} {
			got := signedRank(steps, pratt)
			if counted := WilcoxonCounts(countSteps(steps)); !pratt && counted != got {
				t.Fatalf("%+v, and of counts %+v", got, counted)
			}
			plus, p := countSigns(steps, pratt)
			if got.WPlus != plus || math.Abs(got.P-p) > 1e-15 {
				t.Fatalf("pratt %v: %+v, counted W %v, p %v", pratt, got, plus, p)
			}
		}
	})
}

// countSteps counts steps by size.
func countSteps(steps []int) (up, down []int) {
	up, down = make([]int, 21), make([]int, 21)
	for _, d := range steps {
		if d < 0 {
			down[-d]++
		} else {
			up[d]++
		}
	}
	return up, down
}

// Both ways to count agree, up to as many steps as are counted.
func TestSignsAreCountedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var groups []ranked
		left, before, all := ExactRanks, rapid.IntRange(0, 100).Draw(t, "zeros"), 0
		for left > 0 && len(groups) < 3 {
			n := rapid.IntRange(1, left).Draw(t, "group")
			groups = append(groups, ranked{up: n, twice: 2*before + n + 1})
			left, before, all = left-n, before+n, all+n*(2*before+n+1)
		}
		less := rapid.IntRange(0, all).Draw(t, "less")
		if a, b := signsByGroup(subsets(), groups, less), signsBySum(groups, less); a != b {
			t.Fatalf("%v up to %d: %d by group, %d by sum", groups, less, a, b)
		}
	})
}

// countSigns ranks and signs one by one, in halves of ranks.
func countSigns(steps []int, pratt bool) (plus, p float64) {
	size := func(v int) int { return max(v, -v) }
	var ranks []int
	seen, all := 0, 0
	for _, d := range steps {
		if d == 0 {
			continue
		}
		r := 1
		for _, e := range steps {
			switch {
			case e == 0 && !pratt:
			case size(e) < size(d):
				r += 2
			case size(e) == size(d):
				r++
			}
		}
		ranks = append(ranks, r)
		if all += r; d > 0 {
			seen += r
		}
	}
	hits := 0
	for way := range 1 << len(ranks) {
		sum := 0
		for i, r := range ranks {
			if way&(1<<i) != 0 {
				sum += r
			}
		}
		if size(2*sum-all) >= size(2*seen-all) {
			hits++
		}
	}
	return float64(seen) / 2, float64(hits) / float64(int(1)<<len(ranks))
}

func TestWilcoxonLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(-4, 4), 0, 120).Draw(t, "steps")
		other, stretched, shuffled := []int{}, []int{}, slices.Clone(steps)
		for _, d := range steps {
			other, stretched = append(other, -d), append(stretched, d*d*d*1000)
		}
		slices.Sort(shuffled)
		for _, test := range []func([]int) SignedRank{Wilcoxon, WilcoxonPratt} {
			a, b := test(steps), test(other)
			if !(a.P > 0 && a.P <= 1) || a.P != b.P || a.WPlus != b.WMinus || a.N+a.Zeros != len(steps) {
				t.Fatalf("%+v and turned round %+v", a, b)
			}
			if test(stretched) != a || test(shuffled) != a {
				t.Fatal("only the order of the sizes counts")
			}
		}
		// On two levels it is the sign test, which is McNemar's.
		up, down := 0, 0
		for i, d := range steps {
			steps[i] = cmp.Compare(d, 0)
			up, down = up+max(steps[i], 0), down+max(-steps[i], 0)
		}
		sign := SignTest(up, down, len(steps)-up-down)
		for _, test := range []func([]int) SignedRank{Wilcoxon, WilcoxonPratt} {
			if got := test(steps); got.Exact && math.Abs(got.P-sign.P) > 1e-14 {
				t.Fatalf("%+v, sign test %+v", got, sign)
			} else if math.Abs(got.P-sign.P) > 0.02 {
				t.Fatalf("approximately %+v, sign test %+v", got, sign)
			}
		}
	})
}

func TestHolmLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(1e-9, 1), rapid.SampledFrom([]float64{0.01, 0.04, 1, math.NaN()})), 0, 30).Draw(t, "p")
		before := slices.Clone(p)
		got := Holm(p)
		tests := 0
		for _, v := range p {
			if !math.IsNaN(v) {
				tests++
			}
		}
		for i := range p {
			if math.IsNaN(p[i]) != math.IsNaN(got[i]) || math.Float64bits(p[i]) != math.Float64bits(before[i]) {
				t.Fatalf("%v becomes %v", p, got)
			}
			if got[i] < p[i] || got[i] > 1 || got[i] > float64(tests)*p[i] {
				t.Fatalf("%v is adjusted to %v of %d", p[i], got[i], tests)
			}
			for j := range p {
				if p[i] == p[j] && got[i] != got[j] || p[i] < p[j] && got[i] > got[j] {
					t.Fatalf("%v and %v are adjusted to %v and %v", p[i], p[j], got[i], got[j])
				}
			}
		}
	})
}

func crossing(t *rapid.T) Crossing {
	return Crossing{pairs(t, 60), count(t, 40, "joined"), count(t, 40, "began"), count(t, 40, "left"), count(t, 40, "stopped")}
}

// The parts add up to the last unit, and each is what its formula says.
func TestDecompositionAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := crossing(t)
		d, err := Decompose(c)
		if c.Stayed.N() == 0 {
			if err == nil {
				t.Fatal("split without anybody who stayed")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		parts := []int64{d.Gained, d.Lost, d.Joined, d.Began, d.Left, d.Stopped}
		sum := int64(0)
		for _, p := range parts {
			sum += p
		}
		if sum != d.Total || d.Stayed()+d.Composition() != d.Total {
			t.Fatalf("%+v adds up to %d", d, sum)
		}
		p, s := c.Stayed, c.Stayed.N()
		n1, n2 := s+c.Left.N+c.Stopped.N, s+c.Joined.N+c.Began.N
		is := func(what string, part int64, want *big.Rat) {
			if big.NewRat(part, d.Denominator).Cmp(want) != 0 {
				t.Fatalf("%s: %d of %d, want %v", what, part, d.Denominator, want)
			}
		}
		less := func(a, n, b, m int) *big.Rat {
			return new(big.Rat).Sub(big.NewRat(int64(a), int64(n)), big.NewRat(int64(b), int64(m)))
		}
		is("total", d.Total, less(p.Both+p.Gained+c.Joined.Yes+c.Began.Yes, n2, p.Both+p.Lost+c.Left.Yes+c.Stopped.Yes, n1))
		is("stayed", d.Stayed(), less(p.Gained, s, p.Lost, s))
		only := func(what string, part int64, x Count, n, panel int, sign int64) {
			want := new(big.Rat)
			if x.N > 0 {
				want.Mul(big.NewRat(sign*int64(x.N), int64(n)), less(x.Yes, x.N, panel, s))
			}
			is(what, part, want)
		}
		only("joined", d.Joined, c.Joined, n2, p.Both+p.Gained, 1)
		only("began", d.Began, c.Began, n2, p.Both+p.Gained, 1)
		only("left", d.Left, c.Left, n1, p.Both+p.Lost, -1)
		only("stopped", d.Stopped, c.Stopped, n1, p.Both+p.Lost, -1)

		back, err := Decompose(Crossing{Pairs{p.Both, p.Lost, p.Gained, p.Neither}, c.Left, c.Stopped, c.Joined, c.Began})
		if err != nil || back.Total != -d.Total || back.Stayed() != -d.Stayed() || back.Joined != -d.Left || back.Stopped != -d.Began {
			t.Fatalf("%+v, and the other way round %+v", d, back)
		}

		scale := rapid.SampledFrom([]int64{1, 100, 1000, 10000}).Draw(t, "scale")
		total, points := d.Points(scale, parts...)
		if math.Abs(float64(total)-d.Share(d.Total)*float64(scale)) > 0.5+1e-9 {
			t.Fatalf("total %v is rounded to %d", d.Share(d.Total)*float64(scale), total)
		}
		for i, v := range points {
			total -= v
			if exact := d.Share(parts[i]) * float64(scale); math.Abs(float64(v)-exact) > 1 || parts[i] == 0 && v != 0 {
				t.Fatalf("%v is rounded to %d", exact, v)
			}
		}
		if total != 0 {
			t.Fatalf("the rounded parts miss the total by %d", total)
		}
	})
}

func TestYearsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := func(what string) time.Time {
			return time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 30000).Draw(t, what))
		}
		a, b := day("from"), day("to")
		y := Years(a, b)
		if y != -Years(b, a) || math.Abs(y-b.Sub(a).Hours()/24/365.2425) > 0.01 {
			t.Fatalf("%v to %v is %v years", a, b, y)
		}
		if next := Years(a, b.AddDate(0, 0, 1)); next <= y {
			t.Fatalf("a day later is %v years, not more than %v", next, y)
		}
	})
}
