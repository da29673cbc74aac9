package http_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// keptLogs are the files of logs that tests have built, by name.
var keptLogs sync.Map

// keptLog is a log built once: the first test that needs it builds it, and every
// other one gets a copy of the file.
type keptLog struct {
	once sync.Once
	file []byte
}

// kept serves a copy of a log that is built once.
func kept(t testing.TB, name string, build func(testing.TB) *world) *world {
	t.Helper()
	entry, _ := keptLogs.LoadOrStore(name, &keptLog{})
	k := entry.(*keptLog)
	k.once.Do(func() { k.file = copyOf(t, build(t).path) })
	if k.file == nil {
		t.Fatalf("the log %s could not be built; see the first test that needed it", name)
	}
	path := filepath.Join(t.TempDir(), "log.db")
	if err := os.WriteFile(path, k.file, 0o600); err != nil {
		t.Fatal(err)
	}
	w := over(t, path)
	if err := w.runner.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

// copyOf is the content of a database at this moment, also while it is open.
func copyOf(t testing.TB, path string) []byte {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.ExecuteTransient(conn, "VACUUM INTO ?", &sqlitex.ExecOptions{Args: []any{to}})
	if errClose := conn.Close(); err == nil {
		err = errClose
	}
	var file []byte
	if err == nil {
		file, err = os.ReadFile(to)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}
