package intake

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headway/domain"
)

// kept is the newest row so far of a respondent.
type kept struct {
	when    time.Time
	row     int
	answers []Answer
}

// same reports whether two rows say the same.
func (k kept) same(all []Answer) bool {
	return slices.EqualFunc(k.answers, all, func(a, b Answer) bool {
		a.Row, b.Row = 0, 0
		return a == b
	})
}

// dictionary finds what a mapping says of a text, whatever its case and space.
type dictionary map[string]string

func newDictionary(m map[string]string) dictionary {
	d := make(dictionary, len(m))
	for k, v := range m {
		d[fold(k)] = v
	}
	return d
}

// saying is what an answer in a column stands for.
type saying struct {
	status string
	known  bool // false: only the framework can tell
}

// plan is how the columns of a file are read; -1 stands for a column that there is
// not.
type plan struct {
	country, effective, latest, complete int
	questions                            []plannedQuestion // in order of columns
}

type plannedQuestion struct {
	Question
	column         string
	at             int
	note, evidence int
}

// openMapped plans how the columns are read. Every column must be mapped or
// ignored, and every column of the mapping be there.
func (a *answers) openMapped() error {
	m := a.options.Mapping
	used := m.columns()
	at := map[string]int{"": -1}
	for i, h := range a.header {
		if h == "" {
			continue
		}
		_, twice := at[h]
		if _, mapped := slices.BinarySearch(used, h); twice && (mapped || !m.ignores(h)) {
			return formError(fmt.Sprintf("column %q stands twice", short(h)), "column", h)
		}
		at[h] = i
	}
	var found faultList
	for _, h := range used {
		if _, ok := at[h]; !ok {
			found.add(func() *domain.Refusal {
				near := a.near(h, a.header)
				return formError(fmt.Sprintf("the file has no column %q%s", short(h), guess(near)), "column", h, "nearest", near)
			})
		}
	}
	for _, h := range a.header {
		if _, mapped := slices.BinarySearch(used, h); h != "" && !mapped && !m.ignores(h) {
			found.add(func() *domain.Refusal {
				return formError(fmt.Sprintf("the mapping says nothing of column %q; map it, or name it under ignore", short(h)), "column", h, "nearest", a.near(h, used))
			})
		}
	}
	if err := found.refusal("the mapping does not fit the file: %d of its columns"); err != nil {
		return err
	}
	p := plan{country: at[m.Country.Column], effective: at[m.EffectiveOn.Column], latest: at[m.Latest], complete: at[m.Complete]}
	a.countries, a.shared, a.own, a.said = newDictionary(m.Country.Values), newDictionary(m.Answers), map[string]dictionary{}, map[key]saying{}
	a.codes = map[string]bool{}
	for _, code := range m.Country.Values {
		a.codes[code] = true
	}
	for column, q := range m.Indicators {
		p.questions = append(p.questions, plannedQuestion{q, column, at[column], at[q.Note], at[q.Evidence]})
		a.own[column] = newDictionary(q.Answers)
	}
	slices.SortFunc(p.questions, func(a, b plannedQuestion) int { return a.at - b.at })
	if m.Latest != "" {
		a.latest = map[string]kept{}
	}
	a.take = func(row int, cells []string) error { return a.mapped(row, cells, &p) }
	return nil
}

// columns are those that the mapping reads, sorted.
func (m *Mapping) columns() []string {
	out := []string{m.Country.Column, m.EffectiveOn.Column, m.Latest, m.Complete}
	for column, q := range m.Indicators {
		out = append(out, column, q.Note, q.Evidence)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(h string) bool { return h == "" })
}

// near is the name that is nearest to one that is not there. After many of them, or
// among very many, it costs too much: then there is none.
func (a *answers) near(typed string, names []string) string {
	if a.guesses++; a.guesses > maxGuesses || len(names) == 0 {
		return ""
	}
	return domain.NearestID(typed, names[:min(len(names), maxGuesses)])
}

const maxGuesses = 500

func guess(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}

func (m *Mapping) ignores(h string) bool {
	return slices.ContainsFunc(m.Ignore, func(p string) bool { return matches(p, h) })
}

