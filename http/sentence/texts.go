package sentence

import (
	"embed"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"headway/domain"
	"headway/http/i18n"
)

//go:embed *.yaml
var files embed.FS

// Languages are those that sentences come in, the default first.
var Languages = []string{"en", "ar", "fr", "es"}

// Texts are the sentences of all languages.
type Texts struct{ catalog *i18n.Catalog }

// Load reads the texts.
func Load() (*Texts, error) {
	c, err := i18n.LoadFrom(files, Languages)
	if err != nil {
		return nil, err
	}
	return &Texts{c}, nil
}

// Pick chooses the language: what was asked for, else what the reader prefers, as
// in a header Accept-Language, else English.
func (t *Texts) Pick(asked, accept string) string { return t.catalog.Pick(asked, accept) }

// In is the writer of a language that Pick has chosen.
func (t *Texts) In(lang string) *Writer { return &Writer{t.catalog.Printer(lang)} }

// Writer writes sentences in one language. It is safe for concurrent use.
type Writer struct{ p *i18n.Printer }

// Names are what sentences call the things that numbers name by id. What is left
// out, or has no name, is called by its id.
type Names struct {
	Indicator func(domain.IndicatorID) domain.Text
	Round     func(domain.RoundID) (domain.Round, bool)
	// Level is the name of a level of an indicator's scale.
	Level func(domain.IndicatorID, domain.Status) domain.Text
	// Told is the language that the reader knows names to stand in, where it is not
	// that of the sentences. Any other is named beside the name.
	Told string
	// Attribute is what groups are by, such as income, and Group the name of a group.
	Attribute string
	Group     func(value string) string
}

// indicator is the name of an indicator, in quotes.
func (w *Writer) indicator(id domain.IndicatorID, n Names) string {
	name := w.p.ID(string(id))
	if n.Indicator != nil {
		if s := w.p.NameAs(n.Indicator(id), n.Told); s != "" {
			name = s
			if w.p.RTL() && !strings.HasPrefix(s, "\u2068") {
				name = "\u2068" + s + "\u2069" // isolated: it may end in digits or signs
			}
		}
	}
	return w.p.Text("quoted", "text", name)
}

// rounds are the names of two rounds: the years that they are about, where those
// tell them apart, else their ids.
func (w *Writer) rounds(from, to domain.RoundID, n Names) (string, string) {
	a, b := string(from), string(to)
	if n.Round != nil {
		x, ok1 := n.Round(from)
		y, ok2 := n.Round(to)
		if ok1 && ok2 && x.ReferenceDate.Year != y.ReferenceDate.Year {
			a, b = strconv.Itoa(x.ReferenceDate.Year), strconv.Itoa(y.ReferenceDate.Year)
		}
	}
	return w.p.ID(a), w.p.ID(b)
}

// simulated reports whether a round's answers are simulated.
func (n Names) simulated(id domain.RoundID) bool {
	if n.Round == nil {
		return false
	}
	r, ok := n.Round(id)
	return ok && r.Simulated
}

// side is one share: how many of how many, where the number comes from, and when.
func (w *Writer) side(count, n *int, share *float64, origin, round string) string {
	of := w.p.Text("of", "count", w.p.Integer(*count), "n", w.p.Integer(*n))
	return w.p.Text("side", "of", of, "share", w.p.ID(w.p.Percent(*share)), "origin", w.p.Text("origin."+origin), "round", round)
}

// originOf is where a number comes from, in the words of the texts.
func originOf(o domain.Origin, simulated bool) string {
	if o == domain.Computed && simulated {
		return "simulated"
	}
	return string(o)
}

// signed writes a difference of shares in points, with enough decimals not to look
// like no difference where there is one.
func (w *Writer) signed(v float64) (text string, decimals int) {
	v += 0 // no minus before zero
	decimals = 1
	for decimals < 4 && v != 0 && math.Abs(100*v) < 0.5*math.Pow10(-decimals) {
		decimals++
	}
	text = w.p.Decimal(100*v, decimals)
	if v > 0 {
		text = "+" + text
	}
	return w.p.ID(text), decimals
}

// points is a difference of shares in percentage points.
func (w *Writer) points(v float64) string {
	text, decimals := w.signed(v)
	return w.p.CountDecimal("points", 100*v, decimals, "n", text)
}

// span is what an interval of differences reaches over.
func (w *Writer) span(low, high float64) string {
	a, _ := w.signed(low)
	b, _ := w.signed(high)
	return w.p.Text("span", "low", a, "high", b)
}

// shares is what an interval of shares reaches over.
func (w *Writer) shares(low, high float64) string {
	return w.p.Text("span", "low", w.p.ID(w.p.Percent(low)), "high", w.p.ID(w.p.Percent(high)))
}

// list joins parts: a, b and c.
func (w *Writer) list(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	out := parts[0]
	for i, s := range parts[1:] {
		key := "list.more"
		if i == len(parts)-2 {
			key = "list.last"
		}
		out = w.p.Text(key, "list", out, "next", s)
	}
	return out
}

// finish makes a sentence of a text: told as simulated where it is, and begun with
// a capital letter.
func (w *Writer) finish(s string, simulated bool) string {
	if simulated {
		s = w.p.Text("simulated", "sentence", s)
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// tenths is a difference of shares to a tenth of a point, as it is written.
func tenths(v float64) float64 { return math.Round(1000*v) / 1000 }

// NamesOf takes names from rounds and frameworks: an indicator's is that of the
// first framework that has it.
func NamesOf(round func(domain.RoundID) (domain.Round, bool), frameworks ...*domain.Framework) Names {
	of := func(id domain.IndicatorID) (*domain.Framework, domain.Indicator) {
		for _, f := range frameworks {
			if f == nil {
				continue
			}
			if in, ok := f.Indicator(id); ok {
				return f, in
			}
		}
		return nil, domain.Indicator{}
	}
	return Names{Round: round,
		Indicator: func(id domain.IndicatorID) domain.Text {
			_, in := of(id)
			return in.Name
		},
		Level: func(id domain.IndicatorID, st domain.Status) domain.Text {
			f, in := of(id)
			if f == nil {
				return nil
			}
			return f.ScaleOf(in).Names[st]
		}}
}
