package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
)

func (a *app) releaseCommand() *cobra.Command {
	var o domain.Release
	var rounds, group string
	var dryRun bool
	c := &cobra.Command{Use: "release", Short: "Make numbers public: of rounds as of now, with what would tell of a few hidden", Args: noArgs,
		Long: "Make numbers public. Whoever has no token sees the rounds of the newest release, as of the moment of their\n" +
			"release, and published figures; nothing that is recorded later, until it is released. Numbers that would tell\n" +
			"the answers of a few are hidden, also where they would follow from others or from an earlier release. A round\n" +
			"that is public already advances only where so many answers changed that the difference tells of no few; so\n" +
			"release a round when it is complete. See docs/releases.md.",
		Example: "  headway release --dry-run\n  headway release --rounds 2025 --name 'Report 2025'\n  headway release list"}
	c.Flags().StringVar(&o.Name, "name", "", "a name for people")
	c.Flags().StringVar(&rounds, "rounds", "", "rounds to make public, separated by commas ; others stay as they are (default: all that have answers)")
	c.Flags().StringVar(&group, "group", domain.AttrIncome, "the one attribute by which the public may see groups; none for no groups")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "record nothing, and say what would be shown and hidden")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if group != "none" {
			o.Attribute = group
		}
		for r := range strings.SplitSeq(rounds, ",") {
			if r = strings.TrimSpace(r); r != "" {
				o.Rounds = append(o.Rounds, domain.RoundID(r))
			}
		}
		return a.with(c.Context(), func(s *session) error {
			out, err := s.desk.Release(c.Context(), a.stamp(), o, dryRun)
			if err != nil {
				return err
			}
			return a.printRelease(out)
		})
	}
	c.AddCommand(a.releaseList())
	return c
}

// printRelease says what a release comes to.
func (a *app) printRelease(r desk.Released) error {
	if a.json {
		return a.printJSON(r)
	}
	header := []string{"ROUND", "", "AS OF", "TOTALS", "ROWS OF GROUPS", "MATCHED PANELS"}
	rows := make([][]string, len(r.Shown))
	for i, x := range r.Shown {
		var panels []string
		for _, p := range x.Panels {
			panels = append(panels, fmt.Sprintf("%s: %d, with who changed: %d", p.With, p.Shares, p.Splits))
		}
		rows[i] = []string{string(x.Round), string(stepOf(r, x.Round)), position(events.Position(x.Position)), fmt.Sprintf("%d of %d", x.Totals, x.Indicators),
			fmt.Sprintf("%d of %d", x.Rows, x.Indicators), strings.Join(panels, "; ")}
	}
	if err := a.printTable(header, rows); err != nil {
		return err
	}
	for _, x := range r.Shown {
		if len(x.HiddenTotals) > 0 {
			a.say("hidden of round %s: %s", x.Round, ids(x.HiddenTotals))
		}
		if r.Attribute != "" && len(x.HiddenRows) > 0 {
			a.say("of round %s no groups by %s are shown of: %s", x.Round, r.Attribute, ids(x.HiddenRows))
		}
	}
	for _, s := range r.Rounds {
		if s.Step == domain.Held {
			a.note("round %s stays as it was at position %d: its change would tell of a few%s", s.Round, s.Position, because(s.HeldBy))
		}
	}
	for _, id := range r.Open {
		a.note("round %s is still open: what is public of it may never change again; see docs/releases.md", id)
	}
	switch {
	case r.DryRun:
		a.note("nothing was recorded")
	case r.Number == 0:
		a.say("nothing new to release (position %d)", r.Position)
	default:
		a.say("released as number %d at position %d", r.Number, r.Position)
	}
	return nil
}

func stepOf(r desk.Released, id domain.RoundID) domain.Step {
	for _, s := range r.Rounds {
		if s.Round == id {
			return s.Step
		}
	}
	return ""
}

func because(held []domain.IndicatorID) string {
	if len(held) == 0 {
		return ""
	}
	return ": " + ids(held)
}

func ids(list []domain.IndicatorID) string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = string(id)
	}
	return strings.Join(out, ", ")
}

func (a *app) releaseList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "All releases", Args: noArgs, Example: "  headway release list --json"}
	asOf := asOfFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var all []projections.ReleaseRow
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) error {
			all = st.ReleaseRows(at)
			return nil
		})
		if err != nil {
			return err
		}
		return table(a, all, []string{"NUMBER", "RELEASED", "POSITION", "GROUPS", "ROUNDS", "NAME"}, func(r projections.ReleaseRow) []string {
			var rounds []string
			for _, x := range r.Rounds {
				rounds = append(rounds, fmt.Sprintf("%s at %d", x.Round, x.Position))
			}
			return []string{fmt.Sprint(r.Number), instant(r.RecordedAt), position(r.Position), r.Attribute, strings.Join(rounds, ", "), r.Name}
		})
	}
	return c
}

// release makes the simulated rounds public, and no others, so that whoever has no
// token sees them.
func (a *app) release(ctx context.Context, s *session) error {
	cmd := domain.Release{Name: "Simulated", Attribute: domain.AttrIncome}
	s.runner.Read(func(st *projections.State) {
		if last := st.ReleaseAt(st.Position()); last != nil {
			cmd.Attribute = last.Attribute
		}
		for _, rd := range st.Rounds(st.Position()) {
			if rd.Simulated {
				cmd.Rounds = append(cmd.Rounds, rd.ID)
			}
		}
	})
	_, err := s.desk.Release(ctx, events.Stamp{Actor: "simulator"}, cmd, false)
	return err
}
