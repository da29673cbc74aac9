// Package storetest is the conformance suite of events.Log: every log runs it,
// in one process and in several, and while processes and servers are killed.
//
// It may import events and domain; the tests of the stores import it.
//
// Start with suite.go; a file for each concern. process.go starts processes,
// writer.go is what they do, ledger.go holds the log against what they were told.
package storetest
