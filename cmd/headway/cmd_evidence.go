package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events/documents"
	"headway/projections"
)

// documents is the folder of documents: as given, or beside a SQLite file; nil
// where there is none.
func (a *app) documents() *documents.Folder {
	dir := a.documentDir
	if dir == "" {
		dir = a.getenv("HEADWAY_DOCUMENTS")
	}
	if dir == "" {
		path, ok := strings.CutPrefix(a.database(defaultDatabase), "sqlite:")
		if !ok {
			return nil
		}
		dir = path + ".documents"
	}
	return &documents.Folder{Dir: dir}
}

// needDocuments is the folder, or what to do about having none.
func (a *app) needDocuments() (*documents.Folder, error) {
	if f := a.documents(); f != nil {
		return f, nil
	}
	return nil, usageError{errors.New("name the folder of documents with --documents or HEADWAY_DOCUMENTS")}
}

// keep keeps files and describes them; without a folder they are described only,
// and the user is told.
func (a *app) keep(ctx context.Context, paths []string) ([]domain.Document, error) {
	var out []domain.Document
	folder := a.documents()
	for _, path := range paths {
		d, err := a.keepOne(ctx, folder, path)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	if folder == nil && len(paths) > 0 {
		a.note("only the name, type, size and hash are recorded; name a folder with --documents to keep the files themselves")
	}
	return out, nil
}

func (a *app) keepOne(ctx context.Context, folder *documents.Folder, path string) (domain.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return domain.Document{}, fmt.Errorf("open the document: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	if folder == nil {
		return documents.Describe(filepath.Base(path), f)
	}
	return folder.Put(ctx, filepath.Base(path), f)
}

// documentFlag is that of the commands that record a status.
func documentFlag(c *cobra.Command, into *[]string) {
	c.Flags().StringArrayVar(into, "document", nil, "file that is evidence; may be repeated")
}

func (a *app) evidenceCommand() *cobra.Command {
	c := &cobra.Command{Use: "evidence", Short: "Documents that are evidence for statuses", Args: noArgs, RunE: showHelp,
		Example: "  headway evidence list --country KEN"}
	c.AddCommand(a.evidenceAdd(), a.evidenceList(), a.evidenceGet(), a.evidenceCheck(), a.evidenceForget())
	return c
}

func (a *app) evidenceAdd() *cobra.Command {
	return &cobra.Command{Use: "add FILE", Short: "Keep a file, and print what a status says of it", Args: exactArgs(1),
		Example: "  headway evidence add act.pdf --json",
		RunE: func(c *cobra.Command, args []string) error {
			folder, err := a.needDocuments()
			if err != nil {
				return err
			}
			d, err := a.keepOne(c.Context(), folder, args[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(d)
			}
			a.say("kept %s: %s, %d bytes, SHA-256 %s", d.Name, d.Type, d.Size, d.SHA256)
			return nil
		}}
}

func (a *app) evidenceList() *cobra.Command {
	var round, country, indicator, asOf string
	c := &cobra.Command{Use: "list", Short: "The documents that the log names, and whether they are kept", Args: noArgs,
		Example: "  headway evidence list --round 2026 --country KEN"}
	f := c.Flags()
	f.StringVar(&round, "round", "", "only of this round")
	f.StringVar(&country, "country", "", "only of this respondent")
	f.StringVar(&indicator, "indicator", "", "only of this indicator")
	f.StringVar(&asOf, "as-of", "", "what was named at a position, a day or an instant")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.with(c.Context(), func(s *session) error {
			moment, err := projections.ParseMoment(asOf)
			if err != nil {
				return err
			}
			var rows []projections.DocumentRow
			s.runner.Read(func(st *projections.State) {
				a.asOf(moment, st.At(moment))
				rows = st.Documents(projections.Selection{Framework: domain.FrameworkID(*framework), Round: domain.RoundID(round),
					Country: domain.Respondent(country), Indicator: domain.IndicatorID(domain.Typed(indicator))}, st.At(moment))
			})
			folder := a.documents()
			for i := range rows {
				if folder != nil {
					kept := folder.Has(rows[i].SHA256)
					rows[i].Kept = &kept
				}
			}
			return table(a, rows, []string{"COUNTRY", "INDICATOR", "ROUND", "NAME", "TYPE", "BYTES", "SHA-256", "KEPT", "POSITION", ""},
				func(d projections.DocumentRow) []string {
					kept := "–"
					if d.Kept != nil {
						kept = map[bool]string{true: "yes", false: "no"}[*d.Kept]
					}
					return []string{string(d.Country), string(d.Indicator), string(d.Round), d.Name, d.Type, fmt.Sprint(d.Size), d.SHA256, kept,
						position(d.Position), strings.TrimSpace(map[bool]string{true: "submitted "}[d.Draft] + mark(d.Simulated))}
				})
		})
	}
	return c
}

func (a *app) evidenceGet() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "get SHA256", Short: "Copy a kept document out", Args: exactArgs(1), Example: "  headway evidence get 9f86d0… -o act.pdf"}
	c.Flags().StringVarP(&out, "output", "o", "", "file to write")
	c.RunE = func(_ *cobra.Command, args []string) error {
		folder, err := a.needDocuments()
		if err != nil {
			return err
		}
		r, err := folder.Open(args[0])
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }() // read only
		if err := writeFile(out, private, func(w io.Writer) error { _, err := io.Copy(w, r); return err }); err != nil {
			return err
		}
		a.say("wrote %s", out)
		return nil
	}
	required(c, "output")
	return c
}

