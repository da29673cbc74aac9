package merkle

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// Checkpoint is the head of a tree, as a statement that can be signed and kept
// elsewhere: https://c2sp.org/tlog-checkpoint.
type Checkpoint struct {
	Origin string // which log
	Size   events.Position
	Root   tlog.Hash
}

// The errors a caller decides on.
var (
	// ErrInvalid is a file that is not what it should be.
	ErrInvalid = errors.New("the file is not valid")
	// ErrUnknownKey means that none of the keys that are trusted has signed.
	ErrUnknownKey = errors.New("no trusted key has signed it")
	// ErrNotProven means that a signature or a proof is wrong.
	ErrNotProven = errors.New("the proof does not hold")
	// ErrForked means that the log does not continue what was signed before.
	ErrForked = errors.New("the log does not continue the checkpoint that was signed before; run `headway verify`")
	// ErrNoPosition is followed by the position.
	ErrNoPosition = errors.New("there is no position")
	// ErrEmpty is returned where a log without events should be signed.
	ErrEmpty = errors.New("the log has no events yet, so there is nothing to sign")
)

// Origin names a log by the hash of its first event: a copy of the log has the
// same, no other log has it, and nobody has to configure it.
func Origin(first tlog.Hash) string { return "headway/" + hex.EncodeToString(first[:16]) }

// Text is what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign writes the checkpoint as a signed note (https://c2sp.org/signed-note).
func (c Checkpoint) Sign(signers ...note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign the checkpoint: %w", err)
	}
	return signed, nil
}

// ParseCheckpoint reads the text of a checkpoint; further lines are ignored, as
// the format wants it.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return Checkpoint{}, fmt.Errorf("a checkpoint has an origin, a size and a root, a line each: %w", ErrInvalid)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("the size %q of the checkpoint is not a number: %w", lines[1], ErrInvalid)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the root %q of the checkpoint is not a hash: %w", lines[2], ErrInvalid)
	}
	if lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("the checkpoint names no log: %w", ErrInvalid)
	}
	return Checkpoint{Origin: lines[0], Size: events.Position(size), Root: root}, nil
}

// ReadUnsigned reads a signed checkpoint without looking at its signatures: to
// learn which log it is of, whose keys are then looked for.
func ReadUnsigned(signed []byte) (Checkpoint, error) {
	text, _, ok := strings.Cut(string(signed), "\n\n")
	if !ok {
		return Checkpoint{}, fmt.Errorf("a checkpoint has its signatures after an empty line: %w", ErrInvalid)
	}
	return ParseCheckpoint(text + "\n")
}

// OpenCheckpoint reads a checkpoint that one of the keys has signed. Errors:
// ErrInvalid, ErrUnknownKey, and ErrNotProven for a wrong signature.
func OpenCheckpoint(signed []byte, keys note.Verifiers) (Checkpoint, error) {
	n, err := note.Open(signed, keys)
	var unknown *note.UnverifiedNoteError
	var wrong *note.InvalidSignatureError
	switch {
	case errors.As(err, &unknown):
		names := make([]string, 0, len(unknown.Note.UnverifiedSigs))
		for _, s := range unknown.Note.UnverifiedSigs {
			names = append(names, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
		}
		return Checkpoint{}, fmt.Errorf("the checkpoint is signed by %s: %w", strings.Join(names, " and "), ErrUnknownKey)
	case errors.As(err, &wrong):
		return Checkpoint{}, fmt.Errorf("the signature of the checkpoint by %s+%08x is wrong: %w", wrong.Name, wrong.Hash, ErrNotProven)
	case err != nil:
		return Checkpoint{}, fmt.Errorf("read the checkpoint: %w: %w", ErrInvalid, err)
	}
	return ParseCheckpoint(n.Text)
}

// Current is the checkpoint of a log as it stands, from the tree stored beside
// it. Errors: ErrEmpty, events.ErrDamaged.
func Current(ctx context.Context, s Store) (Checkpoint, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	if tree.Size() == 0 {
		return Checkpoint{}, ErrEmpty
	}
	origin, err := OriginOf(ctx, s)
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Origin: origin, Size: events.Position(tree.Size()), Root: tree.Root()}, nil
}

// OriginOf reads the origin of a log. Errors: ErrEmpty.
func OriginOf(ctx context.Context, s Store) (string, error) {
	stored, err := s.StoredHashes(ctx, []events.Position{1})
	if err != nil {
		return "", err
	}
	if len(stored[0]) < tlog.HashSize {
		return "", ErrEmpty
	}
	return Origin(tlog.Hash(stored[0][:tlog.HashSize])), nil
}

// Extends reports, as an error, whether a log does not continue a checkpoint of
// it: ErrForked. It looks at the stored hashes only, of which it reads few.
func Extends(ctx context.Context, s Store, old Checkpoint) error {
	now, err := Current(ctx, s)
	if err != nil {
		return err
	}
	if now.Origin != old.Origin || now.Size < old.Size {
		return ErrForked
	}
	root, err := RootAt(ctx, s, old.Size)
	if err != nil {
		return err
	}
	if root != old.Root {
		return ErrForked
	}
	return nil
}
