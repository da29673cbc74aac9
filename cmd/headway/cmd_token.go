package main

import (
	"crypto/rand"
	"fmt"

	"github.com/spf13/cobra"

	"headway/domain"
	webhttp "headway/http"
)

func (a *app) tokenCommand() *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Tokens that open country-level data over HTTP", Args: noArgs, RunE: showHelp,
		Example: "  headway token create --role viewer"}
	c.AddCommand(a.tokenCreate(), a.tokenList(), a.tokenRevoke())
	return c
}

func (a *app) tokenCreate() *cobra.Command {
	var role, country string
	c := &cobra.Command{Use: "create", Short: "Make a token; its secret is shown once", Args: noArgs,
		Example: "  headway token create --role focal_point --country KEN"}
	c.Flags().StringVar(&role, "role", "", "viewer, focal_point, analyst, auditor or admin")
	c.Flags().StringVar(&country, "country", "", "the country of a focal point")
	c.RunE = func(c *cobra.Command, _ []string) error {
		t := domain.Token{Role: domain.Role(role), Country: domain.Respondent(country), CreatedAt: a.now().UTC()}
		if err := domain.CheckToken(t); err != nil {
			return err
		}
		st, err := a.openStore(c.Context(), a.database(defaultDatabase), false)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // SaveToken has committed, or said why not
		secret, t, err := webhttp.NewToken(rand.Reader, t)
		if err != nil {
			return err
		}
		if err := st.SaveToken(c.Context(), t); err != nil {
			return err
		}
		if a.json {
			return a.printJSON(map[string]any{"id": t.ID, "role": t.Role, "country": t.Country, "token": secret})
		}
		a.note("token %s for %s; keep it safe, it is not shown again:", t.ID, t.Role)
		a.say("%s", secret)
		return nil
	}
	required(c, "role")
	return c
}

func (a *app) tokenList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All tokens, without their secrets", Args: noArgs, Example: "  headway token list"}
	c.RunE = func(c *cobra.Command, _ []string) error {
		st, err := a.openStore(c.Context(), a.database(defaultDatabase), false)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // nothing was written
		all, err := st.Tokens(c.Context())
		if err != nil {
			return err
		}
		return table(a, all, []string{"ID", "ROLE", "COUNTRY", "CREATED", "REVOKED"}, func(t domain.Token) []string {
			revoked := ""
			if t.RevokedAt != nil {
				revoked = instant(*t.RevokedAt)
			}
			return []string{t.ID, string(t.Role), string(t.Country), instant(t.CreatedAt), revoked}
		})
	}
	return c
}

func (a *app) tokenRevoke() *cobra.Command {
	c := &cobra.Command{Use: "revoke ID", Short: "Take a token's rights away", Args: exactArgs(1), Example: "  headway token revoke 7f3a9c21"}
	c.RunE = func(c *cobra.Command, args []string) error {
		st, err := a.openStore(c.Context(), a.database(defaultDatabase), false)
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // RevokeToken has committed, or said why not
		found, err := st.RevokeToken(c.Context(), args[0], a.now())
		if err != nil {
			return err
		}
		if !found {
			return domain.Refuse("unknown_token", fmt.Sprintf("there is no token %q that is not revoked; see `headway token list`", args[0]), "id", args[0])
		}
		if a.json {
			return a.printJSON(map[string]any{"id": args[0], "revoked": true})
		}
		a.say("token %s is revoked", args[0])
		return nil
	}
	return c
}
