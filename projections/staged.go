package projections

import (
	"sync"

	"headway/domain"
	"headway/domain/maturity"
)

// stagings keeps the stages that were asked for last, with the models that gave
// them. It is safe for concurrent use.
type stagings struct {
	mu   sync.Mutex
	kept map[stagedRound]stagedAs
}

// stagedRound names stages: a model, and the rounds that it was applied to, which
// never change.
type stagedRound struct {
	model       domain.ModelID
	now, before *domain.Tabulation
}

type stagedAs struct {
	model     *maturity.Model
	standings []maturity.Standing
}

// maxStagings bounds what is kept; beyond, all of it is forgotten at once, for it
// comes back in milliseconds.
const maxStagings = 64

// of are the stages of a round under a model; nobody may change them.
func (c *stagings) of(def domain.MaturityModel, now, before *domain.Tabulation) (*maturity.Model, []maturity.Standing, error) {
	key := stagedRound{def.ID, now, before}
	c.mu.Lock()
	known, ok := c.kept[key]
	c.mu.Unlock()
	if ok {
		return known.model, known.standings, nil
	}
	m, err := maturity.Compile(def, now.Framework())
	if err != nil {
		return nil, nil, err
	}
	standings, err := m.Stages(now, answersOf(before))
	if err != nil {
		return m, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= maxStagings {
		clear(c.kept)
	}
	c.kept[key] = stagedAs{m, standings}
	return m, standings, nil
}

// answersOf are the answers of a tabulation, or none.
func answersOf(t *domain.Tabulation) domain.Answers {
	if t == nil {
		return nil
	}
	return t
}
