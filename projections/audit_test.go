package projections_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
	pt "headway/projections/projectionstest"
)

// TestASearchIsANaiveFilter holds searches by random criteria, as of any position,
// in one go and page by page, against a filter over the JSON of all events.
func TestASearchIsANaiveFilter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, done := world(rt, t)
		defer done()
		randomHistory(rt, w)
		log := everything(rt, w)
		for i := range 4 {
			at := events.Position(rapid.IntRange(1, len(log)).Draw(rt, "at"))
			c := randomCriteria(rt, log)
			hidden := rapid.SampledFrom([]string{"", "returned", "approved"}).Draw(rt, "hidden")
			var open projections.Opens
			if hidden != "" {
				open = func(_ *projections.State, e events.Event) bool {
					return !strings.HasPrefix(e.Type, "submission.") || hidden == "approved"
				}
			}
			got, err := all(w, c, at, open)
			if domain.RefusalOf(err) != nil && !opened(log[:at], c.Round) {
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			want := naive(rt, log[:at], c, hidden == "returned")
			if !slices.Equal(numbers(got), want) {
				rt.Fatalf("%+v as of %d: %v, a naive filter finds %v", c, at, numbers(got), want)
			}
			compareSupersession(rt, log[:at], got)
			if i == 0 {
				compareSteps(rt, w, c, at, open, want)
			}
			comparePages(rt, w, c, at, open, want)
		}
	})
}

func everything(t *rapid.T, w *pt.World) (log []events.Event) {
	for e, err := range w.Log.Read(context.Background(), 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, e)
	}
	return log
}

