package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"headway/domain"
)

// MaxFile is how large a definition may be, in bytes.
const MaxFile = 1 << 20

// Fault is what is wrong at one place of a file.
type Fault struct {
	File    string
	Line    int    // 0 where it is not known
	Path    string // "indicators[3].scale"
	Message string
}

func (f Fault) String() string {
	where := f.File
	if f.Line > 0 {
		where += fmt.Sprintf(":%d", f.Line)
	}
	if f.Path != "" {
		where += ": " + f.Path
	}
	return where + ": " + f.Message
}

// refusal makes one Refusal of all faults.
func refusal(file string, faults []Fault) error {
	if len(faults) == 1 {
		return domain.Refuse(domain.CodeInvalid, faults[0].String(), "file", file, "line", fmt.Sprint(faults[0].Line))
	}
	r := domain.Refuse(domain.CodeInvalid, fmt.Sprintf("%s has %d faults", file, len(faults)), "file", file)
	for _, f := range faults {
		r.Causes = append(r.Causes, domain.Refuse(domain.CodeInvalid, f.String(), "file", file, "line", fmt.Sprint(f.Line), "path", f.Path))
	}
	return r
}

// document is a parsed file.
type document struct {
	name string
	file *ast.File
}

// read decodes a file into v. Only one document, no anchors and no aliases: they
// can make a small file large.
func read(name string, r io.Reader, v any) (document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return document{}, fmt.Errorf("read %s: %w", name, err)
	}
	one := func(line int, message string) error {
		return refusal(name, []Fault{{File: name, Line: line, Message: message}})
	}
	if len(data) > MaxFile {
		return document{}, one(0, fmt.Sprintf("the file is larger than %d KiB", MaxFile>>10))
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return document{}, one(0, "the file is empty")
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return document{}, one(0, "the file is not UTF-8 text")
	}
	tokens := lexer.Tokenize(string(data))
	if line := tooDeep(tokens); line > 0 {
		return document{}, one(line, fmt.Sprintf("it nests deeper than %d levels", maxDepth))
	}
	if line := tooMany(tokens); line > 0 {
		return document{}, one(line, fmt.Sprintf("one mapping or list has more than %d entries", maxEntries))
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return document{}, one(position(err))
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return document{}, one(0, "the file must hold one YAML document")
	}
	anchors := &anchorFinder{}
	ast.Walk(anchors, file.Docs[0].Body)
	if anchors.line > 0 {
		return document{}, one(anchors.line, "anchors, aliases and merge keys are not taken; write the value out")
	}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(v); err != nil {
		return document{}, one(position(err))
	}
	return document{name, file}, nil
}

// maxDepth bounds the nesting of a file: the parser's time grows with its square.
const maxDepth = 50

