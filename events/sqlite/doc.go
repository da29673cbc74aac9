// Package sqlite keeps the log in one SQLite file, without cgo: the embedded
// default, for one machine. Several processes may share the file.
//
// It may import domain, events, events/group, events/measure and migrations; the SQL that
// differs between databases stays here.
//
// Start with store.go, then append.go and read.go.
package sqlite
