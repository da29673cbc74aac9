package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"headway/domain"
)

// The columns that Headway's own forms and files have.
const (
	colCountry   = "country"
	colIndicator = "indicator"
	colStatus    = "status"
	colEffective = "effective_on"
	colNote      = "note"
	colEvidence  = "evidence_url"
)

// known are the columns of the long form; the first three must be there.
var known = []string{colCountry, colIndicator, colStatus, colEffective, colNote, colEvidence}

// maxAnswers bounds how many answers a file may hold.
const maxAnswers = 5_000_000

// answers turns lines into answers: in the long form (a row an answer), the wide
// form (a row a respondent, a column an indicator), the form with a sheet for each
// respondent, or as a mapping says. Lines whose first cell starts with # are for
// people.
type answers struct {
	options Options
	each    func(Answer) error
	mean    *meanings
	words   map[string]string // one copy of what is said again and again
	count   int

	sheet     string
	since1904 bool
	typed     bool // cells have types: a number in a date's column is a day
	form      bool // a line said that this is a form of Headway
	told      bool // and of this sheet
	header    []string
	headerRow int
	unnamed   []int                               // columns of the header, which must be empty
	take      func(row int, cells []string) error // nil before the header
	latest    map[string]kept                     // of a mapping that counts the latest only
	order     []string
	countries dictionary            // of a mapping
	codes     map[string]bool       // those of its countries
	guesses   int                   // names looked for that are nearest to others
	shared    dictionary            // its answers for every question
	own       map[string]dictionary // its answers by column
	said      map[key]saying        // what was found before
}

func newAnswers(o Options, each func(Answer) error) *answers {
	return &answers{options: o, each: each, mean: newMeanings(o.Framework), words: map[string]string{}}
}

// begin starts the lines of another sheet.
func (a *answers) begin(sheet string) {
	a.sheet, a.header, a.headerRow, a.take, a.told = sheet, nil, 0, nil, false
}

// line takes the next line of a sheet, or of a file without sheets.
func (a *answers) line(row int, cells []string) error {
	if blank(cells) {
		return nil
	}
	if a.forPeople(cells) {
		if a.take != nil || a.told {
			return nil
		}
		return a.about(first(cells))
	}
	if a.take == nil {
		return a.open(row, cells)
	}
	for i, c := range cells[min(len(cells), len(a.header)):] {
		if strings.TrimSpace(c) != "" {
			return formError(fmt.Sprintf("%s has another number of columns than the header: column %d has no name and holds %q", a.where(row), len(a.header)+i+1, short(c)))
		}
	}
	if len(cells) < len(a.header) {
		if !a.typed {
			return formError(fmt.Sprintf("%s has another number of columns than the header: %d, not %d", a.where(row), len(cells), len(a.header)))
		}
		cells = append(cells, make([]string, len(a.header)-len(cells))...)
	}
	for _, i := range a.unnamed {
		if strings.TrimSpace(cells[i]) != "" {
			return formError(fmt.Sprintf("%s: column %d has no name and holds %q; name it, or empty it", a.where(row), i+1, short(cells[i])))
		}
	}
	return a.take(row, cells)
}

// forPeople reports whether a line is no header and no answer. A header is one also
// where a column for people comes first.
func (a *answers) forPeople(cells []string) bool {
	if a.take == nil {
		if a.options.Mapping != nil {
			return strings.HasPrefix(first(cells), "# ")
		}
		return strings.HasPrefix(first(cells), "#") && !holdsAnswers(cells)
	}
	return a.options.Mapping == nil && strings.HasPrefix(strings.TrimSpace(cells[0]), "#")
}

// first is the first cell with something in it.
func first(cells []string) string {
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			return c
		}
	}
	return ""
}

func (a *answers) where(row int) string { return Answer{Sheet: a.sheet, Row: row}.Where() }

// about reads the line that says which form this is.
func (a *answers) about(line string) error {
	rest, ok := strings.CutPrefix(line, "# headway-form ")
	if !ok {
		return nil
	}
	a.form, a.told = true, true
	for _, f := range strings.Fields(rest) {
		name, value, _ := strings.Cut(f, "=")
		switch {
		case name == "round" && a.options.Round != "" && value != string(a.options.Round):
			return formError(fmt.Sprintf("this is a form for round %s, not for round %s; import it with --round %s", value, a.options.Round, value), "round", value)
		case name == "framework" && value != string(a.options.Framework.ID):
			return formError(fmt.Sprintf("this is a form of framework %s, and the round asks %s", value, a.options.Framework.ID), "framework", value)
		case name == "lang":
			a.mean.speak(value)
		}
	}
	return nil
}

