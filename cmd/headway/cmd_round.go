package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/projections/desk"
)

func (a *app) roundCommand() *cobra.Command {
	c := &cobra.Command{Use: "round", Short: "Survey rounds", Args: noArgs, RunE: showHelp,
		Example: "  headway round open 2027 --framework mnr-review-2021 --reference-date 2027-06-30 --respondents-of 2021"}
	c.AddCommand(a.roundOpen(), a.roundClose(), a.roundReopen(), a.roundList(), a.roundShow(), a.roundEnrol())
	return c
}

func (a *app) roundOpen() *cobra.Command {
	var framework, reference, name, respondentsOf string
	var simulated bool
	c := &cobra.Command{Use: "open ID", Short: "Open a round: a framework put to respondents about a reference date", Args: exactArgs(1),
		Example: "  headway round open 2026 --framework mnr-review-2021 --reference-date 2026-06-30 --respondents-of 2021"}
	f := c.Flags()
	f.StringVar(&framework, "framework", "", "the framework that is asked")
	f.StringVar(&reference, "reference-date", "", "what the answers are about: 2026, 2026-06 or 2026-06-30")
	f.StringVar(&name, "name", "", "a name for people, in English")
	f.BoolVar(&simulated, "simulated", false, "answers will be made up: only anonymous respondents, XAA to XZZ, and everything says so")
	f.StringVar(&respondentsOf, "respondents-of", "", "enrol the respondents of this round, with their attributes there")
	c.RunE = func(c *cobra.Command, args []string) error {
		date, err := domain.ParseDate(reference)
		if err != nil {
			return fmt.Errorf("--reference-date: %w", err)
		}
		r := domain.Round{ID: domain.RoundID(args[0]), Framework: domain.FrameworkID(framework), ReferenceDate: date, Simulated: simulated}
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
	var reason string
	c := &cobra.Command{Use: "close ID", Short: "Close a round: it takes no more answers, but late ones with a reason", Args: exactArgs(1),
		Example: "  headway round close 2026 --reason 'the questionnaire was due on 30 June'"}
	c.Flags().StringVar(&reason, "reason", "", "why, recorded with the closing")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			return s.desk.CloseRound(ctx, a.stamp(), domain.RoundID(args[0]), reason, domain.Source{})
		})
	}
	return c
}

func (a *app) roundReopen() *cobra.Command {
	var reason string
	c := &cobra.Command{Use: "reopen ID", Short: "Open a closed round again, and say why", Args: exactArgs(1),
		Example: "  headway round reopen 2026 --reason 'two questionnaires were overlooked'"}
	c.Flags().StringVar(&reason, "reason", "", "why it takes answers again")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.write(c.Context(), func(ctx context.Context, s *session) (desk.Receipt, error) {
			return s.desk.ReopenRound(ctx, a.stamp(), domain.RoundID(args[0]), reason, domain.Source{})
		})
	}
	required(c, "reason")
	return c
}

func (a *app) roundEnrol() *cobra.Command {
	var attributes []string
	var name, file string
	c := &cobra.Command{Use: "enrol ROUND [COUNTRY]", Short: "Enrol a respondent in a round, or those of a file, with their attributes as of then",
		Long: "Enrol a respondent in a round, with its attributes as of then; or, with --file, all respondents of a CSV\n" +
			"file or none: columns country[,kind,name_en,name_ar], and every other column an attribute. The same again\n" +
			"appends nothing.",
		Example: "  headway round enrol 2026 KEN --attribute income=lower-middle --attribute region=africa\n" +
			"  headway round enrol 2026 --file respondents.csv"}
	c.Flags().StringArrayVar(&attributes, "attribute", nil, "key=value, for example income=high; may be repeated")
	c.Flags().StringVar(&name, "name", "", "a name in English, for a respondent without an ISO 3166-1 code")
	c.Flags().StringVar(&file, "file", "", "a CSV file of respondents; - is standard input")
	c.Args = func(c *cobra.Command, args []string) error {
		if file == "" {
			return exactArgs(2)(c, args)
		}
		if name != "" || len(attributes) > 0 {
			return usageError{fmt.Errorf("names and attributes stand in the file; leave --name and --attribute out")}
		}
		return exactArgs(1)(c, args)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if file != "" {
			return a.enrolFile(c.Context(), domain.RoundID(args[0]), file)
		}
		e := domain.Enrolment{Respondent: domain.Respondent(args[1]), Kind: domain.KindOf(domain.Respondent(args[1]))}
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

func (a *app) enrolFile(ctx context.Context, round domain.RoundID, path string) error {
	name, r, err := a.openFile(path)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // read only: nothing is lost
	return a.with(ctx, func(s *session) error {
		out, err := s.desk.EnrolFile(ctx, a.stamp(), desk.File{Name: name, Round: round, Reader: r})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(out)
		}
		a.say("enrolled %d respondents of %s in round %s, %d were enrolled already", out.New, out.File, out.Round, out.Unchanged)
		return nil
	})
}
