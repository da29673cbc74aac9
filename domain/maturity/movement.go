package maturity

import "headway/domain"

// Movement is how the respondents that are in two rounds moved between the stages
// of a unit. It counts, and orders nobody.
type Movement struct {
	Unit string
	// Counts are how many went from a stage to a stage, by place: rows are the
	// earlier round, columns the later, and the last of each is the unknown stage.
	Counts [][]int
	// Came and Went are how many are in the later or the earlier round only.
	Came, Went int
}

// Moved compares standings of one model in two rounds.
func (c *Model) Moved(unitID string, from, to []Standing) Movement {
	m := Movement{Unit: unitID, Counts: make([][]int, len(c.model.Stages)+1)}
	for i := range m.Counts {
		m.Counts[i] = make([]int, len(c.model.Stages)+1)
	}
	then := map[domain.Respondent]int{}
	for _, s := range from {
		if s.Unit == unitID {
			then[s.Country] = c.place(s)
		}
	}
	m.Went = len(then)
	for _, s := range to {
		if s.Unit != unitID {
			continue
		}
		if i, ok := then[s.Country]; ok {
			m.Counts[i][c.place(s)]++
			m.Went--
		} else {
			m.Came++
		}
	}
	return m
}

func (c *Model) place(s Standing) int {
	if s.Number == nil {
		return len(c.model.Stages)
	}
	return *s.Number - 1
}

// Sum is how many of the matched respondents are in a higher stage than before, in
// a lower, in the same, and how many have an unknown stage in either round.
func (m Movement) Sum() (up, down, same, unknown int) {
	last := len(m.Counts) - 1
	for i, row := range m.Counts {
		for j, n := range row {
			switch {
			case i == last || j == last:
				unknown += n
			case j > i:
				up += n
			case j < i:
				down += n
			default:
				same += n
			}
		}
	}
	return up, down, same, unknown
}
