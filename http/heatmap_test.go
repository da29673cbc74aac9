package http_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"headway/domain"
)

// gridRows are the rows of a heatmap's table: name and letters.
func gridRows(body string) [][]string {
	var out [][]string
	for _, r := range figureRows(body) {
		if len(r) == 25 && regexp.MustCompile(`^(X[A-Z]{2}|R\d+)$`).MatchString(r[0]) {
			out = append(out, r)
		}
	}
	return out
}

func TestHeatmapIsForWhoSeesAll(t *testing.T) {
	w := demo(t)
	for _, token := range []string{"", w.token(t, domain.FocalPoint, "XAA")} {
		for _, path := range []string{"/heatmap?lang=en", "/heatmap/charts/heatmap.csv"} {
			if r := w.get(t, path, token); r.status != http.StatusUnauthorized || strings.Contains(r.body, "XAB") || strings.Contains(r.body, "s-yes") {
				t.Errorf("%s: %d", path, r.status)
			}
		}
	}
	if r := w.get(t, "/heatmap?lang=en", ""); !strings.Contains(r.body, "need a token") {
		t.Error("anybody is not told why")
	}
}

// TestHeatmapWithoutNames: on paper, and where names are off, nothing tells who a
// row is: no code, no order by code, no small group; the same page each time.
func TestHeatmapWithoutNames(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	named := w.get(t, "/heatmap?lang=en&round=2025", viewer)
	if named.status != http.StatusOK {
		t.Fatalf("%d: %s", named.status, named.body)
	}
	all := gridRows(named.body)
	codes, paper := all[:len(all)/2], all[len(all)/2:]
	if len(codes) != 43 || codes[0][0] != "XAA" || paper[0][0] != "R1" {
		t.Fatalf("%d rows, first %q and %q", len(codes), codes[0], paper[0])
	}
	letters := func(rows [][]string) []string {
		var out []string
		for _, r := range rows {
			out = append(out, strings.Join(r[1:], ""))
		}
		return out
	}
	byCode, atRandom := letters(codes), letters(paper)
	if slices.Equal(byCode, atRandom) {
		t.Error("on paper the rows stand by code")
	}
	slices.Sort(byCode)
	slices.Sort(atRandom)
	if !slices.Equal(byCode, atRandom) {
		t.Error("on paper there are other answers")
	}
	r := w.get(t, "/heatmap?lang=en&round=2025&codes=0&group=region", viewer)
	if regexp.MustCompile(`X[A-Z]{2}\b`).MatchString(r.body) || strings.Contains(r.body, "/countries/") {
		t.Error("a page without names has a code")
	}
	csv := w.get(t, "/heatmap/charts/heatmap.csv?lang=en&round=2025&codes=0&group=region", viewer)
	if csv.status != http.StatusOK || regexp.MustCompile(`X[A-Z]{2}\b`).MatchString(csv.body) || !strings.Contains(csv.body, "R43,") {
		t.Errorf("its file: %d", csv.status)
	}
	if again := w.get(t, "/heatmap?lang=en&round=2025&codes=0&group=region", viewer); again.body != r.body {
		t.Error("the order differs the second time")
	}
	sizes := map[string]int{}
	group := ""
	for _, row := range figureRows(r.body) {
		if len(row) == 1 {
			group = row[0]
		} else if strings.HasPrefix(row[0], "R") {
			sizes[group]++
		}
	}
	for g, n := range sizes {
		if n < 5 && g != "Groups of fewer than 5" {
			t.Errorf("group %s has %d rows", g, n)
		}
	}
}

func TestHeatmapRefuses(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	for path, status := range map[string]int{"?round=1999": 404, "?framework=none": 404, "?group=shoe-size": 400, "?asOf=100": 200} {
		if r := w.get(t, "/heatmap"+path, viewer); r.status != status {
			t.Errorf("%s: %d, want %d", path, r.status, status)
		}
	}
	if r := empty(t).get(t, "/heatmap?lang=en", ""); r.status != http.StatusUnauthorized {
		t.Errorf("an empty log: %d", r.status)
	}
}
