package domain

// RoundClosed says that a round takes no more answers, but late ones with a
// reason. An analyst causes it.
type RoundClosed struct {
	Round  RoundID `json:"round"`
	Reason string  `json:"reason,omitempty"`
}

func (RoundClosed) EventType() string  { return "round.closed" }
func (RoundClosed) SchemaVersion() int { return 2 }
