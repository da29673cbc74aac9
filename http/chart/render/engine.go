package render

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"headway/http/assets"
)

// programs are ECharts and our script, compiled once.
var programs = sync.OnceValues(func() (compiled []*goja.Program, err error) {
	library, ok := assets.Library()
	if !ok {
		return nil, ErrNotBuilt
	}
	page, err := assets.Script()
	if err != nil {
		return nil, err
	}
	for _, s := range []struct{ name, text string }{{"echarts.min.js", string(library)}, {"app.js", string(page)}, {"render.js", script}} {
		p, err := goja.Compile(s.name, s.text, false)
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w", s.name, err)
		}
		compiled = append(compiled, p)
	}
	return compiled, nil
})

// script is what runs for each chart: the option is that of the page, prepared by the
// page's script, without what only a browser needs.
const script = `function headwayDraw(json, width, height) {
  'use strict';
  echarts.setPlatformAPI({ measureText: headwayMeasure });
  var option = headway.prepare(JSON.parse(json));
  option.animation = false;
  option.textStyle = { fontFamily: headwayFamily };
  delete option.tooltip;
  var chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: width, height: height });
  chart.setOption(option);
  var svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}`

// sizeOf finds the size in a CSS font.
var sizeOf = regexp.MustCompile(`([0-9.]+)px`)

// styleOf reads a CSS font as ECharts writes it.
func styleOf(text, css string) style {
	s := style{text: text, size: 12}
	if m := sizeOf.FindStringSubmatch(css); m != nil {
		if size, err := strconv.ParseFloat(m[1], 64); err == nil {
			s.size = size
		}
	}
	s.bold = strings.Contains(css, "bold") || strings.Contains(css, "600") || strings.Contains(css, "700")
	return s
}

// run draws an option of ECharts as SVG. Each chart has an engine of its own: one
// that has drawn before would number its parts otherwise.
func run(ctx context.Context, option string, width, height int) (string, error) {
	compiled, err := programs()
	if err != nil {
		return "", err
	}
	letters, err := newTypesetter()
	if err != nil {
		return "", err
	}
	vm := goja.New()
	vm.SetRandSource(rand.New(rand.NewPCG(1, 1)).Float64) // for names of parts, the same each time
	vm.SetTimeSource(func() time.Time { return time.Unix(0, 0) })
	globals := map[string]any{
		"headwayFamily": family,
		"setTimeout":    func() int { return 0 },
		"clearTimeout":  func() {},
		"headwayMeasure": func(text, css string) map[string]any {
			return map[string]any{"width": letters.width(styleOf(text, css))}
		},
	}
	for name, value := range globals {
		if err := vm.Set(name, value); err != nil {
			return "", fmt.Errorf("prepare the engine: %w", err)
		}
	}
	defer context.AfterFunc(ctx, func() { vm.Interrupt(ctx.Err()) })()
	for _, p := range compiled {
		if _, err := vm.RunProgram(p); err != nil {
			return "", interrupted(ctx, err)
		}
	}
	call, ok := goja.AssertFunction(vm.Get("headwayDraw"))
	if !ok {
		return "", errors.New("draw a chart: the engine has no headwayDraw")
	}
	svg, err := call(goja.Undefined(), vm.ToValue(option), vm.ToValue(width), vm.ToValue(height))
	if err != nil {
		return "", interrupted(ctx, err)
	}
	return svg.String(), nil
}

// interrupted is the reason why an engine stopped.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("draw a chart: %w", ctx.Err())
	}
	return fmt.Errorf("draw a chart: %w", err)
}
