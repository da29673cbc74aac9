package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What tells a test that it runs in a process of its own, and where.
const (
	envDir   = "HEADWAY_TEST_DIR"
	envMount = "HEADWAY_TEST_MOUNT" // whether this process sees mounts of its own
)

// Disk is a place with little room. What takes most of it can be given back.
type Disk struct {
	Dir     string
	Limited bool // no disk of its own could be had: files are bounded in size instead
	free    func() error
}

// NewDisk gives a test a disk of so many bytes, half of them taken. The test runs
// in a process of its own for that: there NewDisk returns a disk, and here, once
// that process has ended, nil. Where the system does not let a test mount a disk,
// or with limit, no file can grow beyond half of the bytes instead.
func NewDisk(t *testing.T, size int64, limit bool) *Disk {
	t.Helper()
	dir := os.Getenv(envDir)
	if dir == "" {
		again(t, newDirectory(t), !limit)
		return nil
	}
	d := &Disk{Dir: dir}
	if os.Getenv(envMount) != "" {
		err := d.mount(size)
		if err == nil {
			t.Logf("a disk of %d bytes at %s", size, dir)
			return d
		}
		t.Logf("no disk can be mounted: %v", err)
	}
	if err := d.limit(size / 2); err != nil {
		t.Fatal(err)
	}
	t.Logf("no file grows beyond %d bytes", size/2)
	return d
}

func (d *Disk) mount(size int64) error {
	if err := mountMemory(d.Dir, size); err != nil {
		return err
	}
	ballast := filepath.Join(d.Dir, "ballast")
	d.free = func() error { return os.Remove(ballast) }
	return os.WriteFile(ballast, make([]byte, size/2), 0o600)
}

func (d *Disk) limit(size int64) error {
	d.Limited = true
	signal.Ignore(syscall.SIGXFSZ) // a write then fails
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		return err
	}
	d.free = func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before) }
	return setLimit(uint64(size))
}

// setLimit bounds the size of files, and leaves the right to lift the bound.
func setLimit(size uint64) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	l.Cur = size
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l)
}

// MakeRoom gives back what was taken.
func (d *Disk) MakeRoom(t testing.TB) {
	t.Helper()
	if err := d.free(); err != nil {
		t.Fatal(err)
	}
}

// OwnDirectory gives a test a directory, as a user whom permissions bind. Where
// root runs the test, it runs in a process of its own for that: there OwnDirectory
// returns a directory, and here, once that process has ended, "".
func OwnDirectory(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		return newDirectory(t)
	}
	dir := os.Getenv(envDir)
	if dir == "" {
		dir = newDirectory(t)
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		again(t, dir, false)
		return ""
	}
	for _, err := range []error{syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// nobody is the id of a user without rights.
const nobody = 65534

// newDirectory makes a directory that other users may enter.
func newDirectory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hwtest")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// again runs the test that calls it in a process of its own.
func again(t *testing.T, dir string, mounts bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.v", "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), envDir+"="+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if mounts {
		cmd.SysProcAttr = ownMounts()
	}
	if cmd.SysProcAttr != nil {
		cmd.Env = append(cmd.Env, envMount+"=1")
	}
	err := cmd.Start()
	if err != nil && cmd.SysProcAttr != nil { // it is not permitted here
		again(t, dir, false)
		return
	}
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil || !strings.Contains(out.String(), fmt.Sprintf("--- PASS: %s ", t.Name())) {
		t.Errorf("in a process of its own: %v", err)
	}
	t.Log("\n" + out.String())
}

// Exhaust takes what room is left, to the last byte.
func (d *Disk) Exhaust(t testing.TB) {
	t.Helper()
	if d.Limited {
		if err := setLimit(1000); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.OpenFile(filepath.Join(d.Dir, "ballast"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 512))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
