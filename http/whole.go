package http

import (
	"html/template"
	"regexp"
	"strings"
)

var dayInText = regexp.MustCompile(`\d{4}-\d\d-\d\d`)

// whole is a text in which no line ends within a date.
func whole(s string) template.HTML {
	escaped := template.HTMLEscapeString(s)
	if strings.Count(escaped, "-") > 1 {
		escaped = dayInText.ReplaceAllString(escaped, `<span class="whole">$0</span><wbr>`)
	}
	return template.HTML(escaped)
}
