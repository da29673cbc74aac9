package merkle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys keeps the signing keys of logs in a directory outside of the databases:
// whoever can rewrite a log should not be able to sign what came of it. For each
// log there are three files: NAME.key, the private key; NAME.pub, all public keys
// it ever had, oldest first, a line each; and NAME.checkpoint, the last that was
// signed.
type Keys struct {
	Dir  string
	Rand io.Reader
}

func (k Keys) path(origin, ending string) string {
	return filepath.Join(k.Dir, strings.ReplaceAll(origin, "/", "-")+ending)
}

// Signer returns the key of a log, and makes one at the first time.
func (k Keys) Signer(origin string) (s note.Signer, made bool, err error) {
	text, err := os.ReadFile(k.path(origin, ".key"))
	if errors.Is(err, fs.ErrNotExist) {
		made = true
		text, err = k.first(origin)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the signing key: %w", err)
	}
	s, err = note.NewSigner(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, false, fmt.Errorf("the signing key %s is damaged: %w; restore it from a backup, or move it away and run `headway key rotate`", k.path(origin, ".key"), err)
	}
	return s, made, nil
}

// first makes the first key. Of two programs that try at once, one wins and both
// use its key.
func (k Keys) first(origin string) ([]byte, error) {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return nil, err
	}
	private, public, err := note.GenerateKey(k.Rand, origin)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(k.Dir, ".key-*") // made with mode 0600
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // the link stays
	_, err = f.WriteString(private + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), k.path(origin, ".key")); errors.Is(err, fs.ErrExist) {
		return os.ReadFile(k.path(origin, ".key"))
	} else if err != nil {
		return nil, err
	}
	return []byte(private), k.addPublic(origin, public)
}

func (k Keys) addPublic(origin, public string) error {
	all, err := k.Public(origin)
	if err != nil {
		return err
	}
	return replace(k.path(origin, ".pub"), []byte(strings.Join(append(all, public), "\n")+"\n"), 0o644)
}

// Public returns the public keys that a log ever had, oldest first; none where
// this directory has no key of it.
func (k Keys) Public(origin string) ([]string, error) {
	text, err := os.ReadFile(k.path(origin, ".pub"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the public keys: %w", err)
	}
	return strings.Fields(string(text)), nil
}

// Rotate replaces the key of a log by a new one, and destroys the old private key.
// The statement it returns names both public keys and is signed by both: whoever
// trusts the old key can learn the new one from it.
func (k Keys) Rotate(origin string) (statement []byte, err error) {
	old, made, err := k.Signer(origin)
	if err != nil {
		return nil, err
	}
	all, err := k.Public(origin)
	if err != nil {
		return nil, err
	}
	if made || len(all) == 0 {
		return nil, fmt.Errorf("the log %s had no key yet; it has one now: %w", origin, ErrInvalid)
	}
	private, public, err := note.GenerateKey(k.Rand, origin)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	text := fmt.Sprintf("headway key rotation\nlog %s\nfrom %s\nto %s\n", origin, all[len(all)-1], public)
	if statement, err = note.Sign(&note.Note{Text: text}, old, signer); err != nil {
		return nil, fmt.Errorf("sign the rotation: %w", err)
	}
	// The public key is kept first: a crash in between leaves one that is of no
	// use, and none that nobody knows.
	if err := k.addPublic(origin, public); err != nil {
		return nil, err
	}
	if err := replace(k.path(origin, ".key"), []byte(private+"\n"), 0o600); err != nil {
		return nil, err
	}
	return statement, nil
}

// Sign signs the log as it stands. Errors: ErrEmpty, and those of SignAt.
func (k Keys) Sign(ctx context.Context, s Store) (c Checkpoint, signed []byte, err error) {
	if c, err = Current(ctx, s); err != nil {
		return c, nil, err
	}
	signed, err = k.SignAt(ctx, s, c)
	return c, signed, err
}

// SignAt signs a checkpoint that was computed of the log, after a look at whether
// the log continues what was signed before: a log must never sign two histories.
// Errors: ErrForked, events.ErrDamaged.
func (k Keys) SignAt(ctx context.Context, s Store, c Checkpoint) ([]byte, error) {
	last, ok, err := k.Last(c.Origin)
	if err != nil {
		return nil, err
	}
	if ok {
		if err := Extends(ctx, s, last); err != nil {
			return nil, err
		}
	}
	signer, _, err := k.Signer(c.Origin)
	if err != nil {
		return nil, err
	}
	signed, err := c.Sign(signer)
	if err != nil {
		return nil, err
	}
	if !ok || c.Size > last.Size {
		err = replace(k.path(c.Origin, ".checkpoint"), signed, 0o644)
	}
	return signed, err
}

// Last is the newest checkpoint that was signed of a log; false where none was.
func (k Keys) Last(origin string) (Checkpoint, bool, error) {
	signed, err := os.ReadFile(k.path(origin, ".checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return Checkpoint{}, false, nil
	}
	if err != nil {
		return Checkpoint{}, false, fmt.Errorf("read the last checkpoint: %w", err)
	}
	trusted, err := k.Verifiers(origin)
	if err != nil {
		return Checkpoint{}, false, err
	}
	c, err := OpenCheckpoint(signed, trusted)
	if err != nil {
		return Checkpoint{}, false, fmt.Errorf("%s: %w", k.path(origin, ".checkpoint"), err)
	}
	return c, true, nil
}

// Verifiers are the public keys of a log.
func (k Keys) Verifiers(origin string) (note.Verifiers, error) {
	all, err := k.Public(origin)
	if err != nil {
		return nil, err
	}
	return ParseKeys(all...)
}

// ParseKeys reads public keys as package note writes them: NAME+HASH+KEY.
func ParseKeys(keys ...string) (note.Verifiers, error) {
	var list []note.Verifier
	for _, text := range keys {
		v, err := note.NewVerifier(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a public key, NAME+HASH+KEY: %w", text, ErrInvalid)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...), nil
}

// replace writes a file in one step.
func replace(path string, data []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error is told
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
