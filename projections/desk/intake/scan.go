package intake

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"headway/domain"
)

// mostNamed is how many cells of a kind a refusal names.
const mostNamed = 20

// scan is what a look over the XML of a sheet found: what the library that reads
// the values passes over in silence.
type scan struct {
	name   string
	faults []*domain.Refusal // the first of them
	count  int
}

func (s *scan) fault(cell, what, advice string) {
	if s.count++; len(s.faults) < mostNamed {
		s.faults = append(s.faults, formError(fmt.Sprintf("sheet %s, cell %s %s; %s", s.name, cell, what, advice), "sheet", s.name, "cell", cell))
	}
}

// check refuses a sheet whose cells are not what they show.
func (s *scan) check() error {
	if s.count == 0 {
		return nil
	}
	r := formError(fmt.Sprintf("sheet %s has %d cells that cannot be taken as they are", s.name, s.count), "sheet", s.name, "cells", strconv.Itoa(s.count))
	r.Causes = s.faults
	return r
}

// scanBook looks over the sheets of a workbook, by name.
func scanBook(z *zip.Reader) (map[string]*scan, error) {
	names, err := sheetParts(z)
	if err != nil {
		return nil, err
	}
	if len(names) > maxSheets {
		return nil, formError(fmt.Sprintf("the workbook has %d sheets, more than %d", len(names), maxSheets))
	}
	texts, err := countTexts(z)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*scan, len(names))
	places := 0
	for _, part := range slices.Sorted(maps.Keys(names)) {
		f, name := find(z, part), names[part]
		if f == nil {
			return nil, formError(fmt.Sprintf("the workbook is damaged: sheet %s is missing", name))
		}
		s := &scan{name: name}
		if err := s.read(f, texts, &places); err != nil {
			return nil, err
		}
		out[name] = s
	}
	return out, nil
}

// sheetParts are the parts of the workbook that are sheets, with their names.
func sheetParts(z *zip.Reader) (map[string]string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Old  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"` // strict Open XML
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	for name, v := range map[string]any{"xl/workbook.xml": &book, "xl/_rels/workbook.xml.rels": &links} {
		f := find(z, name)
		if f == nil {
			return nil, formError("the workbook is damaged: " + name + " is missing")
		}
		if err := decode(f, v); err != nil {
			return nil, formError(fmt.Sprintf("the workbook is damaged: %s: %s", name, firstLine(err)))
		}
	}
	out := map[string]string{}
	for _, s := range book.Sheets {
		for _, l := range links.Links {
			if (l.ID == s.ID || l.ID == s.Old) && strings.HasSuffix(l.Type, "/worksheet") {
				target := strings.TrimPrefix(l.Target, "/")
				if !strings.HasPrefix(target, "xl/") {
					target = path.Join("xl", target)
				}
				out[target] = s.Name
			}
		}
	}
	return out, nil
}

func find(z *zip.Reader, name string) *zip.File {
	for _, f := range z.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, "\\", "/"), name) {
			return f
		}
	}
	return nil
}

func decode(f *zip.File, v any) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", f.Name, err)
	}
	defer func() { _ = r.Close() }() // read only
	return xml.NewDecoder(io.LimitReader(r, 16<<20)).Decode(v)
}

// tokens hands the elements of a part on, and refuses one that is no XML, or that
// defines a document type: no spreadsheet program writes one.
func tokens(f *zip.File, each func(xml.Token) error) error {
	r, err := f.Open()
	if err != nil {
		return formError(fmt.Sprintf("the workbook is damaged: %s: %s", f.Name, firstLine(err)))
	}
	defer func() { _ = r.Close() }() // read only
	d := xml.NewDecoder(r)
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return formError(fmt.Sprintf("the workbook is damaged: %s: %s", f.Name, firstLine(err)))
		}
		if _, ok := t.(xml.Directive); ok {
			return formError(fmt.Sprintf("the workbook defines a document type in %s, which no spreadsheet program does", f.Name))
		}
		if err := each(t); err != nil {
			return err
		}
	}
}

// countTexts counts the texts that the cells of all sheets share.
func countTexts(z *zip.Reader) (int, error) {
	f := find(z, "xl/sharedStrings.xml")
	if f == nil {
		return 0, nil
	}
	n := 0
	err := tokens(f, func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "si" {
			n++
		}
		return nil
	})
	return n, err
}

// cellScan is where a look over a sheet stands.
type cellScan struct {
	row, col   int
	kind, cell string
	value      bool // within the value of a cell
	depth      int
}

// read looks over the XML of a sheet. Places counts those of all sheets.
func (s *scan) read(f *zip.File, texts int, places *int) error {
	var c cellScan
	return tokens(f, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			if c.depth++; c.depth > 64 {
				return formError(fmt.Sprintf("the workbook is damaged: sheet %s nests too deep", s.name))
			}
			return s.element(e, &c, places)
		case xml.EndElement:
			c.depth--
			c.value = false
		case xml.CharData:
			if c.value && c.kind == "s" {
				if n, err := strconv.Atoi(strings.TrimSpace(string(e))); err != nil || n < 0 || n >= texts {
					return formError(fmt.Sprintf("the workbook is damaged: sheet %s, cell %s has no text", s.name, c.cell))
				}
			}
		}
		return nil
	})
}

func (s *scan) element(e xml.StartElement, c *cellScan, places *int) error {
	switch e.Name.Local {
	case "row":
		c.row++
		if n, err := strconv.Atoi(attr(e, "r")); err == nil {
			if n < c.row || n > excelize.TotalRows {
				return formError(fmt.Sprintf("the workbook is damaged: sheet %s has row %d after row %d", s.name, n, c.row-1))
			}
			c.row = n
		}
		c.col = 0
	case "c":
		c.col++
		if ref := attr(e, "r"); ref != "" {
			col, row, err := excelize.CellNameToCoordinates(ref)
			if err != nil || row != c.row || col < c.col {
				return formError(fmt.Sprintf("the workbook is damaged: sheet %s has a cell %q in row %d, column %d", s.name, short(ref), c.row, c.col))
			}
			*places += col - c.col
			c.col = col
		}
		if *places++; c.col > maxWidth || *places > maxCells {
			return formError(fmt.Sprintf("sheet %s has more than %d columns, or the workbook more than %d cells; save its answers as CSV", s.name, maxWidth, maxCells))
		}
		c.kind = attr(e, "t")
		c.cell, _ = excelize.CoordinatesToCellName(c.col, c.row)
		switch c.kind {
		case "e":
			s.fault(c.cell, "shows an error", "write the answer itself")
		case "b":
			s.fault(c.cell, "is TRUE or FALSE", "choose the answer from its list")
		}
	case "f":
		s.fault(c.cell, "is computed by a formula", "paste its value instead")
	case "v":
		c.value = true
	case "mergeCell":
		s.fault(attr(e, "ref"), "is merged of several", "take the merging off")
	}
	return nil
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
