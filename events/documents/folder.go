package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"headway/domain"
)

// Errors of a folder.
var (
	// ErrMissing means that the folder does not have the document: it was never
	// given, or was taken out.
	ErrMissing = errors.New("the document is not kept here")
	// ErrDamaged means that the content of a file is not what its name says.
	ErrDamaged = errors.New("the document was changed on disk")
)

// CodeTooLarge refuses a document larger than domain.MaxDocumentSize.
const CodeTooLarge domain.Code = "too_large"

// Folder keeps documents as files named by the SHA-256 of their content. A file is
// never changed, so that a copy of the folder may be taken at any time. It is safe
// for concurrent use, also by several processes.
type Folder struct{ Dir string }

// path is where a document lies: 256 folders keep each of them small.
func (f Folder) path(sum string) string { return filepath.Join(f.Dir, sum[:2], sum) }

// Put keeps what r holds and describes it. Its type is found in the content. The
// same content again is kept once. On an error nothing is kept.
func (f Folder) Put(ctx context.Context, name string, r io.Reader) (domain.Document, error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return domain.Document{}, fmt.Errorf("keep the document: %w", err)
	}
	tmp, err := os.CreateTemp(f.Dir, "incoming-*") // readable by its owner only
	if err != nil {
		return domain.Document{}, fmt.Errorf("keep the document: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already where it was kept
	d, err := Describe(name, io.TeeReader(&contextReader{ctx, r}, tmp))
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return domain.Document{}, fmt.Errorf("keep the document: %w", err)
	}
	at := f.path(d.SHA256)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return domain.Document{}, fmt.Errorf("keep the document: %w", err)
	}
	if err := os.Rename(tmp.Name(), at); err != nil {
		return domain.Document{}, fmt.Errorf("keep the document: %w", err)
	}
	if err := syncDir(filepath.Dir(at)); err != nil {
		return domain.Document{}, fmt.Errorf("keep the document: %w", err)
	}
	return d, nil
}

// Describe reads a document to its end and says what the log would say of it.
func Describe(name string, r io.Reader) (domain.Document, error) {
	sum, head := sha256.New(), &prefix{}
	n, err := io.Copy(io.MultiWriter(sum, head), io.LimitReader(r, domain.MaxDocumentSize+1))
	if err != nil {
		return domain.Document{}, fmt.Errorf("read %q: %w", name, err)
	}
	if n > domain.MaxDocumentSize {
		return domain.Document{}, domain.Refuse(CodeTooLarge, fmt.Sprintf("document %q is larger than %d MiB; link to it instead", name, domain.MaxDocumentSize>>20), "document", name)
	}
	d := domain.Document{Name: base(name), Type: mimetype.Detect(head.data).String(), Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	return d, domain.CheckDocument(d)
}

// base is the last part of a path of any system.
func base(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		return name[i+1:]
	}
	return name
}

// prefix keeps the start of what is written to it.
type prefix struct{ data []byte }

func (p *prefix) Write(b []byte) (int, error) {
	const enough = 3072 // what mimetype looks at
	p.data = append(p.data, b[:min(len(b), enough-len(p.data))]...)
	return len(b), nil
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Has reports whether a document is kept; its content is not looked at.
func (f Folder) Has(sum string) bool {
	if !domain.ValidSHA256(sum) {
		return false
	}
	info, err := os.Stat(f.path(sum))
	return err == nil && info.Mode().IsRegular()
}

// Open opens a document. Its reader fails with ErrDamaged, at the end, where the
// content is not what it was; where there is none, Open fails with ErrMissing.
func (f Folder) Open(sum string) (io.ReadCloser, error) {
	if !domain.ValidSHA256(sum) {
		return nil, fmt.Errorf("%q is not a SHA-256: %w", sum, ErrMissing)
	}
	file, err := os.Open(f.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("document %s: %w", sum, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("open document %s: %w", sum, err)
	}
	return &checked{File: file, sum: sum, hash: sha256.New()}, nil
}

// checked is a file whose content is checked while it is read.
type checked struct {
	*os.File
	sum  string
	hash hash.Hash
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	c.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.hash.Sum(nil)) != c.sum {
		return n, fmt.Errorf("document %s: %w", c.sum, ErrDamaged)
	}
	return n, err
}

// WriteTo is left out on purpose: a copy by the system would pass the check by.
func (c *checked) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{c})
}

// Check reads a document to its end: nil, ErrMissing or ErrDamaged.
func (f Folder) Check(sum string) error {
	r, err := f.Open(sum)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// Forget takes a document out of the folder. The log goes on naming it. Forgetting
// one that is not there is ErrMissing.
func (f Folder) Forget(sum string) error {
	if !domain.ValidSHA256(sum) {
		return fmt.Errorf("%q is not a SHA-256: %w", sum, ErrMissing)
	}
	err := os.Remove(f.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("document %s: %w", sum, ErrMissing)
	}
	if err != nil {
		return fmt.Errorf("forget document %s: %w", sum, err)
	}
	return syncDir(filepath.Dir(f.path(sum)))
}
