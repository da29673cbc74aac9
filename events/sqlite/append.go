package sqlite

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/group"
	"headway/events/merkle"
)

// Append implements events.Log.
func (s *Store) Append(ctx context.Context, batches ...events.Batch) (events.Position, error) {
	return s.committer.Append(ctx, batches...)
}

// commit writes a group in one transaction. An id that the log has already is
// rare, so it is only looked for when the database reports it.
func (s *Store) commit(_ context.Context, reqs []group.Request) ([]group.Outcome, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	out, err := s.transact(reqs, false)
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint {
		out, err = s.transact(reqs, true)
	}
	if err != nil {
		return nil, explain("append to "+s.path, err)
	}
	s.wake()
	return out, nil
}

func (s *Store) transact(reqs []group.Request, lookUp bool) (out []group.Outcome, err error) {
	conn := s.writer
	if err := sqlitex.Execute(conn, "BEGIN IMMEDIATE", nil); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil && !conn.AutocommitEnabled() {
			err = errors.Join(err, sqlitex.Execute(conn, "ROLLBACK", nil))
		}
	}()
	state, tree, err := s.readState(conn, reqs, lookUp)
	if err != nil {
		return nil, err
	}
	insert, out := group.Plan(state, s.now(), reqs)
	if ids := group.Doubtful(reqs, out); len(ids) > 0 && !lookUp {
		if state.Known, err = lookUpIDs(conn, ids, state.Head); err != nil {
			return nil, err
		}
		if len(state.Known) > 0 {
			insert, out = group.Plan(state, s.now(), reqs)
		}
	}
	if len(insert) > 0 {
		growth := merkle.Grow(tree, insert)
		if err := insertAll(conn, insert, growth.Next); err != nil {
			return nil, err
		}
		tree = growth.Frontier()
		if err := writeTree(conn, tree); err != nil {
			return nil, fmt.Errorf("write the tree: %w", err)
		}
	}
	if err := sqlitex.Execute(conn, "COMMIT", nil); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	s.versions.Committed(tree.Root(), insert)
	return out, nil
}

func (s *Store) readState(conn *sqlite.Conn, reqs []group.Request, lookUp bool) (state group.State, tree merkle.Frontier, err error) {
	if state.Head, state.LastRecorded, err = readHead(conn); err != nil {
		return state, tree, fmt.Errorf("read the head: %w", err)
	}
	if tree, err = readTree(conn, state.Head); err != nil {
		return state, tree, err
	}
	s.versions.At(tree.Root())
	streams := group.Streams(reqs)
	if err := s.readVersions(conn, s.versions.Missing(streams)); err != nil {
		return state, tree, err
	}
	state.Versions = s.versions.Of(streams)
	if lookUp {
		state.Known, err = lookUpIDs(conn, group.IDs(reqs), state.Head)
	}
	return state, tree, err
}

func (s *Store) readVersions(conn *sqlite.Conn, streams []string) error {
	stmt, err := conn.Prepare("SELECT coalesce(max(version), 0) FROM event WHERE stream = ?")
	if err != nil {
		return err
	}
	for _, name := range streams {
		stmt.BindText(1, name)
		v, err := sqlitex.ResultInt64(stmt)
		if err != nil {
			return fmt.Errorf("read the version of %s: %w", name, err)
		}
		s.versions.Set(name, v)
	}
	return nil
}

func lookUpIDs(conn *sqlite.Conn, ids []events.ID, head events.Position) (map[events.ID]events.Event, error) {
	known := map[events.ID]events.Event{}
	var found []*events.Event
	err := scan(conn, query{filter: events.Filter{IDs: ids}, head: head}, func() *events.Event {
		found = append(found, &events.Event{})
		return found[len(found)-1]
	})
	if err != nil {
		return nil, fmt.Errorf("look for events appended before: %w", err)
	}
	for _, e := range found {
		known[e.ID] = *e
	}
	return known, nil
}

const insertSQL = `INSERT INTO event (position, id, stream, version, type, schema_version, effective_on, recorded_at,
  actor, round, correlation_id, source, simulated, data, hashes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// insertAll inserts events, each with what hashes returns next.
func insertAll(conn *sqlite.Conn, list []events.Event, hashes func() []byte) error {
	stmt, err := conn.Prepare(insertSQL)
	if err != nil {
		return err
	}
	for i := range list {
		e := &list[i]
		stmt.BindInt64(1, int64(e.Position))
		stmt.BindBytes(2, e.ID[:])
		stmt.BindText(3, e.Stream)
		stmt.BindInt64(4, e.Version)
		stmt.BindText(5, e.Type)
		stmt.BindInt64(6, int64(e.SchemaVersion))
		stmt.BindText(7, e.EffectiveOn.String())
		stmt.BindInt64(8, e.RecordedAt.UnixMicro())
		stmt.BindText(9, e.Actor)
		stmt.BindText(10, string(e.Round))
		stmt.BindText(11, e.CorrelationID)
		stmt.BindText(12, e.Source)
		stmt.BindBool(13, e.Simulated)
		stmt.BindText(14, string(e.Data))
		stmt.BindBytes(15, hashes())
		if _, err := stmt.Step(); err != nil {
			return fmt.Errorf("insert event %s: %w", e.ID, errors.Join(err, ignoreReset(stmt)))
		}
		if err := stmt.Reset(); err != nil {
			return fmt.Errorf("insert event %s: %w", e.ID, err)
		}
	}
	return nil
}

// ignoreReset frees a failed statement; Reset repeats the failure of the step.
func ignoreReset(stmt *sqlite.Stmt) error {
	_ = stmt.Reset()
	return nil
}
