package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"headway/events"
	"headway/migrations"
)

// Keys of the advisory locks, of which each database has its own: the first
// orders the appends of all programs, the second their migrations.
const (
	appendLock  int64 = 0x68656164_77617901 // "headway", 1
	migrateLock int64 = 0x68656164_77617902
)

// migrate brings the schema to what this program knows. A database that is there
// already is only read: the role needs no right to change it.
func migrate(ctx context.Context, pool *pgxpool.Pool, refuse bool) (err error) {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := newProvider(db, pool)
	if err != nil {
		return err
	}
	var known bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('headway.migration') IS NOT NULL").Scan(&known); err != nil {
		return err
	}
	if known {
		have, want, err := provider.GetVersions(ctx)
		switch {
		case err != nil:
			return err
		case have > want:
			return fmt.Errorf("a newer version of headway made it (schema %d, known are 1 to %d); use that version", have, want)
		case have == want:
			return nil
		}
	}
	if refuse {
		return events.ErrMigrationPending
	}
	if err := makeSchema(ctx, pool); err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// treeVersion is the migration that makes the tree of an older log.
const treeVersion = 4

func newProvider(db *sql.DB, pool *pgxpool.Pool) (*goose.Provider, error) {
	files, err := fs.Sub(migrations.Postgres, "postgres")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrateLock), lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	planting := &goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error { return plant(ctx, pool) }}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithGoMigrations(goose.NewGoMigration(treeVersion, planting, nil)),
		goose.WithTableName("headway.migration"),
		goose.WithSessionLocker(locker), goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
}

// makeSchema makes the schema for the table of migrations; the lock is there
// because CREATE SCHEMA IF NOT EXISTS fails when two run at once.
func makeSchema(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrateLock); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS headway")
		return err
	})
}
