package sqlite

import (
	"context"
	"io/fs"
	"path/filepath"
	"testing"

	zsqlite "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitemigration"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/merkle"
	"headway/events/storetest"
	"headway/migrations"
)

// TestLogFromBeforeTheTree brings a file of version 1 up to date.
func TestLogFromBeforeTheTree(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "log.db")
	conn, err := connect(path)
	if err != nil {
		t.Fatal(err)
	}
	first, err := fs.ReadFile(migrations.SQLite, "sqlite/0001_event_log.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitemigration.Migrate(ctx, conn, sqlitemigration.Schema{AppID: applicationID, Migrations: []string{string(first)}}); err != nil {
		t.Fatal(err)
	}
	newer := openAt(t, filepath.Join(t.TempDir(), "newer.db"))
	storetest.Append(t, newer, "a", 0, storetest.Events(1000)...)
	storetest.Append(t, newer, "b", 0, storetest.Event(" {} "))
	if err := sqlitex.ExecuteTransient(conn, "ATTACH ? AS newer", &sqlitex.ExecOptions{Args: []any{newer.path}}); err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteTransient(conn, "INSERT INTO main.event SELECT "+columns+" FROM newer.event ORDER BY position", nil); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path)
	storetest.Append(t, s, "a", 1000, storetest.Events(1)...)
	if list := storetest.ReadAll(t, s, events.Filter{}); len(list) != 1002 {
		t.Errorf("%d events", len(list))
	}
	want, err := newer.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if root, err := merkle.RootAt(ctx, s, 1001); err != nil || root != want.Root() {
		t.Errorf("the tree has the root %s, want %s: %v", root, want.Root(), err)
	}
	if err := sqlitex.ExecuteTransient(s.writer, "UPDATE event SET actor = 'x'", nil); zsqlite.ErrCode(err).ToPrimary() != zsqlite.ResultConstraint {
		t.Errorf("the trigger is not back: %v", err)
	}
}
