package http_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	webhttp "headway/http"
	"headway/http/browsertest"
)

// facts is what a test reads out of a page.
type facts struct {
	Lang, Dir    string
	Overflow     int // pixels that the page is wider than the window
	Charts       int // drawn with marks
	Figures      int
	Tables       int
	Notice       bool
	ScriptsInBad int // script elements that no page of ours has
	Alerted      bool
	Text         string
}

const readFacts = `(() => ({
  Lang: document.documentElement.lang, Dir: document.documentElement.dir,
  Overflow: document.documentElement.scrollWidth - window.innerWidth,
  Charts: [...document.querySelectorAll('.plot svg')].filter(s => s.querySelectorAll('path').length > 3).length,
  Figures: document.querySelectorAll('figure[data-chart]').length,
  Tables: document.querySelectorAll('table').length,
  Notice: !!document.querySelector('.notice'),
  ScriptsInBad: [...document.scripts].filter(s => s.type !== 'application/json' && !s.src).length,
  Alerted: !!window.alerted,
  Text: document.body.innerText
}))()`

func TestPagesInABrowser(t *testing.T) {
	w := demo(t)
	b := browsertest.New(t)
	for _, c := range []struct {
		name, path string
		figures    int
	}{{"summit", "/?from=2021&to=2025", 4}, {"simulated", "/?from=2021-simulated&to=2023", 4}, {"compare", "/compare?from=2021&to=2025", 1}, {"indicators", "/indicators?x=1", 0},
		{"indicator", "/indicators/criminal-justice.image-databases.national?x=1", 1}, {"login", "/login?x=1", 0}} {
		for _, lang := range []string{"en", "ar"} {
			for _, width := range []int{1280, 360} {
				t.Run(fmt.Sprintf("%s %s %d", c.name, lang, width), func(t *testing.T) {
					var f facts
					v := b.Open(t, browsertest.Page{URL: w.url + c.path + "&lang=" + lang, Width: width, Height: 900, Eval: readFacts, Result: &f,
						Picture: fmt.Sprintf("%s-%s-%d", c.name, lang, width)})
					check(t, v, f, lang)
					if f.Figures != c.figures || f.Charts != c.figures || f.Tables < c.figures {
						t.Errorf("%d figures, %d charts drawn, %d tables; want %d", f.Figures, f.Charts, f.Tables, c.figures)
					}
					if f.Notice != (c.figures > 0) {
						t.Errorf("the notice of simulated data: %v", f.Notice)
					}
				})
			}
		}
	}
}

func check(t *testing.T, v browsertest.Visit, f facts, lang string) {
	t.Helper()
	if len(v.Problems) > 0 {
		t.Errorf("problems: %s", strings.Join(v.Problems, "\n"))
	}
	if len(v.Hosts) > 0 {
		t.Errorf("asked other hosts: %v", v.Hosts)
	}
	dir := map[string]string{"ar": "rtl"}[lang]
	if dir == "" {
		dir = "ltr"
	}
	if f.Lang != lang || f.Dir != dir {
		t.Errorf("lang %s, dir %s", f.Lang, f.Dir)
	}
	if f.Overflow > 0 {
		t.Errorf("the page is %d pixels wider than the window", f.Overflow)
	}
	if f.ScriptsInBad > 0 || f.Alerted {
		t.Errorf("%d scripts in the page, alerted: %v", f.ScriptsInBad, f.Alerted)
	}
}

