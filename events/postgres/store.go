package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"headway/events"
	"headway/events/group"
)

// Options of Open. The zero Options are for production.
type Options struct {
	Now       func() time.Time // clock of RecordedAt; nil is time.Now
	NoMigrate bool             // refuse a database that needs a migration
}

// Store is a log in the schema headway of a Postgres database. It implements
// events.Log.
//
// It holds one connection for appends, one that listens for those of others, and
// a pool for all else. When the server goes away its methods fail with a
// sentence that says so, and work again once it is back; Wait waits on.
type Store struct {
	server    string // for messages: host, port and database, no secret
	now       func() time.Time
	writer    *pgxpool.Pool // of one connection, so that no reader delays an append
	readers   *pgxpool.Pool
	committer *group.Committer
	heads     *heads
	settleFor time.Duration
	versions  group.Versions // of the committer, which runs one transaction at a time

	run     context.Context // ends when the log is closed for good
	stop    context.CancelFunc
	running sync.WaitGroup // the listener

	mu      sync.Mutex
	closed  bool
	closing chan struct{}
}

var _ events.Log = (*Store)(nil)

// Open opens the log of a database, given as a URL or as a connection string of
// libpq, and runs the migrations that are missing under a lock. The database must
// exist. Errors: events.ErrMigrationPending with NoMigrate.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	cfg, err := configure(url)
	if err != nil {
		return nil, err
	}
	s := &Store{server: address(cfg), now: o.Now, heads: newHeads(), settleFor: settleFor, closing: make(chan struct{})}
	s.run, s.stop = context.WithCancel(context.Background())
	s.committer = group.New(s.commit)
	if err := s.connect(ctx, cfg, o.NoMigrate); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, cfg *pgxpool.Config, noMigrate bool) error {
	var err error
	if s.readers, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return s.explain("open the log", err)
	}
	one := cfg.Copy()
	one.MinConns, one.MinIdleConns, one.MaxConns = 0, 0, 1
	if s.writer, err = pgxpool.NewWithConfig(ctx, one); err != nil {
		return s.explain("open the log", err)
	}
	if err := s.checkServer(ctx); err != nil {
		return err
	}
	if err := migrate(ctx, s.readers, noMigrate); err != nil {
		return s.explain("migrate the database", err)
	}
	listening := make(chan error, 1)
	l := &listener{config: cfg.ConnConfig.Copy(), heads: s.heads}
	s.running.Go(func() { l.run(s.run, listening) })
	select {
	case err = <-listening:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return s.explain("listen to the log", err)
	}
	return nil
}

// checkServer refuses a database that could not hold every text.
func (s *Store) checkServer(ctx context.Context) error {
	var encoding string
	if err := s.readers.QueryRow(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return s.explain("open the log", err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database at %s has the encoding %s; make one with the encoding UTF8: createdb --encoding UTF8 --template template0 NAME", s.server, encoding)
	}
	return nil
}

// Close implements events.Log. An append whose outcome is being found out is
// waited for, at most as long as settleFor.
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
	s.running.Wait()
	for _, pool := range []*pgxpool.Pool{s.writer, s.readers} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// bind gives a context that ends with the caller's or when the log is closed.
func (s *Store) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.run, cancel)
	return ctx, func() { stop(); cancel() }
}

// twice reads again, on a new connection, where the pool's had been cut without
// its notice, as by a restart of the server.
func (s *Store) twice(ctx context.Context, read func() error) error {
	err := read()
	if err == nil || !lost(err) || ctx.Err() != nil {
		return err
	}
	s.readers.Reset()
	return read()
}

// Head implements events.Log.
func (s *Store) Head(ctx context.Context) (events.Position, error) {
	bound, release := s.bind(ctx)
	defer release()
	if s.isClosed() {
		return 0, events.ErrClosed
	}
	var head events.Position
	err := s.twice(bound, func() error { return s.readers.QueryRow(bound, headSQL).Scan(&head) })
	if err != nil {
		return 0, s.failed(ctx, "read the head", err)
	}
	return head, nil
}

const headSQL = "SELECT coalesce(max(position), 0) FROM headway.event"

// Wait implements events.Log. It asks the server nothing: the listener keeps the
// head, and catches up when it was cut off.
func (s *Store) Wait(ctx context.Context, past events.Position) error {
	for {
		head, changed := s.heads.get()
		switch {
		case s.isClosed():
			return events.ErrClosed
		case ctx.Err() != nil:
			return ctx.Err()
		case head > past:
			return nil
		}
		select {
		case <-changed:
		case <-s.closing:
		case <-ctx.Done():
		}
	}
}
