package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// upload sends a form with fields and files.
func (w *world) upload(t testing.TB, path, token string, fields map[string]string, files map[string][2]string) reply {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, v := range fields {
		if err := form.WriteField(name, v); err != nil {
			t.Fatal(err)
		}
	}
	for field, f := range files {
		part, err := form.CreateFormFile(field, f[0])
		if err == nil {
			_, err = io.WriteString(part, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.url+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return w.send(t, req, token)
}

func (w *world) give(t testing.TB, token, name, text string) domain.Document {
	t.Helper()
	r := w.upload(t, "/api/v1/documents", token, nil, map[string][2]string{"file": {name, text}})
	var d domain.Document
	if err := json.Unmarshal([]byte(r.body), &d); r.status != http.StatusCreated || err != nil {
		t.Fatalf("%d %s (%v)", r.status, r.body, err)
	}
	return d
}

const page = "<html><script>window.alerted=1</script></html>"

// TestWhoSeesDocuments: a document is seen by who sees a status that names it, and
// while it stands in a draft by who drafts and who reviews.
func TestWhoSeesDocuments(t *testing.T) {
	w := surveyed(t)
	focal, neighbour := w.token(t, domain.FocalPoint, "XAA"), w.token(t, domain.FocalPoint, "XAB")
	analyst, viewer := w.token(t, domain.Analyst, ""), w.token(t, domain.Viewer, "")
	file := map[string][2]string{"file": {"act.pdf", "%PDF-1.7"}}
	for name, c := range map[string]struct {
		r    reply
		want int
	}{
		"nobody":    {w.upload(t, "/api/v1/documents", "", nil, file), 401},
		"a viewer":  {w.upload(t, "/api/v1/documents", viewer, nil, file), 403},
		"no form":   {w.do(t, http.MethodPost, "/api/v1/documents", focal, map[string]string{"a": "b"}), 400},
		"no file":   {w.upload(t, "/api/v1/documents", focal, map[string]string{"a": "b"}, nil), 400},
		"empty":     {w.upload(t, "/api/v1/documents", focal, nil, map[string][2]string{"file": {"a", ""}}), 400},
		"too large": {w.upload(t, "/api/v1/documents", focal, nil, map[string][2]string{"file": {"a", strings.Repeat("a", domain.MaxDocumentSize+1)}}), 413},
		"unknown":   {w.get(t, "/api/v1/documents/"+strings.Repeat("0", 64), analyst), 404},
	} {
		if c.r.status != c.want {
			t.Errorf("%s: %d %s", name, c.r.status, c.r.body)
		}
	}
	d := w.give(t, focal, "صفحة.html", page)
	see := func(when string, want map[string]int) {
		t.Helper()
		for name, token := range map[string]string{"nobody": "", "focal": focal, "neighbour": neighbour, "analyst": analyst, "viewer": viewer} {
			if r := w.get(t, "/api/v1/documents/"+d.SHA256, token); r.status != want[name] {
				t.Errorf("%s, %s: %d %s", when, name, r.status, r.body)
			}
		}
	}
	see("not named", map[string]int{"nobody": 401, "focal": 404, "neighbour": 404, "analyst": 404, "viewer": 404})
	answers := []map[string]any{{"indicator": helpline, "status": "in_place", "documents": []domain.Document{d}}}
	r := w.do(t, http.MethodPost, "/api/v1/submissions", focal, map[string]any{"round": "2026", "answers": answers})
	var out struct{ Submission string }
	if err := json.Unmarshal([]byte(r.body), &out); r.status != 201 || err != nil {
		t.Fatalf("%d %s", r.status, r.body)
	}
	see("in a draft", map[string]int{"nobody": 401, "focal": 200, "neighbour": 404, "analyst": 200, "viewer": 404})
	if r := w.do(t, http.MethodPost, "/api/v1/submissions/"+out.Submission+"/approve", analyst, map[string]any{}); r.status != 201 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	see("approved", map[string]int{"nobody": 401, "focal": 200, "neighbour": 404, "analyst": 200, "viewer": 200})

	got := w.get(t, "/api/v1/documents/"+d.SHA256, viewer)
	h := got.header
	if got.body != page || h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename*=utf-8''") ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%q with %v", got.body, h)
	}
	if r := w.do(t, http.MethodGet, "/api/v1/documents/"+d.SHA256, viewer, nil, "If-None-Match", h.Get("ETag")); r.status != http.StatusNotModified {
		t.Errorf("the same again: %d", r.status)
	}
	if r := w.get(t, "/countries/XAA", viewer); !strings.Contains(r.body, `href="/api/v1/documents/`+d.SHA256) || !strings.Contains(r.body, "approved by") {
		t.Error("the page of the respondent does not lead to the document")
	}
}

func TestAStatusNamesOnlyDocumentsThatWereGiven(t *testing.T) {
	w := surveyed(t)
	analyst := w.token(t, domain.Analyst, "")
	body := map[string]any{"round": "2026", "country": "XAA", "indicator": helpline, "status": "in_place",
		"documents": []domain.Document{{Name: "act.pdf", Type: "application/pdf", Size: 8, SHA256: strings.Repeat("0", 64)}}}
	if r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, body); r.status != 400 || !strings.Contains(r.body, "was not given") {
		t.Errorf("%d %s", r.status, r.body)
	}
	body["documents"] = []domain.Document{w.give(t, analyst, "act.pdf", "%PDF-1.7")}
	if r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, body); r.status != 201 {
		t.Errorf("%d %s", r.status, r.body)
	}
	list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?round=2026", analyst))
	if len(list) != 1 || len(list[0].Documents) != 1 || list[0].Documents[0].Type != "application/pdf" {
		t.Errorf("%+v", list)
	}
}

// TestDocumentsOnTheForm: a file goes with an answer, and is not lost when another
// answer of the form is wrong.
func TestDocumentsOnTheForm(t *testing.T) {
	w := surveyed(t)
	focal := w.token(t, domain.FocalPoint, "XAA")
	var i int
	w.runner.Read(func(s *projections.State) { i = s.Framework("mnr-review-2021").IndexOf(helpline) })
	field, other := fmt.Sprintf("q%d", i), fmt.Sprintf("q%d", i+1)
	fields := map[string]string{field: "in_place", other + ".note": "a note without an answer"}
	r := w.upload(t, "/rounds/2026/answers", focal, fields, map[string][2]string{field + ".file": {"act.pdf", "%PDF-1.7"}})
	if r.status != 422 || !strings.Contains(r.body, "has a note or evidence, but no answer") || !strings.Contains(r.body, "&#34;name&#34;:&#34;act.pdf&#34;") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	_, value, _ := strings.Cut(r.body, `name="`+field+`.document" value="`)
	value, _, _ = strings.Cut(value, `"`)
	fields = map[string]string{field: "in_place", field + ".document": strings.ReplaceAll(value, "&#34;", `"`)}
	r = w.upload(t, "/rounds/2026/answers", focal, fields, nil)
	if r.status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.get(t, r.header.Get("Location"), focal); !strings.Contains(r.body, `download>act.pdf</a>`) {
		t.Error("the submission does not show its document")
	}
	if _, err := w.desk.Approve(context.Background(), events.Stamp{Actor: "ana"}, strings.Split(strings.TrimPrefix(r.header.Get("Location"), "/submissions/"), "?")[0], "", "", domain.Source{}); err != nil {
		t.Fatal(err)
	}
}
