package http_test

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/events/merkle"
	webhttp "headway/http"
	"headway/http/browsertest"
	"headway/projections"
)

// audited serves a survey with an approved submission, a correction, a submission
// that awaits review, and an answer of a neighbour.
func audited(t testing.TB) *world {
	t.Helper()
	return kept(t, "audited", report)
}

// report records what the tests of the audit look for.
func report(t testing.TB) *world {
	t.Helper()
	w := surveyed(t)
	ctx := context.Background()
	focal, ana := events.Stamp{Actor: "focal"}, events.Stamp{Actor: "ana"}
	submit := func(country domain.Respondent, note string, d domain.Draft) string {
		t.Helper()
		r, err := w.desk.Submit(ctx, focal, "2026", domain.Submit{Country: country, Note: note, Answers: []domain.Draft{d}, Source: domain.Source{File: "xaa.xlsx"}})
		if err != nil {
			t.Fatal(err)
		}
		return r.EventIDs[0]
	}
	id := submit("XAA", "openly said", domain.Draft{Indicator: helpline, Status: domain.InPlace, Note: "<script>alert(1)</script> القَانُون", Row: 7,
		Evidence: []string{"https://example.org/act"}, Documents: []domain.Document{{Name: "القانون.pdf", Type: "application/pdf", Size: 7, SHA256: strings.Repeat("ab", 32)}}})
	r, err := w.desk.Approve(ctx, ana, id, "approved with pleasure", "", domain.Source{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.desk.Correct(ctx, ana, domain.Correct{EventID: r.EventIDs[0], Status: domain.NotInPlace, Reason: "=closed in March"}); err != nil {
		t.Fatal(err)
	}
	submit("XAA", "whispered", domain.Draft{Indicator: "victim.remedies.available", Status: domain.InPlace, Note: "secretly"})
	if _, err := w.desk.Report(ctx, ana, "2026", domain.Report{Country: "XAB", Indicator: helpline, Status: domain.InPlace, Note: "neighbourly"}); err != nil {
		t.Fatal(err)
	}
	return w
}

func search(t testing.TB, w *world, token string, query ...string) []projections.AuditRow {
	t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return rows[projections.AuditRow](t, w.get(t, "/api/v1/history?"+q.Encode(), token))
}

// TestWhoFindsWhat goes through every role, on the API, the page and the file.
func TestWhoFindsWhat(t *testing.T) {
	w := audited(t)
	tokens := map[string]string{"focal": w.token(t, domain.FocalPoint, "XAA"), "neighbour": w.token(t, domain.FocalPoint, "XAB")}
	for _, role := range []domain.Role{domain.Viewer, domain.Auditor, domain.Analyst, domain.Admin} {
		tokens[string(role)] = w.token(t, role, "")
	}
	for _, path := range []string{"/api/v1/history", "/api/v1/history?country=XAA", "/audit", "/audit.csv", "/audit?country=XAA"} {
		if r := w.get(t, path, ""); r.status != http.StatusUnauthorized || strings.Contains(r.body, "openly") {
			t.Errorf("anybody reads %s: %d", path, r.status)
		}
	}
	drafts := map[string]bool{"focal": true, "analyst": true, "admin": true}
	for name, token := range tokens {
		own := tokens["focal"] != token && tokens["neighbour"] != token
		for text, want := range map[string]bool{"openly": name != "neighbour", "closed march": name != "neighbour", "whispered": drafts[name], "secretly": drafts[name],
			"neighbourly": name != "focal", "xaa.xlsx": name != "neighbour"} {
			if got := len(search(t, w, token, "text", text, "round", "2026")) > 0; got != want {
				t.Errorf("%s finds %q: %v", name, text, got)
			}
			for _, path := range []string{"/audit?", "/audit.csv?"} {
				r := w.get(t, path+url.Values{"text": {text}, "round": {"2026"}}.Encode(), token)
				found := strings.Contains(r.body, "2026-11-01T")
				if strings.HasPrefix(path, "/audit?") {
					found = strings.Contains(r.body, `<tbody id="e`)
				}
				if r.status != http.StatusOK || found != want {
					t.Errorf("%s finds %q on %s: %d %v", name, text, path, r.status, found)
				}
			}
		}
		// What is withheld is there, and says nothing; an indicator does not find it.
		submissions := search(t, w, token, "type", "submission.submitted", "country", map[bool]string{true: "XAA", false: ""}[name != "neighbour"])
		pending := slices.IndexFunc(submissions, func(r projections.AuditRow) bool { return r.Withheld || r.Note == "whispered" })
		if (pending >= 0) != (name != "neighbour") || pending >= 0 && submissions[pending].Withheld == drafts[name] {
			t.Errorf("%s reads %+v", name, submissions)
		}
		if pending >= 0 && !drafts[name] && (submissions[pending].Source != nil || submissions[pending].Drafts != nil || submissions[pending].Submission != "") {
			t.Errorf("%s reads of a draft %+v", name, submissions[pending])
		}
		if got := len(search(t, w, token, "indicator", "victim.remedies.available", "type", "submission")) > 0; got != drafts[name] {
			t.Errorf("%s finds a draft by its indicator: %v", name, got)
		}
		if !own {
			mine := map[string]domain.Respondent{"focal": "XAA", "neighbour": "XAB"}[name]
			for _, r := range search(t, w, token) {
				if r.Country != mine {
					t.Errorf("%s reads event %d of %q", name, r.Position, r.Country)
				}
			}
			other := map[string]string{"focal": "XAB", "neighbour": "XAA"}[name]
			for _, path := range []string{"/api/v1/history?country=" + other, "/audit?country=" + other, "/audit.csv?country=" + other, "/audit?asOf=100"} {
				if r := w.get(t, path, token); r.status != http.StatusUnauthorized || strings.Contains(r.body, "neighbourly") || strings.Contains(r.body, "openly") {
					t.Errorf("%s reads %s: %d", name, path, r.status)
				}
			}
			if r := w.get(t, "/audit", token); strings.Contains(r.body, ">"+other+"<") || strings.Contains(r.body, `name="asOf"`) {
				t.Errorf("%s reads of %s on the page, or is offered the past", name, other)
			}
		}
	}
}

func TestSearchOverHTTP(t *testing.T) {
	w := audited(t)
	token := w.token(t, domain.Auditor, "")
	all := search(t, w, token, "limit", "500", "type", "status", "round", "2026")
	var got []projections.AuditRow
	next := "/api/v1/history?type=status&round=2026&limit=2"
	for next != "" {
		r := w.get(t, next, token)
		page := rows[projections.AuditRow](t, r)
		got = append(got, page...)
		link := r.header.Get("Link")
		next = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	}
	if len(all) != 3 || len(got) != 3 || got[0].Position <= got[2].Position {
		t.Errorf("%d at once, %d in pages", len(all), len(got))
	}
	old := search(t, w, token, "superseded", "true", "round", "2026")
	if len(old) != 1 || old[0].SupersededBy == nil || old[0].SubmittedBy != "focal" || old[0].ApprovedBy != "ana" || old[0].Source.File != "xaa.xlsx" || old[0].Source.Row != 7 {
		t.Fatalf("%+v", old)
	}
	if then := search(t, w, token, "superseded", "true", "round", "2026", "asOf", fmt.Sprint(old[0].SupersededByPosition-1)); len(then) != 0 {
		t.Errorf("it was superseded before it was: %+v", then)
	}
	if cell := rows[projections.HistoryRow](t, w.get(t, "/api/v1/history?country=XAA&indicator="+helpline, token)); len(cell) < 2 || cell[0].Position > cell[1].Position {
		t.Errorf("the history of a place is not as it was: %+v", cell)
	}
	for query, want := range map[string]int{"since=May": 400, "until=May": 400, "superseded=perhaps": 400, "before=x": 400, "before=0": 400, "limit=0": 400, "limit=501": 400,
		"limit=x": 400, "type=none": 400, "round=1999": 404, "indicator=no.such": 404, "framework=none": 404, "country=xaa": 400, "asOf=May": 400, "text=" + strings.Repeat("a", 501): 400} {
		if r := w.get(t, "/api/v1/history?"+query, token); r.status != want {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
		if r := w.get(t, "/audit?"+query, token); r.status != want && !strings.HasPrefix(query, "limit") {
			t.Errorf("the page with %s: %d", query, r.status)
		}
	}
	if r := w.get(t, "/audit?since=May&text=kept", token); !strings.Contains(r.body, "is not a moment") || !strings.Contains(r.body, `value="kept"`) {
		t.Error("the page does not say what is wrong, or loses what was typed")
	}
}

func TestAuditPageAndFile(t *testing.T) {
	w := audited(t)
	token := w.token(t, domain.Auditor, "")
	r := w.get(t, "/audit?superseded=true", token)
	for _, want := range []string{"&lt;script&gt;alert(1)", `<a href="https://example.org/act" rel="noopener noreferrer nofollow">`, "xaa.xlsx", "row 7", "القانون.pdf", "superseded",
		"/api/v1/proof?position=", "/audit?lang=en&amp;since=", "/audit.csv?superseded=true", ">focal<", "Superseded by"} {
		if !strings.Contains(r.body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	old := search(t, w, token, "superseded", "true")[0]
	if r := w.get(t, fmt.Sprintf("/audit?since=%[1]d&until=%[1]d", old.SupersededByPosition), token); !strings.Contains(r.body, "=closed in March") || strings.Count(r.body, "<tbody") != 1 {
		t.Error("the way to what superseded it does not lead there")
	}
	if r := w.get(t, fmt.Sprintf("/api/v1/proof?position=%d", old.Position), token); r.status != http.StatusOK {
		t.Errorf("the proof: %d", r.status)
	}
	r = w.get(t, "/audit.csv?country=XAA&round=2026&type=status", token)
	lines, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	if err != nil || len(lines) != 3 || r.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(r.body, "'=closed in March") {
		t.Errorf("%d lines: %s (%v)", len(lines), r.body, err)
	}
	if r := w.get(t, "/audit.csv?round=1999", token); r.status != http.StatusNotFound || r.header.Get("Content-Disposition") != "" {
		t.Errorf("a refused file: %d %v", r.status, r.header)
	}
	first := w.get(t, "/audit", token)
	if !strings.Contains(first.body, "The newest 50 of the events") || !strings.Contains(first.body, `rel="next"`) || !strings.Contains(first.body, `href="/audit?lang=en"`) {
		t.Error("the first page does not lead to older events, or its head not to it")
	}
	if r := w.get(t, "/countries/XAA", token); !strings.Contains(r.body, `href="/audit?lang=en&amp;country=XAA"`) {
		t.Error("the page of a respondent does not lead to its audit")
	}
	if r := w.get(t, "/", ""); strings.Contains(r.body, "/audit") {
		t.Error("anybody is shown the way to the audit")
	}
}

// TestASearchByDate finds what holds from a day on, and says which days it reads.
func TestASearchByDate(t *testing.T) {
	w := audited(t)
	token := w.token(t, domain.Auditor, "")
	for _, c := range []struct {
		from, to string
		found    bool
	}{{"2026", "", true}, {"2027", "", false}, {"", "2025-12-31", false}, {"2026-01", "2026", true}} {
		if got := search(t, w, token, "round", "2026", "type", "status", "effectiveFrom", c.from, "effectiveTo", c.to); len(got) > 0 != c.found {
			t.Errorf("from %q to %q: %d events", c.from, c.to, len(got))
		}
	}
	for _, path := range []string{"/api/v1/history?effectiveFrom=spring", "/audit?effectiveTo=spring"} {
		if r := w.get(t, path, token); r.status != http.StatusBadRequest || !strings.Contains(r.body, "is not a date") || !strings.Contains(r.body, "spring") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := w.get(t, "/audit?effectiveFrom=2026-01", token); !strings.Contains(r.body, `name="effectiveFrom" value="2026-01"`) {
		t.Error("the form forgets the date")
	}
	if r := w.get(t, "/audit.csv?round=2026&bom=true", token); !strings.HasPrefix(r.body, "\ufeffposition,") {
		t.Errorf("no byte-order mark: %.20q", r.body)
	}
}

// failing is a log whose reads fail past a position.
type failing struct {
	merkle.Store
	past events.Position
}

func (f failing) Read(ctx context.Context, after events.Position, q events.Filter) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		for e, err := range f.Store.Read(ctx, after, q) {
			if err == nil && e.Position < f.past {
				err = io.ErrUnexpectedEOF
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// TestAFileThatIsCutOffIsNotTakenForTheWhole lets the log fail after the answer has
// begun.
func TestAFileThatIsCutOffIsNotTakenForTheWhole(t *testing.T) {
	w := demo(t)
	quiet := slog.New(slog.DiscardHandler)
	h, err := webhttp.New(webhttp.Options{Log: failing{w.store, 2000}, Runner: w.runner, Desk: w.desk, Tokens: w.store, Keys: &merkle.Keys{Dir: t.TempDir(), Rand: rand.Reader}, Logger: quiet, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+"/audit.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token(t, domain.Auditor, ""))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("%d bytes were sent as if they were all", len(body))
	}
}

// TestEveryPageSaysThatItTellsOfThePast reads each page as of an earlier position.
func TestEveryPageSaysThatItTellsOfThePast(t *testing.T) {
	w := audited(t)
	viewer, analyst := w.token(t, domain.Viewer, ""), w.token(t, domain.Analyst, "")
	at, _ := w.runner.Position()
	pages := []string{"/", "/indicators", "/indicators/" + helpline, "/rounds", "/rounds/2026", "/countries/XAA", "/submissions", "/audit"}
	list := rows[projections.SubmissionRow](t, w.get(t, "/api/v1/submissions", analyst))
	asOf := fmt.Sprintf("asOf=%d", at-1)
	for _, path := range append(pages, "/submissions/"+list[0].ID) {
		token := viewer
		if strings.HasPrefix(path, "/submissions/") {
			token = analyst
		}
		for lang, want := range map[string]string{"en": fmt.Sprintf("As believed at position %d", at-1), "ar": "كما كان يُعتقد عند الموضع"} {
			r := w.get(t, path+"?lang="+lang+"&"+asOf, token)
			if r.status != http.StatusOK || strings.Count(r.body, want) != 1 || !strings.Contains(r.body, `href="`+path+"?lang="+lang+`"`) {
				t.Errorf("%s in %s says nothing of the past, or has no way back: %d", path, lang, r.status)
			}
			for _, kept := range []string{`href="/rounds?lang=` + lang + "&amp;" + asOf, `href="/audit?lang=` + lang + "&amp;" + asOf} {
				if !strings.Contains(r.body, kept) {
					t.Errorf("%s in %s loses the moment: no %s", path, lang, kept)
				}
			}
			if strings.Contains(r.body, `method="post"`) {
				t.Errorf("%s lets its reader change the past", path)
			}
		}
		if r := w.get(t, path, token); strings.Contains(r.body, "As believed at") || strings.Contains(r.body, "asOf=") {
			t.Errorf("%s tells of the past unasked", path)
		}
		public := map[string]int{"/": 200, "/indicators": 200, "/indicators/" + helpline: 200, "/rounds": 200, "/rounds/2026": 404}
		r := w.get(t, path+"?"+asOf, "")
		if want, ok := public[path]; r.status != want && (ok || r.status != http.StatusUnauthorized) {
			t.Errorf("anybody reads the past of %s: %d", path, r.status)
		}
		var releases []projections.ReleaseRow
		if releases = rows[projections.ReleaseRow](t, w.get(t, "/api/v1/releases", "")); r.status == http.StatusOK && !strings.Contains(r.body, fmt.Sprintf("position %d", releases[0].Position)) {
			t.Errorf("the past of %s is that of no release", path)
		}
	}
	if r := w.get(t, "/audit?asOf=1", viewer); strings.Contains(r.body, ">XAA<") || strings.Count(r.body, "<tbody") != 1 {
		t.Error("the audit as of the first event tells of later ones")
	}
	if r := w.get(t, "/rounds/2026", viewer); !strings.Contains(r.body, `name="asOf"`) {
		t.Error("the page of a round offers no moment")
	}
	if r := w.get(t, "/rounds/2026", ""); strings.Contains(r.body, `name="asOf"`) {
		t.Error("anybody is offered the past")
	}
}

func TestAuditInABrowser(t *testing.T) {
	w := audited(t)
	auditor, focal := w.bearing(t, w.token(t, domain.Auditor, "")), w.bearing(t, w.token(t, domain.FocalPoint, "XAA"))
	at, _ := w.runner.Position()
	open := `document.querySelectorAll("details").forEach(d => d.open = true);` + readFacts
	tab := browsertest.New(t).Tab(t)
	for _, c := range []struct {
		name, url, query string
		tables           int
		says             map[string]string
	}{
		{"audit", auditor + "/audit", "&round=2026", 1, map[string]string{"en": "Superseded by", "ar": "حلّ محلّه"}},
		{"audit-focal", focal + "/audit", "&type=submission", 1, map[string]string{"en": "whispered", "ar": "whispered"}},
		{"audit-past", auditor + "/audit", fmt.Sprintf("&country=XAA&round=2026&asOf=%d", at-2), 1, map[string]string{"en": "As believed at position", "ar": "كما كان يُعتقد عند الموضع"}},
		{"round-past", auditor + "/rounds/2026", fmt.Sprintf("&asOf=%d", at-2), 3, map[string]string{"en": "As believed at position", "ar": "كما كان يُعتقد عند الموضع"}},
	} {
		for _, lang := range []string{"en", "ar"} {
			for _, width := range []int{1280, 360} {
				t.Run(fmt.Sprintf("%s %s %d", c.name, lang, width), func(t *testing.T) {
					var f facts
					v := shown(tab, width)(t, browsertest.Page{URL: c.url + "?lang=" + lang + c.query, Width: width, Height: 900, Eval: open, Result: &f,
						Picture: fmt.Sprintf("%s-%s-%d", c.name, lang, width)})
					check(t, v, f, lang)
					if f.Tables != c.tables || !f.Notice || !strings.Contains(f.Text, c.says[lang]) {
						t.Errorf("%d tables, notice of simulated data %v:\n%s", f.Tables, f.Notice, f.Text)
					}
				})
			}
		}
	}
}
