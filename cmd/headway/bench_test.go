package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headway/events/measure"
	"headway/events/postgres/pgtest"
)

// TestBenchOnPostgres measures with the program's own verification and folds.
func TestBenchOnPostgres(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(context.Background(), []string{"bench", "--db", pgtest.Database(t), "--events", "3000", "--json"}, strings.NewReader(""), &out, &errs)
	if code != exitDone || errs.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	var rows []measure.Row
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 17 || rows[0].Name != "single-1" || rows[16].Rate != nil || !strings.Contains(rows[16].What, "not installed") {
		t.Errorf("rows are %+v", rows)
	}
}

// TestInterruptedBench: Ctrl-C leaves nothing behind.
func TestInterruptedBench(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"bench", "--db", "sqlite:" + filepath.Join(dir, "log.db")}, strings.NewReader(""), io.Discard, io.Discard)
	}()
	for range 1000 {
		if list, err := filepath.Glob(filepath.Join(dir, "headway-bench-*", "bare.db")); err == nil && len(list) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if c := <-code; c != exitFailed {
		t.Errorf("exit code %d", c)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("left behind: %v %v", list, err)
	}
}
