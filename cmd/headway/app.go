package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/events/archive"
	"headway/events/postgres"
	"headway/events/sqlite"
	"headway/projections"
	"headway/projections/desk"
)

// app is what all commands share.
type app struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	getenv   func(string) string

	db          string
	noMigrate   bool
	json        bool
	actor       string
	keyDir      string
	documentDir string
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "headway",
		Short: "Track national responses over survey rounds, as immutable events",
		Long: "Headway stores each country's capability status change as an immutable event and rebuilds from them\n" +
			"the current state, the change between survey rounds and maturity stages.",
		Example:       "  headway demo\n  headway seed && headway figures --round 2021",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          showHelp,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())}
	})
	f := root.PersistentFlags()
	f.StringVar(&a.db, "db", "", "database: sqlite:PATH or postgres://… (default $HEADWAY_DB, or sqlite:headway.db)")
	f.BoolVar(&a.noMigrate, "no-migrate", false, "refuse a database that needs a migration instead of migrating it")
	f.BoolVar(&a.json, "json", false, "print JSON on standard output, nothing else")
	f.StringVar(&a.actor, "actor", "", "pseudonym recorded with what is written (default $HEADWAY_ACTOR, or operator)")
	f.StringVar(&a.keyDir, "keys", "", "directory of signing keys (default $HEADWAY_KEYS, or headway/keys in the user's configuration)")
	f.StringVar(&a.documentDir, "documents", "", "folder of documents that are evidence (default $HEADWAY_DOCUMENTS, or beside a SQLite file)")
	root.AddCommand(
		a.seedCommand(), a.simulateCommand(), a.demoCommand(), a.serveCommand(),
		a.frameworkCommand(), a.roundCommand(), a.templateCommand(), a.importCommand(), a.submitCommand(), a.submissionCommand(), a.reportCommand(), a.correctCommand(), a.withdrawCommand(), a.evidenceCommand(),
		a.statusCommand(), a.historyCommand(), a.figuresCommand(), a.compareCommand(), a.trendCommand(),
		a.maturityCommand(), a.releaseCommand(), a.siteCommand(), a.tokenCommand(), a.actorCommand(), a.rebuildCommand(), a.verifyCommand(),
		a.checkpointCommand(), a.proveCommand(), a.keyCommand(),
		a.exportCommand(), a.restoreCommand(), a.backupCommand(), a.migrateCommand(), a.benchCommand(), a.versionCommand(),
	)
	return root
}

// noArgs, oneArg and so on are cobra's checks as usage errors.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unknown command or argument %q; see `%s --help`", args[0], c.CommandPath())}
	}
	return nil
}

// showHelp is what a command does that only has others below it.
func showHelp(c *cobra.Command, _ []string) error { return c.Help() }

func exactArgs(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("give %d arguments, not %d: %s; see `%s --help`", n, len(args), c.UseLine(), c.CommandPath())}
		}
		return nil
	}
}

// required marks flags that must be given.
func required(c *cobra.Command, names ...string) {
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		var missing []string
		for _, n := range names {
			if !c.Flags().Changed(n) {
				missing = append(missing, "--"+n)
			}
		}
		if len(missing) > 0 {
			return usageError{fmt.Errorf("give %s; see `%s --help`", strings.Join(missing, " and "), c.CommandPath())}
		}
		return run(c, args)
	}
}

// store is a database of Headway: the log, the snapshots and the tokens.
type store interface {
	archive.Target
	projections.SnapshotStore
	SaveToken(ctx context.Context, t domain.Token) error
	Tokens(ctx context.Context) ([]domain.Token, error)
	TokenByHash(ctx context.Context, hash []byte) (domain.Token, bool, error)
	RevokeToken(ctx context.Context, id string, at time.Time) (bool, error)
	SaveActor(ctx context.Context, a domain.Actor) (bool, error)
	Actors(ctx context.Context) ([]domain.Actor, error)
	ActorByID(ctx context.Context, id string) (domain.Actor, bool, error)
	ForgetActor(ctx context.Context, id string, at time.Time) (bool, error)
}

func (a *app) database(fallback string) string {
	if a.db != "" {
		return a.db
	}
	if env := a.getenv("HEADWAY_DB"); env != "" {
		return env
	}
	return fallback
}

const defaultDatabase = "sqlite:headway.db"

// openStore opens a database; unless create is set a SQLite file must be there
// already, so that a mistyped path is not taken for an empty log.
func (a *app) openStore(ctx context.Context, url string, create bool) (store, error) {
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		path := strings.TrimPrefix(url, "sqlite:")
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && !create {
			return nil, fmt.Errorf("there is no database at %s; `headway seed --db %s` makes one", path, url)
		}
		s, err := sqlite.Open(ctx, path, sqlite.Options{Now: a.now, NoMigrate: a.noMigrate})
		if err != nil {
			return nil, err
		}
		return s, nil
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		s, err := postgres.Open(ctx, url, postgres.Options{Now: a.now, NoMigrate: a.noMigrate})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, usageError{fmt.Errorf("--db %q is neither sqlite:PATH nor postgres://…", url)}
}

// session is an open database with its projections caught up.
type session struct {
	store  store
	runner *projections.Runner
	desk   *desk.Desk
	logger *slog.Logger
	loaded events.Position // of the snapshot
}

// snapshotAfter is how many events past the newest snapshot make a new one
// worth its writing.
const snapshotAfter = 5000

func (a *app) session(ctx context.Context, url string, create bool) (*session, error) {
	st, err := a.openStore(ctx, url, create)
	if err != nil {
		return nil, err
	}
	logger := quiet(a.err)
	s := &session{store: st, logger: logger, runner: projections.NewRunner(st, logger)}
	s.desk = &desk.Desk{Log: st, Runner: s.runner, IDs: events.NewTimeOrdered(a.now, rand.Reader), Now: a.now, Actors: st}
	if err := s.runner.Load(ctx, st); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	s.loaded, _ = s.runner.Position()
	if err := s.runner.CatchUp(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return s, nil
}

// close saves a snapshot where it saves the next start time, and closes the
// database.
func (s *session) close(ctx context.Context) error {
	if at, stuck := s.runner.Position(); stuck == nil && at-s.loaded >= snapshotAfter {
		if err := s.runner.Save(context.WithoutCancel(ctx), s.store); err != nil {
			s.logger.Warn("the snapshot was not saved", "error", err)
		}
	}
	return s.store.Close()
}

// with runs f in a session on an existing database.
func (a *app) with(ctx context.Context, f func(*session) error) error {
	return a.inSession(ctx, a.database(defaultDatabase), false, f)
}

// creating runs f in a session on a database that is made when it is not there.
func (a *app) creating(ctx context.Context, f func(*session) error) error {
	return a.inSession(ctx, a.database(defaultDatabase), true, f)
}

func (a *app) inSession(ctx context.Context, url string, create bool, f func(*session) error) (err error) {
	s, err := a.session(ctx, url, create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	return f(s)
}

// stamp is who is recorded with what a command writes.
func (a *app) stamp() events.Stamp {
	actor := a.actor
	if actor == "" {
		actor = a.getenv("HEADWAY_ACTOR")
	}
	if actor == "" {
		actor = "operator"
	}
	return events.Stamp{Actor: actor}
}
