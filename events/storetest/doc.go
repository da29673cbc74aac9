// Package storetest is the conformance suite of events.Log: every log runs it.
//
// It may import events and domain; the tests of the stores import it.
//
// Start with suite.go; a file for each concern.
package storetest
