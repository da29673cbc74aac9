package form_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	pt "headway/projections/projectionstest"
)

// TestRows reads a workbook of rows back.
func TestRows(t *testing.T) {
	f := newForm(t, "en", filled()...)
	data := rowsOf(t, f)
	x := open(t, data)
	noFormulas(t, data)
	if got := x.GetSheetList(); !slices.Equal(got, []string{"answers", "#lists"}) {
		t.Errorf("sheets %q", got)
	}
	first := pt.Must[string](t)(x.GetCellValue("answers", "A1"))
	if first != "# headway-form 1 round=2026 framework=small layout=rows lang=en" {
		t.Errorf("%q", first)
	}
	header, rows := answersOf(t, x, "answers", "country")
	if len(rows) != 5 || rows[0]["country"] != "AAA" || rows[0]["# name"] != `=HYPERLINK("http://example.org")` || rows[4]["# name"] != "A < B & \"C\"" {
		t.Errorf("rows %q", rows)
	}
	if rows[0]["a.a.one"] != "In place" || rows[1]["general.used"] != "=1+1" || rows[1]["a.a.one"] != "" {
		t.Errorf("what is believed: %q, %q", rows[0], rows[1])
	}
	// An answer of another date is left out, and its cell locked.
	if _, there := rows[0]["a.a.two"]; f.Dated() != 1 || there && rows[0]["a.a.two"] != "" {
		t.Errorf("%d dated, %q", f.Dated(), rows[0])
	}
	for cell, locked := range map[string]bool{
		at(t, 1, header): true, at(t, 3, header): true, at(t, 3, header-1): true, at(t, 1, header+1): true, at(t, 2, header+1): true,
		at(t, 3, header+1): false, at(t, 6, header+5): false, at(t, 5, header+1): true, "A1": true,
	} {
		if got := isLocked(t, x, "answers", cell); got != locked {
			t.Errorf("%s: locked %v", cell, got)
		}
	}
	ids := pt.Must[[][]string](t)(x.GetRows("answers"))[header-1]
	if !slices.Equal(ids, []string{"country", "# name", "general.used", "a.a.one", "a.a.two", "b.b.three"}) {
		t.Errorf("header %q", ids)
	}
	lists := listsOf(t, x, "answers")
	want := []string{"all", "most", "some", "None", "no_answer", "not_applicable"}
	want[0] = "=1+1" // a label that looks like a formula is a text
	if got := lists[at(t, 3, header+1)]; !slices.Equal(got, want) {
		t.Errorf("answers of the graded scale %q", got)
	}
	if got := lists[at(t, 4, header+1)]; !slices.Equal(got, []string{"In place", "Not in place", "No answer", "Not applicable"}) {
		t.Errorf("answers of the binary scale %q", got)
	}
	panes := pt.Must[excelize.Panes](t)(x.GetPanes("answers"))
	if !panes.Freeze || panes.XSplit != 2 || panes.YSplit != header {
		t.Errorf("panes %+v", panes)
	}
}

// TestSheets reads a workbook of sheets back, in Arabic.
func TestSheets(t *testing.T) {
	data := sheetsOf(t, newForm(t, "ar", filled()...))
	x := open(t, data)
	noFormulas(t, data)
	if got := x.GetSheetList(); !slices.Equal(got, []string{"AAA", "AAB", "AAC", "AAD", "AAE", "#lists"}) {
		t.Errorf("sheets %q", got)
	}
	header, rows := answersOf(t, x, "AAA", "indicator")
	names := pt.Must[[][]string](t)(x.GetRows("AAA"))[header-1]
	if !slices.Equal(names, []string{"indicator", "# question", "status", "effective_on", "note", "evidence_url", "# domain"}) {
		t.Errorf("header %q", names)
	}
	if len(rows) != 4 || rows[0]["indicator"] != "general.used" || rows[3]["indicator"] != "b.b.three" || rows[3]["# domain"] != "Domain B (en)" {
		t.Errorf("rows %q", rows)
	}
	one, two := rows[1], rows[2]
	if one["status"] != "قائم" || one["effective_on"] != "2026" || one["note"] != "=1+1" || one["evidence_url"] != "https://example.org/a" {
		t.Errorf("%q", one)
	}
	if two["status"] != "غير قائم" || two["effective_on"] != "2025-12-31" {
		t.Errorf("%q", two)
	}
	for col, locked := range []bool{true, true, false, false, false, false, true} {
		if got := isLocked(t, x, "AAA", at(t, col+1, header+1)); got != locked {
			t.Errorf("column %s: locked %v", names[col], got)
		}
	}
	view := pt.Must[excelize.ViewOptions](t)(x.GetSheetView("AAB", 0))
	if view.RightToLeft == nil || !*view.RightToLeft {
		t.Error("the sheet is not written from right to left")
	}
	style := pt.Must[*excelize.Style](t)(x.GetStyle(pt.Must[int](t)(x.GetCellStyle("AAA", at(t, 2, header+1)))))
	if style.Alignment.Horizontal != "right" || style.Alignment.ReadingOrder != 2 || !style.Alignment.WrapText {
		t.Errorf("alignment %+v", style.Alignment)
	}
	if got := listsOf(t, x, "AAB")[at(t, 3, header+2)]; !slices.Contains(got, "لا ينطبق") {
		t.Errorf("answers %q", got)
	}
	dates := 0
	for _, dv := range pt.Must[[]*excelize.DataValidation](t)(x.GetDataValidations("AAB")) {
		if dv.Type == "date" {
			dates++
		}
	}
	if dates != 1 {
		t.Errorf("%d validations of dates", dates)
	}
}

