package http

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
	"headway/projections/desk"
)

// mostAnswers is how large the body of a submission may be, in bytes.
const mostAnswers = 2 << 20

// submitCommand is the body of POST /api/v1/submissions.
type submitCommand struct {
	Round   domain.RoundID    `json:"round"`
	Country domain.Respondent `json:"country"` // that of the token where it is left out
	Note    string            `json:"note"`
	Answers []domain.Draft    `json:"answers"`
}

// reviewCommand is the body of what is done about a submission.
type reviewCommand struct {
	Comment    string `json:"comment"`
	LateReason string `json:"late_reason"` // of an approval after the round was closed
}

// submitted is the answer to a submission.
type submitted struct {
	desk.Receipt
	Submission string `json:"submission,omitempty"` // "" where it said nothing new
}

// decodeBody reads a body that holds one JSON object of known fields.
func decodeBody(c echo.Context, what string, into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, mostAnswers))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("the body is not %s: %v", what, err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return problem(http.StatusBadRequest, "invalid", "the body holds more than one JSON object")
	}
	return nil
}

// needSubmitter refuses who may not submit answers of a country.
func needSubmitter(t *domain.Token, r domain.Respondent) error {
	switch {
	case t == nil:
		return problem(http.StatusUnauthorized, "token_needed", "submitting answers needs the token of the country's focal point")
	case !t.Submits(r):
		return problem(http.StatusForbidden, "forbidden", fmt.Sprintf("this token cannot submit answers of %q", r))
	}
	return nil
}

// postSubmission hands in answers for review.
func (s *server) postSubmission(c echo.Context) error {
	var cmd submitCommand
	if err := decodeBody(c, "a submission", &cmd); err != nil {
		return err
	}
	t := holder(c)
	if cmd.Country == "" && t != nil {
		cmd.Country = t.Country
	}
	out, err := s.submit(c.Request().Context(), t, cmd, domain.Source{Document: "HTTP API"})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(out.Position), 10))
	if out.Submission == "" {
		return c.JSON(http.StatusOK, out)
	}
	c.Response().Header().Set("Location", "/api/v1/submissions/"+out.Submission)
	return c.JSON(http.StatusCreated, out)
}

func (s *server) submit(ctx context.Context, t *domain.Token, cmd submitCommand, src domain.Source) (submitted, error) {
	if err := needSubmitter(t, cmd.Country); err != nil {
		return submitted{}, err
	}
	for i := range cmd.Answers {
		cmd.Answers[i].Indicator = domain.IndicatorID(domain.Typed(string(cmd.Answers[i].Indicator)))
		cmd.Answers[i].Row = 0 // rows are of files
		if err := s.checkKept(cmd.Answers[i].Documents); err != nil {
			return submitted{}, err
		}
	}
	receipt, err := s.Desk.Submit(ctx, stampOf(t), cmd.Round, domain.Submit{Country: cmd.Country, Note: cmd.Note, Answers: cmd.Answers, Source: src})
	out := submitted{Receipt: receipt}
	if len(receipt.EventIDs) > 0 {
		out.Submission = receipt.EventIDs[0]
	}
	return out, err
}

// seesSubmission reports whether a reader may see a submission: who drafts and who
// reviews see all of it; whoever sees every country's answers, what was approved.
func seesSubmission(t *domain.Token, row projections.SubmissionRow) bool {
	return t.SeesDrafts(row.Country) || row.State == domain.Approved && t.SeesAll()
}

// submissions are those that a reader may see, newest first.
func (s *server) submissions(r reading, q projections.SubmissionQuery) ([]projections.SubmissionRow, error) {
	if r.reader == nil {
		return nil, needAll(nil)
	}
	return slices.DeleteFunc(r.state.Submissions(q, r.at), func(row projections.SubmissionRow) bool { return !seesSubmission(r.reader, row) }), nil
}

func submissionQuery(c echo.Context) projections.SubmissionQuery {
	return projections.SubmissionQuery{Framework: asked(c), Round: domain.RoundID(c.QueryParam("round")),
		Country: domain.Respondent(c.QueryParam("country")), State: domain.Review(c.QueryParam("state"))}
}

func (s *server) getSubmissions(c echo.Context) error {
	return list(s, c, func(r reading) ([]projections.SubmissionRow, error) { return s.submissions(r, submissionQuery(c)) })
}

func (s *server) getSubmission(c echo.Context) error {
	detail, err := s.submissionDetail(c)
	if err != nil {
		return err
	}
	return s.answer(c, detail)
}

// submissionDetail finds the submission of the path. To who may not see it, it is
// not there.
func (s *server) submissionDetail(c echo.Context) (projections.SubmissionDetail, error) {
	var row projections.SubmissionRow
	past := false
	err := s.read(c, func(r reading) (err error) {
		past = r.past
		row, err = r.state.Submission(c.Param("id"), r.at)
		switch {
		case r.reader == nil:
			return needAll(nil)
		case err == nil && !seesSubmission(r.reader, row):
			return projections.UnknownSubmission(c.Param("id"))
		}
		return err
	})
	if err != nil {
		return projections.SubmissionDetail{}, err
	}
	detail, err := s.Desk.Review(c.Request().Context(), row)
	if past {
		detail = detail.WithoutOutlook()
	}
	return detail, err
}

// postReview approves, returns or withdraws the submission of the path.
func (s *server) postReview(c echo.Context) error {
	var cmd reviewCommand
	if err := decodeBody(c, "a comment", &cmd); err != nil {
		return err
	}
	receipt, err := s.review(c, c.Param("action"), cmd)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(receipt.Position), 10))
	return c.JSON(http.StatusCreated, receipt)
}

func (s *server) review(c echo.Context, action string, cmd reviewCommand) (desk.Receipt, error) {
	detail, err := s.submissionDetail(c)
	if err != nil {
		return desk.Receipt{}, err
	}
	ctx, t, src := c.Request().Context(), holder(c), domain.Source{}
	if action == "withdraw" {
		if err := needSubmitter(t, detail.Country); err != nil {
			return desk.Receipt{}, err
		}
		return s.Desk.TakeBack(ctx, stampOf(t), detail.ID, cmd.Comment, src)
	}
	if !t.Reviews() {
		return desk.Receipt{}, problem(http.StatusForbidden, "forbidden", fmt.Sprintf("a token of role %s cannot review submissions", t.Role))
	}
	switch action {
	case "approve":
		return s.Desk.Approve(ctx, stampOf(t), detail.ID, cmd.Comment, cmd.LateReason, src)
	case "return":
		return s.Desk.Return(ctx, stampOf(t), detail.ID, cmd.Comment, src)
	}
	return desk.Receipt{}, problem(http.StatusNotFound, "http", "a submission is approved, returned or withdrawn: /approve, /return, /withdraw")
}
