package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// compareFlags is what is asked of a comparison.
type compareFlags struct {
	from, to, panel, group, value, grouping, between, indicator string
	who, sensitivity                                            bool
}

func (x *compareFlags) query() domain.Query {
	q := domain.Query{Panel: domain.Panel(x.panel), Attribute: x.group, Value: x.value, Grouping: domain.Grouping(x.grouping), Who: x.who}
	if x.indicator != "" {
		q.Indicators = []domain.IndicatorID{domain.IndicatorID(domain.Typed(x.indicator))}
	}
	return q
}

// check refuses flags that say nothing without another.
func (x *compareFlags) check() error {
	for _, f := range []struct{ name, value string }{{"value", x.value}, {"grouping", x.grouping}, {"between", x.between}} {
		if x.group == "" && f.value != "" {
			return domain.Refuse(domain.CodeInvalid, "give --group with --"+f.name+", such as --group income", f.name, f.value)
		}
	}
	return nil
}

func (a *app) compareCommand() *cobra.Command {
	var x compareFlags
	c := &cobra.Command{Use: "compare", Short: "What changed between two rounds: shares, change, intervals, test, gained and lost", Args: noArgs,
		Long: "What changed between two rounds. The panel `all` compares everybody who answered in each round, `matched` only\n" +
			"who answered in both. Bounds are what missing answers allow, from all of them no to all yes. Intervals are 95 %,\n" +
			"as if the respondents were drawn from countries like them, which they were not. --json has more: who gained, lost,\n" +
			"came and went, what each adds to the change, tests of graded scales, the change a year (docs/method.md).\n\n" +
			"A respondent's group is that in the earlier round, with --grouping to in the later, with own in each round its own.\n" +
			"--between compares groups with each other: by how much the second is above the first in each round, and by how\n" +
			"much more it changed. It needs a value: two groups, or `--between all` for every two.",
		Example: "  headway compare --from 2021 --to 2025\n  headway compare --from 2021 --to 2025 --words --lang fr\n" +
			"  headway compare --from 2021-simulated --to 2025 --panel matched --group income\n" +
			"  headway compare --from 2021-simulated --to 2025 --group income --between low,high\n" +
			"  headway compare --from 2021-simulated --to 2025 --indicator policy.leadership.strategy --who"}
	f := c.Flags()
	f.StringVar(&x.from, "from", "", "the earlier round")
	f.StringVar(&x.to, "to", "", "the later round")
	f.StringVar(&x.panel, "panel", "all", "all or matched")
	f.StringVar(&x.group, "group", "", "by an attribute of the respondents: income, region, collection, …")
	f.StringVar(&x.value, "value", "", "only this group")
	f.StringVar(&x.grouping, "grouping", "", "by the attribute in the earlier round (from, the default), the later (to), or each its own (own)")
	f.StringVar(&x.between, "between", "", "differences between two groups, such as low,high, or `all` for every two")
	f.StringVar(&x.indicator, "indicator", "", "only this indicator")
	f.BoolVar(&x.who, "who", false, "list who gained, lost, kept it, never had it, answers newly or no longer, joined and left")
	f.BoolVar(&x.sensitivity, "sensitivity", false, "what the numbers were if every missing answer were a no, or a yes")
	asOf, framework, voice := asOfFlag(c), frameworkFlag(c), voiceFlags(c)
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		var bare *pflag.ValueRequiredError
		if errors.As(err, &bare) && bare.GetFlag().Name == "between" {
			err = fmt.Errorf("%w: two groups, such as low,high, or all for every two", err)
		}
		return c.Parent().FlagErrorFunc()(c, err)
	})
	c.MarkFlagsMutuallyExclusive("who", "sensitivity", "between")
	c.MarkFlagsMutuallyExclusive("who", "sensitivity", "words")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := x.check(); err != nil {
			return err
		}
		if x.between != "" {
			return a.compareGroups(c, x, *asOf, *framework, voice)
		}
		var rows []domain.Comparison
		var said told
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) (err error) {
			if err := rounds(st, x.from, x.to, *framework, at); err != nil {
				return err
			}
			if rows, err = st.Compare(domain.RoundID(x.from), domain.RoundID(x.to), x.query(), at); err == nil {
				said, err = voice.comparisons(st, at, rows, x.group)
			}
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
		return a.printComparisons(rows, x)
	}
	required(c, "from", "to")
	return c
}

