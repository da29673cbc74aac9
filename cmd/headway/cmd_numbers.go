package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// asOfFlag adds --as-of and returns what it was set to.
func asOfFlag(c *cobra.Command) *string {
	return c.Flags().String("as-of", "", "as it was believed at a position, a day or an instant")
}

// at reads the state as of a moment.
func (a *app) at(c *cobra.Command, asOf string, f func(st *projections.State, at events.Position) error) error {
	moment, err := projections.ParseMoment(asOf)
	if err != nil {
		return err
	}
	return a.with(c.Context(), func(s *session) error {
		var at events.Position
		var err error
		s.runner.Read(func(st *projections.State) {
			at = st.At(moment)
			err = f(st, at)
		})
		if err == nil {
			a.asOf(moment, at)
		}
		return err
	})
}

func (a *app) figuresCommand() *cobra.Command {
	var round, group string
	c := &cobra.Command{Use: "figures", Short: "Published figures beside what the answers come to", Args: noArgs,
		Example: "  headway figures --round 2021\n  headway figures --round 2025 --group income --json"}
	c.Flags().StringVar(&round, "round", "", "the round")
	c.Flags().StringVar(&group, "group", "", "by an attribute of the respondents: income, region, collection, …")
	asOf, framework := asOfFlag(c), frameworkFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var rows []projections.FigureRow
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) (err error) {
			if _, err := st.MeantRound(domain.RoundID(round), domain.FrameworkID(*framework), at); err != nil {
				return err
			}
			if group != "" {
				rows, err = st.GroupRows(domain.RoundID(round), group, at)
			} else {
				rows, err = st.FigureRows(domain.RoundID(round), at)
			}
			return err
		})
		if err != nil {
			return err
		}
		header := []string{"FIGURE", "POPULATION", "PUBLISHED", "PERCENT", "PRINTED", "COMPUTED", "FROM", "", "REMARK"}
		if len(graded(rows, figureSpread)) > 0 { // computed from answers, without remarks
			header = header[:len(header)-1]
		}
		err = withLevels(a, rows, header, figureCells(len(header)), figureSpread, []string{"MEDIAN", "MEAN (ORDINAL)", "LEVELS"},
			func(r projections.FigureRow) []string {
				return []string{median(r.Distribution), ordinalMean(r.Distribution), spread(r.Distribution)}
			})
		if err == nil && !a.json && anySimulated(rows, func(r projections.FigureRow) bool { return r.Simulated }) {
			a.note("computed numbers marked simulated are of anonymous simulated respondents, not of countries")
		}
		return err
	}
	required(c, "round")
	return c
}

func figureSpread(r projections.FigureRow) *domain.Distribution { return r.Distribution }

// figureCells writes the first columns of a figure.
func figureCells(columns int) func(projections.FigureRow) []string {
	return func(r projections.FigureRow) []string { return allFigureCells(r)[:columns] }
}

func allFigureCells(r projections.FigureRow) []string {
	published, percent, printed, computed := "–", "–", "–", "–"
	if r.Count != nil {
		published = fmt.Sprintf("%d of %d", *r.Count, *r.Denominator)
		percent = fmt.Sprintf("%.2f", *r.Percent)
	}
	if r.StatedPercent != nil {
		printed = fmt.Sprintf("%g", *r.StatedPercent)
	}
	if r.ComputedCount != nil {
		computed = fmt.Sprintf("%d of %d", *r.ComputedCount, *r.ComputedDenominator)
	}
	return []string{r.ID, r.Population, published, percent, printed, computed, string(r.ComputedRound), mark(r.Simulated), remark(r)}
}

// remark lists how the numbers of a figure differ, and what is said of it.
func remark(r projections.FigureRow) string {
	var out []string
	for _, d := range r.Differences {
		what := "printed differs from the count"
		if d.Of == "computed" {
			what = "computed differs from the published"
		}
		out = append(out, fmt.Sprintf("%s by %+.2f points (%s).", what, d.By, strings.ReplaceAll(string(d.Reason), "_", " ")))
	}
	if r.Note != "" {
		out = append(out, r.Note)
	}
	return strings.Join(out, " ")
}

func anySimulated[T any](rows []T, is func(T) bool) bool {
	for _, r := range rows {
		if is(r) {
			return true
		}
	}
	return false
}

