package http_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"headway/domain"
	"headway/domain/maturity"
)

// figureRows are the cells of the tables on a page, row by row.
func figureRows(body string) [][]string {
	var out [][]string
	for _, tr := range regexp.MustCompile(`(?s)<tr[ >].*?</tr>`).FindAllString(body, -1) {
		var cells []string
		for _, td := range regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`).FindAllStringSubmatch(tr, -1) {
			cells = append(cells, html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(td[1], "")))
		}
		out = append(out, cells)
	}
	return out
}

func hasRow(rows [][]string, cells ...string) bool {
	want := strings.Join(cells, "|")
	for _, r := range rows {
		if strings.Join(r, "|") == want {
			return true
		}
	}
	return false
}

// TestMaturityForEachReader: anybody sees counts of stages; who moved and what the
// next stage takes needs a token that sees all.
func TestMaturityForEachReader(t *testing.T) {
	w := demo(t)
	focal, viewer := w.token(t, domain.FocalPoint, "XAA"), w.token(t, domain.Viewer, "")
	for _, token := range []string{"", focal} {
		r := w.get(t, "/maturity?lang=en", token)
		if r.status != http.StatusOK || !strings.Contains(r.body, "is shown to holders of a token") || strings.Contains(r.body, "one change away") ||
			strings.Contains(r.body, "h-movement") || !strings.Contains(r.body, "h-stages") {
			t.Errorf("%d: not the public page", r.status)
		}
		if r := w.get(t, "/maturity/charts/movement.csv", token); r.status != http.StatusNotFound {
			t.Errorf("movement as a file: %d", r.status)
		}
	}
	r := w.get(t, "/maturity?lang=en&from=2023&to=2025", viewer)
	if r.status != http.StatusOK {
		t.Fatalf("%d: %s", r.status, r.body)
	}
	table := figureRows(r.body)
	standings := map[domain.RoundID][]maturity.Standing{}
	for _, id := range []domain.RoundID{"2023", "2025"} {
		standings[id] = rows[maturity.Standing](t, w.get(t, "/api/v1/maturity?model=mnr-stages&round="+string(id), viewer))
	}
	// The movement of the page is that of the standings, counted here by hand.
	then := map[domain.Respondent]int{}
	for _, s := range standings["2023"] {
		then[s.Country] = *s.Number
	}
	var counts [5][5]int
	matched, up, down := 0, 0, 0
	for _, s := range standings["2025"] {
		if n := then[s.Country]; n > 0 {
			matched++
			counts[n][*s.Number]++
			switch {
			case *s.Number > n:
				up++
			case *s.Number < n:
				down++
			}
		}
	}
	for i, name := range []string{"Building", "Emerging", "Established", "Mature"} {
		c := counts[i+1]
		if !hasRow(table, name, fmt.Sprint(c[1]), fmt.Sprint(c[2]), fmt.Sprint(c[3]), fmt.Sprint(c[4]), "0", fmt.Sprint(c[1]+c[2]+c[3]+c[4])) {
			t.Errorf("%s: the page has not %v", name, c[1:])
		}
	}
	if want := fmt.Sprintf("%d of %d respondents of both rounds moved to a higher stage and %d to a lower one", up, matched, down); !strings.Contains(r.body, want) {
		t.Errorf("the page does not say: %s", want)
	}
	if !strings.Contains(r.body, "Simulated data") || !strings.Contains(r.body, "log position 3351") {
		t.Error("the page does not say that it is simulated, or of which position")
	}
}

// TestMaturityAsOf: before the answers were recorded there are no stages.
func TestMaturityAsOf(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	r := w.get(t, "/maturity?lang=en&asOf=100", viewer)
	if r.status != http.StatusOK || !strings.Contains(r.body, "This is not the present") || !strings.Contains(r.body, "No round has answers") {
		t.Errorf("%d: %s", r.status, r.body)
	}
	if r := w.get(t, "/maturity?lang=en&asOf=100", ""); r.status != http.StatusOK || !strings.Contains(r.body, "No computed numbers were released yet") {
		t.Errorf("anybody reads of before the first release: %d", r.status)
	}
}

func TestMaturityRefuses(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	for path, status := range map[string]int{"?model=none": http.StatusNotFound, "?framework=none": http.StatusNotFound, "?unit=none": http.StatusBadRequest,
		"?to=1999": http.StatusNotFound} {
		if r := w.get(t, "/maturity"+path, viewer); r.status != status {
			t.Errorf("%s: %d, want %d", path, r.status, status)
		}
	}
	if r := empty(t).get(t, "/maturity?lang=en", ""); r.status != http.StatusOK || !strings.Contains(r.body, "No maturity model is published") {
		t.Errorf("an empty log: %d", r.status)
	}
}
