package form_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk/form"
	pt "headway/projections/projectionstest"
)

// graded is the small framework with a second scale, whose labels lack one in
// Arabic and have one twice.
func graded() *domain.Framework {
	f := pt.Framework()
	f.Scales[0].Names = map[domain.Status]domain.Text{
		domain.InPlace: {"en": "In place", "ar": "قائم"}, domain.NotInPlace: {"en": "Not in place", "ar": "غير قائم"},
		domain.NoAnswer: {"en": "No answer", "ar": "لا إجابة"}, domain.NotApplicable: {"en": "Not applicable", "ar": "لا ينطبق"},
	}
	f.Scales = append(f.Scales, domain.Scale{ID: "graded", Values: []domain.Status{"none", "some", "most", "all"}, Positive: "most",
		Names: map[domain.Status]domain.Text{"none": {"en": "None"}, "some": {"en": "Partly"}, "most": {"en": "partly"}, "all": {"en": "=1+1"}}})
	general := domain.Indicator{ID: "general.used", Scale: "graded", Polarity: domain.Positive,
		Name: domain.Text{"en": "Used"}, Wording: domain.Text{"en": "Was it used, & how <much>?", "ar": "هل استُخدم؟"}}
	f.Indicators = append(f.Indicators, general)
	return &f
}

var round = domain.Round{ID: "2026", Framework: "small", ReferenceDate: domain.Date{Year: 2026}}

// who are respondents whose names a spreadsheet could take for formulas.
func who() []domain.Enrolment {
	var out []domain.Enrolment
	for i, n := range []string{`=HYPERLINK("http://example.org")`, "+1", "-1+2", "@SUM(A1)", "A < B & \"C\""} {
		out = append(out, domain.Enrolment{Respondent: pt.Code(i), Name: domain.Text{"en": n}})
	}
	return out
}

func naming(e domain.Enrolment) string { s, _ := e.Name.In("en"); return s }

func newForm(t *testing.T, lang string, rows ...projections.StatusRow) *form.Form {
	t.Helper()
	f := pt.Must[*form.Form](t)(form.New(round, graded(), who(), lang, naming))
	f.Fill(rows)
	return f
}

// filled are answers of which one has a date of its own.
func filled() []projections.StatusRow {
	return []projections.StatusRow{
		{Round: "2026", Country: "AAA", Indicator: "a.a.one", Status: domain.InPlace, EffectiveOn: domain.Date{Year: 2026}, Note: "=1+1", Evidence: []string{"https://example.org/a", "https://example.org/b"}},
		{Round: "2026", Country: "AAA", Indicator: "a.a.two", Status: domain.NotInPlace, EffectiveOn: domain.Date{Year: 2025, Month: 12, Day: 31}},
		{Round: "2026", Country: "AAB", Indicator: "general.used", Status: "all", EffectiveOn: domain.Date{Year: 2026}},
		{Round: "2021", Country: "AAB", Indicator: "a.a.one", Status: domain.InPlace, EffectiveOn: domain.Date{Year: 2021}},
	}
}

