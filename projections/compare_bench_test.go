package projections_test

import (
	"fmt"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
	pt "headway/projections/projectionstest"
)

// folded makes a state of facts, one after the other.
type folded struct {
	b     *testing.B
	state *projections.State
}

func (f *folded) add(fact domain.Fact) {
	at := f.state.Position() + 1
	e, err := events.New(events.DeriveID(pt.Start, fmt.Sprint(at)), pt.By, fact)
	if err != nil {
		f.b.Fatal(err)
	}
	e.Position, e.Version, e.RecordedAt = at, 1, pt.Start
	if err := f.state.Apply(e); err != nil {
		f.b.Fatal(err)
	}
}

// panel is a state of 50 rounds of 200 respondents who answered 60 indicators, in
// four groups: 600,000 statuses.
func panel(b *testing.B) *projections.State {
	f := folded{b, projections.NewState()}
	framework := domain.Framework{ID: "f", Scales: []domain.Scale{domain.Binary()}}
	for j := range 60 {
		framework.Indicators = append(framework.Indicators, domain.Indicator{ID: domain.IndicatorID(fmt.Sprintf("a.b.i%02d", j)), Scale: "binary", Polarity: domain.Positive})
	}
	f.add(domain.Fact{Stream: domain.FrameworkStream("f"), Payload: domain.FrameworkPublished{Framework: framework}})
	for r := range 50 {
		id, day := domain.RoundID(fmt.Sprint("r", r)), domain.Date{Year: 1976 + r}
		f.add(domain.Fact{Stream: domain.RoundStream(id), Round: id, EffectiveOn: day, Payload: domain.RoundOpened{Round: id, Framework: "f"}})
		for i := range 200 {
			f.add(domain.Fact{Stream: domain.RoundStream(id), Round: id, Payload: domain.CountryEnrolled{Round: id, Enrolment: domain.Enrolment{
				Respondent: pt.Code(i), Kind: domain.Country, Attributes: map[string]string{domain.AttrIncome: []string{"high", "low", "lower-middle", "upper-middle"}[i%4]}}}})
		}
		for i := range 200 {
			for j, in := range framework.Indicators {
				status := domain.NotInPlace
				switch h := (i*2654435761 + j*40503 + (r+i+j)/9*97) >> 4 % 20; {
				case h == 0:
					status = domain.NoAnswer
				case h < 11+r/10:
					status = domain.InPlace
				}
				f.add(domain.Fact{Stream: domain.StatusStream("f", pt.Code(i), in.ID), Round: id, EffectiveOn: day,
					Payload: domain.StatusReported{Country: pt.Code(i), Indicator: in.ID, Status: status}})
			}
		}
	}
	return f.state
}

// BenchmarkWarmPanel compares each of 49 rounds with the first: 60 indicators, of all
// respondents and of each of four groups; and one indicator in two rounds. The panel
// of all statuses is in memory, as it is in a server, and its rounds have been counted.
func BenchmarkWarmPanel(b *testing.B) {
	s := panel(b)
	compare := func(b *testing.B, rounds int, ids []domain.IndicatorID, which domain.Panel) (rows int) {
		for r := 1; r < rounds; r++ {
			for _, group := range []string{"", domain.AttrIncome} {
				list, err := s.Compare("r0", domain.RoundID(fmt.Sprint("r", r)), domain.Query{Panel: which, Attribute: group, Indicators: ids}, s.Position())
				if err != nil {
					b.Fatal(err)
				}
				rows += len(list)
			}
		}
		return rows
	}
	for _, c := range []struct {
		name   string
		rounds int
		ids    []domain.IndicatorID
	}{{"fifty", 50, nil}, {"one", 2, []domain.IndicatorID{"a.b.i30"}}} {
		for _, which := range []domain.Panel{domain.All, domain.Matched} {
			b.Run(c.name+"/"+string(which), func(b *testing.B) {
				rows := compare(b, c.rounds, c.ids, which)
				b.ReportAllocs()
				for b.Loop() {
					compare(b, c.rounds, c.ids, which)
				}
				b.ReportMetric(float64(rows), "rows")
			})
		}
	}
}
