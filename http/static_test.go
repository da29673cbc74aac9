package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	webhttp "headway/http"
	"headway/http/browsertest"
	"headway/http/chart"
	"headway/http/chart/render"
	"headway/projections"
)

// sketches draw charts without an engine: a rectangle, and what the chart says.
type sketches struct{ err error }

func (s sketches) SVG(_ context.Context, c chart.Chart, _ bool) ([]byte, error) {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><desc>%d</desc><rect width="9" height="9"/></svg>`, len(c.Aria)), s.err
}

func (s sketches) Slide(ctx context.Context, d render.Slide, _ bool) ([]byte, error) {
	return s.SVG(ctx, d.Chart, false)
}

func (w *world) writeSite(t *testing.T, dir string, pictures webhttp.Pictures, languages ...string) error {
	t.Helper()
	if len(languages) == 0 {
		languages = []string{"en", "ar"}
	}
	o := webhttp.Static{From: "2021", To: "2025", Languages: languages, Pictures: pictures, PNG: true}
	n, err := webhttp.WriteStatic(t.Context(), dir, w.runner, slog.New(slog.DiscardHandler), o)
	if err == nil && n != len(filesIn(t, dir)) {
		t.Errorf("%d files, says the report; there are %d", n, len(filesIn(t, dir)))
	}
	return err
}

// filesIn are the files in a folder, by their paths with slashes.
func filesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err == nil {
			out[filepath.ToSlash(rel)], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStaticSiteOpensFromDisk: the report asks for nothing but its own files, and
// runs by what a browser lets a file do.
func TestStaticSiteOpensFromDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	if err := demo(t).writeSite(t, dir, sketches{}); err != nil {
		t.Fatal(err)
	}
	b := browsertest.New(t)
	for _, p := range []struct {
		lang, file string
		print      bool
	}{{"en", "index.html", false}, {"ar", "contents.html", false}, {"ar", "print.html", true}} {
		var f facts
		page := browsertest.Page{URL: "file://" + filepath.Join(dir, p.lang, p.file), Width: 1280, Height: 900, Print: p.print, Eval: readFacts, Result: &f, Picture: "site-" + p.lang + "-" + p.file}
		check(t, b.Open(t, page), f, p.lang)
		if charts := f.Charts > 0; charts != (p.file == "index.html") || !f.Notice {
			t.Errorf("%s: %d charts, notice %v", p.file, f.Charts, f.Notice)
		}
	}
}

// TestStaticSiteIsWholeAndTheSame checks that every link of the report leads to a
// file of it, and to a place in that file where it names one; that no id stands for
// two things; that its manifest names its files; and that the same log gives the
// same bytes, also over a report that is there. Nothing in it is of one respondent.
func TestStaticSiteIsWholeAndTheSame(t *testing.T) {
	w := demo(t)
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	for _, dir := range []string{one, two, two} {
		if err := w.writeSite(t, dir, sketches{}); err != nil {
			t.Fatal(err)
		}
	}
	files, again := filesIn(t, one), filesIn(t, two)
	var about struct {
		Simulated bool
		Release   struct{ Number int }
		Pages     []struct{ Path string }
		Files     []struct{ Path string }
	}
	if err := json.Unmarshal(files["report.json"], &about); err != nil || !about.Simulated || about.Release.Number != 1 || len(about.Files) != len(files)-1 {
		t.Errorf("the manifest names %d of %d files, simulated %v (%v)", len(about.Files), len(files), about.Simulated, err)
	}
	for _, p := range about.Pages {
		if files[p.Path] == nil {
			t.Errorf("there is no page %s", p.Path)
		}
	}
	for name, data := range files {
		if !bytes.Equal(data, again[name]) {
			t.Errorf("%s differs the second time", name)
		}
		if filepath.Ext(name) == ".html" {
			checkLinks(t, name, files)
		}
	}
	noRespondents(t, w, files)
	for _, want := range []string{"en/compare.html", "ar/rounds.html", "ar/round-2025.html", "en/shares.svg", "en/shares.png", "ar/shares.csv", "en/indicator-victim.helpline.national.series.plot.svg",
		"en/compare-2.groups.csv", "ar/compare-2.apart.csv", "en/compare-4.groups.svg", "ar/indicator-media.terminology.agreed.groups.svg"} {
		if files[want] == nil {
			t.Errorf("there is no %s", want)
		}
	}
	for name, want := range map[string]string{"en/compare.html": `href="compare-3.html"`, "en/contents.html": "Group by: Income group", "en/compare-3.html": "2021 (simulated)",
		"en/compare-4.html": "Hidden in every row: low.", "en/index.html": "Release 1."} {
		if !strings.Contains(string(files[name]), want) {
			t.Errorf("%s does not say %s", name, want)
		}
	}
	if text := string(files["en/print.html"]); strings.Contains(text, "<script type=") || strings.Contains(text, "loading=") || strings.Count(text, "<details") != strings.Count(text, ` open=""`) {
		t.Error("the page for print has scripts, or hides something")
	}
}

var (
	linkIn = regexp.MustCompile(`(?:href|src|srcset)="([^"]*)"`)
	idIn   = regexp.MustCompile(` id="([^"]*)"`)
)

