package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/measure"
)

// bareRows are rows of the log in the server's own encoding, so that the bare ways
// know no column and encode nothing, and the statements that write them.
type bareRows struct {
	rows   [][][]byte   // row by row
	arrays [][][]byte   // of each run of rowsEach, an array a column
	binary bytes.Buffer // as COPY has them
}

// rowsEach is how many rows the bare INSERT of arrays writes in a transaction.
const rowsEach = 1000

const (
	bareInserted = "bare.inserted"
	bareCopied   = "bare.copied"
)

// prepare makes the bare tables: LIKE takes over checks and indexes, and leaves
// the triggers.
func (b *bareRows) prepare(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{"CREATE SCHEMA bare",
		"CREATE TABLE " + bareInserted + " (LIKE headway.event INCLUDING ALL)",
		"CREATE TABLE " + bareCopied + " (LIKE headway.event INCLUDING ALL)"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	log, err := conn.PgConn().Prepare(ctx, "bare columns", "SELECT * FROM headway.event", nil)
	if err != nil {
		return err
	}
	var values, arrays []string
	var types, arrayTypes []uint32
	for i, f := range log.Fields {
		values = append(values, fmt.Sprintf("$%d", i+1))
		arrays = append(arrays, "array_agg("+pgx.Identifier{f.Name}.Sanitize()+" ORDER BY position)")
		types = append(types, f.DataTypeOID)
	}
	takeArrays := "SELECT " + strings.Join(arrays, ", ") + " FROM headway.event WHERE position > $1 AND position <= $2"
	d, err := conn.PgConn().Prepare(ctx, "bare arrays", takeArrays, nil)
	if err != nil {
		return err
	}
	for _, f := range d.Fields {
		arrayTypes = append(arrayTypes, f.DataTypeOID)
	}
	list := strings.Join(values, ", ")
	if _, err := conn.PgConn().Prepare(ctx, "bare one", "INSERT INTO "+bareInserted+" VALUES ("+list+")", types); err != nil {
		return err
	}
	_, err = conn.PgConn().Prepare(ctx, "bare many", "INSERT INTO "+bareInserted+" SELECT * FROM unnest("+list+")", arrayTypes)
	return err
}

// Take implements measure.Subject.
func (s *Scratch) Take(ctx context.Context, after, until events.Position) error {
	b := &s.bare
	b.binary.Reset()
	b.arrays = b.arrays[:0]
	which := fmt.Sprintf("SELECT * FROM headway.event WHERE position > %d AND position <= %d ORDER BY position", after, until)
	r := s.conn.PgConn().ExecParams(ctx, which, nil, nil, nil, []int16{pgx.BinaryFormatCode}).Read()
	if r.Err != nil {
		return fmt.Errorf("take rows out of the log: %w", r.Err)
	}
	b.rows = r.Rows
	if want := int(until - after); len(b.rows) != want {
		return fmt.Errorf("take rows out of the log: there are %d of %d", len(b.rows), want)
	}
	for from := after; from < until; from += rowsEach {
		a := s.conn.PgConn().ExecPrepared(ctx, "bare arrays", [][]byte{
			fmt.Append(nil, int64(from)), fmt.Append(nil, int64(min(until, from+rowsEach)))}, nil, []int16{pgx.BinaryFormatCode}).Read()
		if a.Err != nil {
			return fmt.Errorf("take rows out of the log: %w", a.Err)
		}
		b.arrays = append(b.arrays, a.Rows[0])
	}
	if _, err := s.conn.PgConn().CopyTo(ctx, &b.binary, "COPY ("+which+") TO STDOUT (FORMAT binary)"); err != nil {
		return fmt.Errorf("take rows out of the log: %w", err)
	}
	return nil
}

// InsertOne implements measure.Subject.
func (s *Scratch) InsertOne(ctx context.Context, i int) error {
	return s.execute(ctx, "bare one", s.bare.rows[i])
}

// execute runs a prepared statement, which commits by itself.
func (s *Scratch) execute(ctx context.Context, statement string, values [][]byte) error {
	formats := []int16{pgx.BinaryFormatCode}
	_, err := s.conn.PgConn().ExecPrepared(ctx, statement, values, formats, formats).Close()
	return err
}

// Bulks implements measure.Subject.
func (s *Scratch) Bulks() []measure.Bulk {
	return []measure.Bulk{
		{Name: "bare-insert", What: fmt.Sprintf("bare INSERT of the same rows, as arrays, %d a transaction", rowsEach), Run: s.insertArrays},
		{Name: "bare-copy", What: "bare COPY of the same rows, one transaction", Aim: true, Run: s.copyBinary},
	}
}

func (s *Scratch) insertArrays(ctx context.Context) error {
	for _, columns := range s.bare.arrays {
		if err := s.execute(ctx, "bare many", columns); err != nil {
			return err
		}
	}
	return nil
}

func (s *Scratch) copyBinary(ctx context.Context) error {
	if len(s.bare.rows) == 0 {
		return errors.New("copy into a bare table: no rows were taken")
	}
	_, err := s.conn.PgConn().CopyFrom(ctx, bytes.NewReader(s.bare.binary.Bytes()), "COPY "+bareCopied+" FROM STDIN (FORMAT binary)")
	return err
}

// Select implements measure.Subject.
func (s *Scratch) Select(ctx context.Context) (rows int, err error) {
	r := s.conn.PgConn().ExecParams(ctx, "SELECT * FROM headway.event ORDER BY position", nil, nil, nil, []int16{pgx.BinaryFormatCode})
	for r.NextRow() {
		rows++
	}
	_, err = r.Close()
	return rows, err
}
