package seeds

import (
	"context"
	"log/slog"
	"math"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// TestTheMatchedPanelByHand follows one indicator from 2021-simulated to 2025 (seed
// 7) with a pencil: events read in order, respondents counted one by one, and the
// formulas of docs/method.md worked from the counts. Nothing but the reading of an
// event is shared with what it checks.
func TestTheMatchedPanelByHand(t *testing.T) {
	const indicator = "society.participation.encouraged"
	ctx, log := context.Background(), openLog(t)
	if _, err := Seed(ctx, log, now, "tester"); err != nil {
		t.Fatal(err)
	}
	if _, err := Simulate(ctx, log, Simulation{Rounds: []domain.RoundID{"2023", "2025"}, Seed: 7, Actor: "simulator", Now: now}); err != nil {
		t.Fatal(err)
	}
	then, later := believed(t, log, "2021-simulated", indicator), believed(t, log, "2025", indicator)
	var kept, gained, lost, never float64
	for who, first := range then {
		second, too := later[who]
		switch {
		case !too || !answered(first) || !answered(second):
		case first == "in_place" && second == "in_place":
			kept++
		case second == "in_place":
			gained++
		case first == "in_place":
			lost++
		default:
			never++
		}
	}
	if kept != 26 || gained != 6 || lost != 1 || never != 5 {
		t.Fatalf("the example of docs/method.md: kept %v, gained %v, lost %v, never %v", kept, gained, lost, never)
	}

	// Who changed: 6 of 7 gained. So uneven or more are 7, 6, 1 or 0 gained: 1 + 7 + 7 + 1
	// of the 128 ways in which seven coins fall.
	p := 16.0 / 128
	mid := p - 7.0/128 // half of the probability of 6 and of 1 is left out: (7 + 7)/2
	// The shares, and Newcombe's interval for pairs.
	n := kept + gained + lost + never
	p1, p2 := (kept+lost)/n, (kept+gained)/n
	l1, u1 := wilsonByHand(kept+lost, n)
	l2, u2 := wilsonByHand(kept+gained, n)
	// 26·5 − 6·1 = 124, less 38/2 for continuity, is 105.
	phi := (kept*never - gained*lost - n/2) / math.Sqrt((kept+lost)*(gained+never)*(kept+gained)*(lost+never))
	low := p2 - p1 - math.Sqrt((p2-l2)*(p2-l2)-2*phi*(p2-l2)*(u1-p1)+(u1-p1)*(u1-p1))
	high := p2 - p1 + math.Sqrt((u2-p2)*(u2-p2)-2*phi*(u2-p2)*(p1-l1)+(p1-l1)*(p1-l1))

	runner := projections.NewRunner(log, slog.New(slog.DiscardHandler))
	if err := runner.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	var rows []domain.Comparison
	runner.Read(func(s *projections.State) {
		var err error
		rows, err = s.Compare("2021-simulated", "2025", domain.Query{Panel: domain.Matched, Indicators: []domain.IndicatorID{indicator}}, s.Position())
		if err != nil {
			t.Fatal(err)
		}
	})
	r := rows[0]
	if *r.FromCount != int(kept+lost) || *r.ToCount != int(kept+gained) || *r.FromN != int(n) || *r.ToN != int(n) ||
		*r.Gained != int(gained) || *r.Lost != int(lost) || r.Detail.Kept != int(kept) || r.Detail.Never != int(never) {
		t.Errorf("%d of %d to %d of %d, gained %d, lost %d", *r.FromCount, *r.FromN, *r.ToCount, *r.ToN, *r.Gained, *r.Lost)
	}
	for _, c := range []struct {
		what             string
		computed, pencil float64
	}{
		{"change", *r.Change, (gained - lost) / n}, {"lower limit", *r.ChangeLow, low}, {"upper limit", *r.ChangeHigh, high},
		{"p", *r.PValue, p}, {"mid-p", *r.Detail.MidP, mid}, {"Wilson's lower limit", r.Detail.FromInterval[0], l1}, {"Wilson's upper limit", r.Detail.ToInterval[1], u2},
		{"change a year", *r.Yearly, (gained - lost) / n / 4},
	} {
		if math.Abs(c.computed-c.pencil) > 1e-9 {
			t.Errorf("%s is %v, by hand %v", c.what, c.computed, c.pencil)
		}
	}
	if printed := [3]float64{math.Round(1000 * (gained - lost) / n), math.Round(1000 * low), math.Round(1000 * high)}; printed != [3]float64{132, -11, 274} {
		t.Errorf("the example of docs/method.md: %v", printed)
	}
}

// said is one status of a respondent, as it stands in the log.
type said struct {
	id     string
	on     domain.Date
	status domain.Status
}

// believed reads what is believed of each respondent of a round about an indicator:
// a correction or a withdrawal strikes out what it names, and of what is left the
// last date counts, of one date the line written last.
func believed(t *testing.T, log events.Log, round domain.RoundID, indicator domain.IndicatorID) map[domain.Respondent]domain.Status {
	t.Helper()
	lines := map[domain.Respondent][]said{}
	strike := func(who domain.Respondent, id string) {
		var left []said
		for _, l := range lines[who] {
			if l.id != id {
				left = append(left, l)
			}
		}
		lines[who] = left
	}
	for e, err := range log.Read(context.Background(), 0, events.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Round != round {
			continue
		}
		p, err := events.Decode(e)
		if err != nil {
			t.Fatal(err)
		}
		switch p := p.(type) {
		case domain.StatusReported:
			if p.Indicator == indicator {
				lines[p.Country] = append(lines[p.Country], said{e.ID.String(), e.EffectiveOn, p.Status})
			}
		case domain.StatusCorrected:
			if p.Indicator == indicator {
				strike(p.Country, p.Corrects)
				lines[p.Country] = append(lines[p.Country], said{e.ID.String(), e.EffectiveOn, p.Status})
			}
		case domain.StatusWithdrawn:
			if p.Indicator == indicator {
				strike(p.Country, p.Withdraws)
			}
		}
	}
	out := map[domain.Respondent]domain.Status{}
	for who, list := range lines {
		if len(list) > 0 {
			out[who] = last(list).status
		}
	}
	return out
}

// last is the line of the latest date, of one date the one written last.
func last(list []said) said {
	best := list[0]
	for _, l := range list[1:] {
		if l.on.Compare(best.on) >= 0 {
			best = l
		}
	}
	return best
}

func answered(s domain.Status) bool { return s == "in_place" || s == "not_in_place" }

// wilsonByHand is Wilson's 95 % interval, with the quantile written out.
func wilsonByHand(x, n float64) (low, high float64) {
	const z = 1.959963984540054
	mid := (x + z*z/2) / (n + z*z)
	half := z / (n + z*z) * math.Sqrt(x*(n-x)/n+z*z/4)
	return mid - half, mid + half
}
