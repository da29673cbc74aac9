package http

import (
	"headway/domain"
	"headway/domain/maturity"
	"headway/http/i18n"
)

// modelText is the definition of a model in words.
type modelText struct {
	About  string
	Stages []stageText
}

// stageText is one stage: what must hold, in words, and the rule itself.
type stageText struct {
	Name, Rule string
	Says       []string
}

// define says a model in words.
func (b *maturing) define() modelText {
	out := modelText{About: b.page.P.Name(b.def.Description)}
	m, err := maturity.Compile(b.def, b.fw)
	if err != nil {
		return out // it was compiled to apply it
	}
	if b.def.MinAnswered > 0 {
		out.About += " " + b.page.T("model.answered", "share", b.page.P.Percent(b.def.MinAnswered))
	}
	for i, s := range b.def.Stages {
		text := stageText{Name: b.page.P.Name(s.Name), Rule: s.Rule}
		if t, ok := m.Terms(i); ok {
			text.Says = ruleWords(b.page.P, b.fw, t)
		}
		out.Stages = append(out.Stages, text)
	}
	return out
}

// ruleWords says a rule, a sentence for each thing that must hold.
func ruleWords(p *i18n.Printer, f *domain.Framework, t maturity.Term) []string {
	if t.Op != "and" {
		return []string{termWords(p, f, t)}
	}
	if len(t.Terms) == 0 {
		return []string{p.Text("model.always")}
	}
	var out []string
	for _, x := range t.Terms {
		out = append(out, termWords(p, f, x))
	}
	return out
}

func termWords(p *i18n.Printer, f *domain.Framework, t maturity.Term) string {
	switch t.Op {
	case "and", "or":
		out := ""
		for i, x := range t.Terms {
			if i > 0 {
				out += " " + p.Text("model."+t.Op) + " "
			}
			out += "(" + termWords(p, f, x) + ")"
		}
		return out
	case "not":
		return p.Text("model.not", "rule", termWords(p, f, t.Terms[0]))
	case "in_place", "before_in_place":
		key := "model.in_place"
		in, _ := f.Indicator(domain.IndicatorID(t.Name))
		if in.Polarity == domain.Negative {
			key = "model.not_in_place"
		}
		if t.Op == "before_in_place" {
			key = "model.before." + key[len("model."):]
		}
		return p.Text(key, "indicator", p.Name(in.Name))
	case "rank":
		in, _ := f.Indicator(domain.IndicatorID(t.Name))
		level := p.Integer(int(t.Value))
		if s := f.ScaleOf(in); t.Value == float64(int(t.Value)) && t.Value >= 1 && int(t.Value) <= len(s.Values) {
			v := s.Values[int(t.Value)-1]
			if level = p.Name(s.Names[v]); level == "" {
				level = string(v)
			}
		}
		return p.Text("model.rank", "indicator", p.Name(in.Name), "than", p.Text(thanKey(t.Than)), "level", level)
	}
	of := ""
	for _, d := range f.Domains {
		if d.ID == t.Name {
			of = " " + p.Text("model.of", "domain", p.Name(d.Name))
		}
	}
	return p.Text("model.fn."+t.Op, "of", of, "than", p.Text(thanKey(t.Than)), "share", p.Percent(t.Value))
}

// thanKey is the key of a comparison.
func thanKey(op string) string {
	return "model.than." + map[string]string{">=": "least", ">": "over", "<=": "most", "<": "under", "==": "equal", "!=": "other"}[op]
}
