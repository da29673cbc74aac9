package sentence

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
)

// claims are the words of each language that claim a change, and no others do.
var claims = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`is in place (more|less) often|changed for the (better|worse)|yes is (more|less) frequent`),
	"ar": regexp.MustCompile(`قائم لدى نسبة|إلى الأفضل|إلى الأسوأ|صارت (أكثر|أقل)`),
	"fr": regexp.MustCompile(`(plus|moins) souvent|favorablement|est (plus|moins) fréquent`),
	"es": regexp.MustCompile(`con (mayor|menor) frecuencia|a mejor|a peor|es (más|menos) frecuente`),
}

// drawRow draws two rounds and one row of their comparison, as somebody may see it.
func drawRow(t *rapid.T) (domain.Comparison, Names) {
	n := rapid.IntRange(1, 60).Draw(t, "respondents")
	letters := func(label string, weights string) string {
		return string(rapid.SliceOfN(rapid.SampledFrom([]byte(weights)), n, n).Draw(t, label))
	}
	weights := []string{"yn", "yyyyyyyyn", "nnnnnnnnny", "yyynn-x.", "yyyyyyyy-.", "y--", "y---", "nnn-", "-", "y", "n"}
	pick := func(label string) string { return rapid.SampledFrom(weights).Draw(t, label) }
	make := func(year int) sheet {
		label := strconv.Itoa(year)
		a, b := letters("a"+label, pick("wa"+label)), letters("b"+label, pick("wb"+label))
		return round(year, rapid.Bool().Draw(t, "simulated"+label), a, strings.ReplaceAll(b, ".", "n"))
	}
	from, to := make(2021), make(2025)
	q := domain.Query{Panel: rapid.SampledFrom([]domain.Panel{domain.All, domain.Matched}).Draw(t, "panel")}
	if rapid.IntRange(0, 3).Draw(t, "grouped") == 0 {
		q.Attribute, q.Value = "income", "high"
	}
	var figures []domain.Figure
	if q.Panel == domain.All && q.Attribute == "" && rapid.Bool().Draw(t, "published") {
		total := rapid.IntRange(61, 99).Draw(t, "total")
		figures = totals(rapid.IntRange(0, total).Draw(t, "count"), total)
	}
	rows, err := domain.Compare(domain.Side{Answers: from, Figures: figures}, domain.Side{Answers: to}, q)
	if err != nil {
		t.Fatal(err)
	}
	r := rows[rapid.IntRange(0, 1).Draw(t, "row")]
	if rapid.Bool().Draw(t, "anybody") {
		r = domain.PublicDisclosure().Comparison(r)
	}
	names := names(from, to)
	names.Attribute = q.Attribute
	return r, names
}

// TestNoSentenceClaimsMoreThanItsRow: a sentence claims a change if and only if the
// interval, the test and what missing answers allow all exclude no change; it has
// no number that its row has not; and it has no holes.
func TestNoSentenceClaimsMoreThanItsRow(t *testing.T) {
	w := writers(t)
	claimed := 0
	rapid.Check(t, func(t *rapid.T) {
		r, n := drawRow(t)
		want := excludes(r)
		if want {
			claimed++
		}
		if got := ClaimOf(r).Changed(); got != want {
			t.Fatalf("claim %s, and all evidence excludes no change: %v: %+v", ClaimOf(r), want, r)
		}
		if c := ClaimOf(r); c == Better && (*r.Change > 0) != (r.Polarity == domain.Positive) || c == Worse && (*r.Change > 0) != (r.Polarity == domain.Negative) {
			t.Fatalf("%s by %v of a %s indicator", c, *r.Change, r.Polarity)
		}
		for _, lang := range Languages {
			for _, s := range []string{w[lang].Comparison(r, n), w[lang].Decomposition(r, n)} {
				whole(t, s)
				onlyNumbersOf(t, r, s)
			}
			s := w[lang].Comparison(r, n)
			if got := claims[lang].MatchString(s); got != want {
				t.Fatalf("%s: %q claims a change: %v, want %v", lang, s, got, want)
			}
			if r.Simulated != strings.HasPrefix(s, strings.Split(w[lang].p.Text("simulated"), "{")[0]) {
				t.Fatalf("%s: %q, simulated %v", lang, s, r.Simulated)
			}
		}
	})
	if claimed == 0 {
		t.Error("no row of any comparison could claim a change: the test shows nothing")
	}
}

