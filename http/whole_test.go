package http

import (
	"testing"

	"headway/http/chart"
)

func TestNoLineEndsWithinADate(t *testing.T) {
	for in, want := range map[string]string{
		"since 2026-11-28, <b>":        `since <span class="whole">2026-11-28</span>, &lt;b&gt;`,
		"2026-11-28T12:42:12Z":         `<span class="whole">2026-11-28</span><wbr>T12:42:12Z`,
		"\u20682026-11-28\u2069 to -8": "\u2068<span class=\"whole\">2026-11-28</span>\u2069 to -8",
		"a-b-c":                        "a-b-c",
		"":                             "",
	} {
		if got := string(whole(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestCellsEscapeTheirTexts(t *testing.T) {
	if got, want := string(cells([]string{"<b>", "+7.2", ""})), "<td>&lt;b&gt;</td><td>+7.2</td><td></td>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	row := []heatCell{{Class: "s-yes", Letter: "<", Text: `"a" 'b'`}}
	if got, want := string(answerCells(row)), `<td class="s s-yes" title="&#34;a&#34; &#39;b&#39;">&lt;</td>`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRowsOfATableEscapeTheirTexts(t *testing.T) {
	in := chart.Table{Header: []string{"a", "b"}, Rows: [][]string{{"<g>"}, {"<h>", "2026-11-28"}}, Heading: []bool{true, false}}
	want := "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">&lt;g&gt;</th></tr>\n<tr><th scope=\"row\">&lt;h&gt;</th><td><span class=\"whole\">2026-11-28</span></td></tr>\n"
	if got := string(tableRows(in)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
