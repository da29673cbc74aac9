package domain

// SubmissionWithdrawn takes a submission back before it was reviewed.
type SubmissionWithdrawn struct {
	Country    Respondent `json:"country"`
	Submission string     `json:"submission"` // event id
	Reason     string     `json:"reason,omitempty"`
}

func (SubmissionWithdrawn) EventType() string  { return "submission.withdrawn" }
func (SubmissionWithdrawn) SchemaVersion() int { return 1 }
