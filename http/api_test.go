package http_test

import (
	"net/http"
	"strings"
	"testing"

	"headway/domain"
	"headway/projections"
)

func TestCountryLevelDataNeedAToken(t *testing.T) {
	w := demo(t)
	viewer, focal := w.token(t, domain.Viewer, ""), w.token(t, domain.FocalPoint, "XAA")
	for _, c := range []struct {
		path                     string
		anonymous, focal, viewer int
	}{
		{"/api/v1/status?round=2025", 401, 401, 200},
		{"/api/v1/status?round=2025&country=XAA", 401, 200, 200},
		{"/api/v1/status?round=2025&country=XAB", 401, 401, 200},
		{"/api/v1/history?country=XAA&indicator=victim.helpline.national", 401, 200, 200},
		{"/api/v1/history?country=XAB&indicator=victim.helpline.national", 401, 401, 200},
		{"/api/v1/countries?round=2025", 401, 401, 200},
		{"/api/v1/events", 401, 401, 200},
		{"/api/v1/figures?round=2025&group=income", 200, 200, 200},
		{"/api/v1/figures?round=2025&group=region", 401, 401, 200},
		{"/api/v1/figures?round=2021", 200, 200, 200},
		{"/api/v1/compare?from=2021&to=2025", 200, 200, 200},
		{"/api/v1/compare?from=2021-simulated&to=2025&who=true", 401, 401, 200},
		{"/api/v1/compare?from=2021-simulated&to=2025&group=income&between=low,high", 200, 200, 200},
		{"/api/v1/compare?from=2021-simulated&to=2025&panel=matched", 200, 200, 200},
		{"/api/v1/compare?from=2021-simulated&to=2025&group=income&value=high", 200, 200, 200},
		{"/api/v1/compare?from=2021-simulated&to=2025&group=region&value=asia", 401, 401, 200},
		{"/api/v1/compare?from=2021-simulated&to=2025&panel=matched&group=income&value=high", 401, 401, 200},
		{"/api/v1/compare?from=2021&to=2025&asOf=3000", 200, 401, 200},
		{"/api/v1/releases", 200, 200, 200},
		{"/api/v1/trend", 200, 200, 200},
		{"/api/v1/maturity?model=mnr-stages&round=2025", 200, 200, 200},
		{"/api/v1/rounds/2025", 200, 200, 200},
		{"/rounds/2025", 200, 200, 200},
		{"/countries/XAA", 401, 200, 200},
		{"/countries/XAB", 401, 401, 200},
		{"/?panel=matched&from=2021-simulated&to=2025", 200, 200, 200},
	} {
		for token, want := range map[string]int{"": c.anonymous, focal: c.focal, viewer: c.viewer} {
			if got := w.get(t, c.path, token); got.status != want {
				t.Errorf("%s with token %.6q: %d, want %d", c.path, token, got.status, want)
			}
		}
	}
	if got := w.get(t, "/api/v1/rounds", "hw_wrong"); got.status != http.StatusUnauthorized {
		t.Errorf("an unknown token: %d", got.status)
	}
}

// TestNoAnonymousAnswerNamesARespondent reads everything public and looks for the
// code of any respondent.
func TestNoAnonymousAnswerNamesARespondent(t *testing.T) {
	w := demo(t)
	for _, path := range []string{"/", "/?lang=ar", "/indicators", "/indicators/victim.helpline.national", "/rounds", "/rounds/2025", "/rounds/2021", "/api/v1/rounds", "/api/v1/rounds/2025", "/api/v1/rounds/2021", "/api/v1/figures?round=2021",
		"/api/v1/figures?round=2025", "/api/v1/compare?from=2021&to=2025", "/api/v1/trend", "/api/v1/maturity?model=mnr-stages&round=2025",
		"/charts/shares.csv", "/charts/stages.csv"} {
		r := w.get(t, path, "")
		for _, code := range []string{"XAA", "XAB", "XBA", "ALB", "GB-EAW"} {
			if strings.Contains(r.body, code) {
				t.Errorf("%s names %s", path, code)
			}
		}
	}
}

