package render

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/srwiley/rasterx"
)

// text paints a line of text by the outlines of its letters.
func (p *painter) text(d *xml.Decoder, s state, a attributes) error {
	var words struct {
		Text string `xml:",chardata"`
	}
	if err := d.DecodeElement(&words, &xml.StartElement{Name: xml.Name{Local: "text"}}); err != nil {
		return fmt.Errorf("read a text: %w", err)
	}
	if p.image == nil {
		return nil
	}
	st := style{words.Text, a.number("font-size", 12), a["font-weight"] == "bold" || a["font-weight"] == "700" || a["font-weight"] == "600"}
	line := p.letters.line(st)
	x, y := a.number("x", 0), a.number("y", 0)
	switch a["text-anchor"] {
	case "middle":
		x -= p.letters.width(st) / 2
	case "end":
		x -= p.letters.width(st)
	}
	switch a["dominant-baseline"] {
	case "central":
		y += 0.355 * st.size // half of what letters rise, as browsers set these fonts
	case "text-before-edge", "hanging":
		y += 0.8 * st.size
	}
	var path rasterx.Path
	for _, run := range line {
		units := st.size / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			if outline, ok := run.Face.GlyphData(g.GlyphID).(font.GlyphOutline); ok {
				glyph(&path, outline, x+float64(g.XOffset)/64, y-float64(g.YOffset)/64, units)
			}
			x += float64(g.Advance) / 64
		}
	}
	// A halo keeps a text readable on what it stands on.
	if stroke := a["stroke"]; stroke != "" && stroke != "none" {
		halo := attributes{"stroke": stroke, "stroke-width": a["stroke-width"], "stroke-linejoin": "round", "stroke-opacity": a["stroke-opacity"]}
		p.stroke(s, halo, path)
	}
	p.fill(s, attributes{"fill": a["fill"], "fill-opacity": a["fill-opacity"], "opacity": a["opacity"]}, path)
	return nil
}

// glyph adds the outline of a letter to a path.
func glyph(path *rasterx.Path, outline font.GlyphOutline, x, y, units float64) {
	open := false
	at := func(p opentype.SegmentPoint) (float64, float64) {
		return x + float64(p.X)*units, y - float64(p.Y)*units
	}
	for _, seg := range outline.Segments {
		a, b := at(seg.Args[0])
		switch seg.Op {
		case opentype.SegmentOpMoveTo:
			if open {
				path.Stop(true)
			}
			path.Start(xy(a, b))
			open = true
		case opentype.SegmentOpLineTo:
			path.Line(xy(a, b))
		case opentype.SegmentOpQuadTo:
			c, d := at(seg.Args[1])
			path.QuadBezier(xy(a, b), xy(c, d))
		case opentype.SegmentOpCubeTo:
			c, d := at(seg.Args[1])
			e, f := at(seg.Args[2])
			path.CubeBezier(xy(a, b), xy(c, d), xy(e, f))
		}
	}
	if open {
		path.Stop(true)
	}
}

// reference is the id that an attribute such as url(#a) names.
func reference(value string) string {
	id, ok := strings.CutPrefix(value, "url(#")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(id, ")")
}