func rowsOf(t *testing.T, f *form.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteRows(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sheetsOf(t *testing.T, f *form.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteSheets(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// answersOf reads a sheet as an import does: the rows whose first cell does not
// start with #, the first of them the header, by the names of the columns.
func answersOf(t *testing.T, x *excelize.File, sheet, first string) (header int, rows []map[string]string) {
	t.Helper()
	all := pt.Must[[][]string](t)(x.GetRows(sheet))
	var names []string
	for i, r := range all {
		switch {
		case len(r) == 0 || strings.HasPrefix(r[0], "#"):
		case names == nil:
			if r[0] != first {
				t.Fatalf("%s: the header starts with %q", sheet, r[0])
			}
			names, header = r, i+1
		default:
			row := map[string]string{}
			for j, v := range r {
				row[names[j]] = v
			}
			rows = append(rows, row)
		}
	}
	return header, rows
}

func TestFormsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		who  []domain.Enrolment
		lang string
		says string
	}{
		"language":           {who(), "fr", `no text in "fr"; choose one of ar, en`},
		"malformed language": {who(), "../en", "choose one of"},
		"nobody":             {nil, "en", "no respondents"},
	} {
		if _, err := form.New(round, graded(), c.who, c.lang, naming); domain.RefusalOf(err) == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := make([]domain.Enrolment, form.MaxCells/4+1)
	f := pt.Must[*form.Form](t)(form.New(round, graded(), many, "en", naming))
	if err := f.WriteRows(&bytes.Buffer{}); !errors.Is(err, &domain.Refusal{Code: domain.CodeInvalid}) {
		t.Errorf("too many answers: %v", err)
	}
	f = pt.Must[*form.Form](t)(form.New(round, graded(), many[:form.MaxSheets+1], "en", naming))
	if err := f.WriteSheets(&bytes.Buffer{}); !errors.Is(err, &domain.Refusal{Code: domain.CodeInvalid}) {
		t.Errorf("too many sheets: %v", err)
	}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := newForm(t, "ar", filled()...).WriteCSV(&b, true); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffcountry,indicator,status,effective_on,note,evidence_url\n" +
		"AAA,general.used,,,,\n" +
		"AAA,a.a.one,in_place,2026,'=1+1,https://example.org/a\n" +
		"AAA,a.a.two,not_in_place,2025-12-31,,\n" +
		"AAA,b.b.three,,,,\n" +
		"AAB,general.used,all,2026,,\n"
	if got := b.String(); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 1+5*4 {
		t.Errorf("got\n%s", got)
	}
	b.Reset()
	if err := newForm(t, "en").WriteCSV(&b, false); err != nil || !strings.HasPrefix(b.String(), "country,") {
		t.Errorf("%v: %s", err, &b)
	}
}

func TestTheSameFormIsTheSameBytes(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		if !bytes.Equal(rowsOf(t, newForm(t, lang, filled()...)), rowsOf(t, newForm(t, lang, filled()...))) {
			t.Errorf("rows in %s differ", lang)
		}
		if !bytes.Equal(sheetsOf(t, newForm(t, lang, filled()...)), sheetsOf(t, newForm(t, lang, filled()...))) {
			t.Errorf("sheets in %s differ", lang)
		}
	}
}

// TestWhatIsMissingInALanguageIsSaid: texts fall back, and the form counts them.
func TestWhatIsMissingInALanguageIsSaid(t *testing.T) {
	en, ar := newForm(t, "en"), newForm(t, "ar")
	x := open(t, rowsOf(t, ar))
	rowsOf(t, en)
	// Two domains, and six answers of the scale "graded"; in English the two
	// answers that every scale has.
	if en.Foreign() != 2 || ar.Foreign() != 8 {
		t.Errorf("%d in English, %d in Arabic", en.Foreign(), ar.Foreign())
	}
	all := pt.Must[[][]string](t)(x.GetRows("answers"))
	var domains, questions []string
	for _, r := range all {
		switch {
		case len(r) > 0 && r[0] == "# المجال":
			domains = r
		case len(r) > 0 && r[0] == "# السؤال":
			questions = r
		}
	}
	if len(domains) < 6 || domains[3] != "Domain A (en)" {
		t.Errorf("domains %q", domains)
	}
	if len(questions) < 6 || questions[2] != "هل استُخدم؟" || questions[5] != "مؤشر b.b.three (هنا «نعم» هي الإجابة السيئة)" {
		t.Errorf("questions %q", questions)
	}
	f := graded()
	f.Domains[0].Name["fr"], f.Domains[0].Name["pt"] = "Domaine A", "Domínio A"
	for lang, says := range map[string]string{"fr": "Langue\u00a0: Français", "pt": "Language: pt"} {
		x := pt.Must[*form.Form](t)(form.New(round, f, who(), lang, naming))
		top := pt.Must[string](t)(open(t, rowsOf(t, x)).GetCellValue("answers", "A3"))
		if x.Foreign() < 5 || !strings.Contains(top, says) {
			t.Errorf("%s: %d foreign, %q", lang, x.Foreign(), top)
		}
	}
}

func TestSimulatedRoundsSaySo(t *testing.T) {
	r := round
	r.Simulated = true
	f := pt.Must[*form.Form](t)(form.New(r, graded(), who(), "en", naming))
	if s := pt.Must[string](t)(open(t, rowsOf(t, f)).GetCellValue("answers", "A4")); !strings.Contains(s, "made up") {
		t.Errorf("%q", s)
	}
}

func BenchmarkForms(b *testing.B) {
	f := pt.Framework()
	f.Indicators = nil
	for i := range 60 {
		f.Indicators = append(f.Indicators, domain.Indicator{ID: domain.IndicatorID(fmt.Sprintf("a.a.i%d", i)), Domain: "a", Scale: "binary",
			Polarity: domain.Positive, Name: domain.Text{"en": "Is there an institution with a mandate and a budget of its own?"}})
	}
	var all []domain.Enrolment
	for i := range 200 {
		all = append(all, domain.Enrolment{Respondent: pt.Code(i), Name: domain.Text{"en": "A name"}})
	}
	x := pt.Must[*form.Form](b)(form.New(round, &f, all, "en", naming))
	for name, write := range map[string]func(*bytes.Buffer) error{
		"rows":   func(w *bytes.Buffer) error { return x.WriteRows(w) },
		"sheets": func(w *bytes.Buffer) error { return x.WriteSheets(w) },
		"csv":    func(w *bytes.Buffer) error { return x.WriteCSV(w, false) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var w bytes.Buffer
				if err := write(&w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
