package measure_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/measure"
	"headway/events/postgres"
	"headway/events/postgres/pgtest"
	"headway/events/sqlite"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// places are the databases: each makes a subject, and lists what is left of it.
var places = map[string]func(t *testing.T) (open func() (measure.Subject, error), left func() []string){
	"sqlite": func(t *testing.T) (func() (measure.Subject, error), func() []string) {
		dir := t.TempDir()
		open := func() (measure.Subject, error) {
			return sqlite.NewScratch(context.Background(), dir, sqlite.Options{})
		}
		return open, func() (names []string) {
			list, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				names = append(names, e.Name())
			}
			return names
		}
	},
	"postgres": func(t *testing.T) (func() (measure.Subject, error), func() []string) {
		home := pgtest.Database(t)
		installMessageDB(t, home)
		var made []string
		open := func() (measure.Subject, error) {
			s, err := postgres.NewScratch(context.Background(), home, rand.Reader, postgres.Options{})
			if err != nil {
				return nil, err
			}
			made = append(made, s.Name())
			return s, nil
		}
		return open, func() []string {
			return append(column(t, home, "SELECT datname FROM pg_database WHERE datname = ANY($1)", made),
				column(t, home, "SELECT DISTINCT stream_name FROM message_store.messages WHERE stream_name <> 'account-1'")...)
		}
	},
}

// installMessageDB makes what of message-db is measured, with a message in it.
func installMessageDB(t *testing.T, url string) {
	t.Helper()
	column(t, url, "CREATE SCHEMA message_store")
	column(t, url, `CREATE TABLE message_store.messages (global_position bigserial PRIMARY KEY, position bigint NOT NULL,
  stream_name text NOT NULL, type text NOT NULL, data jsonb, metadata jsonb, id uuid NOT NULL UNIQUE)`)
	column(t, url, `CREATE FUNCTION message_store.write_message(id varchar, stream_name varchar, type varchar, data jsonb,
  metadata jsonb DEFAULT NULL, expected_version bigint DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO message_store.messages (id, stream_name, position, type, data, metadata) VALUES ($1::uuid, $2, 0, $3, $4, $5) RETURNING position $$`)
	column(t, url, "INSERT INTO message_store.messages (position, stream_name, type, id) VALUES (0, 'account-1', 'Opened', gen_random_uuid())")
}

// column executes a statement and returns the texts it gives.
func column(t *testing.T, url, sql string, args ...any) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is under way
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(sql, err)
	}
	return list
}

func options() measure.Options {
	pass := func(ctx context.Context, log events.Log) error {
		for _, err := range log.Read(ctx, 0, events.Filter{}) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	return measure.Options{Events: measure.MinEvents, Turns: 2, Sample: 50 * time.Millisecond, Now: time.Now, Random: rand.Reader,
		Verify: pass, Fold: func(ctx context.Context, log events.Log) (func() error, error) {
			return func() error { return nil }, pass(ctx, log)
		}}
}

// TestRows: everything is measured, and nothing stays behind.
func TestRows(t *testing.T) {
	common := []string{"single-1", "single-8", "single-64", "single-512", "bare-insert-single", "batch", "batch-bare-insert",
		"import", "import-bare-insert", "read", "bare-select", "verify", "rebuild", "compare"}
	more := map[string][]string{"postgres": {"batch-bare-copy", "import-bare-copy", "message-db-1", "message-db-8"}}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			open, left := place(t)
			s, err := open()
			if err != nil {
				t.Fatal(err)
			}
			o := options()
			var done, total int
			o.Progress = func(d, all int) { done, total = d, all }
			rows, err := measure.Run(context.Background(), s, o)
			if err := errors.Join(err, s.Close()); err != nil {
				t.Fatal(err)
			}
			if list := left(); len(list) > 0 {
				t.Errorf("left behind: %v", list)
			}
			if done != total || total == 0 {
				t.Errorf("progress ends at %d of %d", done, total)
			}
			checkRows(t, rows, append(slices.Clone(common), more[name]...))
		})
	}
}

func checkRows(t *testing.T, rows []measure.Row, want []string) {
	t.Helper()
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	for _, r := range rows {
		if r.Rate == nil || !(*r.Rate > 0) || math.IsInf(*r.Rate, 0) || r.What == "" || r.Unit == "" || r.Ratios == nil {
			t.Errorf("row %+v", r)
		}
		for _, x := range r.Ratios {
			if !slices.Contains(names, x.To) || !(x.Low > 0 && x.Low <= x.Ratio && x.Ratio <= x.High) {
				t.Errorf("ratio of %s: %+v", r.Name, x)
			}
			if (x.Aim == nil) != (x.Met == nil) || x.Aim != nil && *x.Met != (x.Ratio >= *x.Aim) {
				t.Errorf("aim of %s: %+v", r.Name, x)
			}
		}
	}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("rows are\n%v, want\n%v", names, want)
	}
}

// TestCanceled ends a run at every few samples.
func TestCanceled(t *testing.T) {
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			open, left := place(t)
			for at := 0; at < 60; at += 7 {
				s, err := open()
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(context.Background())
				o := options()
				o.Turns = 1
				last := false
				o.Progress = func(done, total int) {
					last = done == total
					if done == at {
						time.AfterFunc(5*time.Millisecond, cancel) // in the midst of the next
					}
				}
				if at == 0 {
					cancel()
				}
				_, err = measure.Run(ctx, s, o)
				cancel()
				if !last && !errors.Is(err, context.Canceled) {
					t.Errorf("canceled at sample %d: %v", at, err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if list := left(); len(list) > 0 {
					t.Fatalf("canceled at sample %d, left behind: %v", at, list)
				}
				if last {
					return
				}
			}
		})
	}
}

func TestTooSmall(t *testing.T) {
	o := options()
	o.Events = measure.MinEvents - 1
	if _, err := measure.Run(context.Background(), nil, o); err == nil || !strings.Contains(err.Error(), "too small") {
		t.Error(err)
	}
}

// TestRowJSON holds the promise of --json.
func TestRowJSON(t *testing.T) {
	rate, aim, met := 2.0, 0.5, true
	for _, c := range []struct {
		row  measure.Row
		want string
	}{
		{measure.Row{Name: "verify", What: "verifying it", Rate: &rate, Unit: "events/s",
			Ratios: []measure.Ratio{{To: "read", Ratio: 1, Low: .5, High: 2, Aim: &aim, Met: &met}, {To: "x", Ratio: 1, Low: 1, High: 1}}},
			`{"name":"verify","what":"verifying it","rate":2,"unit":"events/s","ratios":[` +
				`{"to":"read","ratio":1,"low":0.5,"high":2,"aim":0.5,"met":true},{"to":"x","ratio":1,"low":1,"high":1,"aim":null,"met":null}]}`},
		{measure.Row{Name: "rival", Ratios: []measure.Ratio{}}, `{"name":"rival","what":"","rate":null,"unit":"","ratios":[]}`},
	} {
		got, err := json.Marshal(c.row)
		if err != nil || string(got) != c.want {
			t.Errorf("%s\nwant %s %v", got, c.want, err)
		}
	}
}
