package form

import (
	"fmt"
	"io"

	"headway/domain"
)

// rowsSheet is the sheet of answers in the layout of rows.
const rowsSheet = "answers"

// width is that of a column of answers, in characters.
const width = 24

// WriteRows writes a workbook with a row a respondent and a column an indicator,
// which is the wide form of an import. The questions stand in rows above the
// header, which start with #. Answers of another date than the round's have no
// place here: their cells are locked.
func (f *Form) WriteRows(w io.Writer) error {
	return f.write(w, layoutRows, func(b *workbook) {
		b.sheet(rowsSheet)
		header := b.rowsHead()
		for i, r := range f.Respondents {
			b.rowOf(header+1+i, r)
		}
		last := header + len(f.Respondents)
		widths := []float64{14, 28}
		for i, in := range f.indicators {
			b.validateStatus(rowsSheet, fmt.Sprintf("%s:%s", at(i+3, header+1), at(i+3, last)), in.Scale, string(in.ID), f.question(in))
			widths = append(widths, width)
		}
		b.finish(rowsSheet, header, 2, widths...)
	})
}

// rowsHead writes what is above the answers and returns the header's row.
func (b *workbook) rowsHead() int {
	f := b.form
	row := b.about(rowsSheet, layoutRows)
	b.put(rowsSheet, 1, row, b.styles.head, "# "+f.say("domain"))
	b.put(rowsSheet, 1, row+1, b.styles.head, "# "+f.say("question"))
	header := row + 2
	b.put(rowsSheet, 1, header, b.styles.code, "country")
	b.put(rowsSheet, 2, header, b.styles.code, "# name")
	var domains, questions, ids []string
	for i, in := range f.indicators {
		b.put(rowsSheet, i+3, row, b.styles.head, f.domainOf(in))
		b.put(rowsSheet, i+3, row+1, b.styles.head, f.question(in))
		b.put(rowsSheet, i+3, header, b.styles.code, string(in.ID))
		domains, questions, ids = append(domains, f.domainOf(in)), append(questions, f.question(in)), append(ids, string(in.ID))
	}
	for i, texts := range [][]string{domains, questions, ids} {
		b.do(b.file.SetRowHeight(rowsSheet, row+i, height(width, texts...)))
	}
	return header
}

func (b *workbook) rowOf(row int, r domain.Enrolment) {
	f := b.form
	b.put(rowsSheet, 1, row, b.styles.code, string(r.Respondent))
	b.put(rowsSheet, 2, row, b.styles.text, f.naming(r))
	for i, in := range f.indicators {
		key := cell{r.Respondent, in.ID}
		style, label := b.styles.answer, ""
		if f.dated(key) {
			style = b.styles.closed
		} else if a, ok := f.answers[key]; ok {
			label = f.label(in, a.status)
		}
		b.put(rowsSheet, i+3, row, style, label)
	}
}
