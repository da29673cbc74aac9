package domain

import (
	"errors"
	"fmt"
	"strings"
)

// Code names a kind of refusal for programs. Codes are promises: they appear in
// JSON output and in problem documents, and are never renamed.
type Code string

// The kinds of refusal.
const (
	CodeInvalid           Code = "invalid"             // a value has the wrong form
	CodeUnknownFramework  Code = "unknown_framework"   // no such framework was published
	CodeFrameworkNeeded   Code = "framework_needed"    // several frameworks could be meant; the message names them
	CodeUnknownIndicator  Code = "unknown_indicator"   // the framework has no such indicator
	CodeUnknownRound      Code = "unknown_round"       // no such round was opened
	CodeUnknownModel      Code = "unknown_model"       // no such maturity model was published
	CodeUnknownEvent      Code = "unknown_event"       // no such event, or not a status
	CodeNotEnrolled       Code = "not_enrolled"        // the respondent does not take part in the round
	CodeAlreadyEnrolled   Code = "already_enrolled"    // the respondent takes part already, with other attributes
	CodeRoundExists       Code = "round_exists"        // the round was opened before
	CodeRoundClosed       Code = "round_closed"        // the round takes no more answers
	CodeRoundOpen         Code = "round_open"          // the round takes answers: nothing to reopen, nothing is late
	CodeFrameworkExists   Code = "framework_exists"    // another text was published under this id
	CodeModelExists       Code = "model_exists"        // another text was published under this id
	CodeFigureExists      Code = "figure_exists"       // another figure was published under this id
	CodeStatusScale       Code = "status_not_on_scale" // the status is not one of the indicator's scale
	CodeFutureDate        Code = "future_date"         // the fact would hold only from a later day
	CodeAlreadyReported   Code = "already_reported"    // another status of the same date is believed; correct it
	CodeAlreadySuperseded Code = "already_superseded"  // the named event was corrected or withdrawn before
	CodeReasonMissing     Code = "reason_missing"      // corrections, withdrawals and reopenings say why
	CodeNoAnswers         Code = "no_answers"          // totals alone cannot answer this
	CodeConflict          Code = "conflict"            // somebody else wrote meanwhile
	CodeImport            Code = "import_refused"      // one or more rows of a file are refused
	CodeOutcomeChanged    Code = "outcome_changed"     // a file comes to something else than in its dry run
)

// Refusal is a decision not to do what was asked: nothing was written. It is
// the one error type that users see, as a sentence that says what to do.
type Refusal struct {
	Code    Code
	Message string            // one actionable sentence
	Details map[string]string // what the sentence speaks of, for programs
	Causes  []*Refusal        // of a refused file: each bad row
}

// Refuse makes a Refusal. Details come in pairs: key, value.
func Refuse(code Code, message string, details ...string) *Refusal {
	r := &Refusal{Code: code, Message: message}
	for i := 0; i+1 < len(details); i += 2 {
		if r.Details == nil {
			r.Details = make(map[string]string, len(details)/2)
		}
		r.Details[details[i]] = details[i+1]
	}
	return r
}

// Error is the sentence, followed by a line for each cause.
func (r *Refusal) Error() string {
	if len(r.Causes) == 0 {
		return r.Message
	}
	var b strings.Builder
	b.WriteString(r.Message)
	for _, c := range r.Causes {
		fmt.Fprintf(&b, "\n  %s", c.Message)
	}
	return b.String()
}

// Is reports whether target is a Refusal of the same code, so that
// errors.Is(err, &Refusal{Code: CodeRoundClosed}) decides.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// RefusalOf returns the Refusal in err's chain, or nil.
func RefusalOf(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
