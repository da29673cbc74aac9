package merkle

import (
	"crypto/sha256"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// Leaf is the hash of an event in the tree: SHA-256 of a zero byte and of the
// event's line of CloudEvents JSON (events.MarshalCloudEvent), without its end.
func Leaf(e *events.Event) tlog.Hash {
	buf := lines.Get().(*[]byte)
	defer lines.Put(buf)
	*buf = events.AppendCloudEvent(append((*buf)[:0], 0), e)
	return sha256.Sum256(*buf) // tlog.RecordHash without its copy of the line
}

var lines = sync.Pool{New: func() any { return new([]byte) }}

// growthPiece is how many leaves are hashed at a time; fewer events are hashed by who
// asks for them, without another goroutine.
const growthPiece = 256

// Growth is a tree while it grows by a list of events. Leaves are hashed beside
// whatever the caller does with the events meanwhile, on the cores that are free.
type Growth struct {
	frontier Frontier
	list     []events.Event
	leaves   []tlog.Hash
	ready    []chan struct{} // of each piece; nil where the caller hashes
	arena    []byte
	next     int
}

// Grow begins to grow a tree by events, whose positions follow its size. The list
// must not change before Next has returned for all of it.
func Grow(f Frontier, list []events.Event) *Growth {
	g := &Growth{frontier: f.Clone(), list: list, arena: make([]byte, 0, (2*len(list)+bits.Len64(uint64(f.size)+uint64(len(list))))*tlog.HashSize)}
	if len(list) <= growthPiece {
		return g
	}
	g.leaves = make([]tlog.Hash, len(list))
	g.ready = make([]chan struct{}, (len(list)+growthPiece-1)/growthPiece)
	for i := range g.ready {
		g.ready[i] = make(chan struct{})
	}
	var taken atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(g.ready)) {
		go func() {
			for {
				p := int(taken.Add(1)) - 1
				if p >= len(g.ready) {
					return
				}
				for i := p * growthPiece; i < min((p+1)*growthPiece, len(list)); i++ {
					g.leaves[i] = Leaf(&list[i])
				}
				close(g.ready[p])
			}
		}()
	}
	return g
}

// Next returns what is stored with the next event: its hash, and those of the
// subtrees that it completes. The bytes may be kept.
func (g *Growth) Next() []byte {
	var leaf tlog.Hash
	if g.ready == nil {
		leaf = Leaf(&g.list[g.next])
	} else {
		<-g.ready[g.next/growthPiece]
		leaf = g.leaves[g.next]
	}
	g.next++
	from := len(g.arena)
	g.arena = g.frontier.Append(leaf, g.arena)
	return g.arena[from:len(g.arena):len(g.arena)]
}

// Frontier is that of the tree with all events for which Next was called.
func (g *Growth) Frontier() Frontier { return g.frontier.Clone() }
