// Package pgtest runs a real Postgres for tests: one server for a test binary,
// an empty database for each test, and servers of their own for tests that kill
// one.
//
// It may import pgx and nothing of Headway; only tests import it.
//
// Start with pgtest.go; server.go starts, stops and kills.
package pgtest
