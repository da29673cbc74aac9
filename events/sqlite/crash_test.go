package sqlite_test

import "testing"

func TestKilledWriters(t *testing.T) { kind.KillWriters(t, string(newFile(t))) }
