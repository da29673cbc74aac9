package postgres

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

// TestFullTablespace fills the disk of the tables, where the write-ahead log has
// another.
func TestFullTablespace(t *testing.T) {
	disk := storetest.NewDisk(t, 36<<20, false)
	if disk == nil {
		return
	}
	server := pgtest.NewServer(t, pgtest.Options{Fsync: true})
	url := server.Database(t)
	full := storetest.Full{Says: func(err error) bool {
		return code(err) == "53100" && strings.Contains(err.Error(), "its disk is full; nothing was recorded, make room and try again")
	}}
	if disk.Limited {
		full.Revive = refuseAfter(t, url, 100)
	} else {
		moveTables(t, server, url, filepath.Join(disk.Dir, "tables"))
	}
	kind.FillDisk(t, url, disk, full)
}

// moveTables gives a database a directory of its own.
func moveTables(t *testing.T, server *pgtest.Server, url, dir string) {
	t.Helper()
	conn := connect(t, server.URL("postgres"))
	var data string
	if err := conn.QueryRow(context.Background(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	database, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, conn, "CREATE TABLESPACE small LOCATION '"+dir+"'")
	execute(t, conn, "ALTER DATABASE "+pgx.Identifier{database.Database}.Sanitize()+" SET TABLESPACE small")
}

// refuseAfter lets the server answer as on a full disk, once the log has so many
// events; where no disk can be had, that is what can be tested. What it returns
// ends that.
func refuseAfter(t *testing.T, url string, head int) func() {
	t.Helper()
	openStore(t, url) // makes the table
	conn := connect(t, url)
	execute(t, conn, `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
	  'BEGIN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100''; END'`)
	execute(t, conn, "CREATE TRIGGER full_disk BEFORE INSERT ON headway.event FOR EACH ROW WHEN (NEW.position > "+strconv.Itoa(head)+") EXECUTE FUNCTION full_disk()")
	return func() { execute(t, conn, "DROP TRIGGER full_disk ON headway.event") }
}

// TestFullDisk fills the disk that a server keeps everything on: it dies of that,
// and lives again when it has room.
func TestFullDisk(t *testing.T) {
	disk := storetest.NewDisk(t, 120<<20, false)
	if disk == nil {
		return
	}
	if disk.Limited {
		t.Log("TestFullTablespace tests what can be tested without a disk")
		return
	}
	t.Setenv("TMPDIR", disk.Dir)
	server := pgtest.NewServer(t, pgtest.Options{Fsync: true})
	hasty := kind
	hasty.Open = func(ctx context.Context, url string) (events.Log, error) {
		s, err := Open(ctx, url, Options{})
		if err != nil {
			return nil, err
		}
		s.settleFor = 2 * time.Second
		return s, nil
	}
	said := false
	hasty.FillDisk(t, server.Database(t), disk, storetest.Full{
		Says: func(err error) bool {
			said = said || code(err) == "53100" && strings.Contains(err.Error(), "its disk is full")
			return code(err) == "53100" || strings.Contains(err.Error(), "it cannot be reached or went away; try again when it is back")
		},
		Dies: true,
		Revive: func() {
			server.Kill(t) // if it has not ended by itself
			server.Start(t)
		},
	})
	if !said {
		t.Error("no failure has said that the disk is full")
	}
}
