package seeds

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
)

// sheet is a simulated round as domain.Answers.
type sheet struct {
	f      *domain.Framework
	people []person
}

func (s sheet) Round() domain.Round          { return domain.Round{ID: SimulatedBaseline, Simulated: true} }
func (s sheet) Framework() *domain.Framework { return s.f }
func (s sheet) Respondents() []domain.Enrolment {
	out := make([]domain.Enrolment, len(s.people))
	for i, p := range s.people {
		out[i] = p.enrolment
	}
	return out
}
func (s sheet) Status(i, j int) domain.Status { return s.people[i].answers[j] }

func TestEverySeedReproducesEveryPublishedFigure(t *testing.T) {
	set := load(t)
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2021))
		s := sheet{&set.Framework, baseline(rng, set)}
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
	o := Simulation{Rounds: []domain.RoundID{"2023"}, Seed: 7, Actor: "a", Now: now}
	rounds, err := laterRounds(o)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := simulated(o, rounds)
	b, errB := simulated(o, rounds)
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if a[i].ID != b[i].ID || !bytes.Equal(a[i].Data, b[i].Data) {
			t.Fatalf("event %d differs", i)
		}
	}
	// A round more leaves the rounds before as they were.
	o.Rounds = append(o.Rounds, "2025")
	if rounds, err = laterRounds(o); err != nil {
		t.Fatal(err)
	}
	longer, err := simulated(o, rounds)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if a[i].ID != longer[i].ID {
			t.Fatalf("event %d differs once a round was added", i)
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
