package http

import (
	"context"
	"log/slog"
	"path"
	"slices"

	"headway/domain"
	"headway/projections"
)

// Static says what a static report holds.
type Static struct {
	From, To  domain.RoundID
	Languages []string
	// Pictures draw the charts; nil leaves pictures out, and pages draw them by script.
	Pictures Pictures
	PNG      bool // pictures for slides as PNG too
}

// WriteStatic writes the public pages as files that open from disk without a
// network: in each language every page that anybody may read of the two rounds and
// of the framework that the later one asks, a table of contents, all of it on one
// page for print, and the numbers and pictures of every chart. They are for
// anybody, so small numbers are hidden. It returns how many files it wrote; the same
// log and choice give the same bytes.
//
// The folder is there as a whole or as it was before. One that holds anything but a
// report is refused.
func WriteStatic(ctx context.Context, dir string, runner *projections.Runner, logger *slog.Logger, o Static) (int, error) {
	shared, err := newSite()
	if err != nil {
		return 0, err
	}
	shared.pictures = o.Pictures != nil
	s := &server{Options: Options{Runner: runner, Logger: logger, Pictures: o.Pictures}, site: shared, disclosure: domain.PublicDisclosure()}
	to, err := newFolder(dir)
	if err != nil {
		return 0, err
	}
	defer to.discard()
	for _, f := range shared.assets.All() {
		if !servedOnly[shared.assets.Short(f.Name)] {
			to.write(path.Join("assets", f.Name), f.Data)
		}
	}
	var made *report
	runner.Read(func(st *projections.State) { made, err = s.report(ctx, st, o) })
	if err != nil {
		return 0, err
	}
	if err := made.write(ctx, to); err != nil {
		return 0, err
	}
	return to.replace()
}

// servedOnly are assets that do nothing in a file.
var servedOnly = map[string]bool{"live.js": true, "links.js": true}

// report is a static report, built and not yet written.
type report struct {
	server *server
	o      Static
	r      reading // to be looked at while the state is read only
	sheets []*sheet
	about  manifest
}

// sheet is a page of a report in one language.
type sheet struct {
	leaf leaf
	lang string
	page page
	html []byte
}

func (s *sheet) path() string { return path.Join(s.lang, s.leaf.file) }

// figures are the charts of a page.
func (s *sheet) figures() []figure {
	if body, ok := s.page.Body.(charted); ok {
		return body.figures()
	}
	return nil
}

// report builds all pages: those of the table of pages, on all cores, then what
// lists them.
func (s *server) report(ctx context.Context, st *projections.State, o Static) (*report, error) {
	r, err := s.readingOf(st, projections.Moment{}, nil)
	if err != nil {
		return nil, err
	}
	w := &report{server: s, o: o, r: r}
	leaves, err := s.leaves(w.r, o)
	if err != nil {
		return nil, err
	}
	for _, lang := range o.Languages {
		for _, l := range leaves {
			w.sheets = append(w.sheets, &sheet{leaf: l, lang: lang})
		}
	}
	files := filesOf(leaves)
	err = onAllCores(ctx, w.sheets, func(_ context.Context, sh *sheet) (err error) {
		ways := fileLinks{file: sh.leaf.file, files: files, langs: o.Languages, png: o.PNG}
		if sh.page, err = sh.leaf.build(sh.lang, ways); err != nil {
			return err
		}
		sh.page.disclosed(w.r)
		sh.page.Others = variants(sh.leaf, leaves, sh.page.P)
		sh.html, err = s.render(sh.leaf.template, sh.page)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := w.describe(); err != nil {
		return nil, err
	}
	for _, lang := range o.Languages {
		ways := fileLinks{files: files, langs: o.Languages, png: o.PNG}
		for _, add := range []func(string, fileLinks) (*sheet, error){w.contents, w.print} {
			sh, err := add(lang, ways)
			if err != nil {
				return nil, err
			}
			w.sheets = append(w.sheets, sh)
		}
	}
	return w, nil
}

// inLanguage are the pages of a language.
func (w *report) inLanguage(lang string) []*sheet {
	return slices.DeleteFunc(slices.Clone(w.sheets), func(s *sheet) bool { return s.lang != lang })
}

// simulated reports whether any page uses simulated answers.
func (w *report) simulated() bool {
	return slices.ContainsFunc(w.sheets, func(s *sheet) bool { return s.page.Simulated })
}
