package merkle

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// Inclusion is the proof that an event is in a log: https://c2sp.org/tlog-proof,
// with the event's line as the extra data, so that the file alone, with a public
// key, shows what was recorded.
type Inclusion struct {
	Line       []byte // CloudEvents JSON
	Index      int64  // position - 1
	Hashes     tlog.RecordProof
	Checkpoint []byte // signed
}

const inclusionHeader = "c2sp.org/tlog-proof@v1"

// ProveInclusion proves that the event at a position is in the log that a signed
// checkpoint, of size and root c, was made of. Errors: ErrNoPosition.
func ProveInclusion(ctx context.Context, s Store, at events.Position, c Checkpoint, signed []byte) (Inclusion, error) {
	if at < 1 || at > c.Size {
		return Inclusion{}, fmt.Errorf("%w %d; the log has the positions 1 to %d", ErrNoPosition, at, c.Size)
	}
	p := Inclusion{Index: int64(at) - 1, Checkpoint: signed}
	for e, err := range s.Read(ctx, at-1, events.Filter{Until: at}) {
		if err != nil {
			return Inclusion{}, err
		}
		p.Line = events.MarshalCloudEvent(e)
	}
	var err error
	if p.Hashes, err = tlog.ProveRecord(int64(c.Size), p.Index, Reader(ctx, s)); err != nil {
		return Inclusion{}, fmt.Errorf("prove position %d: %w", at, err)
	}
	// A proof of an event that was changed would not hold: say so here, not to
	// whoever is given the proof.
	if err := tlog.CheckRecord(p.Hashes, int64(c.Size), c.Root, p.Index, tlog.RecordHash(p.Line)); err != nil {
		return Inclusion{}, fmt.Errorf("prove position %d: the event does not fit its tree: %w", at, events.ErrDamaged)
	}
	return p, nil
}

// Marshal writes the proof.
func (p Inclusion) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", inclusionHeader, base64.StdEncoding.EncodeToString(p.Line), p.Index)
	writeHashes(&b, p.Hashes)
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseInclusion undoes Marshal. Errors: ErrInvalid.
func ParseInclusion(text []byte) (Inclusion, error) {
	head, rest, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 3 || lines[0] != inclusionHeader {
		return Inclusion{}, fmt.Errorf("a proof begins with %s, extra and index: %w", inclusionHeader, ErrInvalid)
	}
	p := Inclusion{Checkpoint: rest}
	extra, isExtra := strings.CutPrefix(lines[1], "extra ")
	index, isIndex := strings.CutPrefix(lines[2], "index ")
	var err error
	if p.Line, err = base64.StdEncoding.DecodeString(extra); err != nil || !isExtra {
		return Inclusion{}, fmt.Errorf("the proof has no event in its line extra: %w", ErrInvalid)
	}
	if p.Index, err = parseNumber(index); err != nil || !isIndex {
		return Inclusion{}, fmt.Errorf("the proof has no number in its line index: %w", ErrInvalid)
	}
	p.Hashes, err = parseHashes(lines[3:])
	return p, err
}

// Verify checks the proof with the keys that are trusted, and returns the event
// and the checkpoint it is in. Errors: ErrInvalid, ErrUnknownKey, ErrNotProven.
func (p Inclusion) Verify(keys note.Verifiers) (events.Event, Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, keys)
	if err != nil {
		return events.Event{}, Checkpoint{}, err
	}
	if err := tlog.CheckRecord(p.Hashes, int64(c.Size), c.Root, p.Index, tlog.RecordHash(p.Line)); err != nil {
		return events.Event{}, c, fmt.Errorf("the event is not at position %d of the log %s: %w", p.Index+1, c.Origin, ErrNotProven)
	}
	e, err := events.UnmarshalCloudEvent(p.Line)
	if err != nil || int64(e.Position) != p.Index+1 {
		return events.Event{}, c, fmt.Errorf("what is at position %d is not an event of Headway: %w", p.Index+1, ErrNotProven)
	}
	return e, c, nil
}

