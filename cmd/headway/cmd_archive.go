package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"headway/events"
	"headway/events/archive"
	"headway/events/merkle"
	"headway/events/sqlite"
)

func (a *app) exportCommand() *cobra.Command {
	c := &cobra.Command{Use: "export", Short: "Export data", Args: noArgs, RunE: showHelp, Example: "  headway export events -o log.ndjson"}
	c.AddCommand(a.exportEvents())
	return c
}

// Exports, and proofs of events, have answers of countries, which are confidential;
// checkpoints are there to be given away.
const (
	private fs.FileMode = 0o600
	public  fs.FileMode = 0o644
)

// beside is the checkpoint that belongs to an export.
func beside(path string) string { return path + ".checkpoint" }

func (a *app) exportEvents() *cobra.Command {
	var path string
	c := &cobra.Command{Use: "events", Short: "Export the whole log as NDJSON of CloudEvents 1.0", Args: noArgs,
		Long: "Export the whole log as NDJSON of CloudEvents 1.0, a line an event; compressed when the name ends in .zst. A signed\n" +
			"checkpoint of it is written beside the file, as FILE.checkpoint: with it `headway restore` knows that nothing is missing.",
		Example: "  headway export events -o log.ndjson.zst\n  headway export events -o - | head -1"}
	c.Flags().StringVarP(&path, "output", "o", "", "file to write, or - for standard output, without a checkpoint")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		st, err := a.openStore(ctx, a.database(defaultDatabase), false)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // nothing was written to it
		if path == "-" {
			_, err := archive.Write(ctx, st, a.out, nil)
			return err
		}
		return a.exportTo(ctx, st, path)
	}
	required(c, "output")
	return c
}

func (a *app) exportTo(ctx context.Context, st store, path string) error {
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	bar := a.bar("exporting")
	var cp merkle.Checkpoint
	err = writeFile(path, private, func(w io.Writer) error {
		z, err := archive.Compress(w, path)
		if err != nil {
			return err
		}
		cp, err = archive.Write(ctx, st, z, func(done events.Position) { bar(int64(done), int64(head)) })
		return errors.Join(err, z.Close())
	})
	if err != nil {
		return err
	}
	result := map[string]any{"events": cp.Size, "file": path, "root": cp.Root.String()}
	if cp.Size > 0 {
		if err := a.signExport(ctx, st, cp, beside(path)); err != nil {
			return err
		}
		result["checkpoint"] = beside(path)
	}
	if a.json {
		return a.printJSON(result)
	}
	a.say("exported %d events to %s, root %s", cp.Size, path, cp.Root)
	return nil
}

func (a *app) signExport(ctx context.Context, s merkle.Store, cp merkle.Checkpoint, path string) error {
	k, err := a.keys()
	if err != nil {
		return err
	}
	signed, err := k.SignAt(ctx, s, cp)
	if err != nil {
		return err
	}
	return writeFile(path, public, func(w io.Writer) error {
		_, err := w.Write(signed)
		return err
	})
}

func (a *app) restoreCommand() *cobra.Command {
	var file string
	var unsigned bool
	var t trust
	c := &cobra.Command{Use: "restore FILE", Short: "Restore an export into an empty database", Args: exactArgs(1),
		Long: "Restore an export of events into an empty SQLite or Postgres database: the same positions, versions, ids, times and tree.\n" +
			"The whole file is checked first, against the checkpoint beside it; a damaged or shortened one is refused, and nothing written.",
		Example: "  headway restore log.ndjson.zst --db postgres://headway@db/headway"}
	c.Flags().StringVar(&file, "checkpoint", "", "signed checkpoint of the export (default FILE.checkpoint)")
	c.Flags().BoolVar(&unsigned, "unsigned", false, "restore without a checkpoint: nobody can tell then whether events at the end are missing")
	t.flag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx, path := c.Context(), args[0]
		if file == "" {
			file = beside(path)
		}
		var want *merkle.Checkpoint
		if !unsigned {
			cp, err := a.exportCheckpoint(&t, file)
			if err != nil {
				return err
			}
			want = &cp
		}
		checked, err := a.checkExport(ctx, path, want)
		if err != nil {
			return err
		}
		if err := a.restore(ctx, path, checked); err != nil {
			return err
		}
		if a.json {
			return a.printJSON(map[string]any{"events": checked.Size, "root": checked.Root.String(), "origin": checked.Origin})
		}
		a.say("restored %d events, root %s", checked.Size, checked.Root)
		return nil
	}
	return c
}

// exportCheckpoint reads the checkpoint of an export. On a machine that has no key
// of the log, as after a loss, its signature cannot be checked, but it still tells
// damage.
func (a *app) exportCheckpoint(t *trust, path string) (merkle.Checkpoint, error) {
	k, err := a.keys()
	if err != nil {
		return merkle.Checkpoint{}, err
	}
	c, err := t.open(k, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, fmt.Errorf("there is no checkpoint at %s to tell whether the export is whole; name it with --checkpoint, or restore with --unsigned", path)
	case errors.Is(err, merkle.ErrUnknownKey) && len(t.given) == 0:
		if known, err := k.Public(c.Origin); err != nil || len(known) > 0 {
			return c, errors.Join(err, fmt.Errorf("%s: %w", path, merkle.ErrUnknownKey))
		}
		signed, err := readSmall(path)
		if err != nil {
			return c, err
		}
		a.note("this machine has no key of the log: what the checkpoint was signed for is compared, but not who signed it (see --public-key)")
		return merkle.ReadUnsigned(signed)
	}
	return c, err
}

func (a *app) checkExport(ctx context.Context, path string, want *merkle.Checkpoint) (merkle.Checkpoint, error) {
	f, err := archive.Open(path)
	if err != nil {
		return merkle.Checkpoint{}, err
	}
	total := int64(-1)
	if want != nil {
		total = int64(want.Size)
	}
	bar := a.bar("checking")
	c, err := archive.Check(ctx, f, want, func(done events.Position) { bar(int64(done), total) })
	if err = errors.Join(err, f.Close()); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func (a *app) restore(ctx context.Context, path string, checked merkle.Checkpoint) (err error) {
	st, err := a.openStore(ctx, a.database(defaultDatabase), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	f, err := archive.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	bar := a.bar("restoring")
	return archive.Restore(ctx, st, f, checked, func(done events.Position) { bar(int64(done), int64(checked.Size)) })
}

func (a *app) backupCommand() *cobra.Command {
	c := &cobra.Command{Use: "backup FILE", Short: "Copy a SQLite database while it is in use", Args: exactArgs(1),
		Long:    "Copy a SQLite database as it stands into a new file, also while it is served and written. It has everything: events,\ntree, tokens and actors. Signing keys are not in it. For Postgres use pg_dump, or `headway export events`.",
		Example: "  headway backup /backups/headway-2026-05-01.db"}
	c.RunE = func(c *cobra.Command, args []string) error {
		st, err := a.openStore(c.Context(), a.database(defaultDatabase), false)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // nothing was written to it
		db, ok := st.(*sqlite.Store)
		if !ok {
			return usageError{errors.New("backup copies SQLite files only; for Postgres use pg_dump, or `headway export events`")}
		}
		if err := db.Backup(c.Context(), args[0]); err != nil {
			return err
		}
		info, err := os.Stat(args[0])
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(map[string]any{"file": args[0], "bytes": info.Size()})
		}
		a.say("backed up to %s, %d bytes", args[0], info.Size())
		return nil
	}
	return c
}
