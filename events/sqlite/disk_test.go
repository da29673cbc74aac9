package sqlite_test

import (
	"errors"
	"os"

	"context"
	"headway/events"
	"headway/events/sqlite"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headway/events/storetest"
)

func TestFullDisk(t *testing.T) { fillDisk(t, 8<<20, false) }

func TestFileThatMayNotGrow(t *testing.T) { fillDisk(t, 2<<20, true) }

func fillDisk(t *testing.T, size int64, limit bool) {
	disk := storetest.NewDisk(t, size, limit)
	if disk == nil {
		return
	}
	kind.FillDisk(t, filepath.Join(disk.Dir, "log.db"), disk, storetest.Full{Says: saysThatTheDiskIsFull})
}

func saysThatTheDiskIsFull(err error) bool {
	return strings.Contains(err.Error(), "full") && strings.Contains(err.Error(), "nothing was recorded, make room and try again")
}

// TestOpenOnFullDisk opens what is there and what is not on a disk without any
// room, where SQLite cannot make the files that it works with.
func TestOpenOnFullDisk(t *testing.T) {
	disk := storetest.NewDisk(t, 8<<20, false)
	if disk == nil {
		return
	}
	there := file(filepath.Join(disk.Dir, "there.db"))
	log := there.Open(t, time.Now)
	storetest.Append(t, log, "s", 0, storetest.Events(3)...)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	disk.Exhaust(t)
	for _, path := range []string{string(there), filepath.Join(disk.Dir, "new.db")} {
		_, err := sqlite.Open(context.Background(), path, sqlite.Options{})
		if err == nil || !saysThatTheDiskIsFull(err) {
			t.Errorf("open %s: %v", path, err)
		}
	}
	disk.MakeRoom(t)
	log = there.Open(t, time.Now)
	storetest.Append(t, log, "s", 3, storetest.Events(1)...)
	storetest.CheckOrder(t, storetest.ReadAll(t, log, events.Filter{}))
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestPlaceThatCannotBeWritten takes the right to write from the file, and from
// its directory, and gives it back.
func TestPlaceThatCannotBeWritten(t *testing.T) {
	dir := storetest.OwnDirectory(t)
	if dir == "" {
		return
	}
	f := file(filepath.Join(dir, "log.db"))
	var recorded int64
	attempt := func() error {
		log, err := sqlite.Open(context.Background(), string(f), sqlite.Options{})
		if err != nil {
			return err
		}
		return errors.Join(appendTwo(log, &recorded), log.Close())
	}
	if err := attempt(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path    string
		without, with os.FileMode
	}{
		{"a file that is read only", string(f), 0o444, 0o644},
		{"a file that cannot be read", string(f), 0o000, 0o644},
		{"a directory that is read only", dir, 0o555, 0o755},
		{"a directory that cannot be entered", dir, 0o600, 0o755},
	} {
		chmod(t, c.path, c.without)
		if err := attempt(); err == nil || !strings.Contains(err.Error(), "check the permissions") {
			t.Errorf("%s: %v", c.name, err)
		}
		chmod(t, c.path, c.with)
		if err := attempt(); err != nil {
			t.Errorf("%s, after the rights were given back: %v", c.name, err)
		}
	}
	whole(t, f, recorded)
}

// TestRightsTakenWhileOpen takes the rights from a log that is open: it goes on,
// or says what is wrong, and nothing is lost.
func TestRightsTakenWhileOpen(t *testing.T) {
	dir := storetest.OwnDirectory(t)
	if dir == "" {
		return
	}
	f := file(filepath.Join(dir, "log.db"))
	log := f.Open(t, time.Now)
	var recorded int64
	beside := []string{string(f), string(f) + "-wal", string(f) + "-shm"}
	for range 3 {
		if err := appendTwo(log, &recorded); err != nil {
			t.Fatal(err)
		}
		for _, name := range beside {
			chmod(t, name, 0o444)
		}
		chmod(t, dir, 0o555)
		if err := appendTwo(log, &recorded); err != nil && !strings.Contains(err.Error(), "check the permissions") {
			t.Errorf("append: %v", err)
		}
		if n := len(storetest.ReadAll(t, log, events.Filter{})); int64(n) != recorded {
			t.Errorf("%d events, want %d", n, recorded)
		}
		chmod(t, dir, 0o755)
		for _, name := range beside {
			chmod(t, name, 0o644)
		}
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	whole(t, f, recorded)
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// appendTwo appends two events, and counts them if they were acknowledged.
func appendTwo(log events.Log, recorded *int64) error {
	_, err := log.Append(context.Background(), events.Batch{Stream: "s", Expect: *recorded, Events: storetest.Events(2)})
	if err == nil {
		*recorded += 2
	}
	return err
}

// whole opens a log that must have so many events.
func whole(t *testing.T, f file, recorded int64) {
	t.Helper()
	log := f.Open(t, time.Now)
	list := storetest.ReadAll(t, log, events.Filter{})
	storetest.CheckOrder(t, list)
	if int64(len(list)) != recorded {
		t.Errorf("%d events, want %d", len(list), recorded)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}
