// Package group turns many concurrent appends into few transactions: a planner
// that decides, as a pure function, what of a group of requests is written, and
// a committer that collects whatever waits while a transaction is under way.
//
// It may import domain and events; the stores import it, and nothing else does.
//
// Start with plan.go.
package group
