// Package postgres keeps the log in Postgres: for several machines on one log,
// any of which takes writes. The tables, and the views for people, are in
// migrations/postgres.
//
// It may import domain, events, events/group, events/measure and migrations; the SQL that
// differs between databases stays here.
//
// Start with store.go, then append.go, read.go and listen.go.
package postgres
