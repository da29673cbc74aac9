package domain

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestDetailByHand: of eight, seven were asked twice, six answered twice; two kept
// it, one never had it, two gained, one lost, one answers only now, and one of the
// earlier round was not asked again.
func TestDetailByHand(t *testing.T) {
	from := answers("r1", map[Respondent]string{"XAA": "y", "XAB": "n", "XAC": "n", "XAD": "y", "XAE": "y", "XAF": "n", "XAG": "-", "XAH": "y"})
	to := answers("r2", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "y", "XAD": "n", "XAE": "y", "XAF": "n", "XAG": "y"})
	from.round.ReferenceDate, to.round.ReferenceDate = Date{Year: 2021}, Date{Year: 2025}
	rows, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Indicators: []IndicatorID{"a.b.one"}})
	if err != nil {
		t.Fatal(err)
	}
	r := rows[0]
	d := r.Detail
	if d == nil || d.Kept != 2 || d.Never != 1 || d.Gained != 2 || d.Lost != 1 || d.NewlyAnswering != 1 || d.NoLongerAnswered != 0 || d.Joined != 0 || d.Left != 1 {
		t.Fatalf("%+v", d)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %v, not %v", what, got, want)
		}
	}
	near("change", *r.Change, 1.0/7) // 4 of 7 to 5 of 7
	near("the lower bound of the earlier share", r.FromBounds[0], 4.0/8)
	near("the upper bound of the earlier share", r.FromBounds[1], 5.0/8)
	near("the lower bound of the change", r.ChangeBounds[0], 5.0/7-5.0/8)
	near("the upper bound of the change", r.ChangeBounds[1], 5.0/7-4.0/8)
	near("the lower bound in the panel", d.PanelLow, 1.0/7) // the seventh had it before
	near("the upper bound in the panel", d.PanelHigh, 2.0/7)
	near("those who stayed", d.Decomposition.Stayed, 1.0/6)
	near("those who came or went", d.Decomposition.Composition, 1.0/7-1.0/6)
	near("years", *r.Years, 4)
	near("change a year", *r.Yearly, 1.0/28)
	near("mid-p", *d.MidP, 0.625) // 1 − ½·P(X = 1 or 2), X binomial of 3 and ½: 2·(1/8 + ½·3/8)
	if d.Graded != nil {
		t.Error("yes or no has no levels to step over")
	}
	// The same in the matched panel, where nobody is missing on a side.
	rows, err = Compare(Side{Answers: from}, Side{Answers: to}, Query{Panel: Matched, Indicators: []IndicatorID{"a.b.one"}})
	if err != nil || rows[0].FromBounds != nil || *rows[0].ChangeBounds != [2]float64{d.PanelLow, d.PanelHigh} || *rows[0].Gained != d.Gained {
		t.Errorf("matched: %+v, %v", rows[0], err)
	}
}

