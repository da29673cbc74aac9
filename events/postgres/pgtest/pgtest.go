package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names the variable with the URL of a server to use instead of starting
// one. Its role must be allowed to create databases.
const Env = "HEADWAY_TEST_POSTGRES"

// Install is the command that makes Postgres available to tests.
const Install = "apt-get update && apt-get install -y postgresql"

// errAbsent means that the machine has no Postgres.
var errAbsent = errors.New("no Postgres is installed; run: " + Install)

// shared is the server of the test binary.
var shared struct {
	once   sync.Once
	server *Server
	url    string
	err    error
	made   atomic.Int64
}

// Main runs the tests of a package, stops the server if one was started, and
// exits. A package calls it from TestMain. Where a package does not, the server
// ends with the test binary all the same, and leaves its directory to the next.
func Main(m *testing.M) {
	code := m.Run()
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// Stop ends the server of the test binary, for a TestMain that does more than
// Main. No test can use it afterwards.
func Stop() error {
	shared.once.Do(func() { shared.err = errors.New("pgtest: the server was stopped") })
	if shared.server == nil {
		return dropTemplates()
	}
	return shared.server.close()
}

// Database makes an empty database and returns its URL; the end of the test
// drops it. The server does not flush to disk, for speed; a test of durability
// wants NewServer. Without Postgres the test fails.
func Database(t testing.TB) string {
	t.Helper()
	return database(t, server(t), "template0")
}

// server is the URL of the server of the test binary, which is started when it is
// needed first.
func server(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() {
		if shared.url = os.Getenv(Env); shared.url != "" {
			return
		}
		if shared.server, shared.err = start(Options{}); shared.err == nil {
			shared.url = shared.server.URL("postgres")
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.url
}

// database makes a database, as a copy of another, on the server that a URL names.
func database(t testing.TB, server, template string) string {
	t.Helper()
	name := fmt.Sprintf("headway_test_%d_%d", os.Getpid(), shared.made.Add(1))
	quoted := pgx.Identifier{name}.Sanitize()
	if err := run(server, "CREATE DATABASE "+quoted+" TEMPLATE "+pgx.Identifier{template}.Sanitize()+" ENCODING 'UTF8'"); err != nil {
		t.Fatalf("pgtest: make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(server, "DROP DATABASE "+quoted+" WITH (FORCE)"); err != nil {
			t.Logf("pgtest: drop the database: %v", err)
		}
	})
	u, err := withDatabase(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// withDatabase is the URL of another database on the same server.
func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "", fmt.Errorf("pgtest: %s must be a URL, postgres://…", Env)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// run executes one statement on a connection of its own.
func run(server, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}
