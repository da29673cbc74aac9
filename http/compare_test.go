package http_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"headway/domain"
)

// TestCompareKeepsEveryChoice asks for each way of comparing, as anybody and with a
// token, and looks at what the page says.
func TestCompareKeepsEveryChoice(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	image := "criminal-justice.image-databases.national"
	for _, c := range []struct {
		query, token string
		status       int
		says, hides  []string
	}{
		{"", "", 200, []string{"In simulated answers", `data-chart="shares"`, "From totals it cannot be told who changed", "need a token", `<option value="income">`},
			[]string{`data-chart="flow"`, `name="panel"`, `value="region"`}},
		{"from=2021-simulated&to=2025&sort=change", "", 200, []string{`value="change" selected`, `value="2021-simulated" selected`}, []string{"From totals it cannot", `data-chart="flow"`}},
		{"from=2021-simulated&to=2025&interval=sampling", "", 200, []string{"95 % sampling intervals (Wilson)"}, []string{"Bands are what missing answers allow"}},
		{"panel=matched&from=2021-simulated&to=2025", "", 200, []string{"This was not released", "Simulated data: ", "could be had by subtraction", `<a href="/compare?lang=en&amp;from=2021-simulated&amp;to=2025">`}, []string{`data-chart`}},
		{"group=income&from=2021-simulated&to=2025", "", 200, []string{`data-chart="groups"`, "each round its own", "Difference in change", "Release 1."}, []string{`data-chart="flow"`, `name="grouping"`, `value="low"`}},
		{"group=region&from=2021-simulated&to=2025", "", 200, []string{"Groups by Region are not released"}, []string{`data-chart`}},
		{"group=income&value=low&from=2021-simulated&to=2025", "", 200, []string{"The group “low” (Income group) is not released"}, []string{`data-chart`}},
		{"group=income&value=high&from=2021-simulated&to=2025", "", 200, []string{`data-chart="shares"`, `value="high" selected`}, []string{"was not released"}},
		{"group=income&grouping=from&from=2021-simulated&to=2025", "", 200, []string{"Released are the groups of each round its own"}, []string{`data-chart`}},
		{"group=income&panel=matched&from=2021-simulated&to=2025", "", 200, []string{"Matched panels of groups are not released"}, []string{`data-chart`}},
		{"panel=matched&from=2021-simulated&to=2025", viewer, 200, []string{`data-chart="flow"`, "Answers gained", "The parts add up", "among those who answered in both rounds"}, []string{"From totals it cannot"}},
		{"panel=matched&from=2021&to=2025", viewer, 200, []string{"cannot be told", "from=2021-simulated"}, []string{`data-chart="shares"`}},
		{"from=2021-simulated&to=2025&group=income", viewer, 200, []string{`data-chart="groups"`, "Difference in change", "as of the earlier round"}, nil},
		{"from=2021-simulated&to=2025&group=income&value=low&grouping=own", viewer, 200, []string{`value="low" selected`, `value="own" selected`}, []string{`data-chart="groups"`}},
		{"from=2021-simulated&to=2025&indicator=" + image, viewer, 200, []string{"National image database: kept"}, nil},
		{"from=2021-simulated&to=2025&indicator=none", viewer, 404, nil, nil},
		{"from=2021-simulated&to=2025&sort=rank", "", 400, []string{"sort is"}, nil},
		{"from=1999&to=2025", "", 404, nil, nil},
	} {
		r := w.get(t, "/compare?lang=en&"+c.query, c.token)
		if r.status != c.status {
			t.Errorf("%q: status %d, want %d", c.query, r.status, c.status)
		}
		for _, s := range c.says {
			if !strings.Contains(r.body, s) {
				t.Errorf("%q does not say %q", c.query, s)
			}
		}
		for _, s := range c.hides {
			if strings.Contains(r.body, s) {
				t.Errorf("%q says %q", c.query, s)
			}
		}
	}
}

