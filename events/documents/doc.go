// Package documents keeps the files that are evidence for statuses, by the hash of
// their content; the log names them, and holds none.
//
// It may import domain and the standard library, and mimetype, which looks into
// files for what they are.
//
// Start with folder.go.
package documents
