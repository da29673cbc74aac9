package form

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"headway/domain"
)

// The layouts of a workbook.
const (
	layoutRows   = "rows"
	layoutSheets = "sheets"
)

// listsSheet is the hidden sheet of the answers that the lists offer. Sheets
// whose name starts with # are not read on import.
const listsSheet = "#lists"

// made stands for the time of making: the same form is the same bytes.
const made = "2000-01-01T00:00:00Z"

// workbook is a form on its way to a file. The first error is kept, and ends
// what follows.
type workbook struct {
	form   *Form
	file   *excelize.File
	styles styles
	lists  map[string]string // scale → the cells of its answers
	err    error
}

// write makes a workbook of the sheets that fill adds.
func (f *Form) write(w io.Writer, layout string, fill func(*workbook)) (err error) {
	if n := len(f.Respondents) * len(f.indicators); n > MaxCells || layout == layoutSheets && len(f.Respondents) > MaxSheets {
		return domain.Refuse(domain.CodeInvalid,
			fmt.Sprintf("a workbook for %d respondents and %d answers is too large; write a .csv, or one for each respondent with --respondent", len(f.Respondents), n))
	}
	if layout == layoutRows && len(f.indicators) > excelize.MaxColumns-2 {
		return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("a sheet has no room for %d columns; use --layout sheets", len(f.indicators)))
	}
	b := &workbook{form: f, file: excelize.NewFile(), lists: map[string]string{}}
	defer func() {
		if e := b.file.Close(); err == nil && e != nil {
			err = fmt.Errorf("write the form: %w", e)
		}
	}()
	font := "Arial" // has Arabic on every system
	b.do(b.file.SetDefaultFont(font))
	b.styles = b.makeStyles(font)
	fill(b)
	b.writeLists()
	b.file.SetActiveSheet(0)
	title, _ := f.Framework.Name.In(f.Lang)
	b.do(b.file.SetDocProps(&excelize.DocProperties{Creator: "Headway", LastModifiedBy: "Headway", Created: made, Modified: made,
		Title: title, Subject: string(f.Round.ID), Identifier: "headway-form/1/" + layout, Language: f.Lang}))
	if b.err == nil {
		b.do(b.file.Write(w))
	}
	if b.err != nil {
		return fmt.Errorf("write the form: %w", b.err)
	}
	return nil
}

func (b *workbook) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

// sheet adds a sheet; the first takes the place of the one that a new file has.
func (b *workbook) sheet(name string) {
	if first := b.file.GetSheetName(0); len(b.file.GetSheetList()) == 1 && first == "Sheet1" && name != first {
		b.do(b.file.SetSheetName(first, name))
		return
	}
	_, err := b.file.NewSheet(name)
	b.do(err)
}

// at is the name of a cell; both numbers count from 1.
func at(col, row int) string {
	s, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "A1" // never: MaxCells and the columns were checked
	}
	return s
}

// put writes a text, never a formula, in a style.
func (b *workbook) put(sheet string, col, row, style int, text string) {
	if b.err != nil {
		return
	}
	if text != "" {
		b.do(b.file.SetCellStr(sheet, at(col, row), text))
	}
	b.do(b.file.SetCellStyle(sheet, at(col, row), at(col, row), style))
}

// putDate writes a day as a date, and what is less precise as a text.
func (b *workbook) putDate(sheet string, col, row, style int, d domain.Date) {
	if d.Day == 0 || d.Year < 1900 {
		b.put(sheet, col, row, style, d.String())
		return
	}
	b.do(b.file.SetCellValue(sheet, at(col, row), d.First()))
	b.put(sheet, col, row, style, "")
}

// about writes the lines above the answers and returns the next row.
func (b *workbook) about(sheet, layout string) int {
	row := 1
	for i, line := range b.form.about(layout) {
		style := b.styles.line
		if i == 1 {
			style = b.styles.title
		}
		b.put(sheet, 1, row, style, line)
		row++
	}
	return row
}

