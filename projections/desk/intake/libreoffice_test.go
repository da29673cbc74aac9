package intake_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"headway/domain"
)

// TestFormsThatLibreOfficeSaved reads the forms of formOf as LibreOffice 7.4 saved
// them again (soffice --headless --convert-to), in testdata/libreoffice: the sheets
// in Arabic with a day in a cell of dates, the rows in English with the number 3 in
// the graded scale, the same with a formula, and the rows in other formats.
func TestFormsThatLibreOfficeSaved(t *testing.T) {
	read := func(name string) (map[string]string, error) {
		data, err := os.ReadFile("testdata/libreoffice/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all, err := readBytes(data)
		return said(all), err
	}
	rows := map[string]string{"AAA a.a.one": "in_place", "AAA a.a.level": "3", "AAB a.a.level": "4", "AAB b.b.three": "no_answer"}
	for name, want := range map[string]map[string]string{
		"sheets.xlsx": {"AAA a.a.one": "in_place 2021-03-15 =note https://example.org/a", "AAB a.a.level": "4 2021", "AAB b.b.three": "no_answer 2021"},
		"rows.xlsx":   rows,
		"rows.csv":    rows,
	} {
		if got, err := read(name); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v\n%q", name, err, got)
		}
	}
	for name, says := range map[string]string{"formula.xlsx": "is computed by a formula", "rows.ods": "OpenDocument", "rows.xls": "old Excel file", "rows-windows-1252.csv": "row 4, column 1 is not UTF-8"} {
		if _, err := read(name); domain.RefusalOf(err) == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
