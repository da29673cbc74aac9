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
)

// readCSV tells each the lines of a CSV file, comments and header among them, with
// comma, semicolon or tab, in UTF-8 or UTF-16. Row is what a spreadsheet shows:
// line ends within quotes start no row, empty lines do.
func readCSV(r io.Reader, each func(row int, cells []string) error) error {
	text, wide := decoded(bufio.NewReaderSize(&limitedReader{r: r, left: MaxFile}, 1<<16))
	guard := &recordGuard{r: text}
	buf := bufio.NewReaderSize(guard, 1<<16)
	row := 0
	head, err := buf.Peek(1 << 15)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return csvError(err, 1)
	}
	if oldLineEnds(head) {
		return formError("the lines of the file end as on old Macs; save it as UTF-8 (in Excel: CSV UTF-8, not CSV Macintosh)")
	}
	c := csv.NewReader(buf)
	if sep, length := declaredSeparator(head); length > 0 {
		_, _ = buf.Discard(length)
		c.Comma, row = sep, 1
	} else {
		c.Comma = separator(head)
	}
	c.ReuseRecord, c.FieldsPerRecord = true, -1
	end := 0 // the line on which the record before ended
	for {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvError(err, row+1)
		}
		start, _ := c.FieldPos(0)
		row += start - end
		end = start
		for i, f := range cells {
			if !utf8.ValidString(f) || strings.ContainsRune(f, 0) {
				return formError(fmt.Sprintf("row %d, column %d is not UTF-8 text; save the file as UTF-8 (in Excel: CSV UTF-8)", row, i+1))
			}
			if wide && strings.ContainsRune(f, utf8.RuneError) {
				return formError(fmt.Sprintf("row %d, column %d is not UTF-16 text; save the file as UTF-8 (in Excel: CSV UTF-8)", row, i+1))
			}
			if why := badText(f); why != "" {
				return formError(fmt.Sprintf("row %d, column %d %s", row, i+1, why))
			}
			end += strings.Count(f, "\n")
		}
		if len(cells) > maxWidth {
			return formError(fmt.Sprintf("row %d has %d columns; a file of answers has at most %d", row, len(cells), maxWidth))
		}
		if err := each(row, cells); err != nil {
			return err
		}
	}
}

// declaredSeparator reads the line "sep=;" that Excel writes and understands, and
// says how long it is.
func declaredSeparator(head []byte) (sep rune, length int) {
	line, _, ok := bytes.Cut(head, []byte("\n"))
	text := strings.TrimSuffix(string(line), "\r")
	if value, is := strings.CutPrefix(strings.ToLower(text), "sep="); ok && is && len(value) == 1 && strings.ContainsAny(value, ",;\t") {
		return rune(value[0]), len(line) + 1
	}
	return 0, 0
}

// separator is what parts the columns of the first line that is not for people.
func separator(head []byte) rune {
	var line []byte
	for l := range bytes.Lines(head) {
		if line = bytes.TrimSpace(l); len(line) > 0 && line[0] != '#' && !bytes.HasPrefix(line, []byte(`"#`)) {
			break
		}
	}
	var counts [128]int
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		} else if !quoted && c < 128 {
			counts[c]++
		}
	}
	best := ','
	for _, s := range []rune{';', '\t'} {
		if counts[s] > counts[best] {
			best = s
		}
	}
	return best
}

// oldLineEnds reports whether lines end as on the first Macs, which some programs
// still write: with a carriage return alone.
func oldLineEnds(head []byte) bool {
	i := bytes.IndexByte(head, '\r')
	return i >= 0 && i+1 < len(head) && head[i+1] != '\n' && !bytes.ContainsAny(head, "\n\"")
}

func csvError(err error, row int) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errTooLarge):
		return formError(fmt.Sprintf("the file is larger than %d MiB; split it", MaxFile>>20))
	case errors.Is(err, errTooLong):
		return formError(fmt.Sprintf("row %d is longer than %d KiB; a quotation mark may be open before it", row, maxRecord>>10))
	case errors.As(err, &parse):
		return formError(fmt.Sprintf("row %d is not CSV: %v", row, parse.Err))
	}
	return fmt.Errorf("read row %d: %w", row, err)
}

var (
	errTooLarge = errors.New("the file is too large")
	errTooLong  = errors.New("a line is too long")
)

// limitedReader fails, instead of ending, at its limit: a cut file must not pass
// for a whole one.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		if n, err := io.ReadFull(l.r, one[:]); n == 0 {
			return 0, err
		}
		return 0, errTooLarge
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

// recordGuard fails where a record grows past maxRecord, before anybody keeps it.
type recordGuard struct {
	r      io.Reader
	length int
	quoted bool
}

func (g *recordGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	for rest := p[:n]; len(rest) > 0; {
		i := slices.IndexFunc(rest, func(b byte) bool { return b == '\n' || b == '"' })
		if i < 0 {
			g.length += len(rest)
			break
		}
		g.length += i + 1
		switch {
		case rest[i] == '"':
			g.quoted = !g.quoted
		case !g.quoted:
			g.length = 0
		}
		rest = rest[i+1:]
		if g.length > maxRecord {
			break
		}
	}
	if g.length > maxRecord {
		return 0, errTooLong
	}
	return n, err
}
