package intake

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxTexts     = 4_000_000 // texts that cells share
	maxTextBytes = 128 << 20
	maxStyles    = 65_536 // as many as Excel keeps
)

// workbook is what the cells of all sheets need to be understood.
type workbook struct {
	archive   *archive
	sheets    []sheetPart
	texts     texts
	dates     []bool // by style: numbers in it are dates
	since1904 bool
}

// sheetPart is a sheet and where it stands.
type sheetPart struct {
	name, part string
	hidden     bool
}

// openWorkbook reads the parts of a workbook that are not sheets.
func openWorkbook(p *archive) (*workbook, error) {
	top, err := p.links("")
	if err != nil {
		return nil, err
	}
	main := linked(top, "officeDocument")
	if main == "" {
		main = "xl/workbook.xml"
	}
	if !p.has(main) {
		return nil, formError("the file is an archive but no workbook; give the .xlsx or a .csv itself")
	}
	links, err := p.links(main)
	if err != nil {
		return nil, err
	}
	w := &workbook{archive: p}
	if err := w.readSheetList(main, links); err != nil {
		return nil, err
	}
	if part := linked(links, "styles"); part != "" {
		if w.dates, err = p.dateStyles(part); err != nil {
			return nil, err
		}
	}
	part := linked(links, "sharedStrings")
	if usual := path.Join(path.Dir(main), "sharedStrings.xml"); part == "" && p.has(usual) {
		part = usual
	}
	if part != "" {
		err = w.texts.read(p, part)
	}
	return w, err
}

// readSheetList reads which sheets there are, in their order. Sheets of charts are
// left out.
func (w *workbook) readSheetList(main string, links map[string]link) error {
	taken := map[string]bool{}
	return w.archive.walk(main, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok {
			return nil
		}
		switch e.Name.Local {
		case "workbookPr":
			w.since1904 = truth(attr(e, "date1904"))
		case "sheet":
			s := sheetPart{name: attr(e, "name"), hidden: strings.HasSuffix(strings.ToLower(attr(e, "state")), "hidden")}
			l, ok := links[relation(e)]
			switch {
			case !ok:
				return damaged("sheet %s is missing", short(s.name))
			case l.kind != "worksheet":
				return nil
			case !w.archive.has(l.target):
				return damaged("sheet %s is missing", short(s.name))
			case taken[strings.ToLower(l.target)]:
				return damaged("sheet %s is another one too", short(s.name))
			case len(w.sheets) >= maxSheets:
				return formError("the workbook has more than " + strconv.Itoa(maxSheets) + " sheets")
			}
			taken[strings.ToLower(l.target)] = true
			s.part = l.target
			w.sheets = append(w.sheets, s)
		}
		return nil
	})
}

// relation is the id by which a sheet is found, in the namespace of Office or of
// strict Open XML.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && strings.HasSuffix(a.Name.Space, "/relationships") {
			return a.Value
		}
	}
	return ""
}

func truth(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

// dateStyles says of each style of cells whether it shows numbers as dates.
func (p *archive) dateStyles(part string) ([]bool, error) {
	custom := map[string]bool{}
	var out []bool
	within := false
	err := p.walk(part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				if len(custom) < maxStyles {
					custom[attr(e, "numFmtId")] = showsDate(attr(e, "formatCode"))
				}
			case "cellXfs":
				within = true
			case "xf":
				if !within {
					break
				}
				if len(out) >= maxStyles {
					return damaged("it has more than %d styles", maxStyles)
				}
				id := attr(e, "numFmtId")
				date, own := custom[id]
				out = append(out, own && date || !own && builtInDate(id))
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				within = false
			}
		}
		return nil
	})
	return out, err
}

// builtInDate reports whether a format that every program knows by number shows a
// date (ECMA-376 part 1, 18.8.30, and those of East Asian languages).
func builtInDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)
}

// showsDate reports whether a format shows a day, a month or a year: one of their
// letters outside of quotes, brackets and escapes. Minutes have the letter of
// months, so that only formats with a year or a day count.
func showsDate(code string) bool {
	code, _, _ = strings.Cut(code, ";") // the format of positive numbers
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				return false
			}
			i += n + 1
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				return false
			}
			i += n
		case 'y', 'Y', 'd', 'D':
			return true
		case 'G', 'g':
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				i += len("general") - 1
			}
		}
	}
	return false
}

// texts are those that cells share, one after the other.
type texts struct {
	all  string
	ends []uint32
}

func (x *texts) at(i int) (string, bool) {
	if i < 0 || i >= len(x.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = x.ends[i-1]
	}
	return x.all[start:x.ends[i]], true
}

func (x *texts) read(p *archive, part string) error {
	var all []byte
	var r richText
	err := p.walk(part, func(t xml.Token) error {
		r.take(t)
		e, ok := t.(xml.EndElement)
		if !ok || e.Name.Local != "si" {
			return nil
		}
		all = append(all, r.text...)
		r.text = r.text[:0]
		if x.ends = append(x.ends, uint32(len(all))); len(x.ends) > maxTexts || len(all) > maxTextBytes {
			return formError("the workbook has too much text; save its answers as CSV")
		}
		return nil
	})
	x.all = string(all)
	return err
}

// richText gathers the text of a cell, which may be in runs of several fonts, and
// leaves out how it is pronounced.
type richText struct {
	text   []byte
	within bool // an element t
	spoken int  // elements rPh
}

func (r *richText) take(t xml.Token) {
	switch e := t.(type) {
	case xml.StartElement:
		switch e.Name.Local {
		case "rPh":
			r.spoken++
		case "t":
			r.within = true
		}
	case xml.EndElement:
		switch e.Name.Local {
		case "rPh":
			r.spoken--
		case "t":
			r.within = false
		}
	case xml.CharData:
		if r.within && r.spoken == 0 && len(r.text) <= maxToken {
			r.text = append(r.text, e...)
		}
	}
}

// unescaped undoes how spreadsheets write characters that XML has not: _x000D_.
func unescaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if rest := s[i:]; len(rest) >= 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_' {
			if n, err := strconv.ParseUint(rest[2:6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return strings.ReplaceAll(b.String(), "\r\n", "\n")
}
