package intake

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"headway/domain"
	"headway/domain/definition"
)

// Skip stands in a mapping for an answer that says nothing.
const Skip = "skip"

// Mapping says what the columns and the answers in the file of another program
// mean: KoboToolbox, ODK, LimeSurvey, or a spreadsheet that somebody made.
type Mapping struct {
	Version     int               `json:"headway-mapping"`
	Country     CountryColumn     `json:"country"`
	EffectiveOn DateColumn        `json:"effective_on"`
	Ignore      []string          `json:"ignore"`   // columns that are not read; * stands for anything
	Latest      string            `json:"latest"`   // the column of times by which only the last row of a respondent counts
	Complete    string            `json:"complete"` // the column that is empty in rows that nobody finished: they are left out
	Answers     map[string]string `json:"answers"`  // what an answer means, for every question
	// Indicators says by column which indicator a question asks.
	Indicators map[string]Question `json:"indicators"`
}

// CountryColumn is the column that names the respondent, or the one respondent
// that all rows are of.
type CountryColumn struct {
	Column string            `json:"column"`
	Values map[string]string `json:"values"` // where the column holds no codes: name → code
	Is     string            `json:"is"`
}

// DateColumn is the column of the date from which the answers hold.
type DateColumn struct {
	Column string `json:"column"`
	Dates  Habit  `json:"dates"`
}

// Question is what a column asks, with its own answers before the shared ones.
type Question struct {
	Indicator domain.IndicatorID `json:"indicator"`
	Answers   map[string]string  `json:"answers"`
	Note      string             `json:"note"`     // the column of remarks
	Evidence  string             `json:"evidence"` // the column of a web address
}

// UnmarshalYAML reads a question, or the id of its indicator alone.
func (q *Question) UnmarshalYAML(decode func(any) error) error {
	var id string
	if decode(&id) == nil {
		q.Indicator = domain.IndicatorID(domain.Typed(id))
		return nil
	}
	type plain Question // without this method
	if err := decode((*plain)(q)); err != nil {
		return err
	}
	q.Indicator = domain.IndicatorID(domain.Typed(string(q.Indicator)))
	return nil
}

// ReadMapping reads a mapping file (YAML). Every fault names its line.
func ReadMapping(name string, r io.Reader) (*Mapping, error) {
	var m Mapping
	if err := definition.Decode(name, r, &m, func() []domain.FieldError { return m.faults() }); err != nil {
		return nil, err
	}
	return &m, nil
}

func (m *Mapping) faults() []domain.FieldError {
	var out []domain.FieldError
	add := func(message string, path ...any) { out = append(out, domain.FieldError{Path: path, Message: message}) }
	if m.Version != 1 {
		add("write headway-mapping: 1", "headway-mapping")
	}
	if (m.Country.Column == "") == (m.Country.Is == "") {
		add("give the column that names the respondent, or the one respondent that all rows are of (is: KEN)", "country")
	}
	if m.Country.Is != "" && len(m.Country.Values) > 0 {
		add("values belong to a column", "country", "values")
	}
	for name, code := range m.Country.Values {
		if !domain.ValidRespondent(code) {
			add(fmt.Sprintf("%q is not the code of a respondent", code), "country", "values", name)
		}
	}
	if h := m.EffectiveOn.Dates; h != "" && h != DayFirst && h != MonthFirst {
		add("dates are day-first or month-first", "effective_on", "dates")
	}
	same := func(all map[string]string, path ...any) {
		seen := map[string]string{}
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if old, ok := seen[fold(k)]; ok && all[old] != all[k] {
				add(fmt.Sprintf("%q and %q are the same answer, for case and space do not count, and mean different things", old, k), append(path, k)...)
			}
			seen[fold(k)] = k
		}
	}
	same(m.Answers, "answers")
	same(m.Country.Values, "country", "values")
	for column, q := range m.Indicators {
		same(q.Answers, "indicators", column, "answers")
	}
	if len(m.Indicators) == 0 {
		add("say which column asks which indicator", "indicators")
	}
	slices.SortFunc(out, func(a, b domain.FieldError) int { return strings.Compare(a.Error(), b.Error()) })
	return out
}

// Check refuses a mapping that does not fit the framework: every indicator and
// status that is not one of its own is a cause of the one Refusal.
func (m *Mapping) Check(f *domain.Framework) error {
	var causes []*domain.Refusal
	ids := make([]string, len(f.Indicators))
	for i, in := range f.Indicators {
		ids[i] = string(in.ID)
	}
	for _, column := range slices.Sorted(maps.Keys(m.Indicators)) {
		q := m.Indicators[column]
		in, ok := f.Indicator(q.Indicator)
		if !ok {
			near := domain.NearestID(string(q.Indicator), ids)
			causes = append(causes, domain.Refuse(domain.CodeUnknownIndicator,
				fmt.Sprintf("column %q: framework %s has no indicator %q; did you mean %s?", column, f.ID, q.Indicator, near),
				"column", column, "indicator", string(q.Indicator), "nearest", near))
			continue
		}
		scale := f.ScaleOf(in)
		for _, answer := range slices.Sorted(maps.Keys(q.Answers)) {
			if v := q.Answers[answer]; v != Skip && !scale.Allows(domain.Status(v)) {
				causes = append(causes, domain.Refuse(domain.CodeStatusScale,
					fmt.Sprintf("column %q, answer %q: %q is not on the scale of %s; use %s, no_answer, not_applicable or skip", column, answer, v, in.ID, values(scale)),
					"column", column, "status", v))
			}
		}
	}
	for _, answer := range slices.Sorted(maps.Keys(m.Answers)) {
		v := domain.Status(m.Answers[answer])
		if v != Skip && !slices.ContainsFunc(f.Scales, func(s domain.Scale) bool { return s.Allows(v) }) {
			causes = append(causes, domain.Refuse(domain.CodeStatusScale,
				fmt.Sprintf("answer %q: %q is on no scale of framework %s; use a status, no_answer, not_applicable or skip", answer, v, f.ID), "status", string(v)))
		}
	}
	if len(causes) == 0 {
		return nil
	}
	r := formError(fmt.Sprintf("the mapping has %d faults: nothing was read", len(causes)))
	r.Causes = causes
	return r
}

