package form

import (
	"fmt"
	"io"
	"strings"

	"headway/domain"
)

// columns are those of a respondent's sheet, as an import reads them; those that
// start with # are for people.
var columns = []string{"indicator", "# question", "status", "effective_on", "note", "evidence_url", "# domain"}

// WriteSheets writes a workbook with a sheet a respondent, named by its code, and
// a row an indicator in the order of domains.
func (f *Form) WriteSheets(w io.Writer) error {
	return f.write(w, layoutSheets, func(b *workbook) {
		for _, r := range f.Respondents {
			b.sheetOf(r)
		}
	})
}

func (b *workbook) sheetOf(r domain.Enrolment) {
	f, sheet := b.form, string(r.Respondent)
	b.sheet(sheet)
	row := b.about(sheet, layoutSheets)
	title := "# " + sheet
	if name := f.naming(r); name != sheet {
		title += ": " + name
	}
	b.put(sheet, 1, row, b.styles.title, title)
	row++
	heads := []string{"# " + f.say("indicator"), f.say("question"), f.say("status"), f.say("effective"), f.say("note"), f.say("evidence"), f.say("domain")}
	for i := range columns {
		b.put(sheet, i+1, row, b.styles.head, heads[i])
		b.put(sheet, i+1, row+1, b.styles.code, columns[i])
	}
	header := row + 1
	for i, in := range f.indicators {
		row := header + 1 + i
		a := f.answers[cell{r.Respondent, in.ID}]
		label := ""
		if a.status != "" {
			label = f.label(in, a.status)
		}
		b.put(sheet, 1, row, b.styles.code, string(in.ID))
		b.put(sheet, 2, row, b.styles.text, f.question(in))
		b.put(sheet, 3, row, b.styles.answer, label)
		b.putDate(sheet, 4, row, b.styles.date, a.effective)
		b.put(sheet, 5, row, b.styles.note, a.note)
		b.put(sheet, 6, row, b.styles.address, a.evidence)
		b.put(sheet, 7, row, b.styles.text, f.domainOf(in))
		b.do(b.file.SetRowHeight(sheet, row, max(height(26, string(in.ID)), height(40, f.question(in)))))
	}
	b.validateSheet(sheet, header+1)
	b.finish(sheet, header, 2, 30, 46, 20, 16, 40, 34, 26)
}

// validateSheet offers the lists, one for each scale whatever the number of its
// rows.
func (b *workbook) validateSheet(sheet string, first int) {
	f := b.form
	for _, s := range f.Framework.Scales {
		var cells []string
		for i := 0; i < len(f.indicators); i++ {
			start := i
			for i < len(f.indicators) && f.indicators[i].Scale == s.ID {
				i++
			}
			if i > start {
				cells = append(cells, fmt.Sprintf("%s:%s", at(3, first+start), at(3, first+i-1)))
			}
		}
		if len(cells) > 0 {
			b.validateStatus(sheet, strings.Join(cells, " "), s.ID, "", "")
		}
	}
	b.validateDate(sheet, fmt.Sprintf("%s:%s", at(4, first), at(4, first+len(f.indicators)-1)))
}