// TestDetailAddsUp holds the counts and the decomposition of random rounds against
// each other, in all and in a group.
func TestDetailAddsUp(t *testing.T) {
	round := func(t *rapid.T, id RoundID) sheet {
		lines := map[Respondent]string{}
		for _, r := range []Respondent{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH"} {
			if rapid.IntRange(0, 4).Draw(t, "asked") > 0 {
				lines[r] = rapid.SampledFrom([]string{"y", "n", "-", "x", " "}).Draw(t, "answer")
			}
		}
		return answers(id, lines)
	}
	rapid.Check(t, func(t *rapid.T) {
		from, to := round(t, "r1"), round(t, "r2")
		q := Query{Indicators: []IndicatorID{"a.b.one"}}
		if high := Tabulate(from).Members("income", "high"); rapid.Bool().Draw(t, "group") && !high.Empty() {
			q.Attribute, q.Value = "income", "high"
		}
		all, err := Compare(Side{Answers: from}, Side{Answers: to}, q)
		if err != nil {
			t.Fatal(err)
		}
		r, d := all[0], all[0].Detail
		if r.FromCount == nil || r.ToCount == nil {
			if d != nil {
				t.Fatal("a detail of nothing")
			}
			return
		}
		q.Panel = Matched
		matched, err := Compare(Side{Answers: from}, Side{Answers: to}, q)
		if err != nil {
			t.Fatal(err)
		}
		if n := d.Kept + d.Never + d.Gained + d.Lost; n+d.NoLongerAnswered+d.Left != *r.FromN || n+d.NewlyAnswering+d.Joined != *r.ToN {
			t.Fatalf("%+v of %d and %d", d, *r.FromN, *r.ToN)
		}
		if r.ChangeBounds[0] > *r.ToShare-*r.FromShare+1 || r.FromBounds[0] > *r.FromShare || r.FromBounds[1] < *r.FromShare || r.ToBounds[0] > *r.ToShare || r.ToBounds[1] < *r.ToShare {
			t.Fatalf("the shares %v and %v are not within %v and %v", *r.FromShare, *r.ToShare, r.FromBounds, r.ToBounds)
		}
		x := d.Decomposition
		if x == nil {
			if d.Kept+d.Never+d.Gained+d.Lost > 0 {
				t.Fatal("no decomposition of who answered twice")
			}
			return
		}
		if x.Gained+x.Lost+x.Joined+x.Began+x.Left+x.Stopped != x.Total || math.Abs(float64(x.Total)/float64(x.Denominator)-*r.Change) > 1e-12 {
			t.Fatalf("%+v does not add up to %v", x, *r.Change)
		}
		if math.Abs(x.Stayed-*matched[0].Change) > 1e-12 || math.Abs(x.Stayed+x.Composition-*r.Change) > 1e-12 {
			t.Fatalf("%+v, and the matched panel changed by %v", x, *matched[0].Change)
		}
	})
}

// TestBoundsOfAPanelAreOverAllAskedTwice: of three asked twice two gained it, and one
// who had it is silent now. The change of the two who answered twice is outside of the
// bounds. By heads, who gained less who lost is within them.
func TestBoundsOfAPanelAreOverAllAskedTwice(t *testing.T) {
	q := Query{Panel: Matched, Indicators: []IndicatorID{"a.b.one"}}
	from := answers("r1", map[Respondent]string{"XAA": "n", "XAB": "n", "XAC": "y", "XAH": "y"})
	to := answers("r2", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "-"})
	rows, err := Compare(Side{Answers: from}, Side{Answers: to}, q)
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; *r.Change != 1 || *r.FromN != 2 || math.Abs(r.ChangeBounds[0]-1.0/3) > 1e-12 || math.Abs(r.ChangeBounds[1]-2.0/3) > 1e-12 {
		t.Errorf("change %v of %d, bounds %v", *r.Change, *r.FromN, *r.ChangeBounds)
	}
	rapid.Check(t, func(t *rapid.T) {
		then, now, asked := map[Respondent]string{}, map[Respondent]string{}, 0
		for _, r := range []Respondent{"XAA", "XAB", "XAC", "XAD", "XAE", "XAF", "XAG", "XAH"} {
			a, b := rapid.SampledFrom([]string{"y", "n", "-", "x"}).Draw(t, "then"), rapid.SampledFrom([]string{"y", "n", "-", "x"}).Draw(t, "now")
			then[r], now[r] = a, b
			if a != "x" && b != "x" {
				asked++
			}
		}
		rows, err := Compare(Side{Answers: answers("r1", then)}, Side{Answers: answers("r2", now)}, q)
		if err != nil {
			t.Fatal(err)
		}
		r := rows[0]
		if r.ChangeBounds == nil {
			return
		}
		if by := float64(*r.Gained-*r.Lost) / float64(asked); by < r.ChangeBounds[0]-1e-12 || by > r.ChangeBounds[1]+1e-12 {
			t.Fatalf("gained %d and lost %d of %d, bounds %v", *r.Gained, *r.Lost, asked, *r.ChangeBounds)
		}
	})
}

