package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"headway/events"
)

// grants are all rights that the program needs: to append events, not to change
// them. %s is the role.
var grants = []string{
	"REVOKE ALL ON ALL TABLES IN SCHEMA headway FROM %s",
	"GRANT USAGE ON SCHEMA headway TO %s",
	"GRANT SELECT ON ALL TABLES IN SCHEMA headway TO %s",
	"GRANT INSERT ON headway.event TO %s",
	"GRANT UPDATE ON headway.tree TO %s",
	"GRANT INSERT, UPDATE, DELETE ON headway.projection_snapshot TO %s",
	"GRANT INSERT, UPDATE ON headway.token TO %s",
	"GRANT INSERT, UPDATE ON headway.actor TO %s",
}

var errRole = errors.New("the role cannot be used")

// Grant gives a role the rights that the program needs, and takes all others on
// Headway's tables from it. The log must have been opened by the role that owns
// the schema, which is the one that migrates.
func (s *Store) Grant(ctx context.Context, role string) error {
	if s.isClosed() {
		return events.ErrClosed
	}
	bound, release := s.bind(ctx)
	defer release()
	err := pgx.BeginFunc(bound, s.readers, func(tx pgx.Tx) error {
		var exists, owner, super bool
		err := tx.QueryRow(bound, `SELECT r.oid IS NOT NULL, coalesce(pg_has_role(r.oid, n.nspowner, 'MEMBER'), false), coalesce(r.rolsuper, false)
		  FROM pg_namespace AS n LEFT JOIN pg_roles AS r ON r.rolname = $1 WHERE n.nspname = 'headway'`, role).Scan(&exists, &owner, &super)
		switch {
		case err != nil:
			return err
		case !exists:
			return fmt.Errorf("there is no role %q: %w; make it first: CREATE ROLE %s LOGIN", role, errRole, role)
		case owner || super:
			return fmt.Errorf("the role %q owns the schema or is a superuser, so that nothing can be kept from it: %w; make another for the program", role, errRole)
		}
		for _, sql := range grants {
			if _, err := tx.Exec(bound, fmt.Sprintf(sql, pgx.Identifier{role}.Sanitize())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s.failed(ctx, "grant the program's rights", err)
	}
	return nil
}
