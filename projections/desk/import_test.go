package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
	pt "headway/projections/projectionstest"
)

// drawFile draws a file of answers without contradictions.
func drawFile(t *rapid.T, label string) string {
	var b strings.Builder
	b.WriteString("country,indicator,status,effective_on\n")
	statuses := rapid.SampledFrom([]domain.Status{domain.InPlace, domain.NotInPlace, domain.NoAnswer, domain.NotApplicable})
	said := map[string]domain.Status{}
	for range rapid.IntRange(0, 12).Draw(t, label+" rows") {
		place := fmt.Sprintf("%s,%s", pt.Code(rapid.IntRange(0, 2).Draw(t, "country")), rapid.SampledFrom([]string{"a.a.one", "a.a.two", "b.b.three"}).Draw(t, "indicator"))
		date := rapid.SampledFrom([]string{"", "2019", "2019-03"}).Draw(t, "date")
		at := place + date
		if _, ok := said[at]; !ok {
			said[at] = statuses.Draw(t, "status")
		}
		fmt.Fprintf(&b, "%s,%s,%s\n", place, said[at], date)
	}
	return b.String()
}

func counts(o desk.Imported) [5]int { return [5]int{o.Rows, o.New, o.Changed, o.Unchanged, o.Refused} }

// TestImportLaws: a dry run tells what the import does, each row is one of new,
// changed, unchanged; the same file again is nothing; and what changes names the
// event that it corrects, which stood until then.
func TestImportLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := pt.New(t)
		w.Survey(t, 3, "r1")
		for n := range 3 {
			text := drawFile(rt, fmt.Sprint("file ", n))
			at := head(t, w)
			dry := pt.Must[desk.Imported](t)(importText(w, text, true))
			if head(t, w) != at {
				rt.Fatal("a dry run has written something")
			}
			done := pt.Must[desk.Imported](t)(importText(w, text, false))
			if counts(dry) != counts(done) || dry.Outcome != done.Outcome || !slices.Equal(dry.Changes, done.Changes) {
				rt.Fatalf("the dry run says %+v, the import %+v", dry, done)
			}
			if done.Rows != done.New+done.Changed+done.Unchanged || done.Events != done.New+done.Changed || head(t, w) != at+events.Position(done.Events) {
				rt.Fatalf("%+v", done)
			}
			corrected := map[string]domain.Status{}
			for e, err := range w.Log.Read(context.Background(), at, events.Filter{}) {
				row, rerr := projections.RowOf(e)
				if err := errors.Join(err, rerr); err != nil {
					rt.Fatal(err)
				}
				if row.Supersedes != nil {
					corrected[*row.Supersedes] = row.Status
				}
			}
			if len(corrected) != done.Changed {
				rt.Fatalf("%d corrections of %d changed", len(corrected), done.Changed)
			}
			for _, c := range done.Changes {
				old, err := w.Desk.Status(context.Background(), c.Corrects)
				if err != nil || corrected[c.Corrects] != c.To || old.Status != c.From || old.Country != c.Country || old.Indicator != c.Indicator || old.EffectiveOn != c.EffectiveOn {
					rt.Fatalf("%+v corrects %+v: %v", c, old, err)
				}
			}
			again := pt.Must[desk.Imported](t)(importText(w, text, false))
			if again.Events != 0 || again.Unchanged != again.Rows {
				rt.Fatalf("the same again: %+v", again)
			}
		}
	})
}

// TestRefusedAnswersAreTold in full: each with its place, its value, and the nearest
// that is valid; and what the others come to beside.
func TestRefusedAnswersAreTold(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 3, "r1")
	pt.Must[desk.Imported](t)(importText(w, "country,indicator,status\nAAA,a.a.one,in_place\n", false))
	text := "country,indicator,status,effective_on,note,evidence_url\n" +
		"AAA,a.a.one,not_in_place,,,\n" + // changes
		"aaa,a.a.two,in_place,,,\n" +
		"AAA,a.a.tow,in_place,,,\n" +
		"AAA,a.a.two,in-place,,,\n" +
		"AAA,a.a.two,in_place,soon,,\n" +
		"AAA,a.a.two,in_place,2199,,\n" +
		"AAA,a.a.two,in_place,,,ftp://x\n" +
		"AAB,a.a.two,in_place,,one,\n" + // new
		"AAB,a.a.two,in_place,,another,\n" +
		"AAB,a.a.two,in_place,,,\n" + // says no more
		"Atlantis,a.a.two,in_place,,,\n"
	out, err := importText(w, text, true)
	r := domain.RefusalOf(err)
	if r == nil || counts(out) != [5]int{11, 1, 1, 1, 8} || r.Details["refused"] != "8" || len(out.Changes) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	want := []struct {
		row, value, nearest string
		code                domain.Code
	}{
		{"3", "aaa", "AAA", domain.CodeNotEnrolled}, {"4", "a.a.tow", "a.a.two", domain.CodeUnknownIndicator},
		{"5", "in-place", "in_place", domain.CodeStatusScale}, {"6", "soon", "", domain.CodeInvalid}, {"7", "2199", "", domain.CodeFutureDate},
		{"8", "ftp://x", "", domain.CodeInvalid}, {"10", "another", "", domain.CodeInvalid}, {"12", "Atlantis", "", domain.CodeNotEnrolled},
	}
	for i, c := range r.Causes {
		x := want[i]
		if c.Details["row"] != x.row || c.Details["value"] != x.value || c.Details["nearest"] != x.nearest || c.Code != x.code || c.Details["column"] != "status" {
			t.Errorf("%v %+v, want %+v", c.Code, c.Details, x)
		}
	}
	if c := r.Causes[6]; c.Details["other_row"] != "9" || c.Details["other_value"] != "one" {
		t.Errorf("%+v", c.Details)
	}
}

