package http_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"headway/domain"
)

// TestSentencesOfTheAPI: each row of a comparison and of a trend says what it
// tells, in the language that is asked for or preferred.
func TestSentencesOfTheAPI(t *testing.T) {
	w := demo(t)
	ask := func(path, accept string) reply {
		t.Helper()
		return w.do(t, http.MethodGet, path, "", nil, "Accept-Language", accept)
	}
	type row struct {
		Indicator, Sentence string
		Round               string
	}
	tags := map[string]bool{}
	for _, x := range []struct{ path, accept, lang, begins string }{
		{"/api/v1/compare?from=2021&to=2025", "", "en", "In simulated answers, "},
		{"/api/v1/compare?from=2021&to=2025", "ar-EG,en;q=0.5", "ar", "في إجابات محاكاة، "},
		{"/api/v1/compare?from=2021&to=2025&lang=es", "fr", "es", "En respuestas simuladas, "},
		{"/api/v1/trend", "fr", "fr", ""},
	} {
		res := ask(x.path, x.accept)
		if got := res.header.Get("Content-Language"); got != x.lang {
			t.Errorf("%s, %s: in %q", x.path, x.accept, got)
		}
		if !strings.Contains(res.header.Get("Vary"), "Accept-Language") || tags[res.header.Get("ETag")] {
			t.Errorf("%s, %s: a cache could answer in another language: %v", x.path, x.accept, res.header)
		}
		tags[res.header.Get("ETag")] = true
		got := rows[row](t, res)
		if len(got) == 0 || slices.ContainsFunc(got, func(r row) bool { return r.Sentence == "" || !strings.HasPrefix(r.Sentence, x.begins) }) {
			t.Errorf("%s, %s: %+v", x.path, x.accept, got)
		}
	}
	groups := rows[row](t, w.get(t, "/api/v1/compare?from=2021-simulated&to=2025&group=income&between=low,high&indicator=policy.leadership.strategy", w.token(t, domain.Viewer, "")))
	if len(groups) != 1 || !strings.Contains(groups[0].Sentence, "in income group “low” as of 2021") {
		t.Errorf("%+v", groups)
	}
	trend := rows[row](t, ask("/api/v1/trend?indicator=policy.leadership.strategy", ""))
	if first, last := trend[0], trend[len(trend)-1]; !strings.Contains(first.Sentence, "there is no other round") || !strings.HasPrefix(last.Sentence, "In simulated answers, ") || !strings.Contains(last.Sentence, "published) in 2021") {
		t.Errorf("%q … %q", first.Sentence, last.Sentence)
	}
}
