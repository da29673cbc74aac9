package render

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"headway/http/assets"
	"headway/http/chart"
)

// Version changes when the same chart is drawn otherwise.
const Version = 2

// Widths of pictures in pixels: of the wide layout and of the narrow one.
const (
	Wide   = 960
	Narrow = 360
)

// ErrNotBuilt says that ECharts or the fonts are not in this build.
var ErrNotBuilt = errors.New("charts cannot be drawn: ECharts and the fonts were not built in; run make build")

// Built reports whether ECharts and the fonts are in this build.
func Built() bool {
	_, library := assets.Library()
	_, fonts := assets.Fonts(false)
	return library && fonts
}

// ErrBusy says that too many charts wait to be drawn.
var ErrBusy = errors.New("too many charts wait to be drawn")

// Options bound what a Renderer takes.
type Options struct {
	// Workers is how many charts are drawn at once; half the processors where it is 0.
	Workers int
	// Queue is how many more may wait; 64 where it is 0.
	Queue int
	// Timeout is how long one may take; 20 seconds where it is 0.
	Timeout time.Duration
	// Kept is how many pictures are kept; 512 where it is 0.
	Kept int
}

// Renderer draws charts, and keeps what it drew last. It is safe for concurrent use.
type Renderer struct {
	workers chan struct{}
	queue   chan struct{}
	timeout time.Duration
	kept    *lru.Cache[[sha256.Size]byte, []byte]
}

// New returns a renderer. It compiles ECharts with the first chart.
func New(o Options) (*Renderer, error) {
	if o.Workers == 0 {
		o.Workers = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if o.Queue == 0 {
		o.Queue = 64
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.Kept == 0 {
		o.Kept = 512
	}
	kept, err := lru.New[[sha256.Size]byte, []byte](o.Kept)
	if err != nil {
		return nil, fmt.Errorf("keep pictures: %w", err)
	}
	return &Renderer{workers: make(chan struct{}, o.Workers), queue: make(chan struct{}, o.Workers+o.Queue), timeout: o.Timeout, kept: kept}, nil
}

// Warm compiles ECharts before the first reader waits for it.
func (r *Renderer) Warm(ctx context.Context) error {
	_, err := run(ctx, "{}", Narrow, Narrow)
	return err
}

// SVG draws a chart with nothing around it: at the wide width, or at the narrow one.
func (r *Renderer) SVG(ctx context.Context, c chart.Chart, narrow bool) ([]byte, error) {
	option, err := c.JSON()
	if err != nil {
		return nil, err
	}
	width, height := Wide, c.Height
	if narrow {
		width, height = Narrow, c.Narrow
	}
	return r.keep(ctx, []any{"plot", option, width, height, c.Aria}, func(ctx context.Context) ([]byte, error) {
		svg, err := run(ctx, option, width, height)
		if err != nil {
			return nil, err
		}
		return described(svg, c.Aria), nil
	})
}

// Slide draws a chart with its heading and where it comes from, as SVG or PNG.
func (r *Renderer) Slide(ctx context.Context, s Slide, png bool) ([]byte, error) {
	plot, err := r.SVG(ctx, s.Chart, false)
	if err != nil {
		return nil, err
	}
	svg, err := s.around(plot)
	if err != nil || !png {
		return svg, err
	}
	return r.keep(ctx, []any{"png", string(svg)}, func(ctx context.Context) ([]byte, error) { return PNG(ctx, svg, 2) })
}

// keep returns the picture that it has of what, or makes it: so many at once, and
// no longer than is allowed.
func (r *Renderer) keep(ctx context.Context, what []any, make func(context.Context) ([]byte, error)) ([]byte, error) {
	text, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("draw a chart: %w", err)
	}
	key := sha256.Sum256(text)
	if data, ok := r.kept.Get(key); ok {
		return data, nil
	}
	select {
	case r.queue <- struct{}{}:
		defer func() { <-r.queue }()
	default:
		return nil, ErrBusy
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	select {
	case r.workers <- struct{}{}:
		defer func() { <-r.workers }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to draw a chart: %w", ctx.Err())
	}
	if data, ok := r.kept.Get(key); ok { // who waited before drew it
		return data, nil
	}
	data, err := make(ctx)
	if err == nil {
		r.kept.Add(key, data)
	}
	return data, err
}

// browsers are what ECharts writes for a page and a picture has no use for.
var browsers = regexp.MustCompile(` (?:pointer-events|class|xml:space)="[^"]*"|(?s:<style.*?</style>)|<path d="[^"]*"(?: transform="[^"]*")? fill="none"(?: pointer-events="[^"]*")?(?: class="[^"]*")?></path>`)

// described gives a picture its text for who does not see it, and leaves out what
// only a page needs. No text of a chart can be taken for markup: its quotation marks
// are escaped.
func described(svg, text string) []byte {
	svg = browsers.ReplaceAllString(svg, "")
	open := strings.IndexByte(svg, '>') + 1
	var b bytes.Buffer
	b.WriteString(strings.Replace(svg[:open], "<svg ", `<svg role="img" `, 1))
	b.WriteString("<title>")
	escape(&b, text)
	b.WriteString("</title>")
	b.WriteString(svg[open:])
	return b.Bytes()
}

// escape writes a text as XML; a buffer takes all of it.
func escape(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) }
