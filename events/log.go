package events

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Position numbers the events of a log 1, 2, … without gaps, in the order in
// which they were committed. 0 is before the first.
type Position int64

// Log is the append-only record. Every method is safe for concurrent use.
type Log interface {
	// Append writes the batches in one atomic step, all or none, and returns
	// the position of the last event written. Once it has returned without an
	// error the events survive the death of the program and of the machine.
	//
	// The log gives each event its Version, Position and RecordedAt. Appending
	// events that the log holds already (by ID, with the same stream and data)
	// is a success that changes nothing and returns the position they have.
	//
	// Errors: *ConflictError (errors.Is ErrConflict) when a stream is not at the
	// version a batch expects; ErrIDReused when an ID is in the log with other
	// content, or when part of what was appended is there and part is not;
	// ErrInvalid for an event that no log takes; ErrDamaged. Another caller's
	// refusal never refuses these batches.
	Append(ctx context.Context, batches ...Batch) (Position, error)

	// Read yields the events after a position, in order and without gaps but
	// for what the filter leaves out. It ends at the newest event of the moment
	// it began. After an error it yields nothing more. The Event and its Data
	// may be kept.
	Read(ctx context.Context, after Position, f Filter) iter.Seq2[Event, error]

	// Head is the newest position; 0 in an empty log.
	Head(ctx context.Context) (Position, error)

	// Wait returns once the head is past a position, whoever appended, or with
	// the context's error.
	Wait(ctx context.Context, past Position) error

	// Close waits for appends under way and releases the log. Any method
	// called afterwards returns ErrClosed; a second Close does nothing.
	Close() error
}

// Batch is a run of events of one stream.
type Batch struct {
	Stream string
	// Expect is the version the stream must be at: 0 for a stream that must not
	// exist yet, or Any. A batch without events only guards: it writes nothing
	// and refuses the whole append when the stream is elsewhere.
	Expect int64
	Events []Event
}

// Any, as Batch.Expect, takes the stream as it is.
const Any int64 = -1

// Filter narrows a Read. The zero Filter lets everything pass.
type Filter struct {
	Stream    string     // only this stream
	Types     []string   // only these types
	IDs       []ID       // only these events
	Positions []Position // only these events
	Until     Position   // not past this position; 0 is no bound
	Limit     int        // at most so many; 0 is no bound
	Hashes    bool       // also read Event.Hashes
}

// The errors a caller decides on.
var (
	ErrConflict = errors.New("the stream was changed meanwhile")
	ErrIDReused = errors.New("the event id is in the log with other content")
	ErrInvalid  = errors.New("the event cannot be recorded")
	ErrClosed   = errors.New("the log is closed")
	// ErrDamaged means that the log and the tree beside it do not fit: somebody
	// has changed the database. A damaged log takes no events, which would cover
	// up what happened.
	ErrDamaged = errors.New("somebody has changed the database; run `headway verify`")
	// ErrMigrationPending is returned where migrations are refused on opening.
	ErrMigrationPending = errors.New("the database needs a migration; start once without --no-migrate")
)

// ConflictError tells which stream was not where a batch expected it.
type ConflictError struct {
	Stream           string
	Expected, Actual int64
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("stream %s is at version %d, not %d: read it again and retry", e.Stream, e.Actual, e.Expected)
}

// Is makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }
