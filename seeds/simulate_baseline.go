package seeds

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"headway/domain"
)

// The composition of the 42 respondents, as the source tells it: 17 answered a
// government questionnaire, among them all 15 of high income; for the other 25
// UNICEF country offices answered.
const (
	respondents = 42
	highIncome  = 15
	government  = 17
)

// lowerIncomes is how the 27 that are not of high income are divided. The source
// does not tell; this is invented.
var lowerIncomes = []struct {
	group string
	count int
}{{"low", 3}, {"lower-middle", 12}, {"upper-middle", 12}}

// regions are drawn at random: nothing published depends on them.
var regions = []string{"africa", "americas", "asia", "europe", "oceania"}

const (
	collectionGovernment = "government"
	collectionUNICEF     = "unicef-country-office"
)

// headStart is by how many standard deviations the level of high-income
// respondents is above that of the others. It is invented.
const headStart = 0.9

// subject is a simulated respondent.
type subject struct {
	enrolment domain.Enrolment
	// level is the general level of its capabilities, standard normal but for
	// the head start. It makes a respondent's answers hang together.
	level float64
	// yes is the true answer to each indicator of the framework, whether it is
	// asked and answered or not.
	yes []bool
	// silent are the indicators it does not answer in the round at hand.
	silent map[int]bool
}

func (s *subject) is(attributes map[string][]string) bool {
	return domain.Criterion{Attributes: attributes}.Selects(s.enrolment.Attributes, nil)
}

// populate makes the respondents of the baseline and gives them true answers
// that reproduce the published figures.
func (w *world) populate() error {
	var incomes []string
	for range highIncome {
		incomes = append(incomes, "high")
	}
	for _, g := range lowerIncomes {
		for range g.count {
			incomes = append(incomes, g.group)
		}
	}
	asked := government - highIncome // of the rest, by government questionnaire
	w.random.Shuffle(len(incomes), func(i, j int) { incomes[i], incomes[j] = incomes[j], incomes[i] })
	for _, income := range incomes {
		collection := collectionUNICEF
		if income == "high" {
			collection = collectionGovernment
		} else if asked > 0 {
			collection, asked = collectionGovernment, asked-1
		}
		if err := w.enter(income, collection); err != nil {
			return err
		}
	}
	for i, in := range w.set.Framework.Indicators {
		q, err := quotaOf(w.set, in.ID)
		if err != nil {
			return err
		}
		if err := w.answer(i, in, q); err != nil {
			return fmt.Errorf("indicator %s: %w", in.ID, err)
		}
	}
	return nil
}

// enter adds a respondent with the next free code.
func (w *world) enter(income, collection string) error {
	if w.codes >= 26*26 {
		return errors.New("the anonymous codes XAA to XZZ are used up")
	}
	code := fmt.Sprintf("X%c%c", 'A'+w.codes/26, 'A'+w.codes%26)
	w.codes++
	s := &subject{
		level: w.random.NormFloat64(),
		yes:   make([]bool, len(w.set.Framework.Indicators)),
		enrolment: domain.Enrolment{Respondent: domain.Respondent(code), Kind: domain.AnonymousKind,
			Attributes: map[string]string{
				domain.AttrIncome: income, domain.AttrCollection: collection,
				domain.AttrRegion: regions[w.random.IntN(len(regions))],
			}},
	}
	if income == "high" {
		s.level += headStart
	}
	w.subjects = append(w.subjects, s)
	return nil
}

// quota is what the published figures say about the answers to one indicator.
type quota struct {
	of       map[string][]string // who was asked
	answered int
	yes      int
	// No says how many of the no answers are of those with certain attributes,
	// where that is published.
	noOf map[string][]string
	no   int
}

