package http

import (
	"io"

	"github.com/labstack/echo/v4"
)

// Routes are all routes of the server.
func Routes() []*echo.Route {
	e := echo.New()
	(&server{}).routes(e)
	return e.Routes()
}

// Keep is keep, for tests.
func (u *Uploads) Keep(token, name string, r io.Reader) (string, error) {
	x, err := u.keep(token, name, r)
	return x.SHA256, err
}

// Has reports whether a token's file can be opened.
func (u *Uploads) Has(token, sha string) bool {
	_, f, ok, err := u.open(token, sha)
	if ok && err == nil {
		_ = f.Close() // read only
	}
	return ok && err == nil
}
