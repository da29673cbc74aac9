package projections_test

import (
	"context"
	"fmt"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
	pt "headway/projections/projectionstest"
)

// BenchmarkRebuild1000000 folds a log of a million reports from zero, beside the
// bare reading of the same log.
func BenchmarkRebuild1000000(b *testing.B) {
	const total = 1_000_000
	w := pt.New(b)
	w.Survey(b, 200, "r1", "r2")
	ctx := context.Background()
	for k := range total / 10_000 {
		var batches []events.Batch
		for i := range 200 {
			batch := events.Batch{Stream: domain.StatusStream("small", pt.Code(i), "a.a.one"), Expect: events.Any}
			for m := range 50 {
				e, err := events.New(events.DeriveID(pt.Start, fmt.Sprint(k), fmt.Sprint(i), fmt.Sprint(m)), pt.By, domain.Fact{Stream: batch.Stream, Round: "r1",
					EffectiveOn: domain.Date{Year: 2021, Month: 1 + k%12, Day: 1 + m%28},
					Payload:     domain.StatusReported{Country: pt.Code(i), Indicator: "a.a.one", Status: domain.InPlace, Note: "a note of some length"}})
				if err != nil {
					b.Fatal(err)
				}
				batch.Events = append(batch.Events, e)
			}
			batches = append(batches, batch)
		}
		if _, err := w.Log.Append(ctx, batches...); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			for _, err := range w.Log.Read(ctx, 0, events.Filter{}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.N*total)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("rebuild", func(b *testing.B) {
		for b.Loop() {
			if err := projections.NewRunner(w.Log, quiet).Rebuild(ctx, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*total)/b.Elapsed().Seconds(), "events/s")
	})
	r := projections.NewRunner(w.Log, quiet)
	if err := r.Rebuild(ctx, nil); err != nil {
		b.Fatal(err)
	}
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			b.SetBytes(int64(len(bytesOf(b, r))))
		}
	})
	data := bytesOf(b, r)
	b.Run("restore", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := projections.Restore(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSearch500000 searches a log of half a million reports, by 50 actors, of
// 200 respondents: the first page of 50, and all of it for a word that stands once.
func BenchmarkSearch500000(b *testing.B) {
	const total = 500_000
	w := pt.New(b)
	w.Survey(b, 200, "r1", "r2")
	ctx := context.Background()
	indicators := []domain.IndicatorID{"a.a.one", "a.a.two", "b.b.three"}
	for k := range total / 10_000 {
		var batches []events.Batch
		for i := range 200 {
			batch := events.Batch{Stream: domain.StatusStream("small", pt.Code(i), indicators[k%3]), Expect: events.Any}
			for m := range 50 {
				note := "a note of some length"
				if k == 1 && i == 0 && m == 0 {
					note = "the needle"
				}
				e, err := events.New(events.DeriveID(pt.Start, fmt.Sprint(k), fmt.Sprint(i), fmt.Sprint(m)), events.Stamp{Actor: fmt.Sprint("actor-", m)}, domain.Fact{
					Stream: batch.Stream, Round: "r1", EffectiveOn: domain.Date{Year: 2021, Month: 1 + k%12, Day: 1 + m%28}, Source: domain.Source{File: "answers.csv", Row: m},
					Payload: domain.StatusReported{Country: pt.Code(i), Indicator: indicators[k%3], Status: domain.InPlace, Note: note}})
				if err != nil {
					b.Fatal(err)
				}
				batch.Events = append(batch.Events, e)
			}
			batches = append(batches, batch)
		}
		if _, err := w.Log.Append(ctx, batches...); err != nil {
			b.Fatal(err)
		}
	}
	r := projections.NewRunner(w.Log, quiet)
	if err := r.Rebuild(ctx, nil); err != nil {
		b.Fatal(err)
	}
	at, _ := r.Position()
	for _, c := range []struct {
		name string
		rows int
		projections.Criteria
	}{
		{"cell", 50, projections.Criteria{Country: pt.Code(7), Indicator: "a.a.two"}},
		{"country", 50, projections.Criteria{Country: pt.Code(7)}},
		{"indicator", 50, projections.Criteria{Indicator: "b.b.three"}},
		{"actor", 50, projections.Criteria{Actor: "actor-7"}},
		{"all", 50, projections.Criteria{}},
		{"superseded", 0, projections.Criteria{Superseded: true}},
		{"text", 1, projections.Criteria{Text: "needle"}},
		{"text of a country", 1, projections.Criteria{Text: "needle", Country: pt.Code(0)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page, err := projections.SearchPage(ctx, r, w.Log, c.Criteria, at, nil, 50)
				if err != nil || len(page.Rows) != c.rows {
					b.Fatal(len(page.Rows), err)
				}
			}
		})
	}
}
