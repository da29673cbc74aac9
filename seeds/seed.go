package seeds

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"time"

	"headway/domain"
	"headway/domain/definition"
	"headway/events"
)

//go:embed data
var data embed.FS

// The ids of what is seeded.
const (
	FrameworkID domain.FrameworkID = "mnr-review-2021"
	ModelID     domain.ModelID     = "mnr-stages"
	Baseline    domain.RoundID     = "2021"
	// LawEnforcement is the one indicator that all 42 have in place.
	LawEnforcement domain.IndicatorID = "criminal-justice.law-enforcement.dedicated-capacity"
)

// published is the day the source was published, as far as it says; seeded ids
// and dates hang on it, so that seeding twice records once.
var published = domain.Date{Year: 2022, Month: 5}

// Set is everything that is seeded, decoded.
type Set struct {
	Framework   domain.Framework
	Model       domain.MaturityModel
	Figures     []definition.SourcedFigure
	Respondents definition.Respondents
}

// Load reads the embedded data.
func Load() (Set, error) {
	var s Set
	var err error
	each := func(name string, parse func(name string, r io.Reader) error) {
		if err != nil {
			return
		}
		var f fs.File
		if f, err = data.Open("data/" + name); err == nil {
			err = parse(name, f)
			_ = f.Close() // embedded: nothing to lose
		}
	}
	each("mnr-review-2021.yaml", func(n string, r io.Reader) (e error) { s.Framework, e = definition.Framework(n, r); return e })
	each("mnr-stages.yaml", func(n string, r io.Reader) (e error) { s.Model, e = definition.MaturityModel(n, r); return e })
	each("figures-2021.yaml", func(n string, r io.Reader) (e error) { s.Figures, e = definition.Figures(n, r); return e })
	each("respondents-2021.yaml", func(n string, r io.Reader) (e error) { s.Respondents, e = definition.ReadRespondents(n, r); return e })
	if err != nil {
		return Set{}, fmt.Errorf("load the seeds: %w", err)
	}
	return s, nil
}

// Facts decides on everything that is seeded, in order: framework, model, round,
// respondents, figures, and the one status that follows for each respondent.
func Facts(now time.Time) ([]domain.Fact, error) {
	s, err := Load()
	if err != nil {
		return nil, err
	}
	own := domain.Source{File: "seeds/data/mnr-stages.yaml"}
	round := domain.Round{ID: Baseline, Framework: FrameworkID, ReferenceDate: domain.Date{Year: 2021},
		Name: domain.Text{"en": "Baseline 2021", "ar": "خط الأساس 2021", "fr": "Référence 2021", "es": "Línea de base 2021"}}
	d := decider{}
	d.add(domain.PublishFramework(nil, s.Framework, s.Framework.Source, published))
	d.add(domain.PublishModel(nil, s.Model, own, published))
	d.add(domain.OpenRound(nil, &s.Framework, round, s.Framework.Source, now))
	enrolled := map[domain.Respondent]domain.Enrolment{}
	survey := domain.Survey{Round: round, Framework: &s.Framework,
		Enrolment: func(r domain.Respondent) (domain.Enrolment, bool) { e, ok := enrolled[r]; return e, ok }}
	for _, e := range s.Respondents.Respondents {
		d.add(survey.Enrol(e, s.Respondents.Source))
		enrolled[e.Respondent] = e
	}
	var proof domain.Source
	for _, f := range s.Figures {
		if f.Figure.Indicator == LawEnforcement {
			proof = f.Source
		}
		d.add(domain.PublishFigure(nil, f.Figure, f.Source, published))
	}
	for _, e := range s.Respondents.Respondents {
		d.add(survey.Report(domain.Cell{}, domain.Report{Country: e.Respondent, Indicator: LawEnforcement, Status: domain.InPlace,
			Note: "Follows from the text: all 42 surveyed countries have it.", Source: proof}, now))
	}
	return d.facts, d.err
}

// decider collects facts until a decision is refused.
type decider struct {
	facts []domain.Fact
	err   error
}

func (d *decider) add(facts []domain.Fact, err error) {
	if d.err == nil {
		d.facts, d.err = append(d.facts, facts...), err
	}
}

// Seed records what is not in the log yet and returns how many events that was.
// The ids are derived from the content's place, so that a second seeding, also
// after other events, appends nothing.
func Seed(ctx context.Context, log events.Log, now time.Time, actor string) (int, error) {
	facts, err := Facts(now)
	if err != nil {
		return 0, err
	}
	list, err := wrap(facts, events.Stamp{Actor: actor, CorrelationID: "seed-2021"}, "seed-2021")
	if err != nil {
		return 0, err
	}
	return record(ctx, log, list)
}

// wrap gives each fact an envelope with an id derived from what it is about, so
// that a figure added to the data later leaves the ids of the others alone.
func wrap(facts []domain.Fact, by events.Stamp, name string) ([]events.Event, error) {
	out := make([]events.Event, len(facts))
	for i, f := range facts {
		e, err := events.New(events.DeriveID(published.First(), name, f.Stream, f.Payload.EventType(), about(f.Payload)), by, f)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// about tells apart the facts of one stream and type.
func about(p domain.Payload) string {
	switch p := p.(type) {
	case domain.CountryEnrolled:
		return string(p.Enrolment.Respondent)
	case domain.FigurePublished:
		return p.Figure.ID
	}
	return ""
}

// record appends, in one step, the events that are not in the log yet.
func record(ctx context.Context, log events.Log, list []events.Event) (int, error) {
	known := map[events.ID]bool{}
	for start := 0; start < len(list); start += 1000 {
		var ids []events.ID
		for _, e := range list[start:min(start+1000, len(list))] {
			ids = append(ids, e.ID)
		}
		for e, err := range log.Read(ctx, 0, events.Filter{IDs: ids}) {
			if err != nil {
				return 0, fmt.Errorf("look for what was seeded before: %w", err)
			}
			known[e.ID] = true
		}
	}
	var batches []events.Batch
	n := 0
	for _, e := range list {
		if known[e.ID] {
			continue
		}
		// A batch for each run of one stream: the order of the facts is that of the log.
		if k := len(batches); k == 0 || batches[k-1].Stream != e.Stream {
			batches = append(batches, events.Batch{Stream: e.Stream, Expect: events.Any})
		}
		last := &batches[len(batches)-1]
		last.Events = append(last.Events, e)
		n++
	}
	if n == 0 {
		return 0, nil
	}
	if _, err := log.Append(ctx, batches...); err != nil {
		return 0, fmt.Errorf("record the seeds: %w", err)
	}
	return n, nil
}
