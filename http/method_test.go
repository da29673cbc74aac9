package http_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestMethodComputesItsExamples: the page says of the published figures what they
// come to, worked out here by hand from the source, and nothing of a country.
func TestMethodComputesItsExamples(t *testing.T) {
	w := demo(t)
	r := w.get(t, "/method?lang=en", "")
	if r.status != http.StatusOK {
		t.Fatalf("%d: %s", r.status, r.body)
	}
	const judges = "Some specialised knowledge and skills among judiciary and prosecutors"
	for _, want := range []string{
		judges + "”, 36 of 41 answers, 87.8%; missing of 42 asked: 1.", // 36/41
		judges + "”: between 85.7% and 88.1% of all who were asked.",   // 36/42 and 37/42
		judges + "”, 36 of 41: 74.5% to 94.7%.",                        // Wilson, by an independent program
		"23 of 42 is 54.76 %; printed was 54.",
		"denominators of 5 or more; counts and their complements 0 or at least 3.",
		"25 of 42 were answered for by: UNICEF country office (Baseline 2021)",
		"Framing the Future",
	} {
		if !strings.Contains(r.body, want) {
			t.Errorf("the page does not say: %s", want)
		}
	}
	table := figureRows(r.body)
	if !hasRow(table, judges, "36 of 41", "87.8%", "1", "85.7%", "88.1%") || !hasRow(table, "Government supports ethical, informed media reporting", "23 of 42", "54.76", "54", "cut off, or rounded the other way") {
		t.Errorf("the tables have not the published figures: %v", table)
	}
	if strings.Contains(r.body, "XAA") || strings.Contains(r.body, "Kenya") || strings.Contains(r.body, "Simulated data") {
		t.Error("the page tells of respondents, or of simulated data")
	}
	if csv := w.get(t, "/method/charts/sensitivity.csv?lang=en", ""); csv.status != http.StatusOK || !strings.Contains(csv.body, judges+",36 of 41,87.8%,1,85.7%,88.1%") {
		t.Errorf("%d: %s", csv.status, csv.body)
	}
}

// TestMethodWithoutFigures: where nothing was published the page explains all the
// same.
func TestMethodWithoutFigures(t *testing.T) {
	for name, w := range map[string]*world{"empty": empty(t), "no figures": hostileWorld(t)} {
		r := w.get(t, "/method?lang=en", "")
		if r.status != http.StatusOK || !strings.Contains(r.body, "A share is of those who answered") || strings.Contains(r.body, "NaN") {
			t.Errorf("%s: %d", name, r.status)
		}
		if strings.Contains(r.body, "<script>window.alerted") || strings.Contains(r.body, "<img src=x") {
			t.Errorf("%s: a name became markup", name)
		}
	}
	if r := empty(t).get(t, "/method?framework=none", ""); r.status != http.StatusNotFound {
		t.Errorf("%d", r.status)
	}
}
