package domain

// CountryEnrolled says that a respondent takes part in a round, with its income
// group, region and way of collection as of that round. An analyst causes it.
type CountryEnrolled struct {
	Round     RoundID   `json:"round"`
	Enrolment Enrolment `json:"enrolment"`
}

func (CountryEnrolled) EventType() string  { return "country.enrolled" }
func (CountryEnrolled) SchemaVersion() int { return 1 }
