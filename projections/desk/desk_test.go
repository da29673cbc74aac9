package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
	pt "headway/projections/projectionstest"
)

func importText(w *pt.World, text string, dryRun bool) (desk.Imported, error) {
	return w.Desk.Import(context.Background(), pt.By, desk.File{Name: "a.csv", Round: "r1", Reader: strings.NewReader(text)}, dryRun)
}

func head(t *testing.T, w *pt.World) events.Position {
	t.Helper()
	at, err := w.Log.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestImportForms(t *testing.T) {
	for name, text := range map[string]string{
		"long":          "country,indicator,status\nAAA,a.a.one,in_place\nAAB,a.a.one,not_in_place\n",
		"semicolons":    "country;indicator;status\r\nAAA;a.a.one;in_place\r\nAAB;a.a.one;not_in_place\r\n",
		"tabs":          "country\tindicator\tstatus\nAAA\ta.a.one\tin_place\nAAB\ta.a.one\tnot_in_place\n",
		"byte order":    "\ufeffcountry,indicator,status\nAAA,a.a.one,in_place\nAAB,a.a.one,not_in_place",
		"wide":          "country,a.a.one,a.a.two\nAAA,in_place,\nAAB,not_in_place,\n",
		"all columns":   "country,status,indicator,effective_on,note,evidence_url\nAAA,in_place,a.a.one,2021,\"a, b\",https://example.org\nAAB,not_in_place,a.a.one,2021,,\n",
		"rows twice":    "country,indicator,status\nAAA,a.a.one,in_place\nAAA,a.a.one,in_place\nAAB,a.a.one,not_in_place\n",
		"not filled in": "country,indicator,status,effective_on,note,evidence_url\nAAA,a.a.one,in_place,,,\nAAA,a.a.two,,,,\nAAB,a.a.one,not_in_place,,,\nAAB,a.a.two, ,2021,,\n",
		"spaces round":  "country , indicator,status\n AAA, a.a.one , in_place\nAAB,a.a.one,not_in_place\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := pt.New(t)
			w.Survey(t, 3, "r1")
			out, err := importText(w, text, false)
			if err != nil {
				t.Fatal(err)
			}
			if out.New != 2 || out.Events != 2 {
				t.Errorf("%+v", out)
			}
			at := head(t, w)
			again, err := importText(w, text, false)
			if err != nil || again.Events != 0 || head(t, w) != at {
				t.Errorf("the same file again: %+v, %v", again, err)
			}
			var a *projections.Answers
			w.Runner.Read(func(s *projections.State) { a, err = s.Answers("r1", s.Position()) })
			if err != nil || a.Status(0, 0) != domain.InPlace || a.Status(1, 0) != domain.NotInPlace || a.Status(2, 0) != "" {
				t.Errorf("statuses %q %q %q, %v", a.Status(0, 0), a.Status(1, 0), a.Status(2, 0), err)
			}
		})
	}
}

func TestImportRefusesWholeFiles(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 2, "r1")
	before := head(t, w)
	for name, c := range map[string]struct{ text, says string }{
		"empty":            {"", "no header"},
		"one column":       {"country\nAAA\n", "one column"},
		"other first":      {"indicator,land,status\n", "must be country"},
		"unknown column":   {"country,indicator,status,colour\n", `column "colour" is unknown`},
		"column twice":     {"country,indicator,status,status\n", "stands twice"},
		"missing column":   {"country,indicator\nAAA,a.a.one\n", `column "status" is missing`},
		"ragged":           {"country,indicator,status\nAAA,a.a.one\n", "row 2 has another number of columns"},
		"quote":            {"country,indicator,status\n\"AAA,a.a.one,in_place\n", "row 2 is not CSV"},
		"not UTF-8":        {"country,indicator,status\nAAA,a.a.one,in_pl\xe9ce\n", "row 2, column 3 is not UTF-8"},
		"zero byte":        {"country,indicator,status\nAAA,a.a.one,in\x00place\n", "not UTF-8 text"},
		"one bad of three": {"country,indicator,status\nAAA,a.a.one,in_place\nAAB,a.a.one,maybe\nAAB,a.a.two,in_place\n", "1 of 3 answers"},
		"note, no status":  {"country,indicator,status,note\nAAA,a.a.one,,asked twice\n", `"" is not on the scale`},
		"a wide bad name":  {"country,a.a.oen\nAAA,in_place\n", "did you mean a.a.one"},
		"rows disagree":    {"country,indicator,status\nAAA,a.a.one,in_place\nAAA,a.a.one,not_in_place\n", "row 2 says in_place and this one not_in_place"},
	} {
		_, err := importText(w, c.text, false)
		if !errors.Is(err, &domain.Refusal{Code: domain.CodeImport}) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if head(t, w) != before {
		t.Error("a refused file has written something")
	}
}

