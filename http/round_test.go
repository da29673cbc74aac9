package http_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/http/browsertest"
	"headway/projections"
	"headway/projections/desk"
)

const slowPost = "the questionnaire came by slow post"

// lived is a demo whose simulated round 2025 was closed, answered late, reopened
// and closed again.
func lived(t testing.TB) *world {
	t.Helper()
	w := demo(t)
	ctx, by := context.Background(), events.Stamp{Actor: "ana"}
	must := func(_ desk.Receipt, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.desk.CloseRound(ctx, by, "2025", "the questionnaires were due", domain.Source{}))
	must(w.desk.Report(ctx, by, "2025", domain.Report{Country: "XAA", Indicator: "victim.helpline.national", Status: domain.InPlace,
		EffectiveOn: domain.Date{Year: 2026}, LateReason: slowPost}))
	must(w.desk.ReopenRound(ctx, by, "2025", "one was overlooked", domain.Source{}))
	must(w.desk.CloseRound(ctx, by, "2025", "", domain.Source{}))
	w.release(t, "2025")
	return w
}

func round(t testing.TB, r reply) (out projections.RoundReport) {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestARoundForEachReader(t *testing.T) {
	w := lived(t)
	viewer, focal := w.token(t, domain.Viewer, ""), w.token(t, domain.FocalPoint, "XAA")
	full := round(t, w.get(t, "/api/v1/rounds/2025", viewer))
	if full.State != "closed" || len(full.History) != 4 || full.History[2].Reason != "one was overlooked" || full.History[2].Actor != "ana" ||
		len(full.Respondents) != 43 || *full.Total.Late != 1 || *full.Total.Disputed == 0 || full.Total.Suppressed {
		t.Errorf("a viewer gets %+v", full.RoundRow)
	}
	own := round(t, w.get(t, "/api/v1/rounds/2025", focal))
	if len(own.Respondents) != 1 || own.Respondents[0].Respondent != "XAA" || *own.Respondents[0].Late != 1 {
		t.Errorf("a focal point gets %+v", own.Respondents)
	}
	public := round(t, w.get(t, "/api/v1/rounds/2025", ""))
	if len(public.Respondents) != 0 || len(public.History) != 4 {
		t.Errorf("the public gets %+v", public)
	}
	for _, x := range []projections.RoundReport{own, public} {
		for _, e := range x.History {
			if e.Actor != "" || e.Reason != "" {
				t.Errorf("%+v names who or why", e)
			}
		}
	}
	if past := round(t, w.get(t, fmt.Sprintf("/api/v1/rounds/2025?asOf=%d", full.History[1].Position), viewer)); past.State != "closed" || len(past.History) != 2 || *past.Total.Late != 0 {
		t.Errorf("as of the first closing: %+v, %+v", past.RoundRow, past.Total)
	}
	for path, want := range map[string]int{"/api/v1/rounds/2025?asOf=3000": 200, "/rounds/2025?asOf=3000": 200, "/api/v1/rounds/1999": 404, "/rounds/1999": 404} {
		if r := w.get(t, path, ""); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	list := rows[projections.RoundRow](t, w.get(t, "/api/v1/rounds", ""))
	if last := list[len(list)-1]; last.ID != "2025" || last.State != "closed" || !last.Closed || len(last.History) != 4 || last.History[3].Actor != "" {
		t.Errorf("%+v", last)
	}
}

// TestARoundTellsWhatItsTotalsTell: of an indicator the public gets how many answered
// and how many are missing where its series has the number, and nothing where it has
// none.
func TestARoundTellsWhatItsTotalsTell(t *testing.T) {
	w := lived(t)
	viewer := w.token(t, domain.Viewer, "")
	points := map[domain.RoundID]map[domain.IndicatorID]domain.TrendPoint{}
	for _, p := range rows[domain.TrendPoint](t, w.get(t, "/api/v1/trend", "")) {
		if points[p.Round] == nil {
			points[p.Round] = map[domain.IndicatorID]domain.TrendPoint{}
		}
		points[p.Round][p.Indicator] = p
	}
	hidden, few := 0, 0
	for _, id := range []string{"2021", "2021-simulated", "2023", "2025"} {
		public, full := round(t, w.get(t, "/api/v1/rounds/"+id, "")), round(t, w.get(t, "/api/v1/rounds/"+id, viewer))
		answered, shown := 0, 0
		for i, x := range full.Indicators {
			got := public.Indicators[i]
			if p, ok := points[domain.RoundID(id)][x.Indicator]; ok && p.Origin == domain.Computed {
				switch {
				case p.Count == nil:
					hidden++
					if got.Answered != nil || got.Missing != nil || got.Share != nil || got.Asked != nil || !got.Suppressed {
						t.Errorf("%s, %s: the total is hidden, and the round tells %+v", id, x.Indicator, got)
					}
				case got.Answered == nil || *got.Answered != *p.N || *got.Missing != p.Missing:
					t.Errorf("%s, %s: %d answered and %d are missing, and the round tells %+v", id, x.Indicator, *p.N, p.Missing, got)
				case p.Missing == 1 || p.Missing == 2:
					few++
				}
			}
			if got.Disputed != nil || got.Disputes != nil || got.Late != nil {
				t.Errorf("%s, %s: the public gets who was disputed: %+v", id, x.Indicator, got)
			}
			if got.Answered != nil {
				answered, shown = answered+*got.Answered, shown+1
			}
		}
		if shown != public.TotalIndicators || public.Total.Answered != nil && *public.Total.Answered != answered {
			t.Errorf("%s: the total of %d indicators is not that of the %d shown", id, public.TotalIndicators, shown)
		}
		if n := public.Total.Late; n != nil && (*n == 1 || *n == 2) {
			t.Errorf("%s: %d late answers are shown", id, *n)
		}
		for _, path := range []string{"/rounds", "/rounds/" + id, "/rounds/" + id + "?lang=ar"} {
			for _, secret := range []string{"XAA", "XAB", "ALB", slowPost, "overlooked", "ana<"} {
				if r := w.get(t, path, ""); r.status != http.StatusOK || strings.Contains(r.body, secret) {
					t.Errorf("%s: %d, names %s", path, r.status, secret)
				}
			}
		}
	}
	if hidden == 0 || few == 0 {
		t.Errorf("%d totals are hidden, and of %d few are missing: the test tests nothing", hidden, few)
	}
}

func TestWhoRecordsLate(t *testing.T) {
	w := lived(t)
	analyst, admin, focal, viewer := w.token(t, domain.Analyst, ""), w.token(t, domain.Admin, ""), w.token(t, domain.FocalPoint, "XAB"), w.token(t, domain.Viewer, "")
	body := map[string]any{"round": "2025", "country": "XAB", "indicator": "victim.helpline.national", "status": "in_place", "effective_on": "2026"}
	post := func(token string, change map[string]any) reply {
		b := map[string]any{}
		for _, m := range []map[string]any{body, change} {
			for k, v := range m {
				b[k] = v
			}
		}
		return w.do(t, http.MethodPost, "/api/v1/events/status", token, b)
	}
	late := map[string]any{"late_reason": slowPost}
	for name, c := range map[string]struct {
		r      reply
		status int
		code   string
	}{
		"nobody":              {post("", late), 401, "token_needed"},
		"a viewer":            {post(viewer, late), 403, "forbidden"},
		"a focal point":       {post(focal, late), 403, "review_needed"},
		"without a reason":    {post(analyst, nil), 409, "round_closed"},
		"a focal point, on t": {post(focal, nil), 403, "review_needed"},
		"a blank reason":      {post(analyst, map[string]any{"late_reason": "  "}), 409, "round_closed"},
		"an open round":       {post(analyst, map[string]any{"late_reason": slowPost, "round": "2023"}), 409, "round_open"},
	} {
		if c.r.status != c.status || !strings.Contains(c.r.body, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s", name, c.r.status, c.r.body)
		}
	}
	if r := post(analyst, late); r.status != http.StatusCreated {
		t.Fatalf("an analyst: %d %s", r.status, r.body)
	}
	if r := post(admin, map[string]any{"late_reason": slowPost, "country": "XAC"}); r.status != http.StatusCreated {
		t.Fatalf("an admin: %d %s", r.status, r.body)
	}
	list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?round=2025&country=XAB&indicator=victim.helpline.national", analyst))
	if len(list) != 1 || !list[0].Late || list[0].LateReason != slowPost {
		t.Fatalf("%+v", list)
	}
	correct := map[string]any{"action": "correct", "event_id": list[0].EventID, "status": "not_in_place", "reason": "misread"}
	if r := post(analyst, correct); r.status != http.StatusConflict {
		t.Errorf("a correction in a closed round: %d %s", r.status, r.body)
	}
	correct["late_reason"] = "seen in the audit"
	if r := post(focal, correct); r.status != http.StatusForbidden {
		t.Errorf("a late correction by a focal point: %d %s", r.status, r.body)
	}
	if r := post(analyst, correct); r.status != http.StatusCreated {
		t.Errorf("a late correction: %d %s", r.status, r.body)
	}
	history := rows[projections.HistoryRow](t, w.get(t, "/api/v1/history?country=XAB&indicator=victim.helpline.national", analyst))
	if x := history[len(history)-1]; !x.Late || x.LateReason != "seen in the audit" || *x.Reason != "misread" {
		t.Errorf("%+v", x)
	}
	withdraw := map[string]any{"action": "withdraw", "event_id": history[len(history)-1].EventID, "reason": "other country", "late_reason": "seen in the audit"}
	if r := post(analyst, withdraw); r.status != http.StatusCreated {
		t.Errorf("a late withdrawal: %d %s", r.status, r.body)
	}
	if r := w.get(t, "/countries/XAC", viewer); !strings.Contains(r.body, "late: \u2068"+slowPost) {
		t.Error("the page of the respondent does not say that its answer came late")
	}
}

// bearing serves the world as the holder of a token sees it, for a browser.
func (w *world) bearing(t testing.TB, token string) string {
	t.Helper()
	target, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header.Set("Authorization", "Bearer "+token)
	}})
	t.Cleanup(s.Close)
	return s.URL
}