func values(s domain.Scale) string {
	out := make([]string, len(s.Values))
	for i, v := range s.Values {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}

// matches reports whether a pattern in which * stands for anything is a name.
func matches(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

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

// openMapped plans how the columns are read. Every column must be mapped or
// ignored, and every column of the mapping be there.
func (a *answers) openMapped() error {
	m := a.options.Mapping
	at := map[string]int{}
	for i, h := range a.header {
		if _, twice := at[h]; twice && !m.ignores(h) {
			return formError(fmt.Sprintf("column %q stands twice", h), "column", h)
		}
		at[h] = i
	}
	used := m.columns()
	var causes []*domain.Refusal
	for _, h := range used {
		if _, ok := at[h]; !ok {
			near := domain.NearestID(h, a.header)
			causes = append(causes, formError(fmt.Sprintf("the file has no column %q; did you mean %q?", h, near), "column", h, "nearest", near))
		}
	}
	for _, h := range a.header {
		if h != "" && !slices.Contains(used, h) && !m.ignores(h) {
			causes = append(causes, formError(fmt.Sprintf("the mapping says nothing of column %q; map it, or name it under ignore", h), "column", h, "nearest", domain.NearestID(h, used)))
		}
	}
	if len(causes) > 0 {
		r := formError(fmt.Sprintf("the mapping does not fit the file: %d of its columns", len(causes)))
		r.Causes = causes
		return r
	}
	if m.Latest != "" {
		a.latest = map[string]kept{}
	}
	a.countries, a.shared, a.own, a.said = newDictionary(m.Country.Values), newDictionary(m.Answers), map[string]dictionary{}, map[key]saying{}
	for column, q := range m.Indicators {
		a.own[column] = newDictionary(q.Answers)
	}
	a.take = func(row int, cells []string) error { return a.mapped(row, cells, at) }
	return nil
}

// columns are those that the mapping reads, in order.
func (m *Mapping) columns() []string {
	out := []string{m.Country.Column, m.EffectiveOn.Column, m.Latest, m.Complete}
	for column, q := range m.Indicators {
		out = append(out, column, q.Note, q.Evidence)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(h string) bool { return h == "" })
}

func (m *Mapping) ignores(h string) bool {
	return slices.ContainsFunc(m.Ignore, func(p string) bool { return matches(p, h) })
}

// mapped reads a row as the mapping says.
func (a *answers) mapped(row int, cells []string, at map[string]int) error {
	m := a.options.Mapping
	get := func(h string) string {
		if h == "" {
			return ""
		}
		return strings.TrimSpace(cells[at[h]])
	}
	if m.Complete != "" && get(m.Complete) == "" {
		return nil
	}
	base := Answer{Sheet: a.sheet, Row: row, Country: m.Country.Is}
	if m.Country.Column != "" {
		base.Country = a.country(get(m.Country.Column), &base)
	}
	a.date(&base, get(m.EffectiveOn.Column), m.EffectiveOn.Dates)
	var all []Answer
	for i, h := range a.header {
		q, ok := m.Indicators[h]
		if !ok {
			continue
		}
		x := base
		x.Column, x.Indicator, x.Note, x.Evidence = h, string(q.Indicator), get(q.Note), get(q.Evidence)
		if x.Status, ok = a.answer(q, strings.TrimSpace(cells[i]), &x); ok {
			x.Note, x.Evidence, x.Effective = strings.Clone(x.Note), strings.Clone(x.Evidence), strings.Clone(x.Effective)
			all = append(all, x)
		}
	}
	if m.Latest == "" {
		for _, x := range all {
			if err := a.emit(x); err != nil {
				return err
			}
		}
		return nil
	}
	return a.keep(base.Country, get(m.Latest), row, all)
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
	if len(values) > 0 && x.Fault == nil && !slices.Contains(slices.Collect(maps.Values(values)), name) {
		names := slices.Sorted(maps.Keys(values))
		near := domain.NearestID(name, names)
		x.Fault = domain.Refuse(domain.CodeInvalid, fmt.Sprintf("the mapping names no respondent %q; did you mean %q?", short(name), near), "country", name, "nearest", near)
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
		all := append(slices.Collect(maps.Keys(q.Answers)), slices.Collect(maps.Keys(a.options.Mapping.Answers))...)
		slices.Sort(all)
		near := domain.NearestID(text, all)
		x.Fault = domain.Refuse(domain.CodeStatusScale, fmt.Sprintf("the mapping says nothing of the answer %q; did you mean %q?", short(text), near), "status", text, "nearest", near)
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
