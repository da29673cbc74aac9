package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk"
)

func (a *app) roundCommand() *cobra.Command {
	c := &cobra.Command{Use: "round", Short: "Survey rounds", Args: noArgs, RunE: showHelp,
		Example: "  headway round open 2027 --framework mnr-review-2021 --reference-date 2027-06-30 --respondents-of 2021"}
	c.AddCommand(a.roundOpen(), a.roundClose(), a.roundList(), a.roundEnrol())
	return c
}

func (a *app) roundOpen() *cobra.Command {
	var framework, reference, name, respondentsOf string
	c := &cobra.Command{Use: "open ID", Short: "Open a round: a framework put to respondents about a reference date", Args: exactArgs(1),
		Example: "  headway round open 2026 --framework mnr-review-2021 --reference-date 2026-06-30 --respondents-of 2021"}
	f := c.Flags()
	f.StringVar(&framework, "framework", "", "the framework that is asked")
	f.StringVar(&reference, "reference-date", "", "what the answers are about: 2026, 2026-06 or 2026-06-30")
	f.StringVar(&name, "name", "", "a name for people, in English")
	f.StringVar(&respondentsOf, "respondents-of", "", "enrol the respondents of this round, with their attributes there")
	c.RunE = func(c *cobra.Command, args []string) error {
		date, err := domain.ParseDate(reference)
		if err != nil {
			return fmt.Errorf("--reference-date: %w", err)
		}
		r := domain.Round{ID: domain.RoundID(args[0]), Framework: domain.FrameworkID(framework), ReferenceDate: date}
		if name != "" {
			r.Name = domain.Text{"en": name}
		}
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			return s.desk.OpenRound(ctx, a.stamp(), r, domain.RoundID(respondentsOf), domain.Source{})
		})
	}
	required(c, "framework", "reference-date")
	return c
}

func (a *app) roundClose() *cobra.Command {
	c := &cobra.Command{Use: "close ID", Short: "Close a round: it takes no more answers", Args: exactArgs(1), Example: "  headway round close 2026"}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			return s.desk.CloseRound(ctx, a.stamp(), domain.RoundID(args[0]), domain.Source{})
		})
	}
	return c
}

func (a *app) roundEnrol() *cobra.Command {
	var attributes []string
	var name string
	c := &cobra.Command{Use: "enrol ROUND COUNTRY", Short: "Enrol a respondent in a round, with its attributes as of then", Args: exactArgs(2),
		Example: "  headway round enrol 2026 KEN --attribute income=lower-middle --attribute region=africa"}
	c.Flags().StringArrayVar(&attributes, "attribute", nil, "key=value, for example income=high; may be repeated")
	c.Flags().StringVar(&name, "name", "", "a name in English, for a respondent without an ISO 3166-1 code")
	c.RunE = func(c *cobra.Command, args []string) error {
		e := domain.Enrolment{Respondent: domain.Respondent(args[1]), Kind: domain.Country}
		switch {
		case e.Respondent.Anonymous():
			e.Kind = domain.AnonymousKind
		case len(args[1]) != 3:
			e.Kind = domain.Jurisdiction
		}
		if name != "" {
			e.Name = domain.Text{"en": name}
		}
		for _, kv := range attributes {
			k, v, ok := strings.Cut(kv, "=")
			if !ok || k == "" || v == "" {
				return usageError{fmt.Errorf("--attribute %q is not key=value", kv)}
			}
			if e.Attributes == nil {
				e.Attributes = map[string]string{}
			}
			e.Attributes[k] = v
		}
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			return s.desk.Enrol(ctx, a.stamp(), domain.RoundID(args[0]), domain.Source{}, e)
		})
	}
	return c
}

func (a *app) roundList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All rounds in order of reference date", Args: noArgs, Example: "  headway round list --framework mnr-review-2021 --json"}
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.with(c.Context(), func(s *session) error {
			type row struct {
				domain.Round
				Respondents int `json:"respondents"`
				Figures     int `json:"figures"`
			}
			var rows []row
			var err error
			s.runner.Read(func(st *projections.State) {
				if *framework != "" {
					_, err = st.Meant(domain.FrameworkID(*framework))
				}
				for _, r := range st.Rounds(st.Position()) {
					if *framework != "" && string(r.Framework) != *framework {
						continue
					}
					rows = append(rows, row{r, len(st.Respondents(r.ID, st.Position())), len(st.Figures(r.ID, st.Position()))})
				}
			})
			if err != nil {
				return err
			}
			return table(a, rows, []string{"ROUND", "FRAMEWORK", "REFERENCE", "STATE", "RESPONDENTS", "FIGURES", ""}, func(r row) []string {
				state := "open"
				if r.Closed {
					state = "closed"
				}
				return []string{string(r.ID), string(r.Framework), r.ReferenceDate.String(), state,
					fmt.Sprint(r.Respondents), fmt.Sprint(r.Figures), mark(r.Simulated)}
			})
		})
	}
	return c
}
