package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"headway/events"
	"headway/events/group"
)

// appendLock orders the transactions of all writers, on all machines: "head" as a
// number. It is held from the reading of the head to the commit.
const appendLock = 0x68656164

// commitTimeout bounds a transaction, the wait for the lock included.
const commitTimeout = 60 * time.Second

// copyFrom is the number of events from which COPY is faster than INSERT.
const copyFrom = 64

// Append implements events.Log.
func (s *Store) Append(ctx context.Context, batches ...events.Batch) (events.Position, error) {
	return s.committer.Append(ctx, batches...)
}

// commit writes a group in one transaction. An id that the log has already is
// rare, so it is only looked for when the database reports it.
func (s *Store) commit(ctx context.Context, reqs []group.Request) ([]group.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	out, err := s.transact(ctx, reqs, false)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		out, err = s.transact(ctx, reqs, true)
	}
	if err != nil {
		return nil, s.explain("append", err)
	}
	return out, nil
}

// transact takes three round trips: one to begin, take the lock and read the
// state, one to insert, one to notify and commit. Where the last one is lost on
// the way, it finds out whether the commit was made.
func (s *Store) transact(ctx context.Context, reqs []group.Request, lookUp bool) (out []group.Outcome, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	done := false
	defer func() {
		if !done {
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if _, rollback := conn.Exec(closing, "ROLLBACK"); rollback != nil {
				err = errors.Join(err, conn.Conn().Close(closing)) // the server rolls back
			}
		}
	}()
	state, err := readState(ctx, conn, reqs, lookUp)
	if err != nil {
		return nil, err
	}
	insert, out := group.Plan(state, s.now(), reqs)
	if ids := group.Doubtful(reqs, out); len(ids) > 0 && !lookUp {
		b := &pgx.Batch{}
		state.Known = queueLookUp(b, ids)
		if err := conn.SendBatch(ctx, b).Close(); err != nil {
			return nil, fmt.Errorf("look for events appended before: %w", err)
		}
		if len(state.Known) > 0 {
			insert, out = group.Plan(state, s.now(), reqs)
		}
	}
	if err := insertAll(ctx, conn, insert); err != nil {
		return nil, err
	}
	if err := finish(ctx, conn, len(insert) > 0); err != nil {
		var pg *pgconn.PgError
		if len(insert) == 0 || errors.As(err, &pg) && pg.Severity == "ERROR" {
			return nil, fmt.Errorf("commit: %w", err)
		}
		done = true
		_ = conn.Conn().Close(ctx) // broken, or about to be
		if err := s.committed(ctx, insert[len(insert)-1], err); err != nil {
			return nil, err
		}
		return out, nil
	}
	done = true
	return out, nil
}

func readState(ctx context.Context, conn *pgxpool.Conn, reqs []group.Request, lookUp bool) (group.State, error) {
	streams := group.Streams(reqs)
	state := group.State{Versions: make(map[string]int64, len(streams))}
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	b.Queue("SELECT pg_advisory_xact_lock($1)", int64(appendLock))
	b.Queue("SELECT position, recorded_at FROM headway.event ORDER BY position DESC LIMIT 1").Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := rows.Scan(&state.Head, &state.LastRecorded); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	b.Queue(`SELECT s.stream, v.version FROM unnest($1::text[]) AS s(stream),
	  LATERAL (SELECT version FROM headway.event e WHERE e.stream = s.stream ORDER BY version DESC LIMIT 1) AS v`, streams).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var name string
			var v int64
			if err := rows.Scan(&name, &v); err != nil {
				return err
			}
			state.Versions[name] = v
		}
		return rows.Err()
	})
	if lookUp {
		state.Known = queueLookUp(b, group.IDs(reqs))
	}
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return state, fmt.Errorf("read the state: %w", err)
	}
	return state, nil
}

// queueLookUp adds to a batch the search for events by id; the map is filled when
// the batch is sent.
func queueLookUp(b *pgx.Batch, ids []events.ID) map[events.ID]events.Event {
	known := map[events.ID]events.Event{}
	b.Queue("SELECT "+columns+" FROM headway.event WHERE id = ANY($1)", ids).Query(func(rows pgx.Rows) error {
		d := newDecoder()
		for rows.Next() {
			e, err := d.event(rows.RawValues())
			if err != nil {
				return err
			}
			known[e.ID] = e
		}
		return rows.Err()
	})
	return known
}

var insertColumns = []string{"position", "id", "stream", "version", "type", "schema_version", "effective_on", "recorded_at",
	"actor", "round", "correlation_id", "source", "simulated", "data"}

const insertSQL = `INSERT INTO headway.event (position, id, stream, version, type, schema_version, effective_on, recorded_at,
  actor, round, correlation_id, source, simulated, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`

func values(e *events.Event) []any {
	return []any{int64(e.Position), e.ID, e.Stream, e.Version, e.Type, e.SchemaVersion, e.EffectiveOn.String(), e.RecordedAt,
		e.Actor, string(e.Round), e.CorrelationID, e.Source, e.Simulated, string(e.Data)}
}

// insertAll sends few events as one pipeline of prepared statements and many by
// COPY.
func insertAll(ctx context.Context, conn *pgxpool.Conn, list []events.Event) error {
	if len(list) >= copyFrom {
		_, err := conn.CopyFrom(ctx, pgx.Identifier{"headway", "event"}, insertColumns,
			pgx.CopyFromSlice(len(list), func(i int) ([]any, error) { return values(&list[i]), nil }))
		if err != nil {
			return fmt.Errorf("copy %d events: %w", len(list), err)
		}
		return nil
	}
	b := &pgx.Batch{}
	for i := range list {
		b.Queue(insertSQL, values(&list[i])...)
	}
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("insert %d events: %w", len(list), err)
	}
	return nil
}

func finish(ctx context.Context, conn *pgxpool.Conn, wrote bool) error {
	b := &pgx.Batch{}
	if wrote {
		b.Queue("NOTIFY " + channel)
	}
	b.Queue("COMMIT")
	return conn.SendBatch(ctx, b).Close()
}

// committed finds out, after a commit whose answer was lost, whether its last
// event is in the log: nil when it is, so that nobody is told of a failure that
// was a success.
func (s *Store) committed(ctx context.Context, last events.Event, cause error) error {
	for pause := leastPause; ; pause = min(2*pause, mostPause) {
		var there bool
		err := s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM headway.event WHERE id = $1)", last.ID).Scan(&there)
		switch {
		case err == nil && there:
			return nil
		case err == nil:
			return fmt.Errorf("commit: nothing was recorded: %w", cause)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("commit: the connection was lost and the outcome is not known; append the same events again, which is safe: %w", cause)
		case <-time.After(pause):
		}
	}
}
