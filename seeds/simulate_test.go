package seeds

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
)

// sheet is a round as domain.Answers, folded from events by the specification.
type sheet struct {
	f     *domain.Framework
	who   []domain.Enrolment
	cells map[domain.Respondent]map[domain.IndicatorID]*domain.Cell
}

func (s sheet) Round() domain.Round             { return domain.Round{ID: SimulatedBaseline, Simulated: true} }
func (s sheet) Framework() *domain.Framework    { return s.f }
func (s sheet) Respondents() []domain.Enrolment { return s.who }
func (s sheet) Status(i, j int) domain.Status {
	cell := s.cells[s.who[i].Respondent][s.f.Indicators[j].ID]
	if cell == nil {
		return ""
	}
	current, _ := cell.Current()
	return current.Status
}

// fold reads the baseline out of a simulation's events.
func fold(t interface{ Fatal(...any) }, f *domain.Framework, list []events.Event) sheet {
	s := sheet{f: f, cells: map[domain.Respondent]map[domain.IndicatorID]*domain.Cell{}}
	for _, e := range list {
		if e.Round != SimulatedBaseline {
			continue
		}
		p, err := events.Decode(e)
		if err != nil {
			t.Fatal(err)
		}
		var c domain.Respondent
		var in domain.IndicatorID
		switch p := p.(type) {
		case domain.CountryEnrolled:
			s.who = append(s.who, p.Enrolment)
			s.cells[p.Enrolment.Respondent] = map[domain.IndicatorID]*domain.Cell{}
			continue
		case domain.StatusReported:
			c, in = p.Country, p.Indicator
		case domain.StatusCorrected:
			c, in = p.Country, p.Indicator
		case domain.StatusWithdrawn:
			c, in = p.Country, p.Indicator
		default:
			continue
		}
		if s.cells[c][in] == nil {
			s.cells[c][in] = &domain.Cell{}
		}
		s.cells[c][in].Apply(e.ID.String(), e.EffectiveOn, p)
	}
	return s
}

func TestEverySeedReproducesEveryPublishedFigure(t *testing.T) {
	set := load(t)
	rapid.Check(t, func(t *rapid.T) {
		list, err := Simulation{Seed: rapid.Uint64().Draw(t, "seed"), Actor: "simulator", Now: now}.Events()
		if err != nil {
			t.Fatal(err)
		}
		s := fold(t, &set.Framework, list)
		if len(s.who) != 42 {
			t.Fatalf("%d respondents", len(s.who))
		}
		for _, f := range set.Figures {
			count, n, ok := domain.ComputeFigure(f.Figure, s)
			if !ok || count != f.Figure.Count || n != f.Figure.Denominator {
				t.Errorf("%s: simulated %d of %d, published %d of %d", f.Figure.ID, count, n, f.Figure.Count, f.Figure.Denominator)
			}
		}
	})
}

func TestSimulatedEventsSayThatTheyAre(t *testing.T) {
	log := openLog(t)
	ctx := context.Background()
	if _, err := Seed(ctx, log, now, "tester"); err != nil {
		t.Fatal(err)
	}
	o := Simulation{Rounds: []domain.RoundID{"2023", "2025"}, Seed: 7, Actor: "simulator", Now: now}
	first, err := Simulate(ctx, log, o)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for e, err := range log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Actor != "simulator" {
			continue
		}
		seen[e.Type]++
		if !e.Simulated {
			t.Fatalf("event %d %s is not marked simulated", e.Position, e.Type)
		}
		p, err := events.Decode(e)
		if err != nil {
			t.Fatal(err)
		}
		switch p := p.(type) {
		case domain.CountryEnrolled:
			if !p.Enrolment.Respondent.Anonymous() {
				t.Errorf("%s is simulated", p.Enrolment.Respondent)
			}
		case domain.StatusReported:
			if !p.Country.Anonymous() || e.Round == Baseline {
				t.Errorf("%s was simulated in round %s", p.Country, e.Round)
			}
		}
	}
	for _, typ := range []string{"round.opened", "country.enrolled", "status.reported", "status.corrected", "status.withdrawn"} {
		if seen[typ] == 0 {
			t.Errorf("no %s was simulated", typ)
		}
	}
	if again, err := Simulate(ctx, log, o); err != nil || again != 0 || first == 0 {
		t.Errorf("the second time appends %d events (%v)", again, err)
	}
	o.Seed = 8
	if _, err := Simulate(ctx, log, o); !errors.Is(err, &domain.Refusal{Code: domain.CodeRoundExists}) {
		t.Errorf("another seed in the same log: %v", err)
	}
}

func TestTheSameSeedGivesTheSameEvents(t *testing.T) {
	short := Simulation{Rounds: []domain.RoundID{"2023"}, Seed: 7, Actor: "a", Now: now}
	long := short
	long.Rounds = []domain.RoundID{"2023", "2025"}
	var runs [3][]events.Event
	for i, o := range []Simulation{short, short, long} {
		list, err := o.Events()
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = list
	}
	// A round more leaves the rounds before as they were.
	for i, e := range runs[0] {
		for _, other := range runs[1:] {
			if e.ID != other[i].ID || !bytes.Equal(e.Data, other[i].Data) {
				t.Fatalf("event %d differs", i)
			}
		}
	}
}

// TestTheLogFoldsInOrder appends a simulation and checks it as verify does.
func TestTheLogFoldsInOrder(t *testing.T) {
	log, ctx := openLog(t), context.Background()
	if _, err := Seed(ctx, log, now, "tester"); err != nil {
		t.Fatal(err)
	}
	if _, err := Simulate(ctx, log, Simulation{Rounds: []domain.RoundID{"2023", "2025"}, Seed: 7, Actor: "simulator", Now: now}); err != nil {
		t.Fatal(err)
	}
	auditor := events.NewAuditor()
	opened := map[domain.RoundID]bool{}
	for e, err := range log.Read(ctx, 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := auditor.Next(&e); err != nil {
			t.Fatal(err)
		}
		opened[e.Round] = opened[e.Round] || e.Type == "round.opened"
		if e.Type == "status.reported" && !opened[e.Round] {
			t.Fatalf("event %d answers round %s before it is opened", e.Position, e.Round)
		}
	}
}

func TestRoundsThatCannotBeSimulated(t *testing.T) {
	for _, bad := range [][]domain.RoundID{{"2021"}, {"x"}, {"2027"}, {"2023", "2023-b"}} {
		if _, err := Simulate(context.Background(), openLog(t), Simulation{Rounds: bad, Now: now}); domain.RefusalOf(err) == nil {
			t.Errorf("%v: %v is not a refusal", bad, err)
		}
	}
}

func TestARealRoundIsNotMixedWithSimulatedAnswers(t *testing.T) {
	ctx, log := context.Background(), openLog(t)
	if _, err := Seed(ctx, log, now, "tester"); err != nil {
		t.Fatal(err)
	}
	set := load(t)
	facts, err := domain.OpenRound(nil, &set.Framework, domain.Round{ID: "2023", Framework: FrameworkID, ReferenceDate: domain.Date{Year: 2023}}, domain.Source{}, now)
	if err != nil {
		t.Fatal(err)
	}
	list, err := wrap(facts, events.Stamp{Actor: "analyst"}, "real")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := record(ctx, log, list); err != nil {
		t.Fatal(err)
	}
	_, err = Simulate(ctx, log, Simulation{Rounds: []domain.RoundID{"2023"}, Now: now, Actor: "simulator"})
	if !errors.Is(err, &domain.Refusal{Code: domain.CodeRoundExists}) {
		t.Errorf("%v", err)
	}
}
