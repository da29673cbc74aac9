package merkle

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
)

func sample(n int) []events.Event {
	out := make([]events.Event, n)
	for i := range out {
		out[i] = events.Event{ID: events.DeriveID(time.Unix(0, 0), fmt.Sprint(i)), Stream: "s", Version: int64(i + 1), Position: events.Position(i + 1), Type: "round.closed",
			SchemaVersion: 1, EffectiveOn: domain.Date{Year: 2021}, RecordedAt: time.Unix(int64(i), 0).UTC(), Actor: "a", Data: fmt.Appendf(nil, `{"round":"r%d"}`, i)}
	}
	return out
}

// hashes is the storage of package tlog, in memory.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = h[at]
	}
	return out, nil
}

// TestFrontierIsTheTreeOfTlog grows a tree by pieces and compares everything with
// what package tlog computes.
func TestFrontierIsTheTreeOfTlog(t *testing.T) {
	list := sample(2100)
	rapid.Check(t, func(t *rapid.T) {
		var f Frontier
		var want hashes
		for size := 0; size < len(list) && rapid.IntRange(0, 5).Draw(t, "stop") > 0; {
			n := min(rapid.SampledFrom([]int{1, 2, 3, 64, growthPiece, growthPiece + 1, 1000}).Draw(t, "n"), len(list)-size)
			g := Grow(f, list[size:size+n])
			for i := range n {
				at := int64(size + i)
				stored, err := tlog.StoredHashes(at, events.MarshalCloudEvent(list[at]), want)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, stored...)
				var flat []byte
				for _, h := range stored {
					flat = append(flat, h[:]...)
				}
				if got := g.Next(); !bytes.Equal(got, flat) {
					t.Fatalf("event %d stores %x, tlog %x", at+1, got, flat)
				}
			}
			f = g.Frontier()
			size += n
			root, err := tlog.TreeHash(int64(size), want)
			if err != nil || root != f.Root() || f.Size() != int64(size) {
				t.Fatalf("the root of %d is %s, tlog's %s (%v)", size, f.Root(), root, err)
			}
			back, err := ParseFrontier(f.Size(), root[:], f.Bytes())
			if err != nil || back.Root() != root {
				t.Fatalf("the frontier of %d came back with %s, %v", size, back.Root(), err)
			}
		}
	})
}

func TestEmptyTree(t *testing.T) {
	var f Frontier
	if want := tlog.Hash(sha256.Sum256(nil)); f.Root() != want {
		t.Errorf("%s, want %s (RFC 6962, section 2.1)", f.Root(), want)
	}
}

