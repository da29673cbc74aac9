package http_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
	webhttp "headway/http"
	"headway/http/browsertest"
)

// live serves a world with room for two streams and a little patience for
// requests; drain ends the streams.
func (w *world) live(t *testing.T) (url string, drain func()) {
	t.Helper()
	draining := make(chan struct{})
	h, err := webhttp.New(webhttp.Options{Log: w.store, Runner: w.runner, Desk: w.desk, Tokens: w.store, Logger: slog.New(slog.DiscardHandler),
		Now: clock, Draining: draining, Streams: 2})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, func() { close(draining) }
}

// listen opens a stream.
func listen(t *testing.T, url string, header ...string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() }) // the stream may go on
	return res, bufio.NewScanner(res.Body)
}

// told is the next position that a stream tells, with all lines up to it.
func told(t *testing.T, lines *bufio.Scanner) (position string, all []string) {
	t.Helper()
	for lines.Scan() {
		all = append(all, lines.Text())
		if p, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return p, all
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return "", nil
}

// report records a status of a simulated respondent, and returns its position.
func (w *world) report(t *testing.T) events.Position {
	t.Helper()
	r, err := w.desk.Report(t.Context(), events.Stamp{Actor: "tester"}, "2025", domain.Report{Country: "XAA",
		Indicator: "criminal-justice.law-enforcement.dedicated-capacity", Status: domain.NotInPlace, EffectiveOn: domain.Date{Year: 2026, Month: 1}, Note: "news"})
	if err != nil {
		t.Fatal(err)
	}
	return r.Position
}

func TestAStreamTellsWhatIsNewer(t *testing.T) {
	w := demo(t)
	url, drain := w.live(t)
	head, _ := w.runner.Position()
	here := fmt.Sprint(head)
	early, earlyLines := listen(t, url+"/live?since=3")
	if got, _ := told(t, earlyLines); got != here {
		t.Errorf("an old page is told %s, want %s", got, here)
	}
	for key, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"} {
		if got := early.Header.Get(key); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
	// What the browser says when it comes again is newer than what the page says.
	_, lines := listen(t, url+"/live?since=3", "Last-Event-ID", here, "Authorization", "Bearer "+w.token(t, domain.Viewer, ""))
	if res, _ := listen(t, url+"/live"); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("a third stream: status %d", res.StatusCode)
	}
	time.Sleep(300 * time.Millisecond) // longer than a request may take
	check := func(l *bufio.Scanner, now events.Position) {
		got, all := told(t, l)
		if got != fmt.Sprint(now) || len(strings.Trim(strings.Join(all, ""), "0123456789:retyida ")) > 0 {
			t.Errorf("told %s of %d: %q", got, now, all)
		}
	}
	check(lines, w.report(t))
	// Who has no token hears of the next release, and of nothing before.
	check(earlyLines, w.release(t, "2021").Position)
	drain()
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("the stream was cut off: %v", err)
	}
	if res, _ := listen(t, url+"/live?since=soon"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("since=soon: status %d", res.StatusCode)
	}
}

// TestAPageTellsOfNews: a page says that there is something newer, and shows it
// without losing what the reader chose.
func TestAPageTellsOfNews(t *testing.T) {
	w := demo(t)
	b := browsertest.New(t)
	const act = `(async () => {
		document.querySelectorAll('main details')[1].open = true;
		document.querySelector('main select[name=to]').value = '2023';
		scrollTo(0, 700);
		const body = JSON.stringify({action: 'report', country: 'XAA', round: '2025', indicator: 'criminal-justice.law-enforcement.dedicated-capacity', status: 'not_in_place', effective_on: '2026-01', note: 'news'});
		const post = async (path, body) => {
			const r = await fetch('/api/v1/' + path, {method: 'POST', body, headers: {'Content-Type': 'application/json', Authorization: 'Bearer %s'}});
			if (!r.ok) { throw new Error(await r.text()); }
		};
		await post('events/status', body);
		await post('releases', JSON.stringify({rounds: ['2021']}));
		while (!document.querySelector('#live button')) { await new Promise(done => setTimeout(done, 50)); }
		sessionStorage.setItem('said', document.getElementById('live').textContent);
	})()`
	var f struct {
		Said, Search, To string
		Open             []bool
		Y, Position      int
		Notice           bool
	}
	before, _ := w.runner.Position()
	v := b.Open(t, browsertest.Page{URL: w.url + "/?from=2021&to=2025&lang=ar", Width: 1280, Height: 900,
		Act: fmt.Sprintf(act, w.token(t, domain.Analyst, "")), Press: []string{"#live button"},
		Eval: `new Promise(done => setTimeout(done)).then(() => ({Said: sessionStorage.getItem('said'), Search: location.search, Y: Math.round(scrollY),
			To: document.querySelector('main select[name=to]').value, Open: [...document.querySelectorAll('main details')].map(d => d.open),
			Position: Number(document.getElementById('live').getAttribute('data-position')), Notice: document.querySelector('#live button') !== null}))`, Result: &f})
	if len(v.Problems) > 0 {
		t.Errorf("problems: %v", v.Problems)
	}
	if !strings.Contains(f.Said, "سُجّلت بيانات جديدة") {
		t.Errorf("it says %q", f.Said)
	}
	if f.Search != "?from=2021&to=2025&lang=ar" || f.Y != 700 || f.To != "2023" || len(f.Open) < 2 || f.Open[0] || !f.Open[1] {
		t.Errorf("choices are lost: %+v", f)
	}
	if f.Position <= int(before) || f.Notice {
		t.Errorf("the page is not the newer one: %+v", f)
	}
}

// TestOnlyPagesOfThePresentListen: nothing is newer than the past, and a file has
// nobody to ask.
func TestOnlyPagesOfThePresentListen(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	for path, want := range map[string]bool{"/?lang=en": true, "/?lang=en&asOf=200": false, "/rounds/2025?lang=ar": true, "/login": false} {
		if got := strings.Contains(w.get(t, path, viewer).body, "/assets/live."); got != want {
			t.Errorf("%s listens: %v", path, got)
		}
	}
}
