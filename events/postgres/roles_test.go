package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

// as is a database's URL for another role.
func as(t testing.TB, address, role string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, "secret-word")
	return u.String()
}

// roles makes a database with an empty log that one role owns and migrated, and
// returns the URLs of the program's role, of the owner and of the superuser.
func roles(t testing.TB) (program, owner, super string) {
	t.Helper()
	names := []string{fmt.Sprintf("headway_program_%d", os.Getpid()), fmt.Sprintf("headway_owner_%d", os.Getpid())}
	grant := func(url string) {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, conn, "GRANT CREATE ON DATABASE "+pgx.Identifier{conn.Config().Database}.Sanitize()+" TO "+names[1])
		if err := conn.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	super = pgtest.Copy(t, "roles", func(t testing.TB, url string) (undo []string) {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			execute(t, conn, "CREATE ROLE "+name+" LOGIN PASSWORD 'secret-word'")
			undo = append(undo, "DROP ROLE "+name)
		}
		if err := conn.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		grant(url)
		s, err := Open(context.Background(), as(t, url, names[1]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Grant(context.Background(), names[0]), s.Close()); err != nil {
			t.Fatal(err)
		}
		return undo
	})
	grant(super)
	return as(t, super, names[0]), as(t, super, names[1]), super
}

// TestTheProgramMayOnlyAppend tries everything else as the role of the program, and
// as the owner what only the triggers refuse.
func TestTheProgramMayOnlyAppend(t *testing.T) {
	program, owner, _ := roles(t)
	storetest.Append(t, openStore(t, program), "s", 0, storetest.Events(3)...)
	conn := connect(t, program)
	execute(t, conn, "GRANT UPDATE ON headway.event TO CURRENT_USER") // a warning only, and no right
	for _, sql := range []string{
		"UPDATE headway.event SET actor = 'x'",
		"UPDATE headway.event SET hashes = ''",
		"DELETE FROM headway.event",
		"TRUNCATE headway.event",
		"INSERT INTO headway.event SELECT * FROM headway.event ON CONFLICT (position) DO UPDATE SET actor = 'x'",
		"INSERT INTO headway.tree SELECT 2, size, root, frontier FROM headway.tree",
		"DELETE FROM headway.tree",
		"TRUNCATE headway.tree",
		"ALTER TABLE headway.event DISABLE TRIGGER ALL",
		"DROP TRIGGER event_no_update ON headway.event",
		"DROP TABLE headway.event",
		"ALTER TABLE headway.event OWNER TO CURRENT_USER",
		"CREATE TABLE headway.mine ()",
		"CREATE OR REPLACE FUNCTION headway.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
		"DELETE FROM headway.token",
		"DELETE FROM headway.migration",
		"SET session_replication_role = replica",
	} {
		if _, err := conn.Exec(context.Background(), sql); code(err) != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := conn.Exec(context.Background(), "UPDATE headway.tree SET size = 1"); code(err) != "23000" {
		t.Errorf("the tree shrinks: %v", err)
	}
	conn = connect(t, owner)
	for _, sql := range []string{"UPDATE headway.event SET actor = 'x'", "DELETE FROM headway.event", "TRUNCATE headway.event"} {
		if _, err := conn.Exec(context.Background(), sql); code(err) != "42501" && code(err) != "23000" {
			t.Errorf("%s, by the owner: %v", sql, err)
		}
	}
}

func TestGrantSaysWhatIsWrong(t *testing.T) {
	_, owner, _ := roles(t)
	log := openStore(t, owner)
	name := connect(t, owner).Config().User
	for role, says := range map[string]string{
		"nobody-knows": "there is no role",
		name:           "owns the schema",
		"postgres":     "superuser",
	} {
		if err := log.Grant(context.Background(), role); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// TestLogFromBeforeTheTree brings a database of version 2 up to date.
func TestLogFromBeforeTheTree(t *testing.T) {
	_, owner, super := roles(t)
	conn := connect(t, super)
	n := 3*plantPiece/2 + 1
	log := openStore(t, owner)
	storetest.Append(t, log, "s", 0, storetest.Events(n)...)
	want, err := log.Tree(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"DROP TABLE headway.tree, headway.actor", "ALTER TABLE headway.event DROP COLUMN hashes", "DROP FUNCTION headway.refuse_shrinking",
		fmt.Sprintf("DELETE FROM headway.migration WHERE version_id >= %d", treeVersion-1),
	} {
		execute(t, conn, sql)
	}
	if _, err := Open(context.Background(), owner, Options{NoMigrate: true}); err == nil {
		t.Fatal("the migration is not pending")
	}
	again := openStore(t, owner)
	got, err := again.Tree(context.Background())
	if err != nil || got.Root() != want.Root() {
		t.Errorf("the tree has the root %s, want %s: %v", got.Root(), want.Root(), err)
	}
	storetest.Append(t, again, "s", int64(n), storetest.Events(1)...)
	storetest.Verify(t, again)
	if _, err := conn.Exec(context.Background(), "UPDATE headway.event SET actor = 'x'"); code(err) != "23000" {
		t.Errorf("the trigger is not back: %v", err)
	}
	if list := storetest.ReadAll(t, again, events.Filter{}); len(list) != n+1 {
		t.Errorf("%d events", len(list))
	}
}
