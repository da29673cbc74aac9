package http

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/http/chart"
	"headway/http/chart/render"
)

// Pictures draws charts without a browser. Its errors are render.ErrNotBuilt where
// what it draws with is missing, and render.ErrBusy where too much waits.
type Pictures interface {
	// SVG draws a chart with nothing around it, for a page: Narrow on a phone.
	SVG(ctx context.Context, c chart.Chart, narrow bool) ([]byte, error)
	// Slide draws a chart with its heading and where it comes from, as SVG or PNG.
	Slide(ctx context.Context, s render.Slide, png bool) ([]byte, error)
}

// charted is the body of a page that has charts.
type charted interface{ figures() []figure }

// The files of a chart, by what follows its name: what a page shows, wide and on a
// phone; what one takes to a slide; the numbers.
const (
	plotFile   = ".plot.svg"
	narrowFile = ".narrow.svg"
	svgFile    = ".svg"
	pngFile    = ".png"
	csvFile    = ".csv"
)

// chartFile is the chart that a file is of, and what it is of it.
func chartFile(name string) (of, kind string, ok bool) {
	for _, kind := range []string{plotFile, narrowFile, svgFile, pngFile, csvFile} {
		if of, ok := strings.CutSuffix(name, kind); ok {
			return of, kind, true
		}
	}
	return "", "", false
}

// chartFiles sends a file of a chart of a page: build is what the page itself is
// built by, so that a file shows what the page shows to the same reader.
func (s *server) chartFiles(c echo.Context, build func(r reading) (page, error)) error {
	name, kind, ok := chartFile(c.Param("file"))
	if !ok {
		return echo.ErrNotFound
	}
	var p page
	if err := s.read(c, func(r reading) (err error) {
		p, err = build(r)
		p.reader = r.reader
		p.believed(c, r)
		return err
	}); err != nil {
		return err
	}
	body, _ := p.Body.(charted)
	if body == nil {
		return echo.ErrNotFound
	}
	for _, f := range body.figures() {
		if f.Chart.Name == name && (f.Chart.Drawable() || kind == csvFile) { // a table has no picture
			return s.chartFile(c, p, f, kind)
		}
	}
	return echo.ErrNotFound
}

// chartFile sends one file of a chart. What a chart is drawn from is its tag, so a
// reader who has it already costs no drawing.
func (s *server) chartFile(c echo.Context, p page, f figure, kind string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept-Language, Authorization, Cookie")
	tag, err := f.tag(p, kind)
	if err != nil {
		return err
	}
	if kind == csvFile {
		var b bytes.Buffer
		if err := writeCSV(&b, f.Chart.Table); err != nil {
			return err
		}
		return s.sendFile(c, tag, "text/csv; charset=utf-8", "headway-"+f.Chart.Name+csvFile, b.Bytes)
	}
	if s.Pictures == nil {
		return s.sendProblem(c, problem(http.StatusNotImplemented, "no_pictures", "this server draws no pictures"))
	}
	if unchanged(c, tag) {
		h.Set("ETag", tag)
		return c.NoContent(http.StatusNotModified)
	}
	data, err := drawing(c.Request().Context(), s.Pictures, p, f, kind)
	switch {
	case errors.Is(err, render.ErrNotBuilt):
		return s.sendProblem(c, problem(http.StatusNotImplemented, "not_built", "charts are not drawn on this server, because ECharts and the fonts were not built in: run `make build`"))
	case errors.Is(err, render.ErrBusy):
		h.Set("Retry-After", "5")
		return s.sendProblem(c, problem(http.StatusServiceUnavailable, "busy", "many charts are being drawn; try again in a few seconds"))
	case err != nil:
		return err
	}
	switch kind {
	case pngFile:
		return s.sendFile(c, tag, "image/png", "headway-"+f.Chart.Name+pngFile, func() []byte { return data })
	case svgFile:
		return s.sendFile(c, tag, "image/svg+xml", "headway-"+f.Chart.Name+svgFile, func() []byte { return data })
	}
	return s.sendFile(c, tag, "image/svg+xml", "", func() []byte { return data })
}

// drawing draws one picture of a chart.
func drawing(ctx context.Context, d Pictures, p page, f figure, kind string) ([]byte, error) {
	if kind == plotFile || kind == narrowFile {
		data, err := d.SVG(ctx, f.Chart, kind == narrowFile)
		if err != nil {
			return nil, fmt.Errorf("draw %s: %w", f.Chart.Name, err)
		}
		return data, nil
	}
	data, err := d.Slide(ctx, f.slide(p), kind == pngFile)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", f.Chart.Name, err)
	}
	return data, nil
}

// slide is a chart that stands alone: with its heading, and with every warning that
// its page has.
func (f figure) slide(p page) render.Slide {
	s := render.Slide{Chart: f.Chart, Heading: f.Heading, Lang: p.P.Lang, RTL: p.P.RTL()}
	for _, note := range []string{p.Past, f.Note} {
		if note != "" {
			s.Notes = append(s.Notes, note)
		}
	}
	if p.Simulated {
		s.Warning = p.T("simulated")
	}
	for _, line := range []string{f.Foot, f.Suppressed, p.T("app")} {
		if line != "" {
			s.Foot = append(s.Foot, line)
		}
	}
	return s
}

// tag is the entity tag of a file of a chart. Around a plot there is nothing of its
// page.
func (f figure) tag(p page, kind string) (string, error) {
	of := []any{render.Version, kind, p.P.Lang, f.Chart, string(f.JSON)}
	if kind != plotFile && kind != narrowFile {
		of = append(of, f.slide(p))
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(of); err != nil {
		return "", fmt.Errorf("tag %s: %w", f.Chart.Name, err)
	}
	return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`, nil
}

// unchanged reports whether the reader has what a tag names.
func unchanged(c echo.Context, tag string) bool {
	for _, t := range strings.Split(c.Request().Header.Get("If-None-Match"), ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
			return true
		}
	}
	return false
}

// sendFile sends a file, to be kept under a name where it has one.
func (s *server) sendFile(c echo.Context, tag, kind, name string, data func() []byte) error {
	h := c.Response().Header()
	h.Set("ETag", tag)
	if unchanged(c, tag) {
		return c.NoContent(http.StatusNotModified)
	}
	if name != "" {
		h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	}
	return c.Blob(http.StatusOK, kind, data())
}

// sendProblem answers with a problem as JSON, whatever was asked for.
func (s *server) sendProblem(c echo.Context, p *Problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("send a problem: %w", err)
	}
	return c.Blob(p.Status, "application/problem+json", body)
}

// Width and NarrowWidth are those of the pictures, in pixels.
func (f figure) Width() int       { return render.Wide }
func (f figure) NarrowWidth() int { return render.Narrow }
