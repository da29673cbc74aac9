package domain

// RoundClosed says that a round takes no more answers. An analyst causes it.
type RoundClosed struct {
	Round RoundID `json:"round"`
}

func (RoundClosed) EventType() string  { return "round.closed" }
func (RoundClosed) SchemaVersion() int { return 1 }
