package seeds

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"headway/domain"
	"headway/events"
)

// SimulatedBaseline is the simulated round whose answers add up to the published
// figures of [Baseline]. Its id is another one, so that no simulated answer can
// be taken for a real one.
const SimulatedBaseline domain.RoundID = "2021-simulated"

// simulator names the rules of the simulation in the ids of its events. It is
// raised whenever the same seed gives other answers than before: a log that was
// simulated by older rules is then refused, instead of being filled up by newer.
const simulator = "simulation-1"

// Simulation says what is simulated. The same rounds and seed give the same
// events, ids included.
type Simulation struct {
	// Rounds come after the baseline. Each is a year, or starts with one
	// ("2023", "2025-pilot"), which is its reference date; no year stands twice
	// and none is in the future.
	Rounds []domain.RoundID
	Seed   uint64
	Actor  string
	Now    time.Time // refuses what is in the future, and nothing else
}

// Simulate records a simulation: 42 anonymous respondents whose answers in
// [SimulatedBaseline] add up to every published figure of 2021, and their answers
// in the rounds after it. It returns how many events it appended: none the second
// time, and only the later rounds when the same seed is given more of them.
//
// Errors: a [domain.Refusal] when a round is not a year after 2021, was opened
// before otherwise than by the same simulation, or when [Seed] was not run.
func Simulate(ctx context.Context, log events.Log, s Simulation) (int, error) {
	list, err := s.Events()
	if err != nil {
		return 0, err
	}
	if err := checkSeeded(ctx, log); err != nil {
		return 0, err
	}
	mine := make(map[events.ID]bool, len(list))
	for _, e := range list {
		mine[e.ID] = true
	}
	for _, id := range append([]domain.RoundID{SimulatedBaseline}, s.Rounds...) {
		first, ok, err := firstOf(ctx, log, domain.RoundStream(id))
		switch {
		case err != nil:
			return 0, err
		case !ok || mine[first.ID]:
		case !first.Simulated:
			return 0, domain.Refuse(domain.CodeRoundExists,
				fmt.Sprintf("round %s is open for real answers and cannot be simulated; name the simulated round otherwise, for example %s-simulated", id, id), "round", string(id))
		default:
			return 0, domain.Refuse(domain.CodeRoundExists,
				fmt.Sprintf("round %s was simulated before, with another seed or other rounds before it; simulate into a new database (--db)", id), "round", string(id))
		}
	}
	return record(ctx, log, list)
}

// checkSeeded refuses a log without the framework, or with another text of it.
func checkSeeded(ctx context.Context, log events.Log) error {
	set, err := Load()
	if err != nil {
		return err
	}
	first, ok, err := firstOf(ctx, log, domain.FrameworkStream(FrameworkID))
	if err != nil {
		return err
	}
	if !ok {
		return domain.Refuse(domain.CodeUnknownFramework,
			fmt.Sprintf("framework %s was not published yet; run `headway seed` first", FrameworkID), "framework", string(FrameworkID))
	}
	p, err := events.Decode(first)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	published, ok := p.(domain.FrameworkPublished)
	if !ok {
		return fmt.Errorf("simulate: the first event of stream %s is %s", first.Stream, first.Type)
	}
	_, err = domain.PublishFramework(domain.Lineage{&published.Framework}, set.Framework, set.Framework.Source, domain.Date{})
	return err
}

// firstOf is the first event of a stream.
func firstOf(ctx context.Context, log events.Log, stream string) (events.Event, bool, error) {
	for e, err := range log.Read(ctx, 0, events.Filter{Stream: stream, Limit: 1}) {
		if err != nil {
			return events.Event{}, false, fmt.Errorf("look at stream %s: %w", stream, err)
		}
		return e, true, nil
	}
	return events.Event{}, false, nil
}

// Events makes the simulation's events, in the order in which they are recorded.
func (s Simulation) Events() ([]events.Event, error) {
	rounds, err := s.rounds()
	if err != nil {
		return nil, err
	}
	set, err := Load()
	if err != nil {
		return nil, err
	}
	w := &world{set: set, now: s.Now}
	chain := ""
	var out []events.Event
	for i, r := range rounds {
		chain += "/" + string(r.ID)
		w.random = rand.New(rand.NewPCG(s.Seed, hashOf(chain)))
		if i == 0 {
			err = w.populate()
		} else {
			err = w.pass(rounds[i-1].ReferenceDate.Year, r.ReferenceDate.Year)
		}
		if err != nil {
			return nil, fmt.Errorf("simulate round %s: %w", r.ID, err)
		}
		script := newScript(s, chain, r)
		survey := w.survey(r, script)
		if i == 0 && script.err == nil {
			script.err = reproduces(set, w.enrolments(), survey)
		}
		if script.err != nil {
			return nil, fmt.Errorf("simulate round %s: %w", r.ID, script.err)
		}
		out = append(out, script.list...)
	}
	return out, nil
}

