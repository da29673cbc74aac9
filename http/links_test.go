package http_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"headway/domain"
	"headway/http/browsertest"
)

// copied opens a page, presses all buttons that copy links, and returns the links
// that a reader without the right to the clipboard is given to copy.
func copied(t *testing.T, b *browsertest.Browser, p browsertest.Page) []string {
	t.Helper()
	var links []string
	p.Width, p.Height, p.Result = 400, 800, &links
	p.Eval = `(async () => {
		navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
		const out = [];
		for (const button of document.querySelectorAll('.links button')) {
			button.click();
			await new Promise(done => setTimeout(done));
			const box = document.activeElement;
			out.push(box.value.slice(box.selectionStart, box.selectionEnd));
		}
		return out;
	})()`
	if v := b.Open(t, p); len(v.Problems) > 0 {
		t.Errorf("problems: %v", v.Problems)
	}
	return links
}

// TestLinksKeepEveryChoice: a link to a page or a figure names what its reader
// chose, what the page chose for her, and, for who may read the past, the moment.
func TestLinksKeepEveryChoice(t *testing.T) {
	w := demo(t)
	b := browsertest.New(t)
	choices := func(link string) (fragment string, q url.Values) {
		u, err := url.Parse(link)
		if err != nil || !strings.HasPrefix(link, w.url+"/?") {
			t.Fatalf("%q: %v", link, err)
		}
		return u.Fragment, u.Query()
	}
	links := copied(t, b, browsertest.Page{URL: w.url + "/?to=2023&lang=ar"})
	if len(links) == 0 {
		t.Fatal("no links")
	}
	fragments, released := map[string]bool{}, ""
	for _, link := range links {
		fragment, q := choices(link)
		fragments[fragment] = true
		if q.Get("asOf") != "" {
			released = link
		}
		if q.Get("from") != "2021" || q.Get("to") != "2023" || q.Get("lang") != "ar" || len(q["lang"]) != 1 {
			t.Errorf("%s", link)
		}
	}
	if !fragments[""] || len(fragments) < 2 {
		t.Errorf("links to %v", fragments)
	}
	if r := w.get(t, strings.TrimPrefix(released, w.url), ""); released == "" || r.status != http.StatusOK {
		t.Errorf("anybody's link to the state of the release, %q: status %d", released, r.status)
	}
	at, _ := w.runner.Position()
	secret := w.token(t, domain.Viewer, "")
	moments := 0
	for _, link := range copied(t, b, browsertest.Page{URL: w.url + "/login?lang=en", Act: fmt.Sprintf(signIn, secret), Press: []string{"main form button"}}) {
		if _, q := choices(link); q.Get("asOf") == fmt.Sprint(at) {
			moments++
		}
	}
	if moments == 0 {
		t.Error("no link to this very state")
	}
}

// signIn fills in the form of the log-in page.
const signIn = `document.querySelector('main form input[name=token]').value = '%s'`
