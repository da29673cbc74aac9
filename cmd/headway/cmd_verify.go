package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"headway/events"
	"headway/events/merkle"
)

// maxProofFile bounds what is read of a checkpoint, a proof or a key.
const maxProofFile = 16 << 20

// keys are the signing keys of this machine, kept apart from the databases.
func (a *app) keys() (merkle.Keys, error) {
	dir := a.keyDir
	if dir == "" {
		dir = a.getenv("HEADWAY_KEYS")
	}
	if dir == "" {
		config, err := os.UserConfigDir()
		if err != nil {
			return merkle.Keys{}, fmt.Errorf("find a place for the signing key: %w; name a directory with --keys or HEADWAY_KEYS", err)
		}
		dir = filepath.Join(config, "headway", "keys")
	}
	return merkle.Keys{Dir: dir, Rand: rand.Reader}, nil
}

// trust is which public keys a command takes for true.
type trust struct{ given []string }

func (t *trust) flag(c *cobra.Command) {
	c.Flags().StringArrayVar(&t.given, "public-key", nil, "public key to trust, NAME+HASH+KEY or a file of them (default: the keys of this log in --keys)")
}

// verifiers are the keys given, or those this machine has of a log.
func (t *trust) verifiers(k merkle.Keys, origin string) (note.Verifiers, error) {
	if len(t.given) == 0 {
		return k.Verifiers(origin)
	}
	var all []string
	for _, g := range t.given {
		if _, err := note.NewVerifier(g); err == nil {
			all = append(all, g)
			continue
		}
		text, err := readSmall(g)
		if err != nil {
			return nil, fmt.Errorf("%q is neither a public key nor a file of them: %w", g, err)
		}
		all = append(all, strings.Fields(string(text))...)
	}
	return merkle.ParseKeys(all...)
}

// open reads a signed checkpoint with the keys that are trusted.
func (t *trust) open(k merkle.Keys, path string) (merkle.Checkpoint, error) {
	signed, err := readSmall(path)
	if err != nil {
		return merkle.Checkpoint{}, err
	}
	c, err := merkle.ReadUnsigned(signed)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	known, err := t.verifiers(k, c.Origin)
	if err != nil {
		return c, err
	}
	if c, err = merkle.OpenCheckpoint(signed, known); err != nil {
		return c, withKeyHint(fmt.Errorf("%s: %w", path, err))
	}
	return c, nil
}

func withKeyHint(err error) error {
	if errors.Is(err, merkle.ErrUnknownKey) {
		return fmt.Errorf("%w; name its public key with --public-key", err)
	}
	return err
}

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxProofFile+1))
	if err == nil && len(text) > maxProofFile {
		err = fmt.Errorf("%s is larger than a proof can be", path)
	}
	return text, err
}

// verification is what verify found. Its JSON is a promise.
type verification struct {
	OK               bool             `json:"ok"`
	Size             events.Position  `json:"size"`
	Root             *string          `json:"root"` // base64; null for an empty log
	FirstBadPosition *events.Position `json:"first_bad_position"`
	Problem          string           `json:"problem,omitempty"`
	Origin           string           `json:"origin,omitempty"`
	Checkpoints      int              `json:"checkpoints"` // compared with
}

func (a *app) verifyCommand() *cobra.Command {
	var files []string
	var proof string
	var t trust
	c := &cobra.Command{Use: "verify", Short: "Check every event, the tree over them, and checkpoints kept elsewhere", Args: noArgs,
		Long: "Check every event: positions, versions, times, decoding; compute the Merkle tree anew and compare it with the one\n" +
			"stored beside the log, with the last checkpoint signed here, and with those given. Exit code 4 when something is wrong.\n" +
			"With --proof a proof is checked instead, without a database: of an event, or with --checkpoint of a log's growth.",
		Example: "  headway verify --json\n  headway verify --checkpoint 2026-05.checkpoint\n  headway verify --proof event-17.tlog-proof --public-key headway.pub"}
	c.Flags().StringArrayVar(&files, "checkpoint", nil, "signed checkpoint to compare with; may be given several times")
	c.Flags().StringVar(&proof, "proof", "", "proof to check instead of a database")
	t.flag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		k, err := a.keys()
		if err != nil {
			return err
		}
		if proof != "" {
			return a.verifyProof(k, &t, proof, files)
		}
		return a.verifyLog(c.Context(), k, &t, files)
	}
	return c
}

func (a *app) verifyLog(ctx context.Context, k merkle.Keys, t *trust, files []string) error {
	var checkpoints []merkle.Checkpoint
	for _, f := range files {
		c, err := t.open(k, f)
		if err != nil {
			return err
		}
		checkpoints = append(checkpoints, c)
	}
	st, err := a.openStore(ctx, a.database(defaultDatabase), false)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }() // nothing was written
	if checkpoints, err = withLast(ctx, k, st, checkpoints); err != nil {
		return err
	}
	bar := a.bar("verifying")
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	r, err := merkle.Verify(ctx, st, checkpoints, func(done events.Position) { bar(int64(done), int64(head)) })
	if err != nil {
		return err
	}
	return a.tellVerification(r, len(checkpoints))
}

