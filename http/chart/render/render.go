package render

import (
	"errors"

	"headway/http/chart"
)

// Version changes when the same chart is drawn otherwise.
const Version = 1

// Widths of pictures in pixels: of the wide layout and of the narrow one.
const (
	Wide   = 960
	Narrow = 360
)

// ErrNotBuilt says that ECharts or the fonts are not in this build.
var ErrNotBuilt = errors.New("charts cannot be drawn: ECharts and the fonts were not built in; run make build")

// ErrBusy says that too many charts wait to be drawn.
var ErrBusy = errors.New("too many charts wait to be drawn")

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
