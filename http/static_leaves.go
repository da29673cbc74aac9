package http

import (
	"fmt"
	"net/url"
	"strings"

	"headway/domain"
	"headway/domain/maturity"
	"headway/http/i18n"
)

// leaf is an entry of the table of pages of a static report: what page of the
// server it is, the file it becomes, and what builds it.
type leaf struct {
	kind, id string // as in links.page
	file     string
	template string
	// variant is the name of a choice that this page has made of those which the
	// page of its kind offers, by the name of the choice; nil for the page itself.
	variant func(p *i18n.Printer) string
	build   func(lang string, l links) (page, error)
}

// leaves are the pages of a report, in the order in which one would read them. A
// page that is to be in reports is an entry here, and nothing else.
func (s *server) leaves(r reading, o Static) ([]leaf, error) {
	rd, err := r.state.MeantRound(o.To, "", r.at)
	if err != nil {
		return nil, err
	}
	f := r.state.Framework(rd.Framework)
	choice := summitChoice{from: o.From, to: o.To}
	out := []leaf{{kind: "summit", file: "index.html", template: "summit",
		build: func(lang string, l links) (page, error) { return s.summitOf(r, choice, lang, l) }}}
	comparisons, err := s.comparisons(r, choice)
	if err != nil {
		return nil, err
	}
	out = append(out, comparisons...)
	out = append(out, leaf{kind: "indicators", file: "indicators.html", template: "indicators",
		build: func(lang string, l links) (page, error) { return s.indicatorsOf(r, f.ID, lang, l) }})
	for _, in := range f.Indicators {
		out = append(out, leaf{kind: "indicator", id: string(in.ID), file: fileOf("indicator", string(in.ID)), template: "indicator",
			build: func(lang string, l links) (page, error) {
				return s.indicatorOf(r, f.ID, in.ID, indicatorChoice{}, lang, l)
			}})
	}
	stages, err := s.stagings(r, f)
	if err != nil {
		return nil, err
	}
	out = append(out, stages...)
	out = append(out, leaf{kind: "rounds", file: "rounds.html", template: "rounds",
		build: func(lang string, l links) (page, error) { return s.roundsOf(r, lang, l) }})
	for _, row := range s.rounds(r) {
		out = append(out, leaf{kind: "round", id: string(row.ID), file: fileOf("round", string(row.ID)), template: "round",
			build: func(lang string, l links) (page, error) { return s.roundOf(r, row.ID, lang, l) }})
	}
	return append(out, leaf{kind: "method", file: "method.html", template: "method",
		build: func(lang string, l links) (page, error) { return s.methodOf(r, f.ID, lang, l) }}), nil
}

// comparisons are the page of comparisons under every choice of panel and group that
// it offers to anybody, also from a simulated round that stands in for the earlier one.
func (s *server) comparisons(r reading, base summitChoice) ([]leaf, error) {
	var out []leaf
	add := func(c compareChoice, name func(p *i18n.Printer) string) {
		l := leaf{kind: "compare", file: "compare.html", template: "compare", variant: name,
			build: func(lang string, l links) (page, error) { return s.compareOf(r, c, lang, l) }}
		if len(out) > 0 {
			l.id, l.file = c.query().Encode(), fmt.Sprintf("compare-%d.html", len(out)+1)
		}
		out = append(out, l)
	}
	for _, from := range s.startingPoints(r, base.from) {
		c := compareChoice{summitChoice: base}
		c.from = from.ID
		offered, err := s.compareOf(r, c, i18n.Languages[0], fileLinks{})
		if err != nil {
			return nil, err
		}
		body, _ := offered.Body.(compareBody)
		since := func(p *i18n.Printer, s string) string {
			if from.ID == base.from {
				return s
			}
			return words{p}.round(from) + ": " + s
		}
		panels := []domain.Panel{domain.All}
		for _, p := range body.Panels {
			if p.Value != string(domain.All) {
				panels = append(panels, domain.Panel(p.Value))
			}
		}
		for _, panel := range panels {
			under := c
			under.panel = panel
			add(under, func(p *i18n.Printer) string { return since(p, p.Text("choose."+string(panel))) })
		}
		for _, group := range body.Groups {
			if group.Value != "" {
				under := c
				under.group = group.Value
				add(under, func(p *i18n.Printer) string { return since(p, groupedBy(p, group.Value)) })
			}
		}
	}
	return out, nil
}