func TestRoundPagesInABrowser(t *testing.T) {
	w := lived(t)
	viewer, focal := w.bearing(t, w.token(t, domain.Viewer, "")), w.bearing(t, w.token(t, domain.FocalPoint, "XAA"))
	tab := browsertest.New(t).Tab(t)
	for _, c := range []struct {
		name, url string
		tables    int
		says      map[string]string
		not       string
	}{
		{"rounds", w.url + "/rounds", 1, map[string]string{"en": "closed", "ar": "مغلقة"}, "ana"},
		{"round", w.url + "/rounds/2025", 2, map[string]string{"en": "reopened", "ar": "أُعيد فتحها"}, "overlooked"},
		{"round-viewer", viewer + "/rounds/2025", 3, map[string]string{"en": "one was overlooked", "ar": "متنازع عليه"}, "undefined"},
		{"round-focal", focal + "/rounds/2025", 3, map[string]string{"en": "XAA", "ar": "XAA"}, "XAB"},
		{"country-late", viewer + "/countries/XAA", 5, map[string]string{"en": "late: \u2068" + slowPost, "ar": slowPost}, "undefined"},
	} {
		for _, lang := range []string{"en", "ar"} {
			for _, width := range []int{1280, 360} {
				t.Run(fmt.Sprintf("%s %s %d", c.name, lang, width), func(t *testing.T) {
					var f facts
					v := shown(tab, width)(t, browsertest.Page{URL: c.url + "?lang=" + lang, Width: width, Height: 900, Eval: readFacts, Result: &f,
						Picture: fmt.Sprintf("%s-%s-%d", c.name, lang, width)})
					check(t, v, f, lang)
					if f.Tables != c.tables || !f.Notice {
						t.Errorf("%d tables, want %d; the notice of simulated data: %v", f.Tables, c.tables, f.Notice)
					}
					if !strings.Contains(f.Text, c.says[lang]) || strings.Contains(f.Text, c.not) {
						t.Errorf("the page does not say %q, or says %q:\n%s", c.says[lang], c.not, f.Text)
					}
				})
			}
		}
	}
	var f facts
	v := tab.Load(t, browsertest.Page{URL: w.url + "/rounds/2021?lang=en", Width: 1280, Height: 900, Eval: readFacts, Result: &f, Picture: "round-real"})
	check(t, v, f, "en")
	if f.Notice || !strings.Contains(f.Text, "30 published figures") {
		t.Errorf("notice %v:\n%s", f.Notice, f.Text)
	}
}
