package seeds

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"headway/domain"
)

// rate is how likely a respondent's answer to an indicator changes in one year:
// gain from the bad answer to the good one, loss back.
type rate struct{ gain, loss float64 }

// rates are those of each domain of the framework. They are invented for
// demonstration: chosen so that two years move most shares by five to fifteen
// points, that what was furthest behind in 2021 (industry, media) moves most
// unevenly, and that losses are rare but do happen. They predict nothing about
// any country.
var rates = map[string]rate{
	"policy":           {gain: 0.12, loss: 0.012},
	"criminal-justice": {gain: 0.10, loss: 0.010},
	"victim":           {gain: 0.09, loss: 0.015},
	"society":          {gain: 0.11, loss: 0.015},
	"industry":         {gain: 0.13, loss: 0.025},
	"media":            {gain: 0.06, loss: 0.020},
}

// otherwise is the rate of what belongs to no domain.
var otherwise = rate{gain: 0.05, loss: 0.010}

// Likewise invented: how often a question is left unanswered after the baseline,
// and how often an answer is first recorded wrongly and then corrected.
const (
	unanswered = 0.02
	misread    = 0.01
)

var (
	correctionReasons = []string{
		"The answer was entered in the wrong row.",
		"The respondent's letter says otherwise.",
		"Translated wrongly from the questionnaire.",
	}
	withdrawalReasons = []string{
		"The answer was given for another year.",
		"The respondent asked to take the answer back.",
	}
)

// incomes are the World Bank's income groups, lowest first.
var incomes = []string{"low", "lower-middle", "upper-middle", "high"}

// world is the simulated respondents at one point of time.
type world struct {
	set      Set
	now      time.Time
	random   *rand.Rand
	subjects []*subject // in order of code
	codes    int        // how many codes were given out
}

// pass lets the years between two rounds go by: answers and income groups change,
// one to three respondents drop out for good and one to three new ones come.
func (w *world) pass(from, to int) error {
	w.change(float64(to - from))
	for range 1 + w.random.IntN(2) {
		w.regroup(w.subjects[w.random.IntN(len(w.subjects))])
	}
	for range 1 + w.random.IntN(3) {
		if len(w.subjects) <= 1 {
			break // somebody has to answer
		}
		i := w.random.IntN(len(w.subjects))
		w.subjects = slices.Delete(w.subjects, i, i+1)
	}
	shares := w.shares()
	for range 1 + w.random.IntN(3) {
		income, collection := incomes[w.random.IntN(len(incomes))], collectionUNICEF
		if income == "high" {
			collection = collectionGovernment
		}
		if err := w.enter(income, collection); err != nil {
			return err
		}
		w.settle(w.subjects[len(w.subjects)-1], shares)
	}
	for _, s := range w.subjects {
		s.silent = nil
		for column := range s.yes {
			if w.random.Float64() < unanswered {
				s.falls(column)
			}
		}
	}
	return nil
}

// change moves every true answer by the rates. The chance in n years is that of
// at least one change in n independent ones.
func (w *world) change(years float64) {
	for _, s := range w.subjects {
		for column, in := range w.set.Framework.Indicators {
			r, ok := rates[in.Domain]
			if !ok {
				r = otherwise
			}
			chance := r.gain
			if s.yes[column] == (in.Polarity == domain.Positive) { // it is well already
				chance = r.loss
			}
			if w.random.Float64() < 1-math.Pow(1-chance, years) {
				s.yes[column] = !s.yes[column]
			}
		}
	}
}

// regroup moves a respondent by one income group: more often up than down. The
// UNICEF questionnaire is not put to high-income countries.
func (w *world) regroup(s *subject) {
	at := slices.Index(incomes, s.enrolment.Attributes[domain.AttrIncome])
	to := at + 1
	if w.random.Float64() < 0.2 {
		to = at - 1
	}
	if to < 0 || to >= len(incomes) {
		return
	}
	s.enrolment.Attributes[domain.AttrIncome] = incomes[to]
	if incomes[to] == "high" {
		s.enrolment.Attributes[domain.AttrCollection] = collectionGovernment
	}
}

// shares is what part of the respondents truly answers yes, by indicator.
func (w *world) shares() []float64 {
	out := make([]float64, len(w.set.Framework.Indicators))
	for _, s := range w.subjects {
		for column, yes := range s.yes {
			if yes {
				out[column] += 1 / float64(len(w.subjects))
			}
		}
	}
	return out
}

// settle gives a newcomer answers as likely as the others', moved by its level.
func (w *world) settle(s *subject, shares []float64) {
	for column, in := range w.set.Framework.Indicators {
		lean := s.level
		if in.Polarity == domain.Negative {
			lean = -lean
		}
		p := min(max(shares[column], 0.02), 0.98)
		s.yes[column] = w.random.Float64() < logistic(math.Log(p/(1-p))+0.7*lean)
	}
}

