package http

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"headway/http/chart"
)

var dayInText = regexp.MustCompile(`\d{4}-\d\d-\d\d`)

// whole is a text in which no line ends within a date; between a date and its time one
// may.
func whole(s string) template.HTML {
	escaped := template.HTMLEscapeString(s)
	if mayHoldDay(escaped) {
		escaped = dayInText.ReplaceAllString(escaped, `<span class="whole">$0</span>`)
		escaped = strings.ReplaceAll(escaped, "</span>T", "</span><wbr>T")
	}
	return template.HTML(escaped)
}

// mayHoldDay reports whether two hyphens stand as those of a date do: looking for one
// costs more than most texts are worth.
func mayHoldDay(s string) bool {
	for i := 4; i+6 <= len(s); i++ {
		if s[i] == '-' && s[i+3] == '-' {
			return true
		}
	}
	return false
}

// cells are the cells of a row of a table, in which no line ends within a date.
// Tables have thousands of them: templates would take most of a page's time.
func cells(texts []string) template.HTML {
	var b strings.Builder
	writeCells(&b, texts)
	return template.HTML(b.String())
}

func writeCells(b *strings.Builder, texts []string) {
	for _, s := range texts {
		b.WriteString("<td>")
		b.WriteString(string(whole(s)))
		b.WriteString("</td>")
	}
}

// tableRows are the rows of the table of a chart.
func tableRows(t chart.Table) template.HTML {
	var b strings.Builder
	for i, row := range t.Rows {
		switch {
		case len(row) == 0:
			continue
		case t.IsHeading(i):
			fmt.Fprintf(&b, `<tr class="group"><th scope="rowgroup" colspan="%d">%s</th></tr>`, len(t.Header), whole(row[0]))
		default:
			b.WriteString(`<tr><th scope="row">`)
			b.WriteString(string(whole(row[0])))
			b.WriteString("</th>")
			writeCells(&b, row[1:])
			b.WriteString("</tr>")
		}
		b.WriteByte('\n')
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
