package domain

import "headway/domain/stats"

// TrendPoint is one indicator in one round. Its JSON is a promise.
type TrendPoint struct {
	Indicator     IndicatorID `json:"indicator"`
	Round         RoundID     `json:"round"`
	ReferenceDate Date        `json:"reference_date"`
	Count         *int        `json:"count"`
	N             *int        `json:"n"`
	Share         *float64    `json:"share"`
	Low           *float64    `json:"low"`  // if every missing answer were a no
	High          *float64    `json:"high"` // if every missing answer were a yes
	Missing       int         `json:"missing"`
	Origin        Origin      `json:"origin,omitempty"`
	Break         bool        `json:"break"` // the series does not continue the round before
	Simulated     bool        `json:"simulated"`
	Suppressed    bool        `json:"suppressed,omitempty"`

	Framework FrameworkID `json:"framework"` // that the round asks
	// AskedAs is the indicator of an earlier framework, where it has another id.
	AskedAs      IndicatorID   `json:"asked_as,omitempty"`
	Distribution *Distribution `json:"distribution,omitempty"` // over a graded scale
	Polarity     Polarity      `json:"polarity"`               // as the round asks it

	// BreakReason is why the series breaks here, where Break is set; Changed is what
	// is different in the question since the point before, also where the mapping says
	// that the shares can be compared all the same, for the reason in Why.
	BreakReason BreakReason   `json:"break_reason,omitempty"`
	Changed     []BreakReason `json:"changed,omitempty"`
	Why         string        `json:"why,omitempty"`
	// Gap are the rounds since the point before that have no number: they did not ask
	// the indicator, or nobody answered. Nothing is put in their place.
	Gap []RoundID `json:"gap,omitempty"`
	// Change is that of the share since the point before, Years the years between the
	// reference dates and Yearly the one divided by the other; null for the first
	// point, across a break, and where one of the shares is not shown.
	Change *float64 `json:"change"`
	Years  *float64 `json:"years"`
	Yearly *float64 `json:"change_per_year"`
}

// Trend follows indicators of a framework through rounds, which are in order, and
// back into the frameworks that it continues. A round that did not ask the
// indicator has no point, and is named as a gap by the next.
func Trend(f *Framework, l Lineage, sides []Side, ids []IndicatorID) ([]TrendPoint, error) {
	wanted, err := selected(f, ids)
	if err != nil {
		return nil, err
	}
	rounds := make([]counted, len(sides))
	for i, s := range sides {
		rounds[i] = counted{s, Tabulate(s.Answers)}
		l = l.with(s.Answers.Framework())
	}
	l = l.with(f)
	var out []TrendPoint
	for _, j := range wanted {
		out = append(out, follow(f, l, rounds, f.Indicators[j])...)
	}
	Along(out)
	return out, nil
}

// Along sets each point's change since the point before it, from the shares that
// are there. It is done again where shares have been left out.
func Along(points []TrendPoint) {
	for i := range points {
		p := &points[i]
		p.Change, p.Years, p.Yearly = nil, nil, nil
		if i == 0 || p.Break || points[i-1].Indicator != p.Indicator || points[i-1].Share == nil || p.Share == nil {
			continue
		}
		change := *p.Share - *points[i-1].Share
		years := stats.Years(points[i-1].ReferenceDate.middle(), p.ReferenceDate.middle())
		p.Change = &change
		if v, ok := stats.Yearly(change, years); ok {
			p.Years, p.Yearly = &years, &v
		}
	}
}

// follow is one indicator's series.
func follow(f *Framework, l Lineage, rounds []counted, in Indicator) []TrendPoint {
	var out []TrendPoint
	var gap []RoundID
	before, breaks := -1, 0 // the point before: its round, and the breaks on the way to it
	var was Indicator
	for k, s := range rounds {
		way, asked := l.Link(f, in, s.framework)
		p, ok := TrendPoint{}, false
		if asked {
			p, ok = s.point(in.ID, way)
		}
		if !ok {
			gap = append(gap, s.round.ID)
			continue
		}
		is, _ := s.framework.Indicator(way.Indicator)
		p.Polarity = is.Polarity
		if before >= 0 {
			p.Gap = gap
			p.Changed = changes(rounds[before].framework, was, s.framework, is)
			if p.Break = way.Breaks != breaks; p.Break {
				p.BreakReason = breakReason(p.Changed)
			}
			if step, ok := l.Link(s.framework, is, rounds[before].framework); ok {
				p.Why = step.Why
			}
		}
		before, breaks, was, gap = k, way.Breaks, is, nil
		out = append(out, p)
	}
	return out
}

// point is an indicator in a round that asks it; false where it has no share.
func (s counted) point(id IndicatorID, way Link) (TrendPoint, bool) {
	j := s.framework.IndexOf(way.Indicator)
	y := s.Column(j)
	yes := y.Yes.Len()
	share := s.share(j, stats.Count{Yes: yes, N: yes + y.No.Len(), Missing: y.Missing.Len()})
	v, ok := share.Value()
	if !ok {
		return TrendPoint{}, false
	}
	low, high := share.Bounds()
	p := TrendPoint{Indicator: id, Round: s.round.ID, ReferenceDate: s.round.ReferenceDate, Count: &share.Count,
		N: &share.N, Share: &v, Low: &low, High: &high, Missing: share.Missing, Origin: share.Origin,
		Simulated: share.Simulated, Framework: s.framework.ID, Distribution: share.Distribution()}
	if way.Indicator != id {
		p.AskedAs = way.Indicator
	}
	return p, true
}
