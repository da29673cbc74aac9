package main

import (
	"errors"

	"github.com/spf13/cobra"

	"headway/events/postgres"
)

func (a *app) migrateCommand() *cobra.Command {
	var role string
	c := &cobra.Command{Use: "migrate", Short: "Bring the database's schema up to date, and give the program's role its rights", Args: noArgs,
		Long: "Bring the schema up to date, as every command does unless --no-migrate is given, and do nothing else. On Postgres, run it\n" +
			"as the role that owns the schema, and name the role of the program with --grant-to: that may append events, and\n" +
			"has no right to change them. See docs/operation.md.",
		Example: "  headway migrate --db postgres://headway_owner@db/headway --grant-to headway"}
	c.Flags().StringVar(&role, "grant-to", "", "Postgres role of the program")
	c.RunE = func(c *cobra.Command, _ []string) error {
		st, err := a.openStore(c.Context(), a.database(defaultDatabase), true)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // what was written is committed
		if role != "" {
			db, ok := st.(*postgres.Store)
			if !ok {
				return usageError{errors.New("--grant-to is for Postgres; a SQLite file is protected by the rights on its directory")}
			}
			if err := db.Grant(c.Context(), role); err != nil {
				return err
			}
		}
		head, err := st.Head(c.Context())
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(map[string]any{"events": head, "granted_to": role})
		}
		a.say("the schema is up to date; the log has %d events", head)
		return nil
	}
	return c
}
