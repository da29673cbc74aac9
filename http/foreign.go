package http

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"headway/http/i18n"
)

// Names of the data stand in many texts of a page: in cells, headings and sentences.
// Those that are not in its language are marked with theirs when the page is written,
// so that a screen reader pronounces them, and a browser sets them, as that language.

// wordy is from how many letters on a name that is not isolated is looked for within
// a text; a shorter one could be a part of a word, and must be all of it.
const wordy = 8

// plainText are the elements whose text cannot have elements in it.
var plainText = []atom.Atom{atom.Title, atom.Option, atom.Script, atom.Style, atom.Textarea, atom.Template}

// render writes a page, its foreign names marked.
func (s *server) render(name string, p page) ([]byte, error) {
	out, err := s.site.render(name, p)
	if err != nil || p.P == nil || len(p.P.Foreign()) == 0 {
		return out, err
	}
	return inTheirLanguage(out, p.P.Foreign())
}

// inTheirLanguage marks names with their language, which are given by name.
func inTheirLanguage(page []byte, names map[string]string) ([]byte, error) {
	alone := map[string]string{}
	var within []string
	// The longer first: a name may be a part of another.
	for _, name := range slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	}) {
		text := template.HTMLEscapeString(name)
		marked := `<span lang="` + template.HTMLEscapeString(names[name]) + `" dir="` + i18n.DirOf(names[name]) + `">` + text + `</span>`
		for _, written := range []string{text, strings.ReplaceAll(text, "+", "&#43;")} { // templates write a plus so, too
			alone[written] = marked
			if strings.HasPrefix(name, "\u2068") || len([]rune(name)) >= wordy {
				within = append(within, written, marked)
			}
		}
	}
	parts := strings.NewReplacer(within...)
	out := bytes.NewBuffer(make([]byte, 0, len(page)+len(page)/8))
	z := html.NewTokenizer(bytes.NewReader(page))
	var in atom.Atom // the element of plain text at hand
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				return nil, fmt.Errorf("mark the languages of names: %w", err)
			}
			return out.Bytes(), nil
		case html.TextToken:
			text := string(z.Raw())
			if marked, ok := alone[strings.TrimSpace(text)]; ok && in == 0 {
				out.WriteString(strings.Replace(text, strings.TrimSpace(text), marked, 1))
			} else if in == 0 {
				out.WriteString(parts.Replace(text))
			} else {
				out.WriteString(text)
			}
		default:
			out.Write(z.Raw())
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); {
			case kind == html.StartTagToken && in == 0 && slices.Contains(plainText, tag):
				in = tag
			case kind == html.EndTagToken && tag == in:
				in = 0
			}
		}
	}
}
