package domain

import (
	"encoding/hex"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"
)

// Document is a file that is evidence for a status. The log keeps what it was
// called and what was in it, as a hash; the file itself lies in a store of
// documents, or nowhere.
type Document struct {
	Name   string `json:"name"`   // as whoever gave it called it; never a path
	Type   string `json:"type"`   // media type (RFC 6838), "application/pdf"
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // of the content, in lower-case hexadecimal
}

// Limits of what goes with one status.
const (
	MaxDocuments    = 20
	MaxDocumentSize = 64 << 20
	maxDocumentName = 200
)

// CheckDocument refuses what no page could show or no store find.
func CheckDocument(d Document) error {
	bad := func(format string, a ...any) error {
		return Refuse(CodeInvalid, fmt.Sprintf("document %q: ", d.Name)+fmt.Sprintf(format, a...), "document", d.Name)
	}
	if d.Name == "" || len(d.Name) > maxDocumentName || !utf8.ValidString(d.Name) {
		return bad("its name must have 1 to %d bytes of UTF-8", maxDocumentName)
	}
	for _, r := range d.Name {
		if r < ' ' || r == 0x7f || r == '/' || r == '\\' || invisible(r) {
			return bad("its name has the character %U; give a name without it", r)
		}
	}
	if typ, _, err := mime.ParseMediaType(d.Type); err != nil || !strings.Contains(typ, "/") {
		return bad("%q is not a media type, such as application/pdf", d.Type)
	}
	if d.Size < 1 || d.Size > MaxDocumentSize {
		return bad("it has %d bytes; a document has 1 to %d MiB", d.Size, MaxDocumentSize>>20)
	}
	if !ValidSHA256(d.SHA256) {
		return bad("%q is not a SHA-256 in lower-case hexadecimal", d.SHA256)
	}
	return nil
}

// ValidSHA256 reports whether s is a SHA-256 in lower-case hexadecimal.
func ValidSHA256(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64 && strings.ToLower(s) == s
}

// checkDocuments refuses the documents of one status where one is bad, stands
// twice, or there are too many.
func checkDocuments(all []Document) error {
	if len(all) > MaxDocuments {
		return Refuse(CodeInvalid, fmt.Sprintf("a status has at most %d documents, not %d", MaxDocuments, len(all)))
	}
	seen := map[Document]bool{}
	for _, d := range all {
		if err := CheckDocument(d); err != nil {
			return err
		}
		if seen[d] {
			return Refuse(CodeInvalid, fmt.Sprintf("document %q is given twice", d.Name), "document", d.Name)
		}
		seen[d] = true
	}
	return nil
}
