package domain

import "maps"

// Round is one run of a survey: a questionnaire (a framework version), put to
// the enrolled respondents, about a reference date.
type Round struct {
	ID            RoundID     `json:"id"`
	Framework     FrameworkID `json:"framework"`
	ReferenceDate Date        `json:"reference_date"`
	Name          Text        `json:"name,omitempty"`
	Simulated     bool        `json:"simulated,omitempty"`
	// StandsInFor names the real round whose published totals a simulated
	// round reproduces.
	StandsInFor RoundID `json:"stands_in_for,omitempty"`
	Closed      bool    `json:"closed,omitempty"`
	// Version is that of the round's stream: opening, enrolments, closing,
	// reopening.
	Version int64 `json:"version"`
}

// The states of a round.
const (
	RoundIsOpen   = "open"
	RoundIsClosed = "closed"
)

// State is RoundIsOpen or RoundIsClosed.
func (r Round) State() string {
	if r.Closed {
		return RoundIsClosed
	}
	return RoundIsOpen
}

// Kind says what a respondent is.
type Kind string

// The kinds of respondent.
const (
	Country       Kind = "country"      // has an ISO 3166-1 code
	Jurisdiction  Kind = "jurisdiction" // answers for itself without such a code
	AnonymousKind Kind = "anonymous"    // names nobody; simulated or pseudonymised
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Country, Jurisdiction, AnonymousKind} }

// KindOf is what the code of a respondent tells of its kind: only countries have
// three letters.
func KindOf(r Respondent) Kind {
	switch {
	case r.Anonymous():
		return AnonymousKind
	case len(r) != 3:
		return Jurisdiction
	}
	return Country
}

// The attributes of an enrolment that Headway itself reads. Others are allowed:
// any attribute can group a comparison.
const (
	AttrIncome     = "income"     // World Bank: low, lower-middle, upper-middle, high
	AttrRegion     = "region"     // UN M49: africa, americas, asia, europe, oceania
	AttrCollection = "collection" // government, unicef-country-office
)

// Enrolment is a respondent's part in a round. Its attributes hold as of that
// round: income groups change.
type Enrolment struct {
	Respondent Respondent        `json:"respondent"`
	Kind       Kind              `json:"kind"`
	Name       Text              `json:"name,omitempty"` // only where no ISO code gives it
	Attributes map[string]string `json:"attributes,omitempty"`
	Note       string            `json:"note,omitempty"`
}

// Same reports whether two enrolments of a respondent say the same. A name is
// only how it is written.
func (e Enrolment) Same(o Enrolment) bool {
	return e.Kind == o.Kind && maps.Equal(e.Attributes, o.Attributes)
}
