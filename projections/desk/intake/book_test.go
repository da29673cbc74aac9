package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk/form"
	"headway/projections/desk/intake"
)

// formOf is a form of the graded framework for two respondents.
func formOf(t testing.TB, lang string) *form.Form {
	t.Helper()
	r := domain.Round{ID: "r1", Framework: "small", ReferenceDate: domain.Date{Year: 2021}}
	who := []domain.Enrolment{{Respondent: "AAA", Kind: domain.Country}, {Respondent: "AAB", Kind: domain.Country}}
	f, err := form.New(r, graded(), who, lang, func(e domain.Enrolment) string { return "Name of " + string(e.Respondent) })
	if err != nil {
		t.Fatal(err)
	}
	f.Fill([]projections.StatusRow{
		{Country: "AAA", Indicator: "a.a.one", Round: "r1", Status: domain.InPlace, EffectiveOn: domain.Date{Year: 2021}, Note: "=note", Evidence: []string{"https://example.org/a"}},
		{Country: "AAB", Indicator: "a.a.level", Round: "r1", Status: "4", EffectiveOn: domain.Date{Year: 2021}},
		{Country: "AAB", Indicator: "b.b.three", Round: "r1", Status: domain.NoAnswer, EffectiveOn: domain.Date{Year: 2021}},
	})
	return f
}

