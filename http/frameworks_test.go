package http_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"headway/domain"
	"headway/domain/definition"
	"headway/events"
	"headway/http/browsertest"
	"headway/projections"
)

// arabic is a framework in Arabic only, on a scale of five levels.
const arabic = `id: إطار
version: "١"
name: {ar: "إطار تجريبي"}
source: {document: "وثيقة مختلقة للاختبار"}
scales:
  - {id: خماسي, values: [غائب, أولي, متوسط, جيد, متقدم], positive: متوسط}
domains:
  - {id: التخطيط, name: {ar: "التخطيط"}}
indicators:
  - {id: التخطيط.استراتيجية-وطنية, domain: التخطيط, scale: خماسي, polarity: positive, name: {ar: "هل توجد استراتيجية وطنية؟"}, wording: {ar: "نص السؤال"}}
  - {id: التخطيط.ميزانية, domain: التخطيط, scale: خماسي, polarity: positive, name: {ar: "ميزانية مخصصة"}}
`

// revised continues it, in English and Arabic.
const revised = `id: revised
version: "2"
name: {en: "Revised", ar: "المنقح"}
source: {document: "Made up for a test"}
scales:
  - {id: three, values: [low, middle, high], positive: middle}
domains:
  - {id: plan, name: {en: "Planning", ar: "التخطيط"}}
indicators:
  - id: plan.strategy
    domain: plan
    scale: three
    polarity: positive
    name: {en: "Strategy", ar: "الاستراتيجية"}
    maps: [{framework: إطار, indicator: التخطيط.استراتيجية-وطنية, break: true}]
`

// severalFrameworks serves the demonstration beside two frameworks: one in Arabic
// only, with two rounds, and one that continues it, with a round.
func severalFrameworks(t *testing.T) *world {
	t.Helper()
	w := demo(t)
	w.survey(t, arabic, "2016-عربي", "2018-عربي")
	w.survey(t, revised, "2020-revised")
	w.release(t, "2016-عربي", "2018-عربي", "2020-revised")
	return w
}

// survey publishes a framework and opens rounds, two years apart, that 40 made-up
// respondents answer.
func (w *world) survey(t *testing.T, yaml string, rounds ...domain.RoundID) {
	t.Helper()
	ctx, by := context.Background(), events.Stamp{Actor: "tester"}
	f, err := definition.Framework("f.yaml", strings.NewReader(yaml))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.PublishFramework(ctx, by, f, domain.Source{}); err != nil {
		t.Fatal(err)
	}
	levels := f.Scales[0].Values
	for i, round := range rounds {
		var who []domain.Enrolment
		csv := "country,indicator,status\n"
		for k := range 40 {
			code := domain.Respondent(fmt.Sprintf("X%c%c", 'A'+k/26, 'A'+k%26))
			who = append(who, domain.Enrolment{Respondent: code, Kind: domain.AnonymousKind})
			for n, in := range f.Indicators {
				csv += fmt.Sprintf("%s,%s,%s\n", code, in.ID, levels[(k*k+n+i*(k%3))%len(levels)])
			}
		}
		var year int
		if _, err := fmt.Sscanf(string(round), "%d", &year); err != nil {
			t.Fatal(err)
		}
		rd := domain.Round{ID: round, Framework: f.ID, ReferenceDate: domain.Date{Year: year}, Simulated: true}
		_, err1 := w.desk.OpenRound(ctx, by, rd, "", domain.Source{})
		_, err2 := w.desk.Enrol(ctx, by, round, domain.Source{}, who...)
		_, err3 := w.desk.Import(ctx, by, deskFile("answers.csv", round, csv), false)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
	}
}

func TestPagesOfAFrameworkInArabicOnly(t *testing.T) {
	w := severalFrameworks(t)
	tab := browsertest.New(t).Tab(t)
	framework, indicator := url.QueryEscape("إطار"), url.PathEscape("التخطيط.استراتيجية-وطنية")
	for _, c := range []struct {
		name, path string
		figures    int
		says       string
	}{
		{"choice", "/?x=1", 0, "إطار تجريبي"}, {"arabic-summit", "/?framework=" + framework, 2, "هل توجد استراتيجية وطنية؟"},
		{"arabic-indicators", "/indicators?framework=" + framework, 0, "ميزانية مخصصة"},
		{"all-indicators", "/indicators?x=1", 0, "ميزانية مخصصة"},
		{"arabic-indicator", "/indicators/" + indicator + "?framework=" + framework, 2, "متقدم"},
		{"arabic-indicator-implied", "/indicators/" + strings.ToLower(indicator) + "?x=1", 2, "نص السؤال"},
		{"revised-summit", "/?to=2020-revised&from=" + url.QueryEscape("2016-عربي"), 1, "2020-revised"},
	} {
		for _, lang := range []string{"en", "ar"} {
			for _, width := range []int{1280, 360} {
				t.Run(fmt.Sprintf("%s %s %d", c.name, lang, width), func(t *testing.T) {
					var f facts
					v := shown(tab, width)(t, browsertest.Page{URL: w.url + c.path + "&lang=" + lang, Width: width, Height: 900, Eval: readFacts, Result: &f,
						Picture: fmt.Sprintf("%s-%s-%d", c.name, lang, width)})
					check(t, v, f, lang)
					if f.Figures != c.figures || f.Charts != c.figures || !strings.Contains(f.Text, c.says) {
						t.Errorf("%d figures, %d charts drawn, want %d; the text:\n%s", f.Figures, f.Charts, c.figures, f.Text)
					}
					fallback := strings.Contains(f.Text, "no names in English")
					if want := lang == "en" && strings.HasPrefix(c.name, "arabic"); fallback != want {
						t.Errorf("it says that names are in another language: %v", fallback)
					}
				})
			}
		}
	}
}

