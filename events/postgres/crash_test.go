package postgres

import (
	"testing"

	"headway/events/postgres/pgtest"
)

func TestKilledWriters(t *testing.T) {
	kind.KillWriters(t, pgtest.Database(t))
}

func TestKilledServer(t *testing.T) {
	server := pgtest.NewServer(t, pgtest.Options{Fsync: true})
	kind.KillServer(t, server.Database(t), server)
}
