//go:build !unix

package sqlite

// checkWritable leaves it to SQLite.
func checkWritable(string) error { return nil }
