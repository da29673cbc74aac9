package form

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"headway/domain"
	"headway/projections"
)

// A spreadsheet gets slow with more answers and sheets than these.
const (
	MaxCells  = 100_000
	MaxSheets = 500
)

// Form is a round's questions put to respondents in a language.
type Form struct {
	Round       domain.Round
	Framework   *domain.Framework
	Respondents []domain.Enrolment
	Lang        string

	naming     func(domain.Enrolment) string
	answers    map[cell]answer
	indicators []domain.Indicator // in order of domains
	texts      texts
	foreign    map[string]bool // texts that stand in another language
}

type cell struct {
	respondent domain.Respondent
	indicator  domain.IndicatorID
}

// answer is what is filled in already.
type answer struct {
	status    domain.Status
	effective domain.Date
	note      string
	evidence  string
}

// New makes a form; naming is what people call a respondent in its language. It
// refuses a language that the framework has no text in, and a form for nobody.
func New(r domain.Round, f *domain.Framework, who []domain.Enrolment, lang string, naming func(domain.Enrolment) string) (*Form, error) {
	if langs := languages(f); !slices.Contains(langs, lang) {
		return nil, domain.Refuse(domain.CodeInvalid,
			fmt.Sprintf("framework %s has no text in %q; choose one of %s", f.ID, lang, strings.Join(langs, ", ")), "lang", lang)
	}
	if len(who) == 0 {
		return nil, domain.Refuse(domain.CodeNotEnrolled,
			fmt.Sprintf("round %s has no respondents to ask; enrol them first: `headway round enrol %s COUNTRY`", r.ID, r.ID), "round", string(r.ID))
	}
	t, err := loadTexts(lang)
	if err != nil {
		return nil, err
	}
	form := &Form{Round: r, Framework: f, Respondents: who, Lang: lang, naming: naming, texts: t,
		answers: map[cell]answer{}, indicators: slices.Clone(f.Indicators), foreign: map[string]bool{}}
	place := func(in domain.Indicator) int { // questions about the framework itself come first
		return slices.IndexFunc(f.Domains, func(d domain.Domain) bool { return d.ID == in.Domain })
	}
	slices.SortStableFunc(form.indicators, func(a, b domain.Indicator) int { return place(a) - place(b) })
	return form, nil
}

// Fill puts in what is believed: the rows of this round, of other respondents
// than the form's nothing.
func (f *Form) Fill(rows []projections.StatusRow) {
	for _, r := range rows {
		if r.Round != f.Round.ID {
			continue
		}
		a := answer{status: r.Status, effective: r.EffectiveOn, note: r.Note}
		if len(r.Evidence) > 0 {
			a.evidence = r.Evidence[0] // a form has one column for it
		}
		f.answers[cell{r.Country, r.Indicator}] = a
	}
}

// Foreign is how many texts stand in another language than the form's, for want
// of one in it. It is known once the form is written.
func (f *Form) Foreign() int { return len(f.foreign) }

// Dated is how many of the answers filled in hold from another date than the
// round's: a row a respondent has no place for a date.
func (f *Form) Dated() int {
	n := 0
	for _, r := range f.Respondents {
		for _, in := range f.indicators {
			if f.dated(cell{r.Respondent, in.ID}) {
				n++
			}
		}
	}
	return n
}

func (f *Form) dated(c cell) bool {
	a, ok := f.answers[c]
	return ok && a.effective != f.Round.ReferenceDate
}

// languages are those that a framework has texts in, and English, in order.
func languages(f *domain.Framework) []string {
	out := []string{"en"}
	add := func(all ...domain.Text) {
		for _, t := range all {
			for lang, s := range t {
				if _, err := language.Parse(lang); err == nil && s != "" {
					out = append(out, lang)
				}
			}
		}
	}
	add(f.Name)
	for _, d := range f.Domains {
		add(d.Name)
	}
	for _, in := range f.Indicators {
		add(in.Name, in.Wording)
	}
	for _, s := range f.Scales {
		for _, t := range s.Names {
			add(t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
