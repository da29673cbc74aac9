package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/projections/desk"
)

func (a *app) importCommand() *cobra.Command {
	var round string
	var dryRun bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import answers from a CSV file: all or nothing, every bad row named",
		Long: "Import answers from a CSV file: all or nothing, every bad row named.\n\n" +
			"Long form: country,indicator,status[,effective_on,note,evidence_url]. Wide form: country, then a column\n" +
			"for each indicator. Comma, semicolon or tab; UTF-8. The same file twice appends nothing; a changed file\n" +
			"appends corrections.",
		Example: "  headway import answers.csv --round 2026 --dry-run",
		Args:    exactArgs(1),
	}
	c.Flags().StringVar(&round, "round", "", "the round the file answers")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be new, changed and refused; write nothing")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := os.Open(args[0])
		if err != nil {
			return fmt.Errorf("open the file: %w", err)
		}
		defer func() { _ = f.Close() }() // read only: nothing is lost
		return a.with(c.Context(), func(s *session) error {
			if err := a.roundAsks(s, round, *framework); err != nil {
				return err
			}
			out, err := s.desk.Import(c.Context(), a.stamp(),
				desk.File{Name: filepath.Base(args[0]), Round: domain.RoundID(round), Reader: f}, dryRun)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(out)
			}
			did := "imported"
			if dryRun {
				did = "would import"
			}
			a.say("%s %s: %d answers read, %d new, %d changed, %d unchanged", did, out.File, out.Rows, out.New, out.Changed, out.Unchanged)
			return nil
		})
	}
	required(c, "round")
	return c
}
