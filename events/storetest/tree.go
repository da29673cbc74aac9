package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"headway/events"
	"headway/events/merkle"
)

// Verify verifies a log and fails the test where it does not.
func Verify(t testing.TB, s Store, checkpoints ...merkle.Checkpoint) merkle.Report {
	t.Helper()
	r, err := merkle.Verify(context.Background(), s, checkpoints, nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !r.OK() {
		t.Fatalf("position %d: %s", r.FirstBad, r.Problem)
	}
	return r
}

// testTree grows a log by appends of all sizes, from two openings in turn, and
// compares what is stored of the tree with what package merkle computes.
func testTree(t *testing.T, p Place) {
	logs := []Store{open(t, p), open(t, p)}
	ctx := context.Background()
	if r := Verify(t, logs[0]); r.Size != 0 || r.Origin != "" {
		t.Errorf("an empty log: %+v", r)
	}
	if _, err := merkle.Current(ctx, logs[0]); !errors.Is(err, merkle.ErrEmpty) {
		t.Errorf("the checkpoint of an empty log: %v", err)
	}
	var checkpoints []merkle.Checkpoint
	for i, n := range []int{1, 1, 2, 3, 1, 199, 200, 300, 1, 1000} {
		Append(t, logs[i%2], fmt.Sprint("s-", i), 0, Events(n)...)
		c, err := merkle.Current(ctx, logs[(i+1)%2])
		if err != nil {
			t.Fatal(err)
		}
		checkpoints = append(checkpoints, c)
	}
	r := Verify(t, logs[0], checkpoints...)
	last := checkpoints[len(checkpoints)-1]
	if r.Size != last.Size || r.Root != last.Root || r.Origin != last.Origin {
		t.Errorf("verified %+v, and the checkpoint is %+v", r, last)
	}
	var f merkle.Frontier
	for _, e := range ReadAll(t, logs[0], events.Filter{Hashes: true}) {
		if want := f.Append(merkle.Leaf(&e), nil); !bytes.Equal(e.Hashes, want) {
			t.Fatalf("event %d has the hashes %x, want %x", e.Position, e.Hashes, want)
		}
	}
	for _, c := range checkpoints {
		if root, err := merkle.RootAt(ctx, logs[0], c.Size); err != nil || root != c.Root {
			t.Errorf("the root of %d is %s, %v", c.Size, root, err)
		}
		if err := merkle.Extends(ctx, logs[0], c); err != nil {
			t.Errorf("the log extends its checkpoint of %d: %v", c.Size, err)
		}
	}
	if stored, err := logs[0].StoredHashes(ctx, []events.Position{last.Size, 999_999, 1}); err != nil || len(stored) != 3 || stored[0] == nil || stored[1] != nil || len(stored[2]) != 32 {
		t.Errorf("stored hashes: %x, %v", stored, err)
	}
}

// testProofs proves every position and every older size of a log.
func testProofs(t *testing.T, p Place) {
	log := open(t, p)
	ctx := context.Background()
	const n = 37
	var olds []merkle.Checkpoint
	for range n {
		Append(t, log, "s", events.Any, Events(1)...)
		c, err := merkle.Current(ctx, log)
		if err != nil {
			t.Fatal(err)
		}
		olds = append(olds, c)
	}
	keys := merkle.Keys{Dir: t.TempDir(), Rand: zeros{}}
	newest, signed, err := keys.Sign(ctx, log)
	if err != nil || newest != olds[n-1] {
		t.Fatal(newest, err)
	}
	known, err := keys.Verifiers(newest.Origin)
	if err != nil {
		t.Fatal(err)
	}
	for at := events.Position(1); at <= n; at++ {
		in, err := merkle.ProveInclusion(ctx, log, at, newest, signed)
		if err != nil {
			t.Fatal(err)
		}
		if e, _, err := in.Verify(known); err != nil || e.Position != at {
			t.Errorf("position %d: %v", at, err)
		}
		older, err := merkle.ProveConsistency(ctx, log, olds[at-1], newest, signed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := older.Verify(olds[at-1], known); err != nil {
			t.Errorf("from %d: %v", at, err)
		}
	}
	if _, err := merkle.ProveInclusion(ctx, log, n+1, newest, signed); !errors.Is(err, merkle.ErrNoPosition) {
		t.Errorf("a position that is not there: %v", err)
	}
	forked := olds[5]
	forked.Root[0] ^= 1
	if _, err := merkle.ProveConsistency(ctx, log, forked, newest, signed); !errors.Is(err, merkle.ErrForked) {
		t.Errorf("from a fork: %v", err)
	}
}

// zeros is a source of randomness that has none.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Vandal is somebody with every right on the database, and no key.
type Vandal interface {
	// Exec runs statements in which {event} and {tree} stand for the tables, and
	// {x:00ff} for bytes. No trigger stands in the way.
	Exec(t testing.TB, statements ...string)
}

// rewrite makes the tree anew from whatever is in the log now.
func rewrite(t testing.TB, s Store, v Vandal) {
	t.Helper()
	var f merkle.Frontier
	var statements []string
	for _, e := range ReadAll(t, s, events.Filter{}) {
		statements = append(statements, fmt.Sprintf("UPDATE {event} SET hashes = {x:%x} WHERE position = %d", f.Append(merkle.Leaf(&e), nil), e.Position))
	}
	v.Exec(t, append(statements, fmt.Sprintf("UPDATE {tree} SET size = %d, root = {x:%x}, frontier = {x:%x}", f.Size(), root(&f), f.Bytes()))...)
}

func root(f *merkle.Frontier) []byte {
	r := f.Root()
	return r[:]
}

// insertAt makes room at position 5 and puts an event there that nobody reported.
var insertAt5 = []string{
	"UPDATE {event} SET position = position + 1000 WHERE position >= 5",
	"UPDATE {event} SET position = position - 999 WHERE position >= 1000",
	`INSERT INTO {event} (position, id, stream, version, type, schema_version, effective_on, recorded_at, actor, round, correlation_id, source, simulated, data, hashes)
	 SELECT 5, {x:uuid}, 'forged', 1, type, schema_version, effective_on, recorded_at, actor, round, correlation_id, source, simulated, data, hashes FROM {event} WHERE position = 4`,
}

// RunAttacks lets a vandal loose on logs of ten events, of which checkpoints of
// six and of ten events are kept elsewhere; each attack must be found, at the
// position where it happened, and no event may be appended to cover it up where
// that can be told from the head alone.
func RunAttacks(t *testing.T, empty func(t *testing.T) (Place, Vandal)) {
	for _, a := range []struct {
		name    string
		do      []string
		rewrite bool            // the whole tree, to cover the tracks
		alone   events.Position // found without a checkpoint; 0 when it cannot be
		against events.Position // found with the checkpoints
	}{
		{"a payload is changed", []string{`UPDATE {event} SET data = '{"country":"XAA","indicator":"a.b.c","status":"not_in_place"}' WHERE position = 4`}, false, 4, 4},
		{"a payload is reformatted", []string{`UPDATE {event} SET data = '{"country": "XAA","indicator":"a.b.c","status":"in_place","note":"number 0"}' WHERE position = 4`}, false, 4, 4},
		{"the actor is changed", []string{"UPDATE {event} SET actor = 'someone-else' WHERE position = 10"}, false, 10, 10},
		{"the source is changed", []string{`UPDATE {event} SET source = '{"file":"other.csv"}' WHERE position = 1`}, false, 1, 1},
		{"the round is changed", []string{"UPDATE {event} SET round = '2023' WHERE position = 3"}, false, 3, 3},
		{"the effective date is changed", []string{"UPDATE {event} SET effective_on = '2020' WHERE position = 3"}, false, 3, 3},
		{"the effective date is rubbish", []string{"UPDATE {event} SET effective_on = 'yesterday' WHERE position = 3"}, false, 3, 3},
		{"the type is changed", []string{"UPDATE {event} SET type = 'status.praised' WHERE position = 3"}, false, 3, 3},
		{"the correlation is changed", []string{"UPDATE {event} SET correlation_id = 'd' WHERE position = 3"}, false, 3, 3},
		{"the stream is changed", []string{"UPDATE {event} SET stream = 'zz' WHERE position = 3"}, false, 3, 3},
		{"the id is changed", []string{"UPDATE {event} SET id = {x:uuid} WHERE position = 3"}, false, 3, 3},
		{"two events are swapped", []string{"UPDATE {event} SET position = 99 WHERE position = 3", "UPDATE {event} SET position = 3 WHERE position = 7", "UPDATE {event} SET position = 7 WHERE position = 99"}, false, 3, 3},
		{"one from the middle is dropped", []string{"DELETE FROM {event} WHERE position = 5"}, false, 5, 5},
		{"the last is dropped", []string{"DELETE FROM {event} WHERE position = 10"}, false, 10, 10},
		{"all are dropped", []string{"DELETE FROM {event}"}, false, 1, 1},
		{"one is inserted", insertAt5, false, 5, 5},
		{"a hash is changed", []string{"UPDATE {event} SET hashes = (SELECT o.hashes FROM {event} AS o WHERE o.position = 1) WHERE position = 3"}, false, 3, 3},
		{"the head of the tree is changed", []string{"UPDATE {tree} SET root = {x:" + strings.Repeat("00", 32) + "}"}, false, 11, 11},
		{"the head of the tree is dropped", []string{"DELETE FROM {tree}"}, false, 11, 11},
		{"a payload is changed and the tree rewritten", []string{`UPDATE {event} SET data = '{"country":"XAA","indicator":"a.b.c","status":"not_in_place"}' WHERE position = 8`}, true, 0, 7},
		{"the first event is changed and the tree rewritten", []string{"UPDATE {event} SET round = '2023' WHERE position = 1"}, true, 0, 1},
		{"the last is dropped and the tree rewritten", []string{"DELETE FROM {event} WHERE position = 10"}, true, 0, 10},
		{"one is inserted and the tree rewritten", insertAt5, true, 0, 1},
	} {
		t.Run(a.name, func(t *testing.T) {
			p, vandal := empty(t)
			log := open(t, p)
			checkpoints := tenEvents(t, log)
			Verify(t, log, checkpoints...)
			vandal.Exec(t, a.do...)
			if a.rewrite {
				rewrite(t, log, vandal)
			}
			found(t, log, nil, a.alone)
			found(t, log, checkpoints, a.against)
			if a.rewrite {
				if err := merkle.Extends(context.Background(), log, checkpoints[1]); !errors.Is(err, merkle.ErrForked) {
					t.Errorf("the log still extends its checkpoint: %v", err)
				}
			}
			if strings.Contains(a.name, "dropped") && !a.rewrite && !strings.Contains(a.name, "middle") {
				if _, err := log.Append(context.Background(), events.Batch{Stream: "new", Events: Events(1)}); !errors.Is(err, events.ErrDamaged) {
					t.Errorf("an append covers it up: %v", err)
				}
			}
		})
	}
}

func tenEvents(t *testing.T, log Store) []merkle.Checkpoint {
	t.Helper()
	var out []merkle.Checkpoint
	for _, n := range []int{6, 4} {
		for i := range n {
			Append(t, log, fmt.Sprint("s-", n, "-", i), 0, Event(`{"country":"XAA","indicator":"a.b.c","status":"in_place","note":"number 0"}`))
		}
		c, err := merkle.Current(context.Background(), log)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func found(t *testing.T, log Store, checkpoints []merkle.Checkpoint, want events.Position) {
	t.Helper()
	r, err := merkle.Verify(context.Background(), log, checkpoints, nil)
	if err != nil {
		t.Errorf("with %d checkpoints: %v", len(checkpoints), err)
	} else if r.FirstBad != want {
		t.Errorf("with %d checkpoints: the first bad position is %d (%s), want %d", len(checkpoints), r.FirstBad, r.Problem, want)
	}
}
