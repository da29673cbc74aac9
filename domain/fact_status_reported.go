package domain

// StatusReported says which status a respondent has on an indicator from the
// event's effective date on. A focal point or an import causes it. A later date
// in the same round is a change; an error is corrected, not reported again.
type StatusReported struct {
	Country   Respondent  `json:"country"`
	Indicator IndicatorID `json:"indicator"`
	Status    Status      `json:"status"`
	Note      string      `json:"note,omitempty"`
	Evidence  []string    `json:"evidence,omitempty"` // URLs
	// LateReason says why it came after the round was closed; "" where it did not.
	LateReason string `json:"late_reason,omitempty"`
	// Documents are evidence too.
	Documents []Document `json:"documents,omitempty"`
	// Submission is the event id of the submission that the status was approved
	// from, and SubmittedBy who submitted it; the event's actor approved it. Both are
	// empty where the actor recorded it without a submission.
	Submission  string `json:"submission,omitempty"`
	SubmittedBy string `json:"submitted_by,omitempty"`
}

func (StatusReported) EventType() string  { return "status.reported" }
func (StatusReported) SchemaVersion() int { return 3 }
