package domain

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	for text, want := range map[string]Date{"2021": {2021, 0, 0}, "2021-03": {2021, 3, 0}, "2021-03-15": {2021, 3, 15}, "2024-02-29": {2024, 2, 29}} {
		got, err := ParseDate(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "21", "2021-13", "2021-00", "2021-02-30", "2023-02-29", "2021-3", "2021/03", "0000", "2021-03-15T00:00:00Z", "٢٠٢١", "+021", "2021-+1"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q is %v", bad, d)
		}
	}
}

func TestDatesPackInOrder(t *testing.T) {
	date := rapid.Custom(func(t *rapid.T) Date {
		d := Date{Year: rapid.IntRange(1, 9999).Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "month")}
		if d.Month > 0 {
			d.Day = rapid.IntRange(0, 28).Draw(t, "day")
		}
		return d
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := date.Draw(t, "a"), date.Draw(t, "b")
		if UnpackDate(a.Pack()) != a {
			t.Fatalf("%v unpacks as %v", a, UnpackDate(a.Pack()))
		}
		if c := a.First().Compare(b.First()); c != 0 && c != a.Compare(b) || a.Compare(b) != -b.Compare(a) {
			t.Fatalf("%v against %v: %d", a, b, a.Compare(b))
		}
		back, err := ParseDate(a.String())
		if err != nil || back != a {
			t.Fatalf("%v reads back as %v (%v)", a, back, err)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2021", "2021-03", "2021-03-15", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Fatalf("%q reads as %q", s, d)
		}
	})
}

func TestValidIDs(t *testing.T) {
	for _, good := range []string{"a", "a.b-c.d1", "2021", "2021-simulated", "السياسة.القيادة", "política", "مؤشر.١٢-ب", "学习.指标", "हिंदी", strings.Repeat("م", MaxID/2)} {
		if !ValidID(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", ".", "a.", ".a", "a..b", "a-", "A", "a b", "a/b", "a\x00", "</script>", "=x", strings.Repeat("a", MaxID+1),
		strings.Repeat("م", MaxID/2+1), "a\u200fb", "\u202eabc", "ab\ufe0f", "a\u034fb", "e\u0301", "ا\u0653", "Ⅷ", "ǅ", "a_b", "a\u200db"} {
		if ValidID(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"KEN", "GB-EAW", "XAA", "R1"} {
		if !ValidRespondent(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "K", "ken", "K N", "1AB", "KEN-", "ABCDEFGHIJKLM", "KEN/X"} {
		if ValidRespondent(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
	if !Respondent("XZZ").Anonymous() || Respondent("KEN").Anonymous() || Respondent("XA").Anonymous() || Respondent("XA1").Anonymous() {
		t.Error("anonymous codes are XAA to XZZ")
	}
}

func TestTextFallsBackAndSaysSo(t *testing.T) {
	for _, c := range []struct {
		text            Text
		lang, want, tag string
	}{{Text{"en": "a", "ar": "b"}, "ar", "b", "ar"}, {Text{"en": "a"}, "ar", "a", "en"}, {Text{"fr": "c", "es": "d"}, "ar", "d", "es"}, {nil, "en", "", ""}} {
		if s, tag := c.text.In(c.lang); s != c.want || tag != c.tag {
			t.Errorf("%v in %s: %q, %q", c.text, c.lang, s, tag)
		}
	}
}

func TestFrameworkFaultsAreAllFound(t *testing.T) {
	f := testFramework()
	if faults := f.Validate(); len(faults) > 0 {
		t.Fatalf("%v", faults)
	}
	f.ID = "F"
	f.Name = nil
	f.Scales[0].Positive = "maybe"
	f.Capabilities[0].Domain = "z"
	f.Indicators[0].Scale = "binry"
	f.Indicators[1].Polarity = ""
	f.Indicators[2].ID = "a.b.two"
	f.Indicators[2].Capabilities = []string{"a.c"}
	var got []string
	for _, e := range f.Validate() {
		got = append(got, e.Error())
	}
	for _, want := range []string{"id: ", "name: ", "scales[0].positive: ", "capabilities[0].domain: ", "indicators[0].scale: ", "indicators[1].polarity: ", "indicators[2].id: ", "indicators[2].capabilities[0]: "} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("no fault at %s in %q", want, got)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		token Token
		ok    bool
	}{{Token{Role: Viewer}, true}, {Token{Role: FocalPoint, Country: "KEN"}, true}, {Token{Role: FocalPoint}, false}, {Token{Role: Viewer, Country: "KEN"}, false}, {Token{Role: "king"}, false}} {
		if err := CheckToken(c.token); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.token, err)
		}
	}
	var nobody *Token
	focal, analyst, viewer := &Token{Role: FocalPoint, Country: "KEN"}, &Token{Role: Analyst}, &Token{Role: Viewer}
	if nobody.Sees("KEN") || nobody.SeesAll() || nobody.Submits("KEN") || nobody.SeesDrafts("KEN") || viewer.SeesDrafts("KEN") || focal.Reviews() || !focal.Sees("KEN") || focal.Sees("FRA") || focal.SeesAll() ||
		!focal.Submits("KEN") || focal.Submits("FRA") || focal.SeesDrafts("FRA") || !analyst.SeesAll() || !analyst.Submits("FRA") || !analyst.SeesDrafts("FRA") || viewer.Submits("FRA") || !viewer.Sees("FRA") {
		t.Error("who may what")
	}
}
