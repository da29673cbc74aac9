package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
	"headway/projections"
)

func (a *app) maturityNext() *cobra.Command {
	var model, round string
	c := &cobra.Command{Use: "next COUNTRY", Short: "What brings a respondent to the next stage: the fewest changes", Args: exactArgs(1),
		Long: "What brings a respondent to the next stage: the fewest indicators that have to become better, or be answered.\n" +
			"It says what a model asks for, not what is worth doing.",
		Example: "  headway maturity next --model mnr-stages XAC --round 2025"}
	c.Flags().StringVar(&model, "model", "", "the maturity model")
	c.Flags().StringVar(&round, "round", "", "the round; without it, the last that the respondent takes part in")
	asOf := asOfFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		var rows []maturity.Next
		names := map[string]string{}
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) error {
			id, country := domain.RoundID(round), domain.Respondent(args[0])
			if id == "" {
				last, err := st.LastStaged(domain.ModelID(model), country, at)
				if err != nil {
					return err
				}
				id = last
			}
			m, next, err := st.NextStages(domain.ModelID(model), id, country, at)
			if err != nil {
				return err
			}
			rows = next
			for _, s := range m.Definition().Stages {
				names[s.ID] = inEnglish(s.Name)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(rows)
		}
		for _, n := range rows {
			if err := a.sayNext(n, names); err != nil {
				return err
			}
		}
		return nil
	}
	required(c, "model")
	return c
}

// sayNext prints one unit's way to the next stage.
func (a *app) sayNext(n maturity.Next, names map[string]string) error {
	stage := "unknown: too little is answered"
	if n.Stage != nil {
		stage = fmt.Sprintf("%d %s", *n.Number, names[*n.Stage])
	}
	a.say("%s, round %s, %s: %s%s", n.Country, n.Round, n.Unit, stage, bracket(mark(n.Simulated)))
	if n.Next == nil {
		a.say("It is the highest stage.")
		return nil
	}
	next := fmt.Sprintf("%d %s", *n.NextNumber, names[*n.Next])
	switch {
	case !n.Reachable:
		a.say("No change of the answers of this round brings stage %s.", next)
		return nil
	case !n.Exact && len(n.Changes) == 0:
		a.say("Stage %s takes %d changes or more; the search was cut short and found no set that is enough.", next, n.AtLeast)
		return nil
	case !n.Exact:
		a.say("Stage %s takes %d changes or more; the search was cut short. These %d are enough:", next, n.AtLeast, len(n.Changes))
	default:
		a.say("Stage %s takes %s at least:", next, howMany(len(n.Changes), "change"))
	}
	needed := map[domain.IndicatorID]bool{}
	for _, id := range n.Needed {
		needed[id] = true
	}
	var rows [][]string
	for _, c := range n.Changes {
		from, to, say := "nothing", "any answer", ""
		if c.From != nil {
			from = string(*c.From)
		}
		if c.To != nil {
			to = string(*c.To)
		}
		if needed[c.Indicator] {
			say = "needed"
		}
		rows = append(rows, []string{string(c.Indicator), from, to, say})
	}
	if err := a.printTable([]string{"INDICATOR", "NOW", "THEN", ""}, rows); err != nil {
		return err
	}
	switch {
	case n.Any != nil:
		var ids []string
		for _, id := range n.Any.Of {
			ids = append(ids, string(id))
		}
		a.say("In place of those not needed, any %d of: %s.", n.Any.Count, strings.Join(ids, ", "))
	case n.Sets > 1:
		a.say("This is one of %d sets of as many changes.", n.Sets)
	}
	return nil
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func howMany(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (a *app) maturityDiff() *cobra.Command {
	var round string
	c := &cobra.Command{Use: "diff MODEL MODEL", Short: "How two models stage the same answers", Args: exactArgs(2),
		Long:    "How two models stage the same answers: the stages of each respondent by both, and how many are in each pair of stages.",
		Example: "  headway maturity diff mnr-stages my-model --round 2025"}
	c.Flags().StringVar(&round, "round", "", "the round; without it, every round of the models' framework")
	asOf := asOfFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		one, two := domain.ModelID(args[0]), domain.ModelID(args[1])
		rows := []projections.Differ{}
		err := a.at(c, *asOf, func(st *projections.State, at events.Position) error {
			if round != "" {
				found, err := st.Differences(one, two, domain.RoundID(round), at)
				rows = found
				return err
			}
			if _, err := st.LastStaged(one, "", at); err != nil {
				return err
			}
			def, _ := st.Model(one)
			for _, rd := range st.Rounds(at) {
				if rd.Framework != def.Framework {
					continue
				}
				found, err := st.Differences(one, two, rd.ID, at)
				if err != nil {
					return err
				}
				rows = append(rows, found...)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(rows)
		}
		return a.sayDifferences(rows, args)
	}
	return c
}

// sayDifferences prints how many respondents are in each pair of stages.
func (a *app) sayDifferences(rows []projections.Differ, models []string) error {
	type pair struct{ round, unit, first, second string }
	stage := func(s *string, n *int) string {
		if s == nil {
			return "unknown"
		}
		return fmt.Sprintf("%d %s", *n, *s)
	}
	count := map[pair]int{}
	var order []pair
	simulated := map[pair]bool{}
	for _, r := range rows {
		p := pair{string(r.Round), r.Unit, stage(r.First, r.FirstNumber), stage(r.Second, r.SecondNumber)}
		if count[p] == 0 {
			order = append(order, p)
		}
		count[p]++
		simulated[p] = r.Simulated
	}
	slices.SortStableFunc(order, func(a, b pair) int { // rounds stay in their order
		if a.round != b.round {
			return 0
		}
		return cmp.Or(strings.Compare(a.unit, b.unit), strings.Compare(a.first, b.first), strings.Compare(a.second, b.second))
	})
	var out [][]string
	for _, p := range order {
		out = append(out, []string{p.round, p.unit, p.first, p.second, fmt.Sprint(count[p]), mark(simulated[p])})
	}
	return a.printTable([]string{"ROUND", "UNIT", strings.ToUpper(models[0]), strings.ToUpper(models[1]), "RESPONDENTS", ""}, out)
}
