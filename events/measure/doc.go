// Package measure times a log beside its database's own ways, both by turns and
// on the same rows, so that ratios hold where absolute rates swing.
//
// It may import domain and events; what stands above the log, such as a fold, is
// handed in as a function.
//
// Start with measure.go, then subject.go and turns.go.
package measure
