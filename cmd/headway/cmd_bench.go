package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/events/measure"
	"headway/events/merkle"
	"headway/events/postgres"
	"headway/events/sqlite"
	"headway/projections"
)

func (a *app) benchCommand() *cobra.Command {
	var size int
	c := &cobra.Command{Use: "bench", Short: "Measure append, rebuild, read and query beside the database's own speed", Args: noArgs,
		Long: "Generate a log on the same kind of database as --db, measure append, rebuild, read and query beside the\n" +
			"database's own raw speed, by turns on the same rows, and print rates and ratios: the median of five turns or more.\n" +
			"Bare tables have the columns, checks and indexes of the log, and no triggers.\n\n" +
			"The log in --db is not touched: what is measured is a temporary directory beside the SQLite file, or a\n" +
			"temporary database headway_bench_… on the same Postgres server, and is removed at the end. Where Postgres\n" +
			"has message-db in the database of --db, that is measured as well, in a category of its own.",
		Example: "  headway bench\n  headway bench --events 1000000 --db postgres://localhost/headway --json"}
	c.Flags().IntVar(&size, "events", 200_000, "size of the log to generate")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if size < measure.MinEvents {
			return usageError{fmt.Errorf("--events %d is too small to measure; give %d or more", size, measure.MinEvents)}
		}
		rows, err := a.bench(c.Context(), size)
		if err != nil {
			return err
		}
		return a.printBench(rows)
	}
	return c
}

func (a *app) bench(ctx context.Context, size int) (rows []measure.Row, err error) {
	subject, err := a.scratch(ctx, a.database(defaultDatabase))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, subject.Close()) }()
	bar := a.bar("measuring")
	return measure.Run(ctx, subject, measure.Options{Events: size, Now: a.now, Random: rand.Reader, Verify: verified, Fold: a.fold,
		Progress: func(done, total int) { bar(int64(done), int64(total)) }})
}

// scratch makes an empty log of the kind that a database is of, near it.
func (a *app) scratch(ctx context.Context, url string) (measure.Subject, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		s, err := sqlite.NewScratch(ctx, filepath.Dir(path), sqlite.Options{Now: a.now})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		s, err := postgres.NewScratch(ctx, url, rand.Reader, postgres.Options{Now: a.now})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, usageError{fmt.Errorf("--db %q is neither sqlite:PATH nor postgres://…", url)}
}

// verified is the pass of `headway verify`.
func verified(ctx context.Context, log events.Log) error {
	s, ok := log.(merkle.Store)
	if !ok {
		return fmt.Errorf("%T has no tree", log)
	}
	r, err := merkle.Verify(ctx, s, nil, nil)
	if err == nil && !r.OK() {
		err = fmt.Errorf("%w: position %d: %s", errUnproven, r.FirstBad, r.Problem)
	}
	return err
}

// fold rebuilds the projections and compares rounds in them.
func (a *app) fold(ctx context.Context, log events.Log) (compare func() error, err error) {
	runner := projections.NewRunner(log, quiet(a.err))
	if err := runner.Rebuild(ctx, nil); err != nil {
		return nil, err
	}
	return func() (err error) {
		runner.Read(func(s *projections.State) {
			var list []domain.Comparison
			list, err = s.Compare(measure.From, measure.To, domain.Query{Panel: domain.Matched}, s.Position())
			if err == nil && len(list) == 0 {
				err = errors.New("the generated rounds have nothing to compare")
			}
		})
		return err
	}, nil
}

// printBench prints a line for each ratio; what has none takes one line.
func (a *app) printBench(rows []measure.Row) error {
	if a.json {
		return a.printJSON(rows)
	}
	var lines [][]string
	for _, r := range rows {
		line := []string{r.What, rate(r), "", "", "", ""}
		for _, x := range r.Ratios {
			copy(line[2:], []string{fmt.Sprintf("%.2f", x.Ratio), fmt.Sprintf("%.2f–%.2f", x.Low, x.High), x.To, ""})
			if x.Aim != nil {
				line[5] = fmt.Sprintf("%g: %s", *x.Aim, map[bool]string{true: "met", false: "not met"}[*x.Met])
			}
			lines = append(lines, line)
			line = make([]string, 6)
		}
		if len(r.Ratios) == 0 {
			lines = append(lines, line)
		}
	}
	return a.printTable([]string{"what", "rate", "ratio", "range", "to", "aim"}, lines)
}

func rate(r measure.Row) string {
	if r.Rate == nil {
		return "–"
	}
	return fmt.Sprintf("%.0f %s", *r.Rate, r.Unit)
}
