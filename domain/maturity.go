package domain

// MaturityModel sorts a country's statuses into stages. It is data: designed
// later, it is applied to every earlier round as well.
type MaturityModel struct {
	ID          ModelID     `json:"id"`
	Version     string      `json:"version"`
	Framework   FrameworkID `json:"framework"`
	Name        Text        `json:"name"`
	Description Text        `json:"description,omitempty"`
	// Units are what is staged: the country as a whole (one unit with no
	// indicators named means all), or each domain, or each capability.
	Units []Unit `json:"units,omitempty"`
	// MinAnswered is the share of indicators that must be answered for a stage
	// to be told, 0 to 1; below it the stage is unknown.
	MinAnswered float64 `json:"min_answered,omitempty"`
	Stages      []Stage `json:"stages"` // lowest first; the first needs no rule
}

// Unit is a set of indicators that is staged on its own.
type Unit struct {
	ID         string        `json:"id"`
	Name       Text          `json:"name"`
	Indicators []IndicatorID `json:"indicators"`
}

// Stage is reached when its rule and the rules of all stages below hold.
type Stage struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
	// Rule is an expression over a respondent's statuses; see docs/maturity.md.
	Rule string `json:"rule,omitempty"`
}
