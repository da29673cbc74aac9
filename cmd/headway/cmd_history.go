package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// historyFlags are what a search of the log is asked for.
type historyFlags struct {
	country, indicator, round, actor, typ, since, until, from, to, text string
	superseded, csv, bom                                                bool
	limit                                                               int
	asOf, framework                                                     *string
}

func (a *app) historyCommand() *cobra.Command {
	var h historyFlags
	c := &cobra.Command{
		Use:   "history [COUNTRY INDICATOR]",
		Short: "Every event of one respondent and indicator, or a search of all events",
		Long: "With a respondent and an indicator: every event of them, the oldest first, with both times, actor, source\n" +
			"and position. Without: a search of all events, the newest first. What is given must hold of an event: where\n" +
			"it belongs, who recorded it and when, and words, each of which must occur in a note, a reason, a comment,\n" +
			"evidence, the name of a document, or the source.",
		Example: "  headway history ALB criminal-justice.law-enforcement.dedicated-capacity\n" +
			"  headway history --country KEN --since 2026-03-01 --superseded\n" +
			"  headway history --actor token-5a1c9e02 --type status --csv --limit 0 > recorded.csv",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			if err := exactArgs(2)(c, args); err != nil {
				return usageError{fmt.Errorf("give a respondent and an indicator, or neither to search; see `%s --help`", c.CommandPath())}
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&h.country, "country", "", "only of this respondent")
	f.StringVar(&h.indicator, "indicator", "", "only of this indicator")
	f.StringVar(&h.round, "round", "", "only of this round")
	f.StringVar(&h.actor, "actor", "", "only what this pseudonym recorded")
	f.StringVar(&h.typ, "type", "", "only of this type, such as status.corrected, or status for all of them")
	f.StringVar(&h.since, "since", "", "only what was recorded at a position, a day or an instant, or later")
	f.StringVar(&h.until, "until", "", "only what was recorded at a position, a day or an instant, or earlier")
	f.StringVar(&h.from, "effective-from", "", "only what holds from a date on or after this: 2026, 2026-06 or 2026-06-30")
	f.StringVar(&h.to, "effective-to", "", "only what holds from a date on or before this")
	f.StringVar(&h.text, "text", "", "only where each of these words occurs in what people wrote")
	f.BoolVar(&h.superseded, "superseded", false, "only statuses that were corrected or withdrawn")
	f.IntVar(&h.limit, "limit", 100, "at most so many events; 0 for all")
	f.BoolVar(&h.csv, "csv", false, "print CSV")
	f.BoolVar(&h.bom, "bom", false, "start the CSV with a byte-order mark, which some spreadsheets need")
	h.asOf = f.String("as-of", "", "only what was recorded, and known to be superseded, up to a position, a day or an instant")
	h.framework = frameworkFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if h.csv && a.json {
			return usageError{errors.New("give --csv or --json, not both")}
		}
		if h.bom && !h.csv {
			return usageError{errors.New("--bom is for --csv")}
		}
		if h.limit < 0 {
			return usageError{fmt.Errorf("--limit %d: give how many events to print, or 0 for all", h.limit)}
		}
		return a.with(c.Context(), func(s *session) error {
			if len(args) == 0 {
				return a.search(c.Context(), s, h)
			}
			if h != (historyFlags{limit: h.limit, asOf: h.asOf, framework: h.framework}) || c.Flags().Changed("limit") {
				return usageError{fmt.Errorf("COUNTRY INDICATOR takes --as-of and --framework only; to search, give --country %s --indicator %s", args[0], args[1])}
			}
			rows, err := a.history(c.Context(), s, args[0], args[1], *h.framework, *h.asOf)
			if err != nil {
				return err
			}
			return table(a, rows, []string{"POSITION", "TYPE", "ROUND", "STATUS", "EFFECTIVE", "RECORDED", "ACTOR", "SUPERSEDES", "REASON", "SOURCE", "EVENT", ""},
				func(r projections.HistoryRow) []string {
					return []string{position(r.Position), r.Type, string(r.Round), string(r.Status), r.EffectiveOn.String(),
						instant(r.RecordedAt), r.Actor, text(r.Supersedes), text(r.Reason), sourceOf(r.StatusRow), r.EventID, marks(r.StatusRow)}
				})
		})
	}
	return c
}

