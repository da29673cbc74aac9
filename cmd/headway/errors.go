package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"headway/domain"
	"headway/events"
	"headway/events/archive"
	"headway/events/merkle"
)

// The exit codes are promises.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRefused  = 3
	exitUnproven = 4
)

// usageError is a wrong call: flags or arguments.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// errUnproven means that verification has failed; what failed was printed.
var errUnproven = errors.New("the log does not verify")

// exitCode sorts an error into the codes of the interface, with a name for
// programs.
func exitCode(err error) (int, string) {
	var usage usageError
	switch r := domain.RefusalOf(err); {
	case err == nil:
		return exitDone, ""
	case r != nil:
		return exitRefused, string(r.Code)
	case errors.Is(err, merkle.ErrInvalid), errors.Is(err, merkle.ErrNoPosition), errors.Is(err, merkle.ErrEmpty), errors.Is(err, archive.ErrDamaged), errors.Is(err, archive.ErrNotEmpty):
		return exitRefused, string(domain.CodeInvalid)
	case errors.Is(err, events.ErrConflict), errors.Is(err, events.ErrIDReused), errors.Is(err, events.ErrInvalid):
		return exitRefused, string(domain.CodeConflict)
	case errors.Is(err, errUnproven), errors.Is(err, events.ErrDamaged), errors.Is(err, merkle.ErrForked),
		errors.Is(err, merkle.ErrNotProven), errors.Is(err, merkle.ErrUnknownKey):
		return exitUnproven, "verification_failed"
	case errors.As(err, &usage):
		return exitUsage, "usage"
	case errors.Is(err, context.Canceled):
		return exitFailed, "interrupted"
	}
	return exitFailed, "failed"
}

type errorObject struct {
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Details any           `json:"details"`
	Causes  []errorObject `json:"causes,omitempty"`
}

// report prints an error on standard error, for people or as JSON, and returns
// the exit code.
func (a *app) report(err error) int {
	code, name := exitCode(err)
	if err == nil {
		return code
	}
	if !a.json {
		fmt.Fprintln(a.err, "headway: "+printable(sentence(err)))
		return code
	}
	obj := errorObject{Code: name, Message: err.Error()}
	if r := domain.RefusalOf(err); r != nil {
		obj = refusalObject(r)
	}
	enc := json.NewEncoder(a.err)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]errorObject{"error": obj}); err != nil {
		fmt.Fprintln(a.err, "headway: "+printable(err.Error()))
	}
	return code
}

// mostPrinted is how many rows of a file are told to people.
const mostPrinted = 100

// sentence is an error for people: of many causes the first.
func sentence(err error) string {
	r := domain.RefusalOf(err)
	if r == nil || len(r.Causes) <= mostPrinted {
		return err.Error()
	}
	short := *r
	short.Causes = r.Causes[:mostPrinted]
	all := len(r.Causes)
	if n, err := strconv.Atoi(r.Details["refused"]); err == nil {
		all = n // more than are listed
	}
	return fmt.Sprintf("%s\n  … and %d more", short.Error(), all-mostPrinted)
}

func refusalObject(r *domain.Refusal) errorObject {
	o := errorObject{Code: string(r.Code), Message: r.Message}
	if len(r.Details) > 0 {
		o.Details = r.Details
	}
	for _, c := range r.Causes {
		o.Causes = append(o.Causes, refusalObject(c))
	}
	return o
}

// printable keeps what users wrote from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}
