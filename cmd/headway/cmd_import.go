package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/projections/desk"
	"headway/projections/desk/intake"
)

func (a *app) importCommand() *cobra.Command {
	var round, late, mapping string
	var dryRun bool
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a file of answers: all or nothing, every bad row named",
		Long: "Import a file of answers: all or nothing, every bad row named. FILE may be -, standard input.\n\n" +
			"Long form: country,indicator,status[,effective_on,note,evidence_url]. Wide form: country, then a column\n" +
			"for each indicator. The same file twice appends nothing; a changed file appends corrections that name what\n" +
			"they correct. A closed round takes a file as late only, with a reason.",
		Example: "  headway import answers.csv --round 2026 --dry-run",
		Args:    exactArgs(1),
	}
	c.Flags().StringVar(&round, "round", "", "the round the file answers")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be new, changed, unchanged and refused; write nothing")
	lateFlag(c, &late)
	c.Flags().StringVar(&mapping, "mapping", "", "a mapping file, for the export of another program; see docs/import.md")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		name, r, err := a.openFile(args[0])
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }() // read only: nothing is lost
		m, err := a.mapping(mapping)
		if err != nil {
			return err
		}
		return a.with(c.Context(), func(s *session) error {
			if err := a.roundAsks(s, round, *framework); err != nil {
				return err
			}
			// Most of what an import holds is held until its end: a heap that may
			// double before it is swept would be half empty.
			defer debug.SetGCPercent(debug.SetGCPercent(importGC))
			out, err := s.desk.Import(c.Context(), a.stamp(), desk.File{Name: name, Round: domain.RoundID(round), Reader: r, Mapping: m, LateReason: late,
				Progress: a.importBar()}, dryRun)
			if refused := domain.RefusalOf(err); refused != nil && refused.Code == domain.CodeImport && dryRun && out.Rows > 0 {
				return a.refusedDryRun(out, refused)
			}
			if err != nil {
				return err
			}
			return a.imported(out)
		})
	}
	required(c, "round")
	return c
}

// mapping reads a mapping file; nil where none is named.
func (a *app) mapping(path string) (*intake.Mapping, error) {
	if path == "" {
		return nil, nil
	}
	name, r, err := a.openFile(path)
	if err != nil {
		return nil, fmt.Errorf("--mapping: %w", err)
	}
	defer func() { _ = r.Close() }() // read only: nothing is lost
	return intake.ReadMapping(name, r)
}

// importGC is by how many per cent the heap grows between sweeps in an import.
const importGC = 30

// openFile opens a file of answers or respondents, or standard input for -. What could not be one
// is said before it is read.
func (a *app) openFile(path string) (name string, r io.ReadCloser, err error) {
	if path == "-" {
		return "standard input", io.NopCloser(a.in), nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("open the file: there is no %s; give the path of a file", path)
	}
	if err != nil {
		return "", nil, fmt.Errorf("open the file: %w", err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = fmt.Errorf("open the file: %w", err)
	case info.IsDir():
		err = fmt.Errorf("%s is a directory; give a file that is in it", path)
	case info.Mode().IsRegular() && info.Size() == 0:
		err = domain.Refuse(domain.CodeImport, path+" is empty: it has no header", "file", filepath.Base(path))
	}
	if err != nil {
		return "", nil, errors.Join(err, f.Close())
	}
	return filepath.Base(path), f, nil
}

// importBar shows how far an import is, on a terminal only.
func (a *app) importBar() func(desk.ImportProgress) {
	var stage desk.ImportStage
	var bar func(done, total int64)
	return func(p desk.ImportProgress) {
		if p.Stage != stage {
			stage, bar = p.Stage, a.bar(string(p.Stage))
		}
		total := int64(p.Total)
		if total == 0 {
			total = -1 // not known: the bar turns
		}
		bar(int64(p.Done), total)
	}
}

func (a *app) imported(out desk.Imported) error {
	if a.json {
		return a.printJSON(out)
	}
	did, refused := "imported", ""
	if out.DryRun {
		did = "would import"
	}
	if out.Refused > 0 {
		refused = fmt.Sprintf(", %d refused", out.Refused)
	}
	a.say("%s %s: %d answers read, %d new, %d changed, %d unchanged%s", did, out.File, out.Rows, out.New, out.Changed, out.Unchanged, refused)
	if out.Changed == 0 {
		return nil
	}
	rows := make([][]string, 0, mostPrinted)
	for _, x := range out.Changes[:min(len(out.Changes), mostPrinted)] {
		rows = append(rows, []string{where(x.Sheet, strconv.Itoa(x.Row)), x.Column, string(x.Country), string(x.Indicator), x.EffectiveOn.String(),
			string(x.From) + " → " + string(x.To), x.Corrects})
	}
	if err := a.printTable([]string{"ROW", "COLUMN", "COUNTRY", "INDICATOR", "EFFECTIVE", "CHANGED", "CORRECTS"}, rows); err != nil {
		return err
	}
	if more := out.Changed - len(rows); more > 0 {
		a.say("… and %d more changed; --json lists up to %d", more, desk.MostListed)
	}
	return nil
}

// refusedDryRun prints what a file with refused rows would come to. On a terminal
// the refused ones are a table; JSON has them in the error.
func (a *app) refusedDryRun(out desk.Imported, r *domain.Refusal) error {
	if err := a.imported(out); err != nil || a.json {
		return errors.Join(r, err)
	}
	var rows [][]string
	for _, c := range r.Causes[:min(len(r.Causes), mostPrinted)] {
		d := c.Details
		rows = append(rows, []string{where(d["sheet"], d["row"]), d["column"], d["country"], d["indicator"], d["value"], d["nearest"], d["reason"]})
	}
	if err := a.printTable([]string{"ROW", "COLUMN", "COUNTRY", "INDICATOR", "REFUSED", "NEAREST", "WHY"}, rows); err != nil {
		return err
	}
	if more := out.Refused - len(rows); more > 0 {
		a.say("… and %d more refused; --json lists up to %d", more, desk.MostListed)
	}
	short := *r
	short.Causes = nil
	short.Message = fmt.Sprintf("%s would not be imported: %d of %d answers are refused", out.File, out.Refused, out.Rows)
	return &short
}

// where is a place in a file.
func where(sheet, row string) string {
	if sheet == "" {
		return row
	}
	return sheet + " " + row
}