// Consistency is the proof that a log continues an older one: nothing was changed
// of what it had. The format is that of https://c2sp.org/tlog-witness.
type Consistency struct {
	Old        int64 // size
	Hashes     tlog.TreeProof
	Checkpoint []byte // signed, of the newer
}

// ProveConsistency proves that the log of a signed checkpoint c continues the one
// of an older checkpoint. The error is ErrForked where it does not.
func ProveConsistency(ctx context.Context, s Store, old, c Checkpoint, signed []byte) (Consistency, error) {
	if old.Origin != c.Origin || old.Size > c.Size || old.Size < 1 {
		return Consistency{}, ErrForked
	}
	hashes, err := tlog.ProveTree(int64(c.Size), int64(old.Size), Reader(ctx, s))
	if err != nil {
		return Consistency{}, fmt.Errorf("prove that the log continues its first %d events: %w", old.Size, err)
	}
	if tlog.CheckTree(hashes, int64(c.Size), c.Root, int64(old.Size), old.Root) != nil {
		return Consistency{}, ErrForked
	}
	return Consistency{Old: int64(old.Size), Hashes: hashes, Checkpoint: signed}, nil
}

// Marshal writes the proof.
func (p Consistency) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", p.Old)
	writeHashes(&b, p.Hashes)
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseConsistency undoes Marshal. Errors: ErrInvalid.
func ParseConsistency(text []byte) (Consistency, error) {
	head, rest, ok := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	old, isOld := strings.CutPrefix(lines[0], "old ")
	size, err := parseNumber(old)
	if !ok || !isOld || err != nil {
		return Consistency{}, fmt.Errorf("a proof of consistency begins with old and a size: %w", ErrInvalid)
	}
	hashes, err := parseHashes(lines[1:])
	return Consistency{Old: size, Hashes: tlog.TreeProof(hashes), Checkpoint: rest}, err
}

// Verify checks the proof against the older checkpoint and returns the newer one.
// Errors: ErrInvalid, ErrUnknownKey, ErrNotProven.
func (p Consistency) Verify(old Checkpoint, keys note.Verifiers) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, keys)
	if err != nil {
		return Checkpoint{}, err
	}
	if old.Origin != c.Origin || int64(old.Size) != p.Old {
		return c, fmt.Errorf("the proof is about %d events of %s, the older checkpoint about %d of %s: %w", p.Old, c.Origin, old.Size, old.Origin, ErrNotProven)
	}
	if tlog.CheckTree(p.Hashes, int64(c.Size), c.Root, p.Old, old.Root) != nil {
		return c, fmt.Errorf("the log of %d events does not continue that of %d: %w", c.Size, p.Old, ErrNotProven)
	}
	return c, nil
}

// IsConsistency reports which of the two proofs a file is.
func IsConsistency(text []byte) bool { return bytes.HasPrefix(text, []byte("old ")) }

func writeHashes[P ~[]tlog.Hash](b *bytes.Buffer, hashes P) {
	for _, h := range hashes {
		b.WriteString(h.String() + "\n")
	}
	b.WriteByte('\n')
}

// maxProof is more hashes than a proof for any number of events has.
const maxProof = 130

func parseHashes(lines []string) ([]tlog.Hash, error) {
	if len(lines) > maxProof {
		return nil, fmt.Errorf("the proof has %d hashes: %w", len(lines), ErrInvalid)
	}
	out := make([]tlog.Hash, len(lines))
	for i, l := range lines {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return nil, fmt.Errorf("line %q of the proof is not a hash: %w", l, ErrInvalid)
		}
		out[i] = h
	}
	return out, nil
}

// parseNumber reads a decimal without sign or leading zeroes.
func parseNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, ErrInvalid
	}
	return n, nil
}
