package intake

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"headway/domain"
	"headway/domain/definition"
)

// maxIgnore is how many patterns of columns a mapping may ignore.
const maxIgnore = 1000

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
	m.clean()
	return &m, nil
}

// clean brings the names of columns to the form in which headers are read.
func (m *Mapping) clean() {
	for _, s := range []*string{&m.Country.Column, &m.EffectiveOn.Column, &m.Latest, &m.Complete} {
		*s = domain.Typed(*s)
	}
	for i, p := range m.Ignore {
		m.Ignore[i] = domain.Typed(p)
	}
	all := make(map[string]Question, len(m.Indicators))
	for column, q := range m.Indicators {
		q.Note, q.Evidence = domain.Typed(q.Note), domain.Typed(q.Evidence)
		all[domain.Typed(column)] = q
	}
	m.Indicators = all
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
	if len(m.Ignore) > maxIgnore {
		add(fmt.Sprintf("more than %d patterns; use * for anything", maxIgnore), "ignore")
	}
	for column := range m.Indicators {
		if strings.TrimSpace(column) == "" {
			add("a column without a name cannot be mapped", "indicators")
		}
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
	var found faultList
	ids := make([]string, len(f.Indicators))
	for i, in := range f.Indicators {
		ids[i] = string(in.ID)
	}
	for _, column := range slices.Sorted(maps.Keys(m.Indicators)) {
		q := m.Indicators[column]
		in, ok := f.Indicator(q.Indicator)
		if !ok {
			found.add(func() *domain.Refusal {
				near := domain.NearestID(string(q.Indicator), ids)
				return domain.Refuse(domain.CodeUnknownIndicator,
					fmt.Sprintf("column %q: framework %s has no indicator %q; did you mean %s?", column, f.ID, q.Indicator, near),
					"column", column, "indicator", string(q.Indicator), "nearest", near)
			})
			continue
		}
		scale := f.ScaleOf(in)
		for _, answer := range slices.Sorted(maps.Keys(q.Answers)) {
			if v := q.Answers[answer]; v != Skip && !scale.Allows(domain.Status(v)) {
				found.add(func() *domain.Refusal {
					return domain.Refuse(domain.CodeStatusScale,
						fmt.Sprintf("column %q, answer %q: %q is not on the scale of %s; use %s, no_answer, not_applicable or skip", column, answer, v, in.ID, values(scale)),
						"column", column, "status", v)
				})
			}
		}
	}
	for _, answer := range slices.Sorted(maps.Keys(m.Answers)) {
		v := domain.Status(m.Answers[answer])
		if v != Skip && !slices.ContainsFunc(f.Scales, func(s domain.Scale) bool { return s.Allows(v) }) {
			found.add(func() *domain.Refusal {
				return domain.Refuse(domain.CodeStatusScale,
					fmt.Sprintf("answer %q: %q is on no scale of framework %s; use a status, no_answer, not_applicable or skip", answer, v, f.ID), "status", string(v))
			})
		}
	}
	return found.refusal("the mapping has %d faults: nothing was read")
}

// faultList counts faults and keeps the first: however many a file has, and however
// long it takes to say what might be meant, a refusal is made in bounded time.
type faultList struct {
	first []*domain.Refusal
	count int
}

func (l *faultList) add(why func() *domain.Refusal) {
	if l.count++; len(l.first) < mostNamed {
		l.first = append(l.first, why())
	}
}

// refusal is one of all faults, or nil; the format takes their number.
func (l *faultList) refusal(format string) error {
	if l.count == 0 {
		return nil
	}
	r := formError(fmt.Sprintf(format, l.count), "faults", strconv.Itoa(l.count))
	r.Causes = l.first
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
