package domain

// RoundReopened says that a closed round takes enrolments and answers again, and
// why. An analyst causes it.
type RoundReopened struct {
	Round  RoundID `json:"round"`
	Reason string  `json:"reason"`
}

func (RoundReopened) EventType() string  { return "round.reopened" }
func (RoundReopened) SchemaVersion() int { return 1 }
