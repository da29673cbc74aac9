package domain

import (
	"fmt"
	"slices"
)

// Framework is one version of a framework of capabilities and the indicators
// by which a survey counts them. An indicator, not a capability, is what is
// counted: a review may report two capabilities by one indicator, or one by two.
type Framework struct {
	ID           FrameworkID  `json:"id"`
	Version      string       `json:"version"`
	Name         Text         `json:"name"`
	Description  Text         `json:"description,omitempty"`
	Source       Source       `json:"source"`
	Scales       []Scale      `json:"scales"`
	Domains      []Domain     `json:"domains"`
	Capabilities []Capability `json:"capabilities"`
	Indicators   []Indicator  `json:"indicators"`
}

// Domain is a chapter of a framework.
type Domain struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
}

// Capability is what a country builds. Number is the framework's own.
type Capability struct {
	ID     string `json:"id"`
	Number int    `json:"number"`
	Domain string `json:"domain"`
	Name   Text   `json:"name"`
}

// Indicator is one question with its scale. Capabilities is empty for a
// question about the framework itself, which then has no Domain either.
type Indicator struct {
	ID           IndicatorID `json:"id"`
	Domain       string      `json:"domain,omitempty"`
	Capabilities []string    `json:"capabilities,omitempty"`
	Scale        string      `json:"scale"`
	Polarity     Polarity    `json:"polarity"`
	Name         Text        `json:"name"`
	Wording      Text        `json:"wording,omitempty"`
	// Maps are the indicators of earlier framework versions whose series this
	// one continues; Breaks says that the series starts anew all the same.
	Maps   []Mapping `json:"maps,omitempty"`
	Source Source    `json:"source"`
}

// Mapping tells which earlier indicator an indicator continues.
//
// Of several earlier indicators of one framework that were made one, the series
// continues the only one without Break; where there is not just one, it breaks.
type Mapping struct {
	Framework FrameworkID `json:"framework"`
	Indicator IndicatorID `json:"indicator"`
	Break     bool        `json:"break,omitempty"`
	Why       string      `json:"why,omitempty"`
}