// withLast adds the last checkpoint that was signed here, where there is one.
func withLast(ctx context.Context, k merkle.Keys, s merkle.Store, list []merkle.Checkpoint) ([]merkle.Checkpoint, error) {
	origin, err := merkle.OriginOf(ctx, s)
	if errors.Is(err, merkle.ErrEmpty) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	last, ok, err := k.Last(origin)
	if err != nil {
		return nil, err
	}
	if ok {
		list = append(list, last)
	}
	return list, nil
}

func (a *app) tellVerification(r merkle.Report, checkpoints int) error {
	v := verification{OK: r.OK(), Size: r.Size, Problem: r.Problem, Origin: r.Origin, Checkpoints: checkpoints}
	if r.Size > 0 {
		root := r.Root.String()
		v.Root = &root
	}
	if !v.OK {
		v.FirstBadPosition = &r.FirstBad
	}
	if a.json {
		if err := a.printJSON(v); err != nil {
			return err
		}
	} else if v.OK {
		compared := "no checkpoint to compare with; `headway checkpoint` signs one"
		if checkpoints > 0 {
			compared = fmt.Sprintf("it agrees with %d checkpoint%s", checkpoints, map[bool]string{false: "s"}[checkpoints == 1])
		}
		a.say("%d events verify: positions, versions, times, decoding and the tree; %s", v.Size, compared)
		if v.Root != nil {
			a.say("root %s of %s", *v.Root, v.Origin)
		}
	}
	if !v.OK {
		return fmt.Errorf("%w: position %d: %s", errUnproven, r.FirstBad, r.Problem)
	}
	return nil
}

// proven is what the check of a proof found, as JSON.
type proven struct {
	OK       bool            `json:"ok"`
	Origin   string          `json:"origin"`
	Size     events.Position `json:"size"`
	Root     string          `json:"root"`
	Position events.Position `json:"position,omitempty"` // of the event
	Event    jsonText        `json:"event,omitempty"`
	From     events.Position `json:"from,omitempty"` // size of the older log
}

// jsonText is JSON that is printed as it is.
type jsonText string

func (t jsonText) MarshalJSON() ([]byte, error) { return []byte(t), nil }

func (a *app) verifyProof(k merkle.Keys, t *trust, path string, files []string) error {
	text, err := readSmall(path)
	if err != nil {
		return err
	}
	if merkle.IsConsistency(text) {
		return a.verifyGrowth(k, t, path, text, files)
	}
	p, err := merkle.ParseInclusion(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	known, err := t.ofProof(k, p.Checkpoint)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	e, c, err := p.Verify(known)
	if err != nil {
		return withKeyHint(fmt.Errorf("%s: %w", path, err))
	}
	if a.json {
		return a.printJSON(proven{OK: true, Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Position: e.Position, Event: jsonText(p.Line)})
	}
	a.say("the proof holds: this event is at position %d of the log %s of %d events", e.Position, c.Origin, c.Size)
	a.say("%s", p.Line)
	return nil
}

func (t *trust) ofProof(k merkle.Keys, signed []byte) (note.Verifiers, error) {
	c, err := merkle.ReadUnsigned(signed)
	if err != nil {
		return nil, err
	}
	return t.verifiers(k, c.Origin)
}

func (a *app) verifyGrowth(k merkle.Keys, t *trust, path string, text []byte, files []string) error {
	if len(files) != 1 {
		return usageError{fmt.Errorf("%s proves that a log has grown from an older checkpoint: give that with --checkpoint", path)}
	}
	old, err := t.open(k, files[0])
	if err != nil {
		return err
	}
	p, err := merkle.ParseConsistency(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	known, err := t.ofProof(k, p.Checkpoint)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	c, err := p.Verify(old, known)
	if err != nil {
		return withKeyHint(fmt.Errorf("%s: %w", path, err))
	}
	if a.json {
		return a.printJSON(proven{OK: true, Origin: c.Origin, Size: c.Size, Root: c.Root.String(), From: old.Size})
	}
	a.say("the proof holds: the log %s of %d events begins with the same %d", c.Origin, c.Size, old.Size)
	return nil
}

func (a *app) checkpointCommand() *cobra.Command {
	var path string
	c := &cobra.Command{Use: "checkpoint", Short: "Sign the log as it stands; keep what is printed elsewhere", Args: noArgs,
		Long: "Sign the head of the log's Merkle tree as it stands, as a signed note (c2sp.org/tlog-checkpoint). Kept elsewhere, it shows\n" +
			"later that nothing of what the log has now was changed. The key is made at the first time; see `headway key`.",
		Example: "  headway checkpoint -o 2026-05.checkpoint\n  headway checkpoint --json"}
	c.Flags().StringVarP(&path, "output", "o", "-", "file to write, or - for standard output")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.signed(c.Context(), func(_ merkle.Store, cp merkle.Checkpoint, signed []byte) error {
			if a.json && path == "-" {
				return a.printJSON(map[string]any{"origin": cp.Origin, "size": cp.Size, "root": cp.Root.String(), "note": string(signed)})
			}
			return a.writeTo(path, public, signed)
		})
	}
	return c
}

// signed signs the log as it stands and hands on what was signed.
func (a *app) signed(ctx context.Context, then func(merkle.Store, merkle.Checkpoint, []byte) error) error {
	k, err := a.keys()
	if err != nil {
		return err
	}
	st, err := a.openStore(ctx, a.database(defaultDatabase), false)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }() // nothing was written to it
	cp, signed, err := k.Sign(ctx, st)
	if err != nil {
		return err
	}
	return then(st, cp, signed)
}

