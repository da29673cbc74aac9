package domain

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

// sensitivity sets what the numbers were under each supposition, given who was asked.
// The ends of the bounds are the shares if all of the missing were no, and yes.
func (r *Comparison) sensitivity(n *numbers, askedThen, askedNow bool) {
	then, now := r.FromOrigin == Computed && askedThen, r.ToOrigin == Computed && askedNow
	if !then && !now {
		return
	}
	s, from, to := &n.sensitivity, &n.fromBounds, &n.toBounds
	if then {
		s.IfNo.From, s.NoYes.From, s.IfYes.From, s.YesNo.From = &from[0], &from[0], &from[1], &from[1]
	}
	if now {
		s.IfNo.To, s.YesNo.To, s.IfYes.To, s.NoYes.To = &to[0], &to[0], &to[1], &to[1]
	}
	if then && now && r.Change != nil {
		n.ifNo, n.ifYes = to[0]-from[0], to[1]-from[1]
		s.IfNo.Change, s.IfYes.Change, s.YesNo.Change, s.NoYes.Change = &n.ifNo, &n.ifYes, &n.changeBounds[0], &n.changeBounds[1]
		s.Holds = n.changeBounds[0] > 0 || n.changeBounds[1] < 0
	}
	r.Sensitivity = s
}
