package http

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events/documents"
	"headway/projections"
)

// inert are the types of documents that a browser may be told of: whatever it does
// with them, nothing runs.
var inert = []string{"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/csv",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.oasis.opendocument.text",
	"application/msword", "application/zip"}

// noFolder says that the server keeps no documents.
func noFolder() *Problem {
	return problem(http.StatusServiceUnavailable, "no_documents", "this server keeps no documents; its operator can give it a place with --documents")
}

// mayUpload refuses who has nothing to give evidence for.
func mayUpload(t *domain.Token) error {
	switch {
	case t == nil:
		return problem(http.StatusUnauthorized, "token_needed", "giving a document needs the token of a focal point or an analyst")
	case !t.Records() && t.Role != domain.FocalPoint:
		return problem(http.StatusForbidden, "forbidden", fmt.Sprintf("a token of role %s cannot give documents", t.Role))
	}
	return nil
}

// postDocument keeps a file, and answers with what a status says of it.
func (s *server) postDocument(c echo.Context) error {
	if err := mayUpload(holder(c)); err != nil {
		return err
	}
	if s.Documents == nil {
		return noFolder()
	}
	r, err := c.Request().MultipartReader()
	if err != nil {
		return problem(http.StatusBadRequest, "invalid", "send the document as multipart/form-data, in the field file")
	}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return problem(http.StatusBadRequest, "invalid", "the form has no field file")
		}
		if err != nil {
			return tooLarge(err)
		}
		if part.FormName() != "file" {
			continue
		}
		d, err := s.Documents.Put(c.Request().Context(), part.FileName(), part)
		if err != nil {
			return tooLarge(err)
		}
		c.Response().Header().Set("Location", "/api/v1/documents/"+d.SHA256)
		return c.JSON(http.StatusCreated, d)
	}
}

// tooLarge tells a request that is too large from any other error of its reading.
func tooLarge(err error) error {
	var body *http.MaxBytesError
	if r := domain.RefusalOf(err); errors.As(err, &body) || r != nil && r.Code == documents.CodeTooLarge || errors.Is(err, echo.ErrStatusRequestEntityTooLarge) {
		return problem(http.StatusRequestEntityTooLarge, string(documents.CodeTooLarge), fmt.Sprintf("a document has at most %d MiB; link to a larger one instead", domain.MaxDocumentSize>>20))
	}
	if errors.Is(err, multipart.ErrMessageTooLarge) || strings.Contains(err.Error(), "multipart:") {
		return problem(http.StatusBadRequest, "invalid", "the form was cut or damaged; send it again")
	}
	return err
}

// getDocument hands a document to who may see a status, or a draft, that names it.
// To anybody else it is not there.
func (s *server) getDocument(c echo.Context) error {
	t, sum := holder(c), c.Param("sha256")
	if t == nil {
		return needAll(nil)
	}
	var named []projections.DocumentRow
	s.Runner.Read(func(st *projections.State) { named = st.NamedBy(sum) })
	i := slices.IndexFunc(named, func(d projections.DocumentRow) bool { return seesDocument(t, d) })
	if i < 0 {
		return problem(http.StatusNotFound, "unknown_document", "there is no such document, or none that this token may see")
	}
	if s.Documents == nil {
		return noFolder()
	}
	r, err := s.Documents.Open(sum)
	if errors.Is(err, documents.ErrMissing) {
		return problem(http.StatusNotFound, "not_kept", "the log names the document, and the file itself is not kept here")
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // read only
	d, h := named[i], c.Response().Header()
	typ, _, _ := mime.ParseMediaType(d.Type)
	if !slices.Contains(inert, typ) {
		typ = echo.MIMEOctetStream
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10)) // where the content is not what it was the answer breaks off
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+sum+`"`)
	if strings.Contains(c.Request().Header.Get("If-None-Match"), sum) {
		h.Del("Content-Length")
		return c.NoContent(http.StatusNotModified)
	}
	return c.Stream(http.StatusOK, typ, r)
}

// seesDocument reports whether a reader may see a document where it is named.
func seesDocument(t *domain.Token, d projections.DocumentRow) bool {
	return t.SeesDrafts(d.Country) || !d.Draft && t.Sees(d.Country)
}

// checkKept refuses documents that were never given, where the server keeps them:
// a status must not name what nobody has seen.
func (s *server) checkKept(all []domain.Document) error {
	if s.Documents == nil {
		return nil
	}
	for _, d := range all {
		if !s.Documents.Has(d.SHA256) {
			return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("document %q was not given; send it to /api/v1/documents first", d.Name), "document", d.Name, "sha256", d.SHA256)
		}
	}
	return nil
}

// documentLink is a document on a page: where the file is kept, the way to it.
type documentLink struct{ Name, Href, Size, Sum, Short string }

func (s *server) documentLinks(p page, all []domain.Document) []documentLink {
	out := make([]documentLink, len(all))
	for i, d := range all {
		out[i] = documentLink{Name: d.Name, Size: p.P.Text("document.size", "kib", fmt.Sprint(max(1, d.Size>>10))), Sum: d.SHA256, Short: d.SHA256[:min(8, len(d.SHA256))]}
		if s.Documents != nil && s.Documents.Has(d.SHA256) {
			out[i].Href = "/api/v1/documents/" + d.SHA256
		} else {
			out[i].Size += ", " + p.T("document.gone")
		}
	}
	return out
}