// TestLinksOfSeveralFrameworksLeadSomewhere follows every link of the lists of
// indicators, in both languages.
func TestLinksOfSeveralFrameworksLeadSomewhere(t *testing.T) {
	w := severalFrameworks(t)
	link := regexp.MustCompile(`href="(/[^"#]*)"`)
	followed := 0
	for _, lang := range []string{"en", "ar"} {
		for _, m := range link.FindAllStringSubmatch(w.get(t, "/indicators?lang="+lang, "").body, -1) {
			path := strings.ReplaceAll(m[1], "&amp;", "&")
			if strings.HasPrefix(path, "/assets/") {
				continue
			}
			if r := w.get(t, path, ""); r.status != http.StatusOK {
				t.Errorf("%s: %d", path, r.status)
			}
			followed++
		}
	}
	if followed < 50 {
		t.Errorf("only %d links", followed)
	}
	page := w.get(t, "/indicators/"+url.PathEscape("التخطيط.ميزانية")+"?framework="+url.QueryEscape("إطار"), "").body
	csv := regexp.MustCompile(`href="([^"]*series\.csv[^"]*)"`).FindStringSubmatch(page)
	if csv == nil {
		t.Fatal("no link to the numbers")
	}
	if r := w.get(t, strings.ReplaceAll(csv[1], "&amp;", "&"), ""); r.status != http.StatusOK || !strings.Contains(r.body, "2016-عربي") {
		t.Errorf("%s: %d %s", csv[1], r.status, r.body)
	}
}

func TestAPIAsksWhichFramework(t *testing.T) {
	w := severalFrameworks(t)
	viewer := w.token(t, domain.Viewer, "")
	arabicID := url.QueryEscape("إطار")
	for _, c := range []struct {
		path, code string
		status     int
	}{
		{"/trend", "framework_needed", 400}, {"/indicators", "framework_needed", 400}, {"/trend?framework=none", "unknown_framework", 404},
		{"/figures?round=2021&framework=" + arabicID, "invalid", 400}, {"/compare?from=2021&to=2020-revised", "invalid", 400},
		{"/maturity?model=mnr-stages&round=2021&framework=revised", "invalid", 400}, {"/status?framework=none", "unknown_framework", 404},
		{"/rounds?framework=none", "unknown_framework", 404}, {"/countries?round=2021&framework=revised", "invalid", 400},
		{"/trend?indicator=none", "unknown_indicator", 404}, {"/history?country=XAA&indicator=plan.strategy&framework=mnr-review-2021", "unknown_indicator", 404},
		{"/figures?round=2021&framework=mnr-review-2021", "", 200}, {"/trend?framework=" + arabicID, "", 200}, {"/trend?indicator=plan.strategy", "", 200},
		{"/indicators?framework=revised", "", 200}, {"/rounds?framework=revised", "", 200}, {"/status?framework=revised", "", 200},
		{"/history?country=XAA&indicator=plan.strategy", "", 200}, {"/rounds", "", 200},
	} {
		r := w.get(t, "/api/v1"+c.path, viewer)
		if r.status != c.status || !strings.Contains(r.body, c.code) {
			t.Errorf("%s: %d %s", c.path, r.status, r.body)
		}
		if c.code == "framework_needed" && !strings.Contains(r.body, "mnr-review-2021, إطار, revised") {
			t.Errorf("%s does not name the choices: %s", c.path, r.body)
		}
	}
	for _, p := range rows[domain.TrendPoint](t, w.get(t, "/api/v1/trend?indicator=plan.strategy", "")) {
		if (p.Framework == "revised") != p.Break || (p.AskedAs == "") != p.Break || p.Distribution == nil {
			t.Errorf("%+v", p)
		}
	}
	for _, row := range rows[projections.StatusRow](t, w.get(t, "/api/v1/status?framework=revised", viewer)) {
		if row.Framework != "revised" {
			t.Fatalf("%+v", row)
		}
	}
	for _, row := range rows[domain.Comparison](t, w.get(t, "/api/v1/compare?to=2020-revised&from="+url.QueryEscape("2018-عربي"), "")) {
		if row.Break != true || row.Series != domain.Breaks && row.Series != domain.Ends {
			t.Errorf("%+v", row)
		}
	}
}

// TestNoLineJoinsWhatCannotBeCompared: the summary across a break says so, and
// cites the framework's own source.
func TestNoLineJoinsWhatCannotBeCompared(t *testing.T) {
	w := severalFrameworks(t)
	page := w.get(t, "/?lang=en&to=2020-revised&from="+url.QueryEscape("2016-عربي"), "").body
	for _, want := range []string{"Nothing can be compared", "series breaks", "series ends", "Framework: Made up for a test"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "Framing the Future") {
		t.Error("the page cites the source of another framework")
	}
}
