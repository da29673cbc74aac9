package postgres

import (
	"context"
	"testing"
	"time"

	"headway/events/postgres/pgtest"
)

// TestProcesses lets several processes write and read while their connections are
// cut and two of them are killed.
func TestProcesses(t *testing.T) {
	url := pgtest.Database(t)
	kind.RunProcesses(t, url, func(over <-chan struct{}) { cutConnections(t, url, over) })
}

// cutConnections cuts connections of the program at random.
func cutConnections(t *testing.T, url string, over <-chan struct{}) {
	conn := connect(t, url)
	cut := 0
	for {
		select {
		case <-over:
			t.Logf("%d connections were cut", cut)
			return
		case <-time.After(25 * time.Millisecond):
		}
		var n int
		err := conn.QueryRow(context.Background(), `SELECT count(pg_terminate_backend(pid)) FROM (
		  SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'headway'
		  ORDER BY random() LIMIT 1) AS one`).Scan(&n)
		if err != nil {
			t.Error(err)
			return
		}
		cut += n
	}
}
