package render

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"headway/http/assets"
)

// family names the fonts of pictures; who does not have them sees others. Widths are
// those of the first.
const family = "'Noto Sans', 'Noto Sans Arabic', system-ui, sans-serif"

// fonts are parsed once; faces made of them are for one typesetter each.
var fonts = sync.OnceValues(func() (parsed [2][]*font.Font, err error) {
	for i, bold := range []bool{false, true} {
		files, ok := assets.Fonts(bold)
		if !ok {
			return parsed, ErrNotBuilt
		}
		for _, data := range files {
			face, err := font.ParseTTF(bytes.NewReader(data))
			if err != nil {
				return parsed, fmt.Errorf("read a font: %w", err)
			}
			parsed[i] = append(parsed[i], face.Font)
		}
	}
	return parsed, nil
})

// typesetter shapes texts. It is for one goroutine.
type typesetter struct {
	faces  [2]faces // regular, bold
	shaper shaping.HarfbuzzShaper
	split  shaping.Segmenter
	wrap   shaping.LineWrapper
	widths map[style]float64
}

// style is a text and how it is set.
type style struct {
	text string
	size float64
	bold bool
}

// faces finds the font that has a letter.
type faces []*font.Face

// ResolveFace is the first face that has a letter, or the first of all.
func (f faces) ResolveFace(r rune) *font.Face {
	for _, face := range f {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return f[0]
}

func newTypesetter() (*typesetter, error) {
	parsed, err := fonts()
	if err != nil {
		return nil, err
	}
	t := &typesetter{widths: map[style]float64{}}
	for i, list := range parsed {
		for _, f := range list {
			t.faces[i] = append(t.faces[i], font.NewFace(f))
		}
	}
	return t, nil
}

// The isolates in which texts of a direction of their own stand.
const (
	isolateRTL = "\u2067"
	isolateEnd = "\u2069"
)

// line shapes a line of text: its runs from left to right.
func (t *typesetter) line(s style) shaping.Line {
	direction := di.DirectionLTR
	text := s.text
	// A text that is isolated as a whole has that direction as its own.
	if inner, ok := isolated(text); ok {
		text, direction = inner, di.DirectionRTL
	}
	runes := []rune(text)
	if len(runes) == 0 {
		return nil
	}
	weight := 0
	if s.bold {
		weight = 1
	}
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: direction, Size: fixed.Int26_6(math.Round(64 * s.size)), Language: language.NewLanguage("en")}
	var runs []shaping.Output
	for _, part := range t.split.Split(in, t.faces[weight]) {
		runs = append(runs, t.shaper.Shape(part))
	}
	lines, _ := t.wrap.WrapParagraph(shaping.WrapConfig{Direction: direction, DisableTrailingWhitespaceTrim: true, BreakPolicy: shaping.Never}, math.MaxInt32>>7, runes, shaping.NewSliceIterator(runs))
	if len(lines) == 0 {
		return nil
	}
	out := make(shaping.Line, len(lines[0]))
	for _, run := range lines[0] {
		out[run.VisualIndex] = run
	}
	return out
}

// isolated is what stands in an isolate from right to left that holds all of a text
// but for the space around it.
func isolated(text string) (string, bool) {
	inner, ok := strings.CutPrefix(strings.TrimLeft(text, " "), isolateRTL)
	if !ok {
		return text, false
	}
	before := text[:len(text)-len(inner)-len(isolateRTL)]
	depth := 1
	for i, r := range inner {
		switch r {
		case '\u2066', '\u2067', '\u2068':
			depth++
		case '\u2069':
			depth--
		}
		if depth == 0 {
			after := inner[i+len(isolateEnd):]
			return after + inner[:i] + before, strings.TrimRight(after, " ") == "" // what is left of it stays left
		}
	}
	return text, false
}

// width is how wide a line of text is, in pixels.
func (t *typesetter) width(s style) float64 {
	if w, ok := t.widths[s]; ok {
		return w
	}
	// ECharts takes the height of lines from a Chinese letter, which our fonts do
	// not have; it is as wide as the font is high.
	if s.text == "国" {
		return s.size
	}
	w := fixed.Int26_6(0)
	for _, run := range t.line(s) {
		w += run.Advance
	}
	t.widths[s] = float64(w) / 64
	return t.widths[s]
}

// fold breaks a text into lines that are at most so many pixels wide.
func (t *typesetter) fold(s style, most float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s.text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && t.width(style{longer, s.size, s.bold}) > most {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
