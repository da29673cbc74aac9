package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"headway/events"
)

// SnapshotStore keeps snapshots beside the log. A snapshot is a cache: losing
// one costs time and nothing else.
type SnapshotStore interface {
	SaveSnapshot(ctx context.Context, name string, at events.Position, data []byte) error
	// LoadSnapshot returns 0 and nil where none was saved.
	LoadSnapshot(ctx context.Context, name string) (events.Position, []byte, error)
}

// Runner keeps a State up to date with a log and lets many readers at it. It
// reads what it missed from the log itself, so that whatever wakes it may
// duplicate, reorder or lose. Every method is safe for concurrent use.
type Runner struct {
	log    events.Log
	logger *slog.Logger

	folding sync.Mutex // one fold at a time; taken before mu
	mu      sync.RWMutex
	state   *State
	stuck   error
	moved   chan struct{} // closed, and replaced, when the state moves
}

// NewRunner returns a runner with an empty state.
func NewRunner(log events.Log, logger *slog.Logger) *Runner {
	return &Runner{log: log, logger: logger, state: NewState(), moved: make(chan struct{})}
}

// Load starts from the newest snapshot, if there is one that this program can
// use. What it cannot use it leaves alone and starts from zero.
func (r *Runner) Load(ctx context.Context, from SnapshotStore) error {
	at, data, err := from.LoadSnapshot(ctx, SnapshotName)
	if err != nil {
		return fmt.Errorf("load the snapshot: %w", err)
	}
	if data == nil {
		return nil
	}
	head, err := r.log.Head(ctx)
	if err != nil {
		return fmt.Errorf("load the snapshot: %w", err)
	}
	s, err := Restore(data)
	switch {
	case err != nil:
		r.logger.Warn("starting without the snapshot", "error", err)
	case s.position != at || at > head:
		r.logger.Warn("starting without the snapshot: it is not of this log", "snapshot", at, "head", head)
	default:
		r.replace(s)
	}
	return nil
}

// Save keeps the present state as the newest snapshot.
func (r *Runner) Save(ctx context.Context, to SnapshotStore) error {
	var at events.Position
	var data []byte
	var err error
	r.Read(func(s *State) {
		at = s.position
		data, err = s.Snapshot()
	})
	if err != nil {
		return err
	}
	if err := to.SaveSnapshot(ctx, SnapshotName, at, data); err != nil {
		return fmt.Errorf("save the snapshot: %w", err)
	}
	return nil
}

// Read lets f look at the state; f must not keep it, nor call the runner.
func (r *Runner) Read(f func(*State)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	f(r.state)
}

// Position is the newest event folded, and why the runner stands still: nil
// while it follows the log.
func (r *Runner) Position() (events.Position, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.state.position, r.stuck
}

// foldChunk is how many events are folded under one lock: few enough that a
// reader does not wait long.
const foldChunk = 512

// CatchUp folds what the log has past the state. When an event cannot be read it
// stops there, keeps the last good state and returns the error, again at every
// call until the event can be read: it never skips.
func (r *Runner) CatchUp(ctx context.Context) error {
	r.folding.Lock()
	defer r.folding.Unlock()
	return r.catchUp(ctx)
}

func (r *Runner) catchUp(ctx context.Context) error {
	at, _ := r.Position()
	chunk := make([]events.Event, 0, foldChunk)
	for e, err := range r.log.Read(ctx, at, events.Filter{}) {
		if err != nil {
			return r.stand(fmt.Errorf("read the log: %w", err))
		}
		if chunk = append(chunk, e); len(chunk) == foldChunk {
			if err := r.apply(chunk); err != nil {
				return r.stand(err)
			}
			chunk = chunk[:0]
		}
	}
	return r.stand(r.apply(chunk))
}

func (r *Runner) apply(chunk []events.Event) error {
	if len(chunk) == 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.move()
	for _, e := range chunk {
		if err := r.state.Apply(e); err != nil {
			return err
		}
	}
	return nil
}

// stand notes why the runner stands still, or that it goes on.
func (r *Runner) stand(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	r.mu.Lock()
	before := r.stuck
	r.stuck = err
	r.mu.Unlock()
	switch {
	case err != nil && (before == nil || before.Error() != err.Error()):
		r.logger.Error("the projections stand still and serve their last state", "error", err)
	case err == nil && before != nil:
		r.logger.Info("the projections go on")
	}
	return err
}

// Handle takes an event from a bus: the next one is folded, one seen before is
// ignored, and after a jump the log is read.
func (r *Runner) Handle(ctx context.Context, e events.Event) error {
	r.folding.Lock()
	defer r.folding.Unlock()
	at, stuck := r.Position()
	switch {
	case e.Position <= at:
		return nil
	case e.Position == at+1 && stuck == nil:
		return r.stand(r.apply([]events.Event{e}))
	}
	return r.catchUp(ctx)
}

// WaitFor returns once the state is at a position or past it, reading the log
// where the bus has not brought it yet: what one has written one can read.
func (r *Runner) WaitFor(ctx context.Context, p events.Position) error {
	if at, _ := r.Position(); at >= p {
		return nil
	}
	head, err := r.log.Head(ctx)
	if err != nil {
		return fmt.Errorf("wait for position %d: %w", p, err)
	}
	for head < p {
		if err := r.log.Wait(ctx, head); err != nil {
			return fmt.Errorf("wait for position %d: %w", p, err)
		}
		if head, err = r.log.Head(ctx); err != nil {
			return fmt.Errorf("wait for position %d: %w", p, err)
		}
	}
	return r.CatchUp(ctx)
}

// Watch catches up at intervals as well, until the context ends: should a bus
// lose the last event before a silence, the log still has it.
func (r *Runner) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// CatchUp notes and logs what keeps it; the next tick tries again.
			_ = r.CatchUp(ctx)
		}
	}
}

// Rebuild folds the log from zero into a new state, which replaces the old one
// when it has caught up; readers never wait. Progress, which may be nil, is told
// the position reached and the head.
func (r *Runner) Rebuild(ctx context.Context, progress func(done, head events.Position)) error {
	head, err := r.log.Head(ctx)
	if err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	s := NewState()
	for e, err := range r.log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			return fmt.Errorf("rebuild: read the log: %w", err)
		}
		if err := s.Apply(e); err != nil {
			return fmt.Errorf("rebuild: %w", err)
		}
		if progress != nil && (e.Position%10_000 == 0 || e.Position == head) {
			progress(e.Position, max(head, e.Position))
		}
	}
	r.replace(s)
	return r.CatchUp(ctx)
}

// replace puts a state in the place of the present one.
func (r *Runner) replace(s *State) {
	r.folding.Lock()
	defer r.folding.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.move()
	r.state = s
}

// move wakes who waits for the state to move; mu is held.
func (r *Runner) move() {
	close(r.moved)
	r.moved = make(chan struct{})
}

// Moved returns a channel that is closed once the state is no longer at a
// position: at once where it is at another already.
func (r *Runner) Moved(from events.Position) <-chan struct{} {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.state.position != from {
		moved := make(chan struct{})
		close(moved)
		return moved
	}
	return r.moved
}
