package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/http/i18n"
	"headway/projections"
	"headway/projections/desk/form"
)

// templateFlags are what was asked of `headway template`.
type templateFlags struct {
	round, output, lang, layout, respondent string
	prefilled, bom                          bool
}

func (a *app) templateCommand() *cobra.Command {
	var o templateFlags
	c := &cobra.Command{
		Use:   "template",
		Short: "Write a form for a round's answers, as a workbook or CSV, that imports again",
		Long: "Write a form for a round's answers that imports again. A workbook (.xlsx) has lists of the allowed answers and\n" +
			"locked headings, with a row or a sheet for each respondent; the sheets have room for dates, notes and evidence.\n" +
			"CSV has a line for each respondent and indicator, its status empty.",
		Example: "  headway template --round 2026 -o answers.xlsx\n" +
			"  headway template --round 2026 --layout sheets --lang ar --respondent EGY --prefilled -o egy.xlsx",
		Args: noArgs,
	}
	f := c.Flags()
	f.StringVar(&o.round, "round", "", "the round that is asked")
	f.StringVarP(&o.output, "output", "o", "", "file to write: .xlsx or .csv")
	f.StringVar(&o.lang, "lang", "en", "language of the questions: en, ar, or another that the framework has")
	f.StringVar(&o.layout, "layout", "rows", "of a workbook: rows (a row a respondent) or sheets (a sheet a respondent)")
	f.StringVar(&o.respondent, "respondent", "", "only this respondent, for its focal point")
	f.BoolVar(&o.prefilled, "prefilled", false, "fill in what is believed now; these answers are confidential")
	f.BoolVar(&o.bom, "bom", false, "start the CSV file with a byte-order mark, which some spreadsheets need")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := o.check(c); err != nil {
			return err
		}
		return a.with(c.Context(), func(s *session) error { return a.template(c, s, o) })
	}
	required(c, "round", "output")
	return c
}

// check finds the faults of a call that need no database.
func (o templateFlags) check(c *cobra.Command) error {
	ext := strings.ToLower(filepath.Ext(o.output))
	switch {
	case ext != ".xlsx" && ext != ".csv":
		return usageError{fmt.Errorf("-o %q ends neither in .xlsx nor in .csv", o.output)}
	case o.layout != "rows" && o.layout != "sheets":
		return usageError{fmt.Errorf("--layout is rows or sheets, not %q", o.layout)}
	case ext == ".csv" && c.Flags().Changed("layout"):
		return usageError{fmt.Errorf("--layout is for .xlsx; a .csv has one layout")}
	case ext == ".xlsx" && o.bom:
		return usageError{fmt.Errorf("--bom is for .csv; a workbook has no byte-order mark")}
	}
	return nil
}

func (a *app) template(c *cobra.Command, s *session, o templateFlags) error {
	f, err := a.form(c, s, o)
	if err != nil {
		return err
	}
	csv := strings.EqualFold(filepath.Ext(o.output), ".csv")
	err = writeFile(o.output, private, func(w io.Writer) error {
		switch {
		case csv:
			return f.WriteCSV(w, o.bom)
		case o.layout == "sheets":
			return f.WriteSheets(w)
		}
		return f.WriteRows(w)
	})
	if err != nil {
		return err
	}
	dated := 0
	if !csv && o.layout == "rows" {
		dated = f.Dated()
	}
	a.templateNotes(f, dated)
	if a.json {
		return a.printJSON(map[string]any{"file": o.output, "round": f.Round.ID, "respondents": len(f.Respondents),
			"indicators": len(f.Framework.Indicators), "lang": f.Lang, "other_language": f.Foreign(), "left_out": dated, "simulated": f.Round.Simulated})
	}
	a.say("wrote %s: round %s, %d respondents, %d indicators", o.output, f.Round.ID, len(f.Respondents), len(f.Framework.Indicators))
	return nil
}

// templateNotes says what people should know of a form before they send it out.
func (a *app) templateNotes(f *form.Form, dated int) {
	if a.json {
		return
	}
	if n := f.Foreign(); n > 0 {
		a.note("%d texts have no %s and stand in another language, or as their id", n, f.Lang)
	}
	if dated > 0 {
		a.note("%d answers hold from another date than %s and are left out, their cells locked; --layout sheets has them", dated, f.Round.ReferenceDate)
	}
	if f.Round.Closed {
		a.note("round %s is closed and takes no more answers", f.Round.ID)
	}
	if f.Round.Simulated {
		a.note("the respondents of round %s are simulated, and no countries", f.Round.ID)
	}
}

// form reads what a form needs, at one moment of the log.
func (a *app) form(c *cobra.Command, s *session, o templateFlags) (*form.Form, error) {
	catalog, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	printer := sync.OnceValue(func() *i18n.Printer { return catalog.Printer(o.lang) }) // called once the form has taken the language
	var out *form.Form
	var believed []projections.Believed
	s.runner.Read(func(st *projections.State) {
		out, err = newForm(st, st.Position(), o, func(e domain.Enrolment) string { return printer().Respondent(e) })
		if err == nil && o.prefilled {
			believed = st.Believed(projections.Selection{Round: out.Round.ID, Country: domain.Respondent(o.respondent)}, st.Position())
		}
	})
	if err != nil {
		return nil, err
	}
	rows, err := projections.StatusRows(c.Context(), s.store, believed)
	if err != nil {
		return nil, err
	}
	out.Fill(rows)
	return out, nil
}

func newForm(st *projections.State, at events.Position, o templateFlags, naming func(domain.Enrolment) string) (*form.Form, error) {
	round, ok := st.Round(domain.RoundID(o.round), at)
	if !ok {
		return nil, projections.UnknownRound(domain.RoundID(o.round))
	}
	who := st.Respondents(round.ID, at)
	if o.respondent != "" {
		i := slices.IndexFunc(who, func(e domain.Enrolment) bool { return string(e.Respondent) == o.respondent })
		if i < 0 {
			return nil, domain.Refuse(domain.CodeNotEnrolled,
				fmt.Sprintf("%s does not take part in round %s; enrol it first: `headway round enrol %s %s`", o.respondent, round.ID, round.ID, o.respondent),
				"country", o.respondent, "round", string(round.ID))
		}
		who = who[i : i+1]
	}
	return form.New(round, st.Framework(round.Framework), who, o.lang, naming)
}
