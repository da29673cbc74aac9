package http_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/seeds"
)

// public is a round as of a position at which a release shows it.
type public struct {
	round domain.RoundID
	at    int64
}

// answer is what one respondent said to an indicator in a round. It is the same one
// in two states of the round where it did not change: the attacker knows that, and
// not what it is.
type answer struct {
	respondent domain.Respondent
	round      domain.RoundID
	version    int
}

// equation is what the attacker has read: of these answers so many are yes. Others are
// at least so many.
type equation struct {
	what    string
	answers map[answer]bool
	yes     int
	atLeast bool
	told    bool // published, or of all that all said the same
}

// spy is the attacker: it knows who takes part in which group and who answered at all,
// and reads everything that a reader may.
type spy struct {
	t         *testing.T
	w         *world
	token     string
	attribute string
	states    []public
	rounds    map[public]*domain.Tabulation
	versions  map[public]map[int]map[domain.Respondent]int // of answers, by indicator
	framework *domain.Framework
	facts     map[domain.IndicatorID][]equation
	count     map[string]int // of facts by where they were read
	now       map[domain.RoundID]public
}

func spyOn(t *testing.T, w *world, token, attribute string) *spy {
	s := &spy{t: t, w: w, token: token, attribute: attribute, rounds: map[public]*domain.Tabulation{}, versions: map[public]map[int]map[domain.Respondent]int{},
		facts: map[domain.IndicatorID][]equation{}, count: map[string]int{}}
	releases := rows[projections.ReleaseRow](t, w.get(t, "/api/v1/releases", ""))
	for _, r := range releases {
		for _, x := range r.Rounds {
			s.know(public{x.Round, x.Position})
		}
	}
	for _, r := range releases {
		s.now = map[domain.RoundID]public{}
		var ids []domain.RoundID
		for _, x := range r.Rounds {
			s.now[x.Round], ids = public{x.Round, x.Position}, append(ids, x.Round)
		}
		asOf := fmt.Sprintf("asOf=%d", r.Position)
		for i, from := range ids {
			for _, to := range ids[i+1:] {
				s.readComparisons(from, to, asOf)
			}
			s.readRound(from, asOf)
		}
		s.readTrend(asOf)
		s.readPublished(asOf)
	}
	return s
}

// know tabulates a round, and tells which answers are those of an earlier state.
func (s *spy) know(p public) {
	if s.rounds[p] != nil {
		return
	}
	var t *domain.Tabulation
	var err error
	s.w.runner.Read(func(st *projections.State) { t, err = st.Tabulation(p.round, events.Position(p.at)) })
	if err != nil {
		s.t.Fatal(err)
	}
	s.framework = t.Framework()
	s.states, s.rounds[p], s.versions[p] = append(s.states, p), t, map[int]map[domain.Respondent]int{}
	for j := range s.framework.Indicators {
		s.versions[p][j] = map[domain.Respondent]int{}
		for i, e := range t.Respondents() {
			version := len(s.states)
			for _, old := range s.states[:len(s.states)-1] {
				if old.round == p.round && status(s.rounds[old], e.Respondent, j) == t.Status(i, j) {
					version = s.versions[old][j][e.Respondent]
				}
			}
			s.versions[p][j][e.Respondent] = version
		}
	}
}

// status is a respondent's in a round; "" where it does not take part.
func status(t *domain.Tabulation, r domain.Respondent, indicator int) domain.Status {
	for i, e := range t.Respondents() {
		if e.Respondent == r {
			return t.Status(i, indicator)
		}
	}
	return ""
}

// who are the answers of a state to an indicator, of the respondents that keep holds of.
func (s *spy) who(p public, j int, keep func(domain.Enrolment) bool) map[answer]bool {
	out := map[answer]bool{}
	t := s.rounds[p]
	for i, e := range t.Respondents() {
		if t.Status(i, j).Answered() && keep(e) {
			out[answer{e.Respondent, p.round, s.versions[p][j][e.Respondent]}] = true
		}
	}
	return out
}

func everybody(domain.Enrolment) bool { return true }

// answeredIn is who answered an indicator in a state.
func (s *spy) answeredIn(p public, j int) func(domain.Enrolment) bool {
	return func(e domain.Enrolment) bool { return status(s.rounds[p], e.Respondent, j).Answered() }
}

