package documents

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
)

func put(t testing.TB, f Folder, name, text string) domain.Document {
	t.Helper()
	d, err := f.Put(context.Background(), name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func get(f Folder, sum string) (string, error) {
	r, err := f.Open(sum)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), errors.Join(err, r.Close())
}

func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
			if info, err := d.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s is open to others: %v", path, info.Mode())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPutAndOpen(t *testing.T) {
	f := Folder{filepath.Join(t.TempDir(), "documents")}
	d := put(t, f, "/home/someone/القانون.pdf", "%PDF-1.7\n…")
	if d.Name != "القانون.pdf" || d.Type != "application/pdf" || d.Size != 12 || !f.Has(d.SHA256) {
		t.Errorf("%+v", d)
	}
	if text, err := get(f, d.SHA256); err != nil || text != "%PDF-1.7\n…" {
		t.Errorf("%q, %v", text, err)
	}
	again := put(t, f, `C:\act.pdf`, "%PDF-1.7\n…")
	if again.SHA256 != d.SHA256 || again.Name != "act.pdf" || files(t, f.Dir) != 1 {
		t.Errorf("the same content again: %+v, %d files", again, files(t, f.Dir))
	}
	for name, want := range map[string]string{"<html><script>": "text/html; charset=utf-8", "{\"a\": 1}": "application/json", "\x89PNG\r\n\x1a\n": "image/png"} {
		if d := put(t, f, "a.pdf", name); d.Type != want {
			t.Errorf("%q is %s", name, d.Type)
		}
	}
}

func TestWhatIsNotKept(t *testing.T) {
	f := Folder{t.TempDir()}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	broken := errors.New("the line is dead")
	for what, c := range map[string]struct {
		ctx  context.Context
		name string
		r    io.Reader
		want error
	}{
		"a line that breaks": {context.Background(), "a.pdf", io.MultiReader(strings.NewReader("a"), &failing{broken}), broken},
		"nobody waits":       {ctx, "a.pdf", strings.NewReader("a"), context.Canceled},
		"nothing":            {context.Background(), "a.pdf", strings.NewReader(""), &domain.Refusal{Code: domain.CodeInvalid}},
		"no name":            {context.Background(), "dir/", strings.NewReader("a"), &domain.Refusal{Code: domain.CodeInvalid}},
		"too much":           {context.Background(), "a.pdf", io.LimitReader(zeros{}, domain.MaxDocumentSize+1), &domain.Refusal{Code: CodeTooLarge}},
	} {
		if _, err := f.Put(c.ctx, c.name, c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := files(t, f.Dir); n != 0 {
		t.Errorf("%d files were left", n)
	}
	for _, sum := range []string{"", "..", "../../../etc/passwd", strings.Repeat("0", 64)} {
		if _, err := f.Open(sum); !errors.Is(err, ErrMissing) || f.Has(sum) || !errors.Is(f.Forget(sum), ErrMissing) {
			t.Errorf("%q: %v", sum, err)
		}
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestAChangedFileIsNoticed(t *testing.T) {
	f := Folder{t.TempDir()}
	d := put(t, f, "a.txt", "what was said")
	if err := f.Check(d.SHA256); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(f.path(d.SHA256), []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Check(d.SHA256); !errors.Is(err, ErrDamaged) {
		t.Errorf("check: %v", err)
	}
	if _, err := get(f, d.SHA256); !errors.Is(err, ErrDamaged) {
		t.Errorf("read: %v", err)
	}
	var b bytes.Buffer
	r, err := f.Open(d.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(&b, r); !errors.Is(err, ErrDamaged) {
		t.Errorf("copied: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	// Given again, it is whole again; forgotten, it is gone.
	put(t, f, "a.txt", "what was said")
	if err := errors.Join(f.Check(d.SHA256), f.Forget(d.SHA256)); err != nil || f.Has(d.SHA256) {
		t.Error(err)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Folder{filepath.Join(file, "documents")}).Put(context.Background(), "a", strings.NewReader("a")); err == nil {
		t.Error("kept where there is no folder")
	}
}

func TestAnythingComesBackAsItWas(t *testing.T) {
	f := Folder{t.TempDir()}
	rapid.Check(t, func(rt *rapid.T) {
		text := string(rapid.SliceOfN(rapid.Byte(), 1, 5000).Draw(rt, "content"))
		d, err := f.Put(context.Background(), "a", strings.NewReader(text))
		if err != nil {
			rt.Fatal(err)
		}
		if back, err := get(f, d.SHA256); err != nil || back != text || d.Size != int64(len(text)) {
			rt.Fatalf("%d bytes came back as %d: %v", len(text), len(back), err)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	f := Folder{t.TempDir()}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if d, err := f.Put(context.Background(), "a", strings.NewReader("the same")); err != nil || f.Check(d.SHA256) != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := files(t, f.Dir); n != 1 {
		t.Errorf("%d files", n)
	}
}
