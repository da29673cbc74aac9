package projections

import (
	"fmt"
	"sync"
	"testing"

	"headway/domain"
	"headway/events"
)

// countedOf is a round of nobody about so many indicators.
func countedOf(indicators int) *domain.Tabulation {
	return domain.Tabulate(&Answers{framework: &domain.Framework{Indicators: make([]domain.Indicator, indicators)}})
}

func TestTabulationsAreKeptWithinBounds(t *testing.T) {
	c := newTabulations()
	c.room = 3000
	large := countedOf(900)
	for i := range 5 {
		c.keep(countedRound{"r", events.Position(i)}, large)
		if c.find(countedRound{"r", 0}) == nil { // asked for again and again
			t.Fatalf("after %d the first is gone", i)
		}
	}
	if len(c.kept) != c.recent.Len() || c.places != len(c.kept)*places(large) || c.places > c.room {
		t.Errorf("%d kept, %d in order, %d places", len(c.kept), c.recent.Len(), c.places)
	}
	c.keep(countedRound{"huge", 1}, countedOf(4000))
	if len(c.kept) != 1 || c.find(countedRound{"huge", 1}) == nil {
		t.Error("what is larger than the bound is kept alone, until another is asked for")
	}
}

func TestTabulationsAreSafeForManyReaders(t *testing.T) {
	c := newTabulations()
	small := countedOf(3)
	var readers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			for k := range 200 {
				key := countedRound{domain.RoundID(fmt.Sprint((k + i) % 5)), 1}
				if c.find(key) == nil {
					c.keep(key, small)
				}
			}
		})
	}
	readers.Wait()
	if len(c.kept) != 5 || c.places != 5*places(small) {
		t.Errorf("%d kept in %d places", len(c.kept), c.places)
	}
}
