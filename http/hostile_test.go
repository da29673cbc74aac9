package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"headway/domain"
	"headway/events"
	webhttp "headway/http"
	"headway/http/browsertest"
	"headway/http/chart/render"
	"headway/projections/desk"
)

// hostile are names that break out of careless pages, charts and spreadsheets.
var hostile = []string{`</script><script>window.alerted=1;alert(1)</script>`, `<img src=x onerror="window.alerted=1">`, `__f__(window.alerted=1)__f__`,
	`=HYPERLINK("http://example.org","x")`, `{b|x} {c} "quote" 'quote' & \`, "\u202etxet eht snrut\u202c\u2067 and isolates it"}

// hostileWorld serves a framework whose every text is hostile: names of what is
// asked and of who answers, notes, evidence, documents, reasons, comments, releases.
func hostileWorld(t *testing.T, change ...func(*webhttp.Options)) *world {
	t.Helper()
	w := empty(t, change...)
	ctx := context.Background()
	by := events.Stamp{Actor: "tester"}
	f := domain.Framework{ID: "bad", Version: "1", Name: domain.Text{"en": hostile[0], "ar": hostile[1]}, Scales: []domain.Scale{domain.Binary()}}
	for i, name := range hostile {
		d := fmt.Sprintf("d%d", i)
		f.Domains = append(f.Domains, domain.Domain{ID: d, Name: domain.Text{"en": name, "ar": name}})
		f.Indicators = append(f.Indicators, domain.Indicator{ID: domain.IndicatorID(d + ".x.y"), Domain: d, Scale: "binary", Polarity: domain.Positive,
			Name: domain.Text{"en": name, "ar": name}, Wording: domain.Text{"en": name}, Source: domain.Source{Document: name, Quote: name}})
	}
	m := domain.MaturityModel{ID: "m", Framework: "bad", Name: domain.Text{"en": hostile[0]}, Stages: []domain.Stage{
		{ID: "a", Name: domain.Text{"en": hostile[0]}}, {ID: "b", Name: domain.Text{"en": hostile[2]}, Rule: "share() > 0.5"}}}
	_, err1 := w.desk.PublishFramework(ctx, by, f, domain.Source{})
	_, err2 := w.desk.PublishModel(ctx, by, m, domain.Source{})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i, round := range []domain.RoundID{"2021", "2023"} {
		var who []domain.Enrolment
		csv := "country,indicator,status,note\n"
		for k := range 12 {
			code := domain.Respondent(fmt.Sprintf("X%cA", 'A'+k))
			who = append(who, domain.Enrolment{Respondent: code, Kind: domain.AnonymousKind, Name: domain.Text{"en": hostile[k%len(hostile)]}})
			for n, in := range f.Indicators {
				status := domain.NotInPlace
				if (k+n)%2 == i || k < 4 {
					status = domain.InPlace
				}
				csv += fmt.Sprintf("%s,%s,%s,\"%s\"\n", code, in.ID, status, strings.ReplaceAll(hostile[n], `"`, `""`))
			}
		}
		rd := domain.Round{ID: round, Framework: "bad", ReferenceDate: domain.Date{Year: 2021 + 2*i}, Name: domain.Text{"en": hostile[i], "ar": hostile[i]}}
		_, err1 := w.desk.OpenRound(ctx, by, rd, "", domain.Source{})
		_, err2 := w.desk.Enrol(ctx, by, round, domain.Source{}, who...)
		_, err3 := w.desk.Import(ctx, by, deskFile("answers.csv", round, csv), false)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
	}
	hostileLife(t, w, by)
	return w
}

