// Package archive writes a whole log as lines of CloudEvents JSON, checks such a
// file before anything is done with it, and restores it into an empty log with the
// same positions, versions, ids and tree.
//
// It may import domain, events and events/merkle; cmd imports it.
//
// Start with archive.go.
package archive
