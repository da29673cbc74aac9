package domain

import "headway/domain/stats"

// Sensitivity is what a comparison's numbers were if every missing answer were a
// no, or a yes. Missing is who was asked and did not answer; to whom the indicator
// does not apply is not missing. In the matched panel it is over all who were asked
// in both rounds. Its JSON is a promise.
type Sensitivity struct {
	IfNo  Scenario `json:"if_no"`          // in both rounds
	IfYes Scenario `json:"if_yes"`         // in both rounds
	NoYes Scenario `json:"if_no_then_yes"` // no in the earlier, yes in the later: the highest change
	YesNo Scenario `json:"if_yes_then_no"` // yes in the earlier, no in the later: the lowest change
	// Holds says that the change goes the same way under each of the four.
	Holds bool `json:"holds"`
}

// Scenario is the shares and their difference under one supposition; null where a
// side is known from totals only, or the series breaks.
type Scenario struct {
	From   *float64 `json:"from_share"`
	To     *float64 `json:"to_share"`
	Change *float64 `json:"change"`
}

// sensitivity sets what the numbers were under each supposition.
func (r *Comparison) sensitivity(n *numbers, x crossing) {
	from, to := x.from, x.to
	if r.Panel == Matched {
		from, to = x.table.From(), x.table.To()
	}
	v := &n.scenarios
	known := func(o Origin, c stats.Count) bool { return o == Computed && c.Asked() > 0 }
	fromKnown, toKnown := known(r.FromOrigin, from), known(r.ToOrigin, to)
	if !fromKnown && !toKnown {
		return
	}
	s := &n.sensitivity
	if fromKnown {
		b := stats.BoundsOfShare(from)
		v[0], v[1] = b.Low, b.High
		s.IfNo.From, s.NoYes.From, s.IfYes.From, s.YesNo.From = &v[0], &v[0], &v[1], &v[1]
	}
	if toKnown {
		b := stats.BoundsOfShare(to)
		v[2], v[3] = b.Low, b.High
		s.IfNo.To, s.YesNo.To, s.IfYes.To, s.NoYes.To = &v[2], &v[2], &v[3], &v[3]
	}
	if c, ok := stats.Sensitivity(from, to); ok && fromKnown && toKnown && r.Change != nil {
		v[4], v[5], v[6], v[7] = c.NoNo, c.YesYes, c.NoYes, c.YesNo
		s.IfNo.Change, s.IfYes.Change, s.NoYes.Change, s.YesNo.Change = &v[4], &v[5], &v[6], &v[7]
		s.Holds = c.YesNo > 0 || c.NoYes < 0
	}
	r.Sensitivity = s
}
