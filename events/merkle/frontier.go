package merkle

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// Frontier is the right edge of a tree: the hashes of its largest complete
// subtrees, from left to right, of which there is one for each bit that is set in
// the size. It is all that is needed to grow the tree. The zero Frontier is that
// of the empty tree.
type Frontier struct {
	size   int64
	hashes []tlog.Hash
}

// Size is the number of leaves.
func (f *Frontier) Size() int64 { return f.size }

// Append adds a leaf, and appends to stored the hashes that it completed: its own
// and those of the subtrees that end with it, from the lowest level to the
// highest. These are the "stored hashes" of package tlog, in their order.
func (f *Frontier) Append(leaf tlog.Hash, stored []byte) []byte {
	stored = append(stored, leaf[:]...)
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.hashes) - 1
		leaf = tlog.NodeHash(f.hashes[last], leaf)
		f.hashes = f.hashes[:last]
		stored = append(stored, leaf[:]...)
	}
	f.hashes = append(f.hashes, leaf)
	f.size++
	return stored
}

// Root is the hash of the tree (RFC 6962, section 2.1).
func (f *Frontier) Root() tlog.Hash {
	if f.size == 0 {
		return sha256.Sum256(nil)
	}
	last := len(f.hashes) - 1
	root := f.hashes[last]
	for i := last - 1; i >= 0; i-- {
		root = tlog.NodeHash(f.hashes[i], root)
	}
	return root
}

// Clone returns a frontier that grows apart from this one.
func (f *Frontier) Clone() Frontier {
	return Frontier{size: f.size, hashes: append([]tlog.Hash(nil), f.hashes...)}
}

// Bytes are the hashes, one after the other; with the size they make the frontier
// again.
func (f *Frontier) Bytes() []byte {
	out := make([]byte, 0, len(f.hashes)*tlog.HashSize)
	for i := range f.hashes {
		out = append(out, f.hashes[i][:]...)
	}
	return out
}

// ParseFrontier undoes Bytes. The error is events.ErrDamaged where the bytes are
// not those of a tree of the size with the root.
func ParseFrontier(size int64, root, hashes []byte) (Frontier, error) {
	f := Frontier{size: size}
	if size < 0 || len(hashes) != bits.OnesCount64(uint64(size))*tlog.HashSize {
		return Frontier{}, fmt.Errorf("the tree of %d events has an edge of %d bytes: %w", size, len(hashes), events.ErrDamaged)
	}
	for ; len(hashes) > 0; hashes = hashes[tlog.HashSize:] {
		f.hashes = append(f.hashes, tlog.Hash(hashes[:tlog.HashSize]))
	}
	if r := f.Root(); string(r[:]) != string(root) {
		return Frontier{}, fmt.Errorf("the tree of %d events has a root that is not that of its edge: %w", size, events.ErrDamaged)
	}
	return f, nil
}