func TestParseFrontierRefusesWhatDoesNotFit(t *testing.T) {
	var f Frontier
	for _, e := range sample(5) {
		f.Append(Leaf(&e), nil)
	}
	root := f.Root()
	other := append([]byte{root[0] ^ 1}, root[1:]...)
	for name, err := range map[string]error{
		"size":  second(ParseFrontier(7, root[:], f.Bytes())),
		"zero":  second(ParseFrontier(-1, root[:], nil)),
		"root":  second(ParseFrontier(5, other, f.Bytes())),
		"edge":  second(ParseFrontier(5, root[:], append(f.Bytes()[:63], 0))),
		"short": second(ParseFrontier(5, root[:], f.Bytes()[:32])),
	} {
		if !errors.Is(err, events.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[A any](_ A, err error) error { return err }

func TestLeafIsTheHashOfTheLine(t *testing.T) {
	e := sample(1)[0]
	want := sha256.Sum256(append([]byte{0}, events.MarshalCloudEvent(e)...))
	if Leaf(&e) != want {
		t.Error("not SHA-256 of a zero byte and the line")
	}
}

func newKey(t testing.TB, name string) (note.Signer, note.Verifiers, string) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v, public
}

func TestCheckpointIsReadOnlyWithItsKey(t *testing.T) {
	s, known, _ := newKey(t, "headway/a")
	_, others, _ := newKey(t, "headway/a")
	c := Checkpoint{Origin: "headway/a", Size: 7, Root: tlog.Hash{1}}
	signed, err := c.Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := OpenCheckpoint(signed, known); err != nil || back != c {
		t.Errorf("%+v, %v", back, err)
	}
	if back, err := ReadUnsigned(signed); err != nil || back != c {
		t.Errorf("%+v, %v", back, err)
	}
	if _, err := OpenCheckpoint(signed, others); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := OpenCheckpoint(bytes.Replace(signed, []byte("\n7\n"), []byte("\n8\n"), 1), known); !errors.Is(err, ErrNotProven) {
		t.Errorf("another size: %v", err)
	}
	for _, text := range []string{"", "a\n", "headway/a\n07\n" + c.Root.String() + "\n", "headway/a\n7\nxx\n", "\n7\n" + c.Root.String() + "\n", "headway/a\n-1\n" + c.Root.String() + "\n"} {
		if _, err := ParseCheckpoint(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// proofs makes a log of n events in memory, with a proof of each and of each size.
func proofs(t testing.TB, n int, signer note.Signer) (list []events.Event, inclusions []Inclusion, olds []Checkpoint, consistencies []Consistency) {
	t.Helper()
	list = sample(n)
	var stored hashes
	for i := range list {
		h, err := tlog.StoredHashes(int64(i), events.MarshalCloudEvent(list[i]), stored)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, h...)
	}
	var newest Checkpoint
	for i := range n {
		root, err := tlog.TreeHash(int64(i+1), stored)
		if err != nil {
			t.Fatal(err)
		}
		newest = Checkpoint{Origin: signer.Name(), Size: events.Position(i + 1), Root: root}
		olds = append(olds, newest)
	}
	signed, err := newest.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		r, err := tlog.ProveRecord(int64(n), int64(i), stored)
		if err != nil {
			t.Fatal(err)
		}
		inclusions = append(inclusions, Inclusion{Line: events.MarshalCloudEvent(list[i]), Index: int64(i), Hashes: r, Checkpoint: signed})
		c, err := tlog.ProveTree(int64(n), int64(i+1), stored)
		if err != nil {
			t.Fatal(err)
		}
		consistencies = append(consistencies, Consistency{Old: int64(i + 1), Hashes: c, Checkpoint: signed})
	}
	return list, inclusions, olds, consistencies
}

func TestProofsHoldAndNothingElseDoes(t *testing.T) {
	signer, known, _ := newKey(t, "headway/a")
	list, inclusions, olds, consistencies := proofs(t, 21, signer)
	for i := range list {
		p, err := ParseInclusion(inclusions[i].Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if e, c, err := p.Verify(known); err != nil || e.ID != list[i].ID || c != olds[20] {
			t.Errorf("position %d: %v", i+1, err)
		}
		p.Line = bytes.Replace(p.Line, []byte(`"actor":"a"`), []byte(`"actor":"b"`), 1)
		if _, _, err := p.Verify(known); !errors.Is(err, ErrNotProven) {
			t.Errorf("position %d, another actor: %v", i+1, err)
		}
		q, err := ParseConsistency(consistencies[i].Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if c, err := q.Verify(olds[i], known); err != nil || c != olds[20] {
			t.Errorf("from %d: %v", i+1, err)
		}
		forked := olds[i]
		forked.Root[3] ^= 1
		if _, err := q.Verify(forked, known); !errors.Is(err, ErrNotProven) {
			t.Errorf("from a fork of %d: %v", i+1, err)
		}
		if _, err := q.Verify(olds[(i+1)%21], known); !errors.Is(err, ErrNotProven) {
			t.Errorf("from another than %d: %v", i+1, err)
		}
	}
	p := inclusions[4]
	p.Index = 5
	if _, _, err := p.Verify(known); !errors.Is(err, ErrNotProven) {
		t.Errorf("at another index: %v", err)
	}
}

func FuzzProof(f *testing.F) {
	signer, known, _ := newKey(f, "headway/a")
	_, inclusions, olds, consistencies := proofs(f, 5, signer)
	for i := range inclusions {
		f.Add(inclusions[i].Marshal())
		f.Add(consistencies[i].Marshal())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParseInclusion(text); err == nil {
			if e, _, err := p.Verify(known); err == nil && !bytes.Equal(inclusions[e.Position-1].Line, p.Line) {
				t.Errorf("a proof of what was never recorded holds: %q", text)
			}
		} else if !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		if p, err := ParseConsistency(text); err == nil {
			_, _ = p.Verify(olds[2], known) // must not panic
		} else if !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		if _, err := ReadUnsigned(text); err != nil && !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
	})
}

func TestKeysAreMadeOnceAndRotated(t *testing.T) {
	k := Keys{Dir: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader}
	const origin = "headway/00ff"
	var wg sync.WaitGroup
	hashes := make([]uint32, 8)
	for i := range hashes { // many at once
		wg.Go(func() {
			s, _, err := k.Signer(origin)
			if err != nil {
				t.Error(err)
				return
			}
			hashes[i] = s.KeyHash()
		})
	}
	wg.Wait()
	for _, h := range hashes {
		if h != hashes[0] {
			t.Fatal("two keys were made")
		}
	}
	info, err := os.Stat(k.path(origin, ".key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key has mode %v, %v", info.Mode(), err)
	}
	old, _, err := k.Signer(origin)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := Checkpoint{Origin: origin, Size: 3}.Sign(old)
	if err != nil {
		t.Fatal(err)
	}
	before, err := k.Public(origin)
	if err != nil || len(before) != 1 {
		t.Fatal(before, err)
	}
	statement, err := k.Rotate(origin)
	if err != nil {
		t.Fatal(err)
	}
	after, err := k.Public(origin)
	if err != nil || len(after) != 2 || after[0] != before[0] {
		t.Fatal(after, err)
	}
	for _, public := range after { // both have signed
		v, err := ParseKeys(public)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := note.Open(statement, v); err != nil || !strings.Contains(n.Text, after[1]) {
			t.Errorf("the statement: %v", err)
		}
	}
	v, err := k.Verifiers(origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(signed, v); err != nil {
		t.Errorf("a checkpoint from before the rotation: %v", err)
	}
	if s, made, err := k.Signer(origin); err != nil || made || s.KeyHash() == old.KeyHash() {
		t.Errorf("after the rotation: %v, %v", made, err)
	}
	if err := os.WriteFile(k.path(origin, ".key"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Signer(origin); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged key: %v", err)
	}
}

func BenchmarkLeaf(b *testing.B) {
	e := sample(1)[0]
	e.Data = fmt.Appendf(nil, `{"country":"XAA","indicator":"policy.leadership.governance-mechanism","status":"in_place","evidence":["https://example.org/%d"]}`, 7)
	e.Source = `{"file":"answers-2023.csv","row":7}`
	e.Stream = "status/mnr-review-2021/XAA/policy.leadership.governance-mechanism"
	b.ReportAllocs()
	for b.Loop() {
		Leaf(&e)
	}
}
