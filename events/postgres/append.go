package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"headway/events"
	"headway/events/group"
	"headway/events/merkle"
)

// ErrOutcomeUnknown means that the server went away while it committed and did
// not return in time to be asked: the events may be in the log or not. Appending
// the same events again, with the same ids, is right in both cases.
var ErrOutcomeUnknown = errors.New("the server went away during the commit; append the same events again")

// settleFor is how long a server that went away during a commit is waited for, to
// learn what became of it.
const settleFor = 15 * time.Second

// Append implements events.Log. Where the server goes away during the commit, it
// is asked what became of the events once it is back, so that the answer is the
// truth; if it stays away, the error is ErrOutcomeUnknown. After every other
// error nothing was written.
func (s *Store) Append(ctx context.Context, batches ...events.Batch) (events.Position, error) {
	return s.committer.Append(ctx, batches...)
}

// commit writes a group. Where the server refuses the content of an event, which
// only it can tell, the requests are written one by one: a refusal must not
// refuse the others.
func (s *Store) commit(_ context.Context, reqs []group.Request) ([]group.Outcome, error) {
	out, err := s.settle(reqs)
	if !refused(err) {
		return out, err
	}
	if len(reqs) == 1 {
		return []group.Outcome{{Err: fmt.Errorf("the database does not take it (%s): %w", oneLine(err), events.ErrInvalid)}}, nil
	}
	out = out[:0:0]
	for i := range reqs {
		one, err := s.commit(s.run, reqs[i:i+1])
		if err != nil {
			one = []group.Outcome{{Err: err}}
		}
		out = append(out, one[0])
	}
	return out, nil
}

// refused reports whether the server found fault with a value (SQLSTATE class 22)
// or with its size or depth (class 54).
func refused(err error) bool {
	c := code(err)
	return !errors.Is(err, ErrOutcomeUnknown) && len(c) == 5 && (c[:2] == "22" || c[:2] == "54")
}

// errInDoubt marks the loss of a connection that was asked to commit.
var errInDoubt = errors.New("connection lost during the commit")

// settle runs transactions until the outcome of the requests is known. An id that
// the log has already is rare, so it is only looked for when the database reports
// it, or after a commit in doubt: that commit and this transaction take the same
// lock, so what is not there by now was not committed and never will be.
func (s *Store) settle(reqs []group.Request) ([]group.Outcome, error) {
	var lookUp, inDoubt, again bool
	var deadline time.Time
	var cause error // of the doubt
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		out, head, err := s.transact(reqs, lookUp)
		switch {
		case err == nil:
			s.heads.advance(head)
			return out, nil
		case code(err) == uniqueViolation && !lookUp:
			lookUp = true
			continue
		case errors.Is(err, errInDoubt):
			lookUp = true
			if !inDoubt {
				inDoubt, deadline, cause = true, time.Now().Add(s.settleFor), err
			}
		case lost(err) && !inDoubt && !again:
			again = true // the pool had a connection from before a restart
			continue
		}
		switch {
		case !inDoubt:
			return nil, s.explain("append", err)
		case !lost(err) && !errors.Is(err, errInDoubt):
			return nil, fmt.Errorf("%w: %w", ErrOutcomeUnknown, s.explain("append", err))
		case time.Now().After(deadline):
			return nil, fmt.Errorf("%w: %w", ErrOutcomeUnknown, s.explain("append", cause))
		}
		time.Sleep(pause)
	}
}

const uniqueViolation = "23505"

// transact writes a group in one transaction and two round trips; the lock is
// held from the first to the second. Head is the newest position it knows of.
func (s *Store) transact(reqs []group.Request, lookUp bool) (out []group.Outcome, head events.Position, err error) {
	held, err := s.writer.Acquire(s.run)
	if err != nil {
		return nil, 0, err
	}
	defer held.Release() // the pool drops it if the transaction could not be ended
	conn := held.Conn()
	defer func() {
		if conn.PgConn().TxStatus() != 'I' && !conn.IsClosed() {
			_, fault := conn.Exec(s.run, "rollback")
			err = errors.Join(err, fault)
		}
	}()
	state, tree, err := s.begin(conn, reqs, lookUp)
	if err != nil {
		return nil, 0, err
	}
	insert, out := group.Plan(state, s.now(), reqs)
	if ids := group.Doubtful(reqs, out); len(ids) > 0 && !lookUp {
		if state.Known, err = known(s.run, conn, ids); err != nil {
			return nil, 0, err
		}
		if len(state.Known) > 0 {
			insert, out = group.Plan(state, s.now(), reqs)
		}
	}
	if len(insert) == 0 {
		return out, state.Head, nil
	}
	growth := merkle.Grow(tree, insert)
	if err := write(s.run, conn, insert, growth); err != nil {
		s.versions.Forget()
		if conn.IsClosed() && !errors.As(err, new(pgx.ErrPreprocessingBatch)) { // else the commit was not sent
			err = fmt.Errorf("%w: %w", errInDoubt, err)
		}
		return nil, 0, err
	}
	tree = growth.Frontier()
	s.versions.Committed(tree.Root(), insert)
	return out, insert[len(insert)-1].Position, nil
}

