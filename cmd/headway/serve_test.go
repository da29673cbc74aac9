package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// start runs a serving command and returns its address, and what ends it and
// gives its exit code.
func start(t *testing.T, args ...string) (url string, stop func() int) {
	t.Helper()
	return startSaying(t, io.Discard, args...)
}

// startSaying is start, with a writer for what the command says of errors.
func startSaying(t *testing.T, said io.Writer, args ...string) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, args, strings.NewReader(""), in, said)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := regexp.MustCompile(`http://\S+`).FindString(lines.Text()); m != "" {
			url = m
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // so that later prints do not block
	if url == "" {
		cancel()
		t.Fatalf("%v ended with code %d without serving", args, <-code)
	}
	return url, func() int { cancel(); return <-code }
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestDemoServesAndDrains(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "demo.db")
	for range 2 { // the second time on the same database
		url, stop := start(t, "demo", "--addr", "127.0.0.1:0", "--db", db)
		if status, body := get(t, url+"/?lang=en"); status != http.StatusOK || !strings.Contains(body, "Simulated data") {
			t.Errorf("status %d", status)
		}
		if code := stop(); code != exitDone {
			t.Errorf("exit code %d", code)
		}
	}
}

// TestServeDrainsOpenStreams: a page that listens for news keeps the server from
// nothing.
func TestServeDrainsOpenStreams(t *testing.T) {
	var said strings.Builder
	url, stop := startSaying(t, &said, "demo", "--addr", "127.0.0.1:0", "--db", "sqlite:"+filepath.Join(t.TempDir(), "demo.db"))
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	if code := stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if _, err := io.ReadAll(res.Body); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
	if strings.Contains(said.String(), "cut off") {
		t.Error(said.String())
	}
}

// TestServeFollowsOtherProcesses: what the command line records while the server
// runs, the server shows.
func TestServeFollowsOtherProcesses(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "log.db")
	url, stop := start(t, "serve", "--addr", "127.0.0.1:0", "--db", db)
	defer func() {
		if code := stop(); code != exitDone {
			t.Errorf("exit code %d", code)
		}
	}()
	if code := run(context.Background(), []string{"seed", "--db", db}, strings.NewReader(""), io.Discard, io.Discard); code != exitDone {
		t.Fatalf("seed: exit code %d", code)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		_, body := get(t, url+"/healthz")
		if strings.Contains(body, fmt.Sprintf(`"position":%d`, 93)) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not follow: %s", body)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestServeSaysWhenThePortIsTaken(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "log.db")
	url, stop := start(t, "serve", "--addr", "127.0.0.1:0", "--db", db)
	defer stop()
	var said strings.Builder
	code := run(context.Background(), []string{"serve", "--addr", strings.TrimPrefix(url, "http://"), "--db", db}, strings.NewReader(""), io.Discard, &said)
	if code != exitFailed || !strings.Contains(said.String(), "choose another with --addr") {
		t.Errorf("exit code %d: %s", code, said.String())
	}
}
