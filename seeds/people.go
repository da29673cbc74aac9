package seeds

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"headway/domain"
)

// The make-up of the 42 of 2021: 15 are high-income; 17 answered a government
// questionnaire, the 15 among them; 25 were answered for by UNICEF.
const (
	respondents = 42
	highIncome  = 15
	governments = 17
)

var regions = []string{"africa", "americas", "asia", "europe", "oceania"}

// code names the n-th anonymous respondent: XAA, XAB, … XZZ.
func code(n int) domain.Respondent {
	return domain.Respondent(fmt.Sprintf("X%c%c", 'A'+n/26, 'A'+n%26))
}

// baseline makes the answers of 2021. What is published holds exactly; beyond it,
// a latent level for each respondent makes answers go together, as they would.
func baseline(rng *rand.Rand, set Set) []person {
	codes := rng.Perm(respondents) // so that a code tells nothing of the income group
	people := make([]person, respondents)
	for i := range people {
		income, collection, latent := "high", "government", 0.8
		if i >= highIncome {
			income, latent = []string{"low", "lower-middle", "lower-middle", "upper-middle", "upper-middle"}[rng.IntN(5)], -0.4
		}
		if i >= governments {
			collection = "unicef-country-office"
		}
		people[i] = person{
			latent: latent + rng.NormFloat64(),
			enrolment: domain.Enrolment{Respondent: code(codes[i]), Kind: domain.AnonymousKind,
				Name: domain.Text{"en": "Respondent " + string(code(codes[i])), "ar": "المجيب " + string(code(codes[i]))},
				Attributes: map[string]string{domain.AttrIncome: income, domain.AttrCollection: collection,
					domain.AttrRegion: regions[rng.IntN(len(regions))]}},
			answers: make([]domain.Status, len(set.Framework.Indicators)),
		}
	}
	for j, in := range set.Framework.Indicators {
		for _, s := range strata(rng, in.ID, set) {
			s.fill(rng, people, j)
		}
	}
	slices.SortFunc(people, func(a, b person) int {
		if a.enrolment.Respondent < b.enrolment.Respondent {
			return -1
		}
		return 1
	})
	return people
}

// stratum says how many of some respondents answered what; the rest of them did
// not answer, or the question does not apply to them.
type stratum struct {
	from, to int // places in the order of baseline: high-income first, then by government
	yes, no  int
	rest     domain.Status
	turned   bool // yes is the bad answer
}

// strata are the constraints that the published figures put on an indicator.
func strata(rng *rand.Rand, id domain.IndicatorID, set Set) []stratum {
	const all = respondents
	switch id {
	case "policy.legislation.criminalisation": // 15 of 15 high-income
		return []stratum{{0, highIncome, 15, 0, "", false}, {highIncome, all, 0, 0, domain.NotApplicable, false}}
	case "policy.legislation.provider-reporting": // 8 of 15 high-income
		return []stratum{{0, highIncome, 8, 7, "", false}, {highIncome, all, 0, 0, domain.NotApplicable, false}}
	case "policy.legislation.laws-insufficient": // 22 of the 25 answered for by UNICEF
		return []stratum{{0, governments, 0, 0, domain.NotApplicable, true}, {governments, all, 22, 3, "", true}}
	case "criminal-justice.offender-management.measures": // none of the 12 without is high-income
		return []stratum{{0, highIncome, 15, 0, "", false}, {highIncome, all, 15, 12, "", false}}
	case "criminal-justice.image-databases.international": // one of the 13 without is high-income
		return []stratum{{0, highIncome, 14, 1, "", false}, {highIncome, all, 15, 12, "", false}}
	case "society.offender-support.system": // none of the 17 without is high-income; one did not answer
		if rng.IntN(respondents) < highIncome {
			return []stratum{{0, highIncome, 14, 0, domain.NoAnswer, false}, {highIncome, all, 10, 17, "", false}}
		}
		return []stratum{{0, highIncome, 15, 0, "", false}, {highIncome, all, 9, 17, domain.NoAnswer, false}}
	}
	for _, f := range set.Figures {
		if share, ok := domain.PublishedShare([]domain.Figure{f.Figure}, id); ok {
			return []stratum{{0, all, share.Count, share.N - share.Count, domain.NoAnswer, false}}
		}
	}
	return []stratum{{0, all, 0, 0, domain.NoAnswer, false}}
}

