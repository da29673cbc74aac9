package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"headway/domain"
)

// with puts parts that are made while they are written into a workbook, in place of
// its own of the same name.
func with(t testing.TB, data []byte, parts map[string]io.Reader) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if parts[f.Name] == nil {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, r := range parts {
		p, err := w.Create(name)
		if err == nil {
			_, err = io.Copy(p, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func filled(start, with string, size int64) io.Reader {
	return &endless{start: start, with: with, left: size}
}

// TestBombsInEveryPart: whichever part grows, the reading ends before it is kept.
func TestBombsInEveryPart(t *testing.T) {
	plain := plainBook(t, []any{"country", "a.a.one"}, []any{"AAA", "in_place"})
	const texts, styles, book, links = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
	const size = 4 << 20
	for name, c := range map[string]struct {
		part string
		r    io.Reader
		says string
	}{
		"texts within each other":  {texts, filled("<sst>", "<a>", size), "nests too deep"},
		"a text of megabytes":      {texts, filled("<sst><si><t>", "x", size), "longer than 1024 KiB"},
		"an attribute":             {sheet1, filled("<worksheet a=\"", "x", size), "longer than 1024 KiB"},
		"a comment":                {sheet1, filled("<worksheet><!--", "x", size), "longer than 1024 KiB"},
		"many empty texts":         {texts, filled("<sst>", "<si/>", 21<<20), "too much text"},
		"a text in many runs":      {texts, filled("<sst><si>", "<t>"+strings.Repeat("x", 1000)+"</t>", size), "EOF"},
		"many styles":              {styles, filled("<styleSheet><cellXfs>", "<xf/>", size), "more than 65536 styles"},
		"styles within each other": {styles, filled("", "<x>", size), "nests too deep"},
		"many sheets":              {book, filled(`<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>`, `<sheet name="a" r:id="rId1"/>`, size), "another one too"},
		"many links":               {links, manyLinks(), "too many entries"},
		"a sheet that is cut":      {sheet1, strings.NewReader(`<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>country</t></is></c><c t="inlineStr"><is><t>a.a.one</t></is></c></row>`), "damaged"},
		"many runs in a cell":      {sheet1, filled(`<worksheet><sheetData><row><c t="inlineStr"><is>`, "<t>"+strings.Repeat("x", 1000)+"</t>", size), "EOF"},
	} {
		data := with(t, plain, map[string]io.Reader{c.part: c.r})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := readBytes(data)
		runtime.ReadMemStats(&after)
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 96<<20 {
			t.Errorf("%s: the heap grew by %d MiB", name, grown>>20)
		}
	}
}

func manyLinks() io.Reader {
	var b strings.Builder
	b.WriteString("<Relationships>")
	for i := range 10_000 {
		fmt.Fprintf(&b, `<Relationship Id="r%d" Type="x/worksheet" Target="a.xml"/>`, i)
	}
	return strings.NewReader(b.String())
}

// TestWhatOneProgramWouldReadOtherwise: two parts of one name, two sheets in one
// part, a list of parts without end.
func TestWhatOneProgramWouldReadOtherwise(t *testing.T) {
	plain := plainBook(t, []any{"country", "a.a.one"}, []any{"AAA", "in_place"})
	z, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		t.Fatal(err)
	}
	var twice bytes.Buffer
	w := zip.NewWriter(&twice)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Create("XL/worksheets\\sheet1.xml"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	many := map[string]string{}
	for i := range 40_000 {
		many[fmt.Sprintf("%s%d", strings.Repeat("x", 60), i)] = ""
	}
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"two parts of one name": {twice.Bytes(), "two parts"},
		"two sheets in one part": {parts(t, plain, in("xl/workbook.xml", `</sheets>`,
			`<sheet name="b" sheetId="9" r:id="rId1"></sheet></sheets>`)), "another one too"},
		"a list of parts without end": {zipped(t, many), "more than 4000 parts"},
		"a text document":             {zipped(t, map[string]string{"word/document.xml": "<x/>"}), "text document"},
		"Apple Numbers":               {zipped(t, map[string]string{"Index/Document.iwa": ""}), "Apple Numbers"},
		"a document type in texts":    {parts(t, plain, in("xl/sharedStrings.xml", "<sst", `<!DOCTYPE w><sst`)), "document type"},
		"a control character":         {parts(t, plain, in("xl/sharedStrings.xml", "in_place", `in_x0007_place`)), ""},
		"an escaped one":              {parts(t, plain, in("xl/sharedStrings.xml", "in_place", `in_x0007__x0007_`)), "U+0007"},
		"a long text":                 {parts(t, plain, in("xl/sharedStrings.xml", "in_place", strings.Repeat("ن", 32_768))), "more than 32767 characters"},
	} {
		_, err := readBytes(c.data)
		if c.says == "" {
			continue
		}
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoSheetIsLost: answers on a further sheet are read or refused, never passed
// over.
func TestNoSheetIsLost(t *testing.T) {
	sheet := func(name string, rows ...[]any) func(x *excelize.File) error {
		return func(x *excelize.File) error {
			if _, err := x.NewSheet(name); err != nil {
				return err
			}
			for i, r := range rows {
				if err := x.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r); err != nil {
					return err
				}
			}
			return nil
		}
	}
	plain := plainBook(t, []any{"country", "a.a.one"}, []any{"AAA", "in_place"})
	for name, c := range map[string]struct {
		data  []byte
		edit  func(x *excelize.File) error
		count int
		says  string
	}{
		"a sheet of remarks":   {plain, sheet("remarks", []any{"called on Monday"}), 1, ""},
		"more answers":         {plain, sheet("2", []any{"country", "a.a.one"}, []any{"AAB", "in_place"}), 0, "sheet 2 holds answers too"},
		"kept out by its name": {plain, sheet("#2", []any{"country", "a.a.one"}, []any{"AAB", "in_place"}), 1, ""},
		"hidden answers": {plain, func(x *excelize.File) error {
			if err := sheet("2", []any{"country", "a.a.one"}, []any{"AAB", "in_place"})(x); err != nil {
				return err
			}
			return x.SetSheetVisible("2", false)
		}, 0, "sheet 2 is hidden and holds answers"},
		"a form whose first line is gone": {sheetsOf(t, "en"), func(x *excelize.File) error { return x.RemoveRow("AAB", 1) }, 3, ""},
		"a form with a column before":     {sheetsOf(t, "ar"), func(x *excelize.File) error { return x.InsertCols("AAB", "A", 1) }, 3, ""},
		"a header merged, above":          {sheetsOf(t, "ar"), func(x *excelize.File) error { return x.MergeCell("AAA", "A2", "F2") }, 3, ""},
		"formulas on two sheets": {sheetsOf(t, "en"), func(x *excelize.File) error {
			for _, s := range []string{"AAA", "AAB"} {
				for i := range 15 {
					if err := x.SetCellFormula(s, fmt.Sprintf("J%d", i+20), "1+1"); err != nil {
						return err
					}
				}
			}
			return nil
		}, 0, "the workbook has 30 cells that cannot be taken"},
		"a formula above the header": {sheetsOf(t, "en"), func(x *excelize.File) error { return x.SetCellFormula("AAB", "B2", "1+1") }, 0, "sheet AAB, cell B2 is computed"},
		"columns for people first":   {plainBook(t, []any{"# name", "country", "a.a.one"}, []any{"X", "AAA", "in_place"}), sheet("b"), 1, ""},
		"without #lists, in Arabic":  {rowsOf(t, "ar"), func(x *excelize.File) error { return x.DeleteSheet("#lists") }, 3, ""},
	} {
		got, err := readBytes(edited(t, c.data, c.edit))
		if c.says == "" && (err != nil || len(got) != c.count) {
			t.Errorf("%s: %v\n%s", name, err, told(got))
		}
		if r := domain.RefusalOf(err); c.says != "" && (r == nil || !strings.Contains(r.Error(), c.says) || len(r.Causes) > 20) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOtherProgramsWorkbooks are written by hand, with what other programs do that
// the library does not: texts within cells, no references, other names of parts,
// dates of strict Open XML, pronunciation, sizes that mean nothing.
func TestOtherProgramsWorkbooks(t *testing.T) {
	const ns = `xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships"`
	const rel = `<Relationship Id="%s" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/%s" Target="%s"/>`
	data := zipped(t, map[string]string{
		"_rels/.rels":              `<Relationships>` + fmt.Sprintf(rel, "a", "officeDocument", "/book/main.xml") + `</Relationships>`,
		"book/main.xml":            `<workbook ` + ns + `><workbookPr date1904="true"/><sheets><sheet name="Sheet One" sheetId="1" r:id="s1"/><sheet name="Chart" sheetId="2" r:id="s2"/></sheets></workbook>`,
		"book/_rels/main.xml.rels": `<Relationships>` + fmt.Sprintf(rel, "s1", "worksheet", "w/one.xml") + fmt.Sprintf(rel, "s2", "chartsheet", "w/two.xml") + fmt.Sprintf(rel, "t", "sharedStrings", "texts.xml") + fmt.Sprintf(rel, "st", "styles", "st.xml") + `</Relationships>`,
		"book/texts.xml":           `<sst><si><t>country</t></si><si><r><t>In </t></r><r><t xml:space="preserve">place</t></r><rPh><t>no</t></rPh></si></sst>`,
		"book/st.xml":              `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-C01]dd/mm/yyyy\ "/><numFmt numFmtId="165" formatCode="&quot;day &quot;0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		"book/w/one.xml": `<worksheet ` + ns + `><dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384"/></cols><sheetData>
<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>indicator</t></is></c><c t="str"><v>status</v></c><c t="inlineStr"><is><t>effective_on</t></is></c><c t="inlineStr"><is><t>note</t></is></c><c s="1"/></row>
<row r="5"><c t="inlineStr"><is><t>AAA</t></is></c><c t="inlineStr"><is><t>a.a.one</t></is></c><c t="s"><v>1</v></c><c s="1"><v>42808</v></c><c t="inlineStr"><is><t xml:space="preserve">a_x000D_
b _x0041_</t></is></c></row>
<row><c t="inlineStr"><is><t>AAB</t></is></c><c t="inlineStr"><is><t>a.a.level</t></is></c><c s="2"><v>3.0E0</v></c><c t="d"><v>2021-03-16T00:00:00</v></c></row>
<row><c t="inlineStr"><is><t>AAC</t></is></c><c t="inlineStr"><is><t>a.a.level</t></is></c><c><v>4</v></c><c s="1"><v>42808.75</v></c></row>
<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row></sheetData></worksheet>`,
	})
	const want = "sheet Sheet One, row 5: AAA a.a.one in_place 2021-03-15 a\nb A\nsheet Sheet One, row 6: AAB a.a.level 3 2021-03-16\nsheet Sheet One, row 7: AAC a.a.level 4 2021-03-15\n"
	got, err := readBytes(data)
	if err != nil || told(got) != want {
		t.Errorf("%v\n%s", err, told(got))
	}
}
