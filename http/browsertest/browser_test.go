package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headway/http/browsertest"
)

// serve answers every path with one page, under a policy if one is given.
func serve(t *testing.T, body, policy string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if _, err := w.Write([]byte(body)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

// TestABrowserHearsWhatGoesWrong holds the harness to account: a test that rests
// on it fails only if it hears.
func TestABrowserHearsWhatGoesWrong(t *testing.T) {
	other := serve(t, "elsewhere", "")
	b := browsertest.New(t)
	const icon = `<link rel="icon" href="data:,">`
	for _, c := range []struct {
		name, body, policy, want string
		foreign                  bool
	}{
		{name: "a quiet page", body: `<img src="data:,">`},
		{name: "a dialog", body: `<script>alert(1)</script>`, want: "dialog: 1"},
		{name: "an exception", body: `<script>throw new Error('gone')</script>`, want: "Error: gone"},
		{name: "an error of the console", body: `<script>console.error('bad news')</script>`, want: "bad news"},
		{name: "an object in the console", body: `<script>console.error(new Error('worse'))</script>`, want: "worse"},
		{name: "a promise that fails", body: `<script>Promise.reject(new Error('late'))</script>`, want: "late"},
		{name: "a script against the policy", body: `<script>window.x=1</script>`, policy: "script-src 'none'", want: "Content Security Policy"},
		{name: "a style against the policy", body: `<p style="color:red">x`, policy: "style-src 'self'", want: "Content Security Policy"},
		{name: "a file that is missing", body: `<script src="/missing.js"></script>`, want: "404"},
		{name: "another host", body: `<img src="` + other + `">`, foreign: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := b.Open(t, browsertest.Page{URL: serve(t, icon+c.body, c.policy), Width: 400, Height: 300})
			problems := strings.Join(v.Problems, "\n")
			// What a browser says of an image that is none is its own affair.
			if c.want == "" && problems != "" && !c.foreign || !strings.Contains(problems, c.want) {
				t.Errorf("heard %q, want %q", problems, c.want)
			}
			if (len(v.Hosts) > 0) != c.foreign {
				t.Errorf("asked other hosts: %v", v.Hosts)
			}
		})
	}
}

func TestABrowserShowsAPageInTheMediumAskedFor(t *testing.T) {
	b := browsertest.New(t)
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte("<title>A page</title><p>text"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Dark, Print bool
		Width       int
	}
	v := b.Open(t, browsertest.Page{URL: "file://" + file, Width: 412, Height: 300, Dark: true, Print: true,
		Eval:   `({Dark: matchMedia('(prefers-color-scheme: dark)').matches, Print: matchMedia('print').matches, Width: innerWidth})`,
		Result: &got})
	if v.Title != "A page" || !got.Dark || !got.Print || got.Width != 412 {
		t.Errorf("title %q, %+v", v.Title, got)
	}
}

// TestAxeFindsWhatIsWrong holds the rules to account, and a tab, which shows a page
// in another theme without loading it again.
func TestAxeFindsWhatIsWrong(t *testing.T) {
	tab := browsertest.New(t).Tab(t)
	url := serve(t, `<html lang="en"><link rel="icon" href="data:,"><title>A page</title><main><h1>A page</h1><img src="data:,">
<style>p { color: #111; background: #fff } @media (prefers-color-scheme: dark) { p { color: #bbb } }</style><p>text`, "")
	for _, c := range []struct {
		name  string
		dark  bool
		rules string
		want  []string
	}{
		{"all rules", false, browsertest.Axe(t, browsertest.AllRules), []string{"image-alt"}},
		{"in the dark", true, browsertest.Axe(t, browsertest.ThemeRules), []string{"color-contrast"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			show := tab.Look
			if !c.dark {
				show = tab.Load
			}
			show(t, browsertest.Page{URL: url, Width: 400, Height: 300, Dark: c.dark, Eval: c.rules, Result: &got})
			if len(got) != len(c.want) || !strings.HasPrefix(got[0], c.want[0]) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
