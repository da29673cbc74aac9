package projections

import (
	"slices"

	"headway/domain"
	"headway/events"
)

// namedDocument is a document where an event names it: as evidence for a status, or
// in a draft.
type namedDocument struct {
	Document  domain.Document
	Framework domain.FrameworkID
	Round     domain.RoundID
	Country   domain.Respondent
	Indicator domain.IndicatorID
	Position  events.Position
	Draft     bool
	Simulated bool
}

// DocumentRow is a document with what it is evidence for. Its JSON is a promise.
type DocumentRow struct {
	domain.Document
	Framework domain.FrameworkID `json:"framework"`
	Round     domain.RoundID     `json:"round"`
	Country   domain.Respondent  `json:"country"`
	Indicator domain.IndicatorID `json:"indicator"`
	Position  events.Position    `json:"position"`
	Draft     bool               `json:"draft"` // named by a submission, which need not have been approved
	Simulated bool               `json:"simulated"`
	Kept      *bool              `json:"kept"` // whether the folder has it; null where there is no folder
}

func (s *State) addDocuments(e events.Event, r domain.Respondent, i domain.IndicatorID, draft bool, all []domain.Document) {
	for _, d := range all {
		s.documents = append(s.documents, namedDocument{d, s.round(e.Round).Opened.Framework, e.Round, r, i, e.Position, draft, e.Simulated})
	}
}

// Documents are the documents that events up to a position name, in the order of
// the log, as far as a selection goes.
func (s *State) Documents(sel Selection, at events.Position) []DocumentRow {
	out := []DocumentRow{}
	for _, d := range s.documents {
		if d.Position > at || sel.Framework != "" && sel.Framework != d.Framework || sel.Round != "" && sel.Round != d.Round ||
			sel.Country != "" && sel.Country != d.Country || sel.Indicator != "" && sel.Indicator != d.Indicator {
			continue
		}
		out = append(out, DocumentRow{Document: d.Document, Framework: d.Framework, Round: d.Round, Country: d.Country,
			Indicator: d.Indicator, Position: d.Position, Draft: d.Draft, Simulated: d.Simulated})
	}
	return out
}

// NamedBy is where a document is named, for who may see it.
func (s *State) NamedBy(sum string) []DocumentRow {
	return slices.DeleteFunc(s.Documents(Selection{}, s.position), func(d DocumentRow) bool { return d.SHA256 != sum })
}
