package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/domain"
	"headway/events"
	"headway/events/merkle"
)

// readTree reads the frontier. Where its size is not that of the log, somebody
// has changed the one without the other.
func readTree(conn *sqlite.Conn, head events.Position) (f merkle.Frontier, err error) {
	rows := 0
	err = sqlitex.Execute(conn, "SELECT size, root, frontier FROM tree", &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		rows++
		root, edge := make([]byte, stmt.ColumnLen(1)), make([]byte, stmt.ColumnLen(2))
		stmt.ColumnBytes(1, root)
		stmt.ColumnBytes(2, edge)
		var err error
		f, err = merkle.ParseFrontier(stmt.ColumnInt64(0), root, edge)
		return err
	}})
	switch {
	case err != nil:
		return f, err
	case rows != 1 || f.Size() != int64(head):
		return f, fmt.Errorf("the log has %d events and its tree %d: %w", head, f.Size(), events.ErrDamaged)
	}
	return f, nil
}

func writeTree(conn *sqlite.Conn, f merkle.Frontier) error {
	root := f.Root()
	return sqlitex.Execute(conn, "UPDATE tree SET size = ?, root = ?, frontier = ?", &sqlitex.ExecOptions{Args: []any{f.Size(), root[:], f.Bytes()}})
}

// Tree implements merkle.Store.
func (s *Store) Tree(ctx context.Context) (f merkle.Frontier, err error) {
	conn, err := s.take(ctx)
	if err != nil {
		return f, err
	}
	defer s.pool.Put(conn)
	err = inSnapshot(conn, func() error {
		head, _, err := readHead(conn)
		if err != nil {
			return err
		}
		f, err = readTree(conn, head)
		return err
	})
	if err != nil {
		return f, s.failed(ctx, "read the tree", err)
	}
	return f, nil
}

// inSnapshot lets several reads see the same commit.
func inSnapshot(conn *sqlite.Conn, read func() error) (err error) {
	if err := sqlitex.Execute(conn, "BEGIN", nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sqlitex.Execute(conn, "ROLLBACK", nil)) }()
	return read()
}

// StoredHashes implements merkle.Store.
func (s *Store) StoredHashes(ctx context.Context, positions []events.Position) ([][]byte, error) {
	conn, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.pool.Put(conn)
	list, err := json.Marshal(positions)
	if err != nil {
		return nil, fmt.Errorf("read the tree: %w", err)
	}
	found := make(map[events.Position][]byte, len(positions))
	err = sqlitex.Execute(conn, "SELECT position, hashes FROM event WHERE position IN (SELECT value FROM json_each(?))", &sqlitex.ExecOptions{
		Args: []any{string(list)}, ResultFunc: func(stmt *sqlite.Stmt) error {
			b := make([]byte, stmt.ColumnLen(1))
			stmt.ColumnBytes(1, b)
			found[events.Position(stmt.ColumnInt64(0))] = b
			return nil
		}})
	if err != nil {
		return nil, s.failed(ctx, "read the tree", err)
	}
	out := make([][]byte, len(positions))
	for i, p := range positions {
		out[i] = found[p]
	}
	return out, nil
}

// addTreeFunctions gives a migration what it needs to make the tree of a log that
// has none: headway_leaf takes the columns of one event after the other and
// returns what is stored with it; headway_tree tells what came of it.
func addTreeFunctions(conn *sqlite.Conn) error {
	var f merkle.Frontier
	leaf := func(_ sqlite.Context, v []sqlite.Value) (sqlite.Value, error) {
		e, err := eventOf(v)
		if err != nil {
			return sqlite.Value{}, err
		}
		if int64(e.Position) != f.Size()+1 {
			return sqlite.Value{}, fmt.Errorf("position %d follows %d: the log has a gap", e.Position, f.Size())
		}
		return sqlite.BlobValue(f.Append(merkle.Leaf(&e), nil)), nil
	}
	tree := func(_ sqlite.Context, v []sqlite.Value) (sqlite.Value, error) {
		root := f.Root()
		switch v[0].Text() {
		case "size":
			return sqlite.IntegerValue(f.Size()), nil
		case "root":
			return sqlite.BlobValue(root[:]), nil
		case "frontier":
			return sqlite.BlobValue(f.Bytes()), nil
		}
		return sqlite.Value{}, fmt.Errorf("headway_tree has no %q", v[0].Text())
	}
	return errors.Join(
		conn.CreateFunction("headway_leaf", &sqlite.FunctionImpl{NArgs: 14, Scalar: leaf}),
		conn.CreateFunction("headway_tree", &sqlite.FunctionImpl{NArgs: 1, Scalar: tree}))
}

// eventOf makes an event of the values of columns.
func eventOf(v []sqlite.Value) (events.Event, error) {
	e := events.Event{
		Position: events.Position(v[0].Int64()), Stream: v[2].Text(), Version: v[3].Int64(), Type: v[4].Text(), SchemaVersion: v[5].Int(),
		RecordedAt: time.UnixMicro(v[7].Int64()).UTC(), Actor: v[8].Text(), Round: domain.RoundID(v[9].Text()),
		CorrelationID: v[10].Text(), Source: v[11].Text(), Simulated: v[12].Int64() != 0, Data: []byte(v[13].Text()),
	}
	if id := v[1].Blob(); copy(e.ID[:], id) != len(id) || len(id) != len(e.ID) {
		return e, fmt.Errorf("event %d: its id has %d bytes", e.Position, len(id))
	}
	if err := e.EffectiveOn.UnmarshalText([]byte(v[6].Text())); err != nil {
		return e, fmt.Errorf("event %d: %w", e.Position, err)
	}
	return e, nil
}
