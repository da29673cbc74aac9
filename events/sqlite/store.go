package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitemigration"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/group"
	"headway/migrations"
)

// applicationID marks a file as Headway's: "head" in ASCII.
const applicationID = 0x68656164

// busyTimeout is how long a transaction of another process is waited for.
const busyTimeout = 15 * time.Second

// readers is how many reads run at a time; more wait.
const readers = 8

// pollEvery is how often Wait looks for events of other processes.
const pollEvery = 100 * time.Millisecond

// Options of Open. The zero Options are for production.
type Options struct {
	Now       func() time.Time // clock of RecordedAt; nil is time.Now
	NoMigrate bool             // refuse a file that needs a migration
}

// Store is a log in a SQLite file. It implements events.Log.
type Store struct {
	path      string
	now       func() time.Time
	pool      *sqlitex.Pool
	writer    *sqlite.Conn
	committer *group.Committer

	writing  sync.Mutex // guards writer and versions
	versions group.Versions

	mu       sync.Mutex
	appended chan struct{} // closed at the next commit
	closed   bool
	closing  chan struct{}
}

// Open opens the log at a path, makes the file where there is none, and runs the
// migrations that are missing. Errors: events.ErrMigrationPending with NoMigrate.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	switch path {
	case "":
		return nil, errors.New("open the database: name its file, for example headway.db")
	case ":memory:":
		return nil, errors.New("open the database: a log in memory would keep nothing; name a file")
	}
	if dir := filepath.Dir(path); dir != "." {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("open the database %s: the directory %s is not there; make it first", path, dir)
		}
	}
	if err := checkWritable(path); err != nil {
		return nil, err
	}
	if err := ownFile(path); err != nil {
		return nil, explain("open the database "+path, err)
	}
	writer, err := connect(path)
	if err != nil {
		return nil, explain("open the database "+path, err)
	}
	if err := migrate(ctx, writer, o.NoMigrate); err != nil {
		return nil, errors.Join(explain("migrate the database "+path, err), writer.Close())
	}
	pool, err := sqlitex.NewPool(path, sqlitex.PoolOptions{PoolSize: readers, Flags: openFlags, PrepareConn: prepare})
	if err != nil {
		return nil, errors.Join(explain("open the database "+path, err), writer.Close())
	}
	s := &Store{path: path, now: o.Now, pool: pool, writer: writer, appended: make(chan struct{}), closing: make(chan struct{})}
	s.committer = group.New(s.commit)
	return s, nil
}

// ownFile makes a new file readable by its owner only, because answers of countries
// are confidential; the files beside it get the same rights.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the file cannot be made; check the permissions of its directory: %w", err)
	}
	return f.Close()
}

const openFlags = sqlite.OpenReadWrite | sqlite.OpenCreate | sqlite.OpenWAL

func connect(path string) (*sqlite.Conn, error) {
	conn, err := sqlite.OpenConn(path, openFlags)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(prepare(conn), mayAppend(conn)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// mayAppend gives the connection the function without which the database takes no
// event; see migrations/sqlite/0002_tree.sql.
func mayAppend(conn *sqlite.Conn) error {
	return conn.CreateFunction("only_headway_may_append", &sqlite.FunctionImpl{AllowIndirect: true,
		Scalar: func(sqlite.Context, []sqlite.Value) (sqlite.Value, error) { return sqlite.IntegerValue(1), nil }})
}

// prepare makes commits durable: with synchronous=FULL the write-ahead log is
// flushed to the disk before a commit returns.
func prepare(conn *sqlite.Conn) error {
	conn.SetBusyTimeout(busyTimeout)
	for _, pragma := range []string{"synchronous=FULL", "temp_store=MEMORY", "cache_size=-32000", "wal_autocheckpoint=8000"} {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+pragma, nil); err != nil {
			return err
		}
	}
	return nil
}

func migrate(ctx context.Context, conn *sqlite.Conn, refuse bool) error {
	names, err := fs.Glob(migrations.SQLite, "sqlite/*.sql")
	if err != nil {
		return err
	}
	schema := sqlitemigration.Schema{AppID: applicationID}
	for _, n := range names {
		text, err := fs.ReadFile(migrations.SQLite, n)
		if err != nil {
			return err
		}
		schema.Migrations = append(schema.Migrations, string(text))
	}
	have, err := pragma(conn, "user_version")
	if err != nil {
		return err
	}
	id, err := pragma(conn, "application_id")
	switch {
	case err != nil:
		return err
	case id != applicationID && (id != 0 || have != 0):
		return errors.New("another program made it; name another file")
	case have > len(names):
		return fmt.Errorf("a newer version of headway made it (schema %d, known are 1 to %d); use that version", have, len(names))
	case have < len(names) && refuse:
		return events.ErrMigrationPending
	}
	if have < len(names) {
		if err := addTreeFunctions(conn); err != nil {
			return err
		}
	}
	return sqlitemigration.Migrate(ctx, conn, schema)
}

func pragma(conn *sqlite.Conn, name string) (value int, err error) {
	err = sqlitex.ExecuteTransient(conn, "PRAGMA "+name, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { value = stmt.ColumnInt(0); return nil }})
	return value, err
}

