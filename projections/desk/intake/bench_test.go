package intake_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"headway/projections/desk/intake"
)

// bench reads a file of so many answers.
func bench(b *testing.B, data []byte, answers int) {
	f := graded()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := intake.Read(intake.File{Reader: bytes.NewReader(data)}, intake.Options{Framework: f}, func(intake.Answer) error { n++; return nil }); err != nil || n != answers {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(answers)*float64(b.N)/b.Elapsed().Seconds(), "answers/s")
}

func BenchmarkCSV500000(b *testing.B) {
	const rows = 500_000
	var text strings.Builder
	text.WriteString("country,indicator,status,effective_on,note\n")
	for i := range rows {
		fmt.Fprintf(&text, "A%c%c,a.a.%s,in_place,2021-03,a remark\n", 'A'+i%26, 'A'+i/26%26, []string{"one", "two"}[i%2])
	}
	bench(b, []byte(text.String()), rows)
}

// streamed is a workbook of rows, written as a stream.
func streamed(b *testing.B, rows int, row func(i int) []any) []byte {
	x := excelize.NewFile()
	w, err := x.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := x.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkXLSX100000Cells reads a workbook of 25 000 rows of four cells.
func BenchmarkXLSX100000Cells(b *testing.B) {
	data := streamed(b, 25_000, func(i int) []any {
		if i == 0 {
			return []any{"country", "indicator", "status", "note"}
		}
		return []any{fmt.Sprintf("A%c%c", 'A'+i%26, 'A'+i/26%26), "a.a.one", "In place", "a remark"}
	})
	bench(b, data, 24_999)
}
