package postgres

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/sqlite"
	"headway/events/storetest"
)

// TestMain is also the entry of the processes that tests start: this binary
// again, told by the environment what to do.
func TestMain(m *testing.M) {
	kind.Work()
	pgtest.Main(m)
}

// kind is the log in a database, for tests with several processes.
var kind = storetest.Kind{
	Open: func(ctx context.Context, url string) (events.Log, error) {
		s, err := Open(ctx, url, Options{})
		if err != nil {
			return nil, err
		}
		return s, nil
	},
	InDoubt: ErrOutcomeUnknown,
}

// place is a database.
type place string

func (p place) Open(t testing.TB, now func() time.Time) storetest.Store {
	t.Helper()
	s, err := Open(context.Background(), string(p), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Place {
		program, _, _ := roles(t)
		return place(program)
	})
}

// vandal is the owner of the database.
type vandal string

func (v vandal) Exec(t testing.TB, statements ...string) {
	t.Helper()
	conn := connect(t, string(v))
	execute(t, conn, "ALTER TABLE headway.event DISABLE TRIGGER ALL; ALTER TABLE headway.tree DISABLE TRIGGER ALL")
	names := strings.NewReplacer("{event}", "headway.event", "{tree}", "headway.tree", "{x:uuid}", "'01979b2c-0000-7000-8000-000000000000'")
	for _, sql := range statements {
		execute(t, conn, hexadecimal.ReplaceAllString(names.Replace(sql), `'\x$1'::bytea`))
	}
}

var hexadecimal = regexp.MustCompile(`\{x:([0-9a-f]*)\}`)

func TestAttacks(t *testing.T) {
	storetest.RunAttacks(t, func(t *testing.T) (storetest.Place, storetest.Vandal) {
		program, _, super := roles(t)
		return place(program), vandal(super)
	})
}

// sqliteFile is the other database.
type sqliteFile string

func (f sqliteFile) Open(t testing.TB, now func() time.Time) storetest.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), string(f), sqlite.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMovesBetweenTheDatabases(t *testing.T) {
	t.Run("from Postgres to SQLite", func(t *testing.T) {
		program, _, _ := roles(t)
		storetest.RunMove(t, place(program), sqliteFile(filepath.Join(t.TempDir(), "log.db")))
	})
	t.Run("from SQLite to Postgres", func(t *testing.T) {
		program, _, _ := roles(t)
		storetest.RunMove(t, sqliteFile(filepath.Join(t.TempDir(), "log.db")), place(program))
	})
}

// openStore opens a log and closes it with the test.
func openStore(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
