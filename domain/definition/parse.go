package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxSize is how many bytes a definition may have.
const MaxSize = 1 << 20

// maxDepth is how deep a definition may nest. The deepest of ours nests six
// levels; the parser recurses, so that a bound is needed.
const maxDepth = 32

// parse reads one YAML document. Whatever is wrong with the file as text is one
// fault, because a parser cannot know what follows a syntax error.
func parse(name string, r io.Reader) (ast.Node, error) {
	refuse := func(line int, format string, a ...any) (ast.Node, error) {
		return nil, failed([]Fault{{File: name, Line: line, Message: fmt.Sprintf(format, a...)}})
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the definition %s: %w", name, err)
	}
	if len(text) > MaxSize {
		return refuse(0, "it is larger than 1 MiB; split it, or leave long texts out")
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if at := firstUnreadable(text); at >= 0 {
		return refuse(1+bytes.Count(text[:at], []byte("\n")), "it is not plain UTF-8 text; save it as UTF-8")
	}
	tokens := lexer.Tokenize(string(text))
	if line := tooDeep(tokens); line > 0 {
		return refuse(line, "it nests deeper than %d levels", maxDepth)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // duplicates are found in bind, all of them
	if err != nil {
		var y yaml.Error
		if errors.As(err, &y) {
			return refuse(lineOf(y.GetToken()), "it is not YAML: %s", y.GetMessage())
		}
		return refuse(0, "it is not YAML: %v", err)
	}
	var body ast.Node
	for _, d := range file.Docs {
		switch {
		case d == nil || d.Body == nil:
		case body != nil:
			return refuse(lineOf(d.Body.GetToken()), "it holds a second document; a file is one definition")
		default:
			body = d.Body
		}
	}
	if body == nil {
		return refuse(0, "it is empty")
	}
	return body, nil
}

// firstUnreadable is where text stops being UTF-8 without control characters, or
// -1: a log takes no zero bytes, and a terminal should not get escapes.
func firstUnreadable(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 || control(r) {
			return i
		}
		i += n
	}
	return -1
}

func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f
}

// tooDeep is the line at which the nesting passes maxDepth, or 0. Nesting comes
// from brackets, from several entries opened on one line, and from indentation.
func tooDeep(tokens token.Tokens) int {
	flow, onLine, line := 0, 0, 0
	var columns []int // of the block entries that are open
	for _, t := range tokens {
		if t.Position == nil {
			continue
		}
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(flow-1, 0)
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			onLine++
		}
		if flow == 0 {
			c := t.Position.Column
			for len(columns) > 0 && columns[len(columns)-1] >= c {
				columns = columns[:len(columns)-1]
			}
			if onLine == 0 {
				columns = append(columns, c)
			}
		}
		if flow+onLine+len(columns) > maxDepth {
			return max(line, 1)
		}
	}
	return 0
}

func lineOf(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return t.Position.Line
}