// printComparisons prints what was asked for of the rows, and whose answers they are.
func (a *app) printComparisons(rows []domain.Comparison, x compareFlags) error {
	var err error
	switch {
	case x.who:
		err = a.printTable([]string{"INDICATOR", "GROUP", "WHAT", "WHO"}, whoCells(rows))
	case x.sensitivity:
		err = table(a, rows, []string{"INDICATOR", "GROUP", "FROM", "TO", "CHANGE IF NO", "IF YES", "LOWEST", "HIGHEST", "SAME WAY", ""}, sensitivityCells)
	default:
		err = withLevels(a, rows, []string{"INDICATOR", "GROUP", "FROM", "TO", "CHANGE", "BOUNDS", "95 % INTERVAL", "GAINED", "LOST", "P (HOLM)", "BASELINE", ""}, comparisonCells,
			comparisonSpread, []string{"FROM LEVELS", "TO LEVELS"}, func(r domain.Comparison) []string {
				return []string{spread(r.FromDistribution), spread(r.ToDistribution)}
			})
	}
	if err != nil {
		return err
	}
	if anySimulated(rows, func(r domain.Comparison) bool { return r.WhyNoTest == domain.TotalsOnly }) {
		a.note("where a round is published, only totals are known: they tell how many said yes and not who, so that gained, lost, a test and a matched panel cannot be had")
	}
	if anySimulated(rows, func(r domain.Comparison) bool { return r.Panel == domain.Matched && r.ChangeBounds != nil }) {
		a.note("in the matched panel the bounds of the change are over all who were asked in both rounds: the change of those who answered in both can lie outside them")
	}
	if anySimulated(rows, func(r domain.Comparison) bool { return r.Simulated }) {
		a.note("rows marked simulated are of anonymous simulated respondents, not of countries")
	}
	return nil
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
	change, p := points(r.Change), "–"
	if r.PAdjusted != nil {
		p = fmt.Sprintf("%.3f", *r.PAdjusted)
	}
	if r.Break {
		change = "series " + string(domain.Breaks)
		if r.Series != "" {
			change = "series " + string(r.Series)
		}
		if r.Series == domain.Breaks {
			change += " (" + string(r.BreakReason) + ")"
		}
	}
	name := string(r.Indicator)
	if r.FromIndicator != "" && r.FromIndicator != r.Indicator {
		name += " (was " + string(r.FromIndicator) + ")"
	}
	return []string{name, r.Group, side(r.FromCount, r.FromN, r.FromShare), side(r.ToCount, r.ToN, r.ToShare),
		change, span(r.ChangeBounds), interval(r.ChangeLow, r.ChangeHigh), number(r.Gained), number(r.Lost), p, string(r.FromOrigin), mark(r.Simulated)}
}

// points writes a difference of shares in percentage points.
func points(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%+.1f", 100**v)
}

func interval(low, high *float64) string {
	if low == nil || high == nil {
		return "–"
	}
	return points(low) + " to " + points(high)
}

func span(b *[2]float64) string {
	if b == nil {
		return "–"
	}
	return interval(&b[0], &b[1])
}

