package sentence

import (
	"math"
	"regexp"
	"slices"
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
	high := func(e domain.Enrolment) bool { return e.Attributes["income"] == "high" }
	if rapid.IntRange(0, 3).Draw(t, "grouped") == 0 && (slices.ContainsFunc(from.who, high) || slices.ContainsFunc(to.who, high)) {
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

// known are the numbers that a sentence may have: whole ones as they are, others as
// percent to a tenth.
type known struct {
	whole map[int]bool
	parts []float64
}

func (k *known) count(values ...*int) {
	for _, v := range values {
		if v != nil {
			k.whole[*v] = true
		}
	}
}

func (k *known) share(values ...*float64) {
	for _, v := range values {
		if v != nil {
			k.parts = append(k.parts, 100**v)
		}
	}
}

func (k *known) bounds(values ...*[2]float64) {
	for _, b := range values {
		if b != nil {
			k.share(&b[0], &b[1])
		}
	}
}

// onlyNumbersOf fails where a sentence has a number that its row has not.
func onlyNumbersOf(t interface{ Fatalf(string, ...any) }, r domain.Comparison, s string) {
	k := known{whole: map[int]bool{2021: true, 2025: true}}
	k.count(r.FromCount, r.FromN, r.ToCount, r.ToN, r.Gained, r.Lost)
	k.share(r.FromShare, r.ToShare, r.Change, r.ChangeLow, r.ChangeHigh)
	k.bounds(r.FromBounds, r.ToBounds, r.ChangeBounds)
	if r.PAdjusted != nil {
		k.parts = append(k.parts, *r.PAdjusted, 0.001)
	}
	if r.Detail != nil && r.Detail.Decomposition != nil {
		k.share(&r.Detail.Decomposition.Stayed, &r.Detail.Decomposition.Composition)
	}
	k.hold(t, s, r)
}

var (
	numbers  = regexp.MustCompile(`[-+]?\d+(?:\.\d+)?(?:\x{a0}?%)?`)
	decimals = regexp.MustCompile(`(\d),(\d)`)
	unseen   = regexp.MustCompile(`[\x{200e}\x{200f}\x{61c}]`)
)

// hold fails where a sentence has another number.
func (k known) hold(t interface{ Fatalf(string, ...any) }, s string, of any) {
	plain := unseen.ReplaceAllString(decimals.ReplaceAllString(s, "$1.$2"), "")
	for _, x := range numbers.FindAllString(plain, -1) {
		digits := strings.TrimRight(x, "%\u00a0")
		if n, err := strconv.Atoi(digits); err == nil && digits == x {
			if !k.whole[n] && n != 95 { // an interval of 95 %, in Arabic 95٪
				t.Fatalf("%s in %q is no number of %+v", x, s, of)
			}
			continue
		}
		v, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			t.Fatalf("%s in %q: %v", x, s, err)
		}
		found := v == 95
		for _, p := range k.parts {
			// A part of a change is what is left of the total as written: a tenth off at most.
			found = found || math.Abs(p-v) < 0.1001
		}
		if !found {
			t.Fatalf("%s in %q is no number of %+v", x, s, of)
		}
	}
}

// TestGroupsSayNoMoreThanTheirRow holds sentences about two groups as those about
// two rounds.
func TestGroupsSayNoMoreThanTheirRow(t *testing.T) {
	w := writers(t)
	alike := regexp.MustCompile(`(does not|do not)? ?rules? out that (the groups are|they changed) alike`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "respondents")
		draw := func(year int) sheet {
			letters := string(rapid.SliceOfN(rapid.SampledFrom([]byte(rapid.SampledFrom([]string{"yn", "yyyn", "y-n", "nnn-", "y", "-"}).Draw(t, "weights"))), n, n).Draw(t, "answers"))
			return round(year, rapid.Bool().Draw(t, "simulated"), letters, letters)
		}
		from, to := draw(2021), draw(2025)
		q := domain.Query{Panel: rapid.SampledFrom([]domain.Panel{domain.All, domain.Matched}).Draw(t, "panel"), Attribute: "income",
			Grouping: rapid.SampledFrom([]domain.Grouping{domain.ByFrom, domain.ByTo, domain.ByOwn}).Draw(t, "grouping")}
		rows, err := domain.CompareGroups(domain.Side{Answers: from}, domain.Side{Answers: to}, q)
		if err != nil {
			t.Fatal(err)
		}
		d := rows[rapid.IntRange(0, len(rows)-1).Draw(t, "row")]
		k := known{whole: map[int]bool{2021: true, 2025: true}}
		for _, s := range []*domain.GroupShare{d.ToA, d.ToB} {
			if s != nil {
				k.count(&s.Count, &s.N)
				k.share(&s.Share)
			}
		}
		clear := 0
		for _, x := range []*domain.Apart{d.ToDifference, d.DifferenceInChange} {
			if x != nil {
				k.share(&x.Value, x.Low, x.High)
				k.bounds(x.Bounds)
				if b := x.Bounds; x.Clear || b != nil && b[1]-b[0] > 1e-9 && (b[0] > 0 || b[1] < 0) {
					clear++
				}
			}
		}
		for _, lang := range Languages {
			s := w[lang].Groups(d, names(from, to))
			whole(t, s)
			k.hold(t, s, d)
		}
		said := 0
		for _, m := range alike.FindAllStringSubmatch(w["en"].Groups(d, names(from, to)), -1) {
			if m[1] == "" {
				said++
			}
		}
		if d.ToDifference != nil && said != clear {
			t.Fatalf("%d times said to differ, and %d times something rules out that they do not: %q", said, clear, w["en"].Groups(d, names(from, to)))
		}
	})
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
