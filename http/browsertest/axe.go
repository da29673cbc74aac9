package browsertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Rules of axe-core: those of the Web Content Accessibility Guidelines 2.0 to 2.2,
// levels A and AA, and those of them alone that a theme can break.
var (
	AllRules   = rules{Type: "tag", Values: []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"}}
	ThemeRules = rules{Type: "rule", Values: []string{"color-contrast", "link-in-text-block"}}
)

type rules struct {
	Type   string   `json:"type"`
	Values []string `json:"values"`
}

// Axe is JavaScript for [Page.Eval] that brings the violations of rules in the page
// at hand as texts. axe-core is read from where npm has put it, is run by the
// browser's own debugger, and so needs no hole in the page's policy; nothing of it
// is in the program. Of rows and items that are alike but for their words it sees
// two: hundreds would take it seconds.
func Axe(t testing.TB, r rules) string {
	t.Helper()
	source, err := os.ReadFile(axePath(t))
	if err != nil {
		t.Fatalf("these tests need axe-core: run make deps (%v)", err)
	}
	options, err := json.Marshal(map[string]any{"runOnly": r, "resultTypes": []string{"violations"}})
	if err != nil {
		t.Fatal(err)
	}
	return "if (!window.axe) {" + string(source) + "}\n" + hideAlike + "window.axe.run(document, " + string(options) + `).then(r => r.violations.flatMap(v =>
  v.nodes.map(n => v.id + ' at ' + n.target.join(' ') + ': ' + n.failureSummary.replace(/\s+/g, ' ')))).finally(() => alike.forEach(e => { e.hidden = false; }))`
}

// hideAlike hides the rows and items that have the elements, classes, roles and
// languages of two before them, and keeps them in alike.
const hideAlike = `var seen = new Map(), alike = [];
document.querySelectorAll('tbody > tr, li').forEach(e => {
  const look = [e.parentElement, e, ...e.querySelectorAll('*')].map(x => x.tagName + !!x.textContent.trim() +
    [...x.attributes].map(a => a.name + (['class', 'type', 'role', 'aria-hidden', 'lang', 'dir', 'scope'].includes(a.name) ? a.value : !!a.value))).join();
  seen.set(look, (seen.get(look) || 0) + 1);
  if (seen.get(look) > 2 && !e.hidden) { e.hidden = true; alike.push(e); }
});
`

// axePath is that of axe-core below the module's root.
func axePath(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, "http", "assets", "node_modules", "axe-core", "axe.min.js")
}
