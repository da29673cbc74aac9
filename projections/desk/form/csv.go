package form

import (
	"encoding/csv"
	"fmt"
	"io"

	"headway/domain"
)

// byteOrderMark tells some spreadsheets that a file is UTF-8.
const byteOrderMark = "\ufeff"

// WriteCSV writes the long form: a row for each respondent and indicator, whose
// status is empty until it is filled in.
func (f *Form) WriteCSV(w io.Writer, bom bool) error {
	if bom {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return fmt.Errorf("write the form: %w", err)
		}
	}
	c := csv.NewWriter(w)
	rows := [][]string{{"country", "indicator", "status", "effective_on", "note", "evidence_url"}}
	for _, r := range f.Respondents {
		for _, in := range f.indicators {
			a := f.answers[cell{r.Respondent, in.ID}]
			rows = append(rows, []string{string(r.Respondent), string(in.ID), string(a.status), a.effective.String(), domain.Inert(a.note), domain.Inert(a.evidence)})
		}
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write the form: %w", err)
	}
	return nil
}
