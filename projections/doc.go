// Package projections folds the log into what people ask for: the panel of
// respondent × indicator × round with its history, published figures, and the
// answers of a round as of any moment; a Runner keeps the fold up to date and
// package desk takes the commands that lead to new events.
//
// It may import domain and events; folds are pure, so that the same log always
// gives the same bytes.
//
// Start with state.go, then panel.go and runner.go.
package projections
