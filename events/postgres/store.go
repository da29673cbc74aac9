package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"headway/events"
	"headway/events/group"
	"headway/migrations"
)

// Options of Open. The zero Options are for production.
type Options struct {
	Now       func() time.Time // clock of RecordedAt; nil is time.Now
	NoMigrate bool             // refuse a database that needs a migration
}

// Store is a log in a Postgres database. It implements events.Log.
type Store struct {
	now       func() time.Time
	where     string // for people: host and database, no password
	pool      *pgxpool.Pool
	committer *group.Committer
	stop      context.CancelFunc
	listening sync.WaitGroup

	mu       sync.Mutex
	appended chan struct{} // closed at the next news of an append
	closed   bool
	closing  chan struct{}
}

// connectTimeout bounds the wait for a server that does not answer.
const connectTimeout = 10 * time.Second

// Open connects to a database by its URL and runs the migrations that are missing,
// under a lock. Errors: events.ErrMigrationPending with NoMigrate.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the database address is not one of Postgres: write postgres://user@host/database")
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.RuntimeParams["application_name"] = "headway"
	// What was acknowledged has to be on the disk, whatever the server's default.
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	s := &Store{now: o.Now, where: address(dsn, config.ConnConfig), appended: make(chan struct{}), closing: make(chan struct{})}
	if err := s.migrate(ctx, config.ConnConfig, o.NoMigrate); err != nil {
		return nil, err
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, s.explain("connect", err)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.committer = group.New(func(_ context.Context, reqs []group.Request) ([]group.Outcome, error) {
		return s.commit(background, reqs)
	})
	s.listening.Go(func() { s.listen(background, config.ConnConfig) })
	return s, nil
}

// address names a server for people, without secrets.
func address(dsn string, c *pgx.ConnConfig) string {
	if u, err := url.Parse(dsn); err == nil && u.Host != "" {
		return u.Host + u.Path
	}
	return c.Host + "/" + c.Database
}

func (s *Store) migrate(ctx context.Context, config *pgx.ConnConfig, refuse bool) (err error) {
	files, err := fs.Sub(migrations.Postgres, "postgres")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return s.explain("connect", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker),
		goose.WithTableName("headway_migration"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("prepare the migrations: %w", err)
	}
	have, newest, err := p.GetVersions(ctx)
	if err != nil {
		return s.explain("read the schema's version", err)
	}
	switch {
	case have > newest:
		return fmt.Errorf("a newer version of headway made the database %s (schema %d, known are 1 to %d); use that version", s.where, have, newest)
	case have < newest && refuse:
		return events.ErrMigrationPending
	case have < newest:
		if _, err := p.Up(ctx); err != nil {
			return s.explain("migrate", err)
		}
	}
	return nil
}

// explain says in one sentence which server failed and what to do.
func (s *Store) explain(what string, err error) error {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.Code == "53100":
		return fmt.Errorf("%s: the disk of the database %s is full; make room and try again: %w", what, s.where, err)
	case errors.As(err, &pg) && pg.Code == "42501":
		return fmt.Errorf("%s: the role has no right to this in the database %s: %w", what, s.where, err)
	case errors.As(err, &pg) && pg.Code[:2] != "57":
		return fmt.Errorf("%s in the database %s: %w", what, s.where, err)
	}
	return fmt.Errorf("%s: the database %s cannot be reached; check that it runs and try again: %w", what, s.where, err)
}

// failed tells the caller's own impatience, and the closing of the log, from a
// failure of the database.
func (s *Store) failed(ctx context.Context, what string, err error) error {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	switch {
	case closed:
		return events.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return s.explain(what, err)
}

// Close implements events.Log.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.closing)
	s.mu.Unlock()
	s.committer.Close()
	s.stop()
	s.listening.Wait()
	s.pool.Close()
	return nil
}

// Head implements events.Log.
func (s *Store) Head(ctx context.Context) (events.Position, error) {
	var head events.Position
	err := s.pool.QueryRow(ctx, "SELECT coalesce(max(position), 0) FROM headway.event").Scan(&head)
	if err != nil {
		return 0, s.failed(ctx, "read the head", err)
	}
	return head, nil
}
