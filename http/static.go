package http

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"headway/domain"
	"headway/projections"
)

// Static says what a static report holds.
type Static struct {
	From, To  domain.RoundID
	Languages []string
}

// WriteStatic writes the public pages as files that open from disk without a
// network: for each language the summary, the indicators and the numbers of each
// chart, of the framework that the later round asks. They are for anybody, so small numbers are hidden. It returns how many
// files it wrote; the same log and choice give the same bytes.
func WriteStatic(dir string, runner *projections.Runner, logger *slog.Logger, o Static) (int, error) {
	shared, err := newSite()
	if err != nil {
		return 0, err
	}
	s := &server{Options: Options{Runner: runner, Logger: logger}, site: shared, disclosure: domain.PublicDisclosure()}
	w := &fileWriter{dir: dir}
	for _, f := range shared.assets.All() {
		w.write(filepath.Join("assets", f.Name), f.Data)
	}
	runner.Read(func(st *projections.State) {
		r := reading{state: st, at: st.Position()}
		for _, lang := range o.Languages {
			if w.err == nil {
				w.err = s.writeLanguage(w, r, o, lang)
			}
		}
	})
	w.write("index.html", []byte(`<!doctype html><meta charset="utf-8"><title>Headway</title><meta http-equiv="refresh" content="0; url=`+
		o.Languages[0]+`/index.html"><a href="`+o.Languages[0]+`/index.html">Headway</a>`))
	return w.count, w.err
}

func (s *server) writeLanguage(w *fileWriter, r reading, o Static, lang string) error {
	write := func(file, name string, p page, err error) {
		if err == nil {
			var html []byte
			if html, err = s.render(name, p); err == nil {
				w.write(filepath.Join(lang, file), html)
			}
		}
		if w.err == nil {
			w.err = err
		}
	}
	numbers := func(figures []figure, prefix string) {
		for _, f := range figures {
			var b bytes.Buffer
			if err := writeCSV(&b, f.Chart.Table); err != nil && w.err == nil {
				w.err = err
			}
			w.write(filepath.Join(lang, prefix+f.Chart.Name+".csv"), b.Bytes())
		}
	}
	p, err := s.summitOf(r, summitChoice{from: o.From, to: o.To}, lang, fileLinks{file: "index.html", langs: o.Languages})
	body, _ := p.Body.(summitBody)
	body.Choices = nil // a file cannot ask for other rounds
	p.Body = body
	write("index.html", "summit", p, err)
	numbers(body.Figures, "")
	rd, err := r.state.MeantRound(o.To, "", r.at)
	if err != nil {
		return err
	}
	p, err = s.indicatorsOf(r, rd.Framework, lang, fileLinks{file: "indicators.html", langs: o.Languages})
	write("indicators.html", "indicators", p, err)
	for _, in := range r.state.Framework(rd.Framework).Indicators {
		file := indicatorFile(string(in.ID))
		p, err := s.indicatorOf(r, rd.Framework, in.ID, lang, fileLinks{file: file, prefix: strings.TrimSuffix(file, "html"), langs: o.Languages})
		write(file, "indicator", p, err)
		ib, _ := p.Body.(indicatorBody)
		numbers(ib.Figures, strings.TrimSuffix(file, "html"))
	}
	return w.err
}

// indicatorFile is the file of an indicator's page. Ids have no slashes, and the
// longest leaves the name below the 255 bytes that file systems allow.
func indicatorFile(id string) string { return "indicator-" + id + ".html" }

// fileWriter writes files until one fails.
type fileWriter struct {
	dir   string
	count int
	err   error
}

func (w *fileWriter) write(name string, data []byte) {
	if w.err != nil {
		return
	}
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.err = fmt.Errorf("write the report: %w", err)
		return
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		w.err = fmt.Errorf("write the report: %w", err)
		return
	}
	w.count++
}

// fileLinks are ways between files of a report: languages are folders beside each
// other.
type fileLinks struct {
	file, prefix string
	langs        []string
}

func (l fileLinks) page(kind, id string, _ domain.FrameworkID, _ string) string {
	switch kind {
	case "indicator":
		return url.PathEscape(indicatorFile(id))
	case "indicators":
		return "indicators.html"
	}
	return "index.html"
}

func (l fileLinks) asset(name string) string { return "../assets/" + name }
func (l fileLinks) csv(name string) string   { return url.PathEscape(l.prefix + name + ".csv") }
func (l fileLinks) picture(name, kind string) string {
	return url.PathEscape(l.prefix + name + kind)
}
func (l fileLinks) here(lang string) string { return "../" + lang + "/" + url.PathEscape(l.file) }
func (l fileLinks) path() string            { return url.PathEscape(l.file) }
func (l fileLinks) static() bool            { return true }
func (l fileLinks) languages() []string     { return l.langs }
