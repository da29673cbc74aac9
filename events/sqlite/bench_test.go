package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	zsqlite "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"headway/events"
	"headway/events/merkle"
	"headway/events/storetest"
)

func perSecond(b *testing.B, n int) { b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s") }

func openBench(b *testing.B) *Store {
	b.Helper()
	return openAt(b, filepath.Join(b.TempDir(), "log.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// realistic makes n events of the size that a report of a status has.
func realistic(n int) []events.Event {
	out := storetest.Events(n)
	for i := range out {
		out[i].Source = fmt.Sprintf(`{"file":"answers-2023.csv","row":%d}`, i)
		out[i].Data = fmt.Appendf(nil, `{"country":"XA%c","indicator":"policy.leadership.governance-mechanism","status":"in_place","evidence":["https://example.org/%d"]}`, 'A'+i%26, i)
	}
	return out
}

func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			log := openBench(b)
			list := realistic(b.N)
			var next atomic.Int64
			done := make(chan error, writers)
			b.ResetTimer()
			for range writers {
				go func() {
					for {
						i := int(next.Add(1)) - 1
						if i >= len(list) {
							done <- nil
							return
						}
						if _, err := log.Append(context.Background(), events.Batch{Stream: fmt.Sprint("s-", i%5000), Expect: events.Any, Events: list[i : i+1]}); err != nil {
							done <- err
							return
						}
					}
				}()
			}
			for range writers {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, b.N)
		})
	}
	b.Run("raw INSERT and commit", func(b *testing.B) {
		log := openBench(b)
		list := realistic(b.N)
		b.ResetTimer()
		for i := range list {
			raw(b, log.writer, list[i:i+1], i)
		}
		perSecond(b, b.N)
	})
}

// raw inserts numbered events in one transaction and does nothing else.
func raw(b *testing.B, conn *zsqlite.Conn, list []events.Event, after int) {
	b.Helper()
	var hashes [64]byte
	rawWith(b, conn, list, after, func() func() []byte { return func() []byte { return hashes[:] } })
}

// rawWith does so with hashes, of which it asks for the source once it has numbered
// the events.
func rawWith(b *testing.B, conn *zsqlite.Conn, list []events.Event, after int, hashes func() func() []byte) {
	b.Helper()
	for i := range list {
		list[i].Stream, list[i].Position, list[i].Version, list[i].RecordedAt = "raw", events.Position(after+i+1), int64(after+i+1), time.Unix(0, 0)
	}
	for _, step := range []func() error{
		func() error { return sqlitex.Execute(conn, "BEGIN IMMEDIATE", nil) },
		func() error { return insertAll(conn, list, hashes()) },
		func() error { return sqlitex.Execute(conn, "COMMIT", nil) },
	} {
		if err := step(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendBatch10000(b *testing.B) {
	const n = 10_000
	b.Run("log", func(b *testing.B) {
		log := openBench(b)
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			list := realistic(n)
			b.StartTimer()
			storetest.Append(b, log, fmt.Sprint("s-", i), 0, list...)
		}
		perSecond(b, b.N*n)
	})
	for _, triggers := range []bool{true, false} {
		b.Run(fmt.Sprintf("raw INSERT, triggers=%v", triggers), func(b *testing.B) {
			log := openBench(b)
			if !triggers {
				if err := sqlitex.ExecuteScript(log.writer, "DROP TRIGGER event_only_by_headway", nil); err != nil {
					b.Fatal(err)
				}
			}
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				list := realistic(n)
				b.StartTimer()
				raw(b, log.writer, list, i*n)
			}
			perSecond(b, b.N*n)
		})
	}
}

// BenchmarkTree inserts batches with the tree over them, and with bytes that stand
// in for it: the difference is what the tree costs an import.
func BenchmarkTree(b *testing.B) {
	const n = 10_000
	for _, tree := range []bool{true, false} {
		b.Run(fmt.Sprintf("tree=%v", tree), func(b *testing.B) {
			log := openBench(b)
			var f merkle.Frontier
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				list := realistic(n)
				b.StartTimer()
				if !tree {
					raw(b, log.writer, list, i*n)
					continue
				}
				rawWith(b, log.writer, list, i*n, func() func() []byte { return merkle.Grow(f, list).Next })
			}
			perSecond(b, b.N*n)
		})
	}
}

func BenchmarkRead1000000(b *testing.B) {
	const total, batch = 1_000_000, 10_000
	log := openBench(b)
	for range total / batch {
		list := realistic(batch)
		var parts []events.Batch
		for k := range 100 {
			parts = append(parts, events.Batch{Stream: fmt.Sprintf("status/mnr-review-2021/X%02d/policy.leadership.strategy", k), Expect: events.Any, Events: list[k*100 : (k+1)*100]})
		}
		if _, err := log.Append(context.Background(), parts...); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("log", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, err := range log.Read(context.Background(), 0, events.Filter{}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != total {
				b.Fatal(n)
			}
		}
		perSecond(b, b.N*total)
	})
	b.Run("bare SELECT", func(b *testing.B) {
		conn, err := connect(log.path)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = conn.Close() }() // read only
		for b.Loop() {
			bareSelect(b, conn, total)
		}
		perSecond(b, b.N*total)
	})
}

// bareSelect reads every column of every row by the driver's own means.
func bareSelect(b *testing.B, conn *zsqlite.Conn, want int) {
	b.Helper()
	n := 0
	var id [16]byte
	err := sqlitex.Execute(conn, "SELECT "+columns+" FROM event ORDER BY position", &sqlitex.ExecOptions{ResultFunc: func(stmt *zsqlite.Stmt) error {
		n++
		stmt.ColumnBytes(1, id[:])
		for _, col := range []int{0, 3, 5, 7, 12} {
			_ = stmt.ColumnInt64(col)
		}
		for _, col := range []int{2, 4, 6, 8, 9, 10, 11, 13} {
			_ = stmt.ColumnText(col)
		}
		return nil
	}})
	if err != nil || n != want {
		b.Fatal(n, err)
	}
}
