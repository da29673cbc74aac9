package http

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/http/assets"
	"headway/http/chart"
	"headway/http/i18n"
	"headway/http/sentence"
	"headway/seeds"
)

//go:embed templates/*.html
var templateFiles embed.FS

// site is what the server and the static pages share: texts, templates, assets.
type site struct {
	assets    *assets.Set
	catalog   *i18n.Catalog
	sentences *sentence.Texts
	templates map[string]*template.Template
	pictures  bool // whether charts are also there as pictures
}

func newSite() (*site, error) {
	a, err := assets.Load()
	if err != nil {
		return nil, err
	}
	c, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	said, err := sentence.Load()
	if err != nil {
		return nil, err
	}
	s := &site{assets: a, catalog: c, sentences: said, templates: map[string]*template.Template{}}
	for _, name := range []string{"summit", "compare", "maturity", "heatmap", "method", "indicators", "indicator", "rounds", "round", "country", "submissions", "submission", "answers", "import", "audit", "login", "error", "contents", "print"} {
		t, err := template.New(name).Funcs(template.FuncMap{"whole": whole, "cells": cells, "tablerows": tableRows, "answers": answerCells}).ParseFS(templateFiles, "templates/base.html", "templates/parts.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("parse the templates: %w", err)
		}
		s.templates[name] = t
	}
	return s, nil
}

// links says how a page names other pages: by the server's paths, or by files
// beside it.
type links interface {
	// page is the way to a page of a kind about a framework, "" where there is one
	// only, in a language.
	page(kind, id string, f domain.FrameworkID, lang string) string
	asset(name string) string
	// csv is the way to the numbers of a chart of the page at hand.
	csv(chart string) string
	// picture is the way to a picture of a chart of the page at hand, by what ends
	// its file's name; "" where there is none.
	picture(chart, kind string) string
	// here is the page at hand in another language.
	here(lang string) string
	// path is where the page at hand is, without what was chosen.
	path() string
	static() bool
	languages() []string
}

// page is what every template sees.
type page struct {
	P         *i18n.Printer
	Title     string
	Simulated bool
	Charts    bool
	Position  events.Position
	seen      events.Position // of a framework that is newer than the numbers
	Body      any
	// Framework is what the page is about, where there are several; the way to the
	// summary and to the indicators stays with it.
	Framework domain.FrameworkID
	Fallback  string // says that the names are not in the page's language
	Missing   string // says that the page does not come in the language asked for
	Source    string // of a framework that is not the one Headway comes with
	site      *site
	links     links
	reader    *domain.Token // nil for anybody, and in files
	// Past says which earlier moment the page tells of, AsOf is that as the reader
	// chose it, and Now the way to the same page of the present; all "" for the
	// present.
	Past, AsOf, Now string
	// Others are ways to the same page under other choices, where it is a file.
	Others []way
	// Released says which release the numbers are of, and Unreleased that nothing was
	// released yet; "" for who sees all.
	Released, Unreleased string
}

// believed notes of which moment a page tells, and that the language asked for is
// none of ours.
func (p *page) believed(c echo.Context, r reading) {
	if asked := c.QueryParam("lang"); p.P != nil && asked != "" {
		if _, ok := p.site.catalog.Find(asked); !ok {
			p.Missing = p.T("lang.missing", "language", p.P.Language(asked))
		}
	}
	p.disclosed(r)
	p.seen = r.seen()
	if !r.past || p.P == nil {
		return
	}
	w := words{p.P}
	p.AsOf = c.QueryParam("asOf")
	p.Past = p.T("asof.banner", "position", w.ID(strconv.FormatInt(int64(r.at), 10)), "recorded", w.asOf(r.state, r.at))
	q := c.QueryParams()
	q.Del("asOf")
	p.Now = (&url.URL{Path: c.Request().URL.Path, RawQuery: q.Encode()}).String()
}

// disclosed notes of which release the page shows numbers.
func (p *page) disclosed(r reading) {
	switch {
	case p.P == nil || r.public == nil:
	case r.release != nil:
		p.Released = p.T("release.of", "number", r.release.Number, "recorded", words{p.P}.asOf(r.state, r.release.At))
		if body, ok := p.Body.(charted); ok && r.reader == nil { // a focal point's own answers are of no release
			for i, all := 0, body.figures(); i < len(all); i++ {
				all[i].Foot = strings.TrimSpace(all[i].Foot + " " + p.T("foot.release", "number", r.release.Number))
			}
		}
	case len(r.state.Rounds(r.at)) > 0:
		p.Unreleased = p.T("release.none")
	}
}

// TimeTravels reports whether the page's reader may read the past.
func (p page) TimeTravels() bool { return p.reader.SeesAll() }