// finish sets what a sheet of answers needs around them: its view, its
// protection and how it prints. Header is the row of the columns' names, frozen
// are the columns that stay in sight.
func (b *workbook) finish(sheet string, header, frozen int, widths ...float64) {
	yes, one, zero, landscape, a4 := true, 1, 0, "landscape", 9
	rtl := b.form.rightToLeft()
	for i, w := range widths {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.file.SetColWidth(sheet, col, col, w))
	}
	b.do(b.file.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &rtl}))
	b.do(b.file.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: frozen, YSplit: header, TopLeftCell: at(frozen+1, header+1), ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: at(frozen+1, header+1), ActiveCell: at(frozen+1, header+1), Pane: "bottomRight"}}}))
	b.do(b.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}))
	b.do(b.file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &one, FitToHeight: &zero}))
	b.do(b.file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&R&P / &N"}))
	b.do(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, header, header)}))
	b.protect(sheet)
}

// protect locks all cells but those for answers, without a password: it keeps
// people from changing by mistake what the import goes by.
func (b *workbook) protect(sheet string) {
	b.do(b.file.ProtectSheet(sheet, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true,
		FormatColumns: true, FormatRows: true, EditObjects: true, EditScenarios: true}))
}

// writeLists writes the hidden sheet behind the lists: a row for each scale and
// answer, the answers of a scale together.
func (b *workbook) writeLists() {
	if b.err != nil {
		return
	}
	b.sheet(listsSheet)
	row := 1
	line := func(cells ...string) {
		for i, c := range cells {
			b.put(listsSheet, i+1, row, b.styles.code, c)
		}
		row++
	}
	line("scale", "label", "status")
	for _, s := range b.form.Framework.Scales {
		for _, c := range b.form.choices(s) {
			line(s.ID, c.label, string(c.status))
		}
	}
	b.protect(listsSheet)
	b.do(b.file.SetSheetVisible(listsSheet, false))
}

// list is where writeLists puts the answers of a scale, as a formula.
func (b *workbook) list(scale string) string {
	if len(b.lists) == 0 {
		row := 2
		for _, s := range b.form.Framework.Scales {
			n := len(b.form.choices(s))
			b.lists[s.ID] = fmt.Sprintf("'%s'!$B$%d:$B$%d", listsSheet, row, row+n-1)
			row += n
		}
	}
	return b.lists[scale]
}

// validateStatus offers the answers of a scale in cells, and takes no other.
// Title and prompt, where given, show beside the cell.
func (b *workbook) validateStatus(sheet, cells, scale, title, prompt string) {
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(cells)
	dv.SetSqrefDropList(b.list(scale))
	dv.SetError(excelize.DataValidationErrorStyleStop, b.form.short("wrong.title"), b.form.say("wrong.status"))
	if prompt != "" {
		dv.SetInput(cut(title, 32), cut(prompt, 255))
	}
	b.do(b.file.AddDataValidation(sheet, dv))
}

// validateDate wants a day that is not in the future, and asks where it is none:
// a year or a month alone is a text.
func (b *workbook) validateDate(sheet, cells string) {
	const since = 18264 // 1950-01-01: a year alone, which is a smaller number, is no day
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(cells)
	b.do(dv.SetRange(since, "TODAY()", excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
	dv.SetError(excelize.DataValidationErrorStyleWarning, b.form.short("wrong.date.title"), cut(b.form.say("wrong.date"), 255))
	b.do(b.file.AddDataValidation(sheet, dv))
}

func (f *Form) short(key string) string { return cut(f.say(key), 32) }

// cut shortens a text to as many UTF-16 units as a spreadsheet takes.
func cut(s string, units int) string {
	if len(utf16.Encode([]rune(s))) <= units {
		return s
	}
	n, out := 1, strings.Builder{} // 1 for the ellipsis
	for _, r := range s {
		if n += utf16.RuneLen(r); n > units {
			break
		}
		out.WriteRune(r)
	}
	return out.String() + "…"
}

// height is that of a row in points which shows texts in columns of a width in
// characters without cutting them, within bounds.
func height(width float64, texts ...string) float64 {
	const line, most = 15, 150
	lines := 1
	for _, t := range texts {
		n := 0
		for part := range strings.SplitSeq(t, "\n") {
			n += 1 + int(float64(len([]rune(part)))*1.15/width)
		}
		lines = max(lines, n)
	}
	return min(float64(lines)*line, most)
}
