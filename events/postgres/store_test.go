package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

// connect opens a connection beside the store.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Logf("close: %v", err)
		}
	})
	return conn
}

func execute(t testing.TB, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestEventsAreImmutableByTheDatabase(t *testing.T) {
	url := pgtest.Database(t)
	log := openStore(t, url)
	storetest.Append(t, log, "s", 0, storetest.Events(3)...)
	before := storetest.ReadAll(t, log, events.Filter{})
	conn := connect(t, url)
	for _, replica := range []string{"origin", "replica"} {
		execute(t, conn, "SELECT set_config('session_replication_role', $1, false)", replica)
		for _, sql := range []string{
			"UPDATE headway.event SET actor = 'someone else'",
			"UPDATE headway.event SET data = '{}' WHERE position = 2",
			"DELETE FROM headway.event",
			"DELETE FROM headway.event WHERE position = 3",
			"TRUNCATE headway.event",
			"TRUNCATE headway.event CASCADE",
			"INSERT INTO headway.event SELECT * FROM headway.event ON CONFLICT (position) DO UPDATE SET actor = 'someone else'",
		} {
			if _, err := conn.Exec(context.Background(), sql); code(err) != "23000" || !strings.Contains(err.Error(), "immutable") {
				t.Errorf("%s (as %s): %v", sql, replica, err)
			}
		}
	}
	after := storetest.ReadAll(t, log, events.Filter{})
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("the log has changed")
	}
}

// A snapshot that is taken before the lock does not show what its last holder
// wrote: whatever isolation the database is set to must not matter.
func TestDefaultIsolationDoesNotMatter(t *testing.T) {
	url := pgtest.Database(t)
	conn := connect(t, url)
	for _, sql := range []string{"default_transaction_isolation = 'serializable'", "default_transaction_read_only = off", "synchronous_commit = off"} {
		execute(t, conn, fmt.Sprintf("ALTER DATABASE %s SET %s", pgx.Identifier{conn.Config().Database}.Sanitize(), sql))
	}
	logs := []*Store{openStore(t, url), openStore(t, url), openStore(t, url)}
	var wg sync.WaitGroup
	const each = 100
	for _, log := range logs {
		wg.Go(func() {
			for range each {
				if _, err := log.Append(context.Background(), events.Batch{Stream: "s", Expect: events.Any, Events: storetest.Events(1)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	list := storetest.ReadAll(t, logs[0], events.Filter{})
	storetest.CheckOrder(t, list)
	if len(list) != each*len(logs) {
		t.Errorf("%d events", len(list))
	}
	var durable string
	if err := logs[0].writer.QueryRow(context.Background(), "SHOW synchronous_commit").Scan(&durable); err != nil || durable != "on" {
		t.Errorf("synchronous_commit is %s, %v", durable, err)
	}
}

// Some content only the server can judge; it must not harm those who append at
// the same time.
func TestWhatOnlyTheServerRefusesIsRefusedAlone(t *testing.T) {
	log := openStore(t, pgtest.Database(t))
	deep := strings.Repeat("[", 9999) + strings.Repeat("]", 9999)
	var noise strings.Builder // a text that cannot be compressed to fit an index
	for i := 0; noise.Len() < events.MaxText-20; i++ {
		fmt.Fprintf(&noise, "%x", events.DeriveID(time.Unix(0, 0), fmt.Sprint(i)))
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := log.Append(context.Background(), events.Batch{Stream: fmt.Sprint("good-", i), Events: storetest.Events(2)}); err != nil {
				t.Errorf("a good append: %v", err)
			}
		})
		wg.Go(func() {
			_, err := log.Append(context.Background(), events.Batch{Stream: noise.String() + fmt.Sprint(i), Events: storetest.Events(1)})
			if !errors.Is(err, events.ErrInvalid) {
				t.Errorf("a stream of 4 KB: %v", err)
			}
		})
		wg.Go(func() {
			_, err := log.Append(context.Background(), events.Batch{Stream: fmt.Sprint("deep-", i), Events: []events.Event{storetest.Event(deep)}})
			if err != nil && !errors.Is(err, events.ErrInvalid) {
				t.Errorf("deep JSON: %v", err)
			}
		})
	}
	wg.Wait()
	good := 0
	list := storetest.ReadAll(t, log, events.Filter{})
	storetest.CheckOrder(t, list)
	for _, e := range list {
		if strings.HasPrefix(e.Stream, "good-") {
			good++
		}
	}
	if good != 80 {
		t.Errorf("%d good events, want 80", good)
	}
}

func TestManyEventsInOneAppend(t *testing.T) {
	log := openStore(t, pgtest.Database(t))
	for _, n := range []int{1, copyFrom - 1, copyFrom, copyFrom + 1, 3 * lastChunk} {
		storetest.Append(t, log, fmt.Sprint("s-", n), 0, storetest.Events(n)...)
	}
	list := storetest.ReadAll(t, log, events.Filter{})
	storetest.CheckOrder(t, list)
	stream := storetest.ReadAll(t, log, events.Filter{Stream: fmt.Sprint("s-", 3*lastChunk)})
	if len(stream) != 3*lastChunk || stream[0].Version != 1 || stream[len(stream)-1].Version != int64(len(stream)) {
		t.Errorf("%d events in the stream", len(stream))
	}
	if limited := storetest.ReadAll(t, log, events.Filter{Limit: lastChunk + 1}); len(limited) != lastChunk+1 {
		t.Errorf("%d events with a limit", len(limited))
	}
}
