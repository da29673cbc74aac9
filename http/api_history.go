package http

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// How many events an answer to a search holds.
const (
	historyPage    = 100
	maxHistoryPage = 500
)

// getHistory is everything ever said of a respondent and an indicator, oldest
// first, where these are all that is asked for; else a search of the log, newest
// first, page by page: Link (RFC 8288) names the next.
func (s *server) getHistory(c echo.Context) error {
	q, err := criteria(c)
	if err != nil {
		return err
	}
	if q.IsCell() && c.QueryParam("limit") == "" {
		return s.getCellHistory(c, q)
	}
	limit, err := limitOf(c)
	if err != nil {
		return err
	}
	found, err := s.search(c, q, limit)
	if err != nil {
		return err
	}
	if found.Next > 0 {
		c.Response().Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, older(c, found.Next)))
	}
	return s.answer(c, found.Rows)
}

func (s *server) getCellHistory(c echo.Context, q projections.Criteria) error {
	var at events.Position
	var framework domain.FrameworkID
	err := s.read(c, func(r reading) error {
		if !r.reader.Sees(q.Country) {
			return needAll(nil)
		}
		at = r.at
		f, _, err := r.meantIndicator(q.Indicator, q.Framework)
		if err == nil {
			framework = f.ID
		}
		return err
	})
	if err != nil {
		return err
	}
	rows, err := projections.History(c.Request().Context(), s.Log, framework, q.Country, q.Indicator, at)
	if err != nil {
		return err
	}
	return s.answer(c, rows)
}

// criteria are what a request searches for.
func criteria(c echo.Context) (projections.Criteria, error) {
	get := func(key string) string { return domain.Typed(c.QueryParam(key)) }
	q := projections.Criteria{Framework: asked(c), Round: domain.RoundID(get("round")), Country: domain.Respondent(get("country")),
		Indicator: askedIndicator(c), Actor: get("actor"), Type: get("type"), Text: get("text")}
	var err error
	if q.Since, err = projections.ParseSince(get("since")); err != nil {
		return q, err
	}
	if q.Until, err = projections.ParseMoment(get("until")); err != nil {
		return q, err
	}
	if err := q.EffectiveFrom.UnmarshalText([]byte(get("effectiveFrom"))); err != nil {
		return q, err
	}
	if err := q.EffectiveTo.UnmarshalText([]byte(get("effectiveTo"))); err != nil {
		return q, err
	}
	switch v := get("superseded"); v {
	case "true", "1":
		q.Superseded = true
	case "", "false", "0":
	default:
		return q, problem(http.StatusBadRequest, "invalid", fmt.Sprintf("superseded is true or false, not %q", v))
	}
	if v := get("before"); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			return q, problem(http.StatusBadRequest, "invalid", fmt.Sprintf("before %q is not a position", v))
		}
		q.Before = events.Position(n)
	}
	return q, nil
}

func limitOf(c echo.Context) (int, error) {
	v := c.QueryParam("limit")
	if v == "" {
		return historyPage, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxHistoryPage {
		return 0, problem(http.StatusBadRequest, "invalid", fmt.Sprintf("limit %q is not a number of 1 to %d", v, maxHistoryPage))
	}
	return n, nil
}

// confine narrows a search to what its reader may see: a focal point to the own
// country, so that no count or cursor tells of another.
func confine(r reading, q *projections.Criteria) error {
	switch {
	case r.reader == nil:
		return needAll(nil)
	case r.reader.SeesAll():
	case q.Country == "":
		q.Country = r.reader.Country
	case !r.reader.Sees(q.Country):
		return needAll(nil)
	}
	return nil
}

// opener is what Search asks of each event.
func opener(t *domain.Token) projections.Opens {
	return func(st *projections.State, e events.Event) bool { return open(t, st, e) }
}

// search finds one page of events, as the reader may see them.
func (s *server) search(c echo.Context, q projections.Criteria, limit int) (projections.AuditPage, error) {
	at, err := s.searchable(c, &q)
	if err != nil {
		return projections.AuditPage{}, err
	}
	return projections.SearchPage(c.Request().Context(), s.Runner, s.Log, q, at, opener(holder(c)), limit)
}

// searchable confines a search, and finds the moment of which it tells.
func (s *server) searchable(c echo.Context, q *projections.Criteria) (at events.Position, err error) {
	err = s.read(c, func(r reading) error {
		at = r.at
		return confine(r, q)
	})
	return at, err
}

// older is the request at hand, for the page that ends before a position.
func older(c echo.Context, before events.Position) string {
	q := c.QueryParams()
	q.Set("before", strconv.FormatInt(int64(before), 10))
	return (&url.URL{Path: c.Request().URL.Path, RawQuery: q.Encode()}).String()
}
