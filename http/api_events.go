package http

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
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
	rows := []json.RawMessage{}
	last := events.Position(after)
	for e, err := range s.Log.Read(c.Request().Context(), last, events.Filter{Limit: pageSize}) {
		if err != nil {
			return err
		}
		rows, last = append(rows, events.MarshalCloudEvent(e)), e.Position
	}
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
}

// postStatus records, corrects or withdraws a status. Who may: an analyst or an
// admin any, a focal point those of the own country; late ones not a focal point.
func (s *server) postStatus(c echo.Context) error {
	t := holder(c)
	if t == nil {
		return problem(http.StatusUnauthorized, "token_needed", "recording a status needs a token of an analyst or of the country's focal point")
	}
	var cmd statusCommand
	dec := json.NewDecoder(c.Request().Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&cmd); err != nil {
		return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("the body is not a status command: %v", err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return problem(http.StatusBadRequest, "invalid", "the body holds more than one JSON object")
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

func (s *server) execute(c echo.Context, t *domain.Token, cmd statusCommand) (desk.Receipt, error) {
	ctx := c.Request().Context()
	by := events.Stamp{Actor: "token-" + t.ID}
	if cmd.Action == "correct" || cmd.Action == "withdraw" {
		old, err := s.Desk.Status(ctx, cmd.EventID)
		if err != nil {
			return desk.Receipt{}, err
		}
		cmd.Country = old.Country
	}
	if !t.Reports(cmd.Country) {
		return desk.Receipt{}, problem(http.StatusForbidden, "forbidden", fmt.Sprintf("a token of role %s cannot record statuses of %s", t.Role, url.PathEscape(string(cmd.Country))))
	}
	if strings.TrimSpace(cmd.LateReason) != "" && !t.ReportsLate() {
		return desk.Receipt{}, problem(http.StatusForbidden, "forbidden",
			fmt.Sprintf("a token of role %s cannot record late statuses; send the reason to an analyst", t.Role))
	}
	src := domain.Source{Document: "HTTP API"}
	switch cmd.Action {
	case "", "report":
		return s.Desk.Report(ctx, by, cmd.Round, domain.Report{Country: cmd.Country, Indicator: cmd.Indicator, Status: cmd.Status,
			EffectiveOn: cmd.EffectiveOn, Note: cmd.Note, Evidence: cmd.Evidence, LateReason: cmd.LateReason, Source: src})
	case "correct":
		return s.Desk.Correct(ctx, by, domain.Correct{EventID: cmd.EventID, Status: cmd.Status, EffectiveOn: cmd.EffectiveOn,
			Reason: cmd.Reason, Note: cmd.Note, Evidence: cmd.Evidence, LateReason: cmd.LateReason, Source: src})
	case "withdraw":
		return s.Desk.Withdraw(ctx, by, domain.Withdraw{EventID: cmd.EventID, Reason: cmd.Reason, LateReason: cmd.LateReason, Source: src})
	}
	return desk.Receipt{}, problem(http.StatusBadRequest, "invalid", "action is report, correct or withdraw")
}
