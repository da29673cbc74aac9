package domain

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// told is what a reader with two sheets and a pencil finds of one indicator.
type told struct {
	fromYes, fromN, fromMissing, toYes, toN, toMissing int
	who                                                Movement
}

// pencil reads two rounds respondent by respondent. Group says whether somebody is
// in the group that is read, given the enrolments, of which one may be nil.
func pencil(from, to sheet, j int, group func(then, now *Enrolment) (inThen, inNow bool)) told {
	type answered struct {
		e      *Enrolment
		status Status
	}
	then, now := map[Respondent]answered{}, map[Respondent]answered{}
	codes := map[Respondent]bool{}
	for i := range from.who {
		then[from.who[i].Respondent] = answered{&from.who[i], from.cells[i][j]}
		codes[from.who[i].Respondent] = true
	}
	for i := range to.who {
		now[to.who[i].Respondent] = answered{&to.who[i], to.cells[i][j]}
		codes[to.who[i].Respondent] = true
	}
	scale := from.f.ScaleOf(from.f.Indicators[j])
	out := told{who: Movement{[]Respondent{}, []Respondent{}, []Respondent{}, []Respondent{}, []Respondent{}, []Respondent{}, []Respondent{}, []Respondent{}}}
	read := func(a answered, in bool, yes, n, missing *int) string {
		switch {
		case a.e == nil || !in || a.status == NotApplicable:
			return ""
		case !a.status.Answered():
			*missing++
			return "missing"
		}
		*n++
		if scale.Counts(a.status) {
			*yes++
			return "yes"
		}
		return "no"
	}
	lists := map[string]*[]Respondent{"no yes": &out.who.Gained, "yes no": &out.who.Lost, "yes yes": &out.who.Kept, "no no": &out.who.Never,
		"missing yes": &out.who.NewlyAnswering, "missing no": &out.who.NewlyAnswering, "yes missing": &out.who.NoLongerAnswering, "no missing": &out.who.NoLongerAnswering,
		" yes": &out.who.Joined, " no": &out.who.Joined, "yes ": &out.who.Left, "no ": &out.who.Left}
	for code := range codes {
		inThen, inNow := group(then[code].e, now[code].e)
		a := read(then[code], inThen, &out.fromYes, &out.fromN, &out.fromMissing)
		b := read(now[code], inNow, &out.toYes, &out.toN, &out.toMissing)
		if l := lists[a+" "+b]; l != nil {
			*l = append(*l, code)
		}
	}
	for _, l := range lists {
		slices.Sort(*l)
	}
	return out
}

// groupedBy is who is in an income group, by a grouping.
func groupedBy(g Grouping, income string) func(then, now *Enrolment) (bool, bool) {
	in := func(first, second *Enrolment) bool {
		if first == nil {
			first = second
		}
		return first.Attributes["income"] == income
	}
	return func(then, now *Enrolment) (bool, bool) {
		switch g {
		case ByTo:
			return in(now, then), in(now, then)
		case ByOwn:
			return then != nil && in(then, nil), now != nil && in(now, nil)
		}
		return in(then, now), in(then, now)
	}
}

