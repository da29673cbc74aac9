package events

import (
	"fmt"
	"time"
)

// Auditor checks the events of a log, handed to it in order: positions without
// gaps, versions without gaps in each stream, times that never go back, and data
// that can be read.
type Auditor struct {
	size     Position
	recorded time.Time
	versions map[string]int64
}

// NewAuditor returns an auditor that expects position 1.
func NewAuditor() *Auditor { return &Auditor{versions: map[string]int64{}} }

// Size is how many events were found right.
func (a *Auditor) Size() Position { return a.size }

// Next checks one event; the error says what is wrong with it, and the auditor
// then stays where it is.
func (a *Auditor) Next(e *Event) error {
	if err := Readable(e); err != nil {
		return err
	}
	return a.Follow(e)
}

// Follow checks of an event that is Readable what depends on those before it.
func (a *Auditor) Follow(e *Event) error {
	if e.Position != a.size+1 {
		return fmt.Errorf("position %d follows %d", e.Position, a.size)
	}
	if v := a.versions[e.Stream] + 1; e.Version != v {
		return fmt.Errorf("event %s has version %d in stream %s, not %d", e.ID, e.Version, e.Stream, v)
	}
	if e.RecordedAt.Before(a.recorded) {
		return fmt.Errorf("event %s was recorded at %s, before its predecessor at %s", e.ID,
			e.RecordedAt.Format(time.RFC3339Nano), a.recorded.Format(time.RFC3339Nano))
	}
	a.size, a.recorded, a.versions[e.Stream] = e.Position, e.RecordedAt, e.Version
	return nil
}

// Readable checks what an event shows by itself: that a log takes it, and that
// its data and source can be decoded.
func Readable(e *Event) error {
	if err := e.checkShape(); err != nil {
		return err
	}
	if _, err := Decode(*e); err != nil {
		return err
	}
	_, err := e.SourceOf()
	return err
}
