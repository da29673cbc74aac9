package postgres

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/events"
	"headway/events/merkle"
	"headway/events/postgres/pgtest"
	"headway/events/storetest"
)

// The benchmarks use a server that flushes to the disk. Each stands beside the
// rate of the bare driver on the same server.

// perSecond reports events a second.
func perSecond(b *testing.B, events int) {
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
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
	server := pgtest.NewServer(b, pgtest.Options{Fsync: true})
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			log := openStore(b, server.Database(b))
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
						batch := events.Batch{Stream: fmt.Sprint("s-", i%5000), Expect: events.Any, Events: list[i : i+1]}
						if _, err := log.Append(context.Background(), batch); err != nil {
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
	b.Run("raw INSERT, one connection", func(b *testing.B) {
		url := server.Database(b)
		openStore(b, url)
		conn := connect(b, url)
		list := realistic(b.N)
		b.ResetTimer()
		for i := range list {
			number(list[i:i+1], i)
			execute(b, conn, insertSQL, arrays(list[i:i+1], noHashes)...)
		}
		perSecond(b, b.N)
	})
}

// noHashes stands in for the tree: bytes of the usual length.
func noHashes() []byte { return make([]byte, 64) }

// number does what a plan does.
func number(list []events.Event, after int) {
	for i := range list {
		list[i].Stream, list[i].Position, list[i].Version, list[i].RecordedAt = "raw", events.Position(after+i+1), int64(after+i+1), time.Unix(0, 0)
	}
}

func BenchmarkAppendBatch(b *testing.B) {
	server := pgtest.NewServer(b, pgtest.Options{Fsync: true})
	for _, n := range []int{copyFrom - 1, copyFrom, 500, 10_000} {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			log := openStore(b, server.Database(b))
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				list := realistic(n)
				b.StartTimer()
				storetest.Append(b, log, fmt.Sprint("s-", i), 0, list...)
			}
			perSecond(b, b.N*n)
		})
	}
	b.Run("raw COPY of 10000", func(b *testing.B) {
		url := server.Database(b)
		openStore(b, url)
		conn := connect(b, url)
		const n = 10_000
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			list := realistic(n)
			number(list, i*n)
			b.StartTimer()
			if err := copyAll(context.Background(), conn, list, noHashes); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b, b.N*n)
	})
}

// BenchmarkTree copies batches with the tree over them, and with bytes that stand in
// for it: the difference is what the tree costs an import.
func BenchmarkTree(b *testing.B) {
	server := pgtest.NewServer(b, pgtest.Options{Fsync: true})
	const n = 10_000
	for _, tree := range []bool{true, false} {
		b.Run(fmt.Sprintf("tree=%v", tree), func(b *testing.B) {
			url := server.Database(b)
			openStore(b, url)
			conn := connect(b, url)
			var f merkle.Frontier
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				list := realistic(n)
				number(list, i*n)
				b.StartTimer()
				hashes := noHashes
				if tree {
					g := merkle.Grow(f, list)
					hashes = g.Next
				}
				if err := copyAll(context.Background(), conn, list, hashes); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, b.N*n)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	const total, batch = 1_000_000, 10_000
	url := pgtest.Database(b)
	log := openStore(b, url)
	for i := range total / batch {
		list := realistic(batch)
		parts := make([]events.Batch, 0, 100)
		for k := range 100 { // 5000 streams
			parts = append(parts, events.Batch{Stream: fmt.Sprintf("status/mnr-review-2021/X%02d/policy.leadership.indicator-%d", k, i%50),
				Expect: events.Any, Events: list[k*100 : (k+1)*100]})
		}
		if _, err := log.Append(context.Background(), parts...); err != nil {
			b.Fatal(err)
		}
	}
	conn := connect(b, url)
	execute(b, conn, "VACUUM ANALYZE headway.event")
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
	b.Run("one of 200 events in a stream", func(b *testing.B) {
		for b.Loop() {
			storetest.ReadAll(b, log, events.Filter{Stream: "status/mnr-review-2021/X07/policy.leadership.indicator-3"})
		}
	})
	b.Run("bare SELECT, scanned", func(b *testing.B) {
		for b.Loop() {
			rows, err := conn.Query(context.Background(), "SELECT "+columns+" FROM headway.event ORDER BY position")
			if err != nil {
				b.Fatal(err)
			}
			scanBare(b, rows)
		}
		perSecond(b, b.N*total)
	})
	b.Run("bare SELECT, raw bytes left alone", func(b *testing.B) {
		for b.Loop() {
			rows, err := conn.Query(context.Background(), "SELECT "+columns+" FROM headway.event ORDER BY position")
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
				_ = rows.RawValues()
			}
			if rows.Err() != nil {
				b.Fatal(rows.Err())
			}
		}
		perSecond(b, b.N*total)
	})
}

func scanBare(b *testing.B, rows pgx.Rows) {
	b.Helper()
	var position, version int64
	var recorded time.Time
	var id [16]byte
	var schema int32
	var simulated bool
	var stream, typ, effective, actor, round, correlation, source string
	var data []byte
	_, err := pgx.ForEachRow(rows, []any{&position, &version, &recorded, &id, &schema, &simulated, &stream, &typ, &effective,
		&actor, &round, &correlation, &source, &data}, func() error { return nil })
	if err != nil {
		b.Fatal(err)
	}
}
