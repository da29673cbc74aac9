package http_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// TestAnybodyReadsReleases: an answer that is recorded after the release changes
// nothing that anybody reads, now or as of then; who holds a token sees it.
func TestAnybodyReadsReleases(t *testing.T) {
	w := demo(t)
	viewer, analyst := w.token(t, domain.Viewer, ""), w.token(t, domain.Analyst, "")
	paths := []string{"/api/v1/compare?from=2021-simulated&to=2025", "/api/v1/compare?from=2021-simulated&to=2025&panel=matched",
		"/api/v1/compare?from=2021-simulated&to=2025&group=income", "/api/v1/trend", "/api/v1/figures?round=2025", "/api/v1/figures?round=2025&group=income",
		"/api/v1/rounds", "/api/v1/rounds/2025", "/api/v1/maturity?model=mnr-stages&round=2025", "/?lang=en&from=2021&to=2025", "/compare?lang=en&from=2021&to=2025"}
	before := map[string]string{}
	for _, p := range paths {
		before[p] = w.get(t, p, "").body
	}
	full := w.get(t, paths[0], viewer).body
	w.report(t)
	head, _ := w.runner.Position()
	for _, p := range paths {
		join := "?"
		if strings.Contains(p, "?") {
			join = "&"
		}
		for _, past := range []string{"", fmt.Sprintf("%sasOf=%d", join, head)} {
			if strings.HasPrefix(p, "/api/") || past == "" { // a page says that it is of the past
				if got := w.get(t, p+past, ""); got.status != http.StatusOK || got.body != before[p] {
					t.Errorf("%s%s shows what was not released (status %d)", p, past, got.status)
				}
			}
		}
	}
	if w.get(t, paths[0], viewer).body == full {
		t.Error("who holds a token does not see the answer: the test tests nothing")
	}
	// One answer is too few to bring the round up to the present.
	if out := w.release(t, "2025"); out.Events != 0 || len(out.Rounds) == 0 || out.Rounds[2].Step != domain.Held {
		t.Errorf("%+v", out)
	}
	for token, want := range map[string]int{"": 401, viewer: 403, analyst: 201} {
		if r := w.do(t, http.MethodPost, "/api/v1/releases", token, map[string]any{"rounds": []string{"2021"}, "name": "With 2021"}); r.status != want {
			t.Errorf("releasing with %.6q: %d, want %d: %s", token, r.status, want, r.body)
		}
	}
	if list := rows[projections.ReleaseRow](t, w.get(t, "/api/v1/releases", "")); len(list) != 2 || len(list[1].Rounds) != 4 || list[1].Rounds[2].Position != list[0].Rounds[2].Position {
		t.Errorf("%+v", list)
	}
}

// TestNothingIsComputedBeforeTheFirstRelease: anybody sees published figures only.
func TestNothingIsComputedBeforeTheFirstRelease(t *testing.T) {
	w := demo(t)
	release := rows[projections.ReleaseRow](t, w.get(t, "/api/v1/releases", ""))[0].Position
	asOf := fmt.Sprintf("&asOf=%d", release-1)
	for _, r := range rows[domain.Comparison](t, w.get(t, "/api/v1/compare?from=2021&to=2025"+asOf, "")) {
		if r.ToCount != nil || r.FromOrigin == domain.Computed {
			t.Errorf("%+v", r)
		}
	}
	for _, r := range rows[projections.FigureRow](t, w.get(t, "/api/v1/figures?round=2021"+asOf, "")) {
		if r.Count == nil || r.ComputedCount != nil {
			t.Errorf("%+v", r)
		}
	}
	if r := w.get(t, "/?lang=en"+asOf, ""); !strings.Contains(r.body, "No computed numbers were released yet") {
		t.Error("the page does not say that nothing was released")
	}
	if p := events.Position(1); w.get(t, fmt.Sprintf("/api/v1/rounds?asOf=%d", p), "").status != http.StatusOK {
		t.Error("the first position cannot be read")
	}
}