// hostileLife goes on in a hostile world: submissions, corrections, a closed round
// and a release, each with a hostile text for each of its words.
func hostileLife(t *testing.T, w *world, by events.Stamp) {
	t.Helper()
	ctx, ana := context.Background(), events.Stamp{Actor: "ana"}
	must := func(r desk.Receipt, err error) desk.Receipt {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	submit := func(code domain.Respondent, status domain.Status) string {
		t.Helper()
		src := domain.Source{Document: hostile[1], File: hostile[0], Quote: hostile[2]}
		return must(w.desk.Submit(ctx, by, "2023", domain.Submit{Country: code, Note: hostile[0], Source: src, Answers: []domain.Draft{{
			Indicator: "d0.x.y", Status: status, Note: hostile[1], Evidence: []string{"https://example.org/?q=%22%3E" + `<img+src=x+onerror=alert(1)>`},
			Documents: []domain.Document{{Name: "<img src=x onerror=alert(1)>", Type: "text/html", Size: 7, SHA256: strings.Repeat("ab", 32)},
				{Name: "__f__alert(2)__f__", Type: "text/html", Size: 7, SHA256: strings.Repeat("cd", 32)}}}}})).EventIDs[0]
	}
	r := must(w.desk.Approve(ctx, ana, submit("XAA", domain.NotInPlace), hostile[0], "", domain.Source{}))
	must(w.desk.Correct(ctx, ana, domain.Correct{EventID: r.EventIDs[0], Status: domain.InPlace, Reason: hostile[1]}))
	must(w.desk.Return(ctx, ana, submit("XAA", domain.NotInPlace), hostile[0], domain.Source{}))
	submit("XBA", domain.NotInPlace)
	if _, err := w.desk.Release(ctx, ana, domain.Release{Name: hostile[0], Rounds: []domain.RoundID{"2021", "2023"}}, false); err != nil {
		t.Fatal(err)
	}
	must(w.desk.CloseRound(ctx, ana, "2021", hostile[0], domain.Source{}))
	must(w.desk.ReopenRound(ctx, ana, "2021", hostile[1], domain.Source{}))
}

// hostilePages are the pages of a hostile world, and those that say back what was
// asked for.
func hostilePages(t testing.TB, w *world) []string {
	t.Helper()
	pages := []string{"/?from=2021&to=2023", "/compare?from=2021&to=2023&panel=matched", "/indicators?x=1", "/indicators/d0.x.y?x=1", "/maturity?x=1", "/rounds?x=1",
		"/rounds/2021?x=1", "/countries/XAA?x=1", "/rounds/2023/answers?country=XAA", "/rounds/2023/answers?x=1", "/rounds/2023/import?x=1", "/submissions?x=1",
		"/submissions/" + w.pending(t) + "?x=1", "/audit?x=1", "/login?x=1"}
	for _, asked := range hostile[:2] {
		q := url.QueryEscape(asked)
		pages = append(pages, "/audit?text="+q, "/audit?since="+q, "/?from="+q, "/?framework="+q, "/compare?sort="+q+"&group="+q, "/maturity?model="+q,
			"/indicators/"+url.PathEscape(asked)+"?x=1", "/countries/"+url.PathEscape(asked)+"?x=1", "/rounds/"+url.PathEscape(asked)+"?x=1", "/"+url.PathEscape(asked)+"?x=1")
	}
	return pages
}

// TestNoPageHoldsMarkupOfAUser reads every page of a good world and of a hostile
// one, for anybody and for an analyst: under the strict policy, and without a
// style, a handler, a script of its own, or an image, frame or link that a text has
// become.
func TestNoPageHoldsMarkupOfAUser(t *testing.T) {
	good, bad := audited(t), hostileWorld(t)
	ask := func(w *world, paths []string) {
		t.Helper()
		token := w.token(t, domain.Analyst, "")
		for _, path := range paths {
			for _, lang := range []string{"en", "ar"} {
				for _, by := range []string{"", token} {
					r := w.do(t, http.MethodGet, path+"&lang="+lang, by, nil, "Accept", "text/html")
					safe(t, path+" "+lang, r)
				}
			}
		}
	}
	var paths []string
	for _, c := range everyPage(t, good) {
		paths = append(paths, c.path)
	}
	ask(good, paths)
	ask(bad, hostilePages(t, bad))
	for _, path := range []string{"/nothing", "/api/v1/rounds", "/api/v1/status", "/audit.csv", "/healthz"} {
		strict(t, path, good.get(t, path, ""))
	}
}

// strict checks the policy that an answer came with.
func strict(t *testing.T, path string, r reply) {
	t.Helper()
	p := r.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(p, want) || strings.Contains(p, "unsafe") {
			t.Errorf("%s: the policy is %q", path, p)
			return
		}
	}
}

// safe checks an answer that is a page.
func safe(t *testing.T, path string, r reply) {
	t.Helper()
	strict(t, path, r)
	if !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Errorf("%s: %d, %s", path, r.status, r.header.Get("Content-Type"))
		return
	}
	doc, err := html.Parse(strings.NewReader(r.body))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if what := unsafeElement(n); what != "" {
			t.Errorf("%s: %s", path, what)
		}
	}
}

