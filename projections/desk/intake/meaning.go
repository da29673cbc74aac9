package intake

import (
	"strconv"
	"strings"

	"headway/domain"
	"headway/projections/desk/form"
)

// meanings finds the status that a word in a file stands for.
type meanings struct {
	framework *domain.Framework
	scales    map[string]*scaleMeanings
	seen      map[key]domain.Status // what was found before: files say the same again and again
}

type key struct{ indicator, text string }

// scaleMeanings are the words of one scale: the statuses themselves, their labels
// in the language of the form, and labels in any language that mean one status
// only; and the numbers among the statuses.
type scaleMeanings struct {
	own, any map[string]domain.Status
	numbers  map[float64]domain.Status
}

func newMeanings(f *domain.Framework) *meanings {
	m := &meanings{framework: f, scales: map[string]*scaleMeanings{}, seen: map[key]domain.Status{}}
	m.speak("")
	return m
}

// speak prefers the labels of a language: that of the form which the file is.
func (m *meanings) speak(lang string) {
	clear(m.seen)
	for _, s := range m.framework.Scales {
		x := &scaleMeanings{own: map[string]domain.Status{}, any: map[string]domain.Status{}, numbers: map[float64]domain.Status{}}
		if lang != "" {
			for label, v := range form.Labels(s, lang) {
				x.own[fold(label)] = v
			}
		}
		all := append([]domain.Status{domain.NoAnswer, domain.NotApplicable}, s.Values...)
		unclear := map[string]bool{}
		for _, v := range all {
			for _, label := range s.Names[v] {
				k := fold(label)
				if old, ok := x.any[k]; ok && old != v {
					unclear[k] = true
				}
				x.any[k] = v
			}
		}
		for k := range unclear {
			delete(x.any, k)
		}
		for _, v := range all { // a status means itself, whatever the labels say
			x.own[fold(string(v))] = v
			if n, err := strconv.ParseFloat(string(v), 64); err == nil {
				x.numbers[n] = v
			}
		}
		m.scales[s.ID] = x
	}
}

// status is the status that a text means on the scale of an indicator, or the text
// where it means none.
func (m *meanings) status(indicator, text string) string {
	k := key{indicator, text}
	if v, ok := m.seen[k]; ok {
		return string(v)
	}
	v := m.find(indicator, text)
	if len(m.seen) < 1<<16 && len(text) <= domain.MaxID {
		m.seen[key{strings.Clone(indicator), strings.Clone(text)}] = v
	}
	return string(v)
}

func (m *meanings) find(indicator, text string) domain.Status {
	in, ok := m.framework.Indicator(domain.IndicatorID(indicator))
	if !ok {
		return domain.Status(text)
	}
	x := m.scales[in.Scale]
	if x == nil {
		return domain.Status(text)
	}
	word := fold(text)
	if v, ok := x.own[word]; ok {
		return v
	}
	if v, ok := x.any[word]; ok {
		return v
	}
	if n, err := strconv.ParseFloat(strings.Replace(ascii(word), ",", ".", 1), 64); err == nil {
		if v, ok := x.numbers[n]; ok {
			return v
		}
	}
	return domain.Status(text)
}

// fold brings words that people take for the same to the same text.
func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(domain.Typed(s)), " "))
}
