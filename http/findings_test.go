package http_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"headway/domain"
	"headway/projections"
)

// headingOf is the text of a page's title.
func headingOf(body string) string {
	m := regexp.MustCompile(`<h1>(.*?)</h1>`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], "")
}

// TestTitlesStateFindings: titles of rounds and of the audit say what there is,
// with the numbers of the API.
func TestTitlesStateFindings(t *testing.T) {
	w := lived(t)
	viewer := w.token(t, domain.Viewer, "")
	r := round(t, w.get(t, "/api/v1/rounds/2025", viewer))
	total := r.Total
	want := fmt.Sprintf("2025 (simulated), closed: %.1f%% of %d answers are in, %d are missing", 100**total.Share, *total.Asked-*total.NotApplicable, *total.Missing)
	if got := headingOf(w.get(t, "/rounds/2025?lang=en", viewer).body); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := headingOf(w.get(t, "/rounds/2021?lang=en", viewer).body); strings.Contains(got, "missing") {
		t.Errorf("the answers behind published totals are missing, says %q", got)
	}
	n, open := 0, 0
	for _, row := range rows[projections.RoundRow](t, w.get(t, "/api/v1/rounds", viewer)) {
		n++
		if row.State == "open" {
			open++
		}
	}
	if got, want := headingOf(w.get(t, "/rounds?lang=en", "").body), fmt.Sprintf("%d survey rounds; open: %d", n, open); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := headingOf(w.get(t, "/audit?lang=en&actor=ana", viewer).body); got != "4 events since 2026-11-01, by 1 actor; superseded: 0" {
		t.Errorf("%q", got)
	}
	if got := headingOf(w.get(t, "/audit?lang=en", viewer).body); !strings.HasPrefix(got, "The newest 50 events, since 2026-11-01, by ") {
		t.Errorf("%q", got)
	}
}
