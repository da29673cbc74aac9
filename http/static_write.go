package http

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"headway/domain"
	"headway/events"
)

// manifestName is the file that says what a report is.
const manifestName = "report.json"

// generator marks a folder as a report of Headway.
const generator = "headway"

// manifest says of what and when a report tells, by which rule numbers are hidden,
// and which files it has.
type manifest struct {
	Generator string             `json:"generator"`
	Format    int                `json:"format"`
	Framework domain.FrameworkID `json:"framework"`
	From      manifestRound      `json:"from"`
	To        manifestRound      `json:"to"`
	Release   *manifestRelease   `json:"release"` // null where nothing was released
	Position  events.Position    `json:"position"`
	Recorded  string             `json:"recorded"` // when the event at the position was
	Simulated bool               `json:"simulated"`
	Rule      domain.Disclosure  `json:"disclosure"`
	Languages []string           `json:"languages"`
	Pages     []manifestPage     `json:"pages"`
	Files     []manifestFile     `json:"files"`
}

type manifestRelease struct {
	Number   int             `json:"number"`
	Name     string          `json:"name,omitempty"`
	Position events.Position `json:"position"`
}

type manifestRound struct {
	ID        domain.RoundID `json:"id"`
	Reference string         `json:"reference_date"`
	Simulated bool           `json:"simulated"`
}

type manifestPage struct {
	Path     string          `json:"path"`
	Language string          `json:"language"`
	Title    string          `json:"title"`
	Charts   []manifestChart `json:"charts,omitempty"`
}

type manifestChart struct {
	Heading string `json:"heading"`
	CSV     string `json:"csv"`
	SVG     string `json:"svg,omitempty"`
	PNG     string `json:"png,omitempty"`
}

type manifestFile struct {
	Path   string `json:"path"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// describe begins the manifest.
func (w *report) describe() error {
	st, at := w.r.state, w.r.at
	round := func(id domain.RoundID) (manifestRound, error) {
		rd, err := st.MeantRound(id, "", at)
		return manifestRound{rd.ID, rd.ReferenceDate.String(), rd.Simulated}, err
	}
	from, err := round(w.o.From)
	if err != nil {
		return err
	}
	to, err := round(w.o.To)
	if err != nil {
		return err
	}
	rd, _ := st.Round(to.ID, at)
	w.about = manifest{Generator: generator, Format: 1, Framework: rd.Framework, From: from, To: to, Position: at,
		Recorded: st.RecordedAt(at).UTC().Format(time.RFC3339), Simulated: w.simulated(), Rule: w.server.disclosure, Languages: w.o.Languages}
	if rel := w.r.release; rel != nil {
		w.about.Release = &manifestRelease{rel.Number, rel.Name, rel.At}
	}
	for _, sh := range w.sheets {
		p := manifestPage{Path: sh.path(), Language: sh.lang, Title: sh.page.Title}
		for _, f := range sh.figures() {
			c := manifestChart{Heading: f.Heading, CSV: sh.chart(f, csvFile)}
			if f.SVG != "" {
				c.SVG = sh.chart(f, svgFile)
			}
			if f.PNG != "" {
				c.PNG = sh.chart(f, pngFile)
			}
			p.Charts = append(p.Charts, c)
		}
		w.about.Pages = append(w.about.Pages, p)
	}
	return nil
}

// chart is the path of a file of a chart.
func (s *sheet) chart(f figure, kind string) string {
	return path.Join(s.lang, chartFileOf(s.leaf.file, f.Chart.Name, kind))
}

// write writes all files, drawing pictures on all cores.
func (w *report) write(ctx context.Context, to *folder) error {
	first := w.o.Languages[0]
	to.write("index.html", []byte(`<!doctype html><html lang="`+first+`"><meta charset="utf-8"><title>Headway</title><meta http-equiv="refresh" content="0; url=`+
		first+`/index.html"><a href="`+first+`/index.html">Headway</a></html>`))
	var drawings drawings
	for _, sh := range w.sheets {
		to.write(sh.path(), sh.html)
		for _, f := range sh.figures() {
			var b bytes.Buffer
			if err := writeCSV(&b, f.Chart.Table); err != nil {
				return err
			}
			to.write(sh.chart(f, csvFile), b.Bytes())
			if err := drawings.add(sh, f); err != nil {
				return err
			}
		}
	}
	err := onAllCores(ctx, drawings.list, func(ctx context.Context, d *drawn) error { return d.write(ctx, w.server.Pictures, to) })
	if err != nil {
		return err
	}
	if w.about.Files, err = to.listed(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(w.about, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	to.write(manifestName, append(data, '\n'))
	return nil
}

// drawings are the pictures to be drawn: those of one chart by one core, since they
// have its drawing in common, and each once, since pages under several choices have
// charts in common.
type drawings struct {
	list    []*drawn
	byChart map[string]*drawn
}

// drawn is a chart with its pictures.
type drawn struct{ pictures []*picture }

// picture is a picture of a chart, for every place where it is the same.
type picture struct {
	of        *sheet
	figure    figure
	kind, tag string
	paths     []string
}

func (d *drawings) add(sh *sheet, f figure) error {
	for _, x := range [][2]string{{plotFile, f.Plot}, {svgFile, f.SVG}, {pngFile, f.PNG}} {
		if x[1] == "" {
			continue
		}
		chart, err := f.tag(sh.page, plotFile)
		if err != nil {
			return err
		}
		tag, err := f.tag(sh.page, x[0])
		if err != nil {
			return err
		}
		if d.byChart == nil {
			d.byChart = map[string]*drawn{}
		}
		if d.byChart[chart] == nil {
			d.byChart[chart] = &drawn{}
			d.list = append(d.list, d.byChart[chart])
		}
		d.byChart[chart].add(&picture{of: sh, figure: f, kind: x[0], tag: tag}, sh.chart(f, x[0]))
	}
	return nil
}

func (d *drawn) add(p *picture, path string) {
	i := slices.IndexFunc(d.pictures, func(x *picture) bool { return x.tag == p.tag })
	if i < 0 {
		i, d.pictures = len(d.pictures), append(d.pictures, p)
	}
	d.pictures[i].paths = append(d.pictures[i].paths, path)
}

func (d *drawn) write(ctx context.Context, by Pictures, to *folder) error {
	for _, p := range d.pictures {
		data, err := drawing(ctx, by, p.of.page, p.figure, p.kind)
		if err != nil {
			return err
		}
		for _, name := range p.paths {
			to.write(name, data)
		}
	}
	return nil
}

// onAllCores does something with each of a list, and ends with the first error.
func onAllCores[T any](ctx context.Context, list []T, do func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, x := range list {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, x)
		})
	}
	return g.Wait()
}
