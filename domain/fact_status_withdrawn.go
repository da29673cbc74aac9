package domain

// StatusWithdrawn takes a status back without putting another in its place, and
// says why. What was believed before that status is believed again.
type StatusWithdrawn struct {
	Country    Respondent  `json:"country"`
	Indicator  IndicatorID `json:"indicator"`
	Withdraws  string      `json:"withdraws"` // event id
	Reason     string      `json:"reason"`
	LateReason string      `json:"late_reason,omitempty"`
}

func (StatusWithdrawn) EventType() string  { return "status.withdrawn" }
func (StatusWithdrawn) SchemaVersion() int { return 2 }