// TestFlowIsTheMatrix: the table beneath a flow adds up, and its file is for the
// same readers as the page.
func TestFlowIsTheMatrix(t *testing.T) {
	w := demo(t)
	path := "/compare/charts/flow.csv?lang=en&from=2021-simulated&to=2025&indicator=criminal-justice.image-databases.national"
	if r := w.get(t, path, ""); r.status != http.StatusNotFound {
		t.Errorf("anybody gets the flow: %d", r.status)
	}
	r := w.get(t, path, w.token(t, domain.Viewer, ""))
	// Of the 39 asked in both rounds, as /api/v1/compare counts them: kept 14, gained 9,
	// never 15, and one who answers no longer.
	want := "In place,14,0,0,0,14\nNot in place,9,15,1,0,25\nNo answer,0,0,0,0,0\nNot applicable,0,0,0,0,0\nAll,23,15,1,0,39\n"
	if r.status != http.StatusOK || !strings.HasSuffix(r.body, want) {
		t.Errorf("%d\n%s", r.status, r.body)
	}
}

// TestSummaryOfTheBaselineAlone: with published figures only, the summary tells of
// them, and there is nothing simulated to warn of.
func TestSummaryOfTheBaselineAlone(t *testing.T) {
	w := baseline(t)
	page := w.get(t, "/?lang=en", "").body
	for _, want := range []string{"Indicators in place in more than half of the respondents, Baseline 2021", "This is the baseline", "Where most is missing",
		"National image database: 33%", "highest mean share", "government", `data-chart="shares"`} {
		if !strings.Contains(page, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, not := range []string{"Nothing to compare", "role=\"note\">Simulated", "What rose most", "<select name=\"from\"", "1970", "NaN"} {
		if strings.Contains(page, not) {
			t.Errorf("it says %q", not)
		}
	}
	if r := w.get(t, "/compare?lang=en", ""); r.status != http.StatusOK || !strings.Contains(r.body, "Nothing to compare Baseline 2021 with") {
		t.Errorf("compare: %d", r.status)
	}
	for _, path := range []string{"/", "/compare"} {
		if r := empty(t).get(t, path+"?lang=ar", ""); r.status != http.StatusOK {
			t.Errorf("%s of an empty log: %d", path, r.status)
		}
	}
}

// TestDomainNumbersAreMeansOfTheRows works one domain's number out by hand from the
// published figures: media has 23 of 42 and 21 of 42.
func TestDomainNumbersAreMeansOfTheRows(t *testing.T) {
	w := baseline(t)
	r := w.get(t, "/charts/domains.csv?lang=en", "")
	if !strings.Contains(r.body, "Media and communications,2,52.4%,42,–,0,0") {
		t.Errorf("%d\n%s", r.status, r.body)
	}
	// Of policy, legislation is asked of a part of the respondents only and has no number.
	if !regexp.MustCompile(`(?m)^Policy and governance,3,74\.6%,42,–,\d,\d$`).MatchString(r.body) {
		t.Errorf("%s", r.body)
	}
}

// TestLinksOfTheSummaryLeadSomewhere follows every link of the summary and of the
// comparison of frameworks and rounds with hostile names.
func TestLinksOfTheSummaryLeadSomewhere(t *testing.T) {
	w := severalFrameworks(t)
	link := regexp.MustCompile(`href="(/[^"#]*)"`)
	seen := map[string]bool{}
	for _, path := range []string{"/?lang=en", "/?lang=ar&framework=" + url.QueryEscape("إطار"), "/compare?lang=en&framework=" + url.QueryEscape("إطار"), "/compare?lang=ar&from=2021&to=2025"} {
		r := w.get(t, path, "")
		if r.status != http.StatusOK {
			t.Errorf("%s: %d", path, r.status)
		}
		for _, m := range link.FindAllStringSubmatch(r.body, -1) {
			to := strings.ReplaceAll(m[1], "&amp;", "&")
			if seen[to] || strings.HasPrefix(to, "/assets/") || strings.HasSuffix(to, ".svg") || strings.Contains(to, ".png") || strings.Contains(to, ".svg") {
				continue
			}
			seen[to] = true
			if x := w.get(t, to, ""); x.status != http.StatusOK {
				t.Errorf("%s leads to %s: %d", path, to, x.status)
			}
		}
	}
}
