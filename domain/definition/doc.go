// Package definition reads the YAML files of frameworks, maturity models,
// figures and respondents, strictly: an unknown key, a key twice or a faulty
// value is an error that names file, line and key.
//
// It may import domain and a YAML library; it opens no file itself.
//
// Start with definition.go.
package definition