// TestComparisonsAgreeWithAPencil holds every count and list of a comparison, of all
// and of each group by each grouping, against reading the sheets one by one.
func TestComparisonsAgreeWithAPencil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := graded(t, "r1"), graded(t, "r2")
		check := func(q Query, r Comparison, want told) {
			at := fmt.Sprintf("%s of %q by %q, %s", r.Indicator, r.Group, r.Grouping, q.Panel)
			w := want.who
			if q.Panel == Matched {
				n := len(w.Gained) + len(w.Lost) + len(w.Kept) + len(w.Never)
				want = told{len(w.Kept) + len(w.Lost), n, 0, len(w.Kept) + len(w.Gained), n, 0, w}
			}
			if want.fromN == 0 != (r.FromN == nil) || want.toN == 0 != (r.ToN == nil) {
				t.Fatalf("%s: %+v, a pencil gives %+v", at, r, want)
			}
			if r.FromN != nil && (*r.FromCount != want.fromYes || *r.FromN != want.fromN || r.FromMissing != want.fromMissing) ||
				r.ToN != nil && (*r.ToCount != want.toYes || *r.ToN != want.toN || r.ToMissing != want.toMissing) {
				t.Fatalf("%s: %+v, a pencil gives %+v", at, r, want)
			}
			if d := r.Detail; d != nil {
				got := []int{d.Gained, d.Lost, d.Kept, d.Never, d.NewlyAnswering, d.NoLongerAnswered, d.Joined, d.Left}
				counts := []int{len(w.Gained), len(w.Lost), len(w.Kept), len(w.Never), len(w.NewlyAnswering), len(w.NoLongerAnswering), len(w.Joined), len(w.Left)}
				if !slices.Equal(got, counts) || !reflect.DeepEqual(*r.Who, w) {
					t.Fatalf("%s: %v and %+v, a pencil gives %+v", at, got, r.Who, w)
				}
			}
			if q.Panel == Matched && r.Gained != nil && (*r.Gained != len(w.Gained) || *r.Lost != len(w.Lost)) {
				t.Fatalf("%s: gained %d, lost %d, a pencil gives %+v", at, *r.Gained, *r.Lost, want)
			}
		}
		for _, panel := range []Panel{All, Matched} {
			rows, err := Compare(Side{Answers: from}, Side{Answers: to}, Query{Panel: panel, Who: true})
			if err != nil {
				t.Fatal(err)
			}
			for j, r := range rows {
				check(Query{Panel: panel}, r, pencil(from, to, j, func(_, _ *Enrolment) (bool, bool) { return true, true }))
			}
			for _, by := range []Grouping{ByFrom, ByTo, ByOwn} {
				q := Query{Panel: panel, Attribute: "income", Grouping: by, Who: true}
				rows, err := Compare(Side{Answers: from}, Side{Answers: to}, q)
				if code(err) == CodeInvalid && len(eitherGroups(Tabulate(from), Tabulate(to), "income")) == 0 {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				var again []Comparison
				for k, r := range rows {
					check(q, r, pencil(from, to, k%3, groupedBy(by, r.Group)))
					if k%3 > 0 {
						continue
					}
					q.Value = r.Group
					one, err := Compare(Side{Answers: from}, Side{Answers: to}, q)
					if err != nil {
						t.Fatal(err)
					}
					again = append(again, one...)
				}
				if !reflect.DeepEqual(rows, again) {
					t.Fatal("every group at once says something else than one by one")
				}
			}
		}
	})
}

// twoGroups makes rounds in which a yes or no indicator goes, in each group, as the
// four numbers of its matched panel say: both, gained, lost, neither.
func twoGroups(t *testing.T, high, low [4]int) (from, to sheet) {
	t.Helper()
	from, to = sheet{round: Round{ID: "r1"}, f: testFramework()}, sheet{round: Round{ID: "r2"}, f: testFramework()}
	for _, g := range []struct {
		income string
		counts [4]int
	}{{"high", high}, {"low", low}} {
		for k, n := range g.counts {
			for range n {
				e := Enrolment{Respondent: Respondent(fmt.Sprintf("X%03d", len(from.who))), Attributes: map[string]string{"income": g.income}}
				from.who, to.who = append(from.who, e), append(to.who, e)
				said := map[bool]Status{true: InPlace, false: NotInPlace}
				from.cells = append(from.cells, []Status{said[k == 0 || k == 2], "", ""})
				to.cells = append(to.cells, []Status{said[k == 0 || k == 1], "", ""})
			}
		}
	}
	return from, to
}

