package desk

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// Enrolled says what a file of respondents came to.
type Enrolled struct {
	Receipt
	File      string         `json:"file"`
	Round     domain.RoundID `json:"round"`
	Rows      int            `json:"rows"`
	New       int            `json:"new"`
	Unchanged int            `json:"unchanged"` // enrolled so already
}

// enrolRow is a row of a file of respondents, and what is wrong with its form.
type enrolRow struct {
	row       int
	enrolment domain.Enrolment
	wrong     *domain.Refusal
}

// Bounds of a file of respondents.
const (
	mostRespondents   = 100_000
	maxRespondentFile = 16 << 20 // bytes
	maxAttribute      = 100      // characters of a name or a value
)

// EnrolFile records that the respondents of a CSV file take part in a round: all
// or none. Its columns are country, kind, name_en and name_ar, of which only the
// first must be there; every other is an attribute of its name. Who takes part so
// already is left alone. Every refused row is a cause of the one Refusal (code
// import_refused).
func (d *Desk) EnrolFile(ctx context.Context, by events.Stamp, f File) (Enrolled, error) {
	sum := sha256.New()
	rows, err := readRespondents(io.TeeReader(f.Reader, sum))
	if err != nil {
		return Enrolled{}, err
	}
	src := domain.Source{File: f.Name, SHA256: digest(sum.Sum(nil))}
	var out Enrolled
	receipt, err := d.execute(ctx, by, func(s *projections.State) (decision, error) {
		out = Enrolled{File: f.Name, Round: f.Round, Rows: len(rows)}
		survey, ok := s.Survey(f.Round)
		if !ok {
			return decision{}, projections.UnknownRound(f.Round)
		}
		if survey.Round.Closed {
			_, err := survey.Enrol(domain.Enrolment{}, src)
			return decision{}, err
		}
		return enrolRows(survey, rows, src, &out)
	})
	out.Receipt = receipt
	return out, err
}

func enrolRows(survey domain.Survey, rows []enrolRow, src domain.Source, out *Enrolled) (decision, error) {
	var dec decision
	var causes []*domain.Refusal
	refused := 0
	first := map[domain.Respondent]enrolRow{}
	refuse := func(r enrolRow, why *domain.Refusal) {
		if refused++; len(causes) < MostListed {
			causes = append(causes, domain.Refuse(why.Code, fmt.Sprintf("row %d: %s", r.row, why.Message),
				"row", strconv.Itoa(r.row), "country", string(r.enrolment.Respondent), "reason", why.Message))
		}
	}
	for _, r := range rows {
		if r.wrong != nil {
			refuse(r, r.wrong)
			continue
		}
		if before, twice := first[r.enrolment.Respondent]; twice {
			if !r.enrolment.Same(before.enrolment) {
				refuse(r, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("%s stands in row %d with something else; keep one", r.enrolment.Respondent, before.row)))
			} else {
				out.Unchanged++
			}
			continue
		}
		src.Row = r.row
		facts, err := survey.Enrol(r.enrolment, src)
		if why := domain.RefusalOf(err); why != nil {
			refuse(r, why)
			continue
		} else if err != nil {
			return decision{}, err
		}
		first[r.enrolment.Respondent] = r
		if len(facts) == 0 {
			out.Unchanged++
		} else {
			out.New++
		}
		dec.facts = append(dec.facts, facts...)
	}
	if refused == 0 {
		return dec, nil
	}
	r := domain.Refuse(domain.CodeImport, fmt.Sprintf("nobody was enrolled: %d of %d rows in %s are refused", refused, len(rows), out.File),
		"file", out.File, "rows", strconv.Itoa(len(rows)), "refused", strconv.Itoa(refused))
	r.Causes = causes
	return decision{}, r
}