func TestSmallNumbersAreHiddenFromThePublic(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	public := rows[domain.Comparison](t, w.get(t, "/api/v1/compare?from=2021-simulated&to=2025", ""))
	full := rows[domain.Comparison](t, w.get(t, "/api/v1/compare?from=2021-simulated&to=2025", viewer))
	hidden := 0
	rule := domain.PublicDisclosure()
	for i, r := range public {
		if full[i].ToCount == nil {
			continue
		}
		if !rule.Shows(*full[i].ToCount, *full[i].ToN, false) {
			hidden++
			if r.ToCount != nil || r.ToShare != nil || r.Change != nil || !r.Suppressed {
				t.Errorf("%s shows %d of %d", r.Indicator, *full[i].ToCount, *full[i].ToN)
			}
		}
	}
	if hidden == 0 {
		t.Error("the simulated rounds have no small number to hide: the test tests nothing")
	}
	for _, f := range rows[projections.FigureRow](t, w.get(t, "/api/v1/figures?round=2025", "")) {
		if f.ComputedCount != nil && !rule.Shows(*f.ComputedCount, *f.ComputedDenominator, false) {
			t.Errorf("figure %s shows %d of %d", f.ID, *f.ComputedCount, *f.ComputedDenominator)
		}
	}
}

// TestComparingGroups: every group without a value, one with; whose attributes put
// a respondent in it; who moved, and groups beside each other.
func TestComparingGroups(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	const one = "/api/v1/compare?from=2021-simulated&to=2025&indicator=policy.leadership.strategy"
	every := rows[domain.Comparison](t, w.get(t, one+"&group=income", viewer))
	if len(every) != 4 || every[0].Group != "high" || every[3].Group != "upper-middle" || every[0].Grouping != domain.ByFrom {
		t.Fatalf("%d groups: %+v", len(every), every)
	}
	own := rows[domain.Comparison](t, w.get(t, one+"&group=income&value=low&grouping=own&who=true", viewer))
	if len(own) != 1 || own[0].Group != "low" || own[0].Grouping != domain.ByOwn || own[0].Who == nil ||
		len(own[0].Who.Gained) != own[0].Detail.Gained || len(own[0].Who.Joined) != own[0].Detail.Joined {
		t.Errorf("%+v", own)
	}
	pairs := rows[domain.GroupDifference](t, w.get(t, one+"&group=income&between=all", viewer))
	two := rows[domain.GroupDifference](t, w.get(t, one+"&group=income&between=high,low", viewer))
	if len(pairs) != 6 || len(two) != 1 || two[0].GroupB != "low" || pairs[0].GroupB != "low" || *two[0].FromDifference.Bounds != *pairs[0].FromDifference.Bounds {
		t.Errorf("%+v and %+v", pairs, two)
	}
	for _, wrong := range []string{"&group=income&between=low", "&group=income&between=low,middle", "&group=income&between=", "&group=income&value=middle", "&between=low,high", "&group=income&grouping=mine", "&who=maybe"} {
		if got := w.get(t, one+wrong, viewer); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, got.status, got.body)
		}
	}
}

func TestPublishedFiguresStayPublished(t *testing.T) {
	w := demo(t)
	list := rows[projections.FigureRow](t, w.get(t, "/api/v1/figures?round=2021", ""))
	if len(list) != 30 {
		t.Fatalf("%d figures", len(list))
	}
	for _, f := range list {
		if f.Count == nil || f.Percent == nil || f.Source == nil || f.Source.Quote == "" {
			t.Errorf("%s is not whole: %+v", f.ID, f)
		}
		if f.ComputedCount == nil || *f.ComputedCount != *f.Count || !f.Simulated {
			t.Errorf("%s: the simulated count does not stand beside it, marked", f.ID)
		}
	}
}

