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

func (a *app) trendCommand() *cobra.Command {
	var indicator string
	c := &cobra.Command{Use: "trend", Short: "Every round in order, breaks marked", Args: noArgs,
		Long: "Every round in order. Breaks are marked with what is different in the question, rounds without a number are named,\n" +
			"and nothing is put in their place. The change a year is that since the round before, in percentage points, divided\n" +
			"by the years between the two reference dates.",
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
		return withLevels(a, rows, []string{"INDICATOR", "ROUND", "SHARE", "COUNT", "MISSING", "BOUNDS", "A YEAR", "ORIGIN", "SERIES", ""}, trendCells,
			func(r domain.TrendPoint) *domain.Distribution { return r.Distribution }, []string{"MEDIAN", "LEVELS"},
			func(r domain.TrendPoint) []string { return []string{median(r.Distribution), spread(r.Distribution)} })
	}
	return c
}

func trendCells(r domain.TrendPoint) []string {
	var series []string
	if r.Break {
		series = append(series, "breaks ("+string(r.BreakReason)+")")
	}
	if r.AskedAs != "" {
		series = append(series, "asked as "+string(r.AskedAs))
	}
	for _, c := range r.Changed {
		if c != r.BreakReason {
			series = append(series, "other "+string(c))
		}
	}
	if len(r.Gap) > 0 {
		series = append(series, "none in "+joined(r.Gap))
	}
	yearly := "–"
	if r.Yearly != nil {
		yearly = fmt.Sprintf("%+.1f over %s", 100**r.Yearly, years(*r.Years))
	}
	return []string{string(r.Indicator), string(r.Round), share(r.Share), fmt.Sprintf("%d of %d", *r.Count, *r.N), fmt.Sprint(r.Missing),
		share(r.Low) + " to " + share(r.High), yearly, string(r.Origin), strings.Join(series, ", "), mark(r.Simulated)}
}

// years writes what a change was divided by.
func years(v float64) string {
	if v == 1 {
		return "1 year"
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".") + " years"
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, " ")
}
