package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/projections/desk"
)

// uploadTimeout is the patience with an upload and with what it comes to.
const uploadTimeout = 5 * time.Minute

// maxField is how large a field beside a file may be, in bytes.
const maxField = 4 << 10

// submittedFile is the answer to a file of a focal point's.
type submittedFile struct {
	submitted
	File    string            `json:"file"`
	Round   domain.RoundID    `json:"round"`
	Country domain.Respondent `json:"country"`
	DryRun  bool              `json:"dry_run"`
}

// takesFiles reports whether a request may be as large as a file.
func takesFiles(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && (c.Path() == "/api/v1/imports" || c.Path() == "/rounds/:id/import")
}

// needImporter refuses who may neither record the answers of a file nor submit them.
func needImporter(t *domain.Token) error {
	switch {
	case t == nil:
		return problem(http.StatusUnauthorized, "token_needed", "importing a file needs the token of an analyst, or of a country's focal point")
	case !t.Records() && t.Role != domain.FocalPoint:
		return problem(http.StatusForbidden, "forbidden", fmt.Sprintf("a token of role %s cannot import files", t.Role))
	}
	return nil
}

// received is a file with the fields that came with it.
type received struct {
	upload
	fields map[string]string
}

func (r received) get(name string) string { return strings.TrimSpace(r.fields[name]) }

// receive reads a multipart body of one file and of known fields, in any order.
func (s *server) receive(c echo.Context, fields ...string) (r received, err error) {
	if s.Uploads == nil {
		return r, problem(http.StatusServiceUnavailable, "no_uploads", "this server takes no files; import them on the command line")
	}
	patience := http.NewResponseController(c.Response())
	until := time.Now().Add(uploadTimeout)
	if err := errors.Join(patience.SetReadDeadline(until), patience.SetWriteDeadline(until)); err != nil {
		s.Logger.Warn("the time for uploads was not set", "error", err)
	}
	defer func() {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			err = uploadTooLarge()
		}
		if err != nil && r.SHA256 != "" {
			err = errors.Join(err, s.Uploads.drop(r.upload))
		}
	}()
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxUpload+1<<20)
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return r, problem(http.StatusBadRequest, "invalid", "send the file as multipart/form-data, in the field file")
	}
	r.fields = map[string]string{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r, unreadable(err)
		}
		if err := s.part(c, &r, part, fields); err != nil {
			return r, err
		}
	}
	if r.SHA256 == "" {
		return r, problem(http.StatusBadRequest, "invalid", "there is no file; send it in the field file")
	}
	return r, nil
}

func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return problem(http.StatusBadRequest, "invalid", "the form could not be read to its end; send it again")
}

func (s *server) part(c echo.Context, r *received, part *multipart.Part, fields []string) (err error) {
	name := part.FormName()
	if name == "file" {
		if r.SHA256 != "" {
			return problem(http.StatusBadRequest, "invalid", "there are two files; send one")
		}
		if part.FileName() == "" {
			return nil // a form that no file was chosen in
		}
		r.upload, err = s.Uploads.keep(holder(c).ID, fileName(part.FileName()), part)
		return err
	}
	for _, f := range fields {
		if f == name {
			value, err := io.ReadAll(io.LimitReader(part, maxField+1))
			if err != nil {
				return unreadable(err)
			}
			if len(value) > maxField || !utf8.Valid(value) {
				return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("%s is longer than %d bytes, or not UTF-8 text", name, maxField))
			}
			r.fields[name] = string(value)
			return nil
		}
	}
	return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("field %q is unknown; the fields are file, %s", name, strings.Join(fields, ", ")))
}

// fileName is the last part of what a browser calls a file.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), `\`, "/"))
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:200])
	}
	return domain.Typed(strings.ReplaceAll(s, "\x00", ""))
}

// postImport imports a file of answers, or says what it comes to; that of a focal
// point is submitted for review.
func (s *server) postImport(c echo.Context) error {
	t := holder(c)
	if err := needImporter(t); err != nil {
		return err
	}
	r, err := s.receive(c, "round", "dry_run", "late_reason", "note")
	if err != nil {
		return err
	}
	defer s.discard(r.upload)
	dryRun, err := strconv.ParseBool(cmpOr(r.get("dry_run"), "false"))
	if err != nil {
		return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("dry_run %q is neither true nor false", r.get("dry_run")))
	}
	if r.get("round") == "" {
		return problem(http.StatusBadRequest, "invalid", "say in the field round which round the file answers")
	}
	f := desk.File{Round: domain.RoundID(r.get("round")), LateReason: r.get("late_reason")}
	if t.Role == domain.FocalPoint {
		out, err := s.submitUpload(c.Request().Context(), t, r.SHA256, f, r.get("note"), dryRun)
		if err != nil {
			return err
		}
		if out.Submission != "" {
			c.Response().Header().Set("Location", "/api/v1/submissions/"+out.Submission)
		}
		return wrote(c, out.Receipt, out)
	}
	out, err := s.importUpload(c.Request().Context(), t, r.SHA256, f, dryRun)
	if err != nil {
		return err
	}
	return wrote(c, out.Receipt, out)
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// wrote answers what was written, with 201 where it is anything.
func wrote(c echo.Context, r desk.Receipt, body any) error {
	c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(r.Position), 10))
	if r.Events > 0 {
		return c.JSON(http.StatusCreated, body)
	}
	return c.JSON(http.StatusOK, body)
}

func (s *server) discard(x upload) {
	if err := s.Uploads.drop(x); err != nil {
		s.Logger.Error("an upload was not removed", "error", err)
	}
}

// importUpload imports a file that waits. One at a time: each takes memory.
func (s *server) importUpload(ctx context.Context, t *domain.Token, sha string, f desk.File, dryRun bool) (out desk.Imported, err error) {
	err = s.withUpload(ctx, t, sha, &f, func(by events.Stamp) error {
		out, err = s.Desk.Import(ctx, by, f, dryRun)
		return err
	})
	return out, err
}

// submitUpload hands in a file that waits for review, for the country of the token.
func (s *server) submitUpload(ctx context.Context, t *domain.Token, sha string, f desk.File, note string, dryRun bool) (out submittedFile, err error) {
	if f.LateReason != "" {
		return out, problem(http.StatusForbidden, "forbidden", "a focal point submits while the round is open; tell an analyst why this is late")
	}
	err = s.withUpload(ctx, t, sha, &f, func(by events.Stamp) (err error) {
		submit := s.Desk.SubmitFile
		if dryRun {
			submit = s.Desk.TrySubmitFile
		}
		out.Receipt, err = submit(ctx, by, f, t.Country, note)
		return err
	})
	out.File, out.Round, out.Country, out.DryRun = f.Name, f.Round, t.Country, dryRun
	if len(out.EventIDs) > 0 {
		out.Submission = out.EventIDs[0]
	}
	return out, err
}

func (s *server) withUpload(ctx context.Context, t *domain.Token, sha string, f *desk.File, do func(events.Stamp) error) error {
	select {
	case s.importing <- struct{}{}:
		defer func() { <-s.importing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	x, file, ok, err := s.Uploads.open(t.ID, sha)
	if err != nil {
		return err
	}
	if !ok {
		return problem(http.StatusGone, "upload_gone", "the file is not here any more: it waits for a quarter of an hour; choose it again")
	}
	defer func() { _ = file.Close() }() // read only: nothing is lost
	f.Name, f.Reader = x.Name, file
	return do(stampOf(t))
}