// unsafeElement says what is wrong with an element; "" where nothing is.
func unsafeElement(n *html.Node) string {
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc" {
			return fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val)
		}
		if a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction" {
			if u, err := url.Parse(a.Val); err != nil || !slices.Contains([]string{"", "https", "http", "data"}, u.Scheme) || u.Scheme == "data" && n.Data != "link" {
				return fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
	switch n.Data {
	case "style", "iframe", "object", "embed", "base", "math", "audio", "video":
		return "<" + n.Data + ">"
	case "meta":
		if attr["http-equiv"] != "" {
			return "<meta http-equiv>"
		}
	case "img":
		if !strings.HasPrefix(attr["src"], "/") {
			return fmt.Sprintf("<img src=%q>", attr["src"])
		}
	case "script":
		if attr["type"] == "application/json" && n.FirstChild != nil && json.Valid([]byte(n.FirstChild.Data)) {
			return ""
		}
		if !strings.HasPrefix(attr["src"], "/assets/") || n.FirstChild != nil {
			return fmt.Sprintf("<script src=%q>", attr["src"])
		}
	}
	return ""
}

// TestNoPictureHoldsMarkupOfAUser reads the pictures of a hostile world's charts.
func TestNoPictureHoldsMarkupOfAUser(t *testing.T) {
	pictures, err := render.New(render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := hostileWorld(t, func(o *webhttp.Options) { o.Pictures = pictures })
	token := w.token(t, domain.Analyst, "")
	picture := regexp.MustCompile(`(?:href|src)="([^"]+\.svg[^"]*)"`)
	seen := 0
	for _, path := range []string{"/compare?from=2021&to=2023&lang=en", "/maturity?lang=en", "/indicators/d0.x.y?lang=en"} {
		for _, m := range picture.FindAllStringSubmatch(w.get(t, path, token).body, -1) {
			if strings.Contains(m[1], ".plot.svg") {
				continue // the slide has all of it, and the heading
			}
			r := w.get(t, html.UnescapeString(m[1]), token)
			if seen++; r.status != http.StatusOK {
				t.Errorf("%s: %d", m[1], r.status)
				continue
			}
			strict(t, m[1], r)
			still(t, m[1], r.body)
		}
	}
	if seen == 0 {
		t.Error("the pages link to no picture")
	}
}

// still checks that a picture runs nothing and loads nothing.
func still(t *testing.T, name, svg string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewBufferString(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains([]string{"script", "foreignObject", "image", "a", "animate", "set"}, e.Name.Local) {
			t.Errorf("%s: <%s>", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") {
				t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
}

// TestHostileTextsStayTextInABrowser lets a browser try: pages as an analyst sees
// them, everything opened.
func TestHostileTextsStayTextInABrowser(t *testing.T) {
	w := hostileWorld(t)
	root := w.bearing(t, w.token(t, domain.Analyst, ""))
	tab := browsertest.New(t).Tab(t)
	open := `document.querySelectorAll("details").forEach(d => d.open = true);` + readFacts
	for _, path := range hostilePages(t, w)[:15] {
		for _, lang := range []string{"en", "ar"} {
			if lang == "ar" && !strings.HasPrefix(path, "/?") && !strings.HasPrefix(path, "/compare") {
				continue // the same templates
			}
			var f facts
			v := tab.Load(t, browsertest.Page{URL: root + path + "&lang=" + lang, Width: 1280, Height: 900, Eval: open, Result: &f})
			check(t, v, f, lang)
			if strings.Contains(path, "/login") || strings.Contains(path, "/import") {
				continue
			}
			if !strings.Contains(f.Text, "<script>") && !strings.Contains(f.Text, "onerror=") {
				t.Errorf("%s: the texts are not there as texts", path)
			}
		}
	}
}

// TestNoFileOfNumbersHoldsAFormula reads the numbers of charts whose names are
// formulas.
func TestNoFileOfNumbersHoldsAFormula(t *testing.T) {
	w := hostileWorld(t)
	for _, c := range []string{"shares", "trend", "stages"} {
		r := w.get(t, "/charts/"+c+".csv", "")
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d", c, r.status)
		}
		if regexp.MustCompile(`(?m)(^|,)"?=HYPER`).MatchString(r.body) {
			t.Errorf("%s.csv holds a formula:\n%s", c, r.body)
		}
	}
}
