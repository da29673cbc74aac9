package desk

import (
	"fmt"
	"maps"
	"strconv"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk/intake"
)

// refusals are the answers of a file that are refused: all are counted, the first
// MostListed are named.
type refusals struct {
	count    int
	causes   []*domain.Refusal
	enrolled func() []string // codes, sorted
	near     map[string]string
}

func newRefusals(s *projections.State, survey domain.Survey) refusals {
	var codes []string
	return refusals{near: map[string]string{}, enrolled: func() []string {
		if codes == nil {
			for _, e := range s.Respondents(survey.Round.ID, s.Position()) {
				codes = append(codes, string(e.Respondent))
			}
		}
		return codes
	}}
}

func (r *refusals) full() bool { return len(r.causes) >= MostListed }

func (r *refusals) add(a intake.Answer, why *domain.Refusal) {
	r.count++
	if r.full() {
		return
	}
	if why.Code == domain.CodeNotEnrolled {
		why = r.stranger(a.Country, why)
	}
	r.causes = append(r.causes, rowRefusal(a, why))
}

// stranger names the respondent of the round whose code is nearest.
func (r *refusals) stranger(typed string, why *domain.Refusal) *domain.Refusal {
	near, known := r.near[typed]
	if !known {
		near = domain.Nearest(typed, r.enrolled())
		r.near[typed] = near
	}
	if near == "" {
		return why
	}
	named := domain.Refuse(why.Code, fmt.Sprintf("%s; or did you mean %s?", why.Message, near))
	named.Details = maps.Clone(why.Details)
	named.Details["nearest"] = near
	return named
}

// refusal refuses the file.
func (r *refusals) refusal(out Imported) *domain.Refusal {
	f := domain.Refuse(domain.CodeImport,
		fmt.Sprintf("nothing was imported: %d of %d answers in %s are refused", r.count, out.Rows, out.File), "file", out.File,
		"rows", strconv.Itoa(out.Rows), "new", strconv.Itoa(out.New), "changed", strconv.Itoa(out.Changed),
		"unchanged", strconv.Itoa(out.Unchanged), "refused", strconv.Itoa(r.count))
	f.Causes = r.causes
	return f
}

// rowRefusal says of a refusal which answer it is about.
func rowRefusal(a intake.Answer, r *domain.Refusal) *domain.Refusal {
	out := domain.Refuse(r.Code, fmt.Sprintf("%s, indicator %s: %s", a.Where(), a.Indicator, r.Message),
		"row", strconv.Itoa(a.Row), "column", a.Column, "country", a.Country, "indicator", a.Indicator, "status", a.Status,
		"value", wrongValue(a, r), "reason", r.Message)
	if a.Sheet != "" {
		out.Details["sheet"] = a.Sheet
	}
	for _, k := range []string{"nearest", "other_row", "other_sheet", "other_value"} {
		if v := r.Details[k]; v != "" {
			out.Details[k] = v
		}
	}
	return out
}

// wrongValue is the one of an answer's values that a refusal is about.
func wrongValue(a intake.Answer, r *domain.Refusal) string {
	switch r.Code {
	case domain.CodeNotEnrolled:
		return a.Country
	case domain.CodeUnknownIndicator:
		return a.Indicator
	case domain.CodeFutureDate:
		return a.Effective
	case domain.CodeInvalid:
		if r.Details["country"] != "" {
			return a.Country
		}
		if r.Details["evidence"] != "" {
			return a.Evidence
		}
		if v, ok := r.Details["value"]; ok {
			return v
		}
	}
	return a.Status
}

// disagreement refuses a second answer for a place and date that says something
// else than the first; nil where it says the same.
func disagreement(first, second intake.Answer) *domain.Refusal {
	say := func(what, one, other string) *domain.Refusal {
		r := domain.Refuse(domain.CodeInvalid, what, "other_row", strconv.Itoa(first.Row), "other_value", one, "value", other)
		if first.Sheet != "" {
			r.Details["other_sheet"] = first.Sheet
		}
		return r
	}
	switch {
	case domain.Typed(first.Status) != domain.Typed(second.Status):
		return say(fmt.Sprintf("%s says %s and this one %s; keep one", first.Where(), first.Status, second.Status), first.Status, second.Status)
	case second.Note != "" && first.Note != second.Note:
		return say(fmt.Sprintf("%s says the same with another note; keep one", first.Where()), first.Note, second.Note)
	case second.Evidence != "" && first.Evidence != second.Evidence:
		return say(fmt.Sprintf("%s says the same with other evidence; keep one", first.Where()), first.Evidence, second.Evidence)
	}
	return nil
}
