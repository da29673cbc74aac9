package domain

// StatusCorrected supersedes a status that was wrong when it was reported, and
// says why. The status it corrects stays in the log.
type StatusCorrected struct {
	Country     Respondent  `json:"country"`
	Indicator   IndicatorID `json:"indicator"`
	Status      Status      `json:"status"`
	Corrects    string      `json:"corrects"` // event id
	Reason      string      `json:"reason"`
	Note        string      `json:"note,omitempty"`
	Evidence    []string    `json:"evidence,omitempty"`
	LateReason  string      `json:"late_reason,omitempty"`
	Documents   []Document  `json:"documents,omitempty"`
	Submission  string      `json:"submission,omitempty"`
	SubmittedBy string      `json:"submitted_by,omitempty"`
}

func (StatusCorrected) EventType() string  { return "status.corrected" }
func (StatusCorrected) SchemaVersion() int { return 3 }