// The isolation level is said, because a snapshot that was taken before the lock
// would not show what its last holder wrote.
const (
	beginSQL    = "begin isolation level read committed read write"
	lockSQL     = "SELECT pg_advisory_xact_lock($1)"
	lastSQL     = "SELECT position, recorded_at FROM headway.event ORDER BY position DESC LIMIT 1"
	versionsSQL = `SELECT s.stream, coalesce((SELECT max(e.version) FROM headway.event AS e WHERE e.stream = s.stream), 0)
  FROM unnest($1::text[]) AS s (stream)`
	knownSQL  = "SELECT " + columns + " FROM headway.event WHERE id = ANY($1)"
	notifySQL = "SELECT pg_notify('" + channel + "', $1)"
)

// begin takes the lock and reads what the plan needs, in one round trip; in two
// where somebody else has appended since.
func (s *Store) begin(conn *pgx.Conn, reqs []group.Request, lookUp bool) (state group.State, tree merkle.Frontier, err error) {
	streams := group.Streams(reqs)
	missing := s.versions.Missing(streams)
	read := map[string]int64{}
	var b pgx.Batch
	b.Queue(beginSQL)
	b.Queue(lockSQL, appendLock)
	b.Queue(lastSQL).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&state.Head, &state.LastRecorded)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	b.Queue(treeSQL).QueryRow(func(row pgx.Row) error {
		var size int64
		var root, edge []byte
		if err := row.Scan(&size, &root, &edge); err != nil {
			return noTree(err)
		}
		tree, err = checkTree(state.Head, size, root, edge)
		return err
	})
	if len(missing) > 0 {
		b.Queue(versionsSQL, missing).Query(versionsInto(read))
	}
	if lookUp {
		b.Queue(knownSQL, uuids(group.IDs(reqs))).Query(func(rows pgx.Rows) (err error) {
			state.Known, err = collect(rows)
			return err
		})
	}
	if err := conn.SendBatch(s.run, &b).Close(); err != nil {
		return state, tree, err
	}
	if !s.versions.At(tree.Root()) && len(missing) < len(streams) {
		b = pgx.Batch{}
		b.Queue(versionsSQL, streams).Query(versionsInto(read))
		if err := conn.SendBatch(s.run, &b).Close(); err != nil {
			return state, tree, err
		}
	}
	for stream, version := range read {
		s.versions.Set(stream, version)
	}
	state.Versions = s.versions.Of(streams)
	return state, tree, nil
}

func versionsInto(read map[string]int64) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var stream string
		var version int64
		_, err := pgx.ForEachRow(rows, []any{&stream, &version}, func() error {
			read[stream] = version
			return nil
		})
		return err
	}
}

// known reads those of the events that the log has.
func known(ctx context.Context, conn *pgx.Conn, ids []events.ID) (map[events.ID]events.Event, error) {
	rows, err := conn.Query(ctx, knownSQL, uuids(ids))
	if err != nil {
		return nil, err
	}
	return collect(rows)
}

func collect(rows pgx.Rows) (map[events.ID]events.Event, error) {
	out := map[events.ID]events.Event{}
	err := newDecoder().all(rows, func(e events.Event) { out[e.ID] = e })
	return out, err
}

// copyFrom is the number of events from which COPY, which needs two more round
// trips, is faster than an INSERT of arrays.
const copyFrom = 200

// write inserts, notifies and commits: in one round trip unless it copies.
func write(ctx context.Context, conn *pgx.Conn, insert []events.Event, growth *merkle.Growth) error {
	var b pgx.Batch
	if len(insert) >= copyFrom {
		if err := copyAll(ctx, conn, insert, growth.Next); err != nil {
			return err
		}
	} else {
		b.Queue(insertSQL, arrays(insert, growth.Next)...)
	}
	b.Queue(growSQL, growArgs(growth.Frontier())...)
	b.Queue(notifySQL, strconv.FormatInt(int64(insert[len(insert)-1].Position), 10))
	b.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("the transaction ended with %s", tag)
		}
		return nil
	})
	return conn.SendBatch(ctx, &b).Close()
}
