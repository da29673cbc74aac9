// Package stats holds the statistics of comparison: what missing answers allow,
// intervals of shares and of their differences, exact tests of paired answers,
// the adjustment for many tests at once, and the parts of a change.
//
// It may import the standard library and gonum; it knows nothing of surveys.
// Shares and differences are fractions (0.76, not 76), p-values lie above 0 and
// up to 1. Functions are pure, and answer bad counts with what is then known,
// which is nothing: the widest bounds, or a p-value of 1.
//
// Start with bounds.go. Every docstring names the source of its formula;
// docs/method.md explains each number in plain words.
package stats