// fill gives the answers of a stratum: the rest to whom chance picks, the good
// answer to the most developed, with much noise.
func (s stratum) fill(rng *rand.Rand, people []person, j int) {
	type scored struct {
		person int
		score  float64
	}
	list := make([]scored, 0, s.to-s.from)
	for i := s.from; i < s.to; i++ {
		list = append(list, scored{i, rng.Float64()})
	}
	byScore := func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.person - b.person
	}
	slices.SortFunc(list, byScore)
	for len(list) > s.yes+s.no {
		last := list[len(list)-1]
		people[last.person].answers[j] = s.rest
		list = list[:len(list)-1]
	}
	for k := range list {
		list[k].score = people[list[k].person].latent + 1.2*rng.NormFloat64()
		if s.turned {
			list[k].score = -list[k].score
		}
	}
	slices.SortFunc(list, byScore)
	for k, x := range list {
		people[x.person].answers[j] = domain.NotInPlace
		if k < s.yes {
			people[x.person].answers[j] = domain.InPlace
		}
	}
}

// How answers change in a year. All invented for demonstration, and plausible
// only: more is gained than lost, at a pace that differs by domain.
var (
	gainPerYear = map[string]float64{"policy": 0.10, "criminal-justice": 0.08, "victim": 0.08, "society": 0.11, "industry": 0.07, "media": 0.06}
	lossPerYear = 0.012
	// Of those who answered before, and of those who did not.
	missingNow, stillMissing = 0.012, 0.4
	incomeGroupRises         = 0.03 // per round, of those who are not high-income
)

// next makes the answers of a later round: one to three drop out, one to three
// come in, the others change.
func next(rng *rand.Rand, f domain.Framework, before []person, years int) []person {
	gone := map[int]bool{}
	for range 1 + rng.IntN(3) {
		gone[rng.IntN(len(before))] = true
	}
	var now []person
	newest := 0
	for i, p := range before {
		c := p.enrolment.Respondent
		newest = max(newest, int(c[1]-'A')*26+int(c[2]-'A'))
		if !gone[i] {
			now = append(now, later(rng, f, p, years))
		}
	}
	for range 1 + rng.IntN(3) {
		newest++
		now = append(now, newcomer(rng, f, now, max(newest, respondents)))
	}
	return now
}

func later(rng *rand.Rand, f domain.Framework, p person, years int) person {
	attributes := map[string]string{}
	for k, v := range p.enrolment.Attributes {
		attributes[k] = v
	}
	ladder := []string{"low", "lower-middle", "upper-middle", "high"}
	if at := slices.Index(ladder, attributes[domain.AttrIncome]); at < 2 && rng.Float64() < incomeGroupRises {
		attributes[domain.AttrIncome] = ladder[at+1]
	}
	p.enrolment.Attributes = attributes
	answers := make([]domain.Status, len(p.answers))
	over := func(perYear float64) float64 { return 1 - math.Pow(1-perYear, float64(years)) }
	for j, in := range f.Indicators {
		st := p.answers[j]
		chance := rng.Float64()
		switch {
		case st == domain.NotApplicable:
		case st == domain.NoAnswer:
			if chance >= stillMissing {
				st = answerOf(in, rng.Float64() < 0.5)
			}
		case chance < missingNow:
			st = domain.NoAnswer
		case good(in, st):
			if rng.Float64() < over(lossPerYear) {
				st = other(st)
			}
		default:
			gain, ok := gainPerYear[in.Domain]
			if !ok {
				gain = 0.05
			}
			if rng.Float64() < over(gain) {
				st = other(st)
			}
		}
		answers[j] = st
	}
	p.answers = answers
	return p
}

// newcomer answers as the others do now: each indicator by their share.
func newcomer(rng *rand.Rand, f domain.Framework, others []person, n int) person {
	model := others[rng.IntN(len(others))]
	attributes := map[string]string{}
	for k, v := range model.enrolment.Attributes {
		attributes[k] = v
	}
	p := person{enrolment: domain.Enrolment{Respondent: code(n), Kind: domain.AnonymousKind, Attributes: attributes,
		Name: domain.Text{"en": "Respondent " + string(code(n)), "ar": "المجيب " + string(code(n))}},
		answers: make([]domain.Status, len(f.Indicators))}
	for j, in := range f.Indicators {
		if model.answers[j] == domain.NotApplicable {
			p.answers[j] = domain.NotApplicable
			continue
		}
		yes, all := 0, 0
		for _, o := range others {
			if o.answers[j].Answered() {
				all++
				if good(in, o.answers[j]) {
					yes++
				}
			}
		}
		p.answers[j] = domain.NoAnswer
		if all > 0 && rng.Float64() >= missingNow {
			p.answers[j] = answerOf(in, rng.IntN(all) < yes)
		}
	}
	return p
}

func good(in domain.Indicator, s domain.Status) bool {
	return (s == domain.InPlace) == (in.Polarity == domain.Positive)
}

func answerOf(in domain.Indicator, good bool) domain.Status {
	if good == (in.Polarity == domain.Positive) {
		return domain.InPlace
	}
	return domain.NotInPlace
}