// Source tells where a fact stands.
type Source struct {
	Document string `json:"document,omitempty"`
	Section  string `json:"section,omitempty"`
	Page     string `json:"page,omitempty"`
	Quote    string `json:"quote,omitempty"`
	File     string `json:"file,omitempty"`
	Row      int    `json:"row,omitempty"`
	URL      string `json:"url,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // of the file
}

// IsZero reports whether no source is given.
func (s Source) IsZero() bool { return s == Source{} }

// String is the source in one line, for people.
func (s Source) String() string {
	out := ""
	add := func(x string) {
		if x == "" {
			return
		}
		if out != "" {
			out += ", "
		}
		out += x
	}
	add(s.Document)
	add(s.Section)
	if s.Page != "" {
		add("p. " + s.Page)
	}
	add(s.File)
	if s.Row > 0 {
		add(fmt.Sprintf("row %d", s.Row))
	}
	add(s.URL)
	return out
}

// Indicator finds an indicator by id.
func (f *Framework) Indicator(id IndicatorID) (Indicator, bool) {
	i := f.IndexOf(id)
	if i < 0 {
		return Indicator{}, false
	}
	return f.Indicators[i], true
}

// IndexOf is the place of an indicator in the framework's order, or -1.
func (f *Framework) IndexOf(id IndicatorID) int {
	return slices.IndexFunc(f.Indicators, func(x Indicator) bool { return x.ID == id })
}

// ScaleOf is the scale of an indicator. A validated framework has it.
func (f *Framework) ScaleOf(in Indicator) Scale {
	for _, s := range f.Scales {
		if s.ID == in.Scale {
			return s
		}
	}
	return Scale{}
}

// FieldError is a fault of a definition and where in it: Path is the way of
// keys and indexes to the value, so that a reader of a file can name the line.
type FieldError struct {
	Path    []any // string keys and int indexes
	Message string
}

func (e FieldError) Error() string {
	p := ""
	for _, x := range e.Path {
		switch v := x.(type) {
		case int:
			p += fmt.Sprintf("[%d]", v)
		case string:
			if p != "" {
				p += "."
			}
			p += v
		}
	}
	return p + ": " + e.Message
}

// Validate returns every fault of the framework; none when it can be published.
func (f *Framework) Validate() []FieldError {
	v := &faults{}
	v.id("a framework", string(f.ID), "id")
	v.named(f.Name, "name")
	scales := map[string]bool{}
	for i, s := range f.Scales {
		v.unique(scales, s.ID, "scales", i, "id")
		if len(s.Values) < 2 {
			v.add("a scale needs two values or more, lowest first", "scales", i, "values")
		}
		seen := map[Status]bool{}
		for j, x := range s.Values {
			switch {
			case x == "" || !x.Answered():
				v.add(fmt.Sprintf("%q cannot be a value of a scale", x), "scales", i, "values", j)
			case !validLevel(x):
				v.add(fmt.Sprintf("%q cannot be a value of a scale: use letters, digits, hyphens and underscores, at most %d bytes", x, maxLevel), "scales", i, "values", j)
			case seen[x]:
				v.add(fmt.Sprintf("%q stands twice on the scale", x), "scales", i, "values", j)
			}
			seen[x] = true
		}
		if s.Rank(s.Positive) == 0 {
			v.add(fmt.Sprintf("%q is not a value of the scale; name the lowest value that counts as in place", s.Positive), "scales", i, "positive")
		}
	}
	domains := map[string]bool{}
	for i, d := range f.Domains {
		v.unique(domains, d.ID, "domains", i, "id")
		v.named(d.Name, "domains", i, "name")
	}
	caps := map[string]bool{}
	for i, c := range f.Capabilities {
		v.unique(caps, c.ID, "capabilities", i, "id")
		v.named(c.Name, "capabilities", i, "name")
		if !domains[c.Domain] {
			v.add(fmt.Sprintf("there is no domain %q in this framework", c.Domain), "capabilities", i, "domain")
		}
	}
	if len(f.Indicators) == 0 {
		v.add("a framework needs at least one indicator", "indicators")
	}
	f.validateIndicators(v, scales, domains, caps)
	return v.list
}

func (f *Framework) validateIndicators(v *faults, scales, domains, caps map[string]bool) {
	seen := map[string]bool{}
	for i, in := range f.Indicators {
		v.unique(seen, string(in.ID), "indicators", i, "id")
		v.named(in.Name, "indicators", i, "name")
		if in.Domain != "" && !domains[in.Domain] {
			v.add(fmt.Sprintf("there is no domain %q in this framework", in.Domain), "indicators", i, "domain")
		}
		for j, c := range in.Capabilities {
			if !caps[c] {
				v.add(fmt.Sprintf("there is no capability %q in this framework", c), "indicators", i, "capabilities", j)
			}
		}
		if !scales[in.Scale] {
			v.add(fmt.Sprintf("there is no scale %q in this framework", in.Scale), "indicators", i, "scale")
		}
		if in.Polarity != Positive && in.Polarity != Negative {
			v.add(fmt.Sprintf("polarity is positive or negative, not %q", in.Polarity), "indicators", i, "polarity")
		}
	}
}

type faults struct{ list []FieldError }

func (v *faults) add(msg string, path ...any) {
	v.list = append(v.list, FieldError{Path: path, Message: msg})
}

func (v *faults) id(what, s string, path ...any) {
	if err := checkID(what, s); err != nil {
		v.add(err.Error(), path...)
	}
}

func (v *faults) unique(seen map[string]bool, s string, path ...any) {
	v.id("an entry", s, path...)
	if seen[s] {
		v.add(fmt.Sprintf("%q stands twice", s), path...)
	}
	seen[s] = true
}

func (v *faults) named(t Text, path ...any) {
	if s, _ := t.In("en"); s == "" {
		v.add("a name in at least one language is needed", path...)
	}
}
