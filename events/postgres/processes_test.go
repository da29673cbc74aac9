package postgres

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"headway/events"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

// What tells this binary to be a process of a test.
const (
	envRole = "HEADWAY_TEST_ROLE"
	envURL  = "HEADWAY_TEST_URL"
	envSeed = "HEADWAY_TEST_SEED"
)

// lastStream ends the following of a log.
const lastStream = "the-end"

// work is the main function of a process of a test.
func work(role string) int {
	log, err := Open(context.Background(), os.Getenv(envURL), Options{})
	for tries := 0; err != nil && tries < 20; tries++ { // connections are cut at random
		log, err = Open(context.Background(), os.Getenv(envURL), Options{})
	}
	if err == nil {
		switch role {
		case "writer":
			writeRandomly(log, os.Getenv(envSeed))
		case "reader":
			for e := range followAll(log) {
				fmt.Printf("saw %d %s\n", e.Position, e.ID)
			}
		}
		err = log.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// start starts a process of a test.
func startProcess(t *testing.T, role, url string, seed int, out io.Writer) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envRole+"="+role, envURL+"="+url, envSeed+"="+strconv.Itoa(seed))
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // has ended, unless the test failed
	return cmd
}

// writeRandomly appends, with versions that conflict and contexts that end, and
// prints what it tries and what it is told:
//
//	try ID…, then one of: ack POSITION ID… / no ID… / unknown ID…
func writeRandomly(log *Store, seed string) {
	const writers, each = 6, 120
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			n, _ := strconv.ParseUint(seed, 10, 64)
			r := rand.New(rand.NewPCG(n, uint64(w)))
			for i := range each {
				appendRandomly(log, r, fmt.Sprintf("%s-%d-%d", seed, w, i))
			}
		})
	}
	wg.Wait()
}

func appendRandomly(log *Store, r *rand.Rand, name string) {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	batches := []events.Batch{{Stream: "shared", Expect: events.Any}, {Stream: "own-" + name, Expect: 0}}
	var ids []string
	for b := range batches {
		for range 1 + r.IntN(2) {
			e := storetest.Event(`{}`)
			e.ID = events.DeriveID(time.Now(), name, fmt.Sprint(len(ids)))
			batches[b].Events = append(batches[b].Events, e)
			ids = append(ids, e.ID.String())
		}
	}
	mayFail := true
	switch r.IntN(8) {
	case 0:
		batches[1].Expect = 99
	case 1:
		ctx, cancel = context.WithTimeout(ctx, time.Duration(r.IntN(3000))*time.Microsecond)
	default:
		mayFail = false
	}
	defer cancel()
	list := strings.Join(ids, " ")
	fmt.Printf("try %s\n", list)
	at, err := log.Append(ctx, batches...)
	switch {
	case err == nil:
		fmt.Printf("ack %d %s\n", at, list)
	case errors.Is(err, ErrOutcomeUnknown):
		fmt.Printf("unknown %s\n", list)
	default:
		fmt.Printf("no %s\n", list)
		if !mayFail {
			fmt.Fprintln(os.Stderr, "append:", err)
		}
	}
}

// followAll yields the log in order, through whatever failures, until its end.
func followAll(log *Store) func(func(events.Event) bool) {
	return func(yield func(events.Event) bool) {
		var at events.Position
		for {
			for e, err := range log.Read(context.Background(), at, events.Filter{}) {
				if err != nil {
					time.Sleep(5 * time.Millisecond)
					break
				}
				at = e.Position
				if !yield(e) || e.Stream == lastStream {
					return
				}
			}
			if log.Wait(context.Background(), at) != nil {
				return
			}
		}
	}
}

// TestProcesses lets several processes write and read while their connections are
// cut and two of them are killed. Nobody may see a gap or an event twice, nothing
// acknowledged may be missing, and nothing refused may be there.
func TestProcesses(t *testing.T) {
	url := pgtest.Database(t)
	log := openStore(t, url)
	var seen [2]bytes.Buffer
	var readers, writers []*exec.Cmd
	for i := range seen {
		readers = append(readers, startProcess(t, "reader", url, i, &seen[i]))
	}
	var said [5]bytes.Buffer
	for i := range said {
		writers = append(writers, startProcess(t, "writer", url, i, &said[i]))
	}
	here := make(chan []string)
	go func() {
		var list []string
		for e := range followAll(log) {
			list = append(list, fmt.Sprintf("saw %d %s", e.Position, e.ID))
		}
		here <- list
	}()
	harass(t, url, writers[:2])
	for i, w := range writers {
		if err := w.Wait(); err != nil && i >= 2 {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	last := storetest.Events(1)
	last[0].ID = events.DeriveID(time.Now(), "last")
	storetest.Append(t, log, lastStream, 0, last...)

	list := storetest.ReadAll(t, log, events.Filter{})
	storetest.CheckOrder(t, list)
	want := make([]string, len(list))
	there := map[string]events.Position{}
	for i, e := range list {
		there[e.ID.String()] = e.Position
		want[i] = fmt.Sprintf("saw %d %s", e.Position, e.ID)
	}
	compareLines(t, "the reader here", <-here, want)
	for i, r := range readers {
		if err := r.Wait(); err != nil {
			t.Errorf("reader %d: %v", i, err)
		}
		compareLines(t, fmt.Sprint("reader ", i), strings.Split(strings.TrimSpace(seen[i].String()), "\n"), want)
	}
	told := map[string]int{}
	for i := range said {
		checkSayings(t, &said[i], there, told)
	}
	t.Logf("%d events; appends by outcome: %v", len(list), told)
	if told["ack"] == 0 || told["no"] == 0 {
		t.Error("the test has not tested what it should")
	}
}

// harass cuts connections of the program at random and kills processes.
func harass(t *testing.T, url string, victims []*exec.Cmd) {
	t.Helper()
	conn := connect(t, url)
	cut := 0
	for i := range 60 {
		time.Sleep(25 * time.Millisecond)
		var n int
		err := conn.QueryRow(context.Background(), `SELECT count(pg_terminate_backend(pid)) FROM (
		  SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'headway'
		  ORDER BY random() LIMIT 1) AS one`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		cut += n
		if k := i - 20; k >= 0 && k%10 == 0 && k/10 < len(victims) {
			if err := victims[k/10].Process.Kill(); err != nil {
				t.Logf("kill: %v", err)
			}
		}
	}
	t.Logf("%d connections were cut", cut)
}

func compareLines(t *testing.T, who string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%s has %d events, the log %d; they differ at place %d", who, len(got), len(want), i+1)
		}
	}
}

// checkSayings compares what a writer was told with what is in the log.
func checkSayings(t *testing.T, said io.Reader, there map[string]events.Position, told map[string]int) {
	t.Helper()
	for lines := bufio.NewScanner(said); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 2 {
			continue // cut short by the death of the process
		}
		told[f[0]]++
		ids := f[1:]
		if f[0] == "ack" {
			ids = f[2:]
		}
		found, last := 0, events.Position(0)
		for _, id := range ids {
			if at, ok := there[id]; ok {
				found, last = found+1, max(last, at)
			}
		}
		switch {
		case found != 0 && found != len(ids):
			t.Errorf("%d of the %d events of one append are in the log", found, len(ids))
		case f[0] == "ack" && (found == 0 || f[1] != fmt.Sprint(last)):
			t.Errorf("acknowledged at %s, and stands at %d: %s", f[1], last, ids)
		case f[0] == "no" && found > 0:
			t.Errorf("refused, and stands at %d: %s", last, ids)
		}
	}
}
