package storetest

import (
	"bytes"

	"headway/events"
)

// Model is the contract of events.Log written as plainly as can be: a list, to
// which requests are appended one after the other. The logs are held against it.
type Model struct {
	List     []events.Event
	versions map[string]int64
	ids      map[events.ID]int // index in List
}

// Append does what events.Log's Append promises; its error is a sentinel. It
// does not look for ErrInvalid.
func (m *Model) Append(batches ...events.Batch) (events.Position, error) {
	at, known, err := m.repeated(batches)
	if known || err != nil {
		return at, err
	}
	if m.ids == nil {
		m.ids, m.versions = map[events.ID]int{}, map[string]int64{}
	}
	trial := map[string]int64{}
	for _, b := range batches {
		v, ok := trial[b.Stream]
		if !ok {
			v = m.versions[b.Stream]
		}
		if b.Expect != events.Any && b.Expect != v {
			return 0, events.ErrConflict
		}
		trial[b.Stream] = v + int64(len(b.Events))
	}
	for _, b := range batches {
		for _, e := range b.Events {
			m.versions[b.Stream]++
			e.Stream, e.Version, e.Position = b.Stream, m.versions[b.Stream], events.Position(len(m.List)+1)
			m.ids[e.ID] = len(m.List)
			m.List = append(m.List, e)
		}
	}
	return events.Position(len(m.List)), nil
}

// repeated tells whether all of the events stand in the list, and where the last.
func (m *Model) repeated(batches []events.Batch) (at events.Position, known bool, err error) {
	met, total := 0, 0
	for _, b := range batches {
		for _, e := range b.Events {
			total++
			i, ok := m.ids[e.ID]
			if !ok {
				continue
			}
			if old := m.List[i]; old.Stream != b.Stream || old.Type != e.Type || !bytes.Equal(old.Data, e.Data) {
				return 0, false, events.ErrIDReused
			}
			met++
			at = max(at, m.List[i].Position)
		}
	}
	if met != 0 && met != total {
		return 0, false, events.ErrIDReused
	}
	return at, met > 0, nil
}

// Read is what events.Log's Read yields.
func (m *Model) Read(after events.Position, f events.Filter) []events.Event {
	var out []events.Event
	for _, e := range m.List {
		if e.Position > after && passes(e, f) && (f.Limit == 0 || len(out) < f.Limit) {
			out = append(out, e)
		}
	}
	return out
}

func passes(e events.Event, f events.Filter) bool {
	return (f.Stream == "" || e.Stream == f.Stream) &&
		(f.Until == 0 || e.Position <= f.Until) &&
		among(e.Type, f.Types) && among(e.ID, f.IDs) && among(e.Position, f.Positions)
}

// among reports whether x is in the list, or the list is empty.
func among[T comparable](x T, list []T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return len(list) == 0
}
