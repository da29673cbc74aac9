package maturity

import (
	"fmt"

	"github.com/expr-lang/expr/vm"

	"headway/domain"
)

// environment is what a rule can call. Names are promises: models use them.
type environment struct {
	// Share is the share of answered indicators that are well: in place, or not
	// in place where the polarity is negative. Of the unit, or of a domain.
	Share func(domain ...string) float64 `expr:"share"`
	// Answered is the share of indicators that were answered; what does not apply
	// to a respondent does not count.
	Answered func(domain ...string) float64 `expr:"answered"`
	// InPlace is true when the indicator is well.
	InPlace func(indicator string) bool `expr:"in_place"`
	// Rank is the status's place on the indicator's scale, 1 the lowest; 0 where
	// there is no answer.
	Rank func(indicator string) int `expr:"rank"`
	// The same in the round before; 0 and false where there is none.
	BeforeShare   func(domain ...string) float64 `expr:"before_share"`
	BeforeInPlace func(indicator string) bool    `expr:"before_in_place"`
}

// statuses reads one respondent's status on an indicator by its column.
type statuses func(column int) domain.Status

// Standing is one respondent's stage in one unit. Its JSON is a promise.
type Standing struct {
	Country   domain.Respondent `json:"country"`
	Round     domain.RoundID    `json:"round"`
	Model     domain.ModelID    `json:"model"`
	Unit      string            `json:"unit"`
	Stage     *string           `json:"stage"`  // null where too little is answered
	Number    *int              `json:"number"` // 1 is the lowest
	Answered  float64           `json:"answered"`
	Share     float64           `json:"share"`
	Simulated bool              `json:"simulated"`
}

// Stages tells the stage of each respondent of a round in each unit, in order of
// code. Before is the round before, or nil.
func (c *Model) Stages(now, before domain.Answers) ([]Standing, error) {
	if now.Framework().ID != c.framework.ID {
		return nil, c.otherFramework(now)
	}
	m := vm.VM{}
	then := earlier(c, before)
	var out []Standing
	for i, e := range now.Respondents() {
		for _, u := range c.units {
			a := applicant{model: c, unit: u, now: func(col int) domain.Status { return now.Status(i, col) }, before: then(e.Respondent)}
			stage, err := a.stage(&m)
			if err != nil {
				return nil, fmt.Errorf("apply maturity model %s to %s: %w", c.model.ID, e.Respondent, err)
			}
			out = append(out, a.standing(e.Respondent, now.Round(), stage))
		}
	}
	return out, nil
}

func (c *Model) otherFramework(a domain.Answers) error {
	return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("maturity model %s is made for framework %s; round %s asks %s",
		c.model.ID, c.framework.ID, a.Round().ID, a.Framework().ID), "model", string(c.model.ID))
}

// earlier finds what a respondent answered in the round before, where there is one
// of the same framework.
func earlier(c *Model, before domain.Answers) func(domain.Respondent) statuses {
	rows := map[domain.Respondent]int{}
	if before != nil && before.Framework().ID == c.framework.ID {
		for i, e := range before.Respondents() {
			rows[e.Respondent] = i
		}
	}
	return func(r domain.Respondent) statuses {
		i, ok := rows[r]
		if !ok {
			return func(int) domain.Status { return "" }
		}
		return func(col int) domain.Status { return before.Status(i, col) }
	}
}

// standing is the applicant's stage with what it was told from.
func (a applicant) standing(r domain.Respondent, rd domain.Round, stage int) Standing {
	s := Standing{Country: r, Round: rd.ID, Model: a.model.model.ID, Unit: a.unit.unit.ID,
		Answered: a.answered(a.now, a.unit.columns), Share: a.share(a.now, a.unit.columns), Simulated: rd.Simulated}
	if stage != Unknown {
		n := stage + 1
		s.Stage, s.Number = &a.model.model.Stages[stage].ID, &n
	}
	return s
}

// Distribution counts how many respondents of a unit are in each stage; the last
// count is of those whose stage is unknown.
func (c *Model) Distribution(unitID string, standings []Standing) []int {
	out := make([]int, len(c.model.Stages)+1)
	for _, s := range standings {
		switch {
		case s.Unit != unitID:
		case s.Number == nil:
			out[len(out)-1]++
		default:
			out[*s.Number-1]++
		}
	}
	return out
}

// applicant is one respondent in one unit.
type applicant struct {
	model       *Model
	unit        unit
	now, before statuses
}

// stage is the highest stage whose rule holds together with all rules below it.
func (a applicant) stage(m *vm.VM) (int, error) { return a.stageIn(m, a.environment()) }

// stageIn is the stage in an environment of the applicant, which reads the statuses
// anew each time.
func (a applicant) stageIn(m *vm.VM, env environment) (int, error) {
	if done := a.answered(a.now, a.unit.columns); done == 0 || done < a.model.model.MinAnswered {
		return Unknown, nil
	}
	stage := Unknown
	for i, rule := range a.model.rules {
		if rule != nil {
			holds, err := m.Run(rule, env)
			if err != nil {
				return Unknown, fmt.Errorf("rule of stage %s: %w", a.model.model.Stages[i].ID, err)
			}
			if ok, _ := holds.(bool); !ok {
				return stage, nil
			}
		}
		stage = i
	}
	return stage, nil
}

func (a applicant) environment() environment {
	columns := func(names []string) []int {
		if len(names) == 0 {
			return a.unit.columns
		}
		var out []int
		for _, j := range a.unit.columns {
			if a.model.framework.Indicators[j].Domain == names[0] {
				out = append(out, j)
			}
		}
		return out
	}
	well := func(s statuses, id string) bool {
		j := a.model.framework.IndexOf(domain.IndicatorID(id))
		return j >= 0 && a.well(s, j)
	}
	return environment{
		Share:         func(d ...string) float64 { return a.share(a.now, columns(d)) },
		Answered:      func(d ...string) float64 { return a.answered(a.now, columns(d)) },
		InPlace:       func(id string) bool { return well(a.now, id) },
		BeforeShare:   func(d ...string) float64 { return a.share(a.before, columns(d)) },
		BeforeInPlace: func(id string) bool { return well(a.before, id) },
		Rank: func(id string) int {
			j := a.model.framework.IndexOf(domain.IndicatorID(id))
			if j < 0 {
				return 0
			}
			return a.scale(j).Rank(a.now(j))
		},
	}
}

func (a applicant) scale(j int) domain.Scale {
	return a.model.framework.ScaleOf(a.model.framework.Indicators[j])
}

// well reports whether an answer is the good one.
func (a applicant) well(s statuses, j int) bool {
	st := s(j)
	if !st.Answered() {
		return false
	}
	return a.scale(j).Counts(st) == (a.model.framework.Indicators[j].Polarity == domain.Positive)
}

func (a applicant) share(s statuses, columns []int) float64 {
	good, n := 0, 0
	for _, j := range columns {
		if s(j).Answered() {
			n++
			if a.well(s, j) {
				good++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return float64(good) / float64(n)
}

func (a applicant) answered(s statuses, columns []int) float64 {
	n, all := 0, 0
	for _, j := range columns {
		st := s(j)
		if st == domain.NotApplicable {
			continue
		}
		all++
		if st.Answered() {
			n++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
