package render

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"headway/http/chart"
)

func share(v float64) *float64 { return &v }
func count(n int) *int         { return &n }

// kinds is a chart of each kind with its hard cases, one of them in Arabic.
func kinds(t testing.TB) []chart.Chart {
	t.Helper()
	var out []chart.Chart
	add := func(c chart.Chart, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	en := chart.View{Band: "What missing answers allow"}
	add(chart.Dumbbell(chart.View{RTL: true}, "dumbbell", "خط الأساس 2021", "2025 (محاكاة)", "وصف", []chart.Pair{{Label: "السياسة والحوكمة", Heading: true},
		{Label: "بعض الإجراءات لإدارة و/أو تأهيل المعتدين الذين صدرت في حقهم أحكام", From: share(1), To: share(.9), ToLow: share(.8), ToHigh: share(1), Change: "−10.0"}}, chart.Table{}))
	add(chart.Lines(en, "series", "a line", []chart.Line{{Name: "Some measures to manage offenders who have been convicted", Points: []chart.Point{{Year: 2021.4, Value: share(.3)},
		{Year: 2023.4, Value: share(.4), Low: share(.3), High: share(.5), Break: true, Cut: "The wording changed in 2023"}, {Year: 2025.4, Value: share(.6), Low: share(.5), High: share(.7)}}}}, "What missing answers allow", chart.Table{}))
	keys := []chart.Key{{Meaning: chart.MeansInPlace, Label: "In place"}, {Meaning: chart.MeansNotInPlace, Label: "Not in place"}, {Meaning: chart.MeansNoAnswer, Label: "No answer"}, {Meaning: chart.MeansNotAsked, Label: "Not asked"}}
	add(chart.Bars(en, "bars", "bars", keys[:3], "Not shown", []chart.Bar{{Label: "Baseline 2021", Counts: []*int{count(20), count(15), count(7)}}, {Label: "2025 (simulated)", Counts: []*int{count(30), nil, nil}, Rest: 12}}, chart.Table{}))
	add(chart.Flow(en, "flow", "Baseline 2021", "2025 (simulated)", "a flow", []chart.State{{Meaning: chart.MeansInPlace, Label: "In place", Count: "20 of 42"}, {Meaning: chart.MeansHidden, Label: "Too few to show apart", Count: "22 of 42"}},
		[]chart.State{{Meaning: chart.MeansInPlace, Label: "In place", Count: "41 of 42"}, {Meaning: chart.MeansHidden, Label: "Too few to show apart", Count: "1 of 42"}}, []chart.Move{{From: 0, To: 0, Count: 20}, {From: 1, To: 0, Count: 21}, {From: 1, To: 1, Count: 1}}, chart.Table{}))
	var rows []chart.Row
	for i := range 6 {
		rows = append(rows, chart.Row{Label: "XA" + string(rune('A'+i)), Cells: []int{i % 4, (i + 1) % 4, (i + 2) % 4, 0, 1, 2, 3, 0, chart.Blank}})
	}
	add(chart.Grid(en, "grid", "a grid", keys, []string{"National policy or strategy", "b", "c", "d", "e", "f", "g", "h", "i"}, rows, chart.Table{}))
	panel := chart.Panel{Label: "Media and communications", Number: "72 %", Note: "Baseline 2021: 61 %", Points: []chart.Point{{Year: 2021.4, Value: share(.61)}, {Year: 2025.4, Value: share(.72)}}}
	add(chart.Multiples(en, "multiples", "panels", []chart.Panel{panel, panel, panel, panel}, chart.Table{}))
	return out
}

func renderer(t testing.TB, o Options) *Renderer {
	t.Helper()
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestEveryKindIsDrawn draws each kind once, half of them narrow: it is a picture on
// its own, and its texts lie within it and beside one another.
func TestEveryKindIsDrawn(t *testing.T) {
	r := renderer(t, Options{Timeout: 5 * time.Minute})
	for i, c := range kinds(t) {
		narrow := i%2 == 1
		svg, err := r.SVG(context.Background(), c, narrow)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		for _, alien := range []string{"<script", "<style", "href", "class="} {
			if bytes.Contains(svg, []byte(alien)) {
				t.Errorf("%s has %s", c.Name, alien)
			}
		}
		width, height := float64(Wide), float64(c.Height)
		if narrow {
			width, height = Narrow, float64(c.Narrow)
		}
		title, texts := read(t, svg)
		if title != c.Aria || len(texts) < 4 {
			t.Errorf("%s: title %q, %d texts", c.Name, title, len(texts))
		}
		for k, a := range texts {
			if a.left < -1 || a.right > width+1 || a.top < -1 || a.bottom > height+1 {
				t.Errorf("%s, narrow %v: %q reaches from %.0f, %.0f to %.0f, %.0f of %.0f, %.0f", c.Name, narrow, a.text, a.left, a.top, a.right, a.bottom, width, height)
			}
			for _, b := range texts[k+1:] {
				if min(a.right, b.right)-max(a.left, b.left) > 2 && min(a.bottom, b.bottom)-max(a.top, b.top) > 6 {
					t.Errorf("%s, narrow %v: %q covers %q", c.Name, narrow, a.text, b.text)
				}
			}
		}
	}
}

// laid is a text where it lies.
type laid struct {
	text                     string
	left, right, top, bottom float64
}

// read returns the title of a picture and its texts that are not turned.
func read(t *testing.T, svg []byte) (title string, texts []laid) {
	t.Helper()
	letters, err := newTypesetter()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Title string `xml:"title"`
		Inner string `xml:",innerxml"`
	}
	if err := xml.Unmarshal(svg, &doc); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(doc.Inner))
	for {
		token, err := d.Token()
		if err != nil {
			return doc.Title, texts
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		a := attributesOf(start)
		var words struct {
			Text string `xml:",chardata"`
		}
		if err := d.DecodeElement(&words, &start); err != nil {
			t.Fatal(err)
		}
		st := style{words.Text, a.number("font-size", 12), a["font-weight"] == "bold"}
		w := letters.width(st)
		m := transform(a["transform"])
		if m.B != 0 {
			continue
		}
		x, y := m.Transform(a.number("x", 0), a.number("y", 0))
		x -= w * map[string]float64{"middle": .5, "end": 1}[a["text-anchor"]]
		texts = append(texts, laid{words.Text, x, x + w, y - st.size/2, y + st.size/2})
	}
}

// small is a chart that costs little.
func small(t testing.TB) chart.Chart {
	t.Helper()
	c, err := chart.Stages(chart.View{}, "small", "one bar", []string{"a", "b"}, "rest", []chart.Bar{{Label: "2021", Counts: []*int{count(3), count(1)}}}, chart.Table{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTheSameChartGivesTheSameBytes draws a chart by two renderers, and asks one of
// them again.
func TestTheSameChartGivesTheSameBytes(t *testing.T) {
	c := small(t)
	r := renderer(t, Options{})
	first, err := r.SVG(context.Background(), c, false)
	if err != nil {
		t.Fatal(err)
	}
	other, err := renderer(t, Options{}).SVG(context.Background(), c, false)
	if err != nil || !bytes.Equal(first, other) {
		t.Errorf("the bytes differ (%v)", err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if kept, err := r.SVG(over, c, false); err != nil || !bytes.Equal(first, kept) {
		t.Errorf("what was drawn is not kept: %v", err)
	}
	if _, err := r.SVG(over, c, true); !errors.Is(err, context.Canceled) {
		t.Errorf("a chart that nobody waits for: %v", err)
	}
}

// TestWhoWaitsTooLongIsTold fills the places of a renderer.
func TestWhoWaitsTooLongIsTold(t *testing.T) {
	r := renderer(t, Options{Workers: 1, Queue: 1, Timeout: time.Millisecond})
	r.workers <- struct{}{}
	if _, err := r.SVG(context.Background(), small(t), false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("who waits for a place: %v", err)
	}
	r.queue <- struct{}{}
	r.queue <- struct{}{}
	if _, err := r.SVG(context.Background(), small(t), false); !errors.Is(err, ErrBusy) {
		t.Errorf("who finds no place to wait: %v", err)
	}
}

// TestAChartThatTakesTooLongIsStopped runs an engine on a chart that never ends.
func TestAChartThatTakesTooLongIsStopped(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	<-ctx.Done()
	if _, err := run(ctx, `{}`, 10, 10); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// TestASlideTellsWhatItsPageTells paints a slide: heading, warning and foot are in
// it, and its pixels have the colors of the chart.
func TestASlideTellsWhatItsPageTells(t *testing.T) {
	r := renderer(t, Options{Timeout: 5 * time.Minute})
	s := Slide{Chart: small(t), Heading: "A <finding>", Warning: "Simulated.", Notes: []string{"A note"}, Foot: []string{"Round 2021"}, Lang: "en"}
	svg, err := r.Slide(context.Background(), s, false)
	if err != nil {
		t.Fatal(err)
	}
	title, texts := read(t, svg)
	var all []string
	for _, x := range texts {
		all = append(all, x.text)
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{s.Heading, s.Warning, s.Notes[0], s.Foot[0], "2021"} {
		if !strings.Contains(said, want) {
			t.Errorf("the slide does not say %q", want)
		}
	}
	if title != "A <finding> one bar" {
		t.Errorf("title %q", title)
	}
	data, err := r.Slide(context.Background(), s, true)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.Color]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[color.NRGBAModel.Convert(img.At(x, y))]++
		}
	}
	dark, light := seen[color.NRGBA{0x08, 0x30, 0x6b, 255}], seen[color.NRGBA{0xff, 0xf3, 0xd6, 255}]
	if b.Dx() != 2*(Wide+2*margin) || dark < 5000 || light < 2*dark {
		t.Errorf("%v: %d dark and %d light pixels", b, dark, light)
	}
}