// TestEverySheetIsProtectedAndPrints: headings cannot be changed by mistake.
func TestEverySheetIsProtectedAndPrints(t *testing.T) {
	for name, data := range map[string][]byte{"rows": rowsOf(t, newForm(t, "en")), "sheets": sheetsOf(t, newForm(t, "ar"))} {
		x := open(t, data)
		titles := 0
		for _, d := range x.GetDefinedName() {
			if strings.Contains(d.Name, "Print_Titles") {
				titles++
			}
		}
		sheets := x.GetSheetList()
		if titles != len(sheets)-1 {
			t.Errorf("%s: %d sheets repeat their header", name, titles)
		}
		for _, s := range sheets {
			p := pt.Must[excelize.SheetProtectionOptions](t)(x.GetSheetProtection(s))
			if p.Password != "" || p.FormatCells || p.InsertRows || p.DeleteRows || p.DeleteColumns || !p.SelectLockedCells || !p.SelectUnlockedCells {
				t.Errorf("%s: %s is protected by %+v", name, s, p)
			}
			if visible := pt.Must[bool](t)(x.GetSheetVisible(s)); visible != (s != "#lists") {
				t.Errorf("%s: %s is visible: %v", name, s, visible)
			}
			if s == "#lists" {
				continue
			}
			if l := pt.Must[excelize.PageLayoutOptions](t)(x.GetPageLayout(s)); *l.Orientation != "landscape" || *l.FitToWidth != 1 || *l.FitToHeight != 0 {
				t.Errorf("%s: %s prints %+v", name, s, l)
			}
		}
		raw := parts(t, data)
		for file, text := range raw {
			if strings.HasPrefix(file, "xl/worksheets/sheet") && !strings.Contains(text, `<sheetProtection sheet="true"`) {
				t.Errorf("%s: %s is not protected", name, file)
			}
		}
	}
}

// TestTextsOfLists: a label that two answers share gives way to the status.
func TestTextsOfLists(t *testing.T) {
	x := open(t, rowsOf(t, newForm(t, "en")))
	means := meanings(t, x)
	for label, status := range map[string]string{"some": "some", "most": "most", "None": "none", "=1+1": "all", "In place": "in_place", "no_answer": "no_answer"} {
		if means[label] != status {
			t.Errorf("%q means %q, want %q", label, means[label], status)
		}
	}
}

// meanings reads the hidden sheet: what the labels of the lists mean.
func meanings(t *testing.T, x *excelize.File) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i, r := range pt.Must[[][]string](t)(x.GetRows("#lists")) {
		if i > 0 {
			out[r[1]] = r[2]
		}
	}
	return out
}

// listsOf are the answers that the cells of a sheet offer, by the first of the cells.
func listsOf(t *testing.T, x *excelize.File, sheet string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, dv := range pt.Must[[]*excelize.DataValidation](t)(x.GetDataValidations(sheet)) {
		if dv.Type != "list" {
			continue
		}
		if dv.ErrorStyle == nil || *dv.ErrorStyle != "stop" || !dv.ShowErrorMessage {
			t.Errorf("%s takes other answers", dv.Sqref)
		}
		source, ok := strings.CutPrefix(dv.Formula1, "'#lists'!")
		if !ok {
			t.Fatalf("%s takes its list from %s", dv.Sqref, dv.Formula1)
		}
		from, to, _ := strings.Cut(strings.ReplaceAll(source, "$", ""), ":")
		col, row, err := excelize.CellNameToCoordinates(from)
		if err != nil {
			t.Fatal(err)
		}
		_, last, err := excelize.CellNameToCoordinates(to)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for ; row <= last; row++ {
			labels = append(labels, pt.Must[string](t)(x.GetCellValue("#lists", at(t, col, row))))
		}
		first, _, _ := strings.Cut(dv.Sqref, ":")
		out[first] = labels
	}
	return out
}

func at(t *testing.T, col, row int) string {
	t.Helper()
	return pt.Must[string](t)(excelize.CoordinatesToCellName(col, row))
}

func isLocked(t *testing.T, x *excelize.File, sheet, cell string) bool {
	t.Helper()
	style := pt.Must[*excelize.Style](t)(x.GetStyle(pt.Must[int](t)(x.GetCellStyle(sheet, cell))))
	return style.Protection == nil || style.Protection.Locked
}

func parts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

// noFormulas: no cell of a form is computed, whatever its text starts with.
func noFormulas(t *testing.T, data []byte) {
	t.Helper()
	for name, text := range parts(t, data) {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(text, "<f>") || strings.Contains(text, "<f ")) {
			t.Errorf("%s has a formula", name)
		}
	}
}