func TestChangedFileAppendsCorrections(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	first, err := importText(w, "country,indicator,status\nAAA,a.a.one,in_place\n", false)
	if err != nil {
		t.Fatal(err)
	}
	changed := "country,indicator,status\nAAA,a.a.one,not_in_place\n"
	at := head(t, w)
	dry, err := importText(w, changed, true)
	if err != nil || dry.Changed != 1 || dry.Events != 0 || head(t, w) != at {
		t.Errorf("dry run: %+v, %v", dry, err)
	}
	if out, err := importText(w, changed, false); err != nil || out.Changed != 1 || out.Events != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	rows, err := projections.History(context.Background(), w.Log, "small", "AAA", "a.a.one", head(t, w))
	if err != nil || len(rows) != 2 {
		t.Fatal(len(rows), err)
	}
	c := rows[1]
	if c.Type != "status.corrected" || *c.Supersedes != first.EventIDs[0] || !strings.Contains(*c.Reason, "a.csv, row 2") || c.Source.Row != 2 || c.Source.SHA256 == "" {
		t.Errorf("%+v", c)
	}
}

// TestNoAnswerSlipsIntoAClosedRound races reports with the closing of the round:
// whatever was recorded stands before the closing in the log.
func TestNoAnswerSlipsIntoAClosedRound(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 26, "r1")
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 26 {
		wg.Go(func() {
			_, err := w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: pt.Code(i), Indicator: "a.a.one", Status: domain.InPlace})
			if err != nil && !errors.Is(err, &domain.Refusal{Code: domain.CodeRoundClosed}) && !errors.Is(err, &domain.Refusal{Code: domain.CodeConflict}) {
				t.Errorf("report: %v", err)
			}
		})
	}
	wg.Go(func() {
		if _, err := w.Desk.CloseRound(ctx, pt.By, "r1", "", domain.Source{}); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	wg.Wait()
	closed := false
	for e, err := range w.Log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if closed && e.Type == "status.reported" {
			t.Errorf("event %d answers a closed round", e.Position)
		}
		closed = closed || e.Type == "round.closed"
	}
	if !closed {
		t.Error("the round was not closed")
	}
}

// TestTheSameCellTwiceAtOnce: of two different reports of one cell and date one
// wins, and the other is told how to correct it.
func TestTheSameCellTwiceAtOnce(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	var mu sync.Mutex
	won, lost := 0, 0
	var wg sync.WaitGroup
	for i := range 8 {
		status := []domain.Status{domain.InPlace, domain.NotInPlace}[i%2]
		wg.Go(func() {
			r, err := w.Desk.Report(context.Background(), pt.By, "r1", domain.Report{Country: "AAA", Indicator: "a.a.one", Status: status})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won += r.Events
			case errors.Is(err, &domain.Refusal{Code: domain.CodeAlreadyReported}):
				lost++
			default:
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if won != 1 || lost != 4 {
		t.Errorf("%d events were recorded, %d reports refused", won, lost)
	}
}

func TestCorrectingWhatDoesNotStand(t *testing.T) {
	w := pt.New(t)
	w.Survey(t, 1, "r1")
	ctx := context.Background()
	r := pt.Must[desk.Receipt](t)(w.Desk.Report(ctx, pt.By, "r1", domain.Report{Country: "AAA", Indicator: "a.a.one", Status: domain.InPlace}))
	id := r.EventIDs[0]
	pt.Must[desk.Receipt](t)(w.Desk.Withdraw(ctx, pt.By, domain.Withdraw{EventID: id, Reason: "wrong country"}))
	for name, c := range map[string]struct {
		err  error
		code domain.Code
	}{
		"withdrawn before": {second(w.Desk.Correct(ctx, pt.By, domain.Correct{EventID: id, Status: domain.InPlace, Reason: "r"})), domain.CodeAlreadySuperseded},
		"withdrawn twice":  {second(w.Desk.Withdraw(ctx, pt.By, domain.Withdraw{EventID: id, Reason: "r"})), domain.CodeAlreadySuperseded},
		"no id":            {second(w.Desk.Correct(ctx, pt.By, domain.Correct{EventID: "x", Status: domain.InPlace, Reason: "r"})), domain.CodeInvalid},
		"not a status":     {second(w.Desk.Withdraw(ctx, pt.By, domain.Withdraw{EventID: events.DeriveID(pt.Start, "none").String(), Reason: "r"})), domain.CodeUnknownEvent},
		"unknown round":    {second(w.Desk.Report(ctx, pt.By, "r9", domain.Report{})), domain.CodeUnknownRound},
	} {
		if !errors.Is(c.err, &domain.Refusal{Code: c.code}) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func FuzzImport(f *testing.F) {
	for _, s := range []string{"country,indicator,status\nAAA,a.a.one,in_place\n", "country;a.a.one\nAAA;in_place\n", "\ufeffcountry\tindicator\tstatus\n", "country,indicator,status\n\"\n", "country"} {
		f.Add(s)
	}
	w := pt.New(f)
	w.Survey(f, 2, "r1")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := importText(w, text, true); err != nil && domain.RefusalOf(err) == nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkImport10000(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := pt.New(b)
		w.Survey(b, 400, "r1")
		var text strings.Builder
		text.WriteString("country,indicator,status,effective_on\n")
		for i := range 400 {
			for m := range 25 {
				fmt.Fprintf(&text, "%s,a.a.one,in_place,%04d\n", pt.Code(i), 1990+m)
			}
		}
		b.StartTimer()
		if _, err := importText(w, text.String(), false); err != nil {
			b.Fatal(err)
		}
	}
}
