package projectionstest

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
	"headway/events/sqlite"
	"headway/projections"
	"headway/projections/desk"
)

// Clock is a clock that tests move. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the present of the test.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock, also backwards.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// World is a log with its projections and a desk.
type World struct {
	Log    *sqlite.Store
	Runner *projections.Runner
	Desk   *desk.Desk
	Clock  *Clock
}

// Start is the first instant of a World.
var Start = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

// Open makes a world in a directory; the test closes its log.
func Open(t testing.TB, dir string) *World {
	t.Helper()
	clock := &Clock{now: Start}
	log, err := sqlite.Open(context.Background(), filepath.Join(dir, "log.db"), sqlite.Options{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Log: log, Clock: clock, Runner: projections.NewRunner(log, slog.New(slog.DiscardHandler))}
	w.Desk = &desk.Desk{Log: log, Runner: w.Runner, Now: clock.Now, IDs: events.NewTimeOrdered(clock.Now, &randomness{rand.NewPCG(1, 2)})}
	return w
}

// New makes a world that ends with its test.
func New(t testing.TB) *World {
	t.Helper()
	w := Open(t, t.TempDir())
	t.Cleanup(func() {
		if err := w.Log.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// randomness is a deterministic io.Reader.
type randomness struct{ src rand.Source }

func (r *randomness) Read(p []byte) (int, error) {
	for i := 0; i < len(p); i += 8 {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], r.src.Uint64())
		copy(p[i:], b[:])
	}
	return len(p), nil
}

// By is who writes in tests.
var By = events.Stamp{Actor: "tester"}

// Framework is a small framework: two domains, a capability each, indicators
// a.a.one, a.a.two and b.b.three, the last of negative polarity.
func Framework() domain.Framework {
	indicator := func(id, d string, p domain.Polarity) domain.Indicator {
		return domain.Indicator{ID: domain.IndicatorID(id), Domain: d, Capabilities: []string{d + "." + d}, Scale: "binary", Polarity: p,
			Name: domain.Text{"en": "Indicator " + id, "ar": "مؤشر " + id}}
	}
	return domain.Framework{
		ID: "small", Version: "1", Name: domain.Text{"en": "A small framework", "ar": "إطار صغير"},
		Scales:  []domain.Scale{domain.Binary()},
		Domains: []domain.Domain{{ID: "a", Name: domain.Text{"en": "Domain A"}}, {ID: "b", Name: domain.Text{"en": "Domain B"}}},
		Capabilities: []domain.Capability{
			{ID: "a.a", Number: 1, Domain: "a", Name: domain.Text{"en": "Capability A"}},
			{ID: "b.b", Number: 2, Domain: "b", Name: domain.Text{"en": "Capability B"}},
		},
		Indicators: []domain.Indicator{
			indicator("a.a.one", "a", domain.Positive), indicator("a.a.two", "a", domain.Positive), indicator("b.b.three", "b", domain.Negative),
		},
	}
}

// Must fails the test on an error.
func Must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Survey publishes Framework and opens rounds with n respondents AAA, AAB, ….
func (w *World) Survey(t testing.TB, n int, rounds ...domain.RoundID) {
	t.Helper()
	ctx := context.Background()
	must := Must[desk.Receipt](t)
	must(w.Desk.PublishFramework(ctx, By, Framework(), domain.Source{}))
	var who []domain.Enrolment
	for i := range n {
		who = append(who, domain.Enrolment{Respondent: Code(i), Kind: domain.Country,
			Attributes: map[string]string{domain.AttrIncome: []string{"high", "low"}[i%2]}})
	}
	for i, r := range rounds {
		must(w.Desk.OpenRound(ctx, By, domain.Round{ID: r, Framework: "small", ReferenceDate: domain.Date{Year: 2021 + 2*i}}, "", domain.Source{}))
		must(w.Desk.Enrol(ctx, By, r, domain.Source{}, who...))
	}
}

// Code is the code of the i-th respondent of Survey.
func Code(i int) domain.Respondent {
	return domain.Respondent(fmt.Sprintf("A%c%c", 'A'+i/26, 'A'+i%26))
}