// TestDifferencesBetweenGroups works the examples of docs/method.md.
func TestDifferencesBetweenGroups(t *testing.T) {
	near := func(what string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(100**got-want) > 0.05 {
			t.Errorf("%s is %v, not %v", what, got, want)
		}
	}
	q := Query{Attribute: "income", Indicators: []IndicatorID{"a.b.one"}}
	// 15 of 15 high-income countries have it and 15 of the 27 others.
	from, to := twoGroups(t, [4]int{15, 0, 0, 0}, [4]int{15, 0, 0, 12})
	rows, err := CompareGroups(Side{Answers: from}, Side{Answers: to}, q, [2]string{"low", "high"})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	d := rows[0].FromDifference
	near("the difference", &d.Value, 44.4)
	near("its lower limit", d.Low, 18.0)
	near("its upper limit", d.High, 62.7)
	if !d.Clear || rows[0].Grouping != ByFrom || rows[0].GroupA != "low" || rows[0].FromA.Count != 15 || rows[0].FromA.N != 27 || *d.Bounds != [2]float64{d.Value, d.Value} {
		t.Errorf("%+v", rows[0])
	}
	// One group of 15 gained 2 and lost 1, another of 25 gained 9 and lost 1.
	from, to = twoGroups(t, [4]int{7, 2, 1, 5}, [4]int{9, 9, 1, 6})
	q.Panel = Matched
	rows, err = CompareGroups(Side{Answers: from}, Side{Answers: to}, q)
	if err != nil || len(rows) != 1 || rows[0].GroupA != "high" || rows[0].GroupB != "low" {
		t.Fatal(rows, err)
	}
	d = rows[0].DifferenceInChange
	each, err := Compare(Side{Answers: from}, Side{Answers: to}, q)
	if err != nil {
		t.Fatal(err)
	}
	a, b := each[0], each[1]
	near("the difference in change", &d.Value, 100*(8.0/25-1.0/15))
	low := d.Value - math.Hypot(*b.Change-*b.ChangeLow, *a.ChangeHigh-*a.Change)
	high := d.Value + math.Hypot(*b.ChangeHigh-*b.Change, *a.Change-*a.ChangeLow)
	near("its lower limit", d.Low, 100*low)
	near("its upper limit", d.High, 100*high)
	if d.Clear || d.Bounds == nil {
		t.Errorf("%+v", d)
	}
}

// TestWhoChangedGroupIsInBothChanges: where each round has its own groups and
// somebody went from one to the other, the two changes are not independent, and
// their difference has no interval.
func TestWhoChangedGroupIsInBothChanges(t *testing.T) {
	from, to := twoGroups(t, [4]int{5, 1, 1, 1}, [4]int{3, 3, 1, 3})
	to.who = slices.Clone(to.who)
	to.who[0].Attributes = map[string]string{"income": "low"}
	for by, want := range map[Grouping]bool{ByFrom: true, ByTo: true, ByOwn: false} {
		rows, err := CompareGroups(Side{Answers: from}, Side{Answers: to}, Query{Attribute: "income", Grouping: by, Indicators: []IndicatorID{"a.b.one"}})
		if err != nil {
			t.Fatal(err)
		}
		if d := rows[0].DifferenceInChange; d == nil || (d.Low != nil) != want || d.Clear && !want || rows[0].Grouping != by {
			t.Errorf("by %s: %+v", by, d)
		}
	}
}

func TestGroupsThatCannotBeCompared(t *testing.T) {
	from, to := twoGroups(t, [4]int{1, 1, 1, 1}, [4]int{1, 1, 1, 1})
	for _, c := range []struct {
		q     Query
		pairs [][2]string
	}{
		{Query{}, nil},
		{Query{Attribute: "shoe size"}, nil},
		{Query{Attribute: "income", Grouping: "other"}, nil},
		{Query{Attribute: "income"}, [][2]string{{"low", "middle"}}},
		{Query{Attribute: "income"}, [][2]string{{"low", "low"}}},
	} {
		if _, err := CompareGroups(Side{Answers: from}, Side{Answers: to}, c.q, c.pairs...); code(err) != CodeInvalid {
			t.Errorf("%+v between %v: %v", c.q, c.pairs, err)
		}
	}
}