func sheetsOf(t testing.TB, lang string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := formOf(t, lang).WriteSheets(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rowsOf(t testing.TB, lang string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := formOf(t, lang).WriteRows(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edited is a workbook after somebody worked on it.
func edited(t testing.TB, data []byte, edit func(x *excelize.File) error) []byte {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(x); err != nil {
		t.Fatal(err)
	}
	b, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBytes(data []byte) ([]intake.Answer, error) {
	return readFrom(bytes.NewReader(data), intake.Options{Round: "r1"})
}

// said is who says what in which indicator, without the place.
func said(all []intake.Answer) map[string]string {
	out := map[string]string{}
	for _, a := range all {
		out[a.Country+" "+a.Indicator] = strings.TrimSpace(strings.Join([]string{a.Status, a.Effective, a.Note, a.Evidence}, " "))
	}
	return out
}

// TestFormsComeBack: both layouts, in both languages, as they were filled in.
func TestFormsComeBack(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		sheets, err := readBytes(sheetsOf(t, lang))
		want := map[string]string{"AAA a.a.one": "in_place 2021 =note https://example.org/a", "AAB a.a.level": "4 2021", "AAB b.b.three": "no_answer 2021"}
		if err != nil || fmt.Sprint(said(sheets)) != fmt.Sprint(want) {
			t.Errorf("sheets, %s: %v\n%s", lang, err, told(sheets))
		}
		rows, err := readBytes(rowsOf(t, lang))
		want = map[string]string{"AAA a.a.one": "in_place", "AAB a.a.level": "4", "AAB b.b.three": "no_answer"}
		if err != nil || fmt.Sprint(said(rows)) != fmt.Sprint(want) {
			t.Errorf("rows, %s: %v\n%s", lang, err, told(rows))
		}
	}
}

// rowOf is the row of a sheet whose first cell is a text.
func rowOf(t testing.TB, x *excelize.File, sheet, text string) int {
	t.Helper()
	rows, err := x.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if len(r) > 0 && r[0] == text {
			return i + 1
		}
	}
	t.Fatalf("sheet %s has no row %s", sheet, text)
	return 0
}

// TestHabitsOfSpreadsheetPrograms edits forms as people and programs do.
func TestHabitsOfSpreadsheetPrograms(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(x *excelize.File) error
		want string
	}{
		"a day as a date": {func(x *excelize.File) error {
			return x.SetCellValue("AAA", fmt.Sprintf("D%d", rowOf(t, x, "AAA", "a.a.one")), time.Date(2021, 3, 15, 0, 0, 0, 0, time.UTC))
		}, "in_place 2021-03-15 =note https://example.org/a"},
		"a month as a text": {func(x *excelize.File) error {
			return x.SetCellStr("AAA", fmt.Sprintf("D%d", rowOf(t, x, "AAA", "a.a.one")), "2021-03")
		}, "in_place 2021-03 =note https://example.org/a"},
		"a year as a number": {func(x *excelize.File) error {
			return x.SetCellInt("AAA", fmt.Sprintf("D%d", rowOf(t, x, "AAA", "a.a.one")), 2020)
		}, "in_place 2020 =note https://example.org/a"},
		"the days of 1904": {func(x *excelize.File) error {
			yes := true
			if err := x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
				return err
			}
			return x.SetCellInt("AAA", fmt.Sprintf("D%d", rowOf(t, x, "AAA", "a.a.one")), 42808) // 2021-03-15
		}, "in_place 2021-03-15 =note https://example.org/a"},
		"the lists are lost": {func(x *excelize.File) error { return x.DeleteSheet("#lists") }, "in_place 2021 =note https://example.org/a"},
		"a label of another language": {func(x *excelize.File) error {
			return x.SetCellStr("AAA", fmt.Sprintf("C%d", rowOf(t, x, "AAA", "a.a.one")), "غير موجود")
		}, "not_in_place 2021 =note https://example.org/a"},
		"sheets in another order, one added": {func(x *excelize.File) error {
			if _, err := x.NewSheet("notes"); err != nil {
				return err
			}
			if err := x.SetCellFormula("notes", "A1", "1+1"); err != nil {
				return err
			}
			return x.MoveSheet("AAB", "AAA")
		}, "in_place 2021 =note https://example.org/a"},
		"an empty row and column": {func(x *excelize.File) error {
			if err := x.InsertRows("AAA", rowOf(t, x, "AAA", "a.a.one"), 2); err != nil {
				return err
			}
			return x.SetCellStr("AAA", "J4000", "")
		}, "in_place 2021 =note https://example.org/a"},
		"rich text": {func(x *excelize.File) error {
			return x.SetCellRichText("AAA", fmt.Sprintf("C%d", rowOf(t, x, "AAA", "a.a.one")), []excelize.RichTextRun{{Text: "Not "}, {Text: "in place", Font: &excelize.Font{Bold: true}}})
		}, "not_in_place 2021 =note https://example.org/a"},
	} {
		got, err := readBytes(edited(t, sheetsOf(t, "en"), c.edit))
		if err != nil || said(got)["AAA a.a.one"] != c.want || len(got) != 3 {
			t.Errorf("%s: %v\n%s", name, err, told(got))
		}
	}
	// A number in a graded scale, whatever it looks like.
	got, err := readBytes(edited(t, rowsOf(t, "en"), func(x *excelize.File) error {
		return x.SetCellFloat("answers", fmt.Sprintf("E%d", rowOf(t, x, "answers", "AAA")), 3, 1, 64)
	}))
	if err != nil || !strings.Contains(told(got), "a.a.level 3") {
		t.Errorf("a number: %v\n%s", err, told(got))
	}
}

// plainBook is a workbook that somebody made, from its first sheet.
func plainBook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	for i, r := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPlainWorkbooks(t *testing.T) {
	day := time.Date(2021, 3, 15, 0, 0, 0, 0, time.UTC)
	got, err := readBytes(plainBook(t, []any{"country", "indicator", "status", "effective_on"}, []any{"AAA", "a.a.one", "In place", day}, []any{"AAB", "a.a.level", 3}))
	if err != nil || told(got) != "sheet Sheet1, row 2: AAA a.a.one in_place 2021-03-15\nsheet Sheet1, row 3: AAB a.a.level 3\n" {
		t.Errorf("long: %v\n%s", err, told(got))
	}
	got, err = readBytes(plainBook(t, []any{"country", "a.a.one", "a.a.level"}, []any{"AAA", "", 5.0}, []any{"AAB", "in_place"}))
	if err != nil || told(got) != "sheet Sheet1, row 2: AAA a.a.level 5\nsheet Sheet1, row 3: AAB a.a.one in_place\n" {
		t.Errorf("wide: %v\n%s", err, told(got))
	}
}

// parts rewrites parts of a workbook; a nil text takes one out.
func parts(t testing.TB, data []byte, change map[string]func(string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := change[f.Name]; ok {
			if text = []byte(c(string(text))); len(text) == 0 {
				continue
			}
		}
		p, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func in(part string, old, new string) map[string]func(string) string {
	return map[string]func(string) string{part: func(s string) string { return strings.Replace(s, old, new, 1) }}
}

const sheet1 = "xl/worksheets/sheet1.xml"

func TestRefusedWorkbooks(t *testing.T) {
	plain := plainBook(t, []any{"country", "a.a.one"}, []any{"AAA", "in_place"}, []any{"AAB", "in_place"})
	edit := func(f func(x *excelize.File) error) []byte { return edited(t, plain, f) }
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"formulas": {edit(func(x *excelize.File) error {
			return x.SetCellFormula("Sheet1", "B2", `IF(TRUE,"in_place","")`)
		}), "cell B2 is computed by a formula"},
		"an error":                 {parts(t, plain, in(sheet1, `r="B2" t="s"><v>3</v>`, `r="B2" t="e"><v>#N/A</v>`)), "cell B2 shows an error"},
		"a truth":                  {edit(func(x *excelize.File) error { return x.SetCellBool("Sheet1", "B3", true) }), "cell B3 is TRUE or FALSE"},
		"merged cells":             {edit(func(x *excelize.File) error { return x.MergeCell("Sheet1", "B2", "B3") }), "B2:B3 is merged"},
		"another round":            {parts(t, rowsOf(t, "en"), in("xl/sharedStrings.xml", "round=r1", "round=r7")), "a form for round r7"},
		"a form of another name":   {edited(t, sheetsOf(t, "en"), func(x *excelize.File) error { return x.SetCellStr("AAA", "F9", "x") }), ""},
		"no header":                {plainBook(t), "no header"},
		"cut":                      {plain[:len(plain)/2], "damaged or cut"},
		"a text that is not there": {parts(t, plain, in(sheet1, `t="s"><v>3</v>`, `t="s"><v>99</v>`)), "has no text"},
		"a negative text":          {parts(t, plain, in(sheet1, `t="s"><v>3</v>`, `t="s"><v>-1</v>`)), "has no text"},
		"broken XML":               {parts(t, plain, in(sheet1, "</row>", "</raw>")), "damaged"},
		"a document type":          {parts(t, plain, in(sheet1, "<worksheet", `<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><worksheet`)), "defines a document type"},
		"an entity":                {parts(t, plain, in(sheet1, "<v>3</v>", "<v>&a;</v>")), "damaged"},
		"rows backwards":           {parts(t, plain, in(sheet1, `<row r="3"`, `<row r="1"`)), "has row 1 after row 2"},
		"a row past the end":       {parts(t, plain, in(sheet1, `<row r="3"`, `<row r="9999999"`)), "has row 9999999"},
		"a column past the end":    {parts(t, plain, in(sheet1, `r="B3"`, `r="ZZZZ3"`)), "has a cell"},
		"a sheet that is missing":  {parts(t, plain, map[string]func(string) string{sheet1: func(string) string { return "" }}), "sheet Sheet1 is missing"},
		"an OpenDocument":          {zipped(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), ".ods"},
		"another archive":          {zipped(t, map[string]string{"a.csv": "country,a.a.one\n"}), "no workbook"},
		"macros":                   {zipped(t, map[string]string{"xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}), "macros"},
	} {
		got, err := readBytes(c.data)
		if c.says == "" {
			continue
		}
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v, %d answers", name, err, len(got))
		}
	}
}

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		p, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(p, text)
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

// TestBombs: what would grow past all bounds is refused before it does.
func TestBombs(t *testing.T) {
	plain := plainBook(t, []any{"country", "a.a.one"}, []any{"AAA", "in_place"})
	spread := func(n int) string { // rows with one cell, far to the right
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<row r="%d"><c t="inlineStr"><is><t>#</t></is></c><c r="XFD%d" t="inlineStr"><is><t>x</t></is></c></row>`, i+3, i+3)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"a large sheet, packed":   {declaring(t, plain, 1<<30, sheet1), "unpacks to more than"},
		"two that are too large":  {declaring(t, plain, 200<<20, sheet1, "xl/styles.xml"), "unpacks to more than"},
		"few cells, far apart":    {parts(t, plain, in(sheet1, "</sheetData>", spread(600)+"</sheetData>")), "more than 8000000 cells"},
		"deep nesting":            {parts(t, plain, in(sheet1, "<sheetData>", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"<sheetData>")), "nests too deep"},
		"five thousand parts":     {zippedMany(t, 5000), "has 5000 parts"},
		"a size that is not true": {declaring(t, plain, 100, sheet1), "damaged"},
	} {
		start := time.Now()
		_, err := readBytes(c.data)
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v after %s", name, err, time.Since(start))
		}
	}
}

func zippedMany(t testing.TB, n int) []byte {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("xl/worksheets/sheet%d.xml", i)] = ""
	}
	return zipped(t, files)
}

// declaring says of parts that they have another size than they have.
func declaring(t testing.TB, data []byte, size uint64, names ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		h := f.FileHeader
		if slices.Contains(names, h.Name) {
			h.UncompressedSize64 = size
		}
		p, err := w.CreateRaw(&h)
		if err == nil {
			_, err = io.Copy(p, raw)
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

func FuzzXLSX(f *testing.F) {
	f.Add(rowsOf(f, "ar"))
	f.Add(sheetsOf(f, "en"))
	f.Add(plainBook(f, []any{"country", "a.a.one"}, []any{"AAA", 1.5}))
	framework := graded()
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzz(t, bytes.NewReader(data), intake.Options{Framework: framework, Round: "r1"})
	})
}

// FuzzPart puts hostile XML where a part of a workbook should be.
func FuzzPart(f *testing.F) {
	names := []string{sheet1, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"}
	plain := plainBook(f, []any{"country", "a.a.one", "a.a.level"}, []any{"AAA", "in_place", 1.5})
	z, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range z.File {
		i := slices.Index(names, p.Name)
		if i < 0 {
			continue
		}
		r, err := p.Open()
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), string(text))
	}
	f.Add(uint8(0), `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>country</t></is></c><c t="str"><v>a.a.level</v></c></row><row><c t="str"><v>AAA</v></c><c s="1"><v>1e5</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`)
	f.Add(uint8(1), `<sst><si><t>country</t></si><si><r><t>a.a._x0041_</t></r><rPh><t>x</t></rPh></si></sst>`)
	f.Add(uint8(2), `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-C01]yyyy\ &quot;d&quot;;0"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>`)
	framework := graded()
	f.Fuzz(func(t *testing.T, part uint8, text string) {
		name := names[int(part)%len(names)]
		data := parts(t, plain, map[string]func(string) string{name: func(string) string { return text + " " }})
		fuzz(t, bytes.NewReader(data), intake.Options{Framework: framework})
	})
}

