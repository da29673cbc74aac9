package intake

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"headway/domain"
)

// Limits of a file of answers. They bound the time and the memory that a file can
// cost, whoever made it.
const (
	MaxFile   = 256 << 20 // bytes of a CSV file
	MaxBook   = 64 << 20  // bytes of a workbook
	maxRecord = 1 << 20   // bytes of a line of a CSV file
	maxWidth  = 16384     // columns, as many as a spreadsheet has
)

// File is a file of answers. Name is for messages.
type File struct {
	Name   string
	Reader io.Reader
}

// Options say how a file is to be understood.
type Options struct {
	Framework *domain.Framework // that the round asks
	Round     domain.RoundID    // a form made for another is refused; "" takes any
	Mapping   *Mapping          // of the columns and answers of another program; nil where there is none
}

// Answer is one cell of a file of answers, in the words of the framework as far as
// they could be found, and else as it is written there. Sheet is empty where the
// file has no sheets; Column is the header of the column that holds the status.
type Answer struct {
	Sheet     string
	Row       int // as a spreadsheet numbers it: the first line is row 1
	Column    string
	Country   string
	Indicator string
	Status    string
	Effective string // ISO 8601, as precise as it was given
	Note      string
	Evidence  string
	// Fault says what is wrong with the cell where its reading shows that already;
	// nil otherwise.
	Fault *domain.Refusal
}

// Where says where in the file the answer stands: "row 7", "sheet KEN, row 7".
func (a Answer) Where() string {
	if a.Sheet == "" {
		return fmt.Sprintf("row %d", a.Row)
	}
	return fmt.Sprintf("sheet %s, row %d", a.Sheet, a.Row)
}

// Read tells each the answers of a file, in the order of the file. The file is a
// workbook (XLSX) or CSV, which its content says, not its name. What is wrong with
// the form of the file ends the reading with a Refusal (code import_refused); what
// is wrong with a cell is in its Answer, or the decision's to say. An error of each
// ends the reading too.
func Read(f File, o Options, each func(Answer) error) error {
	if o.Mapping != nil {
		if err := o.Mapping.Check(o.Framework); err != nil {
			return err
		}
	}
	buf := bufio.NewReaderSize(f.Reader, 1<<16)
	head, err := buf.Peek(8)
	if err != nil && err != io.EOF {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	into := newAnswers(o, each)
	switch start := string(head); {
	case strings.HasPrefix(start, "PK\x03\x04"), strings.HasPrefix(start, "PK\x05\x06"):
		return readBook(buf, into)
	case strings.HasPrefix(start, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return formError("the file is an old Excel file (.xls) or protected by a password; save it as .xlsx without a password")
	case strings.HasPrefix(start, "%PDF"), strings.HasPrefix(start, "\x1f\x8b"), strings.HasPrefix(start, "{\\rtf"):
		return formError("the file is neither a workbook (.xlsx) nor CSV")
	case strings.HasPrefix(strings.TrimPrefix(start, "\xef\xbb\xbf"), "<"):
		return formError("the file is a web page or XML, whatever its name says; open it in a spreadsheet program and save it as .xlsx")
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "["):
		return formError("the file is JSON; give a workbook (.xlsx) or CSV")
	}
	if err := readCSV(buf, into.line); err != nil {
		return err
	}
	return into.end()
}

func formError(message string, details ...string) *domain.Refusal {
	return domain.Refuse(domain.CodeImport, message, details...)
}
