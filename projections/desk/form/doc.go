// Package form writes the forms that respondents fill in: workbooks with a row
// or a sheet a respondent, lists of the allowed answers and protected headings,
// and the long form in CSV, all of which import again.
//
// It may import domain, projections and the libraries for workbooks, YAML and
// languages; it reads no log and opens no file.
//
// Start with form.go, then rows.go and sheets.go.
package form