// writeTo writes a small file in one step, or to standard output.
func (a *app) writeTo(path string, mode fs.FileMode, data []byte) error {
	if path == "-" {
		_, err := a.out.Write(data)
		return err
	}
	err := writeFile(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err == nil {
		a.note("wrote %s", path)
	}
	return err
}

func (a *app) proveCommand() *cobra.Command {
	var path, from string
	var t trust
	c := &cobra.Command{Use: "prove [POSITION]", Short: "Prove that an event is in the log, or that the log continues an older one",
		Long: "Write a proof that a stranger can check offline: that the event at a position is in the log (c2sp.org/tlog-proof, with the\n" +
			"event in it), or with --from that nothing of what an older checkpoint was signed for has changed since.\n" +
			"`headway verify --proof FILE --public-key KEY` checks it; docs/verification.md tells how other tools do.",
		Example: "  headway prove 17 -o event-17.tlog-proof\n  headway prove --from 2026-05.checkpoint -o growth.proof"}
	c.Flags().StringVarP(&path, "output", "o", "-", "file to write, or - for standard output")
	c.Flags().StringVar(&from, "from", "", "older checkpoint")
	t.flag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if (from != "") == (len(args) == 1) || len(args) > 1 {
			return usageError{fmt.Errorf("give a POSITION, or --from CHECKPOINT; see `headway prove --help`")}
		}
		if from != "" {
			return a.proveGrowth(c.Context(), &t, from, path)
		}
		at, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil || at < 1 {
			return usageError{fmt.Errorf("%q is not a position: 1, 2, … in the log", args[0])}
		}
		return a.signed(c.Context(), func(s merkle.Store, cp merkle.Checkpoint, signed []byte) error {
			p, err := merkle.ProveInclusion(c.Context(), s, events.Position(at), cp, signed)
			if err != nil {
				return err
			}
			return a.writeTo(path, private, p.Marshal())
		})
	}
	return c
}

func (a *app) proveGrowth(ctx context.Context, t *trust, from, path string) error {
	k, err := a.keys()
	if err != nil {
		return err
	}
	old, err := t.open(k, from)
	if err != nil {
		return err
	}
	return a.signed(ctx, func(s merkle.Store, cp merkle.Checkpoint, signed []byte) error {
		p, err := merkle.ProveConsistency(ctx, s, old, cp, signed)
		if err != nil {
			return err
		}
		return a.writeTo(path, private, p.Marshal())
	})
}

func (a *app) keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "The keys that sign checkpoints", Args: noArgs, RunE: showHelp, Example: "  headway key show"}
	show := &cobra.Command{Use: "show", Short: "The public keys of the log, oldest first; the last one signs", Args: noArgs, Example: "  headway key show > headway.pub"}
	show.RunE = func(c *cobra.Command, _ []string) error {
		return a.withKeys(c.Context(), func(k merkle.Keys, origin string) error {
			if _, _, err := k.Signer(origin); err != nil { // makes the first
				return err
			}
			all, err := k.Public(origin)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"origin": origin, "public_keys": all, "directory": k.Dir})
			}
			for _, p := range all {
				a.say("%s", p)
			}
			return nil
		})
	}
	var path string
	rotate := &cobra.Command{Use: "rotate", Short: "Replace the signing key; the old private key is destroyed", Args: noArgs,
		Long:    "Replace the signing key by a new one. What is printed names both public keys and is signed by both: publish it, so that\nwhoever trusts the old key learns the new one. Checkpoints of the old key stay valid.",
		Example: "  headway key rotate -o rotation.note"}
	rotate.Flags().StringVarP(&path, "output", "o", "-", "file to write, or - for standard output")
	rotate.RunE = func(c *cobra.Command, _ []string) error {
		return a.withKeys(c.Context(), func(k merkle.Keys, origin string) error {
			statement, err := k.Rotate(origin)
			if err != nil {
				return err
			}
			return a.writeTo(path, public, statement)
		})
	}
	c.AddCommand(show, rotate)
	return c
}

func (a *app) withKeys(ctx context.Context, f func(merkle.Keys, string) error) error {
	k, err := a.keys()
	if err != nil {
		return err
	}
	st, err := a.openStore(ctx, a.database(defaultDatabase), false)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }() // nothing was written to it
	origin, err := merkle.OriginOf(ctx, st)
	if err != nil {
		return err
	}
	return f(k, origin)
}
