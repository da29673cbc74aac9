// Package desk takes commands: it reads from the projections the state that a
// decision needs, lets the domain decide, and appends the facts to the log under
// the versions it read, again from the start where somebody else was faster.
//
// It may import domain, events and projections; the command line and the server
// both call it, so that a rule holds whichever way a status comes in.
//
// Start with desk.go.
package desk
