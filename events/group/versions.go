package group

import (
	"golang.org/x/mod/sumdb/tlog"

	"headway/events"
)

// maxVersions bounds the memory for versions; a log with more streams is looked up
// again now and then.
const maxVersions = 200_000

// Versions remembers the versions of streams between the transactions of one
// writer. It is good for as long as the root of the tree over the log is the one it
// was left at: another root means that somebody else has appended, or that the log
// is another one. It is not safe for concurrent use.
type Versions struct {
	root  tlog.Hash
	known map[string]int64
}

// Missing are those of the streams that are not remembered.
func (v *Versions) Missing(streams []string) []string {
	var out []string
	for _, s := range streams {
		if _, ok := v.known[s]; !ok {
			out = append(out, s)
		}
	}
	return out
}

// At forgets everything unless the root is still that of the last transaction, and
// reports whether it is.
func (v *Versions) At(root tlog.Hash) bool {
	if root == v.root && v.known != nil {
		return true
	}
	v.root, v.known = root, map[string]int64{}
	return false
}

// Set remembers the version of a stream.
func (v *Versions) Set(stream string, version int64) { v.known[stream] = version }

// Of are the versions of streams, all of which were set.
func (v *Versions) Of(streams []string) map[string]int64 {
	out := make(map[string]int64, len(streams))
	for _, s := range streams {
		out[s] = v.known[s]
	}
	return out
}

// Committed takes over what a transaction has inserted, and the root it has led to.
func (v *Versions) Committed(root tlog.Hash, inserted []events.Event) {
	if len(v.known)+len(inserted) > maxVersions {
		v.Forget()
		return
	}
	for i := range inserted {
		v.known[inserted[i].Stream] = inserted[i].Version
	}
	v.root = root
}

// Forget makes the next transaction look everything up, as after a commit of which
// nobody knows whether it was one.
func (v *Versions) Forget() { v.known = nil }
