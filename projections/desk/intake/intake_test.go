package intake_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"headway/domain"
	"headway/projections/desk/intake"
	pt "headway/projections/projectionstest"
)

// graded is a framework with two scales, labels in two languages.
func graded() *domain.Framework {
	f := pt.Framework()
	f.Scales[0].Names = map[domain.Status]domain.Text{
		domain.InPlace: {"en": "In place", "ar": "موجود"}, domain.NotInPlace: {"en": "Not in place", "ar": "غير موجود"},
		domain.NoAnswer: {"en": "No answer", "ar": "لا إجابة"}}
	f.Scales = append(f.Scales, domain.Scale{ID: "five", Values: []domain.Status{"1", "2", "3", "4", "5"}, Positive: "4"})
	level := f.Indicators[1]
	level.ID, level.Scale = "a.a.level", "five"
	f.Indicators = append(f.Indicators, level)
	return &f
}

func read(text string, o intake.Options) ([]intake.Answer, error) {
	return readFrom(strings.NewReader(text), o)
}

func readFrom(r io.Reader, o intake.Options) (out []intake.Answer, err error) {
	if o.Framework == nil {
		o.Framework = graded()
	}
	err = intake.Read(intake.File{Name: "a.csv", Reader: r}, o, func(a intake.Answer) error { out = append(out, a); return nil })
	return out, err
}

