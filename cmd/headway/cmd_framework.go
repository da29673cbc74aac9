package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/domain/definition"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
)

func (a *app) frameworkCommand() *cobra.Command {
	c := &cobra.Command{Use: "framework", Short: "Frameworks of domains, capabilities and indicators", Args: noArgs, RunE: showHelp,
		Example: "  headway framework list\n  headway framework show mnr-review-2021"}
	c.AddCommand(a.frameworkPublish(), a.frameworkList(), a.frameworkShow())
	return c
}

func (a *app) frameworkPublish() *cobra.Command {
	c := &cobra.Command{Use: "publish FILE", Short: "Validate a framework's YAML file and record it", Args: exactArgs(1),
		Example: "  headway framework publish mnr-2027.yaml"}
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx := c.Context()
		var f domain.Framework
		err := readDefinition(args[0], func(name string, r io.Reader) (err error) {
			f, err = definition.Framework(name, r)
			return err
		})
		if err != nil {
			return err
		}
		return a.creating(ctx, func(s *session) error {
			r, err := s.desk.PublishFramework(ctx, a.stamp(), f, domain.Source{File: filepath.Base(args[0])})
			if err != nil {
				return err
			}
			return a.receipt(r)
		})
	}
	return c
}

// readDefinition opens a definition file and hands it to a parser.
func readDefinition(path string, parse func(name string, r io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the definition: %w", err)
	}
	defer func() { _ = f.Close() }() // read only: nothing is lost
	return parse(filepath.Base(path), f)
}

func (a *app) frameworkList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All published frameworks", Args: noArgs, Example: "  headway framework list --json"}
	asOf := asOfFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		type row struct {
			ID         domain.FrameworkID `json:"id"`
			Version    string             `json:"version"`
			Name       domain.Text        `json:"name"`
			Indicators int                `json:"indicators"`
		}
		var rows []row
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) error {
			for _, f := range st.FrameworksAt(at) {
				rows = append(rows, row{f.ID, f.Version, f.Name, len(f.Indicators)})
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			a.fellBack(r.Name)
		}
		return table(a, rows, []string{"ID", "VERSION", "INDICATORS", "NAME"}, func(r row) []string {
			return []string{string(r.ID), r.Version, fmt.Sprint(r.Indicators), inEnglish(r.Name)}
		})
	}
	return c
}

func (a *app) frameworkShow() *cobra.Command {
	c := &cobra.Command{Use: "show ID", Short: "One framework with its indicators", Args: exactArgs(1),
		Example: "  headway framework show mnr-review-2021"}
	asOf := asOfFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		var f *domain.Framework
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) (err error) {
			f, err = st.MeantAt(domain.FrameworkID(domain.Typed(args[0])), at)
			return err
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(f)
		}
		return a.printFramework(f)
	}
	return c
}

func (a *app) printFramework(f *domain.Framework) error {
	a.say("%s (%s, version %s)", inEnglish(f.Name), f.ID, f.Version)
	names := []domain.Text{f.Name}
	rows := make([][]string, len(f.Indicators))
	for i, in := range f.Indicators {
		names = append(names, in.Name)
		rows[i] = []string{string(in.ID), in.Scale, string(in.Polarity), mappings(in), inEnglish(in.Name)}
	}
	a.fellBack(names...)
	header := []string{"INDICATOR", "SCALE", "POLARITY", "CONTINUES", "NAME"}
	if !slices.ContainsFunc(f.Indicators, func(in domain.Indicator) bool { return len(in.Maps) > 0 }) {
		header = slices.Delete(header, 3, 4)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 3, 4)
		}
	}
	return a.printTable(header, rows)
}

// mappings says what an indicator continues.
func mappings(in domain.Indicator) string {
	out := make([]string, len(in.Maps))
	for i, m := range in.Maps {
		out[i] = string(m.Framework) + " " + string(m.Indicator)
		if m.Break {
			out[i] += " (breaks)"
		}
	}
	return strings.Join(out, "; ")
}

// publishModel is here because it reads a definition as framework publish does.
func (a *app) publishModel(ctx context.Context, path string) error {
	var m domain.MaturityModel
	err := readDefinition(path, func(name string, r io.Reader) (err error) {
		m, err = definition.MaturityModel(name, r)
		return err
	})
	if err != nil {
		return err
	}
	return a.write(ctx, func(ctx context.Context, s *session) (desk.Receipt, error) {
		return s.desk.PublishModel(ctx, a.stamp(), m, domain.Source{File: filepath.Base(path)})
	})
}