// fuzz reads a file: it is refused, or its answers have a place.
func fuzz(t *testing.T, r io.Reader, o intake.Options) {
	err := intake.Read(intake.File{Name: "f", Reader: r}, o, func(a intake.Answer) error {
		if a.Row < 1 || a.Column == "" {
			t.Fatalf("an answer from nowhere: %+v", a)
		}
		return nil
	})
	if err != nil && domain.RefusalOf(err) == nil {
		t.Fatal(err)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{plain, "sep=;\ncountry;a.a.one\nAAA;\"x\n\"\n", "\ufeffcountry\ta.a.level\nAAA\t3,0\n", "# headway-form 1 round=r1 lang=ar\ncountry,a.a.one\n", "\xff\xfec\x00"} {
		f.Add([]byte(s))
	}
	framework := graded()
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzz(t, bytes.NewReader(data), intake.Options{Framework: framework, Round: "r1"})
	})
}

// FuzzMapping reads a mapping, and a file by it.
func FuzzMapping(f *testing.F) {
	files, err := filepath.Glob("testdata/mapping/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		csv, err := os.ReadFile(strings.TrimSuffix(name, "yaml") + "csv")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), string(csv))
	}
	f.Add("headway-mapping: 1\ncountry: {column: c}\nindicators: {a: a.a.one}\n", "c,a\nAAA,in_place\n")
	framework := graded()
	f.Fuzz(func(t *testing.T, text, csv string) {
		m, err := intake.ReadMapping("m.yaml", strings.NewReader(text))
		if err != nil {
			if domain.RefusalOf(err) == nil {
				t.Fatal(err)
			}
			return
		}
		fuzz(t, strings.NewReader(csv), intake.Options{Framework: framework, Mapping: m})
	})
}
