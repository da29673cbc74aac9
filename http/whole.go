package http

import (
	"html/template"
	"regexp"
	"strings"
)

var dayInText = regexp.MustCompile(`(\d{4}-\d\d-\d\d)(T?)`)

// whole is a text in which no line ends within a date.
func whole(s string) template.HTML {
	escaped := template.HTMLEscapeString(s)
	if strings.Count(escaped, "-") > 1 {
		escaped = dayInText.ReplaceAllString(escaped, `<span class="whole">$1</span>$2`)
		escaped = strings.ReplaceAll(escaped, "</span>T", "</span><wbr>T")
	}
	return template.HTML(escaped)
}

// cells are the cells of a row of a table, in which no line ends within a date.
// Tables have thousands of them: templates would take most of a page's time.
func cells(texts []string) template.HTML {
	var b strings.Builder
	for _, s := range texts {
		b.WriteString("<td>")
		b.WriteString(string(whole(s)))
		b.WriteString("</td>")
	}
	return template.HTML(b.String())
}

// answerCells are the cells of a row of a heatmap.
func answerCells(row []heatCell) template.HTML {
	var b strings.Builder
	for _, c := range row {
		b.WriteString(`<td class="s `)
		b.WriteString(c.Class) // one of ours
		b.WriteString(`" title="`)
		b.WriteString(template.HTMLEscapeString(c.Text))
		b.WriteString(`">`)
		b.WriteString(template.HTMLEscapeString(c.Letter))
		b.WriteString("</td>")
	}
	return template.HTML(b.String())
}