// Live reports whether the page is to hear of what is newer than it.
func (p page) Live() bool { return p.Position > 0 && p.Past == "" && !p.Static() }

// Seen is the newest position of what the page shows.
func (p page) Seen() events.Position { return max(p.Position, p.seen) }

// Links reports whether the page offers links to itself.
func (p page) Links() bool { return p.Position > 0 && !p.Static() }

// Fixed is the asOf of the very state that the page shows, for a reader who may
// ask for it later; "" for others.
func (p page) Fixed() string {
	if !p.TimeTravels() && (p.reader != nil || p.Released == "") { // a focal point reads the present
		return ""
	}
	return strconv.FormatInt(int64(p.Seen()), 10)
}

// Audits reports whether the page's reader may search the log.
func (p page) Audits() bool { return p.reader != nil }

// Submits reports whether the page's reader has to do with submissions.
func (p page) Submits() bool {
	return p.reader != nil && (p.reader.Reviews() || p.reader.Role == domain.FocalPoint)
}

// T is a text of the page's language.
func (p page) T(key string, pairs ...any) string { return p.P.Text(key, pairs...) }

// N is a text of the page's language that goes with a number, for which it has
// plural forms.
func (p page) N(key string, n int, pairs ...any) string { return p.P.Count(key, n, pairs...) }

// Link is the way to another page, in this language.
func (p page) Link(kind, id string) string { return p.links.page(kind, id, p.Framework, p.P.Lang) }

// Here is the attribute of a link of the head that leads to the page at hand, or to
// the list that it is of.
func (p page) Here(kind string) template.HTMLAttr {
	to, err := url.Parse(p.Link(kind, ""))
	switch at := p.links.path(); {
	case err != nil:
		return ""
	case to.Path == at:
		return `aria-current="page"`
	case to.Path != "/" && strings.HasPrefix(at, to.Path+"/"):
		return `aria-current="true"`
	}
	return ""
}

// about says which framework a page is about.
func (p *page) about(r reading, f *domain.Framework) {
	if len(r.frameworks()) > 1 {
		p.Framework = f.ID
	}
	if _, lang := f.Name.In(p.P.Lang); lang != p.P.Lang {
		p.Fallback = p.T("fallback", "language", p.P.Language(lang))
		p.P.Tell(lang)
	}
	if f.ID != seeds.FrameworkID {
		p.Source = f.Source.String()
		if p.Source == "" {
			p.Source = p.P.Name(f.Name)
		}
	}
}

// head is a link of the head of a page; Here is the attribute that says that the
// page at hand is there.
type head struct {
	Name, Href string
	Here       template.HTMLAttr
}

// Navigation are the ways to the pages that stand above all others, as far as the
// reader has to do with them and they are there.
func (p page) Navigation() []head {
	kinds := []string{"summit", "compare", "indicators", "maturity"}
	if p.TimeTravels() {
		kinds = append(kinds, "heatmap")
	}
	kinds = append(kinds, "rounds", "method")
	if p.Static() {
		kinds = append(kinds, "contents", "print")
	} else {
		if p.Submits() {
			kinds = append(kinds, "submissions")
		}
		if p.Audits() {
			kinds = append(kinds, "audit")
		}
		kinds = append(kinds, "login")
	}
	var out []head
	for _, k := range kinds {
		if href := p.Link(k, ""); href != "" {
			out = append(out, head{p.T("nav." + k), href, p.Here(k)})
		}
	}
	return out
}

// Asset is the way to an asset; ECharts comes from its public host where it was
// not built in.
func (p page) Asset(short string) string {
	name := p.site.assets.Name(short)
	if name == "" {
		return assets.PublicHost + short
	}
	return p.links.asset(name)
}

// PublicHost reports whether the page loads ECharts from elsewhere.
func (p page) PublicHost() bool { return !assets.HasECharts() }

// Static reports whether the page is a file.
func (p page) Static() bool { return p.links.static() }

// languageLink is the page at hand in a language.
type languageLink struct{ Lang, Dir, Name, Href string }

// Languages are links to the page in the other languages.
func (p page) Languages() []languageLink {
	var out []languageLink
	for _, l := range p.links.languages() {
		if l != p.P.Lang {
			other := p.site.catalog.Printer(l)
			out = append(out, languageLink{l, other.Dir(), other.Text("language"), p.links.here(l)})
		}
	}
	return out
}

// figure is a chart with its heading, its numbers and where they come from.
type figure struct {
	Chart                                                             chart.Chart
	Heading, Note, Foot, Suppressed, CSV, CSVText, TableText, NoChart string
	JSON                                                              template.JS
	// The pictures of the chart: what the page shows without a script, wide and
	// narrow, and what one takes along; all "" where none are drawn.
	Plot, Narrow, SVG, PNG string
	SVGText, PNGText       string
	Lazy                   bool   // not needed at once
	Tiles                  []tile // above the chart, or in its place
	Open                   bool   // the table is in sight
}

