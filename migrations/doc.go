// Package migrations holds the schema of the databases as SQL files, a folder
// for each: they are run in order of name, under a lock, when a log is opened.
//
// It imports nothing; events/sqlite and events/postgres run what is here. A file
// that was released is never changed.
//
// Start with sqlite/0001_event_log.sql or postgres/0001_event_log.sql.
package migrations

import "embed"

// SQLite holds plain SQL files, run by sqlitemigration.
//
//go:embed sqlite/*.sql
var SQLite embed.FS

// Postgres holds goose files.
//
//go:embed postgres/*.sql
var Postgres embed.FS
