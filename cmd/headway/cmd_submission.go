package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
)

func (a *app) submitCommand() *cobra.Command {
	var round, country, note, mapping string
	c := &cobra.Command{
		Use:   "submit FILE",
		Short: "Hand in the answers of one respondent for review: nothing is believed until somebody else approves",
		Long: "Hand in the answers of one respondent for review. The file has the form that `headway import` reads.\n" +
			"Nothing of it is believed until somebody else approves it: `headway submission approve`. What was handed\n" +
			"in before and awaits review, or was returned, is replaced.",
		Example: "  headway submit ken.xlsx --round 2026 --country KEN --actor ken-focal-point",
		Args:    exactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&round, "round", "", "the round the file answers")
	f.StringVar(&country, "country", "", "the respondent it is about")
	f.StringVar(&note, "note", "", "a word to who reviews it")
	f.StringVar(&mapping, "mapping", "", "a mapping file, for the export of another program; see docs/import.md")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		name, file, err := a.openFile(args[0])
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // read only: nothing is lost
		m, err := a.mapping(mapping)
		if err != nil {
			return err
		}
		return a.with(c.Context(), func(s *session) error {
			if err := a.roundAsks(s, round, *framework); err != nil {
				return err
			}
			r, err := s.desk.SubmitFile(c.Context(), a.stamp(), desk.File{Name: name, Round: domain.RoundID(round), Reader: file, Mapping: m},
				domain.Respondent(country), note)
			if err != nil {
				return err
			}
			if !a.json && r.Events > 0 {
				a.say("submitted %s; somebody else approves it: headway submission approve %s", r.EventIDs[0], r.EventIDs[0])
				return nil
			}
			return a.receipt(r)
		})
	}
	required(c, "round", "country")
	return c
}

func (a *app) submissionCommand() *cobra.Command {
	c := &cobra.Command{Use: "submission", Short: "Answers that were handed in for review", Args: noArgs, RunE: showHelp,
		Example: "  headway submission list --state pending"}
	c.AddCommand(a.submissionList(), a.submissionShow(),
		a.submissionReview("approve", "Find a submission right: its statuses are believed from now on", "a remark, recorded with the approval", false,
			func(ctx context.Context, s *session, id, comment, late string) (desk.Receipt, error) {
				return s.desk.Approve(ctx, a.stamp(), id, comment, late, domain.Source{})
			}),
		a.submissionReview("return", "Give a submission back, and say what is to be changed", "what is to be changed", true,
			func(ctx context.Context, s *session, id, comment, _ string) (desk.Receipt, error) {
				return s.desk.Return(ctx, a.stamp(), id, comment, domain.Source{})
			}),
		a.submissionReview("withdraw", "Take the own submission back before it is reviewed", "why", false,
			func(ctx context.Context, s *session, id, comment, _ string) (desk.Receipt, error) {
				return s.desk.TakeBack(ctx, a.stamp(), id, comment, domain.Source{})
			}))
	return c
}

func (a *app) submissionReview(name, short, commentHelp string, needed bool,
	do func(ctx context.Context, s *session, id, comment, late string) (desk.Receipt, error)) *cobra.Command {
	var comment, late string
	c := &cobra.Command{Use: name + " SUBMISSION", Short: short, Args: exactArgs(1),
		Example: "  headway submission " + name + " 0197c1f0-3b1a-7c2e-9d11-5a2b3c4d5e6f --actor analyst-1 --comment '…'"}
	c.Flags().StringVar(&comment, "comment", "", commentHelp)
	if name == "approve" {
		lateFlag(c, &late)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) { return do(ctx, s, args[0], comment, late) })
	}
	if needed {
		required(c, "comment")
	}
	return c
}

func (a *app) submissionList() *cobra.Command {
	var round, country, state, asOf string
	c := &cobra.Command{Use: "list", Short: "Submissions and what became of them, the newest first", Args: noArgs,
		Example: "  headway submission list --round 2026 --state pending"}
	f := c.Flags()
	f.StringVar(&round, "round", "", "only of this round")
	f.StringVar(&country, "country", "", "only of this respondent")
	f.StringVar(&state, "state", "", "only pending, approved, returned, withdrawn or replaced ones")
	f.StringVar(&asOf, "as-of", "", "as they were at a position, a day or an instant")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.with(c.Context(), func(s *session) error {
			moment, err := projections.ParseMoment(asOf)
			if err != nil {
				return err
			}
			var rows []projections.SubmissionRow
			s.runner.Read(func(st *projections.State) {
				a.asOf(moment, st.At(moment))
				rows = st.Submissions(projections.SubmissionQuery{Framework: domain.FrameworkID(*framework), Round: domain.RoundID(round),
					Country: domain.Respondent(country), State: domain.Review(state)}, st.At(moment))
			})
			return table(a, rows, []string{"SUBMISSION", "ROUND", "COUNTRY", "STATE", "ANSWERS", "SUBMITTED", "BY", "REVIEWED BY", "COMMENT", ""},
				func(r projections.SubmissionRow) []string {
					return []string{r.ID, string(r.Round), string(r.Country), string(r.State), fmt.Sprint(r.Answers), instant(r.SubmittedAt), r.SubmittedBy,
						r.DecidedBy, r.Comment, mark(r.Simulated)}
				})
		})
	}
	return c
}

func (a *app) submissionShow() *cobra.Command {
	c := &cobra.Command{Use: "show SUBMISSION", Short: "What a submission says, beside what is believed", Args: exactArgs(1),
		Example: "  headway submission show 0197c1f0-3b1a-7c2e-9d11-5a2b3c4d5e6f"}
	asOf := asOfFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		moment, err := projections.ParseMoment(*asOf)
		if err != nil {
			return err
		}
		return a.with(c.Context(), func(s *session) error {
			var row projections.SubmissionRow
			var at events.Position
			s.runner.Read(func(st *projections.State) {
				at = st.At(moment)
				row, err = st.Submission(args[0], at)
			})
			if err != nil {
				return err
			}
			a.asOf(moment, at)
			detail, err := s.desk.Review(c.Context(), row)
			if err != nil {
				return err
			}
			if !moment.IsNow() {
				detail = detail.WithoutOutlook()
			}
			if a.json {
				return a.printJSON(detail)
			}
			a.note("round %s, %s, %s, submitted by %s at %s", row.Round, row.Country, row.State, row.SubmittedBy, instant(row.SubmittedAt))
			return table(a, detail.Drafts, []string{"INDICATOR", "SUBMITTED", "BELIEVED", "COMES TO", "EFFECTIVE", "NOTE", "EVIDENCE"},
				func(d projections.DraftRow) []string {
					evidence := append([]string(nil), d.Evidence...)
					for _, x := range d.Documents {
						evidence = append(evidence, x.Name)
					}
					return []string{string(d.Indicator), string(d.Status), string(d.Believed), string(d.Outcome), d.EffectiveOn.String(), d.Note, strings.Join(evidence, " ")}
				})
		})
	}
	return c
}
