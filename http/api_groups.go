package http

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
)

// askedQuery is what a request asks to compare. Lists of respondents are for holders
// of a token for all countries.
func askedQuery(c echo.Context, r reading) (domain.Query, error) {
	q := domain.Query{Panel: domain.Panel(c.QueryParam("panel")), Attribute: c.QueryParam("group"), Value: c.QueryParam("value"),
		Grouping: domain.Grouping(c.QueryParam("grouping"))}
	if in := askedIndicator(c); in != "" {
		q.Indicators = []domain.IndicatorID{in}
	}
	switch who := c.QueryParam("who"); who {
	case "", "false":
	case "true":
		q.Who = true
		return q, needAll(r.reader)
	default:
		return q, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("who is true or false, not %q", who), "who", who)
	}
	return q, nil
}

// getGroupDifferences sends how two groups differ, or every two, as the reader may
// see it.
func (s *server) getGroupDifferences(c echo.Context) error {
	w, p := s.voice(c)
	return list(s, c, func(r reading) ([]groupRow, error) {
		q, err := askedQuery(c, r)
		if err != nil {
			return nil, err
		}
		var pairs [][2]string
		if between := c.QueryParam("between"); between != "all" {
			a, b, ok := strings.Cut(between, ",")
			if !ok || strings.Contains(b, ",") {
				return nil, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("name two groups, such as low,high, or all for every two, not %q", between), "between", between)
			}
			pairs = append(pairs, [2]string{strings.TrimSpace(a), strings.TrimSpace(b)})
		}
		to := domain.RoundID(c.QueryParam("to"))
		if _, err := r.state.MeantRound(to, asked(c), r.at); err != nil {
			return nil, err
		}
		from := domain.RoundID(c.QueryParam("from"))
		rows, err := s.compareGroups(r, from, to, q, pairs)
		return sayGroups(w, rows, namesBetween(r, p, q.Attribute, from, to)), err
	})
}
