// Package postgres keeps the log in Postgres, for several machines: an advisory
// lock orders the transactions of all writers, and NOTIFY wakes all readers.
//
// It may import domain, events, events/group and migrations; the SQL that
// differs between databases stays here.
//
// Start with store.go, then append.go and read.go.
package postgres
