package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"testing"

	"headway/events"
	"headway/events/archive"
)

// export writes a log to memory.
func export(t testing.TB, s Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := archive.Write(context.Background(), s, &b, nil); err != nil {
		t.Fatalf("export: %v", err)
	}
	return b.Bytes()
}

// RunMove exports a log, restores it into another, and compares everything: events,
// stored hashes, the head of the tree, and the export of the copy, byte for byte.
func RunMove(t *testing.T, p, other Place) {
	from, to := open(t, p), open(t, other)
	ctx := context.Background()
	for i, n := range []int{1, 3, 300, 2500} {
		Append(t, from, fmt.Sprint("s-", i), 0, Events(n)...)
	}
	odd := Event("\t{ \"country\" : \"XAA\",\n \"note\": \"اسم \\u0000\" } ")
	odd.Source, odd.Round, odd.CorrelationID, odd.Simulated = `{ "file":"أ.csv" }`, "", "", true
	odd.EffectiveOn.Year = 0
	Append(t, from, "s-0", 1, odd)
	text := export(t, from)
	checked, err := archive.Check(ctx, bytes.NewReader(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]iter.Seq2[events.Event, error]{
		"an error":     sequence(ReadAll(t, from, events.Filter{}), errSpoilt),
		"a gap":        sequence(ReadAll(t, from, events.Filter{})[1:], nil),
		"twice an id":  sequence(twice(ReadAll(t, from, events.Filter{})), nil),
		"nothing much": sequence(nil, errSpoilt),
	} {
		if err := to.Restore(ctx, bad); err == nil {
			t.Errorf("%s was restored", name)
		}
		if head, err := to.Head(ctx); err != nil || head != 0 {
			t.Fatalf("after %s the head is %d, %v", name, head, err)
		}
	}
	if err := archive.Restore(ctx, to, bytes.NewReader(text), checked, nil); err != nil {
		t.Fatal(err)
	}
	r := Verify(t, to, checked)
	if r.Size != checked.Size || r.Root != checked.Root {
		t.Errorf("restored %+v, want %+v", r, checked)
	}
	if again := export(t, to); !bytes.Equal(again, text) {
		t.Error("the export of the copy has other bytes")
	}
	want, got := ReadAll(t, from, events.Filter{Hashes: true}), ReadAll(t, to, events.Filter{Hashes: true})
	if !reflect.DeepEqual(want, got) {
		t.Error("the events of the copy differ")
	}
	if err := archive.Restore(ctx, to, bytes.NewReader(text), checked, nil); !errors.Is(err, archive.ErrNotEmpty) {
		t.Errorf("into a log with events: %v", err)
	}
	Append(t, to, "s-1", 3, Events(1)...) // the copy goes on
	Verify(t, to, checked)
}

func twice(list []events.Event) []events.Event {
	list[5].ID = list[4].ID
	return list
}

// sequence yields events, and then an error if there is one.
func sequence(list []events.Event, err error) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
		if err != nil {
			yield(events.Event{}, err)
		}
	}
}

var errSpoilt = errors.New("spoilt")
