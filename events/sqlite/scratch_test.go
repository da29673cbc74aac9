package sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	zsqlite "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events/storetest"
)

// TestBareTableIsLikeTheLog: the bare ways keep the same indexes and checks, and
// take the same rows.
func TestBareTableIsLikeTheLog(t *testing.T) {
	ctx := context.Background()
	s, err := NewScratch(ctx, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	shape := func(conn *zsqlite.Conn) string {
		var out []string
		for _, sql := range []string{"SELECT group_concat(name || type || \"notnull\" || pk) FROM pragma_table_info('event')",
			"SELECT group_concat(l.name || l.\"unique\" || x.seqno || x.name) FROM pragma_index_list('event') AS l, pragma_index_info(l.name) AS x",
			"SELECT sql FROM sqlite_schema WHERE name = 'event'"} {
			text, err := sqlitex.ResultText(conn.Prep(sql))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		return strings.Join(out, "\n")
	}
	if log, bare := shape(s.from), shape(s.bare); log != bare {
		t.Errorf("the bare table is\n%s\nand the log\n%s", bare, log)
	}
	storetest.Append(t, s.Log(), "s", 0, storetest.Events(5)...)
	if err := s.Take(ctx, 0, 4); err != nil {
		t.Fatal(err)
	}
	if err := s.Bulks()[0].Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Take(ctx, 4, 5); err != nil {
		t.Fatal(err)
	}
	if err := s.InsertOne(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteTransient(s.from, "ATTACH ? AS other", &sqlitex.ExecOptions{Args: []any{filepath.Join(s.dir, "bare.db")}}); err != nil {
		t.Fatal(err)
	}
	n, err := sqlitex.ResultInt(s.from.Prep("SELECT count(*) FROM (SELECT * FROM main.event INTERSECT SELECT * FROM other.event)"))
	if err != nil || n != 5 {
		t.Errorf("%d rows are the same, %v", n, err)
	}
	if err := s.Take(ctx, 5, 6); err == nil {
		t.Error("a row was taken that is not there")
	}
}

func TestScratchNeedsItsDirectory(t *testing.T) {
	_, err := NewScratch(context.Background(), filepath.Join(t.TempDir(), "none"), Options{})
	if err == nil || !strings.Contains(err.Error(), "give --db a file in a directory that can be written") {
		t.Error(err)
	}
}
