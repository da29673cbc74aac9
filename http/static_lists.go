package http

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// contentsBody is the table of contents of a report.
type contentsBody struct {
	Lead  string
	Pages []contentsPage
	Print string
	About string // the file that says what the report is
}

type contentsPage struct {
	Kind, Title, Href, Choice string // Kind is "" where the title says it
	Below                     bool   // the page before it that is not leads to it
	Charts                    []contentsChart
}

type contentsChart struct{ Heading, CSV, CSVText, SVG, SVGText, PNG, PNGText string }

// list makes a page that lists the others.
func (w *report) list(lang, file, name, title string, l fileLinks, body func(p page) (any, error)) (*sheet, error) {
	l.file = file
	sh := &sheet{leaf: leaf{kind: name, file: file, template: name}, lang: lang, page: w.server.newPage(lang, l)}
	p := &sh.page
	p.Position, p.Simulated, p.Title = w.about.Position, w.about.Simulated, p.T(title)
	p.about(w.r, w.r.state.Framework(w.about.Framework))
	var err error
	if p.Body, err = body(*p); err != nil {
		return nil, err
	}
	sh.html, err = w.server.render(name, *p)
	return sh, err
}

// contents lists the pages of a language and the charts of each.
func (w *report) contents(lang string, l fileLinks) (*sheet, error) {
	return w.list(lang, contentsFile, "contents", "contents.title", l, func(p page) (any, error) {
		body := contentsBody{Lead: w.lead(p), Print: printFile, About: "../" + manifestName}
		for _, sh := range w.inLanguage(lang) {
			if sh.leaf.kind == "print" || sh.leaf.kind == "contents" {
				continue
			}
			row := contentsPage{Kind: sh.kindName(p), Title: sh.page.Title, Href: url.PathEscape(sh.leaf.file), Below: sh.leaf.id != ""}
			if sh.leaf.variant != nil && len(sh.page.Others) > 0 {
				row.Choice = sh.leaf.variant(p.P)
			}
			for _, f := range sh.figures() {
				row.Charts = append(row.Charts, contentsChart{f.Heading, f.CSV, f.CSVText, f.SVG, f.SVGText, f.PNG, f.PNGText})
			}
			body.Pages = append(body.Pages, row)
		}
		return body, nil
	})
}

// kindName is what kind of page it is, where its title is what it finds.
func (s *sheet) kindName(p page) string {
	switch s.leaf.kind {
	case "summit", "compare", "maturity":
		return p.T("nav." + s.leaf.kind)
	}
	return ""
}

// lead says of which rounds and which moment the report tells.
func (w *report) lead(p page) string {
	round := func(m manifestRound) string {
		rd, _ := w.r.state.Round(m.ID, w.r.at)
		return words{p.P}.round(rd)
	}
	return p.T("contents.lead", "from", round(w.about.From), "to", round(w.about.To), "recorded", p.P.ID(w.about.Recorded), "position", w.about.Position)
}

// printBody is the whole report on one page.
type printBody struct {
	Lead  string
	Parts []printPart
}

type printPart struct {
	Anchor, Kind, Title string
	HTML                template.HTML
}

// print puts what all pages of a language hold on one page, each beginning a sheet.
func (w *report) print(lang string, l fileLinks) (*sheet, error) {
	return w.list(lang, printFile, "print", "print.title", l, func(p page) (any, error) {
		body := printBody{Lead: w.lead(p)}
		anchors := map[string]string{}
		sheets := w.inLanguage(lang)
		for _, sh := range sheets {
			if sh.leaf.build != nil {
				anchors[sh.leaf.file] = strings.TrimSuffix(sh.leaf.file, ".html")
			}
		}
		for _, sh := range sheets {
			anchor, ok := anchors[sh.leaf.file]
			if !ok {
				continue
			}
			text, err := placedPage(sh.html, anchor, anchors)
			if err != nil {
				return nil, fmt.Errorf("print %s: %w", sh.leaf.file, err)
			}
			body.Parts = append(body.Parts, printPart{anchor, sh.kindName(p), sh.page.Title, text})
		}
		return body, nil
	})
}

// placedPage is what a page holds, to stand among others on one page: its ids begin
// with the anchor, links to other pages lead to their place, headings are one level
// lower, what opens is open, and there are no scripts.
func placedPage(source []byte, anchor string, anchors map[string]string) (template.HTML, error) {
	var b bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(source))
	in, skip := false, atom.Atom(0)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				return "", err
			}
			return template.HTML(b.String()), nil //nolint:gosec // html/template has written it
		}
		raw := bytes.Clone(z.Raw())
		t := z.Token()
		tag := kind == html.StartTagToken || kind == html.SelfClosingTagToken
		switch {
		case t.DataAtom == atom.Main:
			in = tag
		case !in || skip != 0:
			if kind == html.EndTagToken && t.DataAtom == skip {
				skip = 0
			}
		case kind == html.StartTagToken && (t.DataAtom == atom.Script || t.DataAtom == atom.Form || t.DataAtom == atom.Template || t.DataAtom == atom.Nav):
			skip = t.DataAtom
		case t.DataAtom == atom.Source:
			// The narrow picture is for phones.
		case tag || kind == html.EndTagToken:
			if placed(&t, anchor, anchors) {
				b.WriteString(t.String())
			} else {
				b.Write(raw)
			}
		default:
			b.Write(raw)
		}
	}
}

// lower are the headings one level below.
var lower = map[atom.Atom]string{atom.H1: "h2", atom.H2: "h3", atom.H3: "h4", atom.H4: "h5", atom.H5: "h6"}

// placed changes a tag for its place among other pages, and reports whether it has.
func placed(t *html.Token, anchor string, anchors map[string]string) bool {
	changed := false
	if name := lower[t.DataAtom]; name != "" {
		t.Data, changed = name, true
	}
	var kept []html.Attribute
	if t.Type != html.EndTagToken && t.DataAtom == atom.Details {
		kept, changed = append(kept, html.Attribute{Key: "open"}), true
	}
	for _, a := range t.Attr {
		was := a.Val
		switch a.Key {
		case "id", "for", "aria-labelledby", "aria-describedby", "aria-controls":
			ids := strings.Fields(a.Val)
			for i := range ids {
				ids[i] = anchor + "--" + ids[i]
			}
			a.Val = strings.Join(ids, " ")
		case "href":
			a.Val = placedLink(a.Val, anchor, anchors)
		case "loading", "data-chart", "open": // what is not loaded is not printed; no script draws
			changed = true
			continue
		}
		changed = changed || a.Val != was
		kept = append(kept, a)
	}
	t.Attr = kept
	return changed
}

// placedLink is where a link leads to on the one page.
func placedLink(href, anchor string, anchors map[string]string) string {
	file, fragment, has := strings.Cut(href, "#")
	to := anchor
	if file != "" {
		name, err := url.PathUnescape(file)
		if err != nil || anchors[name] == "" {
			return href
		}
		to = anchors[name]
	}
	if has && fragment != "" {
		return "#" + to + "--" + fragment
	}
	return "#" + to
}
