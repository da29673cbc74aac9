package render

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
)

func painted(t *testing.T, svg string) image.Image {
	t.Helper()
	data, err := PNG(context.Background(), []byte(svg), 1)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// inked says how much of a picture is dark, from 0 to 1.
func inked(img image.Image) float64 {
	b, sum := img.Bounds(), 0.0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, _, _, _ := img.At(x, y).RGBA()
			sum += 1 - float64(r)/0xffff
		}
	}
	return sum / float64(b.Dx()*b.Dy())
}

// TestPainting paints what ECharts writes and measures the ink.
func TestPainting(t *testing.T) {
	const head = `<svg width="40" height="40">`
	for name, c := range map[string]struct {
		body string
		ink  float64
	}{
		"nothing":                  {``, 0},
		"a rectangle":              {`<rect x="0" y="0" width="20" height="40" fill="#000"/>`, .5},
		"relative commands":        {`<path d="M10 10h20v20h-20z" fill="#000000"/>`, .25},
		"no fill":                  {`<path d="M10 10h20v20h-20z" fill="none"/>`, 0},
		"half of it":               {`<path d="M0 0L40 0L40 40L0 40Z" fill="rgb(0,0,0)" fill-opacity="0.5"/>`, .5},
		"a circle by arcs":         {`<path d="M20 0A20 20 0 1 1 19.99 0Z" fill="#000"/>`, .785},
		"a line":                   {`<path d="M0 20L40 20" fill="none" stroke="#000" stroke-width="10"/>`, .25},
		"a dashed line":            {`<path d="M0 20L40 20" fill="none" stroke="#000" stroke-width="10" stroke-dasharray="10,10"/>`, .125},
		"moved":                    {`<rect x="0" y="0" width="40" height="40" transform="translate(20 0)" fill="#000"/>`, .5},
		"made larger":              {`<rect x="0" y="0" width="1" height="1" transform="matrix(20,0,0,40,0,0)" fill="#000"/>`, .5},
		"clipped":                  {`<g clip-path="url(#c)"><rect x="0" y="0" width="40" height="40" fill="#000"/></g><defs><clipPath id="c"><path d="M0 0h10v40h-10z"/></clipPath></defs>`, .25},
		"hatched":                  {`<rect x="0" y="0" width="40" height="40" fill="url(#p)"/><defs><pattern id="p" width="1" height="4" patternTransform="rotate(45)"><path d="M0 0h1v1h-1z" fill="#000"/></pattern></defs>`, .25},
		"a reference without what": {`<rect x="0" y="0" width="40" height="40" fill="url(#none)"/>`, 0},
	} {
		if got := inked(painted(t, head+c.body+`</svg>`)); got < c.ink-.02 || got > c.ink+.02 {
			t.Errorf("%s: %.3f of it is dark, want %.3f", name, got, c.ink)
		}
	}
}

// TestWhatCannotBePaintedIsRefused gives sizes and paths that make no picture.
func TestWhatCannotBePaintedIsRefused(t *testing.T) {
	for _, svg := range []string{``, `<svg/>`, `<svg width="1e9" height="1e9"/>`, `<svg width="10" height="10"><path d="M1 2 3"/></svg>`, `<svg width="10"`} {
		if _, err := PNG(context.Background(), []byte(svg), 1); err == nil {
			t.Errorf("%q was painted", svg)
		}
	}
}

// TestArabicIsJoined measures a word whose letters are narrower where they join, in
// both weights: v0.3.4 of the shaping library left the middle one as it stands alone.
func TestArabicIsJoined(t *testing.T) {
	letters, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	for _, bold := range []bool{false, true} {
		alone := 0.0
		for _, r := range "سيا" {
			alone += letters.width(style{isolateRTL + string(r) + isolateEnd, 36, bold})
		}
		if joined := letters.width(style{isolateRTL + "سيا" + isolateEnd, 36, bold}); joined < 40 || joined > alone-20 {
			t.Errorf("bold %v: the word is %.1f wide, its letters alone %.1f", bold, joined, alone)
		}
	}
	// A number within Arabic keeps its order, and stands at the left of what is before it.
	line := letters.line(style{isolateRTL + "جولة 2021" + isolateEnd, 12, false})
	if len(line) < 2 || line[0].Runes.Offset < 4 {
		t.Errorf("the number is run %+v of %d", line[0].Runes, len(line))
	}
	// So does one that is isolated itself, and what is before it stands at the right.
	line = letters.line(style{isolateRTL + "من \u20662021\u2069 إلى \u20662025\u2069 نقطة" + isolateEnd, 12, false})
	if len(line) < 5 || line[0].Runes.Offset < 19 || line[len(line)-1].Runes.Offset != 0 {
		t.Errorf("the sentence begins with run %+v and ends with %+v of %d", line[len(line)-1].Runes, line[0].Runes, len(line))
	}
}

// TestFolding breaks a text by words.
func TestFolding(t *testing.T) {
	letters, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	if got := letters.fold(style{"one two three", 12, false}, letters.width(style{"one two", 12, false})); len(got) != 2 || got[0] != "one two" {
		t.Errorf("%q", got)
	}
	if got := letters.fold(style{"", 12, false}, 10); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
