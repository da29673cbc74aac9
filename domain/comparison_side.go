package domain

import (
	"fmt"

	"headway/domain/stats"
)

// counted is a side with its round counted.
type counted struct {
	Side
	*Tabulation
}

// share is that of an indicator among all: computed where there are as many answers
// as the source counted, else as published. Of a scale of two levels it has been
// counted already.
func (s counted) share(indicator int, yes stats.Count) Share {
	y := s.Column(indicator)
	share := Share{Count: yes.Yes, N: yes.N, Missing: yes.Missing, Simulated: s.round.Simulated, Origin: Computed, Scale: y.Scale}
	if y.Scale.Graded() {
		share = s.Share(indicator, nil)
	}
	if p, ok := PublishedShare(s.Figures, s.framework.Indicators[indicator].ID, y.Scale); ok && share.N < p.N {
		return p
	}
	return share
}

// total is one side of a row: how many of how many, and where that comes from.
type total struct {
	count, n, missing int
	origin            Origin
	simulated         bool
}

// total is what was counted of an indicator; of all, where the source counted more
// answers, what was published.
func (s *counted) total(indicator int, all bool, x stats.Count) total {
	if all && len(s.Figures) > 0 {
		if p, ok := PublishedShare(s.Figures, s.framework.Indicators[indicator].ID, s.columns[indicator].Scale); ok && x.N < p.N {
			return total{count: p.Count, n: p.N, origin: Published}
		}
	}
	return total{x.Yes, x.N, x.Missing, Computed, s.round.Simulated}
}

// spread is how the answers of who is in a set, nil being all, spread over a graded
// scale; nil of a published total.
func (t *total) spread(y *Column, who Set) *Distribution {
	if t.n == 0 || t.origin == Published || !y.Scale.Graded() {
		return nil
	}
	levels := make([]int, len(y.Levels))
	for k, level := range y.Levels {
		if who == nil {
			levels[k] = level.Len()
		} else {
			levels[k] = CountAnd(level, who)
		}
	}
	return DistributionOf(y.Scale, levels)
}

// needAnswers refuses a matched panel where a round has totals only; the flag is the
// one that named the round.
func (s *counted) needAnswers(flag string) error {
	if len(s.Figures) == 0 || s.complete() {
		return nil
	}
	hint := "import the answers of each respondent first, or use --panel all"
	if s.StandIn != "" {
		hint = fmt.Sprintf("use --panel all, or --%s %s, which is simulated to add up to the same totals", flag, s.StandIn)
	}
	return Refuse(CodeNoAnswers,
		fmt.Sprintf("of round %s only totals are known, and totals cannot tell who changed: %s", s.round.ID, hint), "round", string(s.round.ID))
}

// complete reports whether a side has as many answers as were published, for at
// least one indicator that not all have in place.
func (s counted) complete() bool {
	for j, in := range s.framework.Indicators {
		y := s.Column(j)
		if p, ok := PublishedShare(s.Figures, in.ID, y.Scale); ok && p.Count < p.N && y.Yes.Len()+y.No.Len() >= p.N {
			return true
		}
	}
	return false
}
