// Package stats holds the statistics of comparison: intervals of shares and of
// their differences, exact tests of paired answers, and the adjustment for many
// tests at once.
//
// It may import the standard library and gonum; it knows nothing of surveys.
//
// Start with interval.go. Every docstring names the source of its formula.
package stats