// excludes is the rule by itself, as docs/method.md has it.
func excludes(r domain.Comparison) bool {
	if r.Change == nil || r.ChangeLow == nil || *r.ChangeLow <= 0 && *r.ChangeHigh >= 0 {
		return false
	}
	if r.Panel == domain.Matched && (r.PAdjusted == nil || *r.PAdjusted >= 0.05) {
		return false
	}
	if b := r.ChangeBounds; b != nil {
		return b[0] > 0 || b[1] < 0
	}
	if b := r.ToBounds; b != nil {
		return b[0] > *r.FromShare || b[1] < *r.FromShare
	}
	return true
}

var holes = regexp.MustCompile(`%!|[{}]|[a-z]\.[a-z]|\(\)|“”|«»|  |NaN|Inf|<nil>`)

// whole fails where a sentence has a hole.
func whole(t interface{ Fatalf(string, ...any) }, s string) {
	if found := holes.FindString(s); found != "" {
		t.Fatalf("%q in %q", found, s)
	}
	if strings.Count(s, "\u2066")+strings.Count(s, "\u2068") != strings.Count(s, "\u2069") {
		t.Fatalf("isolates do not close in %q", s)
	}
}

var numbers = regexp.MustCompile(`[-+]?\d+(?:\.\d+)?(?:\x{a0}?%)?`)

// onlyNumbersOf fails where a sentence has a number that its row has not.
func onlyNumbersOf(t interface{ Fatalf(string, ...any) }, r domain.Comparison, s string) {
	whole := map[int]bool{2021: true, 2025: true, 95: true}
	for _, v := range []*int{r.FromCount, r.FromN, r.ToCount, r.ToN, r.Gained, r.Lost} {
		if v != nil {
			whole[*v] = true
		}
	}
	var parts []float64
	add := func(v *float64) {
		if v != nil {
			parts = append(parts, 100**v)
		}
	}
	for _, v := range []*float64{r.FromShare, r.ToShare, r.Change, r.ChangeLow, r.ChangeHigh} {
		add(v)
	}
	for _, b := range []*[2]float64{r.FromBounds, r.ToBounds, r.ChangeBounds} {
		if b != nil {
			parts = append(parts, 100*b[0], 100*b[1])
		}
	}
	if r.PAdjusted != nil {
		parts = append(parts, *r.PAdjusted, 0.001)
	}
	if r.Detail != nil && r.Detail.Decomposition != nil {
		parts = append(parts, 100*r.Detail.Decomposition.Stayed, 100*r.Detail.Decomposition.Composition)
	}
	plain := regexp.MustCompile(`[\x{200e}\x{200f}\x{61c}]`).ReplaceAllString(regexp.MustCompile(`(\d),(\d)`).ReplaceAllString(s, "$1.$2"), "")
	for _, x := range numbers.FindAllString(plain, -1) {
		digits := strings.TrimRight(x, "%\u00a0")
		if n, err := strconv.Atoi(digits); err == nil && digits == x {
			if !whole[n] {
				t.Fatalf("%s in %q is no number of %+v", x, s, r)
			}
			continue
		}
		v, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			t.Fatalf("%s in %q: %v", x, s, err)
		}
		known := v == 95
		for _, p := range parts {
			// A part of a change is what is left of the total as written: a tenth off at most.
			known = known || math.Abs(p-v) < 0.1001
		}
		if !known {
			t.Fatalf("%s in %q is no number of %+v", x, s, r)
		}
	}
}

// TestSummariesCountTheirSentences: a title counts what the sentences claim.
func TestSummariesCountTheirSentences(t *testing.T) {
	w := writers(t)
	rapid.Check(t, func(t *rapid.T) {
		var rows []domain.Comparison
		var n Names
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			var r domain.Comparison
			r, n = drawRow(t)
			rows = append(rows, r)
		}
		for _, lang := range Languages {
			s := w[lang].Comparisons(rows, n)
			whole(t, s.Title)
			whole(t, s.Lead)
			said := 0
			for _, r := range rows {
				if claims[lang].MatchString(w[lang].Comparison(r, n)) {
					said++
				}
			}
			if s.Changed != said || s.Better+s.Worse != said || s.Changed+s.Unclear+s.Apart != len(rows) || len(s.Most) != min(said, 3) {
				t.Fatalf("%s: %d sentences claim a change: %+v", lang, said, s)
			}
			if (said > 0) != claims[lang].MatchString(s.Title) {
				t.Fatalf("%s: %d changed, and the title is %q", lang, said, s.Title)
			}
		}
	})
}
