package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headway/domain"
)

// Fault is one thing that is wrong with a definition, and where.
type Fault struct {
	File    string
	Line    int    // 1 is the first; 0 when the fault is of the file as a whole
	Path    string // keys and indexes, "indicators[3].scale"; empty at the root
	Message string
}

// String is "mnr.yaml:17: indicators[3].scale: there is no scale "binry"".
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": ")
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	return b.String()
}

// Error is a definition that was not taken: all of its faults, in order of line.
// Users see it as a [domain.Refusal]; domain.RefusalOf finds that in its chain.
type Error struct {
	Faults []Fault // at least one
}

// Error is a line for each fault.
func (e *Error) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Refusal is the same for users: of code invalid, with a cause for each fault
// where there are several.
func (e *Error) Refusal() *domain.Refusal {
	causes := make([]*domain.Refusal, len(e.Faults))
	for i, f := range e.Faults {
		causes[i] = domain.Refuse(domain.CodeInvalid, f.String(),
			"file", f.File, "line", strconv.Itoa(f.Line), "path", f.Path, "fault", f.Message)
	}
	if len(causes) == 1 {
		return causes[0]
	}
	file := e.Faults[0].File
	r := domain.Refuse(domain.CodeInvalid, fmt.Sprintf("%s has %d faults; mend them and try again", file, len(causes)), "file", file)
	r.Causes = causes
	return r
}

// As lets errors.As find the Refusal.
func (e *Error) As(target any) bool {
	r, ok := target.(**domain.Refusal)
	if ok {
		*r = e.Refusal()
	}
	return ok
}

// failed makes the error of a file, or nil when there are no faults. The list is
// cut: nobody mends thousands, and a hostile file could have a hundred thousand.
func failed(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Path, b.Path))
	})
	const most = 100
	if n := len(faults); n > most {
		faults = append(faults[:most:most], Fault{File: faults[0].File, Message: fmt.Sprintf("and %d more faults", n-most)})
	}
	return &Error{faults}
}

// pathString is a path as people write it.
func pathString(path []any) string {
	var b strings.Builder
	for _, x := range path {
		switch v := x.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", v)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(v)
		}
	}
	return b.String()
}
