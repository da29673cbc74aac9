package postgres

import (
	"context"
	"testing"

	"headway/events/postgres/pgtest"
)

// TestProcesses lets several processes write and read while their connections are
// cut and two of them are killed.
func TestProcesses(t *testing.T) {
	url := pgtest.Database(t)
	conn := connect(t, url)
	kind.RunProcesses(t, url, func() error { // cuts a connection of the program, chosen at random
		_, err := conn.Exec(context.Background(), `SELECT pg_terminate_backend(pid) FROM (
		  SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'headway'
		  ORDER BY random() LIMIT 1) AS one`)
		return err
	})
}
