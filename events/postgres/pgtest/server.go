package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options of a server of its own.
type Options struct {
	// Fsync flushes every commit to the disk, as in production. Without it a
	// server loses nothing when it is killed, only when the machine dies.
	Fsync bool
}

// patience is how long a server may take to start, recovery included.
const patience = time.Minute

// Server is a Postgres in a temporary directory, reached by a Unix socket there.
type Server struct {
	bin, dir string
	fsync    bool
	account  *syscall.Credential // nil: that of the tests

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{} // closed when cmd has ended
}

// NewServer starts a server for one test, and stops it at its end.
func NewServer(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Database makes an empty database and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return database(t, s.URL("postgres"), "template0")
}

// URL of a database on the server.
func (s *Server) URL(database string) string {
	q := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

func start(o Options) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, fsync: o.Fsync}
	if os.Geteuid() == 0 { // as which Postgres refuses to run
		if s.account, err = unprivileged(); err != nil {
			return nil, err
		}
	}
	if s.dir, err = directory(); err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	if err := s.initialize(); err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: %w", err), os.RemoveAll(s.dir))
	}
	if err := s.launch(); err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: %w", err), s.close())
	}
	return s, nil
}

// initialize makes the files of the server.
func (s *Server) initialize() error {
	if s.account != nil {
		if err := os.Chown(s.dir, int(s.account.Uid), int(s.account.Gid)); err != nil {
			return err
		}
	}
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata", s.data(), "--username", "postgres",
		"--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }
func (s *Server) log() string  { return filepath.Join(s.dir, "log") }

// launch starts the process and waits until it takes connections.
func (s *Server) launch() error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	durable := "off"
	if s.fsync {
		durable = "on"
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir,
		"-c", "listen_addresses=", "-c", "fsync="+durable, "-c", "full_page_writes="+durable,
		"-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB", "-c", "log_min_messages=warning")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account, Setpgid: true}
	exited := make(chan struct{})
	if err := startBound(cmd, exited); err != nil {
		return err
	}
	s.mu.Lock()
	s.cmd, s.exited = cmd, exited
	s.mu.Unlock()
	return s.ready(exited)
}

func (s *Server) ready(exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-exited:
			return fmt.Errorf("the server ended: %s", s.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("the server takes no connections: %w: %s", err, s.lastWords())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) lastWords() string {
	text, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(text[max(0, len(text)-2000):]))
}

// Stop shuts the server down in order; connections are cut.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.end(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

// Kill ends the server and all of its processes as kill -9 does.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if err := s.end(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// Start starts a server that was stopped or killed, with the data it has.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	// The children of a killed server may need a moment to notice, and a new one
	// does not start beside them.
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = s.launch(); err == nil {
			return
		}
	}
	t.Fatalf("pgtest: restart: %v", err)
}

func (s *Server) end(sig syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return nil
	}
	select {
	case <-s.exited: // by itself: its id may be another's by now
		s.cmd = nil
		return nil
	default:
	}
	pids := []int{s.cmd.Process.Pid}
	if sig == syscall.SIGKILL {
		pids = append(pids, children(pids[0])...)
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("pgtest: end the server: %w", err)
		}
	}
	select {
	case <-s.exited:
	case <-time.After(patience):
		return fmt.Errorf("pgtest: the server %d does not end: %s", s.cmd.Process.Pid, s.lastWords())
	}
	s.cmd = nil
	return nil
}

func (s *Server) close() error {
	return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.dir))
}

const prefix = "headway-pg-"

// directory makes one that bears the id of this process, and removes those whose
// process has gone without doing so.
func directory() (string, error) {
	parent := os.TempDir()
	if len(parent) > 60 { // a socket's path has 107 bytes at most
		parent = "/tmp"
	}
	old, err := filepath.Glob(filepath.Join(parent, prefix+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		if pid, err := strconv.Atoi(name); err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir) // another user's stays
		}
	}
	return os.MkdirTemp(parent, prefix+strconv.Itoa(os.Getpid())+"-")
}
