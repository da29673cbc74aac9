package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	zsqlite "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/merkle"
	"headway/events/sqlite"
	"headway/events/storetest"
)

// file is a place of the conformance suite.
type file string

func (f file) Open(t testing.TB, now func() time.Time) storetest.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), string(f), sqlite.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newFile(t testing.TB) file { return file(filepath.Join(t.TempDir(), "log.db")) }

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Place { return newFile(t) })
}

// vandal has a SQLite shell.
type vandal string

func (v vandal) Exec(t testing.TB, statements ...string) {
	t.Helper()
	conn, err := zsqlite.OpenConn(string(v), zsqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}()
	var triggers []string
	err = sqlitex.Execute(conn, "SELECT name FROM sqlite_schema WHERE type = 'trigger'", &sqlitex.ExecOptions{ResultFunc: func(stmt *zsqlite.Stmt) error {
		triggers = append(triggers, "DROP TRIGGER "+stmt.ColumnText(0))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer("{event}", "event", "{tree}", "tree", "{x:uuid}", "x'01979b2c000070008000000000000000'")
	for _, sql := range append(triggers, statements...) {
		sql = hexadecimal.ReplaceAllString(names.Replace(sql), "x'$1'")
		if err := sqlitex.ExecuteTransient(conn, sql, nil); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

var hexadecimal = regexp.MustCompile(`\{x:([0-9a-f]*)\}`)

// TestBackup copies a log while it is written.
func TestBackup(t *testing.T) {
	f := newFile(t)
	log := f.Open(t, time.Now).(*sqlite.Store)
	ctx := context.Background()
	storetest.Append(t, log, "s", 0, storetest.Events(3000)...)
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if _, err := log.Append(ctx, events.Batch{Stream: "s", Expect: events.Any, Events: storetest.Events(10)}); err != nil {
				done <- err
				return
			}
		}
	}()
	for i := range 5 {
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := log.Backup(ctx, path); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy has mode %v, %v", info.Mode(), err)
		}
		copied := file(path).Open(t, time.Now)
		r, err := merkle.Verify(ctx, copied, nil, nil)
		if err != nil || !r.OK() || r.Size < 3000 {
			t.Errorf("copy %d: %+v, %v", i, r, err)
		}
		storetest.Append(t, copied, "s", events.Any, storetest.Events(1)...)
		if err := copied.Close(); err != nil {
			t.Error(err)
		}
		if err := log.Backup(ctx, path); err == nil || !strings.Contains(err.Error(), "exists already") {
			t.Errorf("over a file: %v", err)
		}
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".headway*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := log.Backup(canceled, filepath.Join(t.TempDir(), "copy.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

func TestAttacks(t *testing.T) {
	storetest.RunAttacks(t, func(t *testing.T) (storetest.Place, storetest.Vandal) {
		f := newFile(t)
		return f, vandal(f)
	})
}

// TestImmutable tries what somebody with a SQLite shell might do by accident.
func TestImmutable(t *testing.T) {
	f := newFile(t)
	log := f.Open(t, time.Now)
	storetest.Append(t, log, "s", 0, storetest.Events(3)...)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	conn, err := zsqlite.OpenConn(string(f), zsqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}()
	columns := "id, stream, version, type, schema_version, effective_on, recorded_at, actor, round, correlation_id, source, simulated, data"
	for _, sql := range []string{
		"UPDATE event SET actor = 'x' WHERE position = 2",
		"DELETE FROM event WHERE position = 3",
		"DELETE FROM event",
		"UPDATE tree SET size = 2",
		"DELETE FROM tree",
		"REPLACE INTO tree (id, size, root, frontier) VALUES (1, 0, zeroblob(32), x'')",
		"INSERT OR REPLACE INTO event SELECT * FROM event WHERE position = 2",
		"INSERT OR REPLACE INTO event (position, " + columns + ") SELECT 4, " + columns + " FROM event WHERE position = 2",
		"REPLACE INTO event (position, " + columns + ") SELECT 4, randomblob(16), stream, version, type, schema_version, effective_on, recorded_at, actor, round, correlation_id, source, simulated, data FROM event WHERE position = 2",
		"INSERT INTO event (position, " + columns + ") SELECT 5, randomblob(16), 't', 1, type, schema_version, effective_on, recorded_at, actor, round, correlation_id, source, simulated, data FROM event WHERE position = 1",
	} {
		err := sqlitex.ExecuteTransient(conn, sql, nil)
		if err == nil || !strings.Contains(err.Error(), "immutable") && !strings.Contains(err.Error(), "only_headway_may_append") && !strings.Contains(err.Error(), "tree") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	again := f.Open(t, time.Now)
	defer func() {
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}()
	storetest.Append(t, again, "s", 3, storetest.Events(1)...)
	if list := storetest.ReadAll(t, again, events.Filter{}); len(list) != 4 {
		t.Errorf("%d events", len(list))
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		filepath.Join(dir, "none", "log.db"): "the directory",
		garbage:                              "not a SQLite database",
		"":                                   "name its file",
		":memory:":                           "in memory",
	} {
		_, err := sqlite.Open(context.Background(), path, sqlite.Options{})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAnswersAreForTheOwnerOfTheFile(t *testing.T) {
	f := newFile(t)
	log := f.Open(t, time.Now)
	storetest.Append(t, log, "s", 0, storetest.Events(1)...)
	files, err := filepath.Glob(string(f) + "*")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

func TestPendingMigrationIsRefusedOnRequest(t *testing.T) {
	f := newFile(t)
	if _, err := sqlite.Open(context.Background(), string(f), sqlite.Options{NoMigrate: true}); !errors.Is(err, events.ErrMigrationPending) {
		t.Errorf("an empty file: %v", err)
	}
	if err := f.Open(t, time.Now).Close(); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(context.Background(), string(f), sqlite.Options{NoMigrate: true})
	if err != nil {
		t.Fatalf("a migrated file: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
