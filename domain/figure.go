package domain

import "slices"

// Figure is a total that a source has published, as published: Headway never
// derives a country's status from it.
type Figure struct {
	ID             string      `json:"id"`
	Round          RoundID     `json:"round"`
	Indicator      IndicatorID `json:"indicator,omitempty"` // empty for a figure about the respondents themselves
	Population     string      `json:"population"`          // short name of who is in the denominator
	PopulationName Text        `json:"population_name,omitempty"`
	// Of selects who is in the denominator and Counts who of them is counted,
	// so that the figure can be computed again from answers.
	Of          Criterion `json:"of"`
	Counts      Criterion `json:"counts"`
	Count       int       `json:"count"`
	Denominator int       `json:"denominator"`
	// StatedPercent is the percentage as printed; nil where none is.
	StatedPercent *float64 `json:"stated_percent,omitempty"`
	Note          string   `json:"note,omitempty"`
}

// Criterion selects respondents by what they are and by what they answered.
// All parts must hold; an empty Criterion selects everybody.
type Criterion struct {
	Attributes map[string][]string      `json:"attributes,omitempty"`
	Statuses   map[IndicatorID][]Status `json:"statuses,omitempty"`
	Answered   []IndicatorID            `json:"answered,omitempty"`
}

// Selects reports whether a respondent with these attributes and statuses is
// selected. Status returns "" where nothing was reported.
func (c Criterion) Selects(attributes map[string]string, status func(IndicatorID) Status) bool {
	for k, allowed := range c.Attributes {
		if !slices.Contains(allowed, attributes[k]) {
			return false
		}
	}
	for in, allowed := range c.Statuses {
		if !slices.Contains(allowed, status(in)) {
			return false
		}
	}
	for _, in := range c.Answered {
		if !status(in).Answered() {
			return false
		}
	}
	return true
}

// anyAbout reports whether any of figures is about an indicator.
func anyAbout(figures []Figure, id IndicatorID) bool {
	return slices.ContainsFunc(figures, func(f Figure) bool { return f.about(id) })
}

// about reports whether the figure counts answers to an indicator, or among them.
func (f *Figure) about(id IndicatorID) bool {
	_, of := f.Of.Statuses[id]
	_, counts := f.Counts.Statuses[id]
	return of || counts || f.Indicator == id
}
