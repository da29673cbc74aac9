package intake

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"headway/domain"
)

// longColumns are the columns of the long form; the first three must be there.
var longColumns = []string{"country", "indicator", "status", "effective_on", "note", "evidence_url"}

// readCSV reads CSV in the long form (a row an answer) or the wide form (a
// row a respondent, a column an indicator), with comma, semicolon or tab, with
// or without a byte-order mark. What is wrong with the form of the file ends the
// reading; what is wrong with a cell is the decision's to say.
func readCSV(r io.Reader, each func(Answer) error) error {
	limited := &limitedReader{r: r, left: MaxFile}
	buf := bufio.NewReaderSize(limited, 1<<16)
	if bom, _ := buf.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = buf.Discard(3)
	}
	line, _ := buf.Peek(1 << 15)
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return formError("the file has no header; the first line must be country,indicator,status")
	}
	c := csv.NewReader(buf)
	c.Comma = separator(line)
	c.ReuseRecord = true
	header, err := c.Read()
	if err != nil {
		return csvError(err, 1)
	}
	header = slices.Clone(header)
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if header[0] != "country" {
		return formError(fmt.Sprintf("the first column is %q; it must be country", header[0]))
	}
	if slices.Contains(header, "indicator") || slices.Contains(header, "status") {
		return readLong(c, header, each)
	}
	return readWide(c, header, each)
}

func separator(line []byte) rune {
	best, most := ',', -1
	for _, s := range []rune{',', ';', '\t'} {
		if n := bytes.Count(line, []byte(string(s))); n > most {
			best, most = s, n
		}
	}
	return best
}

func readLong(c *csv.Reader, header []string, each func(Answer) error) error {
	at := map[string]int{}
	for i, h := range header {
		if !slices.Contains(longColumns, h) {
			return formError(fmt.Sprintf("column %q is unknown; the columns are %s", h, strings.Join(longColumns, ", ")))
		}
		if _, twice := at[h]; twice {
			return formError(fmt.Sprintf("column %q stands twice", h))
		}
		at[h] = i
	}
	for _, h := range longColumns[:3] {
		if _, ok := at[h]; !ok {
			return formError(fmt.Sprintf("column %q is missing", h))
		}
	}
	return rows(c, func(row int, rec []string) error {
		get := func(h string) string {
			if i, ok := at[h]; ok {
				return strings.TrimSpace(rec[i])
			}
			return ""
		}
		a := Answer{Row: row, Column: "status", Country: get("country"), Indicator: get("indicator"), Status: get("status"),
			Effective: get("effective_on"), Note: get("note"), Evidence: get("evidence_url")}
		if a.Status == "" && a.Note == "" && a.Evidence == "" {
			return nil // a form's row that nobody filled in says nothing
		}
		return each(a)
	})
}

func readWide(c *csv.Reader, header []string, each func(Answer) error) error {
	if len(header) < 2 {
		return formError("the file has one column; give country,indicator,status or a column for each indicator")
	}
	seen := map[string]bool{}
	for _, h := range header {
		if seen[h] {
			return formError(fmt.Sprintf("column %q stands twice", h))
		}
		seen[h] = true
	}
	return rows(c, func(row int, rec []string) error {
		for i, status := range rec[1:] {
			if status = strings.TrimSpace(status); status == "" {
				continue // an empty cell says nothing
			}
			a := Answer{Row: row, Column: header[i+1], Country: strings.TrimSpace(rec[0]), Indicator: header[i+1], Status: status}
			if err := each(a); err != nil {
				return err
			}
		}
		return nil
	})
}

func rows(c *csv.Reader, each func(row int, rec []string) error) error {
	for row := 2; ; row++ {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvError(err, row)
		}
		for i, f := range rec {
			if !utf8.ValidString(f) || strings.ContainsRune(f, 0) {
				return formError(fmt.Sprintf("row %d, column %d is not UTF-8 text; save the file as UTF-8", row, i+1))
			}
		}
		if err := each(row, rec); err != nil {
			return err
		}
	}
}

func csvError(err error, row int) error {
	var tooLarge *tooLargeError
	var parse *csv.ParseError
	switch {
	case errors.As(err, &tooLarge):
		return formError(fmt.Sprintf("the file is larger than %d MiB; split it", MaxFile>>20))
	case errors.Is(err, csv.ErrFieldCount):
		return formError(fmt.Sprintf("row %d has another number of columns than the header", row))
	case errors.As(err, &parse):
		return formError(fmt.Sprintf("row %d is not CSV: %v", row, parse.Err))
	case errors.Is(err, io.EOF):
		return formError("the file is empty; the first line must be country,indicator,status")
	}
	return fmt.Errorf("read row %d: %w", row, err)
}

func formError(message string) *domain.Refusal { return domain.Refuse(domain.CodeImport, message) }

type tooLargeError struct{}

func (*tooLargeError) Error() string { return "too large" }

// limitedReader fails, instead of ending, at its limit: a cut file must not pass
// for a whole one.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, &tooLargeError{}
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}
