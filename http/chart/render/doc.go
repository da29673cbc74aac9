// Package render draws charts as pictures without a browser: ECharts itself runs in
// goja, a JavaScript engine in Go, and writes SVG; texts are measured with the fonts
// that the build brings, and PNG is painted from the SVG.
//
// It may import chart and assets. The same chart gives the same bytes.
//
// Start with render.go.
package render
