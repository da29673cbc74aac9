package merkle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// Report is what a verification has found.
type Report struct {
	Size     events.Position // so many events, from the first, are right
	Root     tlog.Hash       // of the tree over these
	Origin   string          // of the log; empty while it has no event
	FirstBad events.Position // the first position that is wrong; 0 when none is
	Problem  string          // what is wrong, in one sentence
}

// OK reports whether nothing is wrong.
func (r Report) OK() bool { return r.FirstBad == 0 }

// Verify computes everything anew from the events: their order, that they can be
// read, and the tree. It compares the tree with the one stored beside the log and
// with checkpoints, whose signatures the caller has checked, and finds the first
// position that differs. Checkpoints only tell that one of the events since the
// checkpoint before was changed; its first possible position is then told.
//
// The error is that of reading; what is wrong with the log is in the report.
// Progress, which may be nil, is told now and then how many events were verified.
func Verify(ctx context.Context, s Store, checkpoints []Checkpoint, progress func(done events.Position)) (Report, error) {
	v := &verifier{auditor: events.NewAuditor(), checkpoints: slices.Clone(checkpoints), progress: progress}
	slices.SortStableFunc(v.checkpoints, func(a, b Checkpoint) int { return int(a.Size - b.Size) })
	err := inPieces(ctx, s, v.piece)
	switch {
	case errors.Is(err, errFound):
		return v.report(), nil
	case errors.Is(err, events.ErrDamaged):
		_ = v.bad(v.auditor.Size()+1, "%v", err)
		return v.report(), nil
	case err != nil:
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	if err := v.end(ctx, s); err != nil && !errors.Is(err, errFound) {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	return v.report(), nil
}

// errFound ends a verification that has found something; it never leaves this file.
var errFound = errors.New("found")

type verifier struct {
	auditor     *events.Auditor
	frontier    Frontier
	origin      string
	checkpoints []Checkpoint    // that are still to be met, smallest first
	agreed      events.Position // size of the newest that was met
	firstBad    events.Position
	problem     string
	scratch     []byte
	progress    func(events.Position)
}

func (v *verifier) report() Report {
	return Report{Size: v.auditor.Size(), Root: v.frontier.Root(), Origin: v.origin, FirstBad: v.firstBad, Problem: v.problem}
}

func (v *verifier) bad(at events.Position, format string, args ...any) error {
	v.firstBad, v.problem = at, fmt.Sprintf(format, args...)
	return errFound
}

// piece verifies events whose leaves were computed and whose content was checked.
func (v *verifier) piece(p *piece) error {
	for i := range p.list {
		e := &p.list[i]
		at := v.auditor.Size() + 1
		if p.faults != nil && p.faults[i] != nil {
			return v.bad(at, "%v", p.faults[i])
		}
		if at == 1 {
			v.origin = Origin(p.leaves[i])
			for _, c := range v.checkpoints {
				if c.Origin != v.origin {
					return v.bad(1, "the checkpoint is of the log %s and this is %s: it is another log, or its first event was changed", c.Origin, v.origin)
				}
			}
		}
		if err := v.auditor.Follow(e); err != nil {
			return v.bad(at, "%v", err)
		}
		v.scratch = v.frontier.Append(p.leaves[i], v.scratch[:0])
		if !bytes.Equal(v.scratch, e.Hashes) {
			return v.bad(at, "event %s, or the hash stored with it, was changed", e.ID)
		}
		if err := v.meet(e.Position); err != nil {
			return err
		}
	}
	if v.progress != nil {
		v.progress(v.auditor.Size())
	}
	return nil
}

// meet compares the tree with the checkpoints of its size.
func (v *verifier) meet(size events.Position) error {
	for len(v.checkpoints) > 0 && v.checkpoints[0].Size == size {
		if v.checkpoints[0].Root != v.frontier.Root() {
			return v.bad(v.agreed+1, "the events from %d to %d are not those that the checkpoint was signed for: one was changed, inserted or removed, and the tree made anew", v.agreed+1, size)
		}
		v.agreed, v.checkpoints = size, v.checkpoints[1:]
	}
	return nil
}

// end compares the whole with the stored head of the tree and with checkpoints
// that are larger than the log.
func (v *verifier) end(ctx context.Context, s Store) error {
	size := v.auditor.Size()
	if len(v.checkpoints) > 0 {
		return v.bad(size+1, "the log ends at position %d, and a checkpoint was signed for %d events: the last were removed", size, v.checkpoints[len(v.checkpoints)-1].Size)
	}
	tree, err := s.Tree(ctx)
	if errors.Is(err, events.ErrDamaged) {
		return v.bad(size+1, "%v", err)
	}
	if err != nil {
		return err
	}
	want := v.frontier.Root()
	if tree.Size() != int64(size) { // it has grown meanwhile
		if want, err = RootAt(ctx, s, events.Position(tree.Size())); err != nil {
			return err
		}
	}
	if tree.Root() != want {
		return v.bad(size+1, "the stored head of the tree is not that of the events")
	}
	return nil
}

// piece is a run of events with what can be found out of each by itself.
type piece struct {
	list   []events.Event
	leaves []tlog.Hash
	faults []error // nil where there is none
	done   chan struct{}
}

func (p *piece) compute() {
	p.leaves = slices.Grow(p.leaves[:0], len(p.list))[:len(p.list)]
	for i := range p.list {
		p.leaves[i] = Leaf(&p.list[i])
		if err := events.Readable(&p.list[i]); err != nil {
			if p.faults == nil {
				p.faults = make([]error, len(p.list))
			}
			p.faults[i] = err
		}
	}
	close(p.done)
}

// inPieces reads the log, lets several goroutines compute, and hands the pieces to
// each in order. It returns the first error, of reading or of each.
func inPieces(ctx context.Context, s Store, each func(*piece) error) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	ordered, work := make(chan *piece, ahead), make(chan *piece, ahead)
	failed := make(chan error, 1)
	go func() {
		defer close(ordered)
		defer close(work)
		failed <- readPieces(ctx, s, func(p *piece) bool {
			for _, c := range []chan *piece{work, ordered} {
				select {
				case c <- p:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	}()
	for range workers {
		go func() {
			for p := range work {
				p.compute()
			}
		}()
	}
	var err error
	for p := range ordered {
		if err == nil {
			<-p.done
			if err = each(p); err != nil {
				cancel()
			}
			pieces.Put(p)
		}
	}
	cancel()
	if fault := <-failed; err == nil {
		err = fault
	}
	return err
}

// pieces are used again: their memory is large.
var pieces = sync.Pool{New: func() any { return &piece{list: make([]events.Event, 0, pieceSize)} }}

func newPiece() *piece {
	p := pieces.Get().(*piece)
	p.list, p.faults, p.done = p.list[:0], nil, make(chan struct{})
	return p
}

// pieceSize is how many events are computed at a time, and ahead how many pieces
// are read before: more than a store reads at once, so that the computing does not
// stand still while it waits for the next.
const (
	pieceSize = 512
	ahead     = 32
)

func readPieces(ctx context.Context, s Store, emit func(*piece) bool) error {
	p := newPiece()
	for e, err := range s.Read(ctx, 0, events.Filter{Hashes: true}) {
		if err != nil {
			if len(p.list) > 0 { // what is right up to here is to be told
				emit(p)
			}
			return err
		}
		if p.list = append(p.list, e); len(p.list) == pieceSize {
			if !emit(p) {
				return ctx.Err()
			}
			p = newPiece()
		}
	}
	if len(p.list) > 0 && !emit(p) {
		return ctx.Err()
	}
	return nil
}
