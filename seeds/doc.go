// Package seeds holds the data that Headway starts from, embedded: the framework
// of the 2021 review, its published figures and named respondents, an
// illustrative maturity model; and the simulator of anonymous respondents.
//
// It may import domain and events. Nothing in it says more about a real country
// than the source does.
//
// Start with seed.go; data/README.md tells where each file is from.
package seeds
