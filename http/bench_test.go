package http_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"headway/domain"
	webhttp "headway/http"
	"headway/http/browsertest"
	"headway/http/chart/render"
)

// drawing is a handler over a world, with pictures; its renderer has drawn nothing.
func (w *world) drawing(t testing.TB) http.Handler {
	t.Helper()
	pictures, err := render.New(render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := pictures.Warm(t.Context()); err != nil { // as a server does when it starts
		t.Fatal(err)
	}
	h, err := webhttp.New(webhttp.Options{Log: w.store, Runner: w.runner, Desk: w.desk, Tokens: w.store, Logger: slog.New(slog.DiscardHandler), Now: clock, Pictures: pictures})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// BenchmarkPages builds the HTML of each page, without a network, from a panel that
// was asked before; it reports how large the page is, as it is and by gzip.
func BenchmarkPages(b *testing.B) {
	w := demo(b)
	h := w.drawing(b)
	viewer := w.token(b, domain.Viewer, "")
	for _, p := range []struct{ name, path, token string }{
		{"summit", "/?from=2021&to=2025", ""}, {"summit-ar", "/?from=2021&to=2025&lang=ar", ""}, {"compare", "/compare?from=2021&to=2025", ""},
		{"compare-matched", "/compare?from=2021-simulated&to=2025&panel=matched", viewer}, {"compare-groups", "/compare?from=2021-simulated&to=2025&group=income", viewer},
		{"indicator", "/indicators/victim.helpline.national?x=", ""}, {"indicators", "/indicators?x=", ""}, {"maturity", "/maturity?x=", ""}, {"maturity-viewer", "/maturity?x=", viewer},
		{"rounds", "/rounds?x=", ""}, {"round", "/rounds/2025?x=", ""}, {"round-viewer", "/rounds/2025?x=", viewer},
		{"country", "/countries/XAA?x=", viewer}, {"heatmap", "/heatmap?x=", viewer}, {"audit", "/audit?x=", viewer},
	} {
		b.Run(p.name, func(b *testing.B) {
			get := func(coding string) int {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, p.path, nil)
				r.Header.Set("Accept-Language", "en")
				r.Header.Set("Accept-Encoding", coding)
				if p.token != "" {
					r.Header.Set("Authorization", "Bearer "+p.token)
				}
				to := httptest.NewRecorder()
				h.ServeHTTP(to, r)
				if to.Code != http.StatusOK {
					b.Fatalf("%s: status %d", p.path, to.Code)
				}
				return to.Body.Len()
			}
			small := get("gzip")
			size := 0
			for b.Loop() {
				size = get("identity")
			}
			b.ReportMetric(float64(size), "B/html")
			b.ReportMetric(float64(small), "B/gzip")
		})
	}
}

// BenchmarkFirstChart opens the summary in a browser that has nothing of it, from a
// server that has drawn nothing yet, and reports when the first chart was painted.
func BenchmarkFirstChart(b *testing.B) {
	w := demo(b)
	// The picture is painted as it comes, and is what is largest; where a script was
	// faster and has drawn over it, when it came stands for it.
	const painted = `new Promise(done => {
		let painted = 0;
		new PerformanceObserver(list => list.getEntries().forEach(e => { if (e.url.includes('.plot.svg') && !painted) { painted = e.startTime; } }))
			.observe({type: 'largest-contentful-paint', buffered: true});
		setTimeout(() => {
			const loaded = performance.getEntriesByType('resource');
			const came = loaded.find(e => e.name.includes('.plot.svg'));
			done({Chart: painted || (came ? came.responseEnd : 0), First: performance.getEntriesByName('first-contentful-paint')[0].startTime,
				Requests: loaded.length + 1, Bytes: loaded.concat(performance.getEntriesByType('navigation')).reduce((n, e) => n + e.transferSize, 0)});
		}, 500);
	})`
	for _, path := range []string{"/?lang=en", "/compare?lang=en"} {
		b.Run(strings.Trim(strings.TrimSuffix(path, "?lang=en"), "/")+"page", func(b *testing.B) {
			var chart, first, requests, bytes float64
			for b.Loop() {
				server := httptest.NewServer(w.drawing(b))
				var f struct{ Chart, First, Requests, Bytes float64 }
				browsertest.New(b).Open(b, browsertest.Page{URL: server.URL + path, Width: 1280, Height: 900, Eval: painted, Result: &f})
				server.Close()
				chart, first, requests, bytes = chart+f.Chart, first+f.First, f.Requests, f.Bytes
			}
			b.ReportMetric(chart/float64(b.N), "ms/chart")
			b.ReportMetric(first/float64(b.N), "ms/paint")
			b.ReportMetric(requests, "requests")
			b.ReportMetric(bytes, "B/all")
		})
	}
}

// BenchmarkSite writes the whole report in two languages, with pictures and without.
func BenchmarkSite(b *testing.B) {
	w := demo(b)
	for _, drawn := range []bool{true, false} {
		b.Run(fmt.Sprintf("pictures=%v", drawn), func(b *testing.B) {
			for b.Loop() {
				o := webhttp.Static{From: "2021", To: "2025", Languages: []string{"en", "ar"}}
				if drawn {
					pictures, err := render.New(render.Options{Workers: runtime.GOMAXPROCS(0)})
					if err != nil {
						b.Fatal(err)
					}
					o.Pictures = pictures
				}
				if _, err := webhttp.WriteStatic(b.Context(), filepath.Join(b.TempDir(), "report"), w.runner, slog.New(slog.DiscardHandler), o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
