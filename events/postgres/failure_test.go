package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

func TestServerThatGoesAwayAndReturns(t *testing.T) {
	server := pgtest.NewServer(t, pgtest.Options{})
	address := server.Database(t)
	log := openStore(t, address)
	ctx := context.Background()
	storetest.Append(t, log, "s", 0, storetest.Events(3)...)
	waited := make(chan error, 1)
	go func() { waited <- log.Wait(ctx, 3) }()
	server.Stop(t)
	check := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), log.server) || !strings.Contains(err.Error(), "try again") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := log.Append(ctx, events.Batch{Stream: "s", Expect: 3, Events: storetest.Events(1)})
	check("append", err)
	_, err = log.Head(ctx)
	check("head", err)
	failures := 0
	for _, err = range log.Read(ctx, 0, events.Filter{}) {
		check("read", err)
		failures++
	}
	_, err = log.Tokens(ctx)
	check("tokens", err)
	if failures != 1 {
		t.Errorf("%d errors of one read", failures)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := log.Wait(short, 3); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("wait: %v", err)
	}
	server.Start(t)
	other := openStore(t, address) // so that only the listener can wake
	storetest.Append(t, other, "s", 3, storetest.Events(1)...)
	select {
	case err := <-waited:
		if err != nil {
			t.Errorf("wait: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the waiting has not ended after the server's return")
	}
	storetest.Append(t, log, "s", 4, storetest.Events(1)...)
	if list := storetest.ReadAll(t, log, events.Filter{}); len(list) != 5 {
		t.Errorf("%d events", len(list))
	}
}

// proxy stands between a store and its server, to cut the line.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex
	lines    []net.Conn
}

// newProxy returns a proxy and the URL of the database through it.
func newProxy(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	network, target := pgconn.NetworkAddress(config.Host, config.Port)
	dir, err := os.MkdirTemp("", "hw")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	if p.listener, err = net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.listener.Close(); p.cut(); _ = os.RemoveAll(dir) })
	go func() {
		for {
			client, err := p.listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, target)
			if err != nil {
				_ = client.Close()
				continue
			}
			p.mu.Lock()
			p.lines = append(p.lines, client)
			p.mu.Unlock()
			go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
			go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
		}
	}()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("host", dir)
	q.Set("port", "5432")
	q.Set("sslmode", "disable")
	u.RawQuery, u.Host = q.Encode(), ""
	return p, u.String()
}

// cut cuts all lines; new ones can be made.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.lines {
		_ = c.Close()
	}
	p.lines = nil
}

// TestCommitInDoubt loses the answer to a commit: once with a commit that
// succeeds on the server, once with one that does not, and once with a server
// that stays away. The commit is made slow by a trigger that runs in it.
func TestCommitInDoubt(t *testing.T) {
	for _, c := range []struct {
		name     string
		rollback bool // the server loses the transaction
		away     bool // the server cannot be reached again in time
	}{
		{name: "committed"}, {name: "not committed", rollback: true}, {name: "not to be found out", away: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := pgtest.Database(t)
			straight := openStore(t, address)
			conn := connect(t, address)
			execute(t, conn, `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.7); RETURN NULL; END'`)
			line, through := newProxy(t, address)
			log := openStore(t, through)
			log.settleFor = 5 * time.Second
			if c.away {
				log.settleFor = 200 * time.Millisecond
			}
			storetest.Append(t, log, "s", 0, storetest.Events(1)...)
			execute(t, conn, `CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON headway.event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`)
			batch := events.Batch{Stream: "s", Expect: 1, Events: storetest.Events(1)}
			type result struct {
				at  events.Position
				err error
			}
			done := make(chan result, 1)
			go func() {
				at, err := log.Append(context.Background(), batch)
				done <- result{at, err}
			}()
			time.Sleep(350 * time.Millisecond) // it sleeps in the commit
			if c.away {
				_ = line.listener.Close()
			}
			if c.rollback {
				execute(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
			} else {
				line.cut()
			}
			got := <-done
			switch {
			case c.away && !errors.Is(got.err, ErrOutcomeUnknown):
				t.Errorf("%d, %v; want that the outcome is unknown", got.at, got.err)
			case !c.away && (got.err != nil || got.at != 2):
				t.Errorf("%d, %v; want position 2", got.at, got.err)
			}
			// Appending the same again is right whatever became of it.
			if at, err := straight.Append(context.Background(), batch); err != nil || at != 2 {
				t.Errorf("again: %d, %v", at, err)
			}
			if list := storetest.ReadAll(t, straight, events.Filter{}); len(list) != 2 || list[1].ID != batch.Events[0].ID {
				t.Errorf("%d events", len(list))
			}
		})
	}
}

// A program that stops in the middle of an append must not stop all others.
func TestWriterThatFreezesLosesTheLock(t *testing.T) {
	address := pgtest.Database(t)
	straight := openStore(t, address)
	conn := connect(t, address)
	execute(t, conn, "SET idle_in_transaction_session_timeout = '300ms'")
	execute(t, conn, beginSQL)
	execute(t, conn, lockSQL, appendLock)
	begun := time.Now()
	storetest.Append(t, straight, "s", 0, storetest.Events(1)...)
	if d := time.Since(begun); d < 200*time.Millisecond || d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
	var timeout string
	if err := straight.writer.QueryRow(context.Background(), "SHOW idle_in_transaction_session_timeout").Scan(&timeout); err != nil || timeout != "10s" {
		t.Errorf("timeout %s, %v", timeout, err)
	}
}
