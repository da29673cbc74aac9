package projections

import (
	"fmt"
	"slices"

	"headway/domain"
	"headway/domain/maturity"
	"headway/events"
)

// NextStages tells what brings respondents of a round to the next stage of a
// published model, as known at a position; one of them where it is named.
func (s *State) NextStages(model domain.ModelID, id domain.RoundID, country domain.Respondent, at events.Position) (*maturity.Model, []maturity.Next, error) {
	m, t, err := s.staged(model, id, at)
	if err != nil {
		return nil, nil, err
	}
	if country != "" && !slices.ContainsFunc(t.Respondents(), func(e domain.Enrolment) bool { return e.Respondent == country }) {
		return nil, nil, domain.Refuse(domain.CodeNotEnrolled, fmt.Sprintf("%s does not take part in round %s; the secretariat enrols respondents", country, id),
			"country", string(country))
	}
	next, err := m.Next(t, answersOf(s.before(t, at)), country)
	return m, next, err
}

// staged is a published model, ready to apply to a round's answers.
func (s *State) staged(model domain.ModelID, id domain.RoundID, at events.Position) (*maturity.Model, *domain.Tabulation, error) {
	def, ok := s.Model(model)
	if !ok {
		return nil, nil, unknownModel(model)
	}
	t, err := s.Tabulation(id, at)
	if err != nil {
		return nil, nil, err
	}
	m, err := maturity.Compile(def, t.Framework())
	return m, t, err
}

func unknownModel(id domain.ModelID) *domain.Refusal {
	return domain.Refuse(domain.CodeUnknownModel, fmt.Sprintf("there is no maturity model %q; see `headway maturity list`", id), "model", string(id))
}

// LastStaged is the last round that a model can be applied to, of those that
// stand in for no other; of one that a respondent takes part in where it is named.
func (s *State) LastStaged(model domain.ModelID, country domain.Respondent, at events.Position) (domain.RoundID, error) {
	def, ok := s.Model(model)
	if !ok {
		return "", unknownModel(model)
	}
	last := domain.RoundID("")
	for _, rd := range s.Rounds(at) {
		takesPart := country == "" || slices.ContainsFunc(s.Respondents(rd.ID, at), func(e domain.Enrolment) bool { return e.Respondent == country })
		if rd.Framework == def.Framework && rd.StandsInFor == "" && takesPart {
			last = rd.ID
		}
	}
	switch {
	case last == "" && country != "":
		return "", domain.Refuse(domain.CodeNotEnrolled, fmt.Sprintf("%s takes part in no round that asks framework %s, for which model %s is made", country, def.Framework, model),
			"country", string(country))
	case last == "":
		return "", domain.Refuse(domain.CodeUnknownRound, fmt.Sprintf("no round asks framework %s, for which model %s is made", def.Framework, model), "model", string(model))
	}
	return last, nil
}

// Differ is one respondent's stage in one unit by two models. Its JSON is a
// promise.
type Differ struct {
	Country domain.Respondent `json:"country"`
	Round   domain.RoundID    `json:"round"`
	Unit    string            `json:"unit"`
	// First and Second are the stages by the two models; null where too little is
	// answered.
	First        *string `json:"first"`
	FirstNumber  *int    `json:"first_number"`
	Second       *string `json:"second"`
	SecondNumber *int    `json:"second_number"`
	Simulated    bool    `json:"simulated"`
}

// Differences are the stages of each respondent by two models in a round, in the
// units that both have, in order of code.
func (s *State) Differences(one, two domain.ModelID, id domain.RoundID, at events.Position) ([]Differ, error) {
	_, first, err := s.Stages(one, id, at)
	if err != nil {
		return nil, err
	}
	_, second, err := s.Stages(two, id, at)
	if err != nil {
		return nil, err
	}
	type key struct {
		country domain.Respondent
		unit    string
	}
	by := map[key]maturity.Standing{}
	for _, x := range second {
		by[key{x.Country, x.Unit}] = x
	}
	out := []Differ{}
	for _, x := range first {
		if y, ok := by[key{x.Country, x.Unit}]; ok {
			out = append(out, Differ{x.Country, x.Round, x.Unit, x.Stage, x.Number, y.Stage, y.Number, x.Simulated})
		}
	}
	if len(out) == 0 && len(first) > 0 {
		return nil, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("models %s and %s have no unit in common", one, two), "model", string(two))
	}
	return out, nil
}