func sourceOf(r projections.StatusRow) string {
	if r.Source == nil {
		return ""
	}
	return r.Source.String()
}

func (a *app) history(ctx context.Context, s *session, country, indicator, framework, asOf string) ([]projections.HistoryRow, error) {
	moment, err := projections.ParseMoment(asOf)
	if err != nil {
		return nil, err
	}
	var at events.Position
	var f *domain.Framework
	var in domain.Indicator
	s.runner.Read(func(st *projections.State) {
		at = st.At(moment)
		f, in, err = st.MeantIndicator(domain.IndicatorID(domain.Typed(indicator)), domain.FrameworkID(framework))
	})
	if err != nil {
		return nil, err
	}
	a.asOf(moment, at)
	return projections.History(ctx, s.store, f.ID, domain.Respondent(country), in.ID, at)
}

// criteria are the flags, read.
func (h historyFlags) criteria() (c projections.Criteria, asOf projections.Moment, err error) {
	c = projections.Criteria{Framework: domain.FrameworkID(domain.Typed(*h.framework)), Round: domain.RoundID(domain.Typed(h.round)),
		Country: domain.Respondent(h.country), Indicator: domain.IndicatorID(domain.Typed(h.indicator)), Actor: h.actor, Type: h.typ, Text: h.text, Superseded: h.superseded}
	var errs [5]error
	c.Since, errs[0] = projections.ParseSince(h.since)
	c.Until, errs[1] = projections.ParseMoment(h.until)
	asOf, errs[2] = projections.ParseMoment(*h.asOf)
	errs[3], errs[4] = c.EffectiveFrom.UnmarshalText([]byte(h.from)), c.EffectiveTo.UnmarshalText([]byte(h.to))
	for _, err := range errs {
		if err != nil {
			return c, asOf, err
		}
	}
	return c, asOf, nil
}

// search prints what a search of the log finds.
func (a *app) search(ctx context.Context, s *session, h historyFlags) error {
	c, moment, err := h.criteria()
	if err != nil {
		return err
	}
	var at events.Position
	s.runner.Read(func(st *projections.State) { at = st.At(moment) })
	more := false
	found := atMost(projections.Search(ctx, s.runner, s.store, c, at, nil), h.limit, &more)
	if h.csv {
		err = projections.WriteAuditCSV(a.out, h.bom, found)
	} else {
		err = a.printAudit(found)
	}
	if err != nil {
		return err
	}
	a.asOf(moment, at)
	if more {
		a.note("there are more than %d; narrow the search, or give --limit 0 for all", h.limit)
	}
	return nil
}

// atMost ends a run after so many rows, where a number is given, and says whether
// there were more.
func atMost(rows iter.Seq2[projections.AuditRow, error], limit int, more *bool) iter.Seq2[projections.AuditRow, error] {
	return func(yield func(projections.AuditRow, error) bool) {
		n := 0
		for row, err := range rows {
			if err == nil && limit > 0 && n == limit {
				*more = true
				return
			}
			if n++; !yield(row, err) {
				return
			}
		}
	}
}

func (a *app) printAudit(found iter.Seq2[projections.AuditRow, error]) error {
	rows := []projections.AuditRow{}
	for row, err := range found {
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return table(a, rows, []string{"POSITION", "RECORDED", "TYPE", "ROUND", "COUNTRY", "INDICATOR", "STATUS", "EFFECTIVE", "ACTOR", "SUPERSEDED BY", "SAYS", "SOURCE", "EVENT", ""},
		func(r projections.AuditRow) []string {
			by := ""
			if r.SupersededByPosition > 0 {
				by = position(r.SupersededByPosition)
			}
			return []string{position(r.Position), instant(r.RecordedAt), r.Type, string(r.Round), string(r.Country), string(r.Indicator), string(r.Status),
				r.EffectiveOn.String(), r.Actor, by, auditSays(r), sourceOf(r.StatusRow), r.EventID, marks(r.StatusRow)}
		})
}

// auditSays is what an event says in words.
func auditSays(r projections.AuditRow) string {
	var out []string
	for _, s := range []string{r.Subject, text(r.Reason), r.Comment, r.Note} {
		if s != "" {
			out = append(out, s)
		}
	}
	if n := len(r.Drafts); n > 0 {
		out = append(out, fmt.Sprintf("%d answers", n))
	}
	return strings.Join(out, "; ")
}