// add keeps a fact, and holds it against the truth: else the attacker would have
// misread what it is of.
func (s *spy) add(from string, j int, what string, answers map[answer]bool, count, n *int) {
	if count == nil || n == nil {
		return
	}
	truth := s.truth(j, answers)
	if *n != len(answers) || *count != truth {
		s.t.Fatalf("%s, %s: read as %d of %d, and it is %d of %d", from, what, *count, *n, truth, len(answers))
	}
	id := s.framework.Indicators[j].ID
	s.count[from]++
	told := from == "published" || what == "all" && (*count == 0 || *count == *n)
	s.facts[id] = append(s.facts[id], equation{what: from + ", " + what, answers: answers, yes: *count, told: told})
}

// truth is how many of answers are yes.
func (s *spy) truth(j int, answers map[answer]bool) (yes int) {
	for a := range answers {
		for _, p := range s.states {
			if t := s.rounds[p]; p.round == a.round && s.versions[p][j][a.respondent] == a.version {
				if status(t, a.respondent, j) == domain.InPlace {
					yes++
				}
				break
			}
		}
	}
	return yes
}

// member is who is in a group in a state.
func (s *spy) member(p public, group string) func(domain.Enrolment) bool {
	in := map[domain.Respondent]bool{}
	for _, e := range s.rounds[p].Respondents() {
		in[e.Respondent] = e.Attributes[domain.AttrIncome] == group
	}
	return func(e domain.Enrolment) bool { return in[e.Respondent] }
}

// grouped is who is in a group in both states of a comparison.
func (s *spy) grouped(a, b public, group string, by domain.Grouping) (from, to func(domain.Enrolment) bool) {
	then, now := s.member(a, group), s.member(b, group)
	asked := func(p public, e domain.Enrolment) bool {
		return slices.ContainsFunc(s.rounds[p].Respondents(), func(x domain.Enrolment) bool { return x.Respondent == e.Respondent })
	}
	switch by {
	case domain.ByOwn:
		return then, now
	case domain.ByTo:
		return func(e domain.Enrolment) bool { return now(e) || then(e) && !asked(b, e) }, now
	}
	return then, func(e domain.Enrolment) bool { return then(e) || now(e) && !asked(a, e) }
}

// readComparisons reads every comparison of two rounds.
func (s *spy) readComparisons(from, to domain.RoundID, asOf string) {
	a, b := s.now[from], s.now[to]
	path := fmt.Sprintf("/api/v1/compare?from=%s&to=%s&%s", from, to, asOf)
	for _, r := range rows[domain.Comparison](s.t, s.w.get(s.t, path, s.token)) {
		j := s.framework.IndexOf(r.Indicator)
		if r.FromOrigin == domain.Computed {
			s.add("compare all", j, "all", s.who(a, j, everybody), r.FromCount, r.FromN)
		}
		if r.ToOrigin == domain.Computed {
			s.add("compare all", j, "all", s.who(b, j, everybody), r.ToCount, r.ToN)
		}
	}
	for _, r := range rows[domain.Comparison](s.t, s.w.get(s.t, path+"&panel=matched", s.token)) {
		j := s.framework.IndexOf(r.Indicator)
		s.add("compare matched", j, fmt.Sprintf("also in %s", to), s.who(a, j, s.answeredIn(b, j)), r.FromCount, r.FromN)
		s.add("compare matched", j, fmt.Sprintf("also in %s", from), s.who(b, j, s.answeredIn(a, j)), r.ToCount, r.ToN)
	}
	if s.attribute == "" {
		return
	}
	for _, by := range []string{"", "&grouping=from", "&grouping=to", "&grouping=own"} {
		for _, r := range rows[domain.Comparison](s.t, s.w.get(s.t, path+"&group="+s.attribute+by, s.token)) {
			j := s.framework.IndexOf(r.Indicator)
			in, now := s.grouped(a, b, r.Group, r.Grouping)
			s.add("compare groups", j, r.Group, s.who(a, j, in), r.FromCount, r.FromN)
			s.add("compare groups", j, r.Group, s.who(b, j, now), r.ToCount, r.ToN)
		}
	}
}

