package render

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// largest is how many pixels a picture may have.
const largest = 40_000_000

// PNG paints a picture that this package drew, a number of times its size. It knows
// what ECharts and Slide write and nothing more of SVG: groups with clips, paths,
// rectangles, texts, and patterns for hatching.
func PNG(ctx context.Context, svg []byte, scale float64) ([]byte, error) {
	p := &painter{scale: scale, clips: map[string]fixed.Rectangle26_6{}, patterns: map[string]*pattern{}}
	var err error
	if p.letters, err = newTypesetter(); err != nil {
		return nil, err
	}
	// Clips and patterns stand behind what they are for: they are read first.
	for _, p.defining = range []bool{true, false} {
		if err := p.read(ctx, svg); err != nil {
			return nil, fmt.Errorf("paint a chart: %w", err)
		}
	}
	if p.image == nil {
		return nil, errors.New("paint a chart: it has no size")
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, p.image); err != nil {
		return nil, fmt.Errorf("paint a chart: %w", err)
	}
	return b.Bytes(), nil
}

// read goes through a picture once.
func (p *painter) read(ctx context.Context, svg []byte) error {
	p.stack = nil
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = p.token(d, token)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// painter paints elements as they come.
type painter struct {
	scale    float64
	letters  *typesetter
	defining bool // only clips and patterns are read
	image    *image.RGBA
	stack    []state
	clips    map[string]fixed.Rectangle26_6
	patterns map[string]*pattern
	clip     string   // the clip path that is being read
	pattern  *pattern // the pattern that is being read
}

// state is what elements inherit.
type state struct {
	matrix rasterx.Matrix2D
	clip   image.Rectangle
}

// pattern is a tile that repeats.
type pattern struct {
	matrix        rasterx.Matrix2D
	width, height float64
	paths         []rasterx.Path
	color         color.NRGBA
}

type attributes map[string]string

func attributesOf(e xml.StartElement) attributes {
	a := attributes{}
	for _, x := range e.Attr {
		a[x.Name.Local] = x.Value
	}
	for part := range strings.SplitSeq(a["style"], ";") {
		if name, value, ok := strings.Cut(part, ":"); ok {
			a[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return a
}

// number is an attribute as a number, or what holds where there is none.
func (a attributes) number(name string, otherwise float64) float64 {
	v, err := strconv.ParseFloat(strings.TrimSuffix(a[name], "px"), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return otherwise
	}
	return v
}

func (p *painter) top() state {
	if len(p.stack) == 0 {
		return state{matrix: rasterx.Identity.Scale(p.scale, p.scale)}
	}
	return p.stack[len(p.stack)-1]
}

// token takes the next part of the picture.
func (p *painter) token(d *xml.Decoder, token xml.Token) error {
	switch e := token.(type) {
	case xml.EndElement:
		switch e.Name.Local {
		case "svg", "g":
			p.stack = p.stack[:max(len(p.stack)-1, 0)]
		case "clipPath":
			p.clip = ""
		case "pattern":
			p.pattern = nil
		}
	case xml.StartElement:
		return p.element(d, e)
	}
	return nil
}

func (p *painter) element(d *xml.Decoder, e xml.StartElement) error {
	a := attributesOf(e)
	s := p.top()
	s.matrix = s.matrix.Mult(transform(a["transform"]))
	switch e.Name.Local {
	case "svg":
		if p.image == nil && !p.defining {
			if err := p.begin(a); err != nil {
				return err
			}
			s = state{matrix: s.matrix, clip: p.image.Bounds()}
		}
		p.stack = append(p.stack, s)
	case "g":
		if box, ok := p.clips[reference(a["clip-path"])]; ok {
			s.clip = s.clip.Intersect(pixels(s.matrix, box))
		}
		p.stack = append(p.stack, s)
	case "defs":
		if p.defining {
			return nil
		}
		fallthrough
	case "title", "desc", "style":
		if err := d.Skip(); err != nil {
			return fmt.Errorf("read a picture: %w", err)
		}
	case "clipPath":
		p.clip = a["id"]
	case "pattern":
		p.pattern = &pattern{matrix: transform(a["patternTransform"]), width: a.number("width", 0), height: a.number("height", 0)}
		p.patterns[a["id"]] = p.pattern
	case "rect":
		x, y := a.number("x", 0), a.number("y", 0)
		var path rasterx.Path
		rasterx.AddRect(x, y, x+a.number("width", 0), y+a.number("height", 0), 0, &path)
		return p.shape(s, a, path)
	case "path":
		path, err := parsePath(a["d"])
		if err != nil {
			return err
		}
		return p.shape(s, a, path)
	case "text":
		return p.text(d, s, a)
	}
	return nil
}

// begin makes the image, white and as large as the picture says.
func (p *painter) begin(a attributes) error {
	w, h := a.number("width", 0)*p.scale, a.number("height", 0)*p.scale
	if w < 1 || h < 1 || w*h > largest {
		return fmt.Errorf("a picture of %.0f by %.0f pixels cannot be painted", w, h)
	}
	p.image = image.NewRGBA(image.Rect(0, 0, int(math.Ceil(w)), int(math.Ceil(h))))
	draw.Draw(p.image, p.image.Bounds(), image.White, image.Point{}, draw.Src)
	return nil
}

// shape paints a path, or keeps it where it is part of a clip or of a pattern.
func (p *painter) shape(s state, a attributes, path rasterx.Path) error {
	switch {
	case p.clip != "":
		p.clips[p.clip] = extent(path)
		return nil
	case p.pattern != nil:
		if c, ok := paint(a["fill"], a.number("fill-opacity", 1)); ok {
			p.pattern.color = c
			moved := rasterx.Path{}
			path.AddTo(&rasterx.MatrixAdder{Adder: &moved, M: transform(a["transform"])})
			p.pattern.paths = append(p.pattern.paths, moved)
		}
		return nil
	case p.image == nil || s.clip.Empty():
		return nil
	}
	p.fill(s, a, path)
	p.stroke(s, a, path)
	return nil
}

func (p *painter) fill(s state, a attributes, path rasterx.Path) {
	if hatch, ok := p.patterns[reference(a["fill"])]; ok {
		p.hatch(s, hatch, path)
		return
	}
	fill := a["fill"]
	if fill == "" {
		fill = "#000000"
	}
	c, ok := paint(fill, a.number("fill-opacity", 1)*a.number("opacity", 1))
	if !ok {
		return
	}
	p.cover(s, c, path)
}

// cover fills a path with a color.
func (p *painter) cover(s state, c color.NRGBA, path rasterx.Path) {
	on := newSurface(p.image, pixels(s.matrix, extent(path)).Intersect(s.clip), c)
	path.AddTo(&rasterx.MatrixAdder{Adder: rasterx.NewFiller(0, 0, on), M: s.matrix})
	on.Draw()
}

func (p *painter) stroke(s state, a attributes, path rasterx.Path) {
	c, ok := paint(a["stroke"], a.number("stroke-opacity", 1)*a.number("opacity", 1))
	width := a.number("stroke-width", 1)
	if !ok || width <= 0 {
		return
	}
	size := math.Sqrt(math.Abs(s.matrix.A*s.matrix.D - s.matrix.B*s.matrix.C))
	caps := map[string]rasterx.CapFunc{"round": rasterx.RoundCap, "square": rasterx.SquareCap}[a["stroke-linecap"]]
	if caps == nil {
		caps = rasterx.ButtCap
	}
	join := map[string]rasterx.JoinMode{"round": rasterx.Round, "bevel": rasterx.Bevel}
	mode, ok := join[a["stroke-linejoin"]]
	if !ok {
		mode = rasterx.Miter
	}
	var dashes []float64
	for _, d := range numbers(a["stroke-dasharray"]) {
		dashes = append(dashes, d*size)
	}
	reach := int(math.Ceil(2*width*size)) + 2 // a sharp corner goes beyond the line
	on := newSurface(p.image, pixels(s.matrix, extent(path)).Inset(-reach).Intersect(s.clip), c)
	dasher := rasterx.NewDasher(0, 0, on)
	dasher.SetStroke(point(width*size), point(4), caps, caps, rasterx.FlatGap, mode, dashes, 0)
	path.AddTo(&rasterx.MatrixAdder{Adder: dasher, M: s.matrix})
	on.Draw()
}

// grain is how many pixels a unit of a pattern has when it is painted once.
const grain = 8

// hatch fills a path with a pattern: its tile is painted once, and looked up for
// each pixel where the path is.
func (p *painter) hatch(s state, h *pattern, path rasterx.Path) {
	w, t := int(h.width*grain), int(h.height*grain)
	bounds := pixels(s.matrix, extent(path)).Intersect(s.clip)
	if w < 1 || t < 1 || w*t > largest || bounds.Empty() {
		return
	}
	tile := image.NewRGBA(image.Rect(0, 0, w, t))
	for _, part := range h.paths {
		on := newSurface(tile, tile.Bounds(), h.color)
		part.AddTo(&rasterx.MatrixAdder{Adder: rasterx.NewFiller(0, 0, on), M: rasterx.Identity.Scale(grain, grain)})
		on.Draw()
	}
	back := s.matrix.Mult(h.matrix).Invert()
	hatched := image.NewRGBA(bounds)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			hatched.SetRGBA(x, y, sample(tile, back, float64(x), float64(y)))
		}
	}
	mask := image.NewRGBA(bounds)
	on := newSurface(mask, bounds, color.NRGBA{A: 255})
	path.AddTo(&rasterx.MatrixAdder{Adder: rasterx.NewFiller(0, 0, on), M: s.matrix})
	on.Draw()
	draw.DrawMask(p.image, bounds, hatched, bounds.Min, mask, bounds.Min, draw.Over)
}

// sample is the color of a repeated tile at a pixel: the mean of four points of it.
func sample(tile *image.RGBA, back rasterx.Matrix2D, x, y float64) color.RGBA {
	var sum [4]int
	w, h := tile.Bounds().Dx(), tile.Bounds().Dy()
	for _, d := range [][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
		u, v := back.Transform(x+d[0], y+d[1])
		i, j := int(math.Floor(u*grain))%w, int(math.Floor(v*grain))%h
		c := tile.RGBAAt((i+w)%w, (j+h)%h)
		for k, part := range []uint8{c.R, c.G, c.B, c.A} {
			sum[k] += int(part)
		}
	}
	return color.RGBA{uint8(sum[0] / 4), uint8(sum[1] / 4), uint8(sum[2] / 4), uint8(sum[3] / 4)}
}
