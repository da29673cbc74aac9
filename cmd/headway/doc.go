// Command headway is the one binary of Headway: it runs a survey round, reads
// the log as of any moment, compares rounds and serves the pages.
//
// It may import everything; one file a command, with no logic beyond flags,
// wiring and printing.
//
// Start with main.go and app.go.
package main