// hostile are names that break out of careless pages, charts and spreadsheets.
var hostile = []string{`</script><script>window.alerted=1;alert(1)</script>`, `<img src=x onerror="window.alerted=1">`, `__f__(window.alerted=1)__f__`,
	`=HYPERLINK("http://example.org","x")`, `{b|x} {c} "quote" 'quote' & \`}

// hostileWorld serves a framework whose every name is hostile.
func hostileWorld(t *testing.T) *world {
	w := empty(t)
	ctx := context.Background()
	by := events.Stamp{Actor: "tester"}
	f := domain.Framework{ID: "bad", Version: "1", Name: domain.Text{"en": hostile[0], "ar": hostile[1]}, Scales: []domain.Scale{domain.Binary()}}
	for i, name := range hostile {
		d := fmt.Sprintf("d%d", i)
		f.Domains = append(f.Domains, domain.Domain{ID: d, Name: domain.Text{"en": name, "ar": name}})
		f.Indicators = append(f.Indicators, domain.Indicator{ID: domain.IndicatorID(d + ".x.y"), Domain: d, Scale: "binary", Polarity: domain.Positive,
			Name: domain.Text{"en": name, "ar": name}, Wording: domain.Text{"en": name}, Source: domain.Source{Document: name, Quote: name}})
	}
	m := domain.MaturityModel{ID: "m", Framework: "bad", Name: domain.Text{"en": hostile[0]}, Stages: []domain.Stage{
		{ID: "a", Name: domain.Text{"en": hostile[0]}}, {ID: "b", Name: domain.Text{"en": hostile[2]}, Rule: "share() > 0.5"}}}
	_, err1 := w.desk.PublishFramework(ctx, by, f, domain.Source{})
	_, err2 := w.desk.PublishModel(ctx, by, m, domain.Source{})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i, round := range []domain.RoundID{"2021", "2023"} {
		var who []domain.Enrolment
		csv := "country,indicator,status,note\n"
		for k := range 12 {
			code := domain.Respondent(fmt.Sprintf("X%cA", 'A'+k))
			who = append(who, domain.Enrolment{Respondent: code, Kind: domain.AnonymousKind, Name: domain.Text{"en": hostile[k%len(hostile)]}})
			for n, in := range f.Indicators {
				status := domain.NotInPlace
				if (k+n)%2 == i || k < 4 {
					status = domain.InPlace
				}
				csv += fmt.Sprintf("%s,%s,%s,%q\n", code, in.ID, status, "=1+1")
			}
		}
		rd := domain.Round{ID: round, Framework: "bad", ReferenceDate: domain.Date{Year: 2021 + 2*i}, Name: domain.Text{"en": hostile[i], "ar": hostile[i]}}
		_, err1 := w.desk.OpenRound(ctx, by, rd, "", domain.Source{})
		_, err2 := w.desk.Enrol(ctx, by, round, domain.Source{}, who...)
		_, err3 := w.desk.Import(ctx, by, deskFile("answers.csv", round, csv), false)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
	}
	return w
}

func TestHostileNamesStayText(t *testing.T) {
	w := hostileWorld(t)
	b := browsertest.New(t)
	for _, path := range []string{"/?from=2021&to=2023", "/compare?from=2021&to=2023", "/indicators?x=1", "/indicators/d0.x.y?x=1"} {
		for _, lang := range []string{"en", "ar"} {
			var f facts
			v := b.Open(t, browsertest.Page{URL: w.url + path + "&lang=" + lang, Width: 1280, Height: 900, Eval: readFacts, Result: &f})
			check(t, v, f, lang)
			if !strings.Contains(f.Text, "<script>") && !strings.Contains(f.Text, "onerror=") {
				t.Errorf("%s: the names are not there as text", path)
			}
		}
	}
	for _, c := range []string{"shares", "trend", "stages"} {
		r := w.get(t, "/charts/"+c+".csv", "")
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d", c, r.status)
		}
		if regexp.MustCompile(`(?m)(^|,)"?=HYPER`).MatchString(r.body) {
			t.Errorf("%s.csv holds a formula:\n%s", c, r.body)
		}
	}
}

// TestNumbersInFilesAreNumbers: what orders a page's text has no place in a file,
// nor may it hide a formula.
func TestNumbersInFilesAreNumbers(t *testing.T) {
	w := demo(t)
	r := w.get(t, "/charts/shares.csv?from=2021&to=2025&lang=ar", "")
	if r.status != http.StatusOK || strings.ContainsAny(r.body, "\u2066\u2067\u2068\u2069") {
		t.Errorf("%d: %q", r.status, r.body)
	}
	if !regexp.MustCompile(`,[+-]\d+\.\d,`).MatchString(r.body) {
		t.Errorf("no change stands in it as a number:\n%s", r.body)
	}
}

func TestEveryAnswerHasAStrictPolicy(t *testing.T) {
	w := empty(t)
	for _, path := range []string{"/", "/login", "/nothing", "/api/v1/rounds"} {
		p := w.get(t, path, "").header.Get("Content-Security-Policy")
		if !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: %q", path, p)
		}
	}
}

func writeSite(t *testing.T, w *world) string {
	t.Helper()
	dir := t.TempDir()
	o := webhttp.Static{From: "2021", To: "2025", Languages: []string{"en", "ar"}}
	if _, err := webhttp.WriteStatic(dir, w.runner, slog.New(slog.DiscardHandler), o); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestStaticSiteOpensFromDisk(t *testing.T) {
	dir := writeSite(t, demo(t))
	b := browsertest.New(t)
	for _, lang := range []string{"en", "ar"} {
		var f facts
		v := b.Open(t, browsertest.Page{URL: "file://" + filepath.Join(dir, lang, "index.html"), Width: 1280, Height: 900, Eval: readFacts, Result: &f, Picture: "site-" + lang})
		check(t, v, f, lang)
		if f.Charts != 4 || !f.Notice {
			t.Errorf("%d charts, notice %v", f.Charts, f.Notice)
		}
	}
}

// TestStaticSiteIsWholeAndTheSame checks that every link of the report leads to a
// file of it, and that the same log gives the same bytes.
func TestStaticSiteIsWholeAndTheSame(t *testing.T) {
	w := demo(t)
	one, two := writeSite(t, w), writeSite(t, w)
	link := regexp.MustCompile(`(?:href|src)="([^"#:]+)"`)
	files := 0
	err := filepath.WalkDir(one, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(one, path)
		if err != nil {
			return err
		}
		other, err := os.ReadFile(filepath.Join(two, rel))
		if err != nil || !bytes.Equal(data, other) {
			t.Errorf("%s differs the second time (%v)", rel, err)
		}
		if filepath.Ext(path) != ".html" {
			return nil
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", rel, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("%d files", files)
	}
}

func BenchmarkSummitPage(b *testing.B) {
	w := demo(b)
	b.ResetTimer()
	for b.Loop() {
		if r := w.get(b, "/?from=2021&to=2025&lang=en", ""); r.status != http.StatusOK {
			b.Fatal(r.status)
		}
	}
}