// mapped reads a row as the mapping says.
func (a *answers) mapped(row int, cells []string, p *plan) error {
	m := a.options.Mapping
	get := func(i int) string {
		if i < 0 {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	if p.complete >= 0 && get(p.complete) == "" {
		return nil
	}
	base := Answer{Sheet: a.sheet, Row: row, Country: m.Country.Is}
	if p.country >= 0 {
		base.Country = a.country(get(p.country), &base)
	}
	a.date(&base, get(p.effective), m.EffectiveOn.Dates)
	var all []Answer
	for _, q := range p.questions {
		x := base
		x.Column, x.Indicator, x.Note, x.Evidence = q.column, string(q.Indicator), get(q.note), get(q.evidence)
		ok := false
		if x.Status, ok = a.answer(q.Question, get(q.at), &x); !ok {
			continue
		}
		if m.Latest == "" {
			if err := a.emit(x); err != nil {
				return err
			}
			continue
		}
		x.Note, x.Evidence = strings.Clone(x.Note), strings.Clone(x.Evidence)
		all = append(all, x)
	}
	if m.Latest == "" {
		return nil
	}
	return a.keep(base.Country, get(p.latest), row, all)
}

// country is the code that a name in the file stands for.
func (a *answers) country(name string, x *Answer) string {
	values := a.options.Mapping.Country.Values
	if code, ok := values[name]; ok {
		return code
	}
	if code, ok := a.countries[fold(name)]; ok {
		return code
	}
	if len(values) > 0 && x.Fault == nil && !a.codes[name] {
		near := ""
		if a.guesses < maxGuesses {
			near = a.near(name, slices.Sorted(maps.Keys(values)))
		}
		x.Fault = domain.Refuse(domain.CodeInvalid, fmt.Sprintf("the mapping names no respondent %q%s", short(name), guess(near)), "country", name, "nearest", near)
	}
	return a.word(domain.Typed(name))
}

// answer is the status that an answer stands for; ok is false where it says
// nothing.
func (a *answers) answer(q Question, text string, x *Answer) (status string, ok bool) {
	say := a.lookUp(x.Column, text)
	if say.known {
		return say.status, say.status != Skip
	}
	if text == "" {
		return "", x.Note != "" || x.Evidence != ""
	}
	status = a.mean.status(string(q.Indicator), text)
	in, _ := a.options.Framework.Indicator(q.Indicator)
	if scale := a.options.Framework.ScaleOf(in); !scale.Allows(domain.Status(status)) && x.Fault == nil {
		near := ""
		if a.guesses < maxGuesses {
			all := append(slices.Collect(maps.Keys(q.Answers)), slices.Collect(maps.Keys(a.options.Mapping.Answers))...)
			slices.Sort(all)
			near = a.near(text, all)
		}
		x.Fault = domain.Refuse(domain.CodeStatusScale, fmt.Sprintf("the mapping says nothing of the answer %q%s", short(text), guess(near)), "status", text, "nearest", near)
	}
	return strings.Clone(status), true
}

// lookUp is what the mapping says of an answer, the column's own first.
func (a *answers) lookUp(column, text string) saying {
	k := key{column, text}
	if s, ok := a.said[k]; ok {
		return s
	}
	var s saying
	word := fold(text)
	if s.status, s.known = a.own[column][word]; !s.known {
		s.status, s.known = a.shared[word]
	}
	if len(a.said) < 1<<16 && len(text) < 200 {
		a.said[key{column, strings.Clone(text)}] = s
	}
	return s
}

// keep holds a respondent's row back until the file is read: a later one may
// follow.
func (a *answers) keep(country, when string, row int, all []Answer) error {
	t, err := moment(when)
	if err != nil {
		return formError(fmt.Sprintf("%s, column %q: %q is not a time, by which the latest could be found", a.where(row), a.options.Mapping.Latest, short(when)))
	}
	old, ok := a.latest[country]
	if !ok {
		a.order = append(a.order, country)
	}
	if ok && t.Equal(old.when) && !old.same(all) {
		return formError(fmt.Sprintf("%s: row %d has the same time and other answers of %s; keep one", a.where(row), old.row, short(country)))
	}
	if !ok || !t.Before(old.when) {
		a.latest[country] = kept{t, row, all}
	}
	return nil
}

// moment reads the times that survey programs write. Without a zone they are UTC.
func moment(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999", "2006-01-02T15:04:05.999-0700", time.DateTime, "2006-01-02 15:04:05.999-07:00", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("not a time")
}

// endMapped hands on the rows that were held back.
func (a *answers) endMapped() error {
	for _, country := range a.order {
		for _, x := range a.latest[country].answers {
			if err := a.emit(x); err != nil {
				return err
			}
		}
	}
	return nil
}
