package domain

// RoundOpened says that a round takes enrolments and answers. An analyst causes
// it. Its reference date is the event's effective date.
type RoundOpened struct {
	Round       RoundID     `json:"round"`
	Framework   FrameworkID `json:"framework"`
	Name        Text        `json:"name,omitempty"`
	StandsInFor RoundID     `json:"stands_in_for,omitempty"`
}

func (RoundOpened) EventType() string  { return "round.opened" }
func (RoundOpened) SchemaVersion() int { return 1 }
