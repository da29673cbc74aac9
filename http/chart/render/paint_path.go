package render

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

func point(v float64) fixed.Int26_6 {
	return fixed.Int26_6(math.Round(64 * max(-3e7, min(3e7, v))))
}

func xy(x, y float64) fixed.Point26_6 { return fixed.Point26_6{X: point(x), Y: point(y)} }

// paths keep their points as fractions of 64; small ones of large charts keep enough.
var (
	numeral = regexp.MustCompile(`[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?`)
	command = regexp.MustCompile(`[MLHVCQAZmlhvcqaz][^MLHVCQAZmlhvcqaz]*`)
	moves   = regexp.MustCompile(`(translate|matrix|rotate|scale)\(([^)]*)\)`)
)

func numbers(s string) []float64 {
	var out []float64
	for _, m := range numeral.FindAllString(s, -1) {
		if v, err := strconv.ParseFloat(m, 64); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// transform reads the transformations that ECharts writes.
func transform(s string) rasterx.Matrix2D {
	m := rasterx.Identity
	for _, f := range moves.FindAllStringSubmatch(s, -1) {
		v := numbers(f[2])
		switch {
		case f[1] == "translate" && len(v) > 0:
			m = m.Translate(v[0], append(v, 0)[1])
		case f[1] == "scale" && len(v) > 0:
			m = m.Scale(v[0], append(v, v[0])[1])
		case f[1] == "rotate" && len(v) > 0:
			m = m.Rotate(v[0] * math.Pi / 180)
		case f[1] == "matrix" && len(v) == 6:
			m = m.Mult(rasterx.Matrix2D{A: v[0], B: v[1], C: v[2], D: v[3], E: v[4], F: v[5]})
		}
	}
	return m
}

// pen follows the commands of a path.
type pen struct {
	path           rasterx.Path
	x, y           float64
	startX, startY float64
	open           bool
}

// arguments is how many numbers a command takes.
var arguments = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'Q': 4, 'A': 7, 'Z': 0}

// parsePath reads a path.
func parsePath(d string) (rasterx.Path, error) {
	var p pen
	for _, c := range command.FindAllString(d, -1) {
		upper := strings.ToUpper(c[:1])[0]
		v := numbers(c[1:])
		n := arguments[upper]
		if n == 0 {
			p.close()
			continue
		}
		if len(v) < n || len(v)%n != 0 {
			return nil, fmt.Errorf("read a path: %.40q has %d numbers", c, len(v))
		}
		for i := 0; i < len(v); i += n {
			p.step(upper, v[i:i+n], c[0] != upper)
			if upper == 'M' {
				upper = 'L'
			}
		}
	}
	p.finish()
	return p.path, nil
}

func (p *pen) close() {
	if p.open {
		p.path.Stop(true)
		p.open = false
	}
	p.x, p.y = p.startX, p.startY
}

func (p *pen) finish() {
	if p.open {
		p.path.Stop(false)
		p.open = false
	}
}

// step draws one command; relative ones count from where the pen is.
func (p *pen) step(c byte, v []float64, relative bool) {
	ax, ay := 0.0, 0.0
	if relative {
		ax, ay = p.x, p.y
	}
	if c == 'M' {
		p.finish()
		p.x, p.y = ax+v[0], ay+v[1]
		p.startX, p.startY = p.x, p.y
		return
	}
	if !p.open {
		p.path.Start(xy(p.x, p.y))
		p.open = true
	}
	switch c {
	case 'L':
		p.x, p.y = ax+v[0], ay+v[1]
		p.path.Line(xy(p.x, p.y))
	case 'H':
		p.x = ax + v[0]
		p.path.Line(xy(p.x, p.y))
	case 'V':
		p.y = ay + v[0]
		p.path.Line(xy(p.x, p.y))
	case 'Q':
		p.path.QuadBezier(xy(ax+v[0], ay+v[1]), xy(ax+v[2], ay+v[3]))
		p.x, p.y = ax+v[2], ay+v[3]
	case 'C':
		p.path.CubeBezier(xy(ax+v[0], ay+v[1]), xy(ax+v[2], ay+v[3]), xy(ax+v[4], ay+v[5]))
		p.x, p.y = ax+v[4], ay+v[5]
	case 'A':
		p.arc(v, ax+v[5], ay+v[6])
	}
}

func (p *pen) arc(v []float64, x, y float64) {
	rx, ry := math.Abs(v[0]), math.Abs(v[1])
	if rx == 0 || ry == 0 || x == p.x && y == p.y {
		p.path.Line(xy(x, y))
	} else {
		cx, cy := rasterx.FindEllipseCenter(&rx, &ry, v[2]*math.Pi/180, p.x, p.y, x, y, v[4] == 0, v[3] == 0)
		rasterx.AddArc([]float64{rx, ry, v[2], v[3], v[4], x, y}, cx, cy, p.x, p.y, &p.path)
	}
	p.x, p.y = x, y
}

// extent is the box around the points of a path.
func extent(path rasterx.Path) fixed.Rectangle26_6 {
	e := &box{r: fixed.Rectangle26_6{Min: fixed.Point26_6{X: math.MaxInt32, Y: math.MaxInt32}, Max: fixed.Point26_6{X: math.MinInt32, Y: math.MinInt32}}}
	path.AddTo(e)
	return e.r
}

// box grows around what is drawn.
type box struct{ r fixed.Rectangle26_6 }

func (b *box) add(points ...fixed.Point26_6) {
	for _, p := range points {
		b.r.Min.X, b.r.Min.Y = min(b.r.Min.X, p.X), min(b.r.Min.Y, p.Y)
		b.r.Max.X, b.r.Max.Y = max(b.r.Max.X, p.X), max(b.r.Max.Y, p.Y)
	}
}

// Start, Line, QuadBezier, CubeBezier and Stop make a box a rasterx.Adder.
func (b *box) Start(a fixed.Point26_6)            { b.add(a) }
func (b *box) Line(a fixed.Point26_6)             { b.add(a) }
func (b *box) QuadBezier(a, c fixed.Point26_6)    { b.add(a, c) }
func (b *box) CubeBezier(a, c, d fixed.Point26_6) { b.add(a, c, d) }
func (b *box) Stop(bool)                          {}

// pixels is a box in pixels of the image.
func pixels(m rasterx.Matrix2D, r fixed.Rectangle26_6) image.Rectangle {
	e := &box{r: fixed.Rectangle26_6{Min: fixed.Point26_6{X: math.MaxInt32, Y: math.MaxInt32}, Max: fixed.Point26_6{X: math.MinInt32, Y: math.MinInt32}}}
	for _, c := range []fixed.Point26_6{r.Min, {X: r.Max.X, Y: r.Min.Y}, {X: r.Min.X, Y: r.Max.Y}, r.Max} {
		e.add(m.TFixed(c))
	}
	return image.Rect(e.r.Min.X.Floor(), e.r.Min.Y.Floor(), e.r.Max.X.Ceil(), e.r.Max.Y.Ceil())
}

// paint reads a color; false where there is none.
func paint(s string, opacity float64) (color.NRGBA, bool) {
	alpha := uint8(math.Round(255 * max(0, min(1, opacity))))
	switch {
	case s == "" || s == "none" || s == "transparent" || alpha == 0:
		return color.NRGBA{}, false
	case strings.HasPrefix(s, "rgb"):
		if v := numbers(s); len(v) >= 3 {
			return color.NRGBA{uint8(v[0]), uint8(v[1]), uint8(v[2]), alpha}, true
		}
		return color.NRGBA{}, false
	case len(s) == 4 && s[0] == '#':
		s = "#" + strings.Repeat(s[1:2], 2) + strings.Repeat(s[2:3], 2) + strings.Repeat(s[3:4], 2)
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 {
		return color.NRGBA{}, false
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), alpha}, true
}
