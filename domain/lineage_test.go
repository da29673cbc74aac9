package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// version is a framework on the binary scale whose indicators are given as
// "id", "id=framework/old", with ! before old for a break, + between several.
func version(id FrameworkID, indicators ...string) *Framework {
	f := &Framework{ID: id, Version: "1", Name: Text{"en": string(id)}, Scales: []Scale{Binary()}}
	for _, spec := range indicators {
		name, maps, _ := strings.Cut(spec, "=")
		in := Indicator{ID: IndicatorID(name), Scale: "binary", Polarity: Positive, Name: Text{"en": name}}
		for _, m := range strings.Split(maps, "+") {
			if to, old, ok := strings.Cut(m, "/"); ok {
				plain := strings.TrimPrefix(old, "!")
				in.Maps = append(in.Maps, Mapping{Framework: FrameworkID(to), Indicator: IndicatorID(plain), Break: plain != old})
			}
		}
		f.Indicators = append(f.Indicators, in)
	}
	return f
}

func TestLinksOverAChainOfThree(t *testing.T) {
	one := version("one", "a", "b", "c", "d", "gone")
	two := version("two", "a=one/a", "bb=one/!b", "cd=one/c+one/d", "new")
	three := version("three", "a=two/a", "b=two/bb", "cd=two/cd", "new=two/!new", "direct=one/b")
	l := Lineage{one, two, three}
	for _, c := range []struct {
		later, earlier *Framework
		in             IndicatorID
		want           string
	}{
		{three, one, "a", "a 0"}, {three, one, "b", "b 1"}, {three, one, "cd", "c 1"}, {three, two, "cd", "cd 0"}, {two, one, "cd", "c 1"},
		{three, two, "new", "new 1"}, {three, one, "new", ""}, {three, one, "direct", "b 0"}, {three, two, "direct", ""}, {one, three, "a", ""},
		{one, one, "gone", "gone 0"},
	} {
		in, _ := c.later.Indicator(c.in)
		got := ""
		if way, ok := l.Link(c.later, in, c.earlier); ok {
			got = fmt.Sprintf("%s %d", way.Indicator, way.Breaks)
		}
		if got != c.want {
			t.Errorf("%s of %s in %s: %q, want %q", c.in, c.later.ID, c.earlier.ID, got, c.want)
		}
	}
	if e := l.Ended(three, one); len(e) != 1 || e[0].ID != "gone" {
		t.Errorf("ended: %v", e)
	}
	if !l.Related(three, one) || l.Related(one, three) || len(l.Ancestors(three)) != 3 {
		t.Error("who continues whom is wrong")
	}
}

// TestOfSeveralMadeOneOnlyOneGoesOn: the series of a merger continues the only
// earlier indicator whose mapping does not break.
func TestOfSeveralMadeOneOnlyOneGoesOn(t *testing.T) {
	one := version("one", "a", "b")
	for spec, want := range map[string]string{"x=one/a+one/b": "a 1", "x=one/!a+one/b": "b 0", "x=one/a+one/!b": "a 0", "x=one/!a+one/!b": "a 1"} {
		two := version("two", spec)
		way, ok := Lineage{one, two}.Link(two, two.Indicators[0], one)
		if got := fmt.Sprintf("%s %d", way.Indicator, way.Breaks); !ok || got != want {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
}

// TestMappingsInACircleEnd: nothing published can run in a circle; what was read
// from elsewhere must still end.
func TestMappingsInACircleEnd(t *testing.T) {
	a, b := version("a", "x=b/x"), version("b", "x=a/x")
	l := Lineage{a, b, version("c", "x")}
	if _, ok := l.Link(a, a.Indicators[0], l[2]); ok {
		t.Error("a way out of a circle")
	}
	if len(l.Ancestors(a)) != 2 || len(l.Ended(a, b)) != 0 {
		t.Error("the circle is not seen whole")
	}
	if _, err := PublishFramework(Lineage{a}, *b, Source{}, Date{}); err != nil {
		t.Errorf("b continues the published a: %v", err)
	}
	if _, err := PublishFramework(nil, *a, Source{}, Date{}); code(err) != CodeInvalid {
		t.Errorf("a maps to what was not published: %v", err)
	}
}

// TestPublishedLineagesHaveNoCircle publishes frameworks with any mappings: what is
// taken maps only to what was there before.
func TestPublishedLineagesHaveNoCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Lineage
		for n := range 5 {
			f := version(FrameworkID(fmt.Sprintf("f%d", n)), "a", "b")
			for i := range f.Indicators {
				for range rapid.IntRange(0, 3).Draw(t, "maps") {
					f.Indicators[i].Maps = append(f.Indicators[i].Maps, Mapping{
						Framework: FrameworkID(fmt.Sprintf("f%d", rapid.IntRange(0, 4).Draw(t, "to"))),
						Indicator: rapid.SampledFrom([]IndicatorID{"a", "b", "c"}).Draw(t, "old"), Break: rapid.Bool().Draw(t, "break")})
				}
			}
			if _, err := PublishFramework(l, *f, Source{}, Date{}); err != nil {
				continue
			}
			l = append(l, f)
		}
		for i, later := range l {
			for j, earlier := range l {
				if j > i && l.Related(later, earlier) {
					t.Fatalf("%s continues %s, which came after it", later.ID, earlier.ID)
				}
				for _, in := range later.Indicators {
					way, ok := l.Link(later, in, earlier)
					if ok && (!l.Related(later, earlier) || earlier.IndexOf(way.Indicator) < 0) {
						t.Fatalf("%s of %s leads to %v in %s", in.ID, later.ID, way, earlier.ID)
					}
					if ok && slices.ContainsFunc(l.Ended(later, earlier), func(x Indicator) bool { return x.ID == way.Indicator }) {
						t.Fatalf("%s of %s has ended and goes on", way.Indicator, earlier.ID)
					}
				}
			}
		}
	})
}
