package group

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"headway/events"
)

// TestVersionsAreThoseOfTheLog lets a writer append beside another; what it
// remembers must never differ from the log.
func TestVersionsAreThoseOfTheLog(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	rapid.Check(t, func(t *rapid.T) {
		log := map[string]int64{}
		root := tlog.Hash{1}
		var v Versions
		for range rapid.IntRange(1, 30).Draw(t, "transactions") {
			list := rapid.SliceOfN(rapid.SampledFrom(names), 1, 4).Draw(t, "streams")
			if rapid.IntRange(0, 3).Draw(t, "who") == 0 { // somebody else
				for _, s := range list {
					log[s]++
				}
				root = tlog.NodeHash(root, root)
				continue
			}
			slices.Sort(list)
			list = slices.Compact(list)
			missing := v.Missing(list)
			if !v.At(root) {
				missing = list
			}
			for _, s := range missing {
				v.Set(s, log[s])
			}
			for s, got := range v.Of(list) {
				if got != log[s] {
					t.Fatalf("stream %s is remembered at %d, and is at %d", s, got, log[s])
				}
			}
			switch rapid.IntRange(0, 3).Draw(t, "end") {
			case 0: // rolled back
			case 1: // in doubt
				v.Forget()
			default:
				var inserted []events.Event
				for _, s := range list {
					log[s]++
					inserted = append(inserted, events.Event{Stream: s, Version: log[s]})
				}
				root = tlog.NodeHash(root, root)
				v.Committed(root, inserted)
			}
		}
	})
}

func TestVersionsAreBounded(t *testing.T) {
	var v Versions
	v.At(tlog.Hash{1})
	list := make([]events.Event, maxVersions+1)
	for i := range list {
		list[i] = events.Event{Stream: fmt.Sprint(i), Version: 1}
	}
	v.Committed(tlog.Hash{2}, list)
	if len(v.known) > maxVersions || v.At(tlog.Hash{2}) {
		t.Errorf("%d versions are kept", len(v.known))
	}
}

// TestCheckFindsTheFirst checks a large append on several cores.
func TestCheckFindsTheFirst(t *testing.T) {
	list := make([]events.Event, 10*spanSize)
	for i := range list {
		list[i] = event(i, `{}`)
	}
	good := events.Batch{Stream: "s", Events: list}
	if err := Check([]events.Batch{good}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []int{0, 700, len(list) - 1} {
		spoilt := slices.Clone(list)
		spoilt[bad].Data = []byte("{")
		spoilt[len(list)-1].Actor = ""
		err := Check([]events.Batch{{Stream: "s", Events: spoilt}})
		if !errors.Is(err, events.ErrInvalid) || !strings.Contains(err.Error(), spoilt[bad].ID.String()) {
			t.Errorf("event %d: %v", bad, err)
		}
	}
	twice := slices.Clone(list)
	twice[len(list)-1].ID = twice[3].ID
	if err := Check([]events.Batch{{Stream: "s", Events: twice}}); !errors.Is(err, events.ErrInvalid) {
		t.Errorf("an id twice: %v", err)
	}
}
