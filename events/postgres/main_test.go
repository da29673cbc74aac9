package postgres

import (
	"context"
	"os"
	"testing"
	"time"

	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

// TestMain is also the entry of the processes that tests start: this binary
// again, told by the environment what to do.
func TestMain(m *testing.M) {
	if role := os.Getenv(envRole); role != "" {
		os.Exit(work(role))
	}
	pgtest.Main(m)
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
	storetest.Run(t, func(t *testing.T) storetest.Place { return place(pgtest.Database(t)) })
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
