package http

import (
	"strings"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// withheld is what stands in the place of a payload that a reader may not see.
var withheld = []byte(`{"withheld":true}`)

// open reports whether a reader may see an event's payload. A submission, what it
// says and what was said of it, is for who drafts and who reviews until it is
// approved; that there was one, when, and by which pseudonym, is for whoever sees
// every country.
func open(t *domain.Token, st *projections.State, e events.Event) bool {
	if !strings.HasPrefix(e.Type, "submission.") {
		return true
	}
	p, err := events.Decode(e)
	if err != nil {
		return false
	}
	var country domain.Respondent
	id := e.ID.String()
	switch p := p.(type) {
	case domain.SubmissionSubmitted:
		country = p.Country
	case domain.SubmissionApproved:
		country, id = p.Country, p.Submission
	case domain.SubmissionReturned:
		country, id = p.Country, p.Submission
	case domain.SubmissionWithdrawn:
		country, id = p.Country, p.Submission
	}
	return t.SeesDrafts(country) || st.SubmissionOf(id).State == domain.Approved && t.SeesAll()
}

// shown is an event as a reader may see it: without its payload and its source
// where it is withheld.
func shown(t *domain.Token, st *projections.State, e events.Event) events.Event {
	if !open(t, st, e) {
		e.Data, e.Source = withheld, ""
	}
	return e
}
