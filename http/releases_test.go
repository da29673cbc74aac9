package http_test

import (
	"fmt"
	"net/http"
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
