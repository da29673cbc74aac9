package http_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/http/browsertest"
	"headway/projections"
)

// surveyed serves a demo with an open round of anonymous respondents.
func surveyed(t testing.TB) *world {
	t.Helper()
	return kept(t, "surveyed", openSurvey)
}

// openSurvey opens another round in a demonstration.
func openSurvey(t testing.TB) *world {
	t.Helper()
	w := demo(t)
	ctx := context.Background()
	by := events.Stamp{Actor: "tester"}
	var who []domain.Enrolment
	for _, code := range []domain.Respondent{"XAA", "XAB"} {
		who = append(who, domain.Enrolment{Respondent: code, Kind: domain.AnonymousKind})
	}
	_, err := w.desk.OpenRound(ctx, by, domain.Round{ID: "2026", Framework: "mnr-review-2021", ReferenceDate: domain.Date{Year: 2026}, Simulated: true}, "", domain.Source{})
	if err == nil {
		_, err = w.desk.Enrol(ctx, by, "2026", domain.Source{}, who...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const helpline = "victim.helpline.national"

func answerOf(status string) map[string]any {
	return map[string]any{"round": "2026", "answers": []map[string]any{{"indicator": helpline, "status": status}}}
}

// submission hands in an answer and returns its id.
func (w *world) submission(t testing.TB, token, status string) string {
	t.Helper()
	r := w.do(t, http.MethodPost, "/api/v1/submissions", token, answerOf(status))
	var out struct{ Submission string }
	if err := json.Unmarshal([]byte(r.body), &out); r.status != http.StatusCreated || err != nil || r.header.Get("Location") != "/api/v1/submissions/"+out.Submission {
		t.Fatalf("%d %s (%v)", r.status, r.body, err)
	}
	return out.Submission
}

// TestWhoSeesAndReviewsSubmissions goes through every role before and after an
// approval.
func TestWhoSeesAndReviewsSubmissions(t *testing.T) {
	w := surveyed(t)
	focal, neighbour := w.token(t, domain.FocalPoint, "XAA"), w.token(t, domain.FocalPoint, "XAB")
	analyst, other, viewer, auditor := w.token(t, domain.Analyst, ""), w.token(t, domain.Analyst, ""), w.token(t, domain.Viewer, ""), w.token(t, domain.Auditor, "")
	for name, c := range map[string]struct {
		token string
		body  map[string]any
		want  int
	}{
		"nobody":             {"", answerOf("in_place"), 401},
		"a viewer":           {viewer, map[string]any{"round": "2026", "country": "XAA", "answers": []any{}}, 403},
		"another country":    {focal, map[string]any{"round": "2026", "country": "XAB", "answers": []any{}}, 403},
		"nothing":            {focal, map[string]any{"round": "2026", "answers": []any{}}, 400},
		"an unknown field":   {focal, map[string]any{"rounds": "2026"}, 400},
		"an unknown round":   {focal, map[string]any{"round": "1999", "answers": []map[string]any{{"indicator": helpline, "status": "in_place"}}}, 404},
		"a bad status":       {focal, answerOf("perhaps"), 422},
		"an analyst without": {analyst, answerOf("in_place"), 422},
	} {
		if r := w.do(t, http.MethodPost, "/api/v1/submissions", c.token, c.body); r.status != c.want {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	id := w.submission(t, focal, "in_place")
	if r := w.do(t, http.MethodPost, "/api/v1/submissions", focal, answerOf("in_place")); r.status != http.StatusOK {
		t.Errorf("the same again: %d %s", r.status, r.body)
	}
	see := func(when string, want map[string]int) {
		t.Helper()
		for name, token := range map[string]string{"nobody": "", "focal": focal, "neighbour": neighbour, "analyst": analyst, "viewer": viewer, "auditor": auditor} {
			if r := w.get(t, "/api/v1/submissions/"+id, token); r.status != want[name] {
				t.Errorf("%s, %s: %d %s", when, name, r.status, r.body)
			}
			if r := w.get(t, "/submissions/"+id, token); r.status != want[name] {
				t.Errorf("%s, %s: the page answers %d", when, name, r.status)
			}
			if name == "nobody" {
				continue
			}
			list := rows[projections.SubmissionRow](t, w.get(t, "/api/v1/submissions", token))
			if (len(list) == 1) != (want[name] == 200) {
				t.Errorf("%s, %s: lists %d", when, name, len(list))
			}
		}
	}
	see("pending", map[string]int{"nobody": 401, "focal": 200, "neighbour": 404, "analyst": 200, "viewer": 404, "auditor": 404})
	w.keepsDrafts(t, id, auditor, analyst)
	review := func(token, action string, body map[string]any) reply {
		return w.do(t, http.MethodPost, "/api/v1/submissions/"+id+"/"+action, token, body)
	}
	for name, c := range map[string]struct {
		r    reply
		want int
	}{
		"nobody approves":          {review("", "approve", map[string]any{}), 401},
		"a focal point approves":   {review(focal, "approve", map[string]any{}), 403},
		"a viewer approves":        {review(viewer, "approve", map[string]any{}), 404},
		"another action":           {review(analyst, "like", map[string]any{}), 404},
		"a return without a word":  {review(analyst, "return", map[string]any{}), 422},
		"an analyst takes it back": {review(analyst, "withdraw", map[string]any{}), 400},
		"late in an open round":    {review(analyst, "approve", map[string]any{"late_reason": "x"}), 409},
	} {
		if c.r.status != c.want {
			t.Errorf("%s: %d %s", name, c.r.status, c.r.body)
		}
	}
	if list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?round=2026", analyst)); len(list) != 0 {
		t.Errorf("a draft is believed: %+v", list)
	}
	if r := review(analyst, "approve", map[string]any{"comment": "fine"}); r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := review(other, "approve", map[string]any{}); r.status != http.StatusConflict {
		t.Errorf("twice: %d %s", r.status, r.body)
	}
	see("approved", map[string]int{"nobody": 401, "focal": 200, "neighbour": 404, "analyst": 200, "viewer": 200, "auditor": 200})
	list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?round=2026", viewer))
	if len(list) != 1 || list[0].Submission != id || !strings.HasPrefix(list[0].SubmittedBy, "token-") || list[0].ApprovedBy == list[0].SubmittedBy {
		t.Errorf("%+v", list)
	}
	if r := w.get(t, "/api/v1/events?after="+fmt.Sprint(list[0].Position-3), auditor); strings.Contains(r.body, "withheld") {
		t.Errorf("what was approved is withheld: %s", r.body)
	}
	own := w.do(t, http.MethodPost, "/api/v1/submissions", analyst, map[string]any{"round": "2026", "country": "XAB", "answers": []map[string]any{{"indicator": helpline, "status": "in_place"}}})
	var out struct{ Submission string }
	if err := json.Unmarshal([]byte(own.body), &out); err != nil || own.status != http.StatusCreated {
		t.Fatalf("%d %s", own.status, own.body)
	}
	id = out.Submission
	if r := review(analyst, "approve", map[string]any{}); r.status != http.StatusForbidden || !strings.Contains(r.body, "own_submission") {
		t.Errorf("the own submission: %d %s", r.status, r.body)
	}
	if r := review(other, "approve", map[string]any{}); r.status != http.StatusCreated {
		t.Errorf("that of another analyst: %d %s", r.status, r.body)
	}
}

// keepsDrafts holds the log's pages and proofs against giving a draft away.
func (w *world) keepsDrafts(t *testing.T, id, auditor, analyst string) {
	t.Helper()
	var row projections.SubmissionRow
	var err error
	w.runner.Read(func(s *projections.State) { row, err = s.Submission(id, s.Position()) })
	if err != nil {
		t.Fatal(err)
	}
	events := fmt.Sprintf("/api/v1/events?after=%d", row.Position-1)
	if r := w.get(t, events, auditor); !strings.Contains(r.body, `{"withheld":true}`) || strings.Contains(r.body, helpline) || !strings.Contains(r.body, id) {
		t.Errorf("an auditor reads %s", r.body)
	}
	if r := w.get(t, events, analyst); !strings.Contains(r.body, helpline) {
		t.Errorf("an analyst reads %s", r.body)
	}
	proof := fmt.Sprintf("/api/v1/proof?position=%d", row.Position)
	if r := w.get(t, proof, auditor); r.status != http.StatusForbidden {
		t.Errorf("an auditor proves %d %s", r.status, r.body)
	}
	if r := w.get(t, proof, analyst); r.status != http.StatusOK {
		t.Errorf("an analyst proves %d %s", r.status, r.body)
	}
}

func (w *world) form(t testing.TB, path, token string, fields url.Values) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(t, req, token)
}

// TestAFocalPointAnswersOnThePage fills in the form as a browser does, with a
// mistake first, and an analyst returns it, and then approves it.
func TestAFocalPointAnswersOnThePage(t *testing.T) {
	w := surveyed(t)
	focal, analyst, viewer := w.token(t, domain.FocalPoint, "XAA"), w.token(t, domain.Analyst, ""), w.token(t, domain.Viewer, "")
	for token, want := range map[string]int{"": 401, viewer: 403, focal: 200, analyst: 200} {
		if r := w.get(t, "/rounds/2026/answers", token); r.status != want {
			t.Errorf("%d, want %d", r.status, want)
		}
	}
	if r := w.get(t, "/rounds/2026/answers?country=XAB", focal); r.status != 403 {
		t.Errorf("another country's form: %d", r.status)
	}
	field := ""
	w.runner.Read(func(s *projections.State) {
		field = fmt.Sprintf("q%d", s.Framework("mnr-review-2021").IndexOf(helpline))
	})
	fields := url.Values{field: {"in_place"}, field + ".since": {"last year"}, field + ".note": {"a <b>note</b>"}, field + ".evidence": {"https://example.org/a\nhttps://example.org/b"}}
	r := w.form(t, "/rounds/2026/answers", focal, fields)
	if r.status != 422 || !strings.Contains(r.body, "&#34;last year&#34; is not a date") || !strings.Contains(r.body, "a &lt;b&gt;note&lt;/b&gt;") {
		t.Errorf("a bad date: %d %s", r.status, r.body)
	}
	fields.Set(field+".since", "2026-01")
	r = w.form(t, "/rounds/2026/answers", focal, fields)
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.header.Get("Location"), "/submissions/") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	at := r.header.Get("Location")
	if r := w.form(t, "/rounds/2026/answers", focal, fields); r.status != 200 || !strings.Contains(r.body, "Nothing was submitted") {
		t.Errorf("the same again: %d %s", r.status, r.body)
	}
	if r := w.form(t, at, analyst, url.Values{"action": {"return"}}); r.status != 422 || !strings.Contains(r.body, "says what is to be changed") {
		t.Errorf("returned without a word: %d %s", r.status, r.body)
	}
	if r := w.form(t, at, analyst, url.Values{"action": {"return"}, "comment": {"which helpline?"}}); r.status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.get(t, "/rounds/2026/answers", focal); !strings.Contains(r.body, "which helpline?") || !strings.Contains(r.body, "https://example.org/b") {
		t.Error("the form does not show what came back, and why")
	}
	fields.Set(field+".note", "116 111")
	r = w.form(t, "/rounds/2026/answers", focal, fields)
	at = r.header.Get("Location")
	if r := w.form(t, at, analyst, url.Values{"action": {"approve"}}); r.status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.status, r.body)
	}
	list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?round=2026&country=XAA", focal))
	if len(list) != 1 || list[0].Note != "116 111" || list[0].EffectiveOn != (domain.Date{Year: 2026, Month: 1}) || len(list[0].Evidence) != 2 {
		t.Errorf("%+v", list)
	}
}

