package measure

import (
	"context"
	"fmt"
	"strings"

	"headway/domain"
	"headway/events"
)

// From and To are the rounds of the generated log: a comparison of them finds
// answers on both sides.
const (
	From domain.RoundID = "2021"
	To   domain.RoundID = "2023"
)

// The generated log has a stream for each respondent and indicator.
const (
	respondents = 200
	indicators  = 25
	streams     = respondents * indicators
	framework   = domain.FrameworkID("bench")

	preludeEvents = 1 + 2*(1+respondents)
)

// generator makes events that every reader of a log can fold.
type generator struct {
	ids  events.IDSource
	made int
}

func stamp() events.Stamp { return events.Stamp{Actor: "bench", CorrelationID: "bench"} }

func respondent(i int) domain.Respondent { return domain.Respondent(fmt.Sprintf("R%03d", i)) }

func indicator(i int) domain.IndicatorID {
	return domain.IndicatorID(fmt.Sprintf("policy.leadership.governance-mechanism-%d", i))
}

// cell is a respondent and an indicator, by the number of its stream.
func cell(s int) (domain.Respondent, domain.IndicatorID) {
	return respondent(s % respondents), indicator(s / respondents % indicators)
}

// statuses makes n reports in one stream; it alternates between the rounds.
func (g *generator) statuses(stream, n int) (events.Batch, error) {
	who, what := cell(stream)
	b := events.Batch{Stream: domain.StatusStream(framework, who, what), Expect: events.Any, Events: make([]events.Event, n)}
	for i := range b.Events {
		g.made++
		f := domain.Fact{
			Stream: b.Stream, Round: From, EffectiveOn: domain.Date{Year: 2021, Month: 1 + g.made%12, Day: 1 + g.made%28},
			Source: domain.Source{File: "answers.csv", Row: 2 + g.made},
			Payload: domain.StatusReported{Country: who, Indicator: what, Status: []domain.Status{domain.InPlace, domain.NotInPlace}[g.made/7%2],
				Note:     strings.Repeat("as the ministry has answered; ", 4),
				Evidence: []string{fmt.Sprintf("https://example.org/national-report/answers/%d", g.made)}},
		}
		if (stream/streams+i)%2 == 1 {
			f.Round, f.EffectiveOn.Year = To, 2023
		}
		id, err := g.ids.NewID()
		if err != nil {
			return b, err
		}
		if b.Events[i], err = events.New(id, stamp(), f); err != nil {
			return b, err
		}
	}
	return b, nil
}

// spread makes n reports, one after the other in each stream in turn, as an
// import does.
func (g *generator) spread(n int) ([]events.Batch, error) {
	out := make([]events.Batch, 0, min(n, streams))
	for s := range min(n, streams) {
		b, err := g.statuses(s, n/streams+min(1, max(0, n%streams-s)))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// prelude publishes a framework and opens both rounds, and returns how many events
// that took.
func (g *generator) prelude(ctx context.Context, log events.Log) (events.Position, error) {
	f := domain.Framework{ID: framework, Version: "1", Name: domain.Text{"en": "Generated"}, Scales: []domain.Scale{domain.Binary()},
		Domains:      []domain.Domain{{ID: "policy", Name: domain.Text{"en": "Policy"}}},
		Capabilities: []domain.Capability{{ID: "policy.leadership", Number: 1, Domain: "policy", Name: domain.Text{"en": "Leadership"}}}}
	for i := range indicators {
		f.Indicators = append(f.Indicators, domain.Indicator{ID: indicator(i), Domain: "policy", Capabilities: []string{"policy.leadership"},
			Scale: "binary", Polarity: domain.Positive, Name: domain.Text{"en": fmt.Sprintf("Mechanism %d", i)}})
	}
	facts := []domain.Fact{{Stream: domain.FrameworkStream(f.ID), Payload: domain.FrameworkPublished{Framework: f}}}
	for i, r := range []domain.RoundID{From, To} {
		at := domain.Date{Year: 2021 + 2*i}
		facts = append(facts, domain.Fact{Stream: domain.RoundStream(r), Round: r, EffectiveOn: at, Payload: domain.RoundOpened{Round: r, Framework: f.ID}})
		for k := range respondents {
			facts = append(facts, domain.Fact{Stream: domain.RoundStream(r), Round: r, EffectiveOn: at, Payload: domain.CountryEnrolled{Round: r,
				Enrolment: domain.Enrolment{Respondent: respondent(k), Kind: domain.Country, Attributes: map[string]string{domain.AttrIncome: "low"}}}})
		}
	}
	var batches []events.Batch
	for _, fact := range facts {
		id, err := g.ids.NewID()
		if err != nil {
			return 0, err
		}
		e, err := events.New(id, stamp(), fact)
		if err != nil {
			return 0, err
		}
		if last := len(batches) - 1; last >= 0 && batches[last].Stream == fact.Stream {
			batches[last].Events = append(batches[last].Events, e)
		} else {
			batches = append(batches, events.Batch{Stream: fact.Stream, Expect: 0, Events: []events.Event{e}})
		}
	}
	return log.Append(ctx, batches...)
}
