package intake

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"headway/domain"
)

const (
	// maxPlaces bounds the filled cells of a workbook and the empty ones before them.
	maxPlaces = 8_000_000
	// mostNamed is how many cells a refusal names.
	mostNamed = 20
)

// sheetReader reads the rows of one sheet after the other. What a cell holds is
// read in the same pass as what must not be in it: no other program than this one
// says what it shows.
type sheetReader struct {
	book   *workbook
	sheet  sheetPart
	each   func(row int, cells []string) error
	places *int // of all sheets

	faults []*domain.Refusal // the first of them
	count  int
	merged []string

	row, col int
	cells    []string // of the row, up to the last filled one
	kind     string   // of the cell: its attribute t
	style    int
	within   bool // the value of a cell
	value    []byte
	inline   richText
}

// read hands the rows with something in them on.
func (s *sheetReader) read() error {
	data := false
	return s.book.archive.walk(s.sheet.part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "sheetData" {
				data = true
			}
			if e.Name.Local == "mergeCell" && len(s.merged) < 1000 {
				s.merged = append(s.merged, attr(e, "ref"))
			}
			if !data {
				return nil
			}
			s.inline.take(t)
			return s.start(e)
		case xml.EndElement:
			if e.Name.Local == "sheetData" {
				data = false
			}
			s.inline.take(t)
			if data {
				return s.end(e)
			}
		case xml.CharData:
			s.inline.take(t)
			if s.within && len(s.value) <= maxToken {
				s.value = append(s.value, e...)
			}
		}
		return nil
	})
}

func (s *sheetReader) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		s.row++
		if n, err := strconv.Atoi(attr(e, "r")); err == nil {
			if n < s.row || n > excelize.TotalRows {
				return damaged("sheet %s has row %d after row %d", short(s.sheet.name), n, s.row-1)
			}
			s.row = n
		}
		s.col, s.cells = 0, s.cells[:0]
	case "c":
		return s.startCell(e)
	case "v":
		s.within = true
	case "f":
		s.fault("is computed by a formula", "paste its value instead")
	}
	return nil
}

func (s *sheetReader) startCell(e xml.StartElement) error {
	s.col++
	s.kind, s.style, s.value, s.inline.text = "", 0, s.value[:0], s.inline.text[:0]
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "r":
			col, row, err := excelize.CellNameToCoordinates(a.Value)
			if err != nil || row != s.row || col < s.col {
				return damaged("sheet %s has a cell %q in row %d, column %d", short(s.sheet.name), short(a.Value), s.row, s.col)
			}
			s.col = col
		case "s":
			s.style, _ = strconv.Atoi(a.Value) // what is no number is no date
		case "t":
			s.kind = a.Value
		}
	}
	if s.col > maxWidth {
		return formError(fmt.Sprintf("sheet %s has more than %d columns", short(s.sheet.name), maxWidth))
	}
	switch s.kind {
	case "e":
		s.fault("shows an error", "write the answer itself")
	case "b":
		s.fault("is TRUE or FALSE", "choose the answer from its list")
	}
	return nil
}

func (s *sheetReader) end(e xml.EndElement) error {
	switch e.Name.Local {
	case "v":
		s.within = false
	case "c":
		return s.endCell()
	case "row":
		if len(s.cells) > 0 {
			return s.each(s.row, s.cells)
		}
	}
	return nil
}

// endCell puts what a cell holds into its place in the row.
func (s *sheetReader) endCell() error {
	text, err := s.text()
	if err != nil || text == "" {
		return err
	}
	if why := badText(text); why != "" {
		return formError(fmt.Sprintf("sheet %s, cell %s %s", short(s.sheet.name), s.cell(), why))
	}
	*s.places += s.col - len(s.cells)
	if *s.places > maxPlaces {
		return formError(fmt.Sprintf("the workbook has more than %d cells; save its answers as CSV", maxPlaces))
	}
	for len(s.cells) < s.col-1 {
		s.cells = append(s.cells, "")
	}
	s.cells = append(s.cells, text)
	return nil
}

// text is what a cell holds: a text, a date in ISO 8601, or a number.
func (s *sheetReader) text() (string, error) {
	value := strings.TrimSpace(string(s.value))
	switch s.kind {
	case "s":
		if value == "" {
			return "", nil
		}
		i, err := strconv.Atoi(value)
		text, ok := s.book.texts.at(i)
		if err != nil || !ok {
			return "", damaged("sheet %s, cell %s has no text", short(s.sheet.name), s.cell())
		}
		return unescaped(text), nil
	case "inlineStr":
		return unescaped(string(s.inline.text)), nil
	case "str", "d":
		return unescaped(string(s.value)), nil
	case "e", "b":
		return "", nil // refused already
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || v != v {
		return value, nil
	}
	if s.style >= 0 && s.style < len(s.book.dates) && s.book.dates[s.style] {
		if day, ok := serialDate(value, s.book.since1904); ok {
			return day, nil
		}
	}
	if v > -1e15 && v < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64), nil // 1.0 and 1E0 are 1
	}
	return value, nil
}

func (s *sheetReader) cell() string {
	name, _ := excelize.CoordinatesToCellName(max(s.col, 1), max(s.row, 1))
	return name
}

func (s *sheetReader) fault(what, advice string) { s.faultAt(s.cell(), what, advice) }

func (s *sheetReader) faultAt(cell, what, advice string) {
	if s.count++; len(s.faults) < mostNamed {
		s.faults = append(s.faults, formError(fmt.Sprintf("sheet %s, cell %s %s; %s", short(s.sheet.name), cell, what, advice), "sheet", s.sheet.name, "cell", cell))
	}
}

// mergedFrom names the merged cells from a row on: above it are lines for people.
func (s *sheetReader) mergedFrom(header int) {
	for _, ref := range s.merged {
		_, to, _ := strings.Cut(ref, ":")
		if _, row, err := excelize.CellNameToCoordinates(to); err == nil && row < header {
			continue
		}
		s.faultAt(short(ref), "is merged of several", "take the merging off")
	}
}