// tooDeep is the line at which the nesting passes maxDepth, or 0. Nesting comes
// from brackets, from several entries opened on one line, and from indentation.
func tooDeep(tokens token.Tokens) int {
	flow, onLine, line := 0, 0, 0
	var columns []int // of the lines whose blocks are open
	for _, t := range tokens {
		if t.Position == nil {
			continue
		}
		if t.Position.Line != line {
			line, onLine = t.Position.Line, 0
			if flow == 0 {
				for len(columns) > 0 && columns[len(columns)-1] >= t.Position.Column {
					columns = columns[:len(columns)-1]
				}
				columns = append(columns, t.Position.Column)
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(flow-1, 0)
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			onLine++
		}
		if flow+onLine+len(columns) > maxDepth {
			return max(line, 1)
		}
	}
	return 0
}

// maxEntries bounds the entries of one mapping or list: the parser's time grows with
// its square too.
const maxEntries = 5000

// tooMany is the line at which a mapping or a list passes maxEntries, or 0. Entries
// of blocks are told apart by their column, those in brackets by their commas.
func tooMany(tokens token.Tokens) int {
	block := map[int]int{} // column → entries so far
	var flow []int         // entries of the brackets that are open
	line := 0
	for i, t := range tokens {
		if t.Position == nil {
			continue
		}
		at := t.Position.Column
		if len(flow) == 0 && t.Position.Line != line {
			line = t.Position.Line
			for column := range block {
				if column > at {
					delete(block, column)
				}
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow = append(flow, 0)
			continue
		case token.SequenceEndType, token.MappingEndType:
			flow = flow[:max(len(flow)-1, 0)]
			continue
		case token.CollectEntryType:
			if n := len(flow); n > 0 {
				if flow[n-1]++; flow[n-1] >= maxEntries {
					return max(t.Position.Line, 1)
				}
			}
			continue
		case token.MappingValueType:
			if i > 0 && tokens[i-1].Position != nil {
				at = tokens[i-1].Position.Column // of the key
			}
		case token.SequenceEntryType:
		default:
			continue
		}
		if len(flow) == 0 {
			if block[at]++; block[at] > maxEntries {
				return max(t.Position.Line, 1)
			}
		}
	}
	return 0
}

// position is the line and the message of an error of the YAML library, without
// its picture of the place.
func position(err error) (int, string) {
	var y yaml.Error
	if errors.As(err, &y) {
		line := 0
		if t := y.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
		return line, y.GetMessage()
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return 0, message
}

// anchorFinder finds the first anchor or alias.
type anchorFinder struct{ line int }

func (a *anchorFinder) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		if a.line == 0 {
			a.line = n.GetToken().Position.Line
		}
		return nil
	}
	return a
}

// line is where a value stands, or else the nearest value around it.
func (d document) line(path []any) int {
	for n := len(path); n >= 0; n-- {
		b := (&yaml.PathBuilder{}).Root()
		for _, x := range path[:n] {
			switch x := x.(type) {
			case string:
				b = b.Child(x)
			case int:
				b = b.Index(uint(x))
			}
		}
		node, err := b.Build().FilterFile(d.file)
		if err == nil && node != nil && node.GetToken() != nil {
			return node.GetToken().Position.Line
		}
	}
	return 0
}

// faults places the faults of a definition in its file.
func (d document) faults(list []domain.FieldError) error {
	if len(list) == 0 {
		return nil
	}
	out := make([]Fault, len(list))
	for i, f := range list {
		path := domain.FieldError{Path: f.Path}.Error()
		out[i] = Fault{File: d.name, Line: d.line(f.Path), Path: strings.TrimSuffix(path, ": "), Message: f.Message}
	}
	return refusal(d.name, out)
}

// Decode reads a definition of another kind into v and refuses it with what check
// finds, each fault at its line. Check is called once v is filled.
func Decode(name string, r io.Reader, v any, check func() []domain.FieldError) error {
	d, err := read(name, r, v)
	if err != nil {
		return err
	}
	return d.faults(check())
}

// Framework reads a framework and validates it.
func Framework(name string, r io.Reader) (domain.Framework, error) {
	var f domain.Framework
	d, err := read(name, r, &f)
	if err != nil {
		return domain.Framework{}, err
	}
	if err := d.faults(f.Validate()); err != nil {
		return domain.Framework{}, err
	}
	return f, nil
}

// MaturityModel reads a maturity model. Its rules are checked when it is
// published, against the framework it names.
func MaturityModel(name string, r io.Reader) (domain.MaturityModel, error) {
	var m domain.MaturityModel
	d, err := read(name, r, &m)
	if err != nil {
		return domain.MaturityModel{}, err
	}
	var faults []domain.FieldError
	add := func(message string, path ...any) {
		faults = append(faults, domain.FieldError{Path: path, Message: message})
	}
	if !domain.ValidID(string(m.ID)) {
		add(fmt.Sprintf("%q cannot be the id of a maturity model", m.ID), "id")
	}
	if m.Framework == "" {
		add("name the framework the model is made for", "framework")
	}
	if len(m.Stages) < 2 {
		add("a maturity model needs two stages or more, lowest first", "stages")
	}
	for i, s := range m.Stages {
		if n, _ := s.Name.In("en"); n == "" {
			add("a name in at least one language is needed", "stages", i, "name")
		}
	}
	if err := d.faults(faults); err != nil {
		return domain.MaturityModel{}, err
	}
	return m, nil
}

// SourcedFigure is a published figure and where it stands.
type SourcedFigure struct {
	Figure domain.Figure `json:"figure"`
	Source domain.Source `json:"source"`
}

// Figures reads published figures.
func Figures(name string, r io.Reader) ([]SourcedFigure, error) {
	var file struct {
		Figures []SourcedFigure `json:"figures"`
	}
	d, err := read(name, r, &file)
	if err != nil {
		return nil, err
	}
	var faults []domain.FieldError
	seen := map[string]bool{}
	for i, f := range file.Figures {
		if !domain.ValidID(f.Figure.ID) || seen[f.Figure.ID] {
			faults = append(faults, domain.FieldError{Path: []any{"figures", i, "figure", "id"}, Message: fmt.Sprintf("%q is not an id of its own", f.Figure.ID)})
		}
		seen[f.Figure.ID] = true
		if f.Figure.Denominator < 1 || f.Figure.Count < 0 || f.Figure.Count > f.Figure.Denominator {
			faults = append(faults, domain.FieldError{Path: []any{"figures", i, "figure", "count"},
				Message: fmt.Sprintf("%d of %d cannot be", f.Figure.Count, f.Figure.Denominator)})
		}
	}
	return file.Figures, d.faults(faults)
}

// Respondents are the enrolments of a round and the statuses that follow from
// the source for all of them.
type Respondents struct {
	Source      domain.Source      `json:"source"`
	Respondents []domain.Enrolment `json:"respondents"`
}

// ReadRespondents reads a round's respondents.
func ReadRespondents(name string, r io.Reader) (Respondents, error) {
	var file Respondents
	d, err := read(name, r, &file)
	if err != nil {
		return Respondents{}, err
	}
	var faults []domain.FieldError
	seen := map[domain.Respondent]bool{}
	for i, e := range file.Respondents {
		if !domain.ValidRespondent(string(e.Respondent)) || seen[e.Respondent] {
			faults = append(faults, domain.FieldError{Path: []any{"respondents", i, "respondent"},
				Message: fmt.Sprintf("%q is not a respondent's code of its own", e.Respondent)})
		}
		seen[e.Respondent] = true
	}
	return file, d.faults(faults)
}
