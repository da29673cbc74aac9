package http

import "testing"

func TestNoLineEndsWithinADate(t *testing.T) {
	for in, want := range map[string]string{
		"since 2026-11-28, <b>":        `since <span class="whole">2026-11-28</span><wbr>, &lt;b&gt;`,
		"2026-11-28T12:42:12Z":         `<span class="whole">2026-11-28</span><wbr>T12:42:12Z`,
		"\u20682026-11-28\u2069 to -8": "\u2068<span class=\"whole\">2026-11-28</span><wbr>\u2069 to -8",
		"a-b-c":                        "a-b-c",
		"":                             "",
	} {
		if got := string(whole(in)); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
