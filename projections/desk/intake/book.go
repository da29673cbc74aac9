package intake

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"headway/domain"
)

// readBook reads a workbook: each sheet of a form of Headway; of a workbook that
// somebody made, or that a mapping is for, the first. Sheets whose name starts with
// # are for programs.
func readBook(r io.Reader, a *answers) error {
	data, err := io.ReadAll(io.LimitReader(r, MaxBook+1))
	if err != nil {
		return fmt.Errorf("read the workbook: %w", err)
	}
	if len(data) > MaxBook {
		return formError(fmt.Sprintf("the workbook is larger than %d MiB; save it as CSV", MaxBook>>20))
	}
	files, err := openArchive(data)
	if err != nil {
		return err
	}
	book, err := openWorkbook(files)
	if err != nil {
		return err
	}
	b := &bookReader{book: book, answers: a}
	a.typed, a.since1904 = true, book.since1904
	for _, s := range book.sheets {
		if strings.HasPrefix(s.name, "#") || b.read > 0 && a.options.Mapping != nil {
			continue
		}
		if err := b.sheet(s); err != nil {
			return err
		}
	}
	return b.end()
}

// bookReader reads the sheets of a workbook.
type bookReader struct {
	book    *workbook
	answers *answers
	places  int
	read    int // sheets that hold answers
	faults  []*domain.Refusal
	count   int
}

// errNotAnswers ends the reading of a sheet that somebody added.
var errNotAnswers = errors.New("the sheet holds no answers")

// sheet reads a sheet. After the first, one that neither is a form nor has the
// header of answers is passed over; one that has, in a workbook that is no form, is
// refused rather than lost, and so are answers on a hidden sheet.
func (b *bookReader) sheet(part sheetPart) error {
	a := b.answers
	a.begin(part.name)
	s := &sheetReader{book: b.book, sheet: part, places: &b.places}
	s.each = func(row int, cells []string) error {
		if a.take == nil && !a.forPeople(cells) && !blank(cells) {
			if (b.read > 0 || part.hidden) && !holdsAnswers(cells) {
				return errNotAnswers
			}
			if part.hidden {
				return formError(fmt.Sprintf("sheet %s is hidden and holds answers; show it, or delete it", short(part.name)))
			}
			if b.read > 0 && !a.form {
				return formError(fmt.Sprintf("sheet %s holds answers too, but one sheet is read; delete it, or put # before its name", short(part.name)))
			}
		}
		if a.take != nil && b.count+s.count > 0 {
			return nil // refused at the end, with all such cells
		}
		return a.line(row, cells)
	}
	switch err := s.read(); {
	case errors.Is(err, errNotAnswers):
		return nil
	case err != nil:
		return inSheet(err, short(part.name))
	}
	if a.header != nil || s.count > 0 && b.read == 0 {
		b.read++
		s.mergedFrom(a.headerRow)
		b.count += s.count
		b.faults = append(b.faults, s.faults[:min(len(s.faults), mostNamed-len(b.faults))]...)
	}
	return nil
}

// end refuses a workbook whose cells are not what they show, and one without any.
func (b *bookReader) end() error {
	switch {
	case b.count > 0:
		r := formError(fmt.Sprintf("the workbook has %d cells that cannot be taken as they are", b.count), "cells", strconv.Itoa(b.count))
		r.Causes = b.faults
		return r
	case b.read == 0:
		return formError("the workbook has no header; the first line must be country,indicator,status or country and a column for each indicator")
	}
	return b.answers.endMapped()
}

// holdsAnswers reports whether a line is the header of answers.
func holdsAnswers(cells []string) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(cells, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), name) })
	}
	return has(colCountry) || has(colIndicator) && has(colStatus)
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// inSheet names the sheet in a refusal of its form that does not.
func inSheet(err error, sheet string) error {
	r := domain.RefusalOf(err)
	if r == nil || r.Code != domain.CodeImport || strings.Contains(r.Message, "sheet") || strings.Contains(r.Message, "workbook") {
		return err
	}
	out := *r
	out.Message = "sheet " + sheet + ": " + r.Message
	return &out
}
