package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
	webhttp "headway/http"
	"headway/http/browsertest"
	"headway/projections"
)

const (
	firstFile   = "country,indicator,status\nXAA," + helpline + ",in_place\nXAB," + helpline + ",in_place\n"
	changedFile = "country,indicator,status\nXAA," + helpline + ",not_in_place\nXAB," + helpline + ",in_place\nXAB,victim.remedies.available,in_place\n"
	badFile     = "country,indicator,status\nXAA," + helpline + ",in_plaice\nXAC," + helpline + ",in_place\nXAB,victim.helpline.<b>,in_place\n"
)

// sendFile sends a file with fields, as a form or a program does.
func (w *world) sendFile(t testing.TB, path, token, name, text string, fields map[string]string) reply {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if text != "" {
		part, err := m.CreateFormFile("file", name)
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for k, v := range fields { // after the file: the order must not matter
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.url+path, &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	return w.send(t, req, token)
}

func (w *world) head(t testing.TB) events.Position {
	t.Helper()
	at, err := w.store.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestImportOverHTTP(t *testing.T) {
	w := surveyed(t)
	analyst, focal, viewer := w.token(t, domain.Analyst, ""), w.token(t, domain.FocalPoint, "XAA"), w.token(t, domain.Viewer, "")
	in := func(more ...string) map[string]string {
		f := map[string]string{"round": "2026"}
		for i := 0; i+1 < len(more); i += 2 {
			f[more[i]] = more[i+1]
		}
		return f
	}
	at := w.head(t)
	for name, c := range map[string]struct {
		token, text string
		fields      map[string]string
		want        int
		says        string
	}{
		"nobody":           {"", firstFile, in(), 401, "token_needed"},
		"a viewer":         {viewer, firstFile, in(), 403, "forbidden"},
		"no file":          {analyst, "", in(), 400, "there is no file"},
		"no round":         {analyst, firstFile, nil, 400, "which round"},
		"another round":    {analyst, firstFile, map[string]string{"round": "1999"}, 404, "unknown_round"},
		"another field":    {analyst, firstFile, in("rounds", "2026"), 400, "is unknown"},
		"a bad flag":       {analyst, firstFile, in("dry_run", "perhaps"), 400, "neither true nor false"},
		"late when open":   {analyst, firstFile, in("late_reason", "post"), 409, "round_open"},
		"refused rows":     {analyst, badFile, in(), 422, `"nearest":"in_place"`},
		"refused dry run":  {analyst, badFile, in("dry_run", "true"), 422, `"refused":"3"`},
		"too large":        {analyst, strings.Repeat("x", 34<<20), in(), 413, "larger than 32 MiB"},
		"a dry run":        {analyst, firstFile, in("dry_run", "true"), 200, `"new":2`},
		"a focal's excuse": {focal, firstFile, in("late_reason", "post"), 403, "tell an analyst"},
		"two countries":    {focal, firstFile, in(), 422, "a submission is about one respondent"},
		"a focal dry run":  {focal, strings.SplitAfter(firstFile, "in_place\n")[0], in("dry_run", "true"), 200, `"dry_run":true`},
	} {
		if r := w.sendFile(t, "/api/v1/imports", c.token, "a.csv", c.text, c.fields); r.status != c.want || !strings.Contains(r.body, c.says) {
			t.Errorf("%s: %d %.500s", name, r.status, r.body)
		}
	}
	if w.head(t) != at {
		t.Error("something was written")
	}
	r := w.sendFile(t, "/api/v1/imports", analyst, `C:\answers\a.csv`, firstFile, in())
	var out struct {
		File                             string
		New, Changed, Unchanged, Refused int
		Changes                          []struct{ Corrects, From, To string }
		EventIDs                         []string `json:"event_ids"`
	}
	read := func(want int) {
		t.Helper()
		if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != want {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	if read(201); out.New != 2 || out.File != "a.csv" {
		t.Errorf("%s", r.body)
	}
	first := out.EventIDs[0]
	r = w.sendFile(t, "/api/v1/imports", analyst, "a.csv", firstFile, in())
	if read(200); out.Unchanged != 2 {
		t.Errorf("again: %s", r.body)
	}
	r = w.sendFile(t, "/api/v1/imports", analyst, "a.csv", changedFile, in())
	if read(201); out.New != 1 || out.Changed != 1 || out.Changes[0].Corrects != first || out.Changes[0].From != "in_place" {
		t.Errorf("changed: %s", r.body)
	}
	r = w.sendFile(t, "/api/v1/imports", focal, "a.csv", strings.SplitAfter(firstFile, "in_place\n")[0], in("note", "please"))
	if r.status != 201 || !strings.HasPrefix(r.header.Get("Location"), "/api/v1/submissions/") {
		t.Errorf("a focal point: %d %s", r.status, r.body)
	}
	if _, err := w.desk.CloseRound(context.Background(), events.Stamp{Actor: "ana"}, "2026", "", domain.Source{}); err != nil {
		t.Fatal(err)
	}
	if r := w.sendFile(t, "/api/v1/imports", analyst, "a.csv", firstFile, in()); r.status != 409 {
		t.Errorf("closed: %d %s", r.status, r.body)
	}
	r = w.sendFile(t, "/api/v1/imports", analyst, "a.csv", firstFile, in("late_reason", "slow post"))
	if read(201); out.Changed != 1 {
		t.Errorf("late: %s", r.body)
	}
	if r := w.do(t, http.MethodPost, "/api/v1/submissions", analyst, map[string]string{"note": strings.Repeat("x", 1<<20)}); r.status != 413 {
		t.Errorf("a large body elsewhere: %d", r.status)
	}
}

// confirmation reads the form under a preview.
func confirmation(t *testing.T, body string) url.Values {
	t.Helper()
	v := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(body, -1) {
		v.Set(m[1], m[2])
	}
	if v.Get("file") == "" || v.Get("outcome") == "" {
		t.Fatalf("there is nothing to confirm:\n%s", body)
	}
	return v
}

// TestAFileIsSeenBeforeItIsRecorded: what was previewed is what is recorded, or
// nothing is and it is seen again.
func TestAFileIsSeenBeforeItIsRecorded(t *testing.T) {
	w := surveyed(t)
	analyst, other, focal := w.token(t, domain.Analyst, ""), w.token(t, domain.Analyst, ""), w.token(t, domain.FocalPoint, "XAA")
	const page = "/rounds/2026/import"
	for token, want := range map[string]int{"": 401, w.token(t, domain.Viewer, ""): 403, w.token(t, domain.FocalPoint, "XAC"): 422, analyst: 200, focal: 200} {
		if r := w.get(t, page, token); r.status != want {
			t.Errorf("%d, want %d", r.status, want)
		}
	}
	if !strings.Contains(w.get(t, "/rounds/2026", analyst).body, page) || strings.Contains(w.get(t, "/rounds/2026", focal).body, page) {
		t.Error("the way to the page is for analysts")
	}
	if !strings.Contains(w.get(t, "/submissions", focal).body, page) || !strings.Contains(w.get(t, "/rounds/2026/answers", focal).body, page) {
		t.Error("a focal point does not find the page")
	}
	at := w.head(t)
	if r := w.sendFile(t, page, analyst, "b.csv", badFile, nil); r.status != 422 || !strings.Contains(r.body, "refused: 3 of 3") ||
		!strings.Contains(r.body, "victim.helpline.&lt;b&gt;") || strings.Contains(r.body, `id="confirm"`) {
		t.Errorf("refused: %d %s", r.status, r.body)
	}
	seen := confirmation(t, w.sendFile(t, page, analyst, "a.csv", firstFile, nil).body)
	if w.head(t) != at {
		t.Fatal("a preview has written something")
	}
	if r := w.form(t, page, other, seen); r.status != http.StatusGone {
		t.Errorf("another's file: %d", r.status)
	}
	if _, err := w.desk.Report(context.Background(), events.Stamp{Actor: "ana"}, "2026", domain.Report{Country: "XAA", Indicator: helpline, Status: domain.NotInPlace}); err != nil {
		t.Fatal(err)
	}
	at = w.head(t)
	r := w.form(t, page, analyst, seen)
	if r.status != 200 || !strings.Contains(r.body, "Somebody else has recorded answers meanwhile") || w.head(t) != at {
		t.Fatalf("the log has moved: %d %s", r.status, r.body)
	}
	again := confirmation(t, r.body)
	if r := w.form(t, page, analyst, again); r.status != 200 || !strings.Contains(r.body, "The answers are recorded") || w.head(t) != at+2 {
		t.Errorf("confirmed: %d %s", r.status, r.body)
	}
	if r := w.form(t, page, analyst, again); r.status != http.StatusGone {
		t.Errorf("confirmed twice: %d", r.status)
	}
	if r := w.sendFile(t, page, analyst, "a.csv", firstFile, nil); !strings.Contains(r.body, "There is nothing to record") {
		t.Errorf("the same file: %d %s", r.status, r.body)
	}
	if r := w.form(t, page, focal, seen); r.status != 403 {
		t.Errorf("a focal point confirms: %d", r.status)
	}
	r = w.sendFile(t, page, focal, "a.csv", strings.SplitAfter(changedFile, "not_in_place\n")[0], map[string]string{"note": "a new law"})
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.header.Get("Location"), "/submissions/") {
		t.Errorf("submitted: %d %s", r.status, r.body)
	}
	if _, err := w.desk.CloseRound(context.Background(), events.Stamp{Actor: "ana"}, "2026", "", domain.Source{}); err != nil {
		t.Fatal(err)
	}
	if r := w.sendFile(t, page, analyst, "a.csv", changedFile, nil); r.status != 409 {
		t.Errorf("late without a reason: %d %s", r.status, r.body)
	}
	late := confirmation(t, w.sendFile(t, page, analyst, "a.csv", changedFile, map[string]string{"late_reason": "slow post"}).body)
	if r := w.form(t, page, analyst, late); r.status != 200 {
		t.Errorf("late: %d %s", r.status, r.body)
	}
	list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?round=2026&country=XAA", analyst))
	if len(list) != 1 || list[0].LateReason != "slow post" || list[0].Source.File != "a.csv" {
		t.Errorf("%+v", list)
	}
}

// TestUploadsAreBounded: what waits is forgotten in time, and the owner's alone.
func TestUploadsAreBounded(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	at := now
	u, err := webhttp.NewUploads(func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	keep := func(token, text string) string {
		t.Helper()
		sha, err := u.Keep(token, "a.csv", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return sha
	}
	files := func() (out []string) {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(dir, "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			info, err := os.Stat(f)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v %v", f, info.Mode(), err)
			}
			out = append(out, filepath.Base(f))
		}
		return out
	}
	sha := keep("one", "x")
	if keep("one", "x") != sha || !slices.Equal(files(), []string{"one-" + sha}) {
		t.Errorf("the same file is kept as %v", files())
	}
	for i := range 6 {
		at = at.Add(time.Second)
		keep("two", fmt.Sprint(i))
	}
	if len(files()) != 5 || !u.Has("one", sha) || u.Has("two", sha) {
		t.Errorf("%v", files())
	}
	at = at.Add(15 * time.Minute)
	if u.Has("one", sha) {
		t.Error("a file outlives its time")
	}
	if keep("three", "y"); len(files()) != 1 {
		t.Errorf("%v", files())
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

// TestImportInABrowser chooses a real file, looks at the preview and confirms it.
func TestImportInABrowser(t *testing.T) {
	w := surveyed(t)
	ctx := context.Background()
	if _, err := w.desk.Import(ctx, events.Stamp{Actor: "ana"}, deskFile("first.csv", "2026", firstFile), false); err != nil {
		t.Fatal(err)
	}
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	changed, bad := file("changed.csv", changedFile), file("bad.csv", badFile)
	own := file("own.csv", strings.SplitAfter(changedFile, "not_in_place\n")[0])
	analyst, focal := w.bearing(t, w.token(t, domain.Analyst, "")), w.bearing(t, w.token(t, domain.FocalPoint, "XAA"))
	b := browsertest.New(t)
	const look, confirm = "form[enctype] button", "#confirm"
	for _, c := range []struct {
		name, url, file string
		press           []string
		tables          int
		says            map[string]string
	}{
		{"import", analyst, "", nil, 0, map[string]string{"en": "before you have seen", "ar": "قبل أن ترى"}},
		{"import-focal", focal, "", nil, 0, map[string]string{"en": "submitted for review", "ar": "يُقدَّم الملف للمراجعة"}},
		{"import-preview", analyst, changed, []string{look}, 1, map[string]string{"en": "Record 2 answers", "ar": "تسجيل إجابتين"}},
		{"import-refused", analyst, bad, []string{look}, 1, map[string]string{"en": "Not on the scale", "ar": "ليست على مقياس"}},
		{"import-submitted", focal, own, []string{look}, 1, map[string]string{"en": "awaits review", "ar": "في انتظار المراجعة"}},
	} {
		for lang, width := range map[string]int{"en": 1280, "ar": 360} {
			t.Run(fmt.Sprintf("%s %s %d", c.name, lang, width), func(t *testing.T) {
				if c.name == "import-submitted" && lang != "en" {
					return // the same file is submitted once
				}
				var f facts
				p := browsertest.Page{URL: c.url + "/rounds/2026/import?lang=" + lang, Width: width, Height: 900, Press: c.press, Eval: readFacts, Result: &f,
					Picture: fmt.Sprintf("%s-%s-%d", c.name, lang, width)}
				if c.file != "" {
					p.Files = []string{c.file}
				}
				v := b.Open(t, p)
				v.Problems = slices.DeleteFunc(v.Problems, func(s string) bool { return c.name == "import-refused" && strings.Contains(s, "422") })
				check(t, v, f, lang)
				if f.Tables != c.tables || !strings.Contains(f.Text, c.says[lang]) {
					t.Errorf("%d tables:\n%s", f.Tables, f.Text)
				}
			})
		}
	}
	at := w.head(t)
	var f facts
	v := b.Open(t, browsertest.Page{URL: analyst + "/rounds/2026/import?lang=ar", Width: 360, Height: 900, Files: []string{changed}, Press: []string{look, confirm},
		Eval: readFacts, Result: &f, Picture: "import-done-ar-360"})
	if check(t, v, f, "ar"); !strings.Contains(f.Text, "سُجّلت الإجابات") || w.head(t) != at+2 {
		t.Errorf("%d events:\n%s", w.head(t)-at, f.Text)
	}
}