func TestSubmissionPagesInABrowser(t *testing.T) {
	w := surveyed(t)
	ctx := context.Background()
	focalToken := w.token(t, domain.FocalPoint, "XAA")
	id := w.submission(t, focalToken, "in_place")
	if _, err := w.desk.Approve(ctx, events.Stamp{Actor: "ana"}, id, "", "", domain.Source{}); err != nil {
		t.Fatal(err)
	}
	r, err := w.desk.Submit(ctx, events.Stamp{Actor: "focal"}, "2026", domain.Submit{Country: "XAA", Note: "a new law", Answers: []domain.Draft{
		{Indicator: helpline, Status: domain.NotInPlace, Note: "closed in March", Evidence: []string{"https://example.org/a-rather-long-address/that-does-not-break/act.pdf"},
			Documents: []domain.Document{{Name: "القانون.pdf", Type: "application/pdf", Size: 7, SHA256: strings.Repeat("ab", 32)}}},
		{Indicator: "victim.remedies.available", Status: domain.NoAnswer}}})
	if err != nil {
		t.Fatal(err)
	}
	pending := r.EventIDs[0]
	focal, analyst := w.bearing(t, focalToken), w.bearing(t, w.token(t, domain.Analyst, ""))
	tab := browsertest.New(t).Tab(t)
	for _, c := range []struct {
		name, url string
		tables    int
		says      map[string]string
	}{
		{"submissions", analyst + "/submissions", 1, map[string]string{"en": "awaits review", "ar": "في انتظار المراجعة"}},
		{"submissions-focal", focal + "/submissions", 1, map[string]string{"en": "Answer round", "ar": "الإجابة عن الجولة"}},
		{"submission", analyst + "/submissions/" + pending, 1, map[string]string{"en": "another answer than before", "ar": "إجابة غير السابقة"}},
		{"answers", focal + "/rounds/2026/answers", 0, map[string]string{"en": "Submit for review", "ar": "تقديم للمراجعة"}},
		{"answers-choose", analyst + "/rounds/2026/answers", 0, map[string]string{"en": "XAB", "ar": "XAB"}},
	} {
		for _, lang := range []string{"en", "ar"} {
			for _, width := range []int{1280, 360} {
				t.Run(fmt.Sprintf("%s %s %d", c.name, lang, width), func(t *testing.T) {
					var f facts
					v := shown(tab, width)(t, browsertest.Page{URL: c.url + "?lang=" + lang, Width: width, Height: 900, Eval: readFacts, Result: &f,
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
