package domain

import (
	"iter"
	"math/bits"
	"slices"
)

// Set is a set of respondents by their place in a roll, a bit each, so that who
// is in two sets is told sixty-four at a time. Sets of one roll have the same
// length; of two lengths the shorter has nobody in the rest. The nil Set is empty;
// where a method takes "who, nil for all" it says so.
type Set []uint64

// NewSet is an empty set with room for n places.
func NewSet(n int) Set { return make(Set, words(n)) }

// FullSet has all of n places.
func FullSet(n int) Set {
	s := NewSet(n)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if rest := n % 64; rest > 0 {
		s[len(s)-1] = 1<<rest - 1
	}
	return s
}

func words(n int) int { return (n + 63) / 64 }

// Add puts a place in the set, which must have room for it.
func (s Set) Add(i int) { s[i/64] |= 1 << (i % 64) }

// Has reports whether a place is in the set.
func (s Set) Has(i int) bool { return i >= 0 && i/64 < len(s) && s[i/64]>>(i%64)&1 == 1 }

// from is n places, at most sixty-four, from one on.
func (s Set) from(i, n int) uint64 {
	w := s[i/64] >> (i % 64)
	if i%64+n > 64 {
		w |= s[i/64+1] << (64 - i%64)
	}
	return w & (^uint64(0) >> (64 - n))
}

// Len is how many places are in the set.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Empty reports whether no place is in the set.
func (s Set) Empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether two sets have the same places.
func (s Set) Equal(o Set) bool {
	if len(s) > len(o) {
		s, o = o, s
	}
	return slices.Equal(s, o[:len(s)]) && o[len(s):].Empty()
}

// Clone is a copy.
func (s Set) Clone() Set { return slices.Clone(s) }

// All yields the places in order.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// And is who is in both.
func (s Set) And(o Set) Set {
	out := s[:min(len(s), len(o))].Clone()
	for i := range out {
		out[i] &= o[i]
	}
	return out
}

// AndNot is who is in s and not in o.
func (s Set) AndNot(o Set) Set {
	out := s.Clone()
	for i := range min(len(s), len(o)) {
		out[i] &^= o[i]
	}
	return out
}

// Or is who is in either.
func (s Set) Or(o Set) Set {
	if len(s) < len(o) {
		s, o = o, s
	}
	out := s.Clone()
	for i, w := range o {
		out[i] |= w
	}
	return out
}

// CountAnd is how many are in all of the sets: a, b and more.
func CountAnd(a, b Set, more ...Set) int {
	n := min(len(a), len(b))
	for _, m := range more {
		n = min(n, len(m))
	}
	count := 0
	for i := range n {
		w := a[i] & b[i]
		for _, m := range more {
			w &= m[i]
		}
		count += bits.OnesCount64(w)
	}
	return count
}

// CountAndNot is how many are in a and not in b.
func CountAndNot(a, b Set) int { return a.Len() - CountAnd(a, b) }
