package seeds

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
	"headway/events/sqlite"
)

var now = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func load(t *testing.T) Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openLog(t *testing.T) *sqlite.Store {
	t.Helper()
	log, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

func TestTheFrameworkIsTheWholeModelNationalResponse(t *testing.T) {
	f := load(t).Framework
	if len(f.Domains) != 6 || len(f.Capabilities) != 21 {
		t.Fatalf("%d domains, %d capabilities", len(f.Domains), len(f.Capabilities))
	}
	counted := map[string]bool{}
	for _, in := range f.Indicators {
		for _, c := range in.Capabilities {
			counted[c] = true
		}
		for _, lang := range []string{"en", "ar"} {
			if in.Name[lang] == "" {
				t.Errorf("%s has no name in %s", in.ID, lang)
			}
		}
	}
	for i, c := range f.Capabilities {
		if c.Number != i+1 || !counted[c.ID] {
			t.Errorf("capability %d %s: number or indicator is missing", c.Number, c.ID)
		}
	}
}

// TestFiguresAreThoseOfTheSource holds the data against a transcription made a
// second time, by hand, from the text: count, denominator, printed percentage
// (0 where none is printed).
func TestFiguresAreThoseOfTheSource(t *testing.T) {
	want := map[string][3]int{
		"collected-by-government-questionnaire": {17, 42, 0}, "collected-by-unicef-country-office": {25, 42, 0}, "high-income-respondents": {15, 42, 0},
		"framework-used-as-reference": {35, 39, 90}, "governance-mechanism": {32, 42, 76}, "strategy": {27, 42, 64}, "national-research": {35, 42, 83},
		"criminalisation-high-income": {15, 15, 0}, "provider-reporting-high-income": {8, 15, 0}, "laws-insufficient-low-middle-income": {22, 25, 88},
		"dedicated-law-enforcement": {42, 42, 0}, "judiciary-specialised-knowledge": {36, 41, 88}, "offender-management": {30, 42, 71},
		"offender-management-absent-low-middle-income": {12, 12, 0}, "international-image-database": {29, 42, 69}, "national-image-database": {14, 42, 33},
		"international-image-database-absent-low-middle-income": {12, 13, 92}, "integrated-support": {29, 42, 69}, "workforce": {34, 41, 83},
		"remedies": {34, 42, 81}, "child-helpline": {40, 42, 95}, "hotline": {38, 42, 90}, "education-programme": {32, 42, 76},
		"child-participation": {29, 41, 71}, "offender-support": {24, 41, 59}, "offender-support-absent-low-middle-income": {17, 17, 0},
		"takedown-procedures": {30, 41, 73}, "industry-engagement": {25, 41, 61}, "ethical-media-reporting": {23, 42, 54}, "universal-terminology": {21, 42, 50},
	}
	figures := load(t).Figures
	if len(figures) != len(want) {
		t.Errorf("%d figures, want %d", len(figures), len(want))
	}
	for _, f := range figures {
		got := [3]int{f.Figure.Count, f.Figure.Denominator, 0}
		if f.Figure.StatedPercent != nil {
			got[2] = int(*f.Figure.StatedPercent)
		}
		if got != want[f.Figure.ID] {
			t.Errorf("%s is %v, want %v", f.Figure.ID, got, want[f.Figure.ID])
		}
		if f.Source.Quote == "" || f.Source.Section == "" {
			t.Errorf("%s does not say where it stands", f.Figure.ID)
		}
	}
}

func TestTheNamedRespondentsAreThirty(t *testing.T) {
	list := load(t).Respondents.Respondents
	if len(list) != 30 {
		t.Fatalf("%d respondents", len(list))
	}
	for _, e := range list {
		if e.Respondent.Anonymous() {
			t.Errorf("%s is a simulated code", e.Respondent)
		}
		// Only of the high-income respondents does the way of collection follow.
		if got := e.Attributes[domain.AttrCollection]; (got != "") != (e.Attributes[domain.AttrIncome] == "high") {
			t.Errorf("%s: income %s, collection %q", e.Respondent, e.Attributes[domain.AttrIncome], got)
		}
	}
}

func TestOnlyOneCountryLevelFactIsSeeded(t *testing.T) {
	facts, err := Facts(now)
	if err != nil {
		t.Fatal(err)
	}
	statuses := 0
	for _, f := range facts {
		if f.Simulated {
			t.Errorf("%s is simulated", f.Stream)
		}
		p, ok := f.Payload.(domain.StatusReported)
		if !ok {
			continue
		}
		statuses++
		if p.Indicator != LawEnforcement || p.Status != domain.InPlace || f.Source.Quote == "" {
			t.Errorf("%s %s %s was seeded", p.Country, p.Indicator, p.Status)
		}
	}
	if statuses != 30 {
		t.Errorf("%d statuses", statuses)
	}
}

func TestTheModelFitsTheFramework(t *testing.T) {
	s := load(t)
	if _, err := maturity.Compile(s.Model, &s.Framework); err != nil {
		t.Fatal(err)
	}
	if len(s.Model.Stages) != 4 {
		t.Errorf("%d stages", len(s.Model.Stages))
	}
}

func TestSeedingTwiceAppendsNothing(t *testing.T) {
	ctx, log := context.Background(), openLog(t)
	first, err := Seed(ctx, log, now, "tester")
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 + 1 + 1 + 30 + 30 + 30; first != want {
		t.Errorf("the first seeding appends %d events, want %d", first, want)
	}
	// Other events in between, and a later day, change nothing.
	if _, err := log.Append(ctx, events.Batch{Stream: "round/2021", Expect: events.Any, Events: []events.Event{closing(t)}}); err != nil {
		t.Fatal(err)
	}
	second, err := Seed(ctx, log, now.AddDate(1, 0, 0), "somebody else")
	if err != nil || second != 0 {
		t.Errorf("the second seeding appends %d events (%v)", second, err)
	}
}

func closing(t *testing.T) events.Event {
	t.Helper()
	e, err := events.New(events.DeriveID(now, "closing"), events.Stamp{Actor: "tester"},
		domain.Fact{Stream: "round/2021", Payload: domain.RoundClosed{Round: Baseline}, Round: Baseline})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestIDsAreDistinct(t *testing.T) {
	facts, err := Facts(now)
	if err != nil {
		t.Fatal(err)
	}
	list, err := wrap(facts, events.Stamp{Actor: "a"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[events.ID]string{}
	for _, e := range list {
		if before, twice := seen[e.ID]; twice {
			t.Errorf("%s and %s have the same id", before, e.Stream)
		}
		seen[e.ID] = e.Stream
	}
}