func (a *app) compareCommand() *cobra.Command {
	var from, to, panel, group, indicator string
	c := &cobra.Command{Use: "compare", Short: "What changed between two rounds: shares, change, intervals, test, gained and lost", Args: noArgs,
		Long: "What changed between two rounds. The panel `all` compares everybody who answered in each round, `matched` only\n" +
			"who answered in both. Bounds are what missing answers allow, from all of them no to all yes. Intervals are 95 %,\n" +
			"as if the respondents were drawn from countries like them, which they were not. --json has more: who gained, lost,\n" +
			"came and went, what each adds to the change, tests of graded scales, the change a year (docs/method.md).",
		Example: "  headway compare --from 2021 --to 2025\n  headway compare --from 2021 --to 2025 --words --lang fr\n  headway compare --from 2021-simulated --to 2025 --panel matched --group income"}
	f := c.Flags()
	f.StringVar(&from, "from", "", "the earlier round")
	f.StringVar(&to, "to", "", "the later round")
	f.StringVar(&panel, "panel", "all", "all or matched")
	f.StringVar(&group, "group", "", "by an attribute of the respondents in the earlier round: income, region, collection, …")
	f.StringVar(&indicator, "indicator", "", "only this indicator")
	asOf, framework, voice := asOfFlag(c), frameworkFlag(c), voiceFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var rows []domain.Comparison
		var said told
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) error {
			if err := rounds(st, from, to, *framework, at); err != nil {
				return err
			}
			q := domain.Query{Panel: domain.Panel(panel), Attribute: group}
			if indicator != "" {
				q.Indicators = []domain.IndicatorID{domain.IndicatorID(domain.Typed(indicator))}
			}
			groups := []string{""}
			if group != "" {
				if groups = st.Groups(domain.RoundID(from), group, at); len(groups) == 0 {
					return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("no respondent of round %s has an attribute %q", from, group), "group", group)
				}
			}
			for _, g := range groups {
				q.Value = g
				more, err := st.Compare(domain.RoundID(from), domain.RoundID(to), q, at)
				if err != nil {
					return err
				}
				rows = append(rows, more...)
			}
			var err error
			said, err = voice.comparisons(st, at, rows, group)
			return err
		})
		switch {
		case err != nil:
			return err
		case a.json:
			return a.printJSON(said.rows)
		case voice.words:
			return a.printLines(said.lines)
		}
		err = withLevels(a, rows, []string{"INDICATOR", "GROUP", "FROM", "TO", "CHANGE", "BOUNDS", "95 % INTERVAL", "GAINED", "LOST", "P (HOLM)", "BASELINE", ""}, comparisonCells,
			comparisonSpread, []string{"FROM LEVELS", "TO LEVELS"}, func(r domain.Comparison) []string {
				return []string{spread(r.FromDistribution), spread(r.ToDistribution)}
			})
		if err == nil && anySimulated(rows, func(r domain.Comparison) bool { return r.Simulated }) {
			a.note("rows marked simulated are of anonymous simulated respondents, not of countries")
		}
		return err
	}
	required(c, "from", "to")
	return c
}

func comparisonSpread(r domain.Comparison) *domain.Distribution {
	if r.ToDistribution == nil {
		return r.FromDistribution
	}
	return r.ToDistribution
}

func comparisonCells(r domain.Comparison) []string {
	side := func(count, n *int, v *float64) string {
		if count == nil {
			return "–"
		}
		return fmt.Sprintf("%d of %d (%s)", *count, *n, share(v))
	}
	change, bounds, interval, p := "–", "–", "–", "–"
	if r.ChangeBounds != nil {
		bounds = fmt.Sprintf("%+.1f to %+.1f", 100*r.ChangeBounds[0], 100*r.ChangeBounds[1])
	}
	if r.Change != nil {
		change = fmt.Sprintf("%+.1f", 100**r.Change)
		interval = fmt.Sprintf("%+.1f to %+.1f", 100**r.ChangeLow, 100**r.ChangeHigh)
	}
	if r.PAdjusted != nil {
		p = fmt.Sprintf("%.3f", *r.PAdjusted)
	}
	if r.Break {
		change = "series breaks"
		if r.Series != "" {
			change = "series " + string(r.Series)
		}
	}
	name := string(r.Indicator)
	if r.FromIndicator != "" && r.FromIndicator != r.Indicator {
		name += " (was " + string(r.FromIndicator) + ")"
	}
	return []string{name, r.Group, side(r.FromCount, r.FromN, r.FromShare), side(r.ToCount, r.ToN, r.ToShare),
		change, bounds, interval, number(r.Gained), number(r.Lost), p, string(r.FromOrigin), mark(r.Simulated)}
}

func (a *app) trendCommand() *cobra.Command {
	var indicator string
	c := &cobra.Command{Use: "trend", Short: "Every round in order, breaks marked", Args: noArgs,
		Example: "  headway trend --indicator policy.leadership.strategy\n  headway trend --framework mnr-review-2021 --json"}
	c.Flags().StringVar(&indicator, "indicator", "", "only this indicator")
	asOf, framework, voice := asOfFlag(c), frameworkFlag(c), voiceFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var rows []domain.TrendPoint
		var said []saidPoint
		var lines []string
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) (err error) {
			f, ids, err := chosen(st, *framework, indicator)
			if err != nil {
				return err
			}
			if rows, err = st.Trend(f.ID, ids, at); err == nil {
				said, lines, err = voice.trend(st, at, rows, f)
			}
			return err
		})
		switch {
		case err != nil:
			return err
		case a.json:
			return a.printJSON(said)
		case voice.words:
			return a.printLines(lines)
		}
		return withLevels(a, rows, []string{"INDICATOR", "ROUND", "SHARE", "COUNT", "MISSING", "BOUNDS", "ORIGIN", "SERIES", ""}, trendCells,
			func(r domain.TrendPoint) *domain.Distribution { return r.Distribution }, []string{"MEDIAN", "LEVELS"},
			func(r domain.TrendPoint) []string { return []string{median(r.Distribution), spread(r.Distribution)} })
	}
	return c
}

func trendCells(r domain.TrendPoint) []string {
	series := ""
	if r.AskedAs != "" {
		series = "asked as " + string(r.AskedAs)
	}
	if r.Break {
		series = strings.TrimSuffix("breaks, "+series, ", ")
	}
	return []string{string(r.Indicator), string(r.Round), share(r.Share), fmt.Sprintf("%d of %d", *r.Count, *r.N), fmt.Sprint(r.Missing),
		share(r.Low) + " to " + share(r.High), string(r.Origin), series, mark(r.Simulated)}
}
