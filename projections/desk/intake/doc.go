// Package intake reads files of answers, whatever program wrote them, into one
// stream of cells, in bounded memory; what a cell means is the desk's to decide.
//
// It may import domain, and the form that it reads back.
//
// Start with intake.go; then csv.go, or archive.go, workbook.go, sheet.go and book.go,
// which both hand lines to layout.go.
package intake
