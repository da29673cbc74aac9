package form

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"

	"headway/domain"
)

//go:embed *.yaml
var files embed.FS

// texts are the sentences of a form in its language and in English.
type texts struct{ own, english map[string]string }

// loadTexts reads the sentences of a language; one without a file has none.
func loadTexts(lang string) (texts, error) {
	read := func(lang string) (map[string]string, error) {
		name := lang + ".yaml"
		if names, err := fs.Glob(files, "*.yaml"); err != nil || !slices.Contains(names, name) {
			return nil, err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("load the texts of forms: %w", err)
		}
		var out map[string]string
		if err := yaml.UnmarshalWithOptions(data, &out, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("load the texts of forms, %s: %w", name, err)
		}
		return out, nil
	}
	own, err := read(lang)
	if err != nil {
		return texts{}, err
	}
	english, err := read("en")
	return texts{own, english}, err
}

// say is a sentence, its places {name} filled in pairs: name, value.
func (f *Form) say(key string, pairs ...string) string {
	s, ok := f.texts.own[key]
	if !ok {
		f.foreign["sentence "+key] = true
		s = f.texts.english[key]
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// name is a text of the data; where it has none in the form's language, one in
// another, which is then named beside it.
func (f *Form) name(what string, t domain.Text) string {
	s, lang := t.In(f.Lang)
	if s != "" && lang != f.Lang {
		f.foreign[what] = true
		return s + " (" + lang + ")"
	}
	return s
}

// question is how an indicator is asked: its wording, or else its name.
func (f *Form) question(in domain.Indicator) string {
	t := in.Wording
	if _, lang := t.In(f.Lang); lang != f.Lang {
		if _, lang := in.Name.In(f.Lang); lang == f.Lang || len(t) == 0 {
			t = in.Name
		}
	}
	s := f.name("indicator "+string(in.ID), t)
	if in.Polarity == domain.Negative {
		s += " (" + f.say("negative") + ")"
	}
	return s
}

// domainOf is the name of an indicator's domain; empty where it has none.
func (f *Form) domainOf(in domain.Indicator) string {
	for _, d := range f.Framework.Domains {
		if d.ID == in.Domain {
			return f.name("domain "+d.ID, d.Name)
		}
	}
	return ""
}

// choice is an answer to choose and the status it means.
type choice struct {
	label  string
	status domain.Status
}

// choices are the answers allowed on a scale, highest first, then the two that
// every scale has.
func (f *Form) choices(s domain.Scale) []choice {
	out, foreign := choicesIn(s, f.Lang)
	for _, v := range foreign {
		f.foreign["answer "+s.ID+"/"+string(v)] = true
	}
	return out
}

// Labels are what the lists of a form in a language offer for a scale, and the
// status that each means.
func Labels(s domain.Scale, lang string) map[string]domain.Status {
	out := map[string]domain.Status{}
	all, _ := choicesIn(s, lang)
	for _, c := range all {
		out[c.label] = c.status
	}
	return out
}

// choicesIn are the answers of a scale in a language, and those that have no label
// in it. A label that is missing, or could be taken for another of the scale, gives
// way to the status itself, which every import reads.
func choicesIn(s domain.Scale, language string) (out []choice, foreign []domain.Status) {
	all := slices.Clone(s.Values)
	slices.Reverse(all)
	all = append(all, domain.NoAnswer, domain.NotApplicable)
	out = make([]choice, len(all))
	for i, v := range all {
		label, lang := s.Names[v].In(language)
		if label = strings.TrimSpace(label); label == "" {
			label = string(v)
		}
		if lang != language {
			foreign = append(foreign, v)
		}
		out[i] = choice{label, v}
	}
	same := func(a, b string) bool { return strings.EqualFold(a, b) }
	var unclear []int
	for i, x := range out {
		for j, y := range out {
			if i != j && (same(x.label, y.label) || same(x.label, string(y.status))) {
				unclear = append(unclear, i)
			}
		}
	}
	for _, i := range unclear {
		out[i].label = string(out[i].status)
	}
	return out, foreign
}

// label is how an answer reads in the lists.
func (f *Form) label(in domain.Indicator, s domain.Status) string {
	for _, c := range f.choices(f.Framework.ScaleOf(in)) {
		if c.status == s {
			return c.label
		}
	}
	return string(s)
}

// rightToLeft reports whether the language is written so.
func (f *Form) rightToLeft() bool {
	tag, err := language.Parse(f.Lang)
	if err != nil {
		return false
	}
	script, _ := tag.Script()
	return slices.Contains([]string{"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}, script.String())
}

// language is what the form's language calls itself, or else its tag.
func (f *Form) language() string {
	if s := f.texts.own["language"]; s != "" {
		return s
	}
	return f.Lang
}

// about are the lines above the answers: what is asked, of when, and how to fill
// it in. Each starts with #, so that no import reads it.
func (f *Form) about(layout string) []string {
	date := f.Round.ReferenceDate.String()
	name := f.name("round", f.Round.Name)
	if name == "" {
		name = string(f.Round.ID)
	}
	lines := []string{
		fmt.Sprintf("headway-form 1 round=%s framework=%s layout=%s lang=%s", f.Round.ID, f.Framework.ID, layout, f.Lang),
		f.name("framework", f.Framework.Name),
		f.say("about", "round", name, "date", date, "language", f.language()),
	}
	if f.Round.Simulated {
		lines = append(lines, f.say("simulated"))
	}
	lines = append(lines, f.say("choose"), f.say("fill."+layout, "date", date))
	if layout == layoutRows && f.Dated() > 0 {
		lines = append(lines, f.say("grey", "date", date))
	}
	lines = append(lines, f.say("return"))
	for i, l := range lines {
		lines[i] = "# " + l
	}
	return lines
}
