// Package sentence says numbers in words, in English, Arabic, French and Spanish:
// what changed between two rounds, in whom, and how sure one can be.
//
// It may import domain, http/i18n and golang.org/x/text. It computes no numbers:
// each that it writes is a field of what it was given, or a difference of two.
//
// Start with texts.go: Load reads the texts, Texts.In gives the Writer of a
// language. A Writer has one method for each thing to say:
//
//	Comparison(row, names)    one indicator in two rounds
//	Comparisons(rows, names)  a whole comparison: title, lead, what moved most
//	Series(points, names)     one indicator over all rounds
//	Decomposition(row, names) who changed, and who came or went
//	Groups(row, names)        two groups beside each other, and their changes
//
// and ClaimOf (claim.go) is what all of them go by: whether a change may be
// claimed. Names (texts.go) are what ids are called.
package sentence