// told is what answers say, in short.
func told(all []intake.Answer) string {
	var b strings.Builder
	for _, a := range all {
		b.WriteString(a.Where() + ":")
		for _, s := range []string{a.Country, a.Indicator, a.Status, a.Effective, a.Note, a.Evidence} {
			if s != "" {
				b.WriteString(" " + s)
			}
		}
		if a.Fault != nil {
			b.WriteString("! " + a.Fault.Message)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func utf16(t testing.TB, s string, e unicode.Endianness, b unicode.BOMPolicy) string {
	t.Helper()
	out, err := unicode.UTF16(e, b).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const plain = "country,indicator,status,note\nAAA,a.a.one,in_place,نعم\nAAB,a.a.two,not_in_place,\n"

func TestHabitsOfSpreadsheets(t *testing.T) {
	const want = "row 2: AAA a.a.one in_place نعم\nrow 3: AAB a.a.two not_in_place"
	semicolons := strings.ReplaceAll(plain, ",", ";")
	for name, text := range map[string]string{
		"as it is":                        plain,
		"byte-order mark":                 "\ufeff" + plain,
		"semicolons":                      semicolons,
		"tabs":                            strings.ReplaceAll(plain, ",", "\t"),
		"line ends of Windows":            strings.ReplaceAll(plain, "\n", "\r\n"),
		"UTF-16, little endian":           utf16(t, plain, unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, big endian":              utf16(t, plain, unicode.BigEndian, unicode.UseBOM),
		"UTF-16 without a mark":           utf16(t, plain, unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-16 without a mark, big":      utf16(t, plain, unicode.BigEndian, unicode.IgnoreBOM),
		"quoted":                          strings.NewReplacer("a.a.one", `"a.a.one"`, "a.a.two", `"a.a.two"`).Replace(plain),
		"labels":                          "country,indicator,status,note\nAAA,a.a.one,In  Place,نعم\nAAB,a.a.two,غير موجود,\n",
		"upper case":                      "Country,Indicator,STATUS,note\nAAA,a.a.one,IN_PLACE,نعم\nAAB,a.a.two,Not_in_place,\n",
		"other order, columns for people": "note,# name,status,indicator,country\nنعم,X,in_place,a.a.one,AAA\n,Y,not_in_place,a.a.two,AAB\n",
		"separators in the header":        "\"# a, b, c, d, e\";country;indicator;status;note\n;AAA;a.a.one;in_place;نعم\n;AAB;a.a.two;not_in_place;\n",
		"empty cells at the end":          strings.ReplaceAll(plain, "\n", ",,\n"),
	} {
		got, err := read(text, intake.Options{})
		if err != nil || told(got) != want+"\n" {
			t.Errorf("%s: %v\n%s", name, err, told(got))
		}
	}
}

// TestRowsAreThoseOfASpreadsheet: what a message names is what people find.
func TestRowsAreThoseOfASpreadsheet(t *testing.T) {
	got, err := read("sep=;\n# for people;;\ncountry;indicator;status;note\n\nAAA;a.a.one;in_place;\"two\nlines\"\n\n\nAAB;a.a.one;in_place;\n;;;\nAAC;a.a.one;in_place;\n", intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rows := fmt.Sprint(got[0].Row, got[1].Row, got[2].Row); rows != "5 8 10" {
		t.Errorf("rows %s", rows)
	}
}

func TestNumbersAndDates(t *testing.T) {
	for text, want := range map[string]string{"3": "3", "3,0": "3", "3.0": "3", "٣": "3", "۳٫۰": "3", " 3 ": "3", "3.5": "3.5", "6": "6", "three": "three"} {
		got, err := read("country;a.a.level\nAAA;"+text+"\n", intake.Options{})
		if err != nil || len(got) != 1 || got[0].Status != want {
			t.Errorf("%q reads as %s (%v)", text, told(got), err)
		}
	}
	for text, want := range map[string]string{"2021": "2021", "2021-03": "2021-03", "2021/03": "2021-03", "2021/3/5": "2021-03-05", "15/03/2021": "2021-03-15", "15.3.2021": "2021-03-15",
		"3/15/2021": "2021-03-15", "05/05/2021": "2021-05-05", "2021-03-15 00:00:00": "2021-03-15", "2021-03-15T10:11:12.123+03:00": "2021-03-15", "٢٠٢١-٠٣": "2021-03",
		"'2021-03": "2021-03", "March": "March", "1/2/21": "1/2/21"} {
		got, err := read("country;indicator;status;effective_on\nAAA;a.a.one;in_place;"+text+"\n", intake.Options{})
		if err != nil || len(got) != 1 || got[0].Effective != want || got[0].Fault != nil {
			t.Errorf("%q reads as %s (%v)", text, told(got), err)
		}
	}
	got, err := read("country;indicator;status;effective_on\nAAA;a.a.one;in_place;03/04/2021\n", intake.Options{})
	if err != nil || got[0].Fault == nil || !strings.Contains(got[0].Fault.Message, "2021-04-03 or the 2021-03-04") {
		t.Errorf("a date of two meanings: %s %v", told(got), err)
	}
}

func TestDatesThatAreRefused(t *testing.T) {
	for text, says := range map[string]string{"44270": "as a spreadsheet counts it", "44270,5": "as a spreadsheet counts it", "13/13/2021": "no month 13", "03/04/2021": "could be the"} {
		got, err := read("country;indicator;status;effective_on\nAAA;a.a.one;in_place;"+text+"\n", intake.Options{})
		if err != nil || got[0].Fault == nil || !strings.Contains(got[0].Fault.Message, says) {
			t.Errorf("%q: %s (%v)", text, told(got), err)
		}
	}
}

func TestWhatAFormPutsBeforeAFormulaComesOff(t *testing.T) {
	got, err := read("country,indicator,status,note\nAAA,a.a.one,in_place,'=1+1\nAAB,a.a.one,in_place,'tis\n", intake.Options{})
	if err != nil || got[0].Note != "=1+1" || got[1].Note != "'tis" {
		t.Errorf("%s %v", told(got), err)
	}
}

func TestRefusedFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"nothing":                  {"", "no header"},
		"blank":                    {" \n\n", "no header"},
		"for people only":          {"# a\n# b\n", "no header"},
		"no country":               {"land,a.a.one\nAAA,in_place\n", "must be country"},
		"a column without a name":  {"country,,a.a.one\nAAA,,in_place\nAAB,x,in_place\n", `row 3: column 2 has no name and holds "x"`},
		"a column twice":           {"country,a.a.one,a.a.one\n", `"a.a.one" stands twice`},
		"an unknown column":        {"country,indicator,status,notes\n", `column "notes" is unknown`},
		"a row too long":           {"country,a.a.one\nAAA,in_place,x\n", "row 2 has another number of columns than the header: column 3 has no name"},
		"a row too short":          {"country,a.a.one,a.a.two\nAAA,in_place\n", "row 2 has another number of columns"},
		"Windows-1252":             {"country,a.a.one\nAAA,in_pl\xe9ce\n", "row 2, column 2 is not UTF-8"},
		"UTF-8, then not":          {plain + "AAC,a.a.one,in_place,caf\xe9\n", "row 4, column 4 is not UTF-8"},
		"broken UTF-16":            {utf16(t, plain, unicode.LittleEndian, unicode.UseBOM) + "\x00\xd8A\x00A\x00", "not UTF-16"},
		"a bell":                   {"country,a.a.one\nAAA,in\aplace\n", "row 2, column 2 holds a character that is no text (U+0007)"},
		"a long cell":              {"country,indicator,status,note\nAAA,a.a.one,in_place," + strings.Repeat("n", 32_768) + "\n", "row 2, column 4 holds more than 32767 characters"},
		"line ends of old Macs":    {"country,a.a.one\rAAA,in_place\r", "CSV Macintosh"},
		"a web page":               {"<html><table>", "a web page or XML"},
		"JSON":                     {"[{}]", "JSON"},
		"zero bytes":               {"country,a.a.one\nAAA,in\x00place\n", "not UTF-8 text"},
		"an old workbook":          {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "old Excel file"},
		"a PDF":                    {"%PDF-1.7\n", "neither a workbook"},
		"an archive":               {"PK\x03\x04 cut", "damaged or cut workbook"},
		"a quotation mark left":    {"country,a.a.one\n\"AAA,in_place\n", "row 2 is not CSV"},
		"a form of another round":  {"# headway-form 1 round=r9 framework=small layout=rows lang=en\ncountry,a.a.one\n", "a form for round r9, not for round r1"},
		"a form of another survey": {"# headway-form 1 round=r1 framework=large layout=rows lang=en\ncountry,a.a.one\n", "a form of framework large"},
		"a sheet's form as CSV":    {"indicator,status\na.a.one,in_place\n", "must be country"},
	} {
		got, err := read(c.text, intake.Options{Round: "r1"})
		if r := domain.RefusalOf(err); r == nil || r.Code != domain.CodeImport || !strings.Contains(r.Message, c.says) {
			t.Errorf("%s: %v, %d answers", name, err, len(got))
		}
	}
}

// endless is a file that is made while it is read.
type endless struct {
	start, with string
	left        int64
	at          int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.start != "" {
		n := copy(p, e.start)
		e.start = e.start[n:]
		return n, nil
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for i := 0; i < n; {
		k := copy(p[i:n], e.with[e.at:])
		i, e.at = i+k, (e.at+k)%len(e.with)
	}
	e.left -= int64(n)
	return n, nil
}

// TestHugeFilesCostLittle: what is refused is refused before it is kept.
func TestHugeFilesCostLittle(t *testing.T) {
	const gigabyte = 1 << 30
	for name, c := range map[string]struct {
		r    io.Reader
		says string
	}{
		"a line of a gigabyte":    {&endless{start: "country,a.a.one\nAAA,", with: "x", left: gigabyte}, "row 2 is longer than"},
		"a header of a gigabyte":  {&endless{with: "x", left: gigabyte}, "row 1 is longer than"},
		"a mark left open":        {&endless{start: "country,a.a.one\n\"AAA", with: "\n", left: gigabyte}, "row 2 is longer than"},
		"a million columns":       {&endless{start: "country", with: ",", left: 1 << 20}, "row 1 is longer than"},
		"twenty thousand columns": {strings.NewReader("country" + strings.Repeat(",", 20_000) + "\n"), "has 20001 columns"},
		"first lines of forms":    {&endless{with: "# headway-form 1 round= framework=small lang=ar\n", left: gigabyte}, "larger than 256 MiB"},
		"lines for ever":          {&endless{start: "country,a.a.one\n", with: "#" + strings.Repeat("x", 30_000) + "\n", left: gigabyte}, "larger than 256 MiB"},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := readFrom(c.r, intake.Options{})
		runtime.ReadMemStats(&after)
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Message, c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 400<<20 {
			t.Errorf("%s: %d MiB were taken", name, used>>20)
		}
	}
}

func TestAnErrorEndsTheReading(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	err := intake.Read(intake.File{Name: "a", Reader: strings.NewReader(plain)}, intake.Options{Framework: graded()}, func(intake.Answer) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
	broken := io.MultiReader(strings.NewReader(plain), &failing{})
	if _, err := readFrom(broken, intake.Options{}); err == nil || domain.RefusalOf(err) != nil {
		t.Errorf("a file that cannot be read to its end: %v", err)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// TestEveryWritingReadsTheSame writes tables with every separator and encoding.
func TestEveryWritingReadsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		field := rapid.StringMatching(`[ a-z,;"\n\tأ-ي0-9]{0,12}`)
		var want strings.Builder
		sep := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(rt, "separator")
		text := strings.Join([]string{"country", "indicator", "status", "note"}, sep) + "\n"
		quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		for i := range rapid.IntRange(0, 5).Draw(rt, "rows") {
			note := strings.TrimSpace(field.Draw(rt, "note"))
			country := fmt.Sprintf("AA%c", 'A'+i)
			status := rapid.SampledFrom([]string{"in_place", "no_answer"}).Draw(rt, "status")
			text += country + sep + "a.a.one" + sep + status + sep + quote(note) + "\n"
			fmt.Fprintf(&want, "%s %s %q\n", country, status, note)
		}
		switch rapid.IntRange(0, 3).Draw(rt, "encoding") {
		case 1:
			text = "\ufeff" + text
		case 2:
			text = utf16(t, text, unicode.LittleEndian, unicode.UseBOM)
		case 3:
			text = utf16(t, text, unicode.BigEndian, unicode.UseBOM)
		}
		all, err := read(text, intake.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		var got strings.Builder
		for _, a := range all {
			fmt.Fprintf(&got, "%s %s %q\n", a.Country, a.Status, a.Note)
		}
		if got.String() != want.String() {
			rt.Fatalf("%q reads as\n%s, not\n%s", text, got.String(), want.String())
		}
	})
}