func all(w *pt.World, c projections.Criteria, at events.Position, open projections.Opens) (out []projections.AuditRow, err error) {
	for row, err := range projections.Search(context.Background(), w.Runner, w.Log, c, at, open) {
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func numbers(rows []projections.AuditRow) []events.Position {
	out := []events.Position{}
	for _, r := range rows {
		out = append(out, r.Position)
	}
	return out
}

func randomCriteria(t *rapid.T, log []events.Event) projections.Criteria {
	moment := func(name string) projections.Moment {
		e := rapid.SampledFrom(log).Draw(t, name)
		return rapid.SampledFrom([]projections.Moment{{}, {}, {Position: e.Position}, {Instant: e.RecordedAt}, {Instant: e.RecordedAt.Add(time.Second)}}).Draw(t, name+" moment")
	}
	date := func(name string) domain.Date {
		return rapid.SampledFrom([]domain.Date{{}, {}, {}, {}, {Year: 2021}, {Year: 2023}, {Year: 2023, Month: 2}, {Year: 2023, Month: 2, Day: 2}}).Draw(t, name)
	}
	return projections.Criteria{
		Framework:  rapid.SampledFrom([]domain.FrameworkID{"", "", "small"}).Draw(t, "framework"),
		Round:      rapid.SampledFrom([]domain.RoundID{"", "", "", "r1", "r2"}).Draw(t, "round"),
		Country:    rapid.SampledFrom([]domain.Respondent{"", "", pt.Code(0), pt.Code(1), "ZZZ"}).Draw(t, "country"),
		Indicator:  rapid.SampledFrom([]domain.IndicatorID{"", "", "a.a.one", "b.b.three"}).Draw(t, "indicator"),
		Actor:      rapid.SampledFrom([]string{"", "", "", "tester", "focal", "analyst", "nobody"}).Draw(t, "actor"),
		Type:       rapid.SampledFrom([]string{"", "", "", "status", "status.corrected", "status.withdrawn", "round", "submission.returned", "country"}).Draw(t, "type"),
		Text:       rapid.SampledFrom([]string{"", "", "", "SLOW", "wrong", "post slow", "forgotten", "m", "n more"}).Draw(t, "text"),
		Superseded: rapid.IntRange(0, 4).Draw(t, "superseded") == 0,
		Since:      moment("since"), Until: moment("until"), EffectiveFrom: date("effective from"), EffectiveTo: date("effective to"),
	}
}

func opened(log []events.Event, rd domain.RoundID) bool {
	return rd == "" || slices.ContainsFunc(log, func(e events.Event) bool { return e.Type == "round.opened" && e.Round == rd })
}

// naive filters events by their JSON alone. Where submissions are hidden, nothing
// but their envelope and stream counts.
func naive(t *rapid.T, log []events.Event, c projections.Criteria, hidden bool) []events.Position {
	superseded := map[string]bool{}
	for _, e := range log {
		for _, key := range []string{"corrects", "withdraws"} {
			if id, ok := fields(t, e)[key].(string); ok {
				superseded[id] = true
			}
		}
	}
	out := []events.Position{}
	for _, e := range slices.Backward(log) {
		m := fields(t, e)
		if enrolment, ok := m["enrolment"].(map[string]any); ok {
			m["country"] = enrolment["respondent"]
		}
		if strings.HasPrefix(e.Type, "submission.") && hidden {
			m = map[string]any{"country": e.Stream[strings.LastIndex(e.Stream, "/")+1:]}
		}
		country, _ := m["country"].(string)
		about := []string{fmt.Sprint(m["indicator"])}
		text := fmt.Sprint(m["note"], " ", m["comment"], " ", m["reason"], " ", m["late_reason"])
		answers, _ := m["answers"].([]any)
		for _, a := range answers {
			a := a.(map[string]any)
			about, text = append(about, fmt.Sprint(a["indicator"])), text+fmt.Sprint(" ", a["note"])
		}
		text = strings.ReplaceAll(text, "<nil>", "")
		words := true
		for _, x := range strings.Fields(strings.ToLower(c.Text)) {
			words = words && strings.Contains(strings.ToLower(text), x)
		}
		if words && (c.Round == "" || e.Round == c.Round) && (c.Country == "" || country == string(c.Country)) &&
			(c.Indicator == "" || slices.Contains(about, string(c.Indicator))) && (c.Actor == "" || e.Actor == c.Actor) &&
			(c.EffectiveFrom.IsZero() || !e.EffectiveOn.IsZero() && !e.EffectiveOn.First().Before(c.EffectiveFrom.First())) &&
			(c.EffectiveTo.IsZero() || !e.EffectiveOn.IsZero() && !e.EffectiveOn.First().After(c.EffectiveTo.Last())) &&
			strings.HasPrefix(e.Type, c.Type) && (!c.Superseded || superseded[e.ID.String()]) &&
			!e.RecordedAt.Before(c.Since.Instant) && e.Position >= c.Since.Position &&
			(c.Until.Instant.IsZero() || !e.RecordedAt.After(c.Until.Instant)) && (c.Until.Position == 0 || e.Position <= c.Until.Position) {
			out = append(out, e.Position)
		}
	}
	return out
}

func fields(t *rapid.T, e events.Event) (m map[string]any) {
	if err := json.Unmarshal(e.Data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// compareSupersession holds what the rows say of each other against the events.
func compareSupersession(t *rapid.T, log []events.Event, rows []projections.AuditRow) {
	at, by := map[string]events.Position{}, map[string]string{}
	for _, e := range log {
		at[e.ID.String()] = e.Position
		for _, key := range []string{"corrects", "withdraws"} {
			if id, ok := fields(t, e)[key].(string); ok {
				by[id] = e.ID.String()
			}
		}
	}
	for _, r := range rows {
		successor := ""
		if r.SupersededBy != nil {
			successor = *r.SupersededBy
		}
		if successor != by[r.EventID] || r.SupersededByPosition != at[successor] {
			t.Fatalf("event %d is superseded by %q at %d, not by %q", r.Position, successor, r.SupersededByPosition, by[r.EventID])
		}
		if r.Supersedes != nil && r.SupersedesPosition != at[*r.Supersedes] {
			t.Fatalf("event %d supersedes one at %d, not at %d", r.Position, r.SupersedesPosition, at[*r.Supersedes])
		}
	}
}

// compareSteps searches in steps so short that even a short log takes many.
func compareSteps(t *rapid.T, w *pt.World, c projections.Criteria, at events.Position, open projections.Opens, want []events.Position) {
	first, read := rapid.IntRange(2, 12).Draw(t, "first step"), rapid.IntRange(2, 8).Draw(t, "read at once")
	got := []events.Position{}
	for row, err := range projections.SearchInSteps(context.Background(), first, read, w.Runner, w.Log, c, at, open) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.Position)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("in steps of %d, %d at once: %v, not %v", first, read, got, want)
	}
}

// comparePages goes through the pages while the log grows.
func comparePages(t *rapid.T, w *pt.World, c projections.Criteria, at events.Position, open projections.Opens, want []events.Position) {
	limit := rapid.IntRange(1, 5).Draw(t, "limit")
	got := []events.Position{}
	for {
		page, err := projections.SearchPage(context.Background(), w.Runner, w.Log, c, at, open, limit)
		if err != nil || len(page.Rows) > limit {
			t.Fatal(err, len(page.Rows))
		}
		got = append(got, numbers(page.Rows)...)
		if page.Next == 0 {
			break
		}
		if page.Next != got[len(got)-1] {
			t.Fatalf("the cursor %d is no position of a row %v", page.Next, got)
		}
		c.Before = page.Next
	}
	if !slices.Equal(got, want) {
		t.Fatalf("page by page %v, not %v", got, want)
	}
}

// annotated is a world whose statuses say things in several scripts.
func annotated(t testing.TB) *pt.World {
	t.Helper()
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	ctx := context.Background()
	first := pt.Must[desk.Receipt](t)(w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: "AAA", Indicator: "a.a.one", Status: domain.InPlace,
		Note: "القَانُون رقم ٥", Source: domain.Source{File: "kenya.csv", Row: 7, Document: "Act No. 5"}}))
	pt.Must[desk.Receipt](t)(w.Desk.Correct(ctx, events.Stamp{Actor: "ana"}, domain.Correct{EventID: first.EventIDs[0], Status: domain.NotInPlace, Reason: "=HYPERLINK(\"x\")",
		Evidence: []string{"https://example.org/ACT", "https://example.org/b"}}))
	pt.Must[desk.Receipt](t)(w.Desk.Report(ctx, events.Stamp{Actor: "ana"}, "r1", domain.Report{Country: "AAB", Indicator: "a.a.two", Status: domain.InPlace,
		Note: "Straße; cafe\u0301", Documents: []domain.Document{{Name: "Règlement.pdf", Type: "application/pdf", Size: 3, SHA256: strings.Repeat("ab", 32)}}}))
	return w
}