// rounds are the rounds of the simulation in order of time, the baseline first.
func (s Simulation) rounds() ([]domain.Round, error) {
	out := []domain.Round{simulatedRound(SimulatedBaseline, published2021)}
	out[0].StandsInFor = Baseline
	for _, id := range s.Rounds {
		digits, _, _ := strings.Cut(string(id), "-")
		year, err := strconv.Atoi(digits)
		if err != nil || len(digits) != 4 || !domain.ValidID(string(id)) {
			return nil, domain.Refuse(domain.CodeInvalid,
				fmt.Sprintf("%q cannot be simulated: name a round by its year, for example 2023 or 2023-pilot", id), "round", string(id))
		}
		if year <= published2021 {
			return nil, domain.Refuse(domain.CodeInvalid,
				fmt.Sprintf("round %s cannot be simulated: the simulation goes on from %d", id, published2021), "round", string(id))
		}
		if year > s.Now.UTC().Year() {
			return nil, domain.Refuse(domain.CodeFutureDate,
				fmt.Sprintf("round %s is in the future; simulate a year that has begun", id), "round", string(id))
		}
		out = append(out, simulatedRound(id, year))
	}
	slices.SortFunc(out, func(a, b domain.Round) int { return cmp.Compare(a.ReferenceDate.Year, b.ReferenceDate.Year) })
	for i, r := range out[1:] {
		if r.ReferenceDate == out[i].ReferenceDate {
			return nil, domain.Refuse(domain.CodeInvalid,
				fmt.Sprintf("rounds %s and %s are of the same year; simulate one a year", out[i].ID, r.ID), "round", string(r.ID))
		}
	}
	return out, nil
}

// published2021 is the year that the published figures are about.
const published2021 = 2021

func simulatedRound(id domain.RoundID, year int) domain.Round {
	return domain.Round{ID: id, Framework: FrameworkID, ReferenceDate: domain.Date{Year: year}, Simulated: true,
		Name: domain.Text{
			"en": fmt.Sprintf("%d (simulated)", year), "ar": fmt.Sprintf("%d (محاكاة)", year),
			"fr": fmt.Sprintf("%d (simulation)", year), "es": fmt.Sprintf("%d (simulación)", year),
		}}
}

// hashOf gives each round a random sequence of its own, so that asking for more
// rounds later does not change those before.
func hashOf(s string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s) // a hash takes everything
	return h.Sum64()
}

// script collects a round's events. Its ids follow from the seed, the rounds so
// far and the place in the round.
type script struct {
	stamp  events.Stamp
	source domain.Source
	at     time.Time
	names  []string
	list   []events.Event
	err    error
}

func newScript(s Simulation, chain string, r domain.Round) *script {
	return &script{
		stamp:  events.Stamp{Actor: s.Actor, CorrelationID: fmt.Sprintf("simulation-%d-%s", s.Seed, r.ID)},
		source: domain.Source{Document: fmt.Sprintf("Simulation of Headway, seed %d: no real country", s.Seed)},
		at:     r.ReferenceDate.First(),
		names:  []string{simulator, strconv.FormatUint(s.Seed, 10), chain},
	}
}

// add takes a decision's one fact into the script and returns its id. After an
// error it does nothing; the error is kept.
func (s *script) add(facts []domain.Fact, err error) string {
	if s.err == nil && err == nil && len(facts) != 1 {
		err = fmt.Errorf("a decision gave %d facts where one was expected", len(facts))
	}
	if s.err = cmp.Or(s.err, err); s.err != nil {
		return ""
	}
	n := len(s.list)
	// A millisecond each keeps the ids in the order of the events.
	id := events.DeriveID(s.at.Add(time.Duration(n)*time.Millisecond), append(slices.Clip(s.names), strconv.Itoa(n))...)
	e, err := events.New(id, s.stamp, facts[0])
	if err != nil {
		s.err = err
		return ""
	}
	s.list = append(s.list, e)
	return id.String()
}
