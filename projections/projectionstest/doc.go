// Package projectionstest gives tests a small framework, a log in memory-speed
// SQLite and a desk over it.
//
// It may import what projections may, and events/sqlite; only tests import it.
//
// Start with world.go.
package projectionstest
