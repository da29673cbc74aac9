package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	webhttp "headway/http"
	"headway/http/chart"
	"headway/http/chart/render"

	"headway/domain"
)

// pictured serves what a world has, with pictures drawn by d.
func pictured(t *testing.T, w *world, d webhttp.Pictures) *world {
	t.Helper()
	h, err := webhttp.New(webhttp.Options{Log: w.store, Runner: w.runner, Desk: w.desk, Tokens: w.store, Logger: slog.New(slog.DiscardHandler), Now: clock, Pictures: d})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	other := *w
	other.url = server.URL
	return &other
}

// sketch stands in for a renderer: it writes what it is asked to draw.
type sketch struct {
	err   error
	drawn int
}

func (s *sketch) SVG(_ context.Context, c chart.Chart, narrow bool) ([]byte, error) {
	s.drawn++
	option, err := c.JSON()
	if s.err != nil {
		err = s.err
	}
	return fmt.Appendf(nil, "%s narrow=%v %s %s", c.Name, narrow, c.Aria, option), err
}

func (s *sketch) Slide(_ context.Context, sl render.Slide, png bool) ([]byte, error) {
	s.drawn++
	text, err := json.Marshal(sl)
	return append(text, fmt.Sprintf(" png=%v", png)...), err
}

var sources = regexp.MustCompile(`(?:src|srcset)="([^"]*charts/[^"]*)"`)

// TestPagesShowTheChartsThatTheServerDraws follows a page to its pictures and their
// numbers: the same choices, the same disclosure, tags that save the drawing.
func TestPagesShowTheChartsThatTheServerDraws(t *testing.T) {
	plain := demo(t)
	pen := &sketch{}
	w := pictured(t, plain, pen)
	analyst := w.token(t, domain.Analyst, "")
	html := w.get(t, "/indicators/policy.leadership.governance-mechanism?lang=ar", "")
	links := sources.FindAllStringSubmatch(html.body, -1)
	if html.status != http.StatusOK || len(links) < 2 || !strings.Contains(links[0][1], "lang=ar") {
		t.Fatalf("%d, pictures %v", html.status, links)
	}
	for _, l := range links {
		r := w.get(t, strings.ReplaceAll(l[1], "&amp;", "&"), "")
		if r.status != http.StatusOK || r.header.Get("Content-Type") != "image/svg+xml" || r.header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: %d %v", l[1], r.status, r.header)
		}
		if narrow := strings.Contains(l[1], ".narrow."); !strings.Contains(r.body, fmt.Sprintf("narrow=%v", narrow)) || !strings.Contains(r.body, "\u2067") {
			t.Errorf("%s is another chart: %.80s", l[1], r.body)
		}
	}
	const series = "/indicators/policy.leadership.governance-mechanism/charts/series"
	first := w.get(t, series+".plot.svg?lang=en", "")
	drawn := pen.drawn
	again := w.do(t, http.MethodGet, series+".plot.svg?lang=en", "", nil, "If-None-Match", first.header.Get("ETag"))
	if again.status != http.StatusNotModified || pen.drawn != drawn {
		t.Errorf("%d, drawn %d times more", again.status, pen.drawn-drawn)
	}
	// A slide carries the warning of its page.
	slide := w.get(t, series+".svg?lang=en", "")
	if !strings.Contains(slide.body, "simulated") || !strings.Contains(slide.body, `"Heading":"`) || slide.header.Get("Content-Disposition") == "" {
		t.Errorf("the slide says %.200s", slide.body)
	}
	// What a reader may see is what the picture shows: the tag of the same chart
	// differs where more is shown, and the numbers with it.
	for _, kind := range []string{".plot.svg", ".csv", ".png"} {
		public, all := w.get(t, series+kind+"?lang=en", ""), w.get(t, series+kind+"?lang=en", analyst)
		if public.status != http.StatusOK || all.status != http.StatusOK || public.header.Get("ETag") == "" {
			t.Errorf("%s: %d and %d", kind, public.status, all.status)
		}
		if !strings.Contains(all.header.Get("Vary"), "Authorization") {
			t.Errorf("%s varies by %q", kind, all.header.Get("Vary"))
		}
	}
	for _, none := range []string{series + ".gif", "/indicators/policy.leadership.governance-mechanism/charts/none.svg", "/indicators/none/charts/series.svg"} {
		if r := w.get(t, none, ""); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", none, r.status)
		}
	}
	undrawn(t, plain, series)
}

// undrawn asks servers that cannot draw: each says why and what to do.
func undrawn(t *testing.T, plain *world, series string) {
	t.Helper()
	for _, c := range []struct {
		pen    webhttp.Pictures
		status int
		says   string
	}{{nil, http.StatusNotImplemented, "draws no pictures"}, {&sketch{err: render.ErrNotBuilt}, http.StatusNotImplemented, "make build"}, {&sketch{err: fmt.Errorf("x: %w", render.ErrBusy)}, http.StatusServiceUnavailable, "try again"}} {
		r := pictured(t, plain, c.pen).get(t, series+".plot.svg", "")
		if r.status != c.status || r.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(r.body, c.says) {
			t.Errorf("%d %s: %s", r.status, r.header.Get("Content-Type"), r.body)
		}
	}
	if page := plain.get(t, "/indicators/policy.leadership.governance-mechanism", ""); strings.Contains(page.body, "<picture>") {
		t.Error("a server without pictures shows some")
	}
	// What is drawn in earnest is a picture.
	pictures, err := render.New(render.Options{Timeout: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	w := pictured(t, plain, pictures)
	svg := w.get(t, series+".svg", "")
	if err := xml.Unmarshal([]byte(svg.body), new(any)); err != nil || !strings.Contains(svg.body, "<path") {
		t.Errorf("%d, %v: %.200s", svg.status, err, svg.body)
	}
	if img, err := png.Decode(bytes.NewReader([]byte(w.get(t, series+".png", "").body))); err != nil || img.Bounds().Dx() < 1920 {
		t.Errorf("%v", err)
	}
}

// TestTilesHaveAPicture: the domains, which are tiles on the page, can be taken along
// as a chart; a table cannot.
func TestTilesHaveAPicture(t *testing.T) {
	w := pictured(t, demo(t), &sketch{})
	page := w.get(t, "/?lang=en&from=2021&to=2025", "").body
	link := regexp.MustCompile(`href="(/charts/domains\.svg[^"]*)"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal("the page does not lead to the picture of its domains")
	}
	r := w.get(t, strings.ReplaceAll(link[1], "&amp;", "&"), "")
	if r.status != http.StatusOK || !strings.Contains(r.body, "Criminal justice") || !strings.Contains(r.body, "Release 1.") {
		t.Errorf("%d: %s", r.status, r.body)
	}
	if r := w.get(t, "/charts/shares.plot.svg?lang=en&from=2021&to=2025", ""); !strings.Contains(r.body, `"What missing answers allow"`) {
		t.Error("the legend does not say what the bands are")
	}
	if r := w.get(t, "/compare/charts/apart.svg?lang=en&group=income&from=2021-simulated&to=2025", ""); r.status != http.StatusNotFound {
		t.Errorf("a table has a picture: %d", r.status)
	}
}