// figure completes a chart. The JSON is escaped by encoding/json, so that nothing
// in it can end the script element, whose type keeps it from running.
func (p page) figure(c chart.Chart, heading, note, foot string, suppressed bool) (figure, error) {
	text, err := c.JSON()
	if err != nil {
		return figure{}, err
	}
	f := figure{Chart: c, Heading: heading, Note: note, Foot: foot, CSV: p.links.csv(c.Name), CSVText: p.T("csv"),
		TableText: p.T("table"), NoChart: p.T("nochart"), JSON: template.JS(text)} //nolint:gosec // see above
	if suppressed {
		f.Suppressed = p.T("suppressed.why")
	}
	if p.site.pictures {
		f.Plot, f.Narrow = p.links.picture(c.Name, plotFile), p.links.picture(c.Name, narrowFile)
	}
	p.takeAlong(&f)
	return f, nil
}

// takeAlong gives a figure the pictures for slides, where they are drawn.
func (p page) takeAlong(f *figure) {
	if p.site.pictures {
		f.SVG, f.PNG = p.links.picture(f.Chart.Name, svgFile), p.links.picture(f.Chart.Name, pngFile)
		f.SVGText, f.PNGText = p.T("picture.svg"), p.T("picture.png")
	}
}

// tableOf is a figure that is a table, without a chart.
func (p page) tableOf(name, heading, note, foot string, t chart.Table) figure {
	return figure{Chart: chart.Chart{Name: name, Table: t}, Heading: heading, Note: note, Foot: foot, CSV: p.links.csv(name), CSVText: p.T("csv"), TableText: p.T("table"), Open: true}
}

// render writes a page.
func (s *site) render(name string, p page) ([]byte, error) {
	var b bytes.Buffer
	if body, ok := p.Body.(charted); ok {
		for i, all := 1, body.figures(); i < len(all); i++ {
			all[i].Lazy = true
		}
	}
	if err := s.templates[name].ExecuteTemplate(&b, "base", p); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// serverLinks are the paths of the server; query is that of the page at hand.
type serverLinks struct{ at *url.URL }

func (l serverLinks) page(kind, id string, f domain.FrameworkID, lang string) string {
	path := map[string]string{"summit": "/", "compare": "/compare", "indicators": "/indicators", "rounds": "/rounds", "login": "/login", "submissions": "/submissions",
		"submission": "/submissions/" + url.PathEscape(id), "answers": "/rounds/" + url.PathEscape(id) + "/answers",
		"import":    "/rounds/" + url.PathEscape(id) + "/import",
		"indicator": "/indicators/" + url.PathEscape(id), "round": "/rounds/" + url.PathEscape(id),
		"maturity": "/maturity", "heatmap": "/heatmap", "method": "/method",
		"country": "/countries/" + url.PathEscape(id), "audit": "/audit", "event": "/audit"}[kind]
	query := "?lang=" + lang
	switch kind {
	case "summit", "compare", "maturity", "heatmap", "method", "indicators", "rounds", "indicator", "round", "country":
		if f != "" {
			query += "&framework=" + url.QueryEscape(string(f))
		}
		if kind == "compare" && id != "" { // what is compared, as a query
			query += "&" + id
		}
	case "audit":
		if id != "" {
			query += "&country=" + url.QueryEscape(id)
		}
	case "event":
		query += "&since=" + url.QueryEscape(id) + "&until=" + url.QueryEscape(id)
	}
	if asOf := l.at.Query().Get("asOf"); asOf != "" && kind != "login" && kind != "answers" && kind != "import" {
		query += "&asOf=" + url.QueryEscape(asOf)
	}
	return path + query
}

func (l serverLinks) asset(name string) string { return "/assets/" + name }

func (l serverLinks) csv(name string) string { return l.picture(name, csvFile) }

func (l serverLinks) picture(name, kind string) string {
	u := url.URL{Path: l.at.Path, RawQuery: l.at.RawQuery}
	if u.Path != "/" {
		u.Path += "/"
	}
	u.Path += "charts/" + name + kind
	return u.String()
}

func (l serverLinks) here(lang string) string {
	q := l.at.Query()
	q.Set("lang", lang)
	return (&url.URL{Path: l.at.Path, RawQuery: q.Encode()}).String()
}

func (l serverLinks) path() string        { return l.at.Path }
func (l serverLinks) static() bool        { return false }
func (l serverLinks) languages() []string { return i18n.Languages }
