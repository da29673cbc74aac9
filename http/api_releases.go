package http

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
)

// releaseCommand is the body of a release. Group is left out for groups by income,
// and "none" for no groups.
type releaseCommand struct {
	Name   string           `json:"name"`
	Rounds []domain.RoundID `json:"rounds"`
	Group  string           `json:"group"`
	DryRun bool             `json:"dry_run"`
}

// getReleases lists the releases, newest last; anybody may know of them.
func (s *server) getReleases(c echo.Context) error {
	return list(s, c, func(r reading) ([]projections.ReleaseRow, error) { return r.state.ReleaseRows(r.at), nil })
}

// postRelease makes rounds public.
func (s *server) postRelease(c echo.Context) error {
	t := holder(c)
	switch {
	case t == nil:
		return problem(http.StatusUnauthorized, "token_needed", "releasing numbers needs the token of an analyst")
	case !t.Records():
		return problem(http.StatusForbidden, "forbidden", fmt.Sprintf("a token of role %s cannot release numbers", t.Role))
	}
	var cmd releaseCommand
	if err := decodeBody(c, "a release", &cmd); err != nil {
		return err
	}
	attribute := cmd.Group
	switch attribute {
	case "":
		attribute = domain.AttrIncome
	case "none":
		attribute = ""
	}
	out, err := s.Desk.Release(c.Request().Context(), stampOf(t), domain.Release{Name: cmd.Name, Rounds: cmd.Rounds, Attribute: attribute}, cmd.DryRun)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(out.Position), 10))
	if out.Events == 0 {
		return c.JSON(http.StatusOK, out)
	}
	c.Response().Header().Set("Location", "/api/v1/releases")
	return c.JSON(http.StatusCreated, out)
}
