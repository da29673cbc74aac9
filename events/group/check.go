package group

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"headway/events"
)

// Check refuses what no log takes, before it waits for a transaction.
func Check(batches []events.Batch) error {
	total := 0
	for _, b := range batches {
		if b.Stream == "" || b.Expect < events.Any {
			return fmt.Errorf("a batch needs a stream, and a version that is 0 or more, or Any: %w", events.ErrInvalid)
		}
		total += len(b.Events)
	}
	if err := checkEvents(spans(batches)); err != nil || total < 2 {
		return err
	}
	seen := make(map[events.ID]struct{}, total)
	for _, b := range batches {
		for i := range b.Events {
			id := b.Events[i].ID
			if _, twice := seen[id]; twice {
				return fmt.Errorf("event %s stands twice in one append: %w", id, events.ErrInvalid)
			}
			seen[id] = struct{}{}
		}
	}
	return nil
}

// span is a run of events of one batch that is checked at a time.
type span struct {
	stream string
	list   []events.Event
}

const spanSize = 512

func spans(batches []events.Batch) []span {
	out := make([]span, 0, len(batches))
	for _, b := range batches {
		for list := b.Events; len(list) > 0; {
			n := min(spanSize, len(list))
			out = append(out, span{b.Stream, list[:n]})
			list = list[n:]
		}
	}
	return out
}

// checkEvents returns the first error. The checks of a large append, most of whose
// time goes into its JSON, run on all cores.
func checkEvents(list []span) error {
	if len(list) < 4 {
		for _, s := range list {
			if err := s.check(); err != nil {
				return err
			}
		}
		return nil
	}
	faults := make([]error, len(list))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
				faults[i] = list[i].check()
			}
		})
	}
	wg.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s span) check() error {
	for i := range s.list {
		e := s.list[i]
		e.Stream = s.stream
		if err := e.Check(); err != nil {
			return err
		}
	}
	return nil
}