// TestAValueNobodyHasIsRefused, of all who are in the rounds and of a release, which
// names no group of a round that is not public.
func TestAValueNobodyHasIsRefused(t *testing.T) {
	from, to := answers("r1", map[Respondent]string{"XAA": "y", "XAE": "y"}), answers("r2", map[Respondent]string{"XAA": "y"})
	refused := func(err error, message string) {
		t.Helper()
		if r := RefusalOf(err); r == nil || r.Code != CodeInvalid || r.Message != message {
			t.Errorf("%v, not %q", err, message)
		}
	}
	_, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Attribute: "income", Value: "lwo"})
	refused(err, `no respondent has income "lwo"; there is high, low`)
	_, err = Compare(Side{Answers: from}, Side{Answers: to}, Query{Attribute: "incme", Value: "low"})
	refused(err, `no respondent of round r1 has an attribute "incme"`)
	if rows, err := Compare(Side{Answers: to}, Side{Answers: from}, Query{Attribute: "income", Value: "low"}); err != nil || len(rows) != 3 {
		t.Errorf("a value of the later round: %v", err)
	}
	d := Disclose(PublicDisclosure(), "income", nil, []PublicRound{{Answers: Tabulate(to)}})
	_, err = d.Compare(Side{Answers: from}, Side{Answers: to}, Query{Attribute: "income", Value: "lwo"})
	refused(err, `no respondent has income "lwo"; there is high`)
	if rows, err := d.Compare(Side{Answers: from}, Side{Answers: to}, Query{Attribute: "region", Value: "asia"}); err != nil || rows[0].FromCount != nil {
		t.Errorf("an attribute that is not released: %v", err)
	}
}

// TestTotalsNameTheFlagOfTheirRound: who asks for a matched panel of totals is told
// which flag to give the simulated round.
func TestTotalsNameTheFlagOfTheirRound(t *testing.T) {
	totals := Side{Answers: answers("2021", nil), Figures: []Figure{surveyed("a.b.one", 21, 42)}, StandIn: "2021-simulated"}
	other := Side{Answers: answers("2025", map[Respondent]string{"XAA": "y"})}
	for _, c := range []struct {
		from, to Side
		flag     string
	}{{totals, other, "--from"}, {other, totals, "--to"}} {
		_, err := Compare(c.from, c.to, Query{Panel: Matched})
		if r := RefusalOf(err); r == nil || r.Code != CodeNoAnswers || !strings.Contains(r.Message, "or "+c.flag+" 2021-simulated,") {
			t.Errorf("%s: %v", c.flag, err)
		}
	}
}

// TestThePublicSeesNoDetail: what tells who changed is hidden whatever its size, and
// bounds with the share that they are of.
func TestThePublicSeesNoDetail(t *testing.T) {
	from := answers("r1", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "y", "XAD": "n", "XAE": "n", "XAF": "n"})
	to := answers("r2", map[Respondent]string{"XAA": "y", "XAB": "y", "XAC": "y", "XAD": "y", "XAE": "y", "XAF": "n"})
	rows, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Indicators: []IndicatorID{"a.b.one"}})
	if err != nil {
		t.Fatal(err)
	}
	r := PublicDisclosure().Comparison(rows[0])
	if r.Detail != nil || r.FromBounds == nil || r.ToBounds != nil || r.ChangeBounds != nil || r.Yearly != nil {
		t.Errorf("%+v", r)
	}
}

// TestGradedChange: of five who answered twice on a scale of five, three went up,
// one down and one stayed.
func TestGradedChange(t *testing.T) {
	g := gradedChange([]int{1, 2, 1, 0, 0}, []int{0, 1, 0, 0, 0})
	// Sign test: 2·P(X ≥ 3), X binomial of 4 and ½, is 2·5/16. Signed ranks of 1, 2, 1,
	// −1: midranks 2, 4, 2, 2; of 16 sets of signs those of a sum of 2 or less, or 8 or
	// more: {}, three of one 2, and their mirrors: 8 of 16.
	if g.Up != 3 || g.Down != 1 || g.Same != 1 || math.Abs(g.SignP-0.625) > 1e-12 || math.Abs(g.WilcoxonP-0.5) > 1e-12 || !g.Exact {
		t.Errorf("%+v", g)
	}
}
