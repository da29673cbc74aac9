package domain

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func five() Scale {
	return Scale{ID: "five", Values: []Status{"1", "2", "3", "4", "5"}, Positive: "3"}
}

func TestDistributionByHand(t *testing.T) {
	for _, c := range []struct {
		counts []int
		median Status
		mean   float64
	}{
		{[]int{1, 0, 0, 0, 0}, "1", 1}, {[]int{1, 1, 0, 0, 0}, "1", 1.5}, {[]int{1, 1, 1, 0, 0}, "2", 2}, {[]int{5, 0, 0, 0, 5}, "1", 3},
		{[]int{4, 0, 0, 0, 5}, "5", 29.0 / 9},
	} {
		d := DistributionOf(five(), c.counts)
		if *d.Median != c.median || *d.OrdinalMean != c.mean || d.Target != "3" {
			t.Errorf("%v: median %s, mean %v", c.counts, *d.Median, *d.OrdinalMean)
		}
	}
	if DistributionOf(Binary(), []int{3, 4}) != nil || DistributionOf(five(), make([]int, 5)) != nil {
		t.Error("a distribution where there is none")
	}
}

// TestHiddenLevelsCannotBeCountedBack: with the share shown, and so the sums below
// the target and from there on, no small count follows from those that are shown.
func TestHiddenLevelsCannotBeCountedBack(t *testing.T) {
	rule := PublicDisclosure()
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 8), 5, 5).Draw(t, "counts")
		d := DistributionOf(five(), slices.Clone(counts))
		upper := counts[2] + counts[3] + counts[4]
		if d == nil || !rule.Shows(upper, d.N, false) {
			return // then nothing of it is shown
		}
		out := rule.Spread(d)
		for _, part := range [][2]int{{0, 2}, {2, 5}} {
			hidden := 0
			for i := part[0]; i < part[1]; i++ {
				if rule.small(counts[i]) && out.Levels[i].Count != nil {
					t.Fatalf("%d stands at level %d", counts[i], i+1)
				}
				if out.Levels[i].Count == nil {
					hidden++
				}
			}
			if hidden == 1 {
				t.Fatalf("%v: the one hidden count of a part follows from the others", counts)
			}
			if hidden > 0 && (out.Median != nil || out.OrdinalMean != nil) {
				t.Fatal("median or mean give a hidden count away")
			}
		}
		for i, l := range d.Levels {
			if *l.Count != counts[i] {
				t.Fatal("the distribution itself was changed")
			}
		}
	})
}

func TestNearestLevel(t *testing.T) {
	words := Scale{ID: "w", Values: []Status{"absent", "partial", "complete"}, Positive: "complete"}
	for _, c := range []struct {
		scale Scale
		typed Status
		want  Status
	}{
		{five(), "6", "5"}, {five(), "0", "1"}, {five(), "3.0", "3"}, {five(), "3,4", "3"}, {five(), "٤", "4"}, {five(), "۵", "5"}, {five(), "NaN", ""},
		{five(), "in_place", ""}, {words, "partail", "partial"}, {words, "Complete", "complete"}, {words, "zzzzzzzz", ""}, {words, "3", ""},
	} {
		if got := nearestStatus(c.scale, c.typed); got != c.want {
			t.Errorf("%q: %q, want %q", c.typed, got, c.want)
		}
	}
}

func TestTypedIDs(t *testing.T) {
	for typed, want := range map[string]string{" a.b ": "a.b", "\u200fالسياسة\u200e": "السياسة", "\u0627\u0653": "\u0622", "\ufeffa": "a"} {
		if got := Typed(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		if ValidID(id) && Typed(id) != id {
			t.Fatalf("%q is an id and is read as %q", id, Typed(id))
		}
	})
}

// TestPublishedShareOfAGradedScale: a figure is the share where it counts all levels
// in place, and no others.
func TestPublishedShareOfAGradedScale(t *testing.T) {
	for _, c := range []struct {
		counts []Status
		ok     bool
	}{{[]Status{"3", "4", "5"}, true}, {[]Status{"5", "4", "3"}, true}, {[]Status{"4", "5"}, false}, {[]Status{"2", "3", "4", "5"}, false}, {nil, false}} {
		f := Figure{Indicator: "a", Counts: Criterion{Statuses: map[IndicatorID][]Status{"a": c.counts}}, Count: 7, Denominator: 9}
		if got, ok := PublishedShare([]Figure{f}, "a", five()); ok != c.ok || ok && got.Count != 7 {
			t.Errorf("%v: %+v %v", c.counts, got, ok)
		}
	}
}
