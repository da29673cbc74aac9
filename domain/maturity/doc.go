// Package maturity applies maturity models: it checks the rules of a model
// against its framework, and tells the stage of each respondent in a round.
//
// It may import domain and the rules library; the rules are data and run without
// loops of their own, in bounded time.
//
// Start with model.go; docs/maturity.md is the same for people.
package maturity
