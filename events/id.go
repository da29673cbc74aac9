package events

import (
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ID is a UUID, version 7: time-ordered, so that an index on it grows at its
// end.
type ID = uuid.UUID

// ParseID reads the canonical text of a UUID.
func ParseID(s string) (ID, error) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return ID{}, fmt.Errorf("%q is not an event id: %w", s, ErrInvalid)
	}
	return id, nil
}

// IDSource makes event ids.
type IDSource interface{ NewID() (ID, error) }

// TimeOrdered makes UUIDv7 from an injected clock and source of randomness; ids
// of one source are strictly increasing (RFC 9562, method 1 of section 6.2: a
// 12-bit counter in rand_a that carries into the millisecond).
type TimeOrdered struct {
	now    func() time.Time
	random io.Reader

	mu   sync.Mutex
	last uint64 // milliseconds<<12 | counter
}

// NewTimeOrdered returns a source of ids.
func NewTimeOrdered(now func() time.Time, random io.Reader) *TimeOrdered {
	return &TimeOrdered{now: now, random: random}
}

// NewID returns the next id. It fails only if the source of randomness does.
func (s *TimeOrdered) NewID() (ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := uint64(s.now().UnixMilli()) << 12
	if t <= s.last {
		t = s.last + 1
	}
	var id ID
	if _, err := io.ReadFull(s.random, id[8:]); err != nil {
		return ID{}, fmt.Errorf("make an event id: %w", err)
	}
	s.last = t
	stamp(&id, t)
	return id, nil
}

// DeriveID makes an id that is the same whenever it is made from the same time
// and names: what is seeded twice is recorded once.
func DeriveID(at time.Time, names ...string) ID {
	h := sha256.New()
	for _, n := range names {
		fmt.Fprintf(h, "%d:%s,", len(n), n)
	}
	sum := h.Sum(nil)
	var id ID
	copy(id[8:], sum[:8])
	stamp(&id, uint64(at.UnixMilli())<<12|uint64(sum[8])<<4|uint64(sum[9])>>4)
	return id
}

// stamp lays 48 bits of milliseconds and 12 bits below them into a UUIDv7.
func stamp(id *ID, t uint64) {
	ms := t >> 12
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = 0x70 | byte(t>>8)&0x0f
	id[7] = byte(t)
	id[8] = 0x80 | id[8]&0x3f
}
