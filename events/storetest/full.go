package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"headway/events"
)

// Full is what a log does on a full disk.
type Full struct {
	Says   func(error) bool // holds of every failure
	Dies   bool             // it cannot be read meanwhile
	Revive func()           // is called after room was made, unless it is nil
}

// FillDisk appends to a log until its disk is full, makes room, and appends again.
func (k Kind) FillDisk(t *testing.T, address string, disk *Disk, o Full) {
	log := k.open(t, address)
	book := newLedger(k)
	acked, failed := fill(log, book, 10_000)
	if acked == 0 || len(failed) == 0 {
		t.Fatalf("%d appends succeeded and %d failed; the test has not tested what it should", acked, len(failed))
	}
	t.Logf("%d appends filled the disk: %v", acked, failed[0])
	if !o.Dies {
		book.check(t, log)
	}
	for _, err := range append(failed, k.whileFull(log, book, address)...) {
		if !o.Says(err) {
			t.Errorf("on a full disk: %v", err)
		}
	}
	if !o.Dies {
		book.check(t, log)
	}
	disk.MakeRoom(t)
	if o.Revive != nil {
		o.Revive()
	}
	for i := range 20 {
		if err := book.append(log, request{fmt.Sprint("after-", i), []part{{"shared", events.Any, 10}}}); err != nil {
			t.Fatalf("after room was made: %v", err)
		}
	}
	book.check(t, log)
	book.settleOpen(t, log)
	book.finish(t, k.open(t, address))
	t.Logf("%d events; appends by outcome: %v", book.head, book.counts)
}

// fill appends from several sides until each has failed, or has appended so often.
func fill(log events.Log, book *ledger, most int) (acked int, failed []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range most {
				err := book.append(log, request{fmt.Sprintf("fill-%d-%d", w, i), []part{{"shared", events.Any, 50}, {fmt.Sprint("own-", w), int64(i), 1}}})
				mu.Lock()
				if err == nil {
					acked++
				} else {
					failed = append(failed, err)
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return acked, failed
}

// whileFull appends more and opens the log again, and returns what failed.
func (k Kind) whileFull(log events.Log, book *ledger, address string) (failed []error) {
	for i := range 10 {
		if err := book.append(log, request{fmt.Sprint("full-", i), []part{{"shared", events.Any, 200}}}); err != nil {
			failed = append(failed, err)
		}
	}
	other, err := k.Open(context.Background(), address)
	if err != nil {
		return append(failed, err)
	}
	if err := book.append(other, request{"full-other", []part{{"shared", events.Any, 200}}}); err != nil {
		failed = append(failed, err)
	}
	if err := other.Close(); err != nil {
		failed = append(failed, err)
	}
	return failed
}
