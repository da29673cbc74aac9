package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

func (a *app) roundList() *cobra.Command {
	var asOf string
	c := &cobra.Command{Use: "list", Short: "All rounds in order of reference date, with their state", Args: noArgs,
		Example: "  headway round list --framework mnr-review-2021 --json"}
	c.Flags().StringVar(&asOf, "as-of", "", "what was known at a position, a day or an instant")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		moment, err := projections.ParseMoment(asOf)
		if err != nil {
			return err
		}
		return a.with(c.Context(), func(s *session) error {
			var rows []projections.RoundRow
			var at events.Position
			s.runner.Read(func(st *projections.State) {
				at = st.At(moment)
				if rows = st.RoundRows(at); *framework == "" {
					return
				}
				_, err = st.Meant(domain.FrameworkID(*framework))
				rows = slices.DeleteFunc(rows, func(r projections.RoundRow) bool { return string(r.Framework) != *framework })
			})
			if err != nil {
				return err
			}
			a.asOf(moment, at)
			return table(a, rows, []string{"ROUND", "FRAMEWORK", "REFERENCE", "STATE", "RESPONDENTS", "FIGURES", "", "SINCE"}, func(r projections.RoundRow) []string {
				return []string{string(r.ID), string(r.Framework), r.ReferenceDate.String(), r.State,
					number(r.Respondents), fmt.Sprint(r.Figures), mark(r.Simulated), lastTurn(r.History)}
			})
		})
	}
	return c
}

// lastTurn says when a round came to be as it is, by whom and why.
func lastTurn(history []projections.RoundEvent) string {
	if len(history) == 0 {
		return ""
	}
	e := history[len(history)-1]
	s := fmt.Sprintf("%s by %s", instant(e.RecordedAt), e.Actor)
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

func (a *app) roundShow() *cobra.Command {
	var asOf string
	c := &cobra.Command{Use: "show ID", Short: "How complete a round is: its life, and what is answered, missing and disputed", Args: exactArgs(1),
		Long: "How complete a round is: its life, and per respondent and per indicator what is answered, missing and\n" +
			"disputed. Missing is what is not recorded, and what is recorded to have no answer. Disputed is what was\n" +
			"corrected or withdrawn at least once.",
		Example: "  headway round show 2026\n  headway round show 2026 --as-of 2026-07-01 --json"}
	c.Flags().StringVar(&asOf, "as-of", "", "what was believed at a position, a day or an instant")
	c.RunE = func(c *cobra.Command, args []string) error {
		moment, err := projections.ParseMoment(asOf)
		if err != nil {
			return err
		}
		return a.with(c.Context(), func(s *session) error {
			var report projections.RoundReport
			s.runner.Read(func(st *projections.State) {
				report, err = st.RoundReport(domain.RoundID(args[0]), st.At(moment))
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(report)
			}
			a.asOf(moment, report.Position)
			return a.printRound(report)
		})
	}
	return c
}

// printRound prints a report for people: the round, its life, and two tables.
func (a *app) printRound(r projections.RoundReport) error {
	a.say("round %s, %s, framework %s, reference date %s%s", r.ID, r.State, r.Framework, r.ReferenceDate, simulatedData(r.Simulated))
	a.say("%d respondents, %s", len(r.Respondents), counted(r.Total))
	if r.Figures > 0 {
		a.say("%d published figures, which are totals: a missing answer was perhaps given to their source; see `headway figures --round %s`", r.Figures, r.ID)
	}
	var life [][]string
	for _, e := range r.History {
		life = append(life, []string{string(e.Event), instant(e.RecordedAt), e.Actor, e.Reason, position(e.Position), e.EventID})
	}
	a.say("")
	if err := a.printTable([]string{"LIFE", "RECORDED", "ACTOR", "REASON", "POSITION", "EVENT"}, life); err != nil {
		return err
	}
	header := []string{"ANSWERED", "SHARE", "MISSING", "NOT APPLICABLE", "DISPUTED", "TIMES", "LATE"}
	var who, what [][]string
	for _, x := range r.Respondents {
		attr := x.Attributes
		who = append(who, append([]string{string(x.Respondent), attr[domain.AttrIncome], attr[domain.AttrRegion], attr[domain.AttrCollection]}, cells(x.Completeness)...))
	}
	for _, x := range r.Indicators {
		what = append(what, append([]string{string(x.Indicator)}, cells(x.Completeness)...))
	}
	a.say("")
	if err := a.printTable(append([]string{"RESPONDENT", "INCOME", "REGION", "COLLECTION"}, header...), who); err != nil {
		return err
	}
	a.say("")
	return a.printTable(append([]string{"INDICATOR"}, header...), what)
}

func simulatedData(simulated bool) string {
	if simulated {
		return " (simulated: anonymous respondents made up for demonstration)"
	}
	return ""
}

func cells(c domain.Completeness) []string {
	return []string{number(c.Answered), share(c.Share), number(c.Missing), number(c.NotApplicable), number(c.Disputed), number(c.Disputes), number(c.Late)}
}

func counted(c domain.Completeness) string {
	return strings.Join([]string{
		fmt.Sprintf("%s of %s asked are answered (%s of those that apply)", number(c.Answered), number(c.Asked), share(c.Share)),
		number(c.Missing) + " missing", number(c.NotApplicable) + " not applicable",
		number(c.Disputed) + " disputed", number(c.Late) + " late",
	}, ", ")
}