// readRespondents reads a file of respondents. What is wrong with its form as a
// whole ends the reading.
func readRespondents(r io.Reader) ([]enrolRow, error) {
	refuse := func(format string, args ...any) error {
		return domain.Refuse(domain.CodeImport, fmt.Sprintf(format, args...))
	}
	buf := bufio.NewReaderSize(io.LimitReader(r, maxRespondentFile+1), 1<<16)
	if bom, _ := buf.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = buf.Discard(3)
	}
	line, _ := buf.Peek(1 << 15)
	line, _, _ = bytes.Cut(line, []byte("\n"))
	c := csv.NewReader(buf)
	for _, comma := range []rune{';', '\t'} {
		if bytes.Count(line, []byte(string(comma))) > bytes.Count(line, []byte(string(c.Comma))) {
			c.Comma = comma
		}
	}
	header, err := c.Read()
	if err != nil {
		return nil, refuse("the file has no header; the first line must be country, and a column for each attribute")
	}
	if err := respondentHeader(header); err != nil {
		return nil, err
	}
	var out []enrolRow
	for {
		rec, err := c.Read()
		row := len(out) + 2
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			row = bad.StartLine
		} else if err == nil {
			row, _ = c.FieldPos(0)
		}
		switch {
		case errors.Is(err, io.EOF) && c.InputOffset() > maxRespondentFile:
			return nil, refuse("the file is larger than %d MiB; split it", maxRespondentFile>>20)
		case errors.Is(err, io.EOF):
			return out, nil
		case errors.Is(err, csv.ErrFieldCount):
			return nil, refuse("row %d has another number of columns than the header", row)
		case bad != nil:
			return nil, refuse("row %d is not CSV: %v", row, bad.Err)
		case err != nil:
			return nil, fmt.Errorf("read row %d: %w", row, err)
		case len(out) == mostRespondents:
			return nil, refuse("the file has more than %d respondents; split it", mostRespondents)
		}
		out = append(out, respondentRow(row, header, rec))
	}
}

func respondentHeader(header []string) error {
	for i := range header {
		header[i] = domain.Typed(header[i])
		h := header[i]
		switch {
		case i == 0 && h != "country":
			return domain.Refuse(domain.CodeImport, fmt.Sprintf("the first column is %q; it must be country", h))
		case h == "":
			return domain.Refuse(domain.CodeImport, fmt.Sprintf("column %d has no name; name the attribute, or take the column out", i+1))
		case slices.Contains(header[:i], h):
			return domain.Refuse(domain.CodeImport, fmt.Sprintf("column %q stands twice", h))
		case !short(h):
			return domain.Refuse(domain.CodeImport, fmt.Sprintf("the name of column %d is longer than %d characters, or not UTF-8 text", i+1, maxAttribute))
		}
	}
	return nil
}

func respondentRow(row int, header, rec []string) enrolRow {
	e := domain.Enrolment{Respondent: domain.Respondent(domain.Typed(rec[0]))}
	e.Kind = domain.KindOf(e.Respondent)
	out := enrolRow{row: row}
	for i, h := range header[1:] {
		v := strings.TrimSpace(rec[i+1])
		switch {
		case v == "":
		case !short(v):
			out.wrong = domain.Refuse(domain.CodeInvalid, fmt.Sprintf("%s is longer than %d characters, or not UTF-8 text", h, maxAttribute))
		case h == "kind":
			if e.Kind = domain.Kind(v); !slices.Contains(domain.Kinds(), e.Kind) {
				out.wrong = domain.Refuse(domain.CodeInvalid, fmt.Sprintf("kind %q is not one of country, jurisdiction, anonymous", v))
			}
		case h == "name_en", h == "name_ar":
			if e.Name == nil {
				e.Name = domain.Text{}
			}
			e.Name[strings.TrimPrefix(h, "name_")] = v
		default:
			if e.Attributes == nil {
				e.Attributes = map[string]string{}
			}
			e.Attributes[h] = v
		}
	}
	out.enrolment = e
	return out
}

func short(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxAttribute && !strings.ContainsRune(s, 0)
}