// quotaOf reads the quota of an indicator off the published figures.
func quotaOf(set Set, id domain.IndicatorID) (quota, error) {
	var q quota
	for _, f := range set.Figures {
		fig := f.Figure
		if fig.Indicator != id {
			continue
		}
		switch {
		case slices.Equal(fig.Of.Answered, []domain.IndicatorID{id}) && len(fig.Of.Statuses) == 0 &&
			slices.Equal(fig.Counts.Statuses[id], []domain.Status{domain.InPlace}) && len(fig.Counts.Attributes) == 0 && q.answered == 0:
			q.of, q.answered, q.yes = fig.Of.Attributes, fig.Denominator, fig.Count
		case slices.Equal(fig.Of.Statuses[id], []domain.Status{domain.NotInPlace}) && len(fig.Of.Attributes) == 0 &&
			len(fig.Counts.Attributes) > 0 && len(fig.Counts.Statuses) == 0 && q.noOf == nil:
			q.noOf, q.no = fig.Counts.Attributes, fig.Count
		default:
			return q, fmt.Errorf("figure %s has a form that the simulation cannot reproduce", fig.ID)
		}
	}
	if q.answered == 0 {
		return q, fmt.Errorf("no figure tells how many answered %s", id)
	}
	return q, nil
}

// answer gives every respondent an answer to one indicator such that the quota
// is met exactly: the silent are drawn, and of the others those with the lowest
// score say no, separately inside and outside of the group whose share of the no
// answers is published.
func (w *world) answer(column int, in domain.Indicator, q quota) error {
	var asked, inside, outside []*subject
	score := map[*subject]float64{}
	for _, s := range w.subjects {
		// Of negative polarity, a high level speaks for a no.
		lean := s.level
		if in.Polarity == domain.Negative {
			lean = -lean
		}
		score[s] = lean + w.random.NormFloat64()
		s.yes[column] = w.random.Float64() < logistic(score[s])
		if s.is(q.of) {
			asked = append(asked, s)
		}
	}
	if q.answered > len(asked) {
		return fmt.Errorf("%d answers are published, of %d respondents who were asked", q.answered, len(asked))
	}
	for _, k := range w.random.Perm(len(asked))[:len(asked)-q.answered] {
		asked[k].falls(column)
	}
	for _, s := range asked {
		switch {
		case s.silent[column]:
		case q.noOf == nil || s.is(q.noOf):
			inside = append(inside, s)
		default:
			outside = append(outside, s)
		}
	}
	no := q.answered - q.yes
	noInside := no
	if q.noOf != nil {
		noInside = q.no
	}
	for _, part := range []struct {
		of []*subject
		no int
	}{{inside, noInside}, {outside, no - noInside}} {
		if part.no < 0 || part.no > len(part.of) {
			return fmt.Errorf("%d of %d respondents cannot have answered no", part.no, len(part.of))
		}
		slices.SortStableFunc(part.of, func(a, b *subject) int { return cmp.Compare(score[a], score[b]) })
		for i, s := range part.of {
			s.yes[column] = i >= part.no
		}
	}
	return nil
}

// falls makes the respondent leave a question unanswered in this round.
func (s *subject) falls(column int) {
	if s.silent == nil {
		s.silent = map[int]bool{}
	}
	s.silent[column] = true
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// reproduces checks the believed answers of the baseline against every published
// figure: the simulation fails rather than differ from one.
func reproduces(set Set, enrolled []domain.Enrolment, cells map[domain.Respondent]map[domain.IndicatorID]*domain.Cell) error {
	for _, f := range set.Figures {
		count, denominator := 0, 0
		for _, e := range enrolled {
			status := func(id domain.IndicatorID) domain.Status {
				if c := cells[e.Respondent][id]; c != nil {
					if s, ok := c.Current(); ok {
						return s.Status
					}
				}
				return ""
			}
			if f.Figure.Of.Selects(e.Attributes, status) {
				denominator++
				if f.Figure.Counts.Selects(e.Attributes, status) {
					count++
				}
			}
		}
		if count != f.Figure.Count || denominator != f.Figure.Denominator {
			return fmt.Errorf("figure %s: simulated %d of %d, published %d of %d", f.Figure.ID, count, denominator, f.Figure.Count, f.Figure.Denominator)
		}
	}
	return nil
}

// enrolments are those of the respondents at hand.
func (w *world) enrolments() []domain.Enrolment {
	out := make([]domain.Enrolment, len(w.subjects))
	for i, s := range w.subjects {
		out[i] = s.enrolment
		out[i].Attributes = maps.Clone(s.enrolment.Attributes)
	}
	return out
}
