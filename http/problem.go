package http

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/events/merkle"
)

// Problem is an error as application/problem+json (RFC 9457), with the code of
// the refusal.
type Problem struct {
	Type    string            `json:"type"`
	Title   string            `json:"title"`
	Status  int               `json:"status"`
	Detail  string            `json:"detail"`
	Code    string            `json:"code"`
	Details map[string]string `json:"details,omitempty"`
	Errors  []Problem         `json:"errors,omitempty"`
}

func (p *Problem) Error() string { return p.Detail }

func problem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
}

// problemOf turns any error into what a client may know of it: a refusal in
// full, a fault of ours without its inside.
func problemOf(err error) *Problem {
	var p *Problem
	var he *echo.HTTPError
	switch r := domain.RefusalOf(err); {
	case errors.As(err, &p):
		return p
	case r != nil:
		return refused(r)
	case errors.As(err, &he):
		return problem(he.Code, "http", strings.ToLower(http.StatusText(he.Code)))
	case errors.Is(err, events.ErrConflict):
		return problem(http.StatusConflict, string(domain.CodeConflict), err.Error())
	case errors.Is(err, events.ErrDamaged), errors.Is(err, merkle.ErrForked):
		return problem(http.StatusInternalServerError, "damaged", "the log does not fit its tree: nothing is recorded or signed until the operator has run `headway verify`")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "timeout", "the answer took too long; try again")
	}
	return problem(http.StatusInternalServerError, "internal", "something went wrong on the server; it was logged, try again later")
}

func refused(r *domain.Refusal) *Problem {
	status := http.StatusUnprocessableEntity
	switch r.Code {
	case domain.CodeUnknownFramework, domain.CodeUnknownIndicator, domain.CodeUnknownRound, domain.CodeUnknownModel, domain.CodeUnknownEvent, domain.CodeUnknownSubmission:
		status = http.StatusNotFound
	case domain.CodeConflict, domain.CodeAlreadyReported, domain.CodeAlreadySuperseded, domain.CodeRoundExists, domain.CodeRoundClosed, domain.CodeRoundOpen, domain.CodeAlreadyEnrolled, domain.CodeNotPending, domain.CodeOutcomeChanged:
		status = http.StatusConflict
	case domain.CodeOwnSubmission:
		status = http.StatusForbidden
	case domain.CodeInvalid, domain.CodeFrameworkNeeded:
		status = http.StatusBadRequest
	}
	p := problem(status, string(r.Code), r.Message)
	p.Details = r.Details
	for _, c := range r.Causes {
		p.Errors = append(p.Errors, *refused(c))
	}
	return p
}

// fail answers with an error: as a page where a page was asked for.
func (s *server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := problemOf(err)
	if p.Status >= 500 {
		s.Logger.Error("request failed", "path", c.Request().URL.Path, "error", err)
	}
	if p.Status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="headway"`)
	}
	var sent error
	if strings.HasPrefix(c.Request().URL.Path, "/api/") || c.Request().Method == http.MethodHead {
		body, merr := json.Marshal(p)
		sent = errors.Join(merr, c.Blob(p.Status, "application/problem+json", body))
	} else {
		sent = s.renderError(c, p)
	}
	if sent != nil {
		s.Logger.Error("the error was not sent", "error", sent)
	}
}