func TestTextIsFoundHoweverItIsWritten(t *testing.T) {
	w := annotated(t)
	at, _ := w.Runner.Position()
	for text, want := range map[string]int{
		"القانون": 1, "القــانون": 1, "قَانونِ": 1, "رقم القانون": 1, "ألقانون": 0, "STRASSE": 1, "café": 1, "CAFE\u0301": 1, "cafe": 1, "règlement": 1, "RE\u0300GLEMENT": 1,
		"kenya": 1, "act 5": 1, "act": 2, "  ": 6, "hyperlink": 1, "no such": 0,
	} {
		rows, err := all(w, projections.Criteria{Text: text}, at, nil)
		if text == "  " {
			want = int(at)
		}
		if text == "cafe" {
			want = 0 // an accent of Latin letters is not optional
		}
		if err != nil || len(rows) != want {
			t.Errorf("%q: %d rows, want %d (%v)", text, len(rows), want, err)
		}
	}
}

func TestASearchRefusesWhatFindsNothing(t *testing.T) {
	w := annotated(t)
	for name, c := range map[string]projections.Criteria{
		"framework": {Framework: "large"}, "round": {Round: "r9"}, "indicator": {Indicator: "a.a.none"}, "country": {Country: "ken"}, "type": {Type: "statuses"},
		"marks only": {Text: "ـَُ"}, "long text": {Text: strings.Repeat("a", 501)},
	} {
		if _, err := all(w, c, 1<<40, nil); domain.RefusalOf(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m, err := projections.ParseSince("2026-05-01"); err != nil || !m.Instant.Equal(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a day since is %v (%v)", m, err)
	}
	if _, err := projections.ParseSince("May"); domain.RefusalOf(err) == nil {
		t.Error("May is a moment")
	}
}

func TestCSVOfASearch(t *testing.T) {
	w := annotated(t)
	var b bytes.Buffer
	err := projections.WriteAuditCSV(&b, false, projections.Search(context.Background(), w.Runner, w.Log, projections.Criteria{Country: "AAA", Indicator: "a.a.one"}, 1<<40, nil))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines (%v)", len(lines), err)
	}
	cell := func(line int, column string) string { return lines[line][slices.Index(lines[0], column)] }
	if got := cell(1, "reason"); got != `'=HYPERLINK("x")` {
		t.Errorf("the formula is %s", got)
	}
	for column, want := range map[string]string{"source_file": "kenya.csv", "source_row": "7", "note": "القَانُون رقم ٥", "superseded_by": cell(1, "event_id"),
		"framework": "small", "simulated": "false", "withheld": "false"} {
		if got := cell(2, column); got != want {
			t.Errorf("%s is %q, want %q", column, got, want)
		}
	}
	if cell(1, "supersedes") != cell(2, "event_id") || cell(1, "evidence") != "https://example.org/ACT\nhttps://example.org/b" || cell(1, "actor") != "ana" {
		t.Errorf("%q", lines[1])
	}
	refused := projections.WriteAuditCSV(&b, false, projections.Search(context.Background(), w.Runner, w.Log, projections.Criteria{Round: "r9"}, 1, nil))
	if domain.RefusalOf(refused) == nil {
		t.Errorf("a refused search gives %v", refused)
	}
}

func TestHistorySaysWhatSuperseded(t *testing.T) {
	w := annotated(t)
	rows, err := projections.History(context.Background(), w.Log, "small", "AAA", "a.a.one", 1<<40)
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	if rows[0].SupersededBy == nil || *rows[0].SupersededBy != rows[1].EventID || rows[1].SupersededBy != nil {
		t.Errorf("%v, %v", rows[0].SupersededBy, rows[1].SupersededBy)
	}
	before, err := projections.History(context.Background(), w.Log, "small", "AAA", "a.a.one", rows[0].Position)
	if err != nil || len(before) != 1 || before[0].SupersededBy != nil {
		t.Errorf("before it was: %+v (%v)", before, err)
	}
}