// evidenceReport is what a check of the documents found. Its JSON is a promise.
type evidenceReport struct {
	Named   int      `json:"named"` // different documents
	Kept    int      `json:"kept"`
	Missing []string `json:"missing"` // SHA-256; never given to this folder, or forgotten
	Damaged []string `json:"damaged"` // SHA-256
}

func (a *app) evidenceCheck() *cobra.Command {
	return &cobra.Command{Use: "check", Short: "Read every document that the log names, and compare it with its hash", Args: noArgs,
		Example: "  headway evidence check",
		RunE: func(c *cobra.Command, _ []string) error {
			folder, err := a.needDocuments()
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *session) error {
				var rows []projections.DocumentRow
				s.runner.Read(func(st *projections.State) { rows = st.Documents(projections.Selection{}, st.Position()) })
				report, err := checkDocuments(folder, rows)
				if err != nil {
					return err
				}
				if a.json {
					if err := a.printJSON(report); err != nil {
						return err
					}
				} else {
					a.say("%d documents are named: %d kept and whole, %d not kept here, %d damaged", report.Named, report.Kept, len(report.Missing), len(report.Damaged))
				}
				if len(report.Damaged) > 0 {
					return fmt.Errorf("%w: the documents %s were changed on disk; take them from a backup", errUnproven, strings.Join(report.Damaged, ", "))
				}
				return nil
			})
		}}
}

func checkDocuments(folder *documents.Folder, rows []projections.DocumentRow) (evidenceReport, error) {
	out := evidenceReport{Missing: []string{}, Damaged: []string{}}
	seen := map[string]bool{}
	for _, d := range rows {
		if seen[d.SHA256] {
			continue
		}
		seen[d.SHA256] = true
		out.Named++
		switch err := folder.Check(d.SHA256); {
		case err == nil:
			out.Kept++
		case errors.Is(err, documents.ErrMissing):
			out.Missing = append(out.Missing, d.SHA256)
		case errors.Is(err, documents.ErrDamaged):
			out.Damaged = append(out.Damaged, d.SHA256)
		default:
			return out, err
		}
	}
	return out, nil
}

func (a *app) evidenceForget() *cobra.Command {
	return &cobra.Command{Use: "forget SHA256", Short: "Take a document out of the folder; the log goes on naming it", Args: exactArgs(1),
		Example: "  headway evidence forget 9f86d0…",
		RunE: func(_ *cobra.Command, args []string) error {
			folder, err := a.needDocuments()
			if err != nil {
				return err
			}
			if err := folder.Forget(args[0]); err != nil {
				return err
			}
			a.say("forgot %s; its name, type, size and hash stay in the log", args[0])
			return nil
		}}
}
