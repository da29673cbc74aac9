package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of a workbook, unpacked.
const (
	maxUnpacked  = 256 << 20 // bytes of all parts that are read
	maxDirectory = 4 << 20   // bytes of the list of parts
	maxParts     = 4000
	maxSheets    = 1000
	maxDepth     = 64      // of elements within each other
	maxToken     = 1 << 20 // bytes of an element's start, or of a text
)

// archive is a workbook's file: parts of XML in a ZIP archive. Each part is read as
// a stream; what all of them unpack to is bounded, whatever the archive says of it.
type archive struct {
	parts map[string]*zip.File // by name in lower case, with slashes
	left  int64
}

// openArchive lists the parts, and refuses what is no workbook.
func openArchive(data []byte) (*archive, error) {
	directory := &budgetReader{r: bytes.NewReader(data), left: maxDirectory}
	z, err := zip.NewReader(directory, int64(len(data)))
	switch {
	case directory.spent:
		return nil, formError(fmt.Sprintf("the workbook has more than %d parts", maxParts))
	case err != nil:
		return nil, formError("the file is a damaged or cut workbook; send it again")
	case len(z.File) > maxParts:
		return nil, formError(fmt.Sprintf("the workbook has %d parts, more than %d", len(z.File), maxParts))
	}
	directory.left = maxUnpacked * 2 // no limit of its own from here: that of what is unpacked holds
	p := &archive{parts: make(map[string]*zip.File, len(z.File)), left: maxUnpacked}
	var total uint64
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/"))
		if _, twice := p.parts[name]; twice {
			return nil, formError(fmt.Sprintf("the workbook is damaged: it has two parts %s", short(f.Name)))
		}
		p.parts[name] = f
		if total += f.UncompressedSize64; f.UncompressedSize64 > maxUnpacked || total > maxUnpacked {
			return nil, formError(fmt.Sprintf("the workbook unpacks to more than %d MiB; save its answers as CSV", maxUnpacked>>20))
		}
		if err := checkPart(name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// checkPart refuses parts that another kind of file has.
func checkPart(name string) error {
	switch {
	case name == "mimetype", name == "content.xml":
		return formError("the file is an OpenDocument spreadsheet (.ods); save it as .xlsx")
	case strings.HasSuffix(name, "vbaproject.bin"):
		return formError("the workbook has macros, which no form has; save it as .xlsx without them")
	case name == "xl/workbook.bin":
		return formError("the file is a binary workbook (.xlsb); save it as .xlsx")
	case strings.HasPrefix(name, "word/"), strings.HasPrefix(name, "ppt/"):
		return formError("the file is a text document or a presentation; give a workbook (.xlsx) or CSV")
	case strings.HasPrefix(name, "index/") && strings.HasSuffix(name, ".iwa"):
		return formError("the file is a document of Apple Numbers; export it as Excel (.xlsx)")
	}
	return nil
}

func (p *archive) has(name string) bool { return p.parts[strings.ToLower(name)] != nil }

func damaged(format string, args ...any) error {
	return formError("the workbook is damaged: " + fmt.Sprintf(format, args...))
}

// walk hands the elements and texts of a part on. A document type is refused: no
// spreadsheet program writes one. So is what nests too deep or has texts too long
// to be kept.
func (p *archive) walk(name string, each func(xml.Token) error) error {
	f := p.parts[strings.ToLower(name)]
	if f == nil {
		return damaged("%s is missing", short(name))
	}
	r, err := f.Open()
	if err != nil {
		return damaged("%s: %s", short(name), firstLine(err))
	}
	defer func() { _ = r.Close() }() // read only
	guard := &tokenGuard{r: r, total: &p.left}
	d := xml.NewDecoder(guard)
	for depth := 0; ; {
		t, err := d.Token()
		guard.length = 0
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errTooLarge):
			return formError(fmt.Sprintf("the workbook unpacks to more than %d MiB; save its answers as CSV", maxUnpacked>>20))
		case errors.Is(err, errTooLong):
			return damaged("%s has a text longer than %d KiB", short(name), maxToken>>10)
		case err != nil:
			return damaged("%s: %s", short(name), firstLine(err))
		}
		switch t.(type) {
		case xml.Directive:
			return formError(fmt.Sprintf("the workbook defines a document type in %s, which no spreadsheet program does", short(name)))
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return damaged("%s nests too deep", short(name))
			}
		case xml.EndElement:
			depth--
		}
		if err := each(t); err != nil {
			return err
		}
	}
}

// link is a relationship of a part to another.
type link struct{ kind, target string }

// links reads the relationships of a part by id, targets as names of parts. A part
// that has none has no such file.
func (p *archive) links(part string) (map[string]link, error) {
	dir, base := path.Split(part)
	name := dir + "_rels/" + base + ".rels"
	out := map[string]link{}
	if !p.has(name) {
		return out, nil
	}
	err := p.walk(name, func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := strings.ReplaceAll(attr(e, "Target"), "\\", "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		if len(out) >= maxParts {
			return damaged("%s has too many entries", name)
		}
		kind := attr(e, "Type")
		out[attr(e, "Id")] = link{kind[strings.LastIndexByte(kind, '/')+1:], strings.TrimPrefix(path.Clean(target), "/")}
		return nil
	})
	return out, err
}

// linked is the part of a kind among relationships, or "".
func linked(all map[string]link, kind string) string {
	best := ""
	for _, l := range all {
		if l.kind == kind && (best == "" || l.target < best) {
			best = l.target
		}
	}
	return best
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return short(line)
}

// budgetReader reads so many bytes and no more.
type budgetReader struct {
	r     io.ReaderAt
	left  int64
	spent bool
}

func (b *budgetReader) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		b.spent = true
		return 0, errTooLarge
	}
	return b.r.ReadAt(p, off)
}

// tokenGuard fails where a token grows past maxToken, or all parts past their
// limit, before anybody keeps it. Whoever reads sets length back at each token.
type tokenGuard struct {
	r      io.Reader
	length int
	total  *int64
}

func (g *tokenGuard) Read(p []byte) (int, error) {
	if g.length > maxToken {
		return 0, errTooLong
	}
	n, err := g.r.Read(p)
	g.length += n
	if *g.total -= int64(n); *g.total < 0 {
		return 0, errTooLarge
	}
	return n, err
}
