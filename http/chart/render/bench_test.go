package render

import (
	"context"
	"testing"
)

// BenchmarkSVG draws each kind, anew each time.
func BenchmarkSVG(b *testing.B) {
	for _, c := range kinds(b) {
		option, err := c.JSON()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := run(context.Background(), option, Wide, c.Height); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPNG paints a slide.
func BenchmarkPNG(b *testing.B) {
	r := renderer(b, Options{})
	svg, err := r.Slide(context.Background(), Slide{Chart: small(b), Heading: "A finding", Foot: []string{"Round 2021"}}, false)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := PNG(context.Background(), svg, 2); err != nil {
			b.Fatal(err)
		}
	}
}
