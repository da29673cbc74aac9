package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"headway/events"
)

// Kind is a kind of log, for tests in which several processes use one log.
type Kind struct {
	// Open opens the log at an address, in this process or in another.
	Open func(ctx context.Context, address string) (events.Log, error)
	// InDoubt is the error of an append whose outcome is unknown; nil where the
	// log always knows.
	InDoubt error
}

// What tells a test binary to be a process of a test.
const (
	envRole    = "HEADWAY_TEST_ROLE"
	envAddress = "HEADWAY_TEST_ADDRESS"
	envName    = "HEADWAY_TEST_NAME"
	envSeed    = "HEADWAY_TEST_SEED"
	envAppends = "HEADWAY_TEST_APPENDS"
)

// lineOpen is what a process says once it has opened the log.
const lineOpen = "open"

// Work ends the binary after the work of a process, where a test started it as
// one, and returns at once where not. TestMain calls it before all else.
func (k Kind) Work() {
	role := os.Getenv(envRole)
	if role == "" {
		return
	}
	if err := k.work(role); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (k Kind) work(role string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // the end of the input is the end of the work, also when the test dies
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	log, err := k.Open(ctx, os.Getenv(envAddress))
	if err != nil {
		return err
	}
	fmt.Println(lineOpen)
	switch role {
	case "writer":
		err = k.write(ctx, log)
	case "reader":
		for e := range followAll(ctx, log) {
			fmt.Printf("saw %d %s\n", e.Position, e.ID)
		}
	default:
		err = fmt.Errorf("there is no role %s", role)
	}
	return errors.Join(err, log.Close())
}

// process is another process that works on the log of a test.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	acks  atomic.Int64
	acked chan struct{} // has a value when there are new acks, and is closed at the end
	open  chan struct{} // is closed once the process has opened the log
	ended chan struct{}
	err   error // of the process, once it has ended
}

// startProcess starts a process; hear gets each line that it prints. A line that its
// death cut short is no line.
func startProcess(t testing.TB, role, address, name string, seed uint64, appends int, hear func(string)) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0]), acked: make(chan struct{}, 1), open: make(chan struct{}), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), envRole+"="+role, envAddress+"="+address, envName+"="+name,
		envSeed+"="+strconv.FormatUint(seed, 10), envAppends+"="+strconv.Itoa(appends))
	p.cmd.Stderr = os.Stderr
	var out io.Reader
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err == nil {
		if out, err = p.cmd.StdoutPipe(); err == nil {
			err = p.cmd.Start()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	go p.listen(bufio.NewReader(out), hear)
	t.Cleanup(func() { p.kill(); <-p.ended }) // has ended, unless the test failed
	return p
}

func (p *process) listen(out *bufio.Reader, hear func(string)) {
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			break
		}
		line = strings.TrimSuffix(line, "\n")
		if line == lineOpen {
			close(p.open)
			continue
		}
		hear(line)
		if strings.HasPrefix(line, "ack ") {
			p.acks.Add(1)
			select {
			case p.acked <- struct{}{}:
			default:
			}
		}
	}
	p.err = p.cmd.Wait()
	close(p.acked)
	close(p.ended)
}

// waitOpen waits until the process has opened the log, and reports whether it has.
func (p *process) waitOpen() bool {
	select {
	case <-p.open:
		return true
	case <-p.ended: // perhaps with all its work done
	}
	select {
	case <-p.open:
		return true
	default:
		return false
	}
}

// waitForAcks waits until a writer has so many acknowledgements, and reports
// whether it has come to that.
func (p *process) waitForAcks(n int64) bool {
	for p.acks.Load() < n {
		if _, alive := <-p.acked; !alive {
			return p.acks.Load() >= n
		}
	}
	return true
}

// kill ends the process as kill -9 does.
func (p *process) kill() { _ = p.cmd.Process.Kill() } // fails if it has ended

// stop asks the process to finish, and waits for its end.
func (p *process) stop() error {
	_ = p.stdin.Close()
	return p.wait()
}

func (p *process) wait() error {
	<-p.ended
	return p.err
}

// sayings collects the lines of a process.
type sayings struct {
	mu    sync.Mutex
	lines []string
}

func (s *sayings) hear(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}
