package http_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"headway/domain"
	webhttp "headway/http"
	"headway/http/browsertest"
)

// reader is who looks at a page: anybody, or the holder of a token.
type reader string

const (
	anybody reader = ""
	focal   reader = "focal point"
	analyst reader = "analyst"
)

// pageCase is a page as one reader asks for it.
type pageCase struct {
	name string
	by   reader
	path string // with ? in it
	// figures is how many charts there must be, at least; all there are must be drawn.
	figures int
}

// everyPage is all pages of an [audited] world, those that tell of an error and
// those with forms too. A route that is not here fails TestEveryPageIsLookedAt.
func everyPage(t testing.TB, w *world) []pageCase {
	t.Helper()
	at, _ := w.runner.Position()
	const indicator = "/indicators/criminal-justice.image-databases.national?x=1"
	return []pageCase{
		{"summit", anybody, "/?from=2021&to=2025", 4},
		{"simulated", anybody, "/?from=2021-simulated&to=2023", 4},
		{"summit-analyst", analyst, "/?from=2021-simulated&to=2025&panel=matched", 4},
		{"compare", anybody, "/compare?from=2021-simulated&to=2025&group=income", 2},
		{"unreleased", anybody, "/compare?from=2021-simulated&to=2025&group=region", 0},
		{"compare-analyst", analyst, "/compare?from=2021-simulated&to=2025&panel=matched&group=income", 1},
		{"indicators", anybody, "/indicators?x=1", 0},
		{"indicator", anybody, indicator, 2},
		{"indicator-analyst", analyst, indicator, 2},
		{"maturity", anybody, "/maturity?x=1", 1},
		{"maturity-analyst", analyst, "/maturity?x=1", 1},
		{"heatmap", analyst, "/heatmap?group=income", 0},
		{"heatmap-unnamed", analyst, "/heatmap?codes=0", 0},
		{"method", anybody, "/method?x=1", 0},
		{"rounds", anybody, "/rounds?x=1", 0},
		{"round", anybody, "/rounds/2025?x=1", 0},
		{"round-analyst", analyst, "/rounds/2025?x=1", 0},
		{"round-past", analyst, fmt.Sprintf("/rounds/2026?asOf=%d", at-2), 0},
		{"error-heatmap", anybody, "/heatmap?x=1", 0},
		{"country", analyst, "/countries/XAA?x=1", 1},
		{"country-focal", focal, "/countries/XAA?x=1", 1},
		{"answers", focal, "/rounds/2026/answers?x=1", 0},
		{"answers-choose", analyst, "/rounds/2026/answers?x=1", 0},
		{"import", analyst, "/rounds/2026/import?x=1", 0},
		{"import-focal", focal, "/rounds/2026/import?x=1", 0},
		{"submissions", analyst, "/submissions?x=1", 0},
		{"submission", analyst, "/submissions/" + w.pending(t) + "?x=1", 0},
		{"submission-focal", focal, "/submissions/" + w.pending(t) + "?x=1", 0},
		{"audit", analyst, "/audit?round=2026", 0},
		{"audit-wrong", analyst, "/audit?since=yesterday", 0},
		{"login", anybody, "/login?x=1", 0},
		{"login-in", analyst, "/login?x=1", 0},
		{"error-none", anybody, "/indicators/there.is.none?x=1", 0},
		{"error-token", anybody, "/countries/XAA?x=1", 0},
	}
}

// pending is the id of a submission that awaits review.
func (w *world) pending(t testing.TB) string {
	t.Helper()
	r := w.get(t, "/api/v1/submissions?state=pending", w.token(t, domain.Analyst, ""))
	m := regexp.MustCompile(`"submission":"([^"]+)"`).FindStringSubmatch(r.body)
	if m == nil {
		t.Fatalf("no submission awaits review: %s", r.body)
	}
	return m[1]
}

