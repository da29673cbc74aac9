package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"headway/events"
	"headway/projections"
)

func (a *app) rebuildCommand() *cobra.Command {
	c := &cobra.Command{Use: "rebuild", Short: "Rebuild the projections from the log, from zero", Args: noArgs, Example: "  headway rebuild"}
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		st, err := a.openStore(ctx, a.database(defaultDatabase), false)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // the snapshot was saved, or the error told
		runner := projections.NewRunner(st, quiet(a.err))
		start := time.Now()
		bar := a.bar("rebuilding")
		err = runner.Rebuild(ctx, func(done, head events.Position) { bar(int64(done), int64(head)) })
		if err != nil {
			return err
		}
		if err := runner.Save(ctx, st); err != nil {
			return err
		}
		at, _ := runner.Position()
		if a.json {
			return a.printJSON(map[string]any{"events": at, "seconds": time.Since(start).Seconds()})
		}
		a.say("rebuilt from %d events in %s", at, time.Since(start).Round(time.Millisecond))
		return nil
	}
	return c
}

// bar returns what shows progress, on a terminal only.
func (a *app) bar(what string) func(done, total int64) {
	f, ok := a.err.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return func(int64, int64) {}
	}
	b := progressbar.NewOptions64(-1, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(f),
		progressbar.OptionClearOnFinish(), progressbar.OptionShowCount(), progressbar.OptionEnableColorCodes(false))
	return func(done, total int64) {
		b.ChangeMax64(total)
		_ = b.Set64(done) // a bar that cannot be drawn is no failure
	}
}

// writeFile writes a file in one step: it is there whole, or what was there
// before still is.
func writeFile(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".headway-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err = write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
