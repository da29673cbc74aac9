package domain

// SubmissionReturned gives a submission back to who submitted it, and says why.
type SubmissionReturned struct {
	Country    Respondent `json:"country"`
	Submission string     `json:"submission"` // event id
	Comment    string     `json:"comment"`
}

func (SubmissionReturned) EventType() string  { return "submission.returned" }
func (SubmissionReturned) SchemaVersion() int { return 1 }
