package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
)

// channel is where writers tell of appends.
const channel = "headway_appended"

// The pause before listening again after a lost connection doubles between these.
const (
	leastPause = 50 * time.Millisecond
	mostPause  = 5 * time.Second
)

// Wait implements events.Log. It does not poll: NOTIFY wakes it, whichever
// process appended, and so does a connection for listening that was lost and is
// there again, because news may have been missed meanwhile.
func (s *Store) Wait(ctx context.Context, past events.Position) error {
	for {
		s.mu.Lock()
		appended := s.appended
		s.mu.Unlock()
		head, err := s.Head(ctx)
		if err != nil || head > past {
			return err
		}
		select {
		case <-appended:
		case <-s.closing:
			return events.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wake ends the waiting of this process; each waiter looks at the head itself.
func (s *Store) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.appended)
	s.appended = make(chan struct{})
}

// listen keeps one connection that listens, until the store is closed.
func (s *Store) listen(ctx context.Context, config *pgx.ConnConfig) {
	pause := leastPause
	for ctx.Err() == nil {
		heard, _ := s.listenOnce(ctx, config) // whatever ended it, listen again
		if heard {
			pause = leastPause
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, mostPause)
	}
}

// listenOnce listens until the connection is lost; heard says that it was there.
func (s *Store) listenOnce(ctx context.Context, config *pgx.ConnConfig) (heard bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(err, conn.Close(closing))
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return false, err
	}
	s.wake() // news may have come before the ear was open
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return true, err
		}
		s.wake()
	}
}