// explain says in one sentence what a person can do about a failure of SQLite.
func explain(what string, err error) error {
	switch code := sqlite.ErrCode(err); code.ToPrimary() {
	case sqlite.ResultNotADB:
		return fmt.Errorf("%s: the file is not a SQLite database: %w", what, err)
	case sqlite.ResultCantOpen, sqlite.ResultReadOnly, sqlite.ResultPerm:
		return fmt.Errorf("%s: the file, those beside it, or its directory cannot be written; check the permissions and the owner: %w", what, err)
	case sqlite.ResultFull:
		return fmt.Errorf("%s: the disk is full; nothing was recorded, make room and try again: %w", what, err)
	case sqlite.ResultIOErr:
		if code == sqlite.ResultIOErrWrite || code == sqlite.ResultIOErrSHMSize {
			return fmt.Errorf("%s: the file cannot grow, for the disk or a quota is full, or the disk fails; nothing was recorded, make room and try again: %w", what, err)
		}
		return fmt.Errorf("%s: the disk failed; see that it is sound, then try again: %w", what, err)
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return fmt.Errorf("%s: another program holds the database for too long; try again: %w", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
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
	err := s.pool.Close()
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := errors.Join(err, s.writer.Close()); err != nil {
		return explain("close the database "+s.path, err)
	}
	return nil
}

// take borrows a connection for reading.
func (s *Store) take(ctx context.Context) (*sqlite.Conn, error) {
	conn, err := s.pool.Take(ctx)
	if err == nil {
		return conn, nil
	}
	return nil, s.failed(ctx, "read the database "+s.path, err)
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Head implements events.Log.
func (s *Store) Head(ctx context.Context) (events.Position, error) {
	conn, err := s.take(ctx)
	if err != nil {
		return 0, err
	}
	defer s.pool.Put(conn)
	head, _, err := readHead(conn)
	if err != nil {
		return 0, s.failed(ctx, "read the head", err)
	}
	return head, nil
}

// failed tells the caller's own impatience, and a closing of the log, from a
// failure of the database.
func (s *Store) failed(ctx context.Context, what string, err error) error {
	switch {
	case s.isClosed():
		return events.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return explain(what, err)
}

func readHead(conn *sqlite.Conn) (events.Position, time.Time, error) {
	var head events.Position
	var last time.Time
	err := sqlitex.Execute(conn, "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			head, last = events.Position(stmt.ColumnInt64(0)), time.UnixMicro(stmt.ColumnInt64(1)).UTC()
			return nil
		}})
	return head, last, err
}

// Wait implements events.Log. A commit of this process wakes it at once, one of
// another process within a tenth of a second.
func (s *Store) Wait(ctx context.Context, past events.Position) error {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		s.mu.Lock()
		appended := s.appended
		s.mu.Unlock()
		head, err := s.Head(ctx)
		if err != nil || head > past {
			return err
		}
		select {
		case <-appended:
		case <-poll.C:
		case <-s.closing:
			return events.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wake ends the waiting of this process.
func (s *Store) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.appended)
	s.appended = make(chan struct{})
}
