package http_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

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

// shown loads a page where it is wide, and then looks at the same one where it is
// narrow.
func shown(tab *browsertest.Tab, width int) func(testing.TB, browsertest.Page) browsertest.Visit {
	if width > 1000 {
		return tab.Load
	}
	return tab.Look
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