// readers are the roots that each reader sends requests to.
func (w *world) readers(t testing.TB) map[reader]string {
	t.Helper()
	return map[reader]string{anybody: w.url, focal: w.bearing(t, w.token(t, domain.FocalPoint, "XAA")), analyst: w.bearing(t, w.token(t, domain.Analyst, ""))}
}

// TestEveryPageIsLookedAt finds each route that sends a page among the cases.
func TestEveryPageIsLookedAt(t *testing.T) {
	w := audited(t)
	noPage := regexp.MustCompile(`^/(api/|assets/|healthz|readyz|metrics|live)|/charts/|\.csv$|^/logout$`)
	for _, r := range webhttp.Routes() {
		if r.Method != http.MethodGet || noPage.MatchString(r.Path) {
			continue
		}
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`:\w+`).ReplaceAllString(regexp.QuoteMeta(r.Path), `[^/]+`) + "$")
		found := false
		for _, c := range everyPage(t, w) {
			path, _, _ := strings.Cut(c.path, "?")
			found = found || pattern.MatchString(path)
		}
		if !found {
			t.Errorf("%s is not among the pages that the tests look at", r.Path)
		}
	}
}

// TestEveryPageInABrowser looks at every page in two languages: as accessible as
// axe-core can tell, in light and in dark; without an error, a breach of the policy
// or another host; and no wider than the window of a telephone or of a wall.
func TestEveryPageInABrowser(t *testing.T) {
	w := audited(t)
	roots := w.readers(t)
	tab := browsertest.New(t).Tab(t)
	all, theme := browsertest.Axe(t, browsertest.AllRules), browsertest.Axe(t, browsertest.ThemeRules)
	for _, c := range everyPage(t, w) {
		for _, lang := range []string{"en", "ar"} {
			t.Run(c.name+" "+lang, func(t *testing.T) {
				p := browsertest.Page{URL: roots[c.by] + c.path + "&lang=" + lang, Width: 1280, Height: 900}
				errorPage := strings.HasPrefix(c.name, "error-") || c.name == "audit-wrong"
				look := func(name string, show func(testing.TB, browsertest.Page) browsertest.Visit, p browsertest.Page) {
					t.Helper()
					var violations []string
					var f facts
					q := p
					q.Eval, q.Result = readFacts, &f
					q.Picture = fmt.Sprintf("%s-%s-%s", c.name, lang, name)
					v := show(t, q)
					if errorPage {
						v.Problems = nil // the browser notes the status as one
					}
					if check(t, v, f, lang); f.Overflow > 0 {
						t.Logf("that was %s", name)
					}
					if f.Figures < c.figures || f.Charts != f.Figures || f.Tables < f.Figures {
						t.Errorf("%s: %d figures, %d charts drawn, %d tables; want %d", name, f.Figures, f.Charts, f.Tables, c.figures)
					}
					if told := !strings.HasPrefix(c.path, "/login") && c.name != "method"; f.Notice != told && !errorPage {
						t.Errorf("%s: the notice of simulated data: %v", name, f.Notice)
					}
					if p.Eval != "" {
						p.Result = &violations
						tab.Look(t, p)
						for _, x := range violations {
							t.Errorf("%s: %s", name, x)
						}
					}
				}
				wide := p
				wide.Eval = all
				look("1280", tab.Load, wide)
				dark := p
				dark.Dark, dark.Eval = true, theme
				look("dark", tab.Look, dark)
				narrow := p
				narrow.Width = 360
				look("360", tab.Look, narrow)
				if browsertest.Pictures() {
					paper := p
					paper.Print, paper.Width = true, 680
					look("print", tab.Look, paper)
				}
				if strings.HasPrefix(c.name, "summit") || strings.HasPrefix(c.name, "compare") {
					wall := p
					wall.Width = 1920
					look("1920", tab.Look, wall)
				}
			})
		}
	}
}

