// Package i18n holds the texts of the pages, a file a language, and writes
// numbers, percentages and names of countries as the language does.
//
// It may import domain and golang.org/x/text.
//
// Start with i18n.go; a new language is one more file like en.yaml. A text that
// counts something has a key for each plural form of the language (audit.count.one,
// audit.count.other; in Arabic also zero, two, few, many), and is printed by
// Printer.Count("audit.count", n): see plural.go.
package i18n
