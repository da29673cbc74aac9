package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

func openScratch(t *testing.T) (*Scratch, string) {
	t.Helper()
	home := pgtest.Database(t)
	s, err := NewScratch(context.Background(), home, rand.Reader, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, home
}

// text executes a statement and returns the one text it gives.
func text(t *testing.T, conn *pgx.Conn, sql string, args ...any) (out string) {
	t.Helper()
	if err := conn.QueryRow(context.Background(), sql, args...).Scan(&out); err != nil {
		t.Fatal(sql, err)
	}
	return out
}

// TestBareTablesAreLikeTheLog: the bare ways keep the same indexes and checks, and
// take the same rows.
func TestBareTablesAreLikeTheLog(t *testing.T) {
	ctx := context.Background()
	s, home := openScratch(t)
	const shape = `SELECT (SELECT string_agg(attname || atttypid || attnotnull || attcollation, ',' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0)
  || (SELECT string_agg(indisunique || indkey::text || indclass::text, ',' ORDER BY indkey::text) FROM pg_index WHERE indrelid = $1::regclass)
  || (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = $1::regclass)`
	for _, table := range []string{bareInserted, bareCopied} {
		if log, bare := text(t, s.conn, shape, "headway.event"), text(t, s.conn, shape, table); log != bare {
			t.Errorf("%s is\n%s\nand the log\n%s", table, bare, log)
		}
	}
	const n = rowsEach + 7
	storetest.Append(t, s.Log(), "s", 0, storetest.Events(n+1)...)
	if err := s.Take(ctx, 0, n); err != nil {
		t.Fatal(err)
	}
	for _, b := range s.Bulks() {
		if err := b.Run(ctx); err != nil {
			t.Fatal(b.Name, err)
		}
	}
	if err := s.Take(ctx, n, n+1); err != nil {
		t.Fatal(err)
	}
	if err := s.InsertOne(ctx, 0); err != nil {
		t.Fatal(err)
	}
	const same = `SELECT count(*)::text FROM (SELECT e::text FROM headway.event AS e INTERSECT ALL SELECT b::text FROM %s AS b) AS x`
	if got := text(t, s.conn, fmt.Sprintf(same, bareInserted)); got != fmt.Sprint(n+1) {
		t.Errorf("%s rows are the same", got)
	}
	if got := text(t, s.conn, fmt.Sprintf(same, bareCopied)); got != fmt.Sprint(n) {
		t.Errorf("%s rows are the same", got)
	}
	if rows, err := s.Select(ctx); err != nil || rows != n+1 {
		t.Error(rows, err)
	}
	if err := s.Take(ctx, n+1, n+2); err == nil {
		t.Error("a row was taken that is not there")
	}
	if got := text(t, connect(t, home), "SELECT (to_regnamespace('headway') IS NULL)::text"); got != "true" {
		t.Error("the database of --db was written to")
	}
}

// TestRivalIsMissing: where message-db is not, or may not be written to, a sentence
// says so.
func TestRivalIsMissing(t *testing.T) {
	s, _ := openScratch(t)
	r, why, err := s.Rival(context.Background())
	if r != nil || err != nil || !strings.Contains(why, "it is not installed") {
		t.Error(r, why, err)
	}
}

// TestScratchOfARoleWithoutRights: neither a database nor message-db's table.
func TestScratchOfARoleWithoutRights(t *testing.T) {
	ctx := context.Background()
	home := pgtest.Database(t)
	conn := connect(t, home)
	role := fmt.Sprintf("headway_bench_guest_%d", os.Getpid())
	execute(t, conn, "CREATE ROLE "+role+" LOGIN PASSWORD 'secret-word'")
	t.Cleanup(func() { execute(t, conn, "DROP ROLE "+role) })
	u, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, "secret-word")
	_, err = NewScratch(ctx, u.String(), rand.Reader, Options{})
	if err == nil || !strings.Contains(err.Error(), "grant it CREATEDB") || strings.Contains(err.Error(), "secret-word") {
		t.Error(err)
	}
	execute(t, conn, "CREATE SCHEMA message_store")
	execute(t, conn, "CREATE TABLE message_store.messages (stream_name text)")
	execute(t, conn, "CREATE FUNCTION message_store.write_message() RETURNS bigint LANGUAGE sql AS 'SELECT 1'")
	_, why, err := (&Scratch{name: "headway_bench_0", home: u.String()}).Rival(ctx)
	if err != nil || !strings.Contains(why, "may not write to and delete from") {
		t.Error(why, err)
	}
}

func TestScratchOfAServerThatIsNotThere(t *testing.T) {
	for link, want := range map[string]string{
		"postgres://127.0.0.1:1/none": "cannot be reached",
		"postgres://%zz":              "must be like postgres://",
	} {
		if _, err := NewScratch(context.Background(), link, rand.Reader, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", link, err)
		}
	}
}
