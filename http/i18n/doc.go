// Package i18n holds the texts of the pages, a file a language, and writes
// numbers, percentages and names of countries as the language does.
//
// It may import domain and golang.org/x/text.
//
// Start with i18n.go; a new language is one more file like en.yaml.
package i18n
