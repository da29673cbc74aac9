package domain

// SubmissionSubmitted holds what somebody says of one respondent in a round, as a
// draft: nothing of it is believed until somebody else approves it. Its event id
// is the id of the submission.
type SubmissionSubmitted struct {
	Country  Respondent `json:"country"`
	Answers  []Draft    `json:"answers"`
	Note     string     `json:"note,omitempty"`     // to who reviews it
	Replaces string     `json:"replaces,omitempty"` // the submission that it is a new version of
}

// Draft is what a submission says of one indicator.
type Draft struct {
	Indicator   IndicatorID `json:"indicator"`
	Status      Status      `json:"status"`
	EffectiveOn Date        `json:"effective_on"`
	Note        string      `json:"note,omitempty"`
	Evidence    []string    `json:"evidence,omitempty"` // URLs
	Documents   []Document  `json:"documents,omitempty"`
	Row         int         `json:"row,omitempty"` // in the event's source file
}

func (SubmissionSubmitted) EventType() string  { return "submission.submitted" }
func (SubmissionSubmitted) SchemaVersion() int { return 1 }
