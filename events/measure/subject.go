package measure

import (
	"context"

	"headway/events"
)

// Subject is an empty log in a place of its own, with bare tables beside it: of
// the same columns, checks and indexes, without triggers. The bare ways write
// rows that were taken out of the log, so that they do nothing but write. Only
// the log, and Rival.Write, are used by several goroutines at a time.
type Subject interface {
	Log() events.Log
	// Take keeps the rows of a run of positions in memory, for the bare ways.
	Take(ctx context.Context, after, until events.Position) error
	// InsertOne inserts one of the rows taken, by its place, and commits.
	InsertOne(ctx context.Context, i int) error
	// Bulks are the bare ways to write all rows taken, each into its own table.
	Bulks() []Bulk
	// Select reads all columns of the whole log and does nothing with them.
	Select(ctx context.Context) (rows int, err error)
	// Settle lets the database tidy up after writing.
	Settle(ctx context.Context) error
	// Rival is another event store in the same database; nil, and why, where there
	// is none to measure. Both are empty where the database never has one.
	Rival(ctx context.Context) (r Rival, why string, err error)
	// Close removes everything that was made, also after the context has ended.
	Close() error
}

// Bulk is a bare way to write many rows.
type Bulk struct {
	Name string // "bare-copy"
	What string // "bare COPY"
	Aim  bool   // the log's batches are to reach a share of its rate
	Run  func(ctx context.Context) error
}

// Rival is another event store that writes the same payloads.
type Rival interface {
	Name() string
	// Write appends one event; each writer has a number below MaxRivals.
	Write(ctx context.Context, writer int, e events.Event) error
	// Settle lets the database learn how large the store has become: a plan made
	// for an empty table would read all of a full one.
	Settle(ctx context.Context) error
	// Close removes what was written, also after the context has ended.
	Close() error
}

// MaxRivals is how many writers of a rival there are at most.
const MaxRivals = 8
