package main

import (
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

func (a *app) statusCommand() *cobra.Command {
	var round, country, indicator, asOf string
	c := &cobra.Command{
		Use:   "status",
		Short: "Current state: the status believed for each respondent and indicator",
		Example: "  headway status --round 2021 --country ALB\n" +
			"  headway status --indicator victim.helpline.national --as-of 2026-05-01 --json",
		Args: noArgs,
	}
	f := c.Flags()
	f.StringVar(&round, "round", "", "only this round")
	f.StringVar(&country, "country", "", "only this respondent")
	f.StringVar(&indicator, "indicator", "", "only this indicator")
	f.StringVar(&asOf, "as-of", "", "what was believed at a position, a day or an instant")
	framework := frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		return a.with(ctx, func(s *session) error {
			moment, err := projections.ParseMoment(asOf)
			if err != nil {
				return err
			}
			var believed []projections.Believed
			var at events.Position
			s.runner.Read(func(st *projections.State) {
				at = st.At(moment)
				var sel projections.Selection
				sel, err = st.MeantSelection(projections.Selection{Framework: domain.FrameworkID(*framework), Round: domain.RoundID(round),
					Country: domain.Respondent(country), Indicator: domain.IndicatorID(domain.Typed(indicator))}, at)
				if err == nil {
					believed = st.Believed(sel, at)
				}
			})
			if err != nil {
				return err
			}
			rows, err := projections.StatusRows(ctx, s.store, believed)
			if err != nil {
				return err
			}
			a.asOf(moment, at)
			return table(a, rows, []string{"COUNTRY", "INDICATOR", "ROUND", "STATUS", "EFFECTIVE", "RECORDED", "POSITION", "EVENT", ""},
				func(r projections.StatusRow) []string {
					return []string{string(r.Country), string(r.Indicator), string(r.Round), string(r.Status), r.EffectiveOn.String(),
						instant(r.RecordedAt), position(r.Position), r.EventID, marks(r)}
				})
		})
	}
	return c
}

// marks say what a status is besides: late, with the reason, and simulated.
func marks(r projections.StatusRow) string {
	var out []string
	if r.Late {
		out = append(out, "late: "+r.LateReason)
	}
	if r.Simulated {
		out = append(out, mark(true))
	}
	return strings.Join(out, "; ")
}

// asOf says on standard error that what follows is not the present.
func (a *app) asOf(m projections.Moment, at events.Position) {
	if m.IsNow() || a.json {
		return
	}
	a.note("as of position %d", at)
}
