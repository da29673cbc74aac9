package form_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk"
	"headway/projections/desk/form"
	pt "headway/projections/projectionstest"
)

// surveyForm is the form of a round in a log, with what is believed filled in.
func surveyForm(t *testing.T, w *pt.World, lang string) *form.Form {
	t.Helper()
	var f *form.Form
	var believed []projections.Believed
	var err error
	w.Runner.Read(func(st *projections.State) {
		at := st.Position()
		r, _ := st.Round("r1", at)
		f, err = form.New(r, st.Framework(r.Framework), st.Respondents("r1", at), lang, naming)
		believed = st.Believed(projections.Selection{Round: "r1"}, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Fill(pt.Must[[]projections.StatusRow](t)(projections.StatusRows(context.Background(), w.Log, believed)))
	return f
}

func importCSV(t *testing.T, w *pt.World, text string) desk.Imported {
	t.Helper()
	return pt.Must[desk.Imported](t)(w.Desk.Import(context.Background(), pt.By,
		desk.File{Name: "form.csv", Round: "r1", Reader: strings.NewReader(text)}, false))
}

func csvOf(t *testing.T, f *form.Form) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteCSV(&b, true); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCSVComesBack: nobody's answers import as nothing, a filled one as itself,
// and what is believed, sent back, appends nothing.
func TestCSVComesBack(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 3, "r1")
	empty := csvOf(t, surveyForm(t, w, "en"))
	if out := importCSV(t, w, empty); out.Rows != 0 || out.Events != 0 {
		t.Errorf("an empty form: %+v", out)
	}
	filled := strings.Replace(empty, "AAB,a.a.two,,,,", "AAB,a.a.two,in_place,2021-03,=1+1,https://example.org", 1)
	filled = strings.Replace(filled, "AAC,b.b.three,,,,", "AAC,b.b.three,no_answer,,,", 1)
	if out := importCSV(t, w, filled); out.New != 2 || out.Events != 2 {
		t.Errorf("a form with two answers: %+v", out)
	}
	again := csvOf(t, surveyForm(t, w, "en"))
	if !strings.Contains(again, "AAB,a.a.two,in_place,2021-03,'=1+1,https://example.org") {
		t.Errorf("what is believed is not filled in:\n%s", again)
	}
	if out := importCSV(t, w, again); out.Unchanged != 2 || out.Events != 0 {
		t.Errorf("what is believed, sent back: %+v", out)
	}
}

// TestWorkbooksComeBack fills in both layouts as people do, saves them, and reads
// the cells as agreed: ids, and labels that mean a status.
func TestWorkbooksComeBack(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	f := surveyForm(t, w, "ar")

	x := open(t, rowsOf(t, f))
	header, _ := answersOf(t, x, "answers", "country")
	set(t, x, "answers", at(t, 3, header+1), "in_place")
	set(t, x, "answers", at(t, 5, header+2), "no_answer")
	x = open(t, saved(t, x))
	means := meanings(t, x)
	lines := [][]string{{"country", "indicator", "status", "effective_on", "note", "evidence_url"}}
	_, rows := answersOf(t, x, "answers", "country")
	for _, r := range rows {
		for name, v := range r {
			if v != "" && name != "country" && !strings.HasPrefix(name, "#") {
				lines = append(lines, []string{r["country"], name, means[v], "", "", ""})
			}
		}
	}
	if out := importCSV(t, w, written(t, lines)); out.New != 2 || out.Events != 2 {
		t.Errorf("rows: %+v", out)
	}

	x = open(t, sheetsOf(t, surveyForm(t, w, "ar")))
	header, _ = answersOf(t, x, "AAB", "indicator")
	set(t, x, "AAB", at(t, 3, header+1), "not_in_place")
	day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	if err := x.SetCellValue("AAB", at(t, 4, header+1), day); err != nil {
		t.Fatal(err)
	}
	set(t, x, "AAB", at(t, 5, header+1), "@note")
	set(t, x, "AAB", at(t, 6, header+1), "https://example.org/law")
	x = open(t, saved(t, x))
	means = meanings(t, x)
	lines = lines[:1]
	for _, sheet := range x.GetSheetList() {
		if strings.HasPrefix(sheet, "#") {
			continue
		}
		_, rows := answersOf(t, x, sheet, "indicator")
		for _, r := range rows {
			lines = append(lines, []string{sheet, r["indicator"], means[r["status"]], r["effective_on"], r["note"], r["evidence_url"]})
		}
	}
	if out := importCSV(t, w, written(t, lines)); out.New != 1 || out.Unchanged != 2 || out.Events != 1 {
		t.Errorf("sheets: %+v", out)
	}
	history := pt.Must[[]projections.HistoryRow](t)(projections.History(context.Background(), w.Log, "small", "AAB", "a.a.one", 1<<40))
	if n := len(history); n != 1 || history[0].Status != domain.NotInPlace || history[0].EffectiveOn.String() != "2026-02-01" ||
		history[0].Note != "@note" || history[0].Evidence[0] != "https://example.org/law" {
		t.Errorf("%+v", history)
	}
}

// set writes what people choose or type.
func set(t *testing.T, x *excelize.File, sheet, cell, text string) {
	t.Helper()
	for label, status := range meanings(t, x) {
		if status == text {
			text = label
			break
		}
	}
	if isLocked(t, x, sheet, cell) {
		t.Fatalf("%s of %s cannot be filled in", cell, sheet)
	}
	if err := x.SetCellStr(sheet, cell, text); err != nil {
		t.Fatal(err)
	}
}

func saved(t *testing.T, x *excelize.File) []byte {
	t.Helper()
	b := pt.Must[*bytes.Buffer](t)(x.WriteToBuffer())
	return b.Bytes()
}

func written(t *testing.T, lines [][]string) string {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
