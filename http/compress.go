package http

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

// compressible are the types of answers that are sent compressed. Documents are
// compressed by their makers.
var compressible = []string{"text/html", "text/csv", "text/plain", "application/json", "application/problem+json", "image/svg+xml", "application/cloudevents+json", "application/x-ndjson"}

// compress sends answers compressed to who takes them so. Assets have been
// compressed before, and streams must not wait for a block to fill.
//
// The length of a compressed answer can give away what is in it, where somebody
// else can add to it and see how long it becomes (BREACH). No answer holds a
// token; the cookie of a session is sent with no request that another site makes,
// so that such a site gets public pages only; and the length varies with the
// content by up to 32 bytes.
func compress(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.ContentTypes(compressible), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		return nil, fmt.Errorf("compress answers: %w", err)
	}
	compressed := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live" || strings.HasPrefix(r.URL.Path, "/assets/") {
			next.ServeHTTP(w, r)
			return
		}
		compressed.ServeHTTP(w, r)
	}), nil
}

// represent makes the tags of answers weak, because the same answer has other
// bytes when it is compressed, and says that it may have.
func represent(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Before(func() {
			h := c.Response().Header()
			if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
				h.Set("ETag", "W/"+tag)
			}
			if !strings.Contains(strings.Join(h.Values("Vary"), ","), "Accept-Encoding") {
				h.Add("Vary", "Accept-Encoding")
			}
		})
		return next(c)
	}
}

// accepts reports whether a client takes a coding of contents, by what it says of
// those that it takes.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, weighted := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		if !weighted {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err == nil && q > 0
	}
	return false
}

// asset sends an asset in the smallest form that the reader takes.
func (s *server) asset(c echo.Context) error {
	f, ok := s.assets.Named(c.Param("name"))
	if !ok {
		return echo.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	taken := c.Request().Header.Get("Accept-Encoding")
	data := f.Data
	switch {
	case f.Brotli != nil && accepts(taken, "br"):
		data = f.Brotli
		h.Set("Content-Encoding", "br")
	case accepts(taken, "gzip"):
		small, err := f.Gzip()
		if err != nil {
			return err
		}
		data = small
		h.Set("Content-Encoding", "gzip")
	}
	return c.Blob(http.StatusOK, f.Type, data)
}
