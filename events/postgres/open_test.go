package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

func TestNoMigrateRefusesAndChangesNothing(t *testing.T) {
	url := pgtest.Database(t)
	if _, err := Open(context.Background(), url, Options{NoMigrate: true}); !errors.Is(err, events.ErrMigrationPending) {
		t.Fatalf("an empty database: %v", err)
	}
	var there bool
	conn := connect(t, url)
	if err := conn.QueryRow(context.Background(), "SELECT to_regnamespace('headway') IS NOT NULL").Scan(&there); err != nil || there {
		t.Errorf("the schema was made: %v, %v", there, err)
	}
	openStore(t, url)
	s, err := Open(context.Background(), url, Options{NoMigrate: true})
	if err != nil {
		t.Fatalf("a migrated database: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	execute(t, conn, "INSERT INTO headway.migration (version_id, is_applied) VALUES (999, true)")
	if _, err := Open(context.Background(), url, Options{}); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("a database of a newer version: %v", err)
	}
}

func TestManyOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	url := pgtest.Database(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := Open(context.Background(), url, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Append(context.Background(), events.Batch{Stream: "s", Expect: events.Any, Events: storetest.Events(1)}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	storetest.CheckOrder(t, storetest.ReadAll(t, openStore(t, url), events.Filter{}))
}

func TestARoleWithoutRightsIsToldSo(t *testing.T) {
	program, owner, _ := roles(t)
	conn := connect(t, owner)
	execute(t, conn, "REVOKE INSERT ON headway.event FROM "+pgx.Identifier{connect(t, program).Config().User}.Sanitize())
	_, err := openStore(t, program).Append(context.Background(), events.Batch{Stream: "s", Events: storetest.Events(1)})
	if err == nil || !strings.Contains(err.Error(), "lacks a right") || strings.Contains(err.Error(), "secret-word") {
		t.Errorf("without the right to insert: %v", err)
	}
}

func TestOpeningWhatIsNotThere(t *testing.T) {
	address := pgtest.Database(t)
	missing, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	missing.Path = "/not-there"
	for _, c := range []struct{ name, address, want string }{
		{"no server", "postgres://user:secret-word@127.0.0.1:1/headway", "Postgres at 127.0.0.1:1/headway: it cannot be reached or went away; try again"},
		{"no database", missing.String(), "createdb"},
		{"no address", "postgres://us er:secret-word@%zz", "must be like postgres://"},
		{"a mode of the driver that does not fit", address + "&default_query_exec_mode=simple_protocol", "simple_protocol"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			_, err := Open(ctx, c.address, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v; want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "secret-word") || strings.Contains(err.Error(), "\n") {
				t.Errorf("not one sentence, or with a password: %v", err)
			}
		})
	}
	conn := connect(t, address)
	name := conn.Config().Database + "_latin"
	quoted := pgx.Identifier{name}.Sanitize()
	execute(t, conn, fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", quoted))
	t.Cleanup(func() { execute(t, conn, "DROP DATABASE "+quoted+" WITH (FORCE)") })
	missing.Path = "/" + name
	if _, err := Open(context.Background(), missing.String(), Options{}); err == nil || !strings.Contains(err.Error(), "SQL_ASCII") {
		t.Errorf("a database that cannot hold every text: %v", err)
	}
}
