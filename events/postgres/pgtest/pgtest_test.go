package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const envChild = "HEADWAY_TEST_PGTEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(envChild) == "" {
		Main(m)
	}
	s, err := start(Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.cmd.Process.Pid, s.dir)
	time.Sleep(time.Minute) // until it is killed
}

func TestDatabasesAreEmptyAndApart(t *testing.T) {
	ctx := context.Background()
	for range 2 {
		conn, err := pgx.Connect(ctx, Database(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(ctx, "CREATE TABLE there ()"); err != nil {
			t.Error(err)
		}
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

func TestServerIsKilledAndKeepsItsData(t *testing.T) {
	ctx := context.Background()
	s := NewServer(t, Options{Fsync: true})
	url := s.Database(t)
	for i, end := range []func(testing.TB){s.Stop, s.Kill, s.Kill} {
		if err := run(url, fmt.Sprintf("CREATE TABLE t%d ()", i)); err != nil {
			t.Fatal(err)
		}
		end(t)
		if conn, err := pgx.Connect(ctx, url); err == nil {
			t.Error("the server still takes connections", conn.Close(ctx))
		}
		s.Start(t)
		if err := run(url, fmt.Sprintf("SELECT FROM t%d", i)); err != nil {
			t.Error(err)
		}
	}
}

// The server of a test binary that is killed ends, and its directory is removed
// by the next.
func TestNoServerIsLeftBehind(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("only Linux ends the children of a process that is killed")
		return
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	if _, err := fmt.Sscan(strings.TrimSpace(line), &pid, &dir); err != nil {
		t.Fatal(line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	for deadline := time.Now().Add(20 * time.Second); alive(pid); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the server %d lives on", pid)
		}
	}
	NewServer(t, Options{})
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}

// alive reports whether a process runs; one that nobody has buried does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestAbsentPostgresSaysHowToInstall(t *testing.T) {
	if !strings.Contains(errAbsent.Error(), "apt-get install -y postgresql") {
		t.Error(errAbsent)
	}
	if dir, err := binaries(); err != nil || version(dir) < 12_000 {
		t.Errorf("%s has version %d, %v", dir, version(dir), err)
	}
}
