package render

import (
	"bytes"
	"fmt"

	"headway/http/chart"
)

// Slide is a chart that stands alone, with what its page says around it.
type Slide struct {
	Chart   chart.Chart
	Heading string
	Notes   []string // beneath the heading
	Warning string   // that answers are simulated
	Foot    []string // where the numbers come from
	Lang    string
	RTL     bool
}

// Room around a slide, in pixels.
const margin = 24

// paragraph is a text of a slide.
type paragraph struct {
	style  style
	height float64 // of a line
	color  string
	before float64
	boxed  bool
}

// around sets heading, notes, warning and foot about a plot.
func (s Slide) around(plot []byte) ([]byte, error) {
	letters, err := newTypesetter()
	if err != nil {
		return nil, err
	}
	above := []paragraph{{style{s.Heading, 24, true}, 32, "#111827", 0, false}}
	for _, n := range s.Notes {
		above = append(above, paragraph{style{n, 15, false}, 22, "#374151", 6, false})
	}
	if s.Warning != "" {
		above = append(above, paragraph{style{s.Warning, 15, true}, 22, "#5f370e", 14, true})
	}
	var below []paragraph
	for _, f := range s.Foot {
		below = append(below, paragraph{style{f, 12, false}, 17, "#4b5563", 4, false})
	}
	width := Wide + 2*margin
	var b bytes.Buffer
	top := s.paragraphs(&b, letters, above, margin) + 12
	fmt.Fprintf(&b, `<g transform="translate(%d %g)">`, margin, top)
	b.Write(nested(plot))
	b.WriteString("</g>\n")
	bottom := s.paragraphs(&b, letters, below, top+float64(s.Chart.Height)+8) + margin
	var out bytes.Buffer
	direction := "ltr"
	if s.RTL {
		direction = "rtl"
	}
	fmt.Fprintf(&out, `<svg role="img" xmlns="http://www.w3.org/2000/svg" width="%d" height="%g" viewBox="0 0 %d %g" lang="%s" data-dir="%s">`+"\n<title>", width, bottom, width, bottom, s.Lang, direction)
	escape(&out, s.Heading+" "+s.Chart.Aria)
	fmt.Fprintf(&out, "</title>\n"+`<rect x="0" y="0" width="%d" height="%g" fill="#ffffff"/>`+"\n", width, bottom)
	out.Write(b.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes(), nil
}

// paragraphs sets texts beneath one another, and returns where they end.
func (s Slide) paragraphs(b *bytes.Buffer, letters *typesetter, list []paragraph, top float64) float64 {
	x, anchor := float64(margin), "start"
	if s.RTL {
		x, anchor = float64(Wide+margin), "end"
	}
	for _, p := range list {
		inset := 0.0
		if p.boxed {
			inset = 10
		}
		lines := letters.fold(p.style, Wide-2*inset)
		top += p.before
		if p.boxed {
			fmt.Fprintf(b, `<rect x="%d" y="%g" width="%d" height="%g" fill="#fff3d6" stroke="%s"/>`+"\n", margin, top, Wide, p.height*float64(len(lines))+2*inset-4, p.color)
			top += inset - 2
		}
		weight := "normal"
		if p.style.bold {
			weight = "bold"
		}
		at := x + inset
		if s.RTL {
			at = x - inset
		}
		for _, l := range lines {
			if s.RTL {
				l = isolateRTL + l + isolateEnd
			}
			fmt.Fprintf(b, `<text x="%g" y="%g" text-anchor="%s" font-family="%s" font-size="%gpx" font-weight="%s" fill="%s">`, at, top+p.height*0.75, anchor, family, p.style.size, weight, p.color)
			escape(b, l)
			b.WriteString("</text>\n")
			top += p.height
		}
		if p.boxed {
			top += inset - 2
		}
	}
	return top
}

// nested is a plot without what only a document of its own needs.
func nested(plot []byte) []byte {
	if i := bytes.Index(plot, []byte("</title>")); i >= 0 {
		if j := bytes.IndexByte(plot, '>'); j >= 0 {
			return append(append([]byte{}, plot[:j+1]...), plot[i+len("</title>"):]...)
		}
	}
	return plot
}