func checkLinks(t *testing.T, name string, files map[string][]byte) {
	t.Helper()
	text := string(files[name])
	if strings.Contains(text, "<form") {
		t.Errorf("%s has a form, which nobody answers", name)
	}
	seen := map[string]bool{}
	for _, m := range idIn.FindAllStringSubmatch(text, -1) {
		if seen[m[1]] {
			t.Errorf("%s has two of the id %s", name, m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range linkIn.FindAllStringSubmatch(text, -1) {
		u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
		if err != nil || u.Scheme != "" && u.Scheme != "data" || m[1] == "" || u.RawQuery != "" {
			t.Errorf("%s links to %q", name, m[1])
			continue
		}
		target := filepath.ToSlash(filepath.Join(filepath.Dir(name), u.Path))
		if u.Path == "" {
			target = name
		}
		if data, ok := files[target]; u.Scheme == "" && (!ok || u.Fragment != "" && !bytes.Contains(data, []byte(` id="`+u.Fragment+`"`))) {
			t.Errorf("%s links to %s, which is not there", name, m[1])
		}
	}
}

// noRespondents checks that nothing of a report names who answered, in text,
// numbers or pictures. Assets are the same in every report.
func noRespondents(t *testing.T, w *world, files map[string][]byte) {
	t.Helper()
	var codes []string
	w.runner.Read(func(st *projections.State) {
		for _, rd := range st.Rounds(st.Position()) {
			for _, e := range st.Respondents(rd.ID, st.Position()) {
				codes = append(codes, regexp.QuoteMeta(string(e.Respondent)))
			}
		}
	})
	code := regexp.MustCompile(`\b(` + strings.Join(codes, "|") + `)\b`)
	if !code.MatchString("of XAA.") || len(codes) < 60 {
		t.Fatalf("%d codes", len(codes))
	}
	for name, data := range files {
		if found := code.Find(data); found != nil && !strings.HasPrefix(name, "assets/") {
			t.Errorf("%s holds %s", name, found)
		}
	}
}

// TestStaticSiteReplacesOnlyReports: what is not a report stays, and a report that
// cannot be finished leaves the one before.
func TestStaticSiteReplacesOnlyReports(t *testing.T) {
	w := demo(t)
	parent := t.TempDir()
	dir := filepath.Join(parent, "report")
	keep := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(why string, pictures webhttp.Pictures) {
		t.Helper()
		before := filesIn(t, dir)
		err := w.writeSite(t, dir, pictures, "en")
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("want %q: %v", why, err)
		}
		if !maps.EqualFunc(filesIn(t, dir), before, bytes.Equal) {
			t.Errorf("%s: the folder changed", why)
		}
		entries, err := os.ReadDir(parent)
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %v is left behind (%v)", why, entries, err)
		}
	}
	keep(filepath.Join(dir, "thesis.txt"), "ten years")
	refused("is not empty and no report of Headway", nil)
	keep(filepath.Join(dir, "report.json"), `{"generator": "another"}`)
	refused("is not empty and no report of Headway", nil)
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := w.writeSite(t, dir, nil, "en"); err != nil {
		t.Fatal(err)
	}
	refused("out of ink", sketches{err: errors.New("out of ink")})
	keep(filepath.Join(dir, "en", "notes.txt"), "mine")
	refused("notes.txt, which is not of the report", nil)
	if err := os.Remove(filepath.Join(dir, "en", "notes.txt")); err != nil {
		t.Fatal(err)
	}
	w.release(t, "2021")
	before := filesIn(t, dir)
	if err := w.writeSite(t, dir, nil, "en"); err != nil {
		t.Fatal(err)
	}
	if now := filesIn(t, dir); len(now) != len(before) || bytes.Equal(now["report.json"], before["report.json"]) {
		t.Error("the report is the one before")
	}
}
