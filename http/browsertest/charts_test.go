package browsertest_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headway/http/assets"
	"headway/http/browsertest"
	"headway/http/chart"
)

// policy is the one that the server sends with ECharts built in.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// words are the texts of the charts in one language.
type words struct {
	lang, then, now, band, rest string
	domains, labels, stages     []string
}

var english = words{"en", "Baseline 2021", "2025 (simulated)", "What missing answers allow", "Unknown or not shown",
	[]string{"Policy and governance", "Criminal justice", "Victim", "Societal", "Industry", "Media and communications"},
	[]string{"National policy or strategy", "Some measures to manage or rehabilitate offenders who have been convicted", "National child helpline"},
	[]string{"Building", "Emerging", "Established", "Mature"}}

var arabic = words{"ar", "خط الأساس 2021", "2025 (محاكاة)", "ما تسمح به الإجابات الناقصة", "غير معروف أو غير معروض",
	[]string{"السياسة والحوكمة", "العدالة الجنائية", "الضحية", "الجانب المجتمعي", "الصناعة", "وسائل الإعلام والاتصالات"},
	[]string{"سياسة أو استراتيجية وطنية", "بعض الإجراءات لإدارة و/أو تأهيل المعتدين الذين صدرت في حقهم أحكام", "خط مساعدة للطفل على المستوى الوطني"},
	[]string{"البناء", "النشوء", "الترسيخ", "النضج"}}

func at(v float64) *float64 { return &v }
func count(n int) *int      { return &n }

// kinds draws a chart of each kind with its hard cases: a row of which one side is
// hidden, dots that meet, a break, bounds, a stage that is not shown.
func kinds(t *testing.T, w words) []chart.Chart {
	t.Helper()
	v := chart.View{RTL: w.lang == "ar"}
	var pairs []chart.Pair
	for i, d := range w.domains[:3] {
		pairs = append(pairs, chart.Pair{Label: d, Heading: true},
			chart.Pair{Label: w.labels[0], From: at(.3 + .1*float64(i)), To: at(.8), FromTip: "13 / 42", ToTip: "33 / 42"},
			chart.Pair{Label: w.labels[1], From: at(1), To: at(1), FromTip: "42 / 42", ToTip: "40 / 40"},
			chart.Pair{Label: w.labels[2], From: at(0), FromTip: "0 / 42"})
	}
	var lines []chart.Line
	for i, d := range w.domains {
		base := .4 + .08*float64(i)
		lines = append(lines, chart.Line{Name: d, Points: []chart.Point{
			{Year: 2021.4, Value: at(base)}, {Year: 2023.4, Value: at(base + .03), Break: true}, {Year: 2025.4, Value: at(base + .06)}}})
	}
	series := []chart.Line{{Name: w.labels[1], Points: []chart.Point{{Year: 2021.4, Value: at(.33)},
		{Year: 2023.4, Value: at(.41), Low: at(.35), High: at(.5), Break: true}, {Year: 2025.4, Value: at(.62), Low: at(.55), High: at(.7)}}}}
	bars := []chart.Bar{{Label: w.then, Counts: []*int{count(9), count(5), count(15), count(13)}},
		{Label: w.now, Counts: []*int{nil, count(18), count(12), nil}, Rest: 8}}
	dumbbell, err1 := chart.Dumbbell(v, "shares", w.then, w.now, "aria", pairs, chart.Table{})
	trend, err2 := chart.Lines(v, "trend", "aria", lines, "", chart.Table{})
	one, err3 := chart.Lines(v, "series", "aria", series, w.band, chart.Table{})
	stages, err4 := chart.Stages(v, "stages", "aria", w.stages, w.rest, bars, chart.Table{})
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return []chart.Chart{dumbbell, trend, one, stages}
}

