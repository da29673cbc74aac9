package domain

// SubmissionApproved says that somebody other than who submitted it found a
// submission right. The statuses that follow from it stand in the same commit.
type SubmissionApproved struct {
	Country    Respondent `json:"country"`
	Submission string     `json:"submission"` // event id
	Comment    string     `json:"comment,omitempty"`
}

func (SubmissionApproved) EventType() string  { return "submission.approved" }
func (SubmissionApproved) SchemaVersion() int { return 1 }