func TestRecordingAStatus(t *testing.T) {
	w := demo(t)
	analyst, focal, viewer := w.token(t, domain.Analyst, ""), w.token(t, domain.FocalPoint, "KEN"), w.token(t, domain.Viewer, "")
	body := map[string]any{"round": "2021", "country": "KEN", "indicator": "victim.helpline.national", "status": "in_place", "effective_on": "2021"}
	for token, want := range map[string]int{"": 401, viewer: 403} {
		if r := w.do(t, http.MethodPost, "/api/v1/events/status", token, body); r.status != want {
			t.Errorf("%d: %s", r.status, r.body)
		}
	}
	if r := w.do(t, http.MethodPost, "/api/v1/events/status", focal, body); r.status != http.StatusForbidden || !strings.Contains(r.body, "review_needed") {
		t.Errorf("a focal point without a review: %d %s", r.status, r.body)
	}
	r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, body)
	if r.status != http.StatusCreated {
		t.Fatalf("%d: %s", r.status, r.body)
	}
	// Read your own writes.
	list := rows[projections.StatusRow](t, w.get(t, "/api/v1/status?country=KEN&indicator=victim.helpline.national&minPosition="+r.header.Get("Headway-Position"), focal))
	if len(list) != 1 || list[0].Status != domain.InPlace || list[0].Simulated {
		t.Fatalf("%+v", list)
	}
	if r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, body); r.status != http.StatusOK {
		t.Errorf("the same again: %d %s", r.status, r.body)
	}
	correct := map[string]any{"action": "correct", "event_id": list[0].EventID, "status": "not_in_place"}
	if r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, correct); r.status != 422 || !strings.Contains(r.body, "reason_missing") {
		t.Errorf("without a reason: %d %s", r.status, r.body)
	}
	correct["reason"] = "misread"
	if r := w.do(t, http.MethodPost, "/api/v1/events/status", analyst, correct); r.status != http.StatusCreated {
		t.Errorf("%d %s", r.status, r.body)
	}
	history := rows[projections.HistoryRow](t, w.get(t, "/api/v1/history?country=KEN&indicator=victim.helpline.national", analyst))
	if len(history) != 2 || history[1].Supersedes == nil || *history[1].Supersedes != list[0].EventID || *history[1].Reason != "misread" {
		t.Errorf("%+v", history)
	}
}

func TestProblems(t *testing.T) {
	w := demo(t)
	analyst := w.token(t, domain.Analyst, "")
	post := func(body map[string]any) reply {
		return w.do(t, http.MethodPost, "/api/v1/events/status", analyst, body)
	}
	good := func(change map[string]any) map[string]any {
		b := map[string]any{"round": "2021", "country": "KEN", "indicator": "victim.helpline.national", "status": "in_place"}
		for k, v := range change {
			b[k] = v
		}
		return b
	}
	for name, c := range map[string]struct {
		r      reply
		status int
		code   string
	}{
		"unknown round":     {w.get(t, "/api/v1/figures?round=1999", ""), 404, "unknown_round"},
		"unknown indicator": {post(good(map[string]any{"indicator": "victim.helpline.nationl"})), 404, "unknown_indicator"},
		"off the scale":     {post(good(map[string]any{"status": "maybe"})), 422, "status_not_on_scale"},
		"future":            {post(good(map[string]any{"effective_on": "2031"})), 422, "future_date"},
		"not enrolled":      {post(good(map[string]any{"country": "FRA"})), 422, "not_enrolled"},
		"bad evidence":      {post(good(map[string]any{"evidence": []string{"javascript:alert(1)"}})), 400, "invalid"},
		"bad moment":        {w.get(t, "/api/v1/trend?asOf=yesterday", analyst), 400, "invalid"},
		"unknown field":     {post(good(map[string]any{"colour": "red"})), 400, "invalid"},
		"no such path":      {w.get(t, "/api/v1/nothing", ""), 404, "http"},
	} {
		if c.r.status != c.status || !strings.Contains(c.r.body, `"code":"`+c.code+`"`) || c.r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s %s", name, c.r.status, c.r.header.Get("Content-Type"), c.r.body)
		}
	}
}

func TestETag(t *testing.T) {
	w := demo(t)
	first := w.get(t, "/api/v1/rounds", "")
	tag := first.header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if r := w.do(t, http.MethodGet, "/api/v1/rounds", "", nil, "If-None-Match", tag); r.status != http.StatusNotModified {
		t.Errorf("%d", r.status)
	}
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	w := demo(t)
	r := w.do(t, http.MethodPost, "/login", "", nil, "Sec-Fetch-Site", "cross-site")
	if r.status != http.StatusForbidden {
		t.Errorf("%d", r.status)
	}
}

func TestEmptyLogHasPages(t *testing.T) {
	w := empty(t)
	for _, path := range []string{"/", "/?lang=ar", "/indicators", "/rounds", "/login", "/healthz", "/readyz"} {
		if r := w.get(t, path, ""); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := w.get(t, "/indicators/none", ""); r.status != http.StatusNotFound || !strings.Contains(r.body, "<html") {
		t.Errorf("an unknown indicator: %d", r.status)
	}
}
