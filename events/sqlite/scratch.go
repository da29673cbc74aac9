package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/measure"
)

// Scratch is an empty log in a temporary directory, with bare tables in a file
// beside it. It implements measure.Subject.
type Scratch struct {
	dir  string
	log  *Store
	bare *sqlite.Conn // of the bare tables
	from *sqlite.Conn // reads the log without its means
	rows [][]any
}

var _ measure.Subject = (*Scratch)(nil)

// NewScratch makes a scratch in a directory, which must be there: measure on the
// disk that the log is kept on.
func NewScratch(ctx context.Context, parent string, o Options) (*Scratch, error) {
	dir, err := os.MkdirTemp(parent, "headway-bench-*")
	if err != nil {
		return nil, fmt.Errorf("make a place to measure in: %w; give --db a file in a directory that can be written", err)
	}
	s := &Scratch{dir: dir}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Scratch) open(ctx context.Context, o Options) (err error) {
	path := filepath.Join(s.dir, "log.db")
	if s.log, err = Open(ctx, path, o); err != nil {
		return err
	}
	if s.from, err = connect(path); err != nil {
		return explain("open the database "+path, err)
	}
	path = filepath.Join(s.dir, "bare.db")
	if s.bare, err = connect(path); err != nil {
		return explain("open the database "+path, err)
	}
	text, err := sqlitex.ResultText(s.from.Prep("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'event'"))
	if err == nil {
		err = sqlitex.ExecuteTransient(s.bare, text, nil) // unique indexes and checks are in it; triggers are not
	}
	if err != nil {
		return explain("make a bare table", err)
	}
	return nil
}

// Log is the log that is measured.
func (s *Scratch) Log() events.Log { return s.log }

// Settle folds the write-ahead log back into the file.
func (s *Scratch) Settle(context.Context) error {
	if err := sqlitex.ExecuteTransient(s.from, "PRAGMA wal_checkpoint(TRUNCATE)", nil); err != nil {
		return explain("fold the write-ahead log back", err)
	}
	return nil
}

// Rival implements measure.Subject: SQLite has none.
func (s *Scratch) Rival(context.Context) (measure.Rival, string, error) { return nil, "", nil }

// Close removes the files.
func (s *Scratch) Close() error {
	var errs []error
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	for _, conn := range []*sqlite.Conn{s.from, s.bare} {
		if conn != nil {
			errs = append(errs, conn.Close())
		}
	}
	if err := os.RemoveAll(s.dir); err != nil {
		errs = append(errs, fmt.Errorf("remove what was measured: %w; remove %s by hand", err, s.dir))
	}
	return errors.Join(errs...)
}
