package sqlite_test

import (
	"context"
	"testing"

	"headway/events"
	"headway/events/sqlite"
	"headway/events/storetest"
)

// TestMain is also the entry of the processes that tests start: this binary
// again, told by the environment what to do.
func TestMain(m *testing.M) {
	kind.Work()
	m.Run()
}

// kind is the log in a file, for tests with several processes.
var kind = storetest.Kind{Open: func(ctx context.Context, path string) (events.Log, error) {
	s, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	return s, nil
}}

func TestProcesses(t *testing.T) { kind.RunProcesses(t, string(newFile(t)), nil) }
