package maturity

import (
	"fmt"
	"maps"
	"slices"

	"github.com/expr-lang/expr/vm"

	"headway/domain"
)

// Next is the way of one respondent to the next stage of a unit: the fewest
// indicators that have to become better, or be answered. What is not said of an
// indicator stays as it is, and what does not apply to a respondent stays so. It
// says what a model asks for, not what is worth doing. Its JSON is a promise.
type Next struct {
	Standing
	Next       *string `json:"next"` // null at the highest stage
	NextNumber *int    `json:"next_number"`
	// Reachable is false where no change of the answers of this round brings the
	// stage, as when a rule asks for the round before; it is never false where the
	// search was cut short.
	Reachable bool `json:"reachable"`
	// Changes are a shortest set: of several the one of the smallest steps on the
	// scales, and of those the first in the framework's order.
	Changes []Change `json:"changes"`
	// Exact says that there is no shorter set. Where the search was cut short it is
	// false: Changes are then some set that is enough, or none where none was found,
	// and AtLeast is how many changes it takes at the very least.
	Exact   bool `json:"exact"`
	AtLeast int  `json:"at_least"`
	// Sets is how many sets are as short, Needed the indicators that are in each of
	// them. Where the sets are just these and any of some others, Any says so. All
	// three are left out where the search was cut short.
	Sets   int                  `json:"sets"`
	Needed []domain.IndicatorID `json:"needed"`
	Any    *AnyOf               `json:"any"`
}

// Change is an indicator that becomes better, or is answered. From is null where
// nothing is believed; To is the lowest level that is enough, null where any answer
// is.
type Change struct {
	Indicator domain.IndicatorID `json:"indicator"`
	From      *domain.Status     `json:"from"`
	To        *domain.Status     `json:"to"`
}

// AnyOf is any Count of the indicators.
type AnyOf struct {
	Count int                  `json:"count"`
	Of    []domain.IndicatorID `json:"of"`
}

// maxTrials bounds how many ways a search tries, for one respondent and unit.
const maxTrials = 20_000

// Next tells what brings respondents to the next stage, in order of code and unit;
// of one respondent where it is named. Before is the round before, or nil.
func (c *Model) Next(now, before domain.Answers, country domain.Respondent) ([]Next, error) {
	return c.next(now, before, country, maxTrials)
}

func (c *Model) next(now, before domain.Answers, country domain.Respondent, trials int) ([]Next, error) {
	if now.Framework().ID != c.framework.ID {
		return nil, c.otherFramework(now)
	}
	m := vm.VM{}
	then := earlier(c, before)
	var out []Next
	for i, e := range now.Respondents() {
		if country != "" && e.Respondent != country {
			continue
		}
		for _, u := range c.units {
			a := applicant{model: c, unit: u, now: func(col int) domain.Status { return now.Status(i, col) }, before: then(e.Respondent)}
			stage, err := a.stage(&m)
			if err != nil {
				return nil, fmt.Errorf("apply maturity model %s to %s: %w", c.model.ID, e.Respondent, err)
			}
			n := Next{Standing: a.standing(e.Respondent, now.Round(), stage), Changes: []Change{}, Needed: []domain.IndicatorID{}, Exact: true}
			if target := stage + 1; target < len(c.model.Stages) {
				number := target + 1
				n.Next, n.NextNumber = &c.model.Stages[target].ID, &number
				if err := a.search(&m, target, trials, &n); err != nil {
					return nil, fmt.Errorf("search the next stage of %s by maturity model %s: %w", e.Respondent, c.model.ID, err)
				}
			}
			out = append(out, n)
		}
	}
	return out, nil
}

// search fills in the shortest way to a stage.
func (a applicant) search(m *vm.VM, target, trials int, n *Next) error {
	s := a.newSearch(m, target, trials)
	for size := 1; size <= s.most(); size++ {
		if err := s.ofSize(size); err != nil {
			return err
		}
		if len(s.found) > 0 {
			break
		}
		if s.trials <= 0 { // not all of this size were tried
			n.AtLeast = size
			return s.bound(n)
		}
	}
	if len(s.found) == 0 {
		return nil // all was tried
	}
	n.Reachable = true
	n.AtLeast = len(s.best)
	if s.trials > 0 {
		n.Sets, n.Needed, n.Any = s.sets()
	}
	var err error
	n.Changes, err = s.changes(s.best)
	return err
}

// bound finds some set that is enough, by making everything as good as can be and
// taking back what is not needed. Where even that is not enough, it says nothing.
func (s *search) bound(n *Next) error {
	n.Exact, n.Reachable = false, true
	chosen := map[int]domain.Status{}
	for _, g := range s.groups {
		for i, j := range g.columns {
			chosen[j] = g.moves[i][len(g.moves[i])-1].to
			s.current[j] = chosen[j]
		}
	}
	defer s.reset()
	if ok, err := s.holds(); err != nil || !ok {
		return err
	}
	for _, j := range slices.Backward(slices.Sorted(maps.Keys(chosen))) {
		s.current[j] = s.start[j]
		ok, err := s.holds()
		if err != nil {
			return err
		}
		if ok {
			delete(chosen, j)
		} else {
			s.current[j] = chosen[j]
		}
	}
	var err error
	n.Changes, err = s.changes(chosen)
	return err
}