// sensitivityCells writes what the shares and the change were under each supposition.
func sensitivityCells(r domain.Comparison) []string {
	out := []string{string(r.Indicator), r.Group, "–", "–", "–", "–", "–", "–", "", mark(r.Simulated)}
	s := r.Sensitivity
	if s == nil {
		return out
	}
	if s.IfNo.From != nil {
		out[2] = share(s.IfNo.From) + " to " + share(s.IfYes.From)
	}
	if s.IfNo.To != nil {
		out[3] = share(s.IfNo.To) + " to " + share(s.IfYes.To)
	}
	for i, c := range []domain.Scenario{s.IfNo, s.IfYes, s.YesNo, s.NoYes} {
		out[4+i] = points(c.Change)
	}
	if s.IfNo.Change != nil {
		out[8] = map[bool]string{true: "yes", false: "no"}[s.Holds]
	}
	return out
}

// whoCells writes a line for each list of respondents that is not empty.
func whoCells(rows []domain.Comparison) [][]string {
	var out [][]string
	for _, r := range rows {
		if r.Who == nil {
			continue
		}
		for _, l := range []struct {
			what string
			who  []domain.Respondent
		}{{"gained", r.Who.Gained}, {"lost", r.Who.Lost}, {"kept", r.Who.Kept}, {"never", r.Who.Never}, {"newly answering", r.Who.NewlyAnswering},
			{"no longer answering", r.Who.NoLongerAnswering}, {"joined", r.Who.Joined}, {"left", r.Who.Left}} {
			if len(l.who) > 0 {
				out = append(out, []string{string(r.Indicator), r.Group, fmt.Sprintf("%s (%d)", l.what, len(l.who)), joined(l.who)})
			}
		}
	}
	return out
}

// pairsOf reads which groups are compared; none for "all".
func pairsOf(between string) ([][2]string, error) {
	if between == "all" {
		return nil, nil
	}
	a, b, ok := strings.Cut(between, ",")
	if !ok || strings.Contains(b, ",") {
		return nil, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("name two groups, such as low,high, or all for every two, not %q", between), "between", between)
	}
	return [][2]string{{strings.TrimSpace(a), strings.TrimSpace(b)}}, nil
}

// compareGroups prints the differences between groups.
func (a *app) compareGroups(c *cobra.Command, x compareFlags, asOf, framework string, voice *voice) error {
	pairs, err := pairsOf(x.between)
	if err != nil {
		return err
	}
	var rows []domain.GroupDifference
	var said []saidGroups
	err = a.at(c, asOf, func(st *projections.State, at events.Position) (err error) {
		if err := rounds(st, x.from, x.to, framework, at); err != nil {
			return err
		}
		if rows, err = st.CompareGroups(domain.RoundID(x.from), domain.RoundID(x.to), x.query(), pairs, at); err == nil {
			said, err = voice.groups(st, at, rows)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case a.json:
		return a.printJSON(said)
	case voice.words:
		var lines []string
		for _, r := range said {
			lines = append(lines, r.Sentence)
		}
		return a.printLines(lines)
	}
	err = table(a, rows, []string{"INDICATOR", "GROUPS", "FROM", "95 % INTERVAL", "TO", "95 % INTERVAL", "CHANGE", "BOUNDS", "95 % INTERVAL", ""}, groupCells)
	if err != nil {
		return err
	}
	a.note("differences are of the second group less the first, in percentage points; the last are of how much each changed")
	if anySimulated(rows, func(r domain.GroupDifference) bool { return r.Simulated }) {
		a.note("rows marked simulated are of anonymous simulated respondents, not of countries")
	}
	return nil
}

func groupCells(r domain.GroupDifference) []string {
	cells := func(d *domain.Apart) []string {
		if d == nil {
			return []string{"–", "–", "–"}
		}
		return []string{points(&d.Value), span(d.Bounds), interval(d.Low, d.High)}
	}
	then, now, change := cells(r.FromDifference), cells(r.ToDifference), cells(r.DifferenceInChange)
	return []string{string(r.Indicator), r.GroupB + " less " + r.GroupA, then[0], then[2], now[0], now[2], change[0], change[1], change[2], mark(r.Simulated)}
}