// TestFrameworksArePublicAtOnce: what a framework asks is public when it is published;
// of the round that asks it nothing is before its release.
func TestFrameworksArePublicAtOnce(t *testing.T) {
	w := demo(t)
	const f = "%D8%A5%D8%B7%D8%A7%D8%B1" // إطار
	before := w.get(t, "/api/v1/frameworks", "")
	release := rows[projections.ReleaseRow](t, w.get(t, "/api/v1/releases", ""))[0].Position
	w.survey(t, arabic, "2016-عربي")
	after := w.get(t, "/api/v1/frameworks", "")
	if n := len(rows[domain.Framework](t, after)); n != 2 || after.header.Get("ETag") == before.header.Get("ETag") {
		t.Errorf("anybody knows %d frameworks, ETag %s after %s", n, after.header.Get("ETag"), before.header.Get("ETag"))
	}
	if n := len(rows[domain.Framework](t, w.get(t, fmt.Sprintf("/api/v1/frameworks?asOf=%d", release), ""))); n != 1 {
		t.Errorf("%d were known as of the release", n)
	}
	if n := len(rows[domain.Indicator](t, w.get(t, "/api/v1/indicators?framework="+f, ""))); n != 2 {
		t.Errorf("%d indicators", n)
	}
	page := w.get(t, "/indicators/%D8%A7%D9%84%D8%AA%D8%AE%D8%B7%D9%8A%D8%B7.%D8%A7%D8%B3%D8%AA%D8%B1%D8%A7%D8%AA%D9%8A%D8%AC%D9%8A%D8%A9-%D9%88%D8%B7%D9%86%D9%8A%D8%A9?lang=ar&framework="+f, "")
	if page.status != http.StatusOK || !strings.Contains(page.body, "نص السؤال") || strings.Contains(page.body, "data-chart") {
		t.Errorf("the indicator: status %d", page.status)
	}
	// The page shows something newer than the release, so that no news is told of it.
	m := regexp.MustCompile(`data-position="(\d+)"`).FindStringSubmatch(page.body)
	if m == nil {
		t.Fatal("the page does not listen")
	}
	if at, err := strconv.ParseInt(m[1], 10, 64); err != nil || events.Position(at) <= release {
		t.Errorf("the page shows what was known at %s", m[1])
	}
	for path, want := range map[string]int{"/rounds/2016-%D8%B9%D8%B1%D8%A8%D9%8A": 404, "/api/v1/rounds/2016-%D8%B9%D8%B1%D8%A8%D9%8A": 404, "/api/v1/figures?round=2016-%D8%B9%D8%B1%D8%A8%D9%8A": 404,
		"/?to=2016-%D8%B9%D8%B1%D8%A8%D9%8A": 404} {
		if r := w.get(t, path, ""); r.status != want {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if points := w.get(t, "/api/v1/trend?framework="+f, ""); points.body != "[]\n" {
		t.Errorf("a series: %s", points.body)
	}
	for _, path := range []string{"/api/v1/rounds", "/rounds?lang=en", "/method?lang=en&framework=" + f, "/?lang=en&framework=" + f, "/compare?lang=en&framework=" + f, "/indicators?lang=en", "/maturity?lang=en"} {
		if r := w.get(t, path, ""); r.status != http.StatusOK || strings.Contains(r.body, "2016") {
			t.Errorf("%s tells of the round (status %d)", path, r.status)
		}
	}
	if n := len(rows[domain.TrendPoint](t, w.get(t, "/api/v1/trend?framework="+f, w.token(t, domain.Viewer, "")))); n == 0 {
		t.Error("the round has no answers: the test tests nothing")
	}
}

// TestARoundOfTotalsSaysSo: of a round whose answers nobody may see, published figures
// are what there is.
func TestARoundOfTotalsSaysSo(t *testing.T) {
	w := demo(t)
	for _, path := range []string{"/rounds?lang=en", "/rounds/2021?lang=en"} {
		if r := w.get(t, path, ""); !strings.Contains(r.body, "<td>published totals</td>") && !strings.Contains(r.body, "<dd>published totals</dd>") {
			t.Errorf("%s does not say that totals were published:\n%s", path, r.body)
		}
	}
}