// status is what a respondent answers to an indicator. The questions on
// legislation were put only to some: who was not asked in 2021 is not asked later.
func (w *world) status(s *subject, column int, asked map[string][]string) domain.Status {
	switch {
	case !s.is(asked):
		return domain.NotApplicable
	case s.silent[column]:
		return domain.NoAnswer
	}
	return answerOf(s.yes[column])
}

func answerOf(yes bool) domain.Status {
	if yes {
		return domain.InPlace
	}
	return domain.NotInPlace
}

type cells = map[domain.Respondent]map[domain.IndicatorID]*domain.Cell

// survey writes a round into the script: it is opened, all enrol, all answer, and
// in the end some answers are corrected and, after the baseline, one or two
// withdrawn. It returns what is believed then.
func (w *world) survey(r domain.Round, script *script) cells {
	f := &w.set.Framework
	script.add(domain.OpenRound(nil, f, r, script.source, w.now))
	enrolled := map[domain.Respondent]domain.Enrolment{}
	survey := domain.Survey{Round: r, Framework: f,
		Enrolment: func(c domain.Respondent) (domain.Enrolment, bool) { e, ok := enrolled[c]; return e, ok }}
	for _, e := range w.enrolments() {
		script.add(survey.Enrol(e, script.source))
		enrolled[e.Respondent] = e
	}
	asked := make([]map[string][]string, len(f.Indicators))
	for column, in := range f.Indicators {
		q, err := quotaOf(w.set, in.ID)
		if err != nil {
			script.err = err
			return nil
		}
		asked[column] = q.of
	}
	desk := &clerk{world: w, survey: survey, script: script, believed: cells{}}
	for _, s := range w.subjects {
		desk.believed[s.enrolment.Respondent] = map[domain.IndicatorID]*domain.Cell{}
		for column, in := range f.Indicators {
			desk.take(s, in.ID, w.status(s, column, asked[column]))
		}
	}
	desk.tidy(r.ID != SimulatedBaseline)
	return desk.believed
}

// clerk records the answers of one round.
type clerk struct {
	world    *world
	survey   domain.Survey
	script   *script
	believed cells
	wrong    []slip         // to be corrected
	right    []*domain.Cell // answered, and recorded rightly at once
}

type slip struct {
	cell *domain.Cell
	id   string
	true domain.Status
}

// take records an answer, now and then the opposite of it at first.
func (c *clerk) take(s *subject, id domain.IndicatorID, answer domain.Status) {
	cell := &domain.Cell{Country: s.enrolment.Respondent, Indicator: id}
	c.believed[cell.Country][id] = cell
	written := answer
	if answer.Answered() && c.world.random.Float64() < misread {
		written = answerOf(answer == domain.NotInPlace)
	}
	event := c.apply(cell)(c.survey.Report(*cell, domain.Report{Country: cell.Country, Indicator: id, Status: written, Source: c.script.source}, c.world.now))
	switch {
	case written != answer:
		c.wrong = append(c.wrong, slip{cell, event, answer})
	case answer.Answered():
		c.right = append(c.right, cell)
	}
}

// tidy corrects what was recorded wrongly and takes back an answer or two.
func (c *clerk) tidy(withdraw bool) {
	w := c.world
	for _, s := range c.wrong {
		c.apply(s.cell)(c.survey.Correct(*s.cell, domain.Correct{EventID: s.id, Status: s.true,
			Reason: correctionReasons[w.random.IntN(len(correctionReasons))], Source: c.script.source}, w.now))
	}
	if !withdraw || len(c.right) < 2 {
		return
	}
	for _, k := range w.random.Perm(len(c.right))[:1+w.random.IntN(2)] {
		cell := c.right[k]
		current, ok := cell.Current()
		if !ok {
			c.script.err = fmt.Errorf("nothing is believed of %s %s", cell.Country, cell.Indicator)
			return
		}
		c.apply(cell)(c.survey.Withdraw(*cell, domain.Withdraw{EventID: current.EventID,
			Reason: withdrawalReasons[w.random.IntN(len(withdrawalReasons))], Source: c.script.source}))
	}
}

// apply records a decision on a cell and folds it, so that the next decision
// knows of it.
func (c *clerk) apply(cell *domain.Cell) func([]domain.Fact, error) string {
	return func(facts []domain.Fact, err error) string {
		id := c.script.add(facts, err)
		if id != "" {
			cell.Apply(id, facts[0].EffectiveOn, facts[0].Payload)
		}
		return id
	}
}