// writePage writes a page with charts and the files it needs into a folder.
func writePage(t *testing.T, lang string, charts []chart.Chart) (dir string) {
	t.Helper()
	dir = t.TempDir()
	set, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	if !assets.HasECharts() {
		t.Fatal("ECharts is not built in: run make build")
	}
	for _, f := range set.All() {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	direction := map[string]string{"en": "ltr", "ar": "rtl"}[lang]
	fmt.Fprintf(&b, `<!doctype html><html lang="%s" dir="%s"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Charts</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="%s"><script defer src="%s"></script><script defer src="%s"></script><main>`,
		lang, direction, set.Name("app.css"), set.Name("echarts.min.js"), set.Name("app.js"))
	for _, c := range charts {
		option, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, `<figure data-chart="%s" data-height="%d" data-narrow="%d"><div class="plot" dir="ltr" role="img" aria-label="%s"></div>
<script type="application/json">%s</script></figure><details><summary>Numbers</summary><p>table</p></details>`, c.Name, c.Height, c.Narrow, html.EscapeString(c.Aria), option)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// layout is where the texts of one chart stand.
type layout struct {
	Chart    string
	Texts    []string
	Clipped  []string // reach beyond the chart
	Overlaps []string // cover one another
	Marks    int
	At       map[string]float64 // the middle of a text, pixels from the left
}

const readLayout = `[...document.querySelectorAll('figure[data-chart]')].map(f => {
  const svg = f.querySelector('svg'), box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim())
    .map(t => ({ s: t.textContent.replace(/[\u2066-\u2069]/g, ''), r: t.getBoundingClientRect() }));
  const out = { Chart: f.dataset.chart, Texts: texts.map(t => t.s), Clipped: [], Overlaps: [], At: {},
    Marks: svg.querySelectorAll('path').length };
  texts.forEach((t, i) => {
    const r = t.r;
    out.At[t.s] = (r.left + r.right) / 2 - box.left;
    if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1) out.Clipped.push(t.s);
    texts.slice(i + 1).forEach(u => {
      const x = Math.min(r.right, u.r.right) - Math.max(r.left, u.r.left), y = Math.min(r.bottom, u.r.bottom) - Math.max(r.top, u.r.top);
      if (x > 2 && y > 6) out.Overlaps.push(t.s + ' | ' + u.s);
    });
  });
  return out;
})`

func serveFolder(t *testing.T, dir string) string {
	t.Helper()
	files := http.FileServer(http.Dir(dir))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

func quiet(t *testing.T, v browsertest.Visit) {
	t.Helper()
	if len(v.Problems)+len(v.Hosts) > 0 {
		t.Errorf("problems %q, other hosts %q", v.Problems, v.Hosts)
	}
}

// TestChartsLieAsTheirLanguageReads draws every kind of chart under the server's
// policy and from disk, and looks where its texts have come to stand.
func TestChartsLieAsTheirLanguageReads(t *testing.T) {
	b := browsertest.New(t)
	for _, w := range []words{english, arabic} {
		dir := writePage(t, w.lang, kinds(t, w))
		for _, width := range []int{1280, 360} {
			for from, url := range map[string]string{"server": serveFolder(t, dir), "disk": "file://" + filepath.Join(dir, "index.html")} {
				t.Run(fmt.Sprintf("%s %d %s", w.lang, width, from), func(t *testing.T) {
					var got []layout
					quiet(t, b.Open(t, browsertest.Page{URL: url, Width: width, Height: 900, Eval: readLayout, Result: &got,
						Picture: fmt.Sprintf("charts-%s-%d", w.lang, width)}))
					if len(got) != 4 {
						t.Fatalf("%d charts drawn", len(got))
					}
					for _, l := range got {
						if len(l.Clipped)+len(l.Overlaps) > 0 {
							t.Errorf("%s: clipped %q, overlapping %q", l.Chart, l.Clipped, l.Overlaps)
						}
					}
					reads(t, w, got, width)
				})
			}
		}
	}
}

// reads checks the direction of axes: zero and the past where reading begins.
func reads(t *testing.T, w words, got []layout, width int) {
	t.Helper()
	before := func(l layout, first, second string) {
		a, okA := l.At[first]
		b, okB := l.At[second]
		if !okA || !okB || (a < b) != (w.lang == "en") || a == b {
			t.Errorf("%s: %q at %.0f, %q at %.0f", l.Chart, first, a, second, b)
		}
	}
	shares, trend, series, stages := got[0], got[1], got[2], got[3]
	before(shares, "0 %", "100 %")
	if width > 600 { // where it is narrow, labels stand above their rows
		before(shares, w.labels[0], "0 %")
	}
	before(trend, "2021", "2025")
	before(trend, "0 %", "2021")
	before(series, "2021", "2025")
	before(stages, "0 %", "100 %")
	before(stages, w.stages[0], w.stages[1])
}

// TestNamesInChartsAreText shows every tooltip of charts whose names are hostile:
// nothing runs, and the name is there letter by letter.
func TestNamesInChartsAreText(t *testing.T) {
	names := []string{`</script><script>alert(1)</script>`, `__f__alert(2)__f__`, `=HYPERLINK("http://x")`, `{b}{c|d}`, `<img src=x onerror=alert(3)>`}
	w := words{lang: "en", then: names[0], now: names[4], band: names[3], rest: names[1], domains: append([]string{"a"}, names...), labels: []string{names[0], names[3], names[2]},
		stages: names[:4]}
	b := browsertest.New(t)
	v := chart.View{}
	var pairs []chart.Pair
	var points []chart.Line
	for _, n := range names {
		pairs = append(pairs, chart.Pair{Label: n, From: at(.4), To: at(.6), FromTip: n, ToTip: n})
		points = append(points, chart.Line{Name: n, Points: []chart.Point{{Year: 2021, Value: at(.5), Tip: n}}})
	}
	shares, err1 := chart.Dumbbell(v, "shares", names[0], names[4], names[0], pairs, chart.Table{})
	trend, err2 := chart.Lines(v, "trend", names[0], points, names[3], chart.Table{})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	charts := append(kinds(t, w)[3:], shares, trend)
	var tips []struct{ Name, Tip string }
	const hover = `[...document.querySelectorAll('figure[data-chart]')].flatMap(f => {
  const chart = echarts.getInstanceByDom(f.querySelector('.plot')), out = [];
  const texts = () => [...f.querySelectorAll('svg text')].map(t => t.textContent.replace(/\u2060/g, '').replace(/\u00a0/g, ' '));
  const without = texts().length;
  chart.getOption().series.forEach((s, i) => (s.data || []).forEach((d, k) => {
    chart.dispatchAction({ type: 'showTip', seriesIndex: i, dataIndex: k });
    chart.getZr().flush();
    out.push({ Name: d.name || '', Tip: texts().slice(without).join('\n') });
  }));
  return out;
})`
	quiet(t, b.Open(t, browsertest.Page{URL: serveFolder(t, writePage(t, "en", charts)), Width: 1280, Height: 900, Eval: hover, Result: &tips}))
	shown := map[string]bool{}
	for _, x := range tips {
		if x.Name != "" && x.Tip != x.Name {
			t.Errorf("the tooltip of %q is %q", x.Name, x.Tip)
		}
		for _, n := range names {
			if strings.Contains(x.Tip, n) {
				shown[n] = true
			}
		}
	}
	if len(shown) != len(names) {
		t.Errorf("tooltips show only %v", shown)
	}
}

// TestChartsFollowTheWindow narrows a page and widens it again.
func TestChartsFollowTheWindow(t *testing.T) {
	b := browsertest.New(t)
	dir := writePage(t, "ar", kinds(t, arabic))
	var before, after []layout
	open := func(eval string, result any) {
		quiet(t, b.Open(t, browsertest.Page{URL: serveFolder(t, dir), Width: 1000, Height: 900, Eval: eval, Result: result}))
	}
	open(readLayout, &before)
	// Each step waits for the observers of the size to have run.
	open(`(async () => {
  const step = w => new Promise(done => { document.querySelector('main').style.width = w; setTimeout(done, 300); });
  await step('340px'); await step('');
  return `+readLayout+`;
})()`, &after)
	for i := range before {
		for s, x := range before[i].At {
			if y, ok := after[i].At[s]; !ok || y-x > 1 || x-y > 1 {
				t.Errorf("%s: %q stood at %.0f, and after the window changed at %.0f", before[i].Chart, s, x, y)
			}
		}
	}
}

// TestPaperShowsChartsWholeAndTablesOpen asks a page what it would print.
func TestPaperShowsChartsWholeAndTablesOpen(t *testing.T) {
	b := browsertest.New(t)
	var got struct {
		Printing, Back []float64
		Closed         int
	}
	quiet(t, b.Open(t, browsertest.Page{URL: serveFolder(t, writePage(t, "en", kinds(t, english))), Width: 1280, Height: 900, Result: &got, Eval: `(() => {
  const widths = () => [...document.querySelectorAll('.plot svg')].map(s => s.getBoundingClientRect().width);
  dispatchEvent(new Event('beforeprint'));
  const printing = widths(), closed = document.querySelectorAll('details:not([open])').length;
  dispatchEvent(new Event('afterprint'));
  return { Printing: printing, Closed: closed, Back: widths() };
})()`}))
	for i := range got.Printing {
		if got.Printing[i] > 700 || got.Back[i] < 1000 {
			t.Errorf("a chart is %.0f pixels wide on paper and %.0f after", got.Printing[i], got.Back[i])
		}
	}
	if len(got.Printing) != 4 || got.Closed > 0 {
		t.Errorf("%d charts, %d tables closed", len(got.Printing), got.Closed)
	}
}
