// Package definition reads frameworks, maturity models, published figures,
// respondents and statuses from YAML files, in the shape of the domain's own
// JSON, and names every fault of a file at once with its line and key.
//
// It may import domain and a YAML parser, and is handed readers, never paths:
// it opens nothing.
//
// Start with framework.go, then bind.go.
package definition
