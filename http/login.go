package http

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
)

// sessionLength is how long a browser keeps a token.
const sessionLength = 12 * time.Hour

type loginBody struct {
	Bad bool
	In  string // whose token is in use
}

func (s *server) loginPage(c echo.Context) error { return s.sendLogin(c, http.StatusOK, false) }

func (s *server) sendLogin(c echo.Context, status int, bad bool) error {
	lang, l, _ := s.request(c)
	p := s.newPage(lang, l)
	body := loginBody{Bad: bad}
	if t := holder(c); t != nil {
		body.In = t.ID + " (" + string(t.Role) + ")"
	}
	p.Title, p.Body = p.T("login.title"), body
	html, err := s.render("login", p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, html)
}

// logIn keeps a token that is known in a cookie that scripts cannot read.
func (s *server) logIn(c echo.Context) error {
	secret := c.FormValue("token")
	_, ok, err := s.find(c.Request().Context(), secret)
	if err != nil {
		return err
	}
	if !ok {
		return s.sendLogin(c, http.StatusUnauthorized, true)
	}
	c.SetCookie(sessionCookie(secret, sessionLength))
	lang, _, _ := s.request(c)
	return c.Redirect(http.StatusSeeOther, "/?lang="+url.QueryEscape(lang))
}

func (s *server) logOut(c echo.Context) error {
	c.SetCookie(sessionCookie("", -time.Second))
	return c.Redirect(http.StatusSeeOther, "/")
}
