package postgres

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
)

// channel of NOTIFY; every commit tells it the new head.
const channel = "headway_event"

// heads is the newest position that this process knows of.
type heads struct {
	mu      sync.Mutex
	head    events.Position
	changed chan struct{} // closed at the next change
}

func newHeads() *heads { return &heads{changed: make(chan struct{})} }

func (h *heads) get() (events.Position, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.head, h.changed
}

// advance moves the head forward, never back.
func (h *heads) advance(to events.Position) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if to > h.head {
		h.move(to)
	}
}

// set takes the head as the server has it: also back, where another server has
// taken over that did not receive everything.
func (h *heads) set(to events.Position) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if to != h.head {
		h.move(to)
	}
}

func (h *heads) move(to events.Position) {
	h.head = to
	close(h.changed)
	h.changed = make(chan struct{})
}

// listener holds the connection that hears of the commits of all programs.
type listener struct {
	config *pgx.ConnConfig
	heads  *heads
}

// heartbeat is how long a silent connection is trusted: a peer that vanished
// without a word is noticed then.
const heartbeat = 30 * time.Second

// run listens until the context ends, and connects again when it was cut off. It
// tells on listening, once, whether the first connection came about, and returns
// if it did not.
func (l *listener) run(ctx context.Context, listening chan<- error) {
	const first, longest = 50 * time.Millisecond, 2 * time.Second
	pause := first
	for {
		err := l.session(ctx, func() {
			pause = first
			if listening != nil {
				listening <- nil
				listening = nil
			}
		})
		if listening != nil {
			listening <- err
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longest)
	}
}

// session listens on one connection until it fails. The head is read after LISTEN
// has begun, so that no commit falls between the two.
func (l *listener) session(ctx context.Context, ready func()) (err error) {
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return err
	}
	defer func() {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(err, conn.Close(bye))
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	if err := l.readHead(ctx, conn, l.heads.set); err != nil {
		return err
	}
	ready()
	for {
		told, err := l.next(ctx, conn)
		if err != nil {
			return err
		}
		if known, _ := l.heads.get(); told > 0 && told <= known {
			continue
		}
		if err := l.readHead(ctx, conn, l.heads.advance); err != nil {
			return err
		}
	}
}

// next waits for a notification and returns the head it tells; 0 when none came
// for long.
func (l *listener) next(ctx context.Context, conn *pgx.Conn) (events.Position, error) {
	waiting, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	n, err := conn.WaitForNotification(waiting)
	switch {
	case err == nil:
		told, _ := strconv.ParseInt(n.Payload, 10, 64) // 0 when somebody else sent it
		return events.Position(told), nil
	case ctx.Err() == nil && waiting.Err() != nil && !conn.IsClosed():
		return 0, nil
	}
	return 0, err
}

// readHead asks for the head: a notification is a hint, which anybody can send.
func (l *listener) readHead(ctx context.Context, conn *pgx.Conn, then func(events.Position)) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	var head events.Position
	if err := conn.QueryRow(ctx, headSQL).Scan(&head); err != nil {
		return err
	}
	then(head)
	return nil
}