// readRound reads the figures of a round, and of its groups, and its stages.
func (s *spy) readRound(id domain.RoundID, asOf string) {
	p := s.now[id]
	path := fmt.Sprintf("/api/v1/figures?round=%s&%s", id, asOf)
	for _, r := range rows[projections.FigureRow](s.t, s.w.get(s.t, path, s.token)) {
		j := s.framework.IndexOf(*r.Indicator)
		s.add("figures", j, "all", s.who(p, j, everybody), r.ComputedCount, r.ComputedDenominator)
	}
	if s.attribute != "" {
		for _, r := range rows[projections.FigureRow](s.t, s.w.get(s.t, path+"&group="+s.attribute, s.token)) {
			j, group := s.framework.IndexOf(*r.Indicator), r.Population[len(s.attribute)+1:]
			s.add("figures of groups", j, group, s.who(p, j, s.member(p, group)), r.ComputedCount, r.ComputedDenominator)
		}
	}
	s.readStages(p, asOf)
}

// readTrend reads the series.
func (s *spy) readTrend(asOf string) {
	for _, r := range rows[domain.TrendPoint](s.t, s.w.get(s.t, "/api/v1/trend?framework=mnr-review-2021&"+asOf, s.token)) {
		if p, ok := s.now[r.Round]; ok && r.Origin == domain.Computed {
			j := s.framework.IndexOf(r.Indicator)
			s.add("trend", j, "all", s.who(p, j, everybody), r.Count, r.N)
		}
	}
}

// readPublished takes every published figure for one of the round that stands in, and
// is right in that: the round is simulated to add up to them.
func (s *spy) readPublished(asOf string) {
	read := map[string]bool{}
	for _, r := range rows[projections.FigureRow](s.t, s.w.get(s.t, "/api/v1/figures?round=2021&"+asOf, s.token)) {
		read[r.ID] = r.Count != nil
	}
	var figures []projections.PublishedFigure
	s.w.runner.Read(func(st *projections.State) { figures = st.Figures("2021", st.Position()) })
	p := s.now[seeds.SimulatedBaseline]
	for _, x := range figures {
		f := x.Figure
		j := s.framework.IndexOf(f.Indicator)
		if !read[f.ID] || j < 0 {
			continue // about the respondents themselves
		}
		in := func(c domain.Criterion) map[answer]bool {
			return s.who(p, j, func(e domain.Enrolment) bool {
				return domain.Criterion{Attributes: c.Attributes}.Selects(e.Attributes, nil)
			})
		}
		if f.Of.Statuses == nil { // yes of a group, or of all
			who := in(f.Of)
			n := len(who)
			s.add("published", j, f.ID, who, &f.Count, &n)
			continue
		}
		all, group := in(f.Of), in(f.Counts) // no of all, and of a group
		n, yes, m, groupYes := len(all), len(all)-f.Denominator, len(group), len(group)-f.Count
		s.add("published", j, f.ID, all, &yes, &n)
		s.add("published", j, f.ID, group, &groupYes, &m)
	}
}

// named are indicators that a rule asks to be in place.
var named = regexp.MustCompile(`in_place\("([^"]+)"\)`)

// readStages reads the stages of a round: whoever is in one has what it and those
// below it ask for.
func (s *spy) readStages(p public, asOf string) {
	if s.token != "" {
		return // a list of respondents
	}
	var stages []domain.Stage
	s.w.runner.Read(func(st *projections.State) { stages = st.Models()[0].Stages })
	type stageCount struct {
		Stage *string
		Count *int
	}
	counts := rows[stageCount](s.t, s.w.get(s.t, fmt.Sprintf("/api/v1/maturity?model=mnr-stages&round=%s&%s", p.round, asOf), ""))
	for k, stage := range stages {
		for _, m := range named.FindAllStringSubmatch(stage.Rule, -1) {
			id, least := domain.IndicatorID(m[1]), 0
			for _, c := range counts[k:] {
				if c.Stage != nil && c.Count != nil {
					least += *c.Count
				}
			}
			j := s.framework.IndexOf(id)
			who := s.who(p, j, everybody)
			if truth := s.truth(j, who); least > truth {
				s.t.Fatalf("%d are in stage %s or higher, and %d have %s", least, stage.ID, truth, id)
			}
			s.count["stages"]++
			s.facts[id] = append(s.facts[id], equation{what: "stage " + stage.ID, answers: who, yes: least, atLeast: true})
		}
	}
}
