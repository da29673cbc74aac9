// Package domain holds what Headway is about: frameworks of indicators, survey
// rounds, respondents, statuses, published figures and maturity models, the
// facts that are recorded of them (one file and one struct an event type) and
// the decisions that lead to those facts.
//
// It may import the standard library, a statistics library and a rules library,
// and does no I/O and reads no clock: state and command go in, facts or a typed
// [Refusal] come out.
//
// Start with fact.go, then status.go and decide.go.
package domain
