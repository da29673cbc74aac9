package desk

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"strings"

	"headway/domain"
	"headway/projections/desk/intake"
)

// answerList holds the answers of a file in little memory: each text once.
type answerList struct {
	rows   []compactAnswer
	texts  []string
	index  map[string]uint32
	faults map[int]*domain.Refusal // that the reading found, by row of the list
	source domain.Source           // of the file
}

// compactAnswer is an answer whose texts are places in the list's.
type compactAnswer struct {
	row                                                                  int32
	sheet, column, country, indicator, status, effective, note, evidence uint32
}

// readAnswers reads a file to its end.
func readAnswers(f File, framework *domain.Framework) (*answerList, error) {
	l := &answerList{texts: []string{""}, index: map[string]uint32{"": 0}, faults: map[int]*domain.Refusal{}}
	sum := sha256.New()
	tell := f.told()
	read := intake.File{Name: f.Name, Reader: io.TeeReader(f.Reader, sum)}
	err := intake.Read(read, intake.Options{Framework: framework, Round: f.Round, Mapping: f.Mapping}, func(a intake.Answer) error {
		if len(l.rows) == MostAnswers {
			return domain.Refuse(domain.CodeImport, fmt.Sprintf("%s has more than %d answers; split it", f.Name, MostAnswers), "file", f.Name)
		}
		l.add(a)
		tell(ImportReads, len(l.rows), 0)
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.index = nil
	l.source = domain.Source{File: f.Name, SHA256: digest(sum.Sum(nil))}
	return l, nil
}

func (l *answerList) add(a intake.Answer) {
	if a.Fault != nil {
		if len(l.faults) >= MostListed {
			a.Fault = unlisted
		}
		l.faults[len(l.rows)] = a.Fault
	}
	l.rows = append(l.rows, compactAnswer{row: int32(min(a.Row, math.MaxInt32)), sheet: l.text(a.Sheet), column: l.text(a.Column), country: l.text(a.Country),
		indicator: l.text(a.Indicator), status: l.text(a.Status), effective: l.text(a.Effective), note: l.text(a.Note), evidence: l.text(a.Evidence)})
}

// unlisted stands for the faults of answers that are counted, and not named.
var unlisted = domain.Refuse(domain.CodeInvalid, "it is refused too")

// text is the place of a text, which is copied: what it was cut from may be large.
func (l *answerList) text(s string) uint32 {
	at, ok := l.index[s]
	if !ok {
		s = strings.Clone(s)
		at = uint32(len(l.texts))
		l.texts = append(l.texts, s)
		l.index[s] = at
	}
	return at
}

func (l *answerList) at(i int) intake.Answer {
	c, t := l.rows[i], l.texts
	return intake.Answer{Row: int(c.row), Sheet: t[c.sheet], Column: t[c.column], Country: t[c.country], Indicator: t[c.indicator],
		Status: t[c.status], Effective: t[c.effective], Note: t[c.note], Evidence: t[c.evidence], Fault: l.faults[i]}
}