// TestPagesInFrenchAndSpanish is a spot check: the other languages have the same
// templates.
func TestPagesInFrenchAndSpanish(t *testing.T) {
	w := demo(t)
	tab := browsertest.New(t).Tab(t)
	for lang, says := range map[string][]string{"fr": {"autre langue (anglais)", "National child helpline", "Données simulées", "Télécharger"},
		"es": {"otro idioma (inglés)", "National child helpline", "Datos simulados", "Descargar"}} {
		var f facts
		p := browsertest.Page{URL: w.url + "/?from=2021&to=2025&lang=" + lang, Width: 1280, Height: 900, Eval: readFacts, Result: &f, Picture: "summit-" + lang}
		check(t, tab.Load(t, p), f, lang)
		for _, s := range says {
			if !strings.Contains(f.Text, s) {
				t.Errorf("%s: %q is not on the page", lang, s)
			}
		}
		if strings.Contains(f.Text, "(en)") {
			t.Errorf("%s: the language stands beside each name, and was told once", lang)
		}
	}
	for asked, says := range map[string]string{"de": "There is no translation into this language (German)", "fr-CA": "Données simulées", "<b>": "this language (<b>)"} {
		r := w.get(t, "/?lang="+url.QueryEscape(asked), "")
		if !strings.Contains(r.body, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(says)) {
			t.Errorf("lang=%s: the page does not say %q", asked, says)
		}
	}
}

// TestKeysReachEverything goes through a page by its tabulator key: the way past
// the head first, then every link and field, each seen to have the focus.
func TestKeysReachEverything(t *testing.T) {
	w := audited(t)
	tab := browsertest.New(t).Tab(t)
	var got struct {
		First          string
		Missed, Unseen []string
		Negative       int
	}
	const walk = `(() => {
  const able = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter(e => e.checkVisibility({ visibilityProperty: true }));
  const name = e => e.tagName.toLowerCase() + ' ' + (e.textContent || e.name || '').trim().slice(0, 30);
  const out = { First: able[0].getAttribute('href'), Missed: [], Unseen: [], Negative: able.filter(e => e.tabIndex < 0 || e.tabIndex > 0 ).length };
  able.forEach(e => {
    e.focus({ focusVisible: true });
    if (document.activeElement !== e) { out.Missed.push(name(e)); return; }
    const s = getComputedStyle(e);
    if (s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2) { out.Unseen.push(name(e)); }
  });
  return out;
})()`
	for _, path := range []string{"/?from=2021&to=2025&lang=en", "/audit?lang=en", "/rounds/2026/answers?lang=en"} {
		tab.Load(t, browsertest.Page{URL: w.readers(t)[focal] + path, Width: 1280, Height: 900, Eval: walk, Result: &got})
		if got.First != "#content" || len(got.Missed)+len(got.Unseen)+got.Negative > 0 {
			t.Errorf("%s: first %s; cannot have the focus: %q; not seen to have it: %q; out of order: %d", path, got.First, got.Missed, got.Unseen, got.Negative)
		}
	}
}

// TestImposedColorsAndNoMotion asks for what some readers' systems impose.
func TestImposedColorsAndNoMotion(t *testing.T) {
	w := demo(t)
	tab := browsertest.New(t).Tab(t)
	var got struct{ Ink, Paper, Plot string }
	v := tab.Load(t, browsertest.Page{URL: w.url + "/?from=2021&to=2025&lang=en", Width: 1280, Height: 900, Forced: true, Still: true, Picture: "summit-en-forced", Result: &got,
		Eval: `(() => { const c = (e, p) => getComputedStyle(e)[p]; const plot = document.querySelector('.plot');
  return { Ink: c(document.querySelector('.notice'), 'color'), Paper: c(document.querySelector('.notice'), 'backgroundColor'), Plot: c(plot, 'backgroundColor') }; })()`})
	if len(v.Problems) > 0 || got.Ink == got.Paper || got.Plot != "rgb(255, 255, 255)" {
		t.Errorf("%+v %q", got, v.Problems)
	}
}
