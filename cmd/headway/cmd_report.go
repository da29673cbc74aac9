package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/projections/desk"
)

func (a *app) reportCommand() *cobra.Command {
	var round, effective, note, source, late string
	var evidence, files []string
	c := &cobra.Command{
		Use:   "report COUNTRY INDICATOR STATUS",
		Short: "Record one status, with its source",
		Example: "  headway report KEN victim.helpline.national in_place --round 2025 --effective-on 2025-03 \\\n" +
			"    --evidence https://example.org/act.pdf --note 'Children Act, section 12'",
		Args: exactArgs(3),
	}
	f := c.Flags()
	f.StringVar(&round, "round", "", "the round it answers")
	f.StringVar(&effective, "effective-on", "", "the date it holds from: 2025, 2025-03 or 2025-03-15 (default: the round's reference date)")
	f.StringArrayVar(&evidence, "evidence", nil, "web address of evidence; may be repeated")
	f.StringVar(&note, "note", "", "a remark, recorded with the status")
	f.StringVar(&source, "source", "", "the document it was taken from")
	documentFlag(c, &files)
	lateFlag(c, &late)
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		date, err := optionalDate(effective)
		if err != nil {
			return err
		}
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			if err := a.roundAsks(s, round, *framework); err != nil {
				return desk.Receipt{}, err
			}
			given, err := a.keep(ctx, files)
			if err != nil {
				return desk.Receipt{}, err
			}
			return s.desk.Report(ctx, a.stamp(), domain.RoundID(round), domain.Report{
				Country: domain.Respondent(args[0]), Indicator: domain.IndicatorID(domain.Typed(args[1])), Status: domain.Status(args[2]),
				EffectiveOn: date, Note: note, Evidence: evidence, Documents: given, LateReason: late, Source: domain.Source{Document: source},
			})
		})
	}
	required(c, "round")
	return c
}

func (a *app) correctCommand() *cobra.Command {
	var reason, effective, note, late string
	var evidence, files []string
	c := &cobra.Command{
		Use:     "correct EVENT_ID STATUS",
		Short:   "Put another status in the place of a wrong one, and say why; the wrong one stays in the log",
		Example: "  headway correct 0197c1f0-3b1a-7c2e-9d11-5a2b3c4d5e6f not_in_place --reason 'the act was not passed'",
		Args:    exactArgs(2),
	}
	f := c.Flags()
	f.StringVar(&reason, "reason", "", "why the status was wrong")
	f.StringVar(&effective, "effective-on", "", "the date the right status holds from (default: that of the wrong one)")
	f.StringArrayVar(&evidence, "evidence", nil, "web address of evidence; may be repeated")
	f.StringVar(&note, "note", "", "a remark, recorded with the status")
	documentFlag(c, &files)
	lateFlag(c, &late)
	c.RunE = func(c *cobra.Command, args []string) error {
		date, err := optionalDate(effective)
		if err != nil {
			return err
		}
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			given, err := a.keep(ctx, files)
			if err != nil {
				return desk.Receipt{}, err
			}
			return s.desk.Correct(ctx, a.stamp(), domain.Correct{EventID: args[0], Status: domain.Status(args[1]),
				EffectiveOn: date, Reason: reason, Note: note, Evidence: evidence, Documents: given, LateReason: late})
		})
	}
	required(c, "reason")
	return c
}

func (a *app) withdrawCommand() *cobra.Command {
	var reason, late string
	c := &cobra.Command{
		Use:     "withdraw EVENT_ID",
		Short:   "Take a status back without another in its place, and say why",
		Example: "  headway withdraw 0197c1f0-3b1a-7c2e-9d11-5a2b3c4d5e6f --reason 'reported for the wrong country'",
		Args:    exactArgs(1),
	}
	c.Flags().StringVar(&reason, "reason", "", "why the status is taken back")
	lateFlag(c, &late)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			return s.desk.Withdraw(ctx, a.stamp(), domain.Withdraw{EventID: args[0], Reason: reason, LateReason: late})
		})
	}
	required(c, "reason")
	return c
}

// lateFlag is that of the commands that a closed round takes only as late.
func lateFlag(c *cobra.Command, late *string) {
	c.Flags().StringVar(late, "late", "", "why it comes after the round was closed; only for a closed round")
}

// write runs a command that appends, on an existing database, and prints its
// receipt.
func (a *app) write(ctx context.Context, f func(context.Context, *session) (desk.Receipt, error)) error {
	return a.with(ctx, func(s *session) error {
		r, err := f(ctx, s)
		if err != nil {
			return err
		}
		return a.receipt(r)
	})
}

func (a *app) receipt(r desk.Receipt) error {
	if a.json {
		return a.printJSON(r)
	}
	switch r.Events {
	case 0:
		a.say("nothing to record: it was so already (position %d)", r.Position)
	case 1:
		a.say("recorded event %s at position %d", r.EventIDs[0], r.Position)
	default:
		a.say("recorded %d events, the last at position %d", r.Events, r.Position)
	}
	return nil
}

func optionalDate(s string) (domain.Date, error) {
	if s == "" {
		return domain.Date{}, nil
	}
	d, err := domain.ParseDate(s)
	if err != nil {
		return domain.Date{}, fmt.Errorf("--effective-on: %w", err)
	}
	return d, nil
}