func TestVeryManyRefusedAnswers(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	var b strings.Builder
	b.WriteString("country,indicator,status\nAAA,a.a.one,in_place\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "AAA,%s-%d,in_place\n", strings.Repeat("long", 40), i)
	}
	out, err := importText(w, b.String(), false)
	r := domain.RefusalOf(err)
	if r == nil || len(r.Causes) != desk.MostListed || out.Refused != 20_000 || out.New != 1 || !strings.Contains(r.Message, "20000 of 20001") {
		t.Errorf("%+v", out)
	}
}

// TestAnImportComesToWhatWasSeen, or to nothing.
func TestAnImportComesToWhatWasSeen(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	ctx := context.Background()
	text := "country,indicator,status\nAAA,a.a.one,in_place\nAAB,a.a.one,in_place\n"
	take := func(outcome string) (desk.Imported, error) {
		return w.Desk.Import(ctx, pt.By, desk.File{Name: "a.csv", Round: "r1", Reader: strings.NewReader(text), Outcome: outcome}, false)
	}
	seen := pt.Must[desk.Imported](t)(importText(w, text, true))
	pt.Must[desk.Receipt](t)(w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: "AAA", Indicator: "a.a.two", Status: domain.InPlace}))
	pt.Must[desk.Receipt](t)(w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: "AAA", Indicator: "a.a.one", Status: domain.NotInPlace}))
	at := head(t, w)
	now, err := take(seen.Outcome)
	if !errors.Is(err, &domain.Refusal{Code: domain.CodeOutcomeChanged}) || head(t, w) != at || now.Changed != 1 {
		t.Fatalf("%+v, %v", now, err)
	}
	pt.Must[desk.Receipt](t)(w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: "AAB", Indicator: "a.a.two", Status: domain.InPlace})) // does not matter
	if out, err := take(now.Outcome); err != nil || out.Events != 2 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestLateFiles(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	ctx := context.Background()
	take := func(late string) (desk.Imported, error) {
		return w.Desk.Import(ctx, pt.By, desk.File{Name: "a.csv", Round: "r1", LateReason: late, Reader: strings.NewReader("country,indicator,status\nAAA,a.a.one,in_place\n")}, false)
	}
	if _, err := take("post"); !errors.Is(err, &domain.Refusal{Code: domain.CodeRoundOpen}) {
		t.Error(err)
	}
	pt.Must[desk.Receipt](t)(w.Desk.CloseRound(ctx, pt.By, "r1", "", domain.Source{}))
	if _, err := take(" "); !errors.Is(err, &domain.Refusal{Code: domain.CodeRoundClosed}) {
		t.Error(err)
	}
	if out, err := take("post"); err != nil || !out.Late || out.New != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	rows, err := projections.History(ctx, w.Log, "small", "AAA", "a.a.one", head(t, w))
	if err != nil || len(rows) != 1 || rows[0].LateReason != "post" {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestProgressOfAnImport(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	var stages []desk.ImportStage
	last := 0
	f := desk.File{Name: "a.csv", Round: "r1", Reader: strings.NewReader("country,a.a.one,a.a.two\nAAA,in_place,in_place\n"), Progress: func(p desk.ImportProgress) {
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
		if p.Stage == desk.ImportDecides {
			last = p.Done
		}
	}}
	pt.Must[desk.Imported](t)(w.Desk.Import(context.Background(), pt.By, f, false))
	if last != 2 || !slices.Contains(stages, desk.ImportRecords) {
		t.Errorf("%v, %d", stages, last)
	}
}

func FuzzEnrolFile(f *testing.F) {
	for _, s := range []string{"country,income\nXAA,high\n", "country;kind;name_ar\nXAB;anonymous;\n", "\ufeffcountry\tregion\nXAC\tasia\n", "country,a,a\n", "country\n\"\n", ""} {
		f.Add(s)
	}
	w := pt.New(f)
	w.Survey(f, 2, "r1")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := w.Desk.EnrolFile(context.Background(), pt.By, desk.File{Name: "r.csv", Round: "r1", Reader: strings.NewReader(text)})
		if err != nil && domain.RefusalOf(err) == nil {
			t.Fatal(err)
		}
		if again, err2 := w.Desk.EnrolFile(context.Background(), pt.By, desk.File{Name: "r.csv", Round: "r1", Reader: strings.NewReader(text)}); err == nil && (err2 != nil || again.Events != 0 || again.Rows != out.Rows) {
			t.Fatalf("again: %+v, %v", again, err2)
		}
	})
}
