package domain

// Payload is what an event says: one struct for each type, in a file of its own.
type Payload interface {
	// EventType is the name of the type, "status.reported".
	EventType() string
	// SchemaVersion is the newest version of the type's JSON.
	SchemaVersion() int
}

// Fact is a decision's outcome: a payload with what the envelope needs to know
// of it. The event log gives it an id, a version, a position and its time.
type Fact struct {
	Stream      string
	Payload     Payload
	EffectiveOn Date
	Round       RoundID
	Source      Source
	Simulated   bool
}

// The streams. A stream is the unit of order and of optimistic concurrency.
func FrameworkStream(id FrameworkID) string { return "framework/" + string(id) }

// ModelStream holds the one event that publishes a maturity model.
func ModelStream(id ModelID) string { return "maturity-model/" + string(id) }

// RoundStream holds the life of a round: opening, enrolments, closing, reopening.
func RoundStream(id RoundID) string { return "round/" + string(id) }

// FiguresStream holds the figures published about a round.
func FiguresStream(id RoundID) string { return "figures/" + string(id) }

// ReleaseStream holds all releases, one after the other.
const ReleaseStream = "releases"

// StatusStream holds all that was ever said of one respondent and indicator,
// in every round asked with the framework.
func StatusStream(f FrameworkID, r Respondent, i IndicatorID) string {
	return "status/" + string(f) + "/" + string(r) + "/" + string(i)
}
