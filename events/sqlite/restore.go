package sqlite

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/archive"
	"headway/events/merkle"
)

// Restore implements archive.Target.
func (s *Store) Restore(ctx context.Context, list iter.Seq2[events.Event, error]) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.isClosed() {
		return events.ErrClosed
	}
	if err := s.restore(ctx, list); err != nil {
		return explain("restore into "+s.path, err)
	}
	s.wake()
	return nil
}

func (s *Store) restore(ctx context.Context, list iter.Seq2[events.Event, error]) (err error) {
	conn := s.writer
	if err := sqlitex.Execute(conn, "BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	defer func() {
		if err != nil && !conn.AutocommitEnabled() {
			err = errors.Join(err, sqlitex.Execute(conn, "ROLLBACK", nil))
		}
	}()
	head, _, err := readHead(conn)
	if err != nil {
		return err
	}
	if head > 0 {
		return archive.ErrNotEmpty
	}
	tree, err := readTree(conn, head)
	if err != nil {
		return err
	}
	for piece, err := range archive.Pieces(ctx, list, chunk) {
		if err != nil {
			return err
		}
		growth := merkle.Grow(tree, piece)
		if err := insertAll(conn, piece, growth.Next); err != nil {
			return err
		}
		tree = growth.Frontier()
	}
	if tree.Size() > 0 {
		if err := writeTree(conn, tree); err != nil {
			return err
		}
	}
	return sqlitex.Execute(conn, "COMMIT", nil)
}

// backupPages is how many pages are copied before the context is asked again.
const backupPages = 1024

// Backup copies the database as it stands into a new file, while it is read and
// written (SQLite's online backup). The file is there whole or not at all.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("back up to %s: the file exists already; name another", path)
	}
	src, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer s.pool.Put(src)
	dir, err := os.MkdirTemp(filepath.Dir(path), ".headway-backup-*")
	if err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "copy.db")
	if err := s.copyTo(ctx, src, file); err != nil {
		return s.failed(ctx, "back up to "+path, err)
	}
	if err := os.Chmod(file, 0o600); err != nil { // as the database: answers are confidential
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	// A link, unlike a renaming, does not replace a file that came meanwhile.
	if err := os.Link(file, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

func (s *Store) copyTo(ctx context.Context, src *sqlite.Conn, file string) (err error) {
	dst, err := sqlite.OpenConn(file, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	// In one snapshot: what others write meanwhile does not begin it anew.
	return inSnapshot(src, func() (err error) {
		if _, _, err := readHead(src); err != nil {
			return err
		}
		b, err := sqlite.NewBackup(dst, "main", src, "main")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.Close()) }()
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			if more, err = b.Step(backupPages); err != nil {
				return err
			}
		}
		return nil
	})
}
