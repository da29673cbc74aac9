package render

import (
	"image"
	"image/color"

	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// surface is a part of an image that one path is painted on: no larger than the
// path, so that a letter costs what a letter is.
type surface struct {
	dst    *image.RGBA
	bounds image.Rectangle
	color  color.NRGBA
	raster vector.Rasterizer
}

var _ rasterx.Scanner = (*surface)(nil)

func newSurface(dst *image.RGBA, bounds image.Rectangle, c color.NRGBA) *surface {
	s := &surface{dst: dst, bounds: bounds.Intersect(dst.Bounds()), color: c}
	s.Clear()
	return s
}

func (s *surface) at(p fixed.Point26_6) (x, y float32) {
	return float32(p.X)/64 - float32(s.bounds.Min.X), float32(p.Y)/64 - float32(s.bounds.Min.Y)
}

// Start begins a path.
func (s *surface) Start(a fixed.Point26_6) { s.raster.MoveTo(s.at(a)) }

// Line goes on with a path.
func (s *surface) Line(b fixed.Point26_6) { s.raster.LineTo(s.at(b)) }

// Draw paints what was drawn.
func (s *surface) Draw() {
	if !s.bounds.Empty() {
		s.raster.Draw(s.dst, s.bounds, image.NewUniform(s.color), image.Point{})
	}
}

// Clear begins anew.
func (s *surface) Clear() { s.raster.Reset(max(s.bounds.Dx(), 0), max(s.bounds.Dy(), 0)) }

// GetPathExtent, SetBounds, SetColor, SetWinding and SetClip are of the contract; a
// surface has its bounds and its color from the beginning.
func (s *surface) GetPathExtent() fixed.Rectangle26_6 { return fixed.Rectangle26_6{} }
func (s *surface) SetBounds(int, int)                 {}
func (s *surface) SetColor(any)                       {}
func (s *surface) SetWinding(bool)                    {}
func (s *surface) SetClip(image.Rectangle)            {}
