package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/measure"
)

// Take implements measure.Subject.
func (s *Scratch) Take(_ context.Context, after, until events.Position) error {
	s.rows = s.rows[:0]
	err := sqlitex.Execute(s.from, "SELECT * FROM event WHERE position > ? AND position <= ? ORDER BY position", &sqlitex.ExecOptions{
		Args: []any{int64(after), int64(until)},
		ResultFunc: func(stmt *sqlite.Stmt) error {
			row := make([]any, stmt.ColumnCount())
			for i := range row {
				row[i] = value(stmt, i)
			}
			s.rows = append(s.rows, row)
			return nil
		}})
	if err != nil {
		return fmt.Errorf("take rows out of the log: %w", err)
	}
	if want := int(until - after); len(s.rows) != want {
		return fmt.Errorf("take rows out of the log: there are %d of %d", len(s.rows), want)
	}
	return nil
}

func value(stmt *sqlite.Stmt, i int) any {
	switch stmt.ColumnType(i) {
	case sqlite.TypeInteger:
		return stmt.ColumnInt64(i)
	case sqlite.TypeFloat:
		return stmt.ColumnFloat(i)
	case sqlite.TypeBlob:
		b := make([]byte, stmt.ColumnLen(i))
		stmt.ColumnBytes(i, b)
		return b
	case sqlite.TypeText:
		return stmt.ColumnText(i)
	}
	return nil
}

func bind(stmt *sqlite.Stmt, i int, v any) {
	switch v := v.(type) {
	case int64:
		stmt.BindInt64(i, v)
	case float64:
		stmt.BindFloat(i, v)
	case []byte:
		stmt.BindBytes(i, v)
	case string:
		stmt.BindText(i, v)
	default:
		stmt.BindNull(i)
	}
}

// insertBare inserts rows by one prepared statement, in one transaction.
func (s *Scratch) insertBare(rows [][]any) (err error) {
	if len(rows) == 0 {
		return errors.New("insert into a bare table: no rows were taken")
	}
	stmt, err := s.bare.Prepare("INSERT INTO event VALUES (?" + strings.Repeat(", ?", len(rows[0])-1) + ")")
	if err != nil {
		return err
	}
	if err := sqlitex.Execute(s.bare, "BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	defer func() {
		if err != nil && !s.bare.AutocommitEnabled() {
			err = errors.Join(err, sqlitex.Execute(s.bare, "ROLLBACK", nil))
		}
	}()
	for _, row := range rows {
		for i, v := range row {
			bind(stmt, i+1, v)
		}
		if _, err := stmt.Step(); err != nil {
			return errors.Join(err, ignoreReset(stmt))
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	return sqlitex.Execute(s.bare, "COMMIT", nil)
}

// InsertOne implements measure.Subject.
func (s *Scratch) InsertOne(_ context.Context, i int) error {
	return s.insertBare(s.rows[i : i+1])
}

// Bulks implements measure.Subject.
func (s *Scratch) Bulks() []measure.Bulk {
	return []measure.Bulk{{Name: "bare-insert", What: "bare INSERT of the same rows, prepared, one transaction",
		Run: func(context.Context) error { return s.insertBare(s.rows) }}}
}

// Select implements measure.Subject.
func (s *Scratch) Select(ctx context.Context) (rows int, err error) {
	s.from.SetInterrupt(ctx.Done())
	defer s.from.SetInterrupt(nil)
	var scratch []byte
	err = sqlitex.Execute(s.from, "SELECT * FROM event ORDER BY position", &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		rows++
		for i := range stmt.ColumnCount() {
			if stmt.ColumnType(i) == sqlite.TypeInteger {
				_ = stmt.ColumnInt64(i)
				continue
			}
			if n := stmt.ColumnLen(i); n > len(scratch) {
				scratch = make([]byte, 2*n)
			}
			stmt.ColumnBytes(i, scratch)
		}
		return nil
	}})
	return rows, err
}