// open reads the header.
func (a *answers) open(row int, cells []string) error {
	a.header, a.headerRow = make([]string, len(cells)), row
	for i, c := range cells {
		a.header[i] = domain.Typed(c)
	}
	for len(a.header) > 0 && a.header[len(a.header)-1] == "" {
		a.header = a.header[:len(a.header)-1]
	}
	if len(a.header) == 0 {
		a.header = nil // marks of direction only
		return nil
	}
	a.unnamed = a.unnamed[:0]
	for i, h := range a.header {
		if h == "" {
			a.unnamed = append(a.unnamed, i)
		}
	}
	if a.options.Mapping != nil {
		return a.openMapped()
	}
	at := map[string]int{}
	for i, h := range a.header {
		if lower := strings.ToLower(h); slices.Contains(known, lower) {
			h = lower
			a.header[i] = h
		}
		if h == "" || strings.HasPrefix(h, "#") {
			continue
		}
		if _, twice := at[h]; twice {
			return formError(fmt.Sprintf("column %q stands twice", h), "column", h)
		}
		at[h] = i
	}
	_, country := at[colCountry]
	_, indicator := at[colIndicator]
	_, status := at[colStatus]
	switch {
	case !country && indicator && status && a.sheet != "":
		return a.openLong(at, colIndicator, colStatus)
	case !country:
		return formError(fmt.Sprintf("the first column is %q; it must be country, then indicator and status or a column for each indicator; %s",
			first(a.header), "a file of another program needs a mapping (--mapping)"), "column", a.header[0])
	case indicator || status:
		return a.openLong(at, colCountry, colIndicator, colStatus)
	case len(at) < 2:
		return formError("the file has one column; give country,indicator,status or a column for each indicator")
	}
	a.openWide(at)
	return nil
}

func (a *answers) openLong(at map[string]int, needed ...string) error {
	for _, h := range a.header {
		if h != "" && !slices.Contains(known, h) && !strings.HasPrefix(h, "#") {
			return formError(fmt.Sprintf("column %q is unknown; the columns are %s", h, strings.Join(known, ", ")), "column", h, "nearest", domain.NearestID(h, known))
		}
	}
	for _, h := range needed {
		if _, ok := at[h]; !ok {
			return formError(fmt.Sprintf("column %q is missing", h), "column", h)
		}
	}
	a.take = func(row int, cells []string) error {
		get := func(h string) string {
			if i, ok := at[h]; ok {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		x := Answer{Sheet: a.sheet, Row: row, Column: colStatus, Country: a.sheet, Indicator: a.word(domain.Typed(get(colIndicator))),
			Status: get(colStatus), Note: a.active(get(colNote)), Evidence: a.active(get(colEvidence))}
		if _, ok := at[colCountry]; ok {
			x.Country = a.word(domain.Typed(get(colCountry)))
		}
		if x.Status == "" && x.Note == "" && x.Evidence == "" {
			return nil // a form's row that nobody filled in says nothing
		}
		a.date(&x, get(colEffective), "")
		return a.emit(x)
	}
	return nil
}

func (a *answers) openWide(at map[string]int) {
	country := at[colCountry]
	a.take = func(row int, cells []string) error {
		code := a.word(domain.Typed(cells[country]))
		for i, h := range a.header {
			status := strings.TrimSpace(cells[i])
			if i == country || status == "" || strings.HasPrefix(h, "#") {
				continue // an empty cell says nothing
			}
			if err := a.emit(Answer{Sheet: a.sheet, Row: row, Column: h, Country: code, Indicator: h, Status: status}); err != nil {
				return err
			}
		}
		return nil
	}
}

// date puts a date into an answer; the first fault stays.
func (a *answers) date(x *Answer, s string, habit Habit) {
	if s == "" {
		return
	}
	if a.typed {
		if day, ok := serialDate(s, a.since1904); ok {
			day, _, _ = strings.Cut(day, " ")
			x.Effective = a.word(day)
			return
		}
	}
	date, fault := readDate(s, habit)
	x.Effective = a.word(date)
	if fault != nil && x.Fault == nil {
		x.Fault = fault
	}
}

// emit hands an answer on, its status as the framework names it.
func (a *answers) emit(x Answer) error {
	if a.count++; a.count > maxAnswers {
		return formError(fmt.Sprintf("the file holds more than %d answers; split it", maxAnswers))
	}
	x.Status = a.word(a.mean.status(x.Indicator, x.Status))
	x.Note, x.Evidence = strings.Clone(x.Note), strings.Clone(x.Evidence) // and not the line that they are of
	return a.each(x)
}

// end is called after the last line.
func (a *answers) end() error {
	if a.header == nil {
		return formError("the file has no header; the first line must be country,indicator,status or country and a column for each indicator")
	}
	return a.endMapped()
}

// word is the one copy of a text that comes again and again.
func (a *answers) word(s string) string {
	if w, ok := a.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	if len(a.words) < 1<<16 && len(s) <= domain.MaxID {
		a.words[s] = s
	}
	return s
}

// active takes off the apostrophe that a form in CSV put before what a spreadsheet
// would have computed. Cells of a workbook are texts without one.
func (a *answers) active(s string) string {
	if !a.typed && len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r\n", rune(s[1])) {
		return s[1:]
	}
	return s
}

// short is a text cut for a message.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// maxCell is how many characters a spreadsheet's cell may hold.
const maxCell = 32_767

// badText says what keeps a text from being one that somebody wrote; "" for nothing.
func badText(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return fmt.Sprintf("holds a character that is no text (U+%04X)", c)
		}
	}
	if len(s) > maxCell && utf8.RuneCountInString(s) > maxCell {
		return fmt.Sprintf("holds more than %d characters, the most of a spreadsheet's cell", maxCell)
	}
	return ""
}
