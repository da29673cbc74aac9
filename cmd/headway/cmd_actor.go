package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"headway/domain"
)

func (a *app) actorCommand() *cobra.Command {
	c := &cobra.Command{Use: "actor", Short: "Who is behind the pseudonyms in events", Args: noArgs, RunE: showHelp,
		Long:    "Events carry pseudonyms and stay for ever; who is behind one is kept beside the log and can be forgotten.",
		Example: "  headway actor add --name 'Jane Doe'"}
	c.AddCommand(a.actorAdd(), a.actorList(), a.actorForget())
	return c
}

func (a *app) actorAdd() *cobra.Command {
	var p domain.Actor
	c := &cobra.Command{Use: "add", Short: "Give a person a pseudonym", Args: noArgs,
		Example: "  headway actor add --name 'Jane Doe' --contact jane@example.org"}
	c.Flags().StringVar(&p.Name, "name", "", "name of the person")
	c.Flags().StringVar(&p.Contact, "contact", "", "how to reach the person")
	c.Flags().StringVar(&p.ID, "id", "", "pseudonym (default: a random one)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		p.CreatedAt = a.now().UTC()
		if p.ID == "" {
			var b [4]byte
			if _, err := rand.Read(b[:]); err != nil {
				return fmt.Errorf("make a pseudonym: %w", err)
			}
			p.ID = "a-" + hex.EncodeToString(b[:])
		}
		if err := domain.CheckActor(p); err != nil {
			return err
		}
		return a.inStore(c.Context(), func(st store) error {
			fresh, err := st.SaveActor(c.Context(), p)
			if err != nil {
				return err
			}
			if !fresh {
				return domain.Refuse(domain.CodeActorExists, fmt.Sprintf("the pseudonym %s was given before; choose another", p.ID), "id", p.ID)
			}
			if a.json {
				return a.printJSON(p)
			}
			a.note("events that %s records carry this pseudonym; use it with --actor, or: export HEADWAY_ACTOR=%s", p.Name, p.ID)
			a.say("%s", p.ID)
			return nil
		})
	}
	required(c, "name")
	return c
}

func (a *app) actorList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All pseudonyms, and who is behind them", Args: noArgs, Example: "  headway actor list"}
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.inStore(c.Context(), func(st store) error {
			all, err := st.Actors(c.Context())
			if err != nil {
				return err
			}
			return table(a, all, []string{"PSEUDONYM", "NAME", "CONTACT", "CREATED", "FORGOTTEN"}, func(p domain.Actor) []string {
				forgotten := ""
				if p.ForgottenAt != nil {
					forgotten = instant(*p.ForgottenAt)
				}
				return []string{p.ID, p.Name, p.Contact, instant(p.CreatedAt), forgotten}
			})
		})
	}
	return c
}

func (a *app) actorForget() *cobra.Command {
	c := &cobra.Command{Use: "forget PSEUDONYM", Short: "Erase who is behind a pseudonym; the events stay as they are", Args: exactArgs(1),
		Long:    "Erase the name and the contact behind a pseudonym. The events keep the pseudonym, so that the log verifies as before;\nit records nothing any more and is never given again. See docs/privacy.md for what backups keep.",
		Example: "  headway actor forget a-7f3a9c21"}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.inStore(c.Context(), func(st store) error {
			done, err := st.ForgetActor(c.Context(), args[0], a.now())
			if err != nil {
				return err
			}
			if !done {
				return a.notForgotten(c.Context(), st, args[0])
			}
			if a.json {
				return a.printJSON(map[string]any{"id": args[0], "forgotten": true})
			}
			a.say("%s is forgotten", args[0])
			return nil
		})
	}
	return c
}

func (a *app) notForgotten(ctx context.Context, st store, id string) error {
	all, err := st.Actors(ctx)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(all))
	for _, p := range all {
		if p.ID == id {
			return domain.Refuse(domain.CodeForgotten, fmt.Sprintf("%s was forgotten before", id), "id", id)
		}
		names = append(names, p.ID)
	}
	hint := "see `headway actor list`"
	if near := domain.NearestID(id, names); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return domain.Refuse(domain.CodeUnknownActor, fmt.Sprintf("nobody is named for the pseudonym %q; %s", id, hint), "id", id)
}

// inStore runs f on an existing database, without its projections.
func (a *app) inStore(ctx context.Context, f func(store) error) error {
	st, err := a.openStore(ctx, a.database(defaultDatabase), false)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }() // f has committed, or said why not
	return f(st)
}
