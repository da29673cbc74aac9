package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/projections/desk"
	"headway/seeds"
)

func (a *app) seedCommand() *cobra.Command {
	c := &cobra.Command{Use: "seed", Short: "Record the framework, round 2021, its named respondents and every published figure", Args: noArgs,
		Long: "Record the framework, round 2021, its named respondents, every published figure of 2021 and the\n" +
			"country-level facts that follow from the text. Twice appends nothing new.",
		Example: "  headway seed --db sqlite:headway.db"}
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.creating(c.Context(), func(s *session) error {
			n, err := a.seed(c.Context(), s)
			if err != nil {
				return err
			}
			return a.appended("seeded the 2021 baseline", n, s)
		})
	}
	return c
}

func (a *app) seed(ctx context.Context, s *session) (int, error) {
	if err := desk.CheckActor(ctx, s.store, a.stamp().Actor); err != nil {
		return 0, err
	}
	n, err := seeds.Seed(ctx, s.store, a.now(), a.stamp().Actor)
	if err != nil {
		return n, err
	}
	return n, s.runner.CatchUp(ctx)
}

func (a *app) appended(what string, n int, s *session) error {
	at, _ := s.runner.Position()
	if a.json {
		return a.printJSON(map[string]any{"events": n, "position": at})
	}
	if n == 0 {
		a.say("%s before: nothing new to record (position %d)", what, at)
		return nil
	}
	a.say("%s: %d events, the log is at position %d", what, n, at)
	return nil
}

func (a *app) simulateCommand() *cobra.Command {
	var rounds string
	var seed uint64
	var noRelease bool
	c := &cobra.Command{Use: "simulate", Short: "Simulate anonymous respondents whose 2021 answers add up to every published figure", Args: noArgs,
		Long: "Simulate 42 anonymous respondents (XAA…) whose 2021 answers, in a round of their own, add up exactly to every\n" +
			"published 2021 figure, and later rounds. Every event is marked simulated; no real country is simulated.\n" +
			"The simulated rounds are released, so that whoever has no token sees numbers of them.",
		Example: "  headway simulate --rounds 2023,2025 --seed 7"}
	c.Flags().StringVar(&rounds, "rounds", "2023,2025", "later rounds, by year, separated by commas")
	c.Flags().Uint64Var(&seed, "seed", 7, "the same seed gives the same answers")
	c.Flags().BoolVar(&noRelease, "no-release", false, "do not make the simulated rounds public")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.creating(c.Context(), func(s *session) error {
			if _, err := a.seed(c.Context(), s); err != nil {
				return err
			}
			n, err := a.simulate(c.Context(), s, rounds, seed)
			if err == nil && !noRelease {
				err = a.release(c.Context(), s)
			}
			if err != nil {
				return err
			}
			return a.appended("simulated rounds 2021,"+rounds+" with seed "+strconv.FormatUint(seed, 10), n, s)
		})
	}
	return c
}

func (a *app) simulate(ctx context.Context, s *session, rounds string, seed uint64) (int, error) {
	o := seeds.Simulation{Seed: seed, Actor: "simulator", Now: a.now()}
	for r := range strings.SplitSeq(rounds, ",") {
		if r = strings.TrimSpace(r); r != "" {
			o.Rounds = append(o.Rounds, domain.RoundID(r))
		}
	}
	n, err := seeds.Simulate(ctx, s.store, o)
	if err != nil {
		return n, err
	}
	return n, s.runner.CatchUp(ctx)
}
