package maturity

import (
	"slices"

	"headway/domain"
)

// Shown reports whether anybody may see how many respondents of a round are in each
// stage of a unit, given as [Model.Distribution] does: all of it or nothing. How many
// are of unknown stage follows from who answered, and hides nothing.
//
// Whoever is in a stage has what its rules ask for, so that the counts bound those of
// the indicators, which are shown or hidden elsewhere. Two things keep the bounds wide:
// some are below every rule, and the lowest rule, which all who are above meet, looks at
// many more indicators than there are stages. A stage of one indicator is its count, and
// the stages of two, where either and both are told, give the second by the first.
func (c *Model) Shown(d domain.Disclosure, unitID string, counts []int) bool {
	staged, sum := counts[:len(counts)-1], 0
	for _, n := range staged {
		if sum += n; n > 0 && n < d.MinCount {
			return false
		}
	}
	return sum >= d.MinDenominator && staged[0] > 0 && c.breadth(unitID) >= max(d.MinDenominator, 2*len(staged))
}

// breadth is at how many indicators the lowest rule of a unit looks.
func (c *Model) breadth(unitID string) int {
	i := slices.IndexFunc(c.units, func(u unit) bool { return u.unit.ID == unitID })
	if i < 0 {
		return 0
	}
	lowest := c.uses[slices.IndexFunc(c.model.Stages, func(s domain.Stage) bool { return s.Rule != "" })]
	looks := map[int]bool{}
	for j := range lowest.placed {
		looks[j] = true
	}
	for j := range lowest.ranked {
		looks[j] = true
	}
	for _, j := range c.units[i].columns {
		if lowest.whole || lowest.shares[c.framework.Indicators[j].Domain] {
			looks[j] = true
		}
	}
	return len(looks)
}
