package intake_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk/form"
)

// TestFilledFormsReadBack fills forms with any answers, in every layout and
// language: what is read is what was filled in.
func TestFilledFormsReadBack(t *testing.T) {
	framework := graded()
	round := domain.Round{ID: "r1", Framework: "small", ReferenceDate: domain.Date{Year: 2021}}
	who := []domain.Enrolment{{Respondent: "AAA", Kind: domain.Country}, {Respondent: "GB-EAW", Kind: domain.Country}}
	text := rapid.StringMatching(`[a-zأ-ي=+@'"<&;,_x0-9\n -]{0,20}`)
	rapid.Check(t, func(rt *rapid.T) {
		layout := rapid.SampledFrom([]string{"rows", "sheets", "csv"}).Draw(rt, "layout")
		lang := rapid.SampledFrom([]string{"en", "ar"}).Draw(rt, "language")
		f, err := form.New(round, framework, who, lang, func(e domain.Enrolment) string { return "=" + string(e.Respondent) })
		if err != nil {
			rt.Fatal(err)
		}
		want := map[string]string{}
		var rows []projections.StatusRow
		for _, e := range who {
			for _, in := range framework.Indicators {
				all := append([]domain.Status{"", domain.NoAnswer, domain.NotApplicable}, framework.ScaleOf(in).Values...)
				r := projections.StatusRow{Country: e.Respondent, Indicator: in.ID, Round: "r1", EffectiveOn: round.ReferenceDate}
				if r.Status = rapid.SampledFrom(all).Draw(rt, "status"); r.Status == "" {
					continue
				}
				if layout == "rows" {
					want[fmt.Sprint(e.Respondent, " ", in.ID)] = string(r.Status) + "|||"
				} else {
					r.EffectiveOn = drawDate(rt)
					r.Note = strings.TrimSpace(text.Draw(rt, "note"))
					if layout == "csv" && strings.HasPrefix(r.Note, "'") {
						r.Note = "n" + r.Note // taken for the apostrophe that keeps formulas out
					}
					if rapid.Bool().Draw(rt, "evidence") {
						r.Evidence = []string{"https://example.org/?a=1&b=<2>"}
					}
					want[fmt.Sprint(e.Respondent, " ", in.ID)] = fmt.Sprintf("%s|%s|%s|%s", r.Status, r.EffectiveOn, r.Note, strings.Join(r.Evidence, ""))
				}
				rows = append(rows, r)
			}
		}
		f.Fill(rows)
		var b bytes.Buffer
		switch layout {
		case "rows":
			err = f.WriteRows(&b)
		case "sheets":
			err = f.WriteSheets(&b)
		default:
			err = f.WriteCSV(&b, lang == "ar")
		}
		if err != nil {
			rt.Fatal(err)
		}
		all, err := readBytes(b.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		got := map[string]string{}
		for _, a := range all {
			got[a.Country+" "+a.Indicator] = fmt.Sprintf("%s|%s|%s|%s", a.Status, a.Effective, a.Note, a.Evidence)
			if a.Fault != nil {
				rt.Fatal(a.Fault)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(all) != len(want) {
			rt.Fatalf("%s, %s:\n%q\nreads as\n%q", layout, lang, want, got)
		}
	})
}

func drawDate(rt *rapid.T) domain.Date {
	d := domain.Date{Year: rapid.IntRange(1950, 2026).Draw(rt, "year")}
	if rapid.Bool().Draw(rt, "a month") {
		d.Month = rapid.IntRange(1, 12).Draw(rt, "month")
		if rapid.Bool().Draw(rt, "a day") {
			d.Day = rapid.IntRange(1, 28).Draw(rt, "day")
		}
	}
	return d
}
