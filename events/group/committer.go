package group

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"headway/events"
)

// MaxEvents bounds a transaction that is made of several requests; a single
// larger request is a transaction of its own.
const MaxEvents = 10_000

// Commit writes a group of requests in one transaction and returns an outcome
// for each, or an error that holds for all. Its context does not end because one
// caller has lost patience: closing, too, waits for it.
type Commit func(ctx context.Context, reqs []Request) ([]Outcome, error)

// Committer runs one transaction at a time. What is appended meanwhile waits and
// goes into the next one together; nobody is delayed to make a group larger.
type Committer struct {
	commit Commit
	queue  chan *pending

	mu     sync.RWMutex // held for reading while a request is put into the queue
	closed bool
	done   chan struct{}
}

type pending struct {
	req   Request
	size  int
	out   chan Outcome
	taken atomic.Bool // by a transaction, or by the caller who gave up: whoever is first
}

// New starts a committer.
func New(commit Commit) *Committer {
	c := &Committer{commit: commit, queue: make(chan *pending, 4096), done: make(chan struct{})}
	go c.run()
	return c
}

// Append waits for its transaction. A context that ends before the request was
// taken into a transaction ends the call, and nothing is written; from then on
// the outcome is awaited, so that a caller never hears of a failure that was a
// success.
func (c *Committer) Append(ctx context.Context, batches ...events.Batch) (events.Position, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := Check(batches); err != nil {
		return 0, err
	}
	p := &pending{req: Request{batches}, out: make(chan Outcome, 1)}
	for _, b := range batches {
		p.size += len(b.Events)
	}
	if err := c.enqueue(ctx, p); err != nil {
		return 0, err
	}
	select {
	case o := <-p.out:
		return o.Position, o.Err
	case <-ctx.Done():
		if p.taken.CompareAndSwap(false, true) {
			return 0, ctx.Err()
		}
	}
	o := <-p.out
	return o.Position, o.Err
}

func (c *Committer) enqueue(ctx context.Context, p *pending) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return events.ErrClosed
	}
	select {
	case c.queue <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close waits for the appends under way. A second Close does nothing.
func (c *Committer) Close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.queue)
	}
	c.mu.Unlock()
	<-c.done
}

func (c *Committer) run() {
	defer close(c.done)
	var held *pending // did not fit into the group before
	for {
		group, size := []*pending(nil), 0
		if held == nil {
			first, ok := <-c.queue
			if !ok {
				return
			}
			held = first
			// Those whose appends have just returned are about to append
			// again; let them into this group.
			runtime.Gosched()
		}
		for held != nil && (len(group) == 0 || size+held.size <= MaxEvents) {
			group, size = append(group, held), size+held.size
			held = nil
			select {
			case next, ok := <-c.queue:
				if ok {
					held = next
				}
			default:
			}
		}
		c.transact(group)
	}
}

// transact commits a group, without those whose callers have gone.
func (c *Committer) transact(group []*pending) {
	live := group[:0]
	for _, p := range group {
		if p.taken.CompareAndSwap(false, true) {
			live = append(live, p)
		}
	}
	if len(live) == 0 {
		return
	}
	reqs := make([]Request, len(live))
	for i, p := range live {
		reqs[i] = p.req
	}
	outcomes, err := c.commit(context.Background(), reqs)
	for i, p := range live {
		if err != nil {
			p.out <- Outcome{Err: err}
		} else {
			p.out <- outcomes[i]
		}
	}
}
