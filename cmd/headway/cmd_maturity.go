package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
	"headway/projections"
)

func (a *app) maturityCommand() *cobra.Command {
	c := &cobra.Command{Use: "maturity", Short: "Maturity models, applied to any round", Args: noArgs, RunE: showHelp,
		Example: "  headway maturity stages --model mnr-stages --round 2025"}
	c.AddCommand(a.maturityPublish(), a.maturityList(), a.maturityStages(), a.maturityNext(), a.maturityDiff())
	return c
}

func (a *app) maturityPublish() *cobra.Command {
	c := &cobra.Command{Use: "publish FILE", Short: "Check a maturity model's YAML file and record it", Args: exactArgs(1),
		Example: "  headway maturity publish my-model.yaml"}
	c.RunE = func(c *cobra.Command, args []string) error { return a.publishModel(c.Context(), args[0]) }
	return c
}

func (a *app) maturityList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All published maturity models", Args: noArgs, Example: "  headway maturity list --framework mnr-review-2021"}
	asOf, framework := asOfFlag(c), frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var all []domain.MaturityModel
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) (err error) {
			all = st.ModelsAt(at)
			if id := domain.FrameworkID(*framework); id != "" {
				_, err = st.MeantAt(id, at)
				all = slices.DeleteFunc(all, func(m domain.MaturityModel) bool { return m.Framework != id })
			}
			return err
		})
		if err != nil {
			return err
		}
		return table(a, all, []string{"MODEL", "FRAMEWORK", "STAGES", "NAME"}, func(m domain.MaturityModel) []string {
			return []string{string(m.ID), string(m.Framework), fmt.Sprint(len(m.Stages)), inEnglish(m.Name)}
		})
	}
	return c
}

func (a *app) maturityStages() *cobra.Command {
	var model, round string
	c := &cobra.Command{Use: "stages", Short: "The stage of each respondent in a round, and how many are in each", Args: noArgs,
		Long:    "The stage of each respondent in a round, and how many are in each. Stages are not for ranking.",
		Example: "  headway maturity stages --model mnr-stages --round 2025 --json"}
	c.Flags().StringVar(&model, "model", "", "the maturity model")
	c.Flags().StringVar(&round, "round", "", "the round, also one before the model was made")
	asOf, framework := asOfFlag(c), frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var m *maturity.Model
		var rows []maturity.Standing
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) (err error) {
			if _, err := st.MeantRound(domain.RoundID(round), domain.FrameworkID(*framework), at); err != nil {
				return err
			}
			m, rows, err = st.Stages(domain.ModelID(model), domain.RoundID(round), at)
			return err
		})
		if err != nil {
			return err
		}
		err = table(a, rows, []string{"COUNTRY", "UNIT", "STAGE", "SHARE", "ANSWERED", ""}, func(r maturity.Standing) []string {
			stage := "unknown"
			if r.Stage != nil {
				stage = fmt.Sprintf("%d %s", *r.Number, *r.Stage)
			}
			return []string{string(r.Country), r.Unit, stage, share(&r.Share), share(&r.Answered), mark(r.Simulated)}
		})
		if err != nil || a.json {
			return err
		}
		for _, u := range m.Units() {
			counts := m.Distribution(u.ID, rows)
			a.say("\n%s:", u.ID)
			for i, s := range m.Definition().Stages {
				a.say("  %-14s %d", s.ID, counts[i])
			}
			a.say("  %-14s %d", "unknown", counts[len(counts)-1])
		}
		return nil
	}
	required(c, "model", "round")
	return c
}
