package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
	"headway/events/merkle"
)

// ErrDamaged means that a file is not, or no longer, the export of a log. Nothing
// is written of it.
var ErrDamaged = errors.New("the file is damaged, or is no export of a log; nothing was written")

// ErrNotEmpty means that events would be restored into a log that has some.
var ErrNotEmpty = errors.New("the database has events already; restore into an empty one")

// Target is an empty log that can be restored into.
type Target interface {
	merkle.Store
	// Restore writes events as they are, with their positions, versions and times
	// of recording, in one step: all or none. An error of the sequence ends it,
	// and nothing is written. Errors: ErrNotEmpty, and events.ErrInvalid where
	// positions do not follow each other from 1.
	Restore(ctx context.Context, list iter.Seq2[events.Event, error]) error
}

// maxLine is longer than the line of any event that a log takes.
const maxLine = 8 << 20

// Write writes all events of a log up to its head, a line each, and returns the
// checkpoint of what was written. The error is events.ErrDamaged where that is not
// what the tree beside the log says.
func Write(ctx context.Context, s merkle.Store, w io.Writer, progress func(done events.Position)) (merkle.Checkpoint, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	var sum summary
	var line []byte
	for e, err := range s.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			return merkle.Checkpoint{}, fmt.Errorf("export events: %w", err)
		}
		line = events.AppendCloudEvent(line[:0], &e)
		sum.add(line)
		if _, err := b.Write(append(line, '\n')); err != nil {
			return merkle.Checkpoint{}, fmt.Errorf("export events: %w", err)
		}
		if progress != nil && e.Position%1000 == 0 {
			progress(e.Position)
		}
	}
	if err := b.Flush(); err != nil {
		return merkle.Checkpoint{}, fmt.Errorf("export events: %w", err)
	}
	c := sum.checkpoint()
	root, err := merkle.RootAt(ctx, s, c.Size)
	if err == nil && root != c.Root {
		err = events.ErrDamaged
	}
	if err != nil {
		return c, fmt.Errorf("export events: %w", err)
	}
	return c, nil
}

// summary is what lines add up to.
type summary struct {
	frontier merkle.Frontier
	first    tlog.Hash
	scratch  []byte
}

func (s *summary) add(line []byte) {
	leaf := tlog.RecordHash(line)
	if s.frontier.Size() == 0 {
		s.first = leaf
	}
	s.scratch = s.frontier.Append(leaf, s.scratch[:0])
}

func (s *summary) checkpoint() merkle.Checkpoint {
	c := merkle.Checkpoint{Size: events.Position(s.frontier.Size()), Root: s.frontier.Root()}
	if c.Size > 0 {
		c.Origin = merkle.Origin(s.first)
	}
	return c
}

// Check reads a whole file and returns its checkpoint. It must be the lines of all
// events from position 1, each exactly as Write writes it; where a checkpoint is
// wanted, they must be all those it was signed for, and no more. Errors:
// ErrDamaged.
func Check(ctx context.Context, r io.Reader, want *merkle.Checkpoint, progress func(done events.Position)) (merkle.Checkpoint, error) {
	var sum summary
	for e, err := range parse(r, &sum) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return merkle.Checkpoint{}, err
		}
		if progress != nil && e.Position%1000 == 0 {
			progress(e.Position)
		}
	}
	got := sum.checkpoint()
	if want != nil {
		if err := compare(got, *want); err != nil {
			return got, err
		}
	}
	return got, nil
}

func compare(got, want merkle.Checkpoint) error {
	switch {
	case got.Size != want.Size:
		return fmt.Errorf("it has %d events, and its checkpoint was signed for %d: %w", got.Size, want.Size, ErrDamaged)
	case got.Origin != want.Origin:
		return fmt.Errorf("it is of the log %s, and its checkpoint of %s: %w", got.Origin, want.Origin, ErrDamaged)
	case got.Root != want.Root:
		return fmt.Errorf("its events are not those that its checkpoint was signed for: %w", ErrDamaged)
	}
	return nil
}

// Restore writes the events of a file into an empty log. The file must have been
// checked; should it have changed since then, nothing is written.
func Restore(ctx context.Context, t Target, r io.Reader, checked merkle.Checkpoint, progress func(done events.Position)) error {
	var sum summary
	list := func(yield func(events.Event, error) bool) {
		for e, err := range parse(r, &sum) {
			if !yield(e, err) {
				return
			}
			if progress != nil && e.Position%1000 == 0 {
				progress(e.Position)
			}
		}
		if err := compare(sum.checkpoint(), checked); err != nil {
			yield(events.Event{}, fmt.Errorf("the file has changed meanwhile: %w", err))
		}
	}
	if err := t.Restore(ctx, list); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// parse yields the events of a file and adds them up. After an error it ends.
func parse(r io.Reader, sum *summary) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		lines := bufio.NewReaderSize(r, 1<<16)
		auditor := events.NewAuditor()
		var buf []byte
		for n := 1; ; n++ {
			line, err := readLine(lines, buf[:0])
			buf = line
			if errors.Is(err, io.EOF) {
				return
			}
			var e events.Event
			if err == nil {
				e, err = parseLine(line, auditor)
			}
			if err != nil {
				yield(events.Event{}, fmt.Errorf("line %d: %w: %w", n, err, ErrDamaged))
				return
			}
			sum.add(line)
			if !yield(e, nil) {
				return
			}
		}
	}
}

var errCut = errors.New("it has no end")

// readLine reads a line of bounded length, without its end. A last line without
// end was cut off.
func readLine(r *bufio.Reader, buf []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		buf = append(buf, part...)
		switch {
		case len(buf) > maxLine:
			return buf, fmt.Errorf("it has more than %d bytes", maxLine)
		case err == nil:
			return buf[:len(buf)-1], nil
		case errors.Is(err, io.EOF) && len(buf) > 0:
			return buf, errCut
		case !errors.Is(err, bufio.ErrBufferFull):
			return buf, err
		}
	}
}

var errNotCanonical = errors.New("it is not as Headway writes it")

func parseLine(line []byte, auditor *events.Auditor) (events.Event, error) {
	e, err := events.UnmarshalCloudEvent(line)
	if err != nil {
		return e, err
	}
	if !bytes.Equal(events.MarshalCloudEvent(e), line) {
		return e, errNotCanonical
	}
	return e, auditor.Next(&e)
}
