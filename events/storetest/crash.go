package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"headway/events"
)

// EnvKills names the variable with the number of kills of a test of crashes, and
// EnvCrashSeed that with the seed of their moments, to repeat a failure.
const (
	EnvKills     = "HEADWAY_CRASH_KILLS"
	EnvCrashSeed = "HEADWAY_CRASH_SEED"
)

// kills is how often a test of crashes kills.
func kills(t testing.TB, unlessSet int) int {
	t.Helper()
	text := os.Getenv(EnvKills)
	if text == "" {
		return unlessSet
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q; want a number of kills", EnvKills, text)
	}
	return n
}

// moments is the source of the moments of kills.
func moments(t testing.TB) (*rand.Rand, uint64) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv(EnvCrashSeed); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s is %q; want a seed", EnvCrashSeed, text)
		}
	}
	t.Logf("%s=%d repeats these moments", EnvCrashSeed, seed)
	return rand.New(rand.NewPCG(seed, 0)), seed
}

// KillWriters kills one or two processes that append at random, at random moments
// after their first acknowledgements, opens the log again, and checks what was
// added to it; and so on, by default 10 kills.
func (k Kind) KillWriters(t *testing.T, address string) {
	n := kills(t, 10)
	r, seed := moments(t)
	book := newLedger(k)
	var log events.Log
	killed := 0
	for round := 0; killed < n; round++ {
		// In every other round the log stays open here while a writer dies.
		if round%2 == 1 || log == nil {
			log = k.reopen(t, log, address)
		}
		var wg sync.WaitGroup
		for i := range min(1+r.IntN(2), n-killed) {
			p := startProcess(t, "writer", address, fmt.Sprintf("r%d.%d", round, i), seed+uint64(killed), 0, book.hear)
			acks, pause := 1+r.Int64N(60), time.Duration(r.IntN(40_000))*time.Microsecond
			wg.Go(func() {
				if !p.waitForAcks(acks) {
					t.Errorf("a writer has ended by itself: %v", p.wait())
				}
				time.Sleep(pause)
				p.kill()
				_ = p.wait() // killed
			})
			killed++
		}
		wg.Wait()
		if round%2 == 0 {
			log = k.reopen(t, log, address)
		}
		book.check(t, log)
		book.settle(t, log, round)
		book.check(t, log)
	}
	log = k.reopen(t, log, address)
	book.finish(t, log)
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("%d kills, %d events; appends by outcome: %v", killed, book.head, book.counts)
	book.blame(t, false)
}

// reopen closes a log, unless it is nil, and opens it again.
func (k Kind) reopen(t testing.TB, log events.Log, address string) events.Log {
	t.Helper()
	if log != nil {
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	log, err := k.Open(context.Background(), address)
	if err != nil {
		t.Fatalf("open the log again: %v", err)
	}
	return log
}

// settle does what is right after a crash: it appends again what nobody was told
// the outcome of, and then something new. No writer may live.
func (l *ledger) settle(t testing.TB, log events.Log, round int) {
	t.Helper()
	l.settleOpen(t, log)
	if err := l.append(log, request{fmt.Sprint("here-", round), []part{{"shared", events.Any, 2}, {"here", events.Any, 1}}}); err != nil {
		t.Fatalf("after a crash: %v", err)
	}
}

// settleOpen appends again what nobody was told the outcome of: what is there must
// be acknowledged where it stands, and what is not may be refused, where a version
// is wrong by now.
func (l *ledger) settleOpen(t testing.TB, log events.Log) {
	t.Helper()
	for _, r := range l.open() {
		there, _ := l.find(r)
		if err := l.again(log, r); there != 0 && err != nil {
			t.Errorf("%s stands at %d, and appending it again was refused: %v", r.name, there, err)
		}
		l.counts["left open"]++
		if there != 0 {
			l.counts["of these in the log"]++
		}
	}
}

// Server is a server of databases that can be killed.
type Server interface {
	Kill(t testing.TB)
	Start(t testing.TB)
}

// KillServer kills the server of a log at random moments while a process appends,
// starts it again, and checks what was added to the log; and so on, by default 4
// kills. The writer and the log that is open here live through them all.
func (k Kind) KillServer(t *testing.T, address string, server Server) {
	n := kills(t, 4)
	r, seed := moments(t)
	book := newLedger(k)
	log := k.open(t, address)
	w := startProcess(t, "writer", address, "w", seed, 0, book.hear)
	for round := range n {
		acks, pause := 1+r.Int64N(100), time.Duration(r.IntN(60_000))*time.Microsecond
		if round > 0 && r.IntN(5) == 0 {
			acks, pause = 0, 0 // it has hardly recovered
		}
		if !w.waitForAcks(w.acks.Load() + acks) {
			t.Fatalf("the writer has ended by itself: %v", w.wait())
		}
		time.Sleep(pause)
		server.Kill(t)
		server.Start(t)
		book.check(t, log)
		if err := book.append(log, request{fmt.Sprint("here-", round), []part{{"here", events.Any, 1}}}); err != nil {
			t.Fatalf("after a crash: %v", err)
		}
	}
	if !w.waitForAcks(w.acks.Load() + 20) {
		t.Fatalf("the writer has ended by itself: %v", w.wait())
	}
	if err := w.stop(); err != nil {
		t.Errorf("the writer: %v", err)
	}
	book.check(t, log)
	book.settle(t, log, n)
	book.finish(t, log)
	t.Logf("%d kills of the server, %d events; appends by outcome: %v", n, book.head, book.counts)
	book.blame(t, true)
}
