package http_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"headway/domain"
	"headway/domain/maturity"
	"headway/projections"
	"headway/seeds"
)

// TestCountryPage: the numbers of the page are those of the statuses, counted here
// by hand.
func TestCountryPage(t *testing.T) {
	w := demo(t)
	focal := w.token(t, domain.FocalPoint, "XAD")
	r := w.get(t, "/countries/XAD?lang=en", focal)
	if r.status != http.StatusOK {
		t.Fatalf("%d: %s", r.status, r.body)
	}
	set, err := seeds.Load()
	if err != nil {
		t.Fatal(err)
	}
	count := func(round domain.RoundID) (inPlace, n int, by map[domain.IndicatorID]domain.Status) {
		by = map[domain.IndicatorID]domain.Status{}
		for _, s := range rows[projections.StatusRow](t, w.get(t, "/api/v1/status?country=XAD&round="+string(round), focal)) {
			by[s.Indicator] = s.Status
			in, _ := set.Framework.Indicator(s.Indicator)
			if in.Domain != "" && in.Polarity == domain.Positive && s.Status.Answered() {
				n++
				if s.Status == domain.InPlace {
					inPlace++
				}
			}
		}
		return inPlace, n, by
	}
	now, n, by := count("2025")
	then, m, before := count("2023")
	if n != m || now <= then {
		t.Fatalf("the test needs another respondent: %d of %d, %d of %d", now, n, then, m)
	}
	if want := fmt.Sprintf("XAD: %d of %d answered indicators are in place in 2025 (simulated), %d more than in 2023 (simulated)", now, n, now-then); !strings.Contains(r.body, want) {
		t.Errorf("the page does not say: %s", want)
	}
	table := figureRows(r.body)
	name := map[domain.Status]string{domain.InPlace: "In place", domain.NotInPlace: "Not in place", domain.NotApplicable: "Not applicable"}
	_, _, first := count("2021-simulated")
	for _, in := range set.Framework.Indicators {
		label, _ := in.Name.In("en")
		if in.Polarity == domain.Negative {
			label += " (here yes is the bad answer)"
		}
		if !hasRow(table, label, name[first[in.ID]], name[before[in.ID]], name[by[in.ID]]) {
			t.Errorf("%s: not %s, %s, %s", label, first[in.ID], before[in.ID], by[in.ID])
		}
	}
	for _, want := range []string{"Simulated data", "XAD is in the stage Emerging in 2025 (simulated); the next one, Established, takes 4 changes", "0 of 22 answers are missing", "log position 3351"} {
		if !strings.Contains(r.body, want) {
			t.Errorf("the page does not say: %s", want)
		}
	}
	if strings.Contains(r.body, "XAA") || strings.Contains(r.body, "XAC") {
		t.Error("the page names another respondent")
	}
}

// TestWhatTheNextStageTakesIsTrue makes the changes that the page names, and looks
// at the stage again.
func TestWhatTheNextStageTakesIsTrue(t *testing.T) {
	w := demo(t)
	analyst := w.token(t, domain.Analyst, "")
	stage := func() string {
		for _, s := range rows[maturity.Standing](t, w.get(t, "/api/v1/maturity?model=mnr-stages&round=2025", analyst)) {
			if s.Country == "XAD" {
				return *s.Stage
			}
		}
		return ""
	}
	if got := stage(); got != "emerging" {
		t.Fatalf("the test needs another respondent, not one who is %s", got)
	}
	var next []maturity.Next
	w.runner.Read(func(s *projections.State) {
		_, found, err := s.NextStages("mnr-stages", "2025", "XAD", s.Position())
		if err != nil {
			t.Fatal(err)
		}
		next = found
	})
	for i, c := range next[0].Changes {
		if got := stage(); got != "emerging" {
			t.Fatalf("after %d of %d changes: %s", i, len(next[0].Changes), got)
		}
		r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, map[string]any{"round": "2025", "country": "XAD", "indicator": c.Indicator,
			"status": *c.To, "effective_on": "2026"})
		if r.status/100 != 2 {
			t.Fatalf("%d: %s", r.status, r.body)
		}
	}
	if got := stage(); got != "established" {
		t.Errorf("after all changes: %s", got)
	}
}

// TestCountryCharts: the files of a respondent's charts are for who may see it.
func TestCountryCharts(t *testing.T) {
	w := demo(t)
	focal, other := w.token(t, domain.FocalPoint, "XAD"), w.token(t, domain.FocalPoint, "XAA")
	for token, want := range map[string]int{"": 401, other: 401, focal: 200} {
		if r := w.get(t, "/countries/XAD/charts/grid.csv?lang=en", token); r.status != want || strings.Contains(r.body, "In place") != (want == 200) {
			t.Errorf("%d, want %d", r.status, want)
		}
	}
	r := w.get(t, "/countries/KEN?lang=en", w.token(t, domain.Viewer, ""))
	if r.status != http.StatusOK || !strings.Contains(r.body, "Kenya: 1 of 1 answered indicators is in place in Baseline 2021") || !strings.Contains(r.body, "more answers are needed") ||
		strings.Contains(r.body, "Simulated data") || strings.Contains(r.body, ">No answer<") {
		t.Errorf("%d: of Kenya the log knows one answer and nothing else", r.status)
	}
}