// startingPoints are the round that a report begins with, and the public simulated
// ones that stand in for it.
func (s *server) startingPoints(r reading, id domain.RoundID) []domain.Round {
	var out []domain.Round
	if rd, ok := r.state.Round(id, r.at); ok {
		out = append(out, rd)
	}
	for _, rd := range r.state.Rounds(r.at) {
		if rd.StandsInFor == id && r.public.Answers(rd.ID) != nil {
			out = append(out, rd)
		}
	}
	return out
}

// groupedBy is the name of the choice of an attribute.
func groupedBy(p *i18n.Printer, attribute string) string {
	name := p.Text("col." + attribute)
	if name == "col."+attribute { // an attribute that we do not know
		name = p.ID(attribute)
	}
	return p.Text("choose.group") + ": " + name
}

// stagings are the pages of each maturity model of a framework, whole and for each
// unit that has stages of its own.
func (s *server) stagings(r reading, f *domain.Framework) ([]leaf, error) {
	var out []leaf
	for _, m := range r.state.Models() {
		if m.Framework != f.ID {
			continue
		}
		model, err := maturity.Compile(m, f)
		if err != nil {
			return nil, fmt.Errorf("report on maturity: %w", err)
		}
		for i, u := range model.Units() {
			c := maturityChoice{framework: f.ID, model: m.ID, unit: u.ID}
			l := leaf{kind: "maturity", id: string(m.ID) + "/" + u.ID, file: fileOf("maturity", string(m.ID)), template: "maturity",
				variant: func(p *i18n.Printer) string { return p.Name(m.Name) + ", " + p.Name(u.Name) },
				build:   func(lang string, l links) (page, error) { return s.maturityOf(r, c, lang, l) }}
			if i > 0 {
				l.file = fileOf("maturity", fmt.Sprintf("%s-%d", m.ID, i+1))
			}
			if len(out) == 0 {
				l.id = "" // where links to maturity lead
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// fileOf is the file of a page about something. Ids have no slashes, and the longest
// leaves the name below the 255 bytes that file systems allow.
func fileOf(kind, id string) string { return kind + "-" + id + ".html" }

// filesOf are the files of pages, by what page they are.
func filesOf(leaves []leaf) map[[2]string]string {
	out := map[[2]string]string{}
	for _, l := range leaves {
		out[[2]string{l.kind, l.id}] = l.file
	}
	return out
}

// variants are the ways to the same page under its other choices.
func variants(here leaf, all []leaf, p *i18n.Printer) []way {
	var out []way
	if here.variant == nil {
		return nil
	}
	for _, l := range all {
		if l.kind == here.kind && l.variant != nil && l.file != here.file {
			out = append(out, way{l.variant(p), url.PathEscape(l.file)})
		}
	}
	return out
}

// fileLinks are ways between files of a report: languages are folders beside each
// other.
type fileLinks struct {
	file  string
	files map[[2]string]string
	langs []string
	png   bool
}

// The pages that list the others.
const (
	contentsFile = "contents.html"
	printFile    = "print.html"
)

func (l fileLinks) page(kind, id string, _ domain.FrameworkID, _ string) string {
	switch kind {
	case "contents":
		return contentsFile
	case "print":
		return printFile
	case "maturity":
		id = "" // what a link chooses is another choice than those of files
	case "compare":
		if _, ok := l.files[[2]string{kind, id}]; !ok {
			id = "" // nor are all that can be compared
		}
	}
	file, ok := l.files[[2]string{kind, id}]
	if !ok {
		return "" // not in the report
	}
	return url.PathEscape(file)
}

func (l fileLinks) asset(name string) string { return "../assets/" + name }
func (l fileLinks) csv(name string) string   { return l.picture(name, csvFile) }

func (l fileLinks) picture(name, kind string) string {
	if kind == narrowFile || kind == pngFile && !l.png {
		return ""
	}
	return url.PathEscape(chartFileOf(l.file, name, kind))
}

// chartFileOf is the file of a chart of a page.
func chartFileOf(page, chart, kind string) string {
	if page == "index.html" {
		return chart + kind
	}
	return strings.TrimSuffix(page, "html") + chart + kind
}

func (l fileLinks) here(lang string) string { return "../" + lang + "/" + url.PathEscape(l.file) }
func (l fileLinks) path() string            { return l.file }
func (l fileLinks) static() bool            { return true }
func (l fileLinks) languages() []string     { return l.langs }
