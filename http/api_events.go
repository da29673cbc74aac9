package http

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/projections"
	"headway/projections/desk"
)

// pageSize is how many events an answer holds.
const pageSize = 500

// getEvents pages through the log, as CloudEvents, for holders of a token; Link
// (RFC 8288) names the next page.
func (s *server) getEvents(c echo.Context) error {
	if err := needAll(holder(c)); err != nil {
		return err
	}
	after, err := strconv.ParseInt("0"+c.QueryParam("after"), 10, 64)
	if err != nil {
		return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("after %q is not a position", c.QueryParam("after")))
	}
	var found []events.Event
	last := events.Position(after)
	for e, err := range s.Log.Read(c.Request().Context(), last, events.Filter{Limit: pageSize}) {
		if err != nil {
			return err
		}
		found, last = append(found, e), e.Position
	}
	rows := make([]json.RawMessage, len(found))
	s.Runner.Read(func(st *projections.State) {
		for i, e := range found {
			rows[i] = events.MarshalCloudEvent(shown(holder(c), st, e))
		}
	})
	if len(rows) == pageSize {
		c.Response().Header().Set("Link", fmt.Sprintf(`</api/v1/events?after=%d>; rel="next"`, last))
	}
	return c.JSON(http.StatusOK, rows)
}

// statusCommand is the body of POST /api/v1/events/status.
type statusCommand struct {
	Action      string             `json:"action"` // report (default), correct or withdraw
	Round       domain.RoundID     `json:"round"`
	Country     domain.Respondent  `json:"country"`
	Indicator   domain.IndicatorID `json:"indicator"`
	Status      domain.Status      `json:"status"`
	EffectiveOn domain.Date        `json:"effective_on"`
	Note        string             `json:"note"`
	Evidence    []string           `json:"evidence"`
	EventID     string             `json:"event_id"` // of what is corrected or withdrawn
	Reason      string             `json:"reason"`
	LateReason  string             `json:"late_reason"` // of what comes after the round was closed
	Documents   []domain.Document  `json:"documents"`   // given to /api/v1/documents before
}

// postStatus records, corrects or withdraws a status, for analysts and admins. A
// focal point submits for review instead.
func (s *server) postStatus(c echo.Context) error {
	t := holder(c)
	if err := needRecorder(t); err != nil {
		return err
	}
	var cmd statusCommand
	if err := decodeBody(c, "a status command", &cmd); err != nil {
		return err
	}
	receipt, err := s.execute(c, t, cmd)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(receipt.Position), 10))
	status := http.StatusOK
	if receipt.Events > 0 {
		status = http.StatusCreated
	}
	return c.JSON(status, receipt)
}

// stampOf is who is recorded with what the holder of a token writes.
func stampOf(t *domain.Token) events.Stamp { return events.Stamp{Actor: "token-" + t.ID} }

// needRecorder refuses who may not record statuses that take effect at once.
func needRecorder(t *domain.Token) error {
	switch {
	case t == nil:
		return problem(http.StatusUnauthorized, "token_needed", "recording a status needs the token of an analyst")
	case t.Role == domain.FocalPoint:
		return problem(http.StatusForbidden, string(domain.CodeReviewNeeded),
			"what a focal point reports takes effect once an analyst approves it; send it to /api/v1/submissions, or use the page of the round")
	case !t.Records():
		return problem(http.StatusForbidden, "forbidden", fmt.Sprintf("a token of role %s cannot record statuses", t.Role))
	}
	return nil
}

func (s *server) execute(c echo.Context, t *domain.Token, cmd statusCommand) (desk.Receipt, error) {
	ctx := c.Request().Context()
	by := stampOf(t)
	if err := s.checkKept(cmd.Documents); err != nil {
		return desk.Receipt{}, err
	}
	src := domain.Source{Document: "HTTP API"}
	switch cmd.Action {
	case "", "report":
		return s.Desk.Report(ctx, by, cmd.Round, domain.Report{Country: cmd.Country, Indicator: cmd.Indicator, Status: cmd.Status,
			EffectiveOn: cmd.EffectiveOn, Note: cmd.Note, Evidence: cmd.Evidence, Documents: cmd.Documents, LateReason: cmd.LateReason, Source: src})
	case "correct":
		return s.Desk.Correct(ctx, by, domain.Correct{EventID: cmd.EventID, Status: cmd.Status, EffectiveOn: cmd.EffectiveOn,
			Reason: cmd.Reason, Note: cmd.Note, Evidence: cmd.Evidence, Documents: cmd.Documents, LateReason: cmd.LateReason, Source: src})
	case "withdraw":
		return s.Desk.Withdraw(ctx, by, domain.Withdraw{EventID: cmd.EventID, Reason: cmd.Reason, LateReason: cmd.LateReason, Source: src})
	}
	return desk.Receipt{}, problem(http.StatusBadRequest, "invalid", "action is report, correct or withdraw")
}
