package intake

import (
	"io"

	"headway/domain"
)

// MaxFile is how large a file of answers may be, in bytes.
const MaxFile = 256 << 20

// File is a file of answers. Name is for messages.
type File struct {
	Name   string
	Reader io.Reader
}

// Options say how a file is to be understood.
type Options struct {
	Framework *domain.Framework // that the round asks
}

// Answer is one cell of a file of answers, as it is written there but for space
// round it. Sheet is empty where the file has no sheets; Column is the header of
// the column that holds the status.
type Answer struct {
	Sheet     string
	Row       int // as a spreadsheet numbers it: the first line is row 1
	Column    string
	Country   string
	Indicator string
	Status    string
	Effective string
	Note      string
	Evidence  string
}

// Read tells each the answers of a file, in the order of the file. What is wrong
// with the form of the file ends the reading with a Refusal (code
// import_refused); what is wrong with a cell is the decision's to say. An error
// of each ends the reading too.
func Read(f File, o Options, each func(Answer) error) error {
	return readCSV(f.Reader, each)
}
