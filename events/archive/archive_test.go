package archive

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"headway/domain"
	"headway/events"
	"headway/events/merkle"
)

func lines(n int) (text []byte, c merkle.Checkpoint) {
	var sum summary
	for i := range n {
		line := events.MarshalCloudEvent(events.Event{ID: events.DeriveID(time.Unix(0, 0), fmt.Sprint(i)), Stream: "s", Version: int64(i + 1), Position: events.Position(i + 1),
			Type: "round.closed", SchemaVersion: 1, EffectiveOn: domain.Date{Year: 2021}, RecordedAt: time.Unix(int64(i), 0).UTC(), Actor: "a", Data: []byte(`{"round":"r"}`)})
		sum.add(line)
		text = append(append(text, line...), '\n')
	}
	return text, sum.checkpoint()
}

// TestDamageIsFound cuts and changes a file at every byte.
func TestDamageIsFound(t *testing.T) {
	text, c := lines(3)
	ctx := context.Background()
	if got, err := Check(ctx, bytes.NewReader(text), &c, nil); err != nil || got != c {
		t.Fatal(got, err)
	}
	for i := range text {
		if _, err := Check(ctx, bytes.NewReader(text[:i]), &c, nil); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d: %v", i, err)
		}
		spoilt := bytes.Clone(text)
		spoilt[i] ^= 1
		if _, err := Check(ctx, bytes.NewReader(spoilt), &c, nil); !errors.Is(err, ErrDamaged) {
			t.Fatalf("changed at %d: %v: %s", i, err, spoilt)
		}
	}
	more, _ := lines(4)
	for name, bad := range map[string]string{
		"one more":         string(more),
		"an empty line":    string(text) + "\n",
		"a byte-order":     "\ufeff" + string(text),
		"end of lines":     strings.ReplaceAll(string(text), "\n", "\r\n"),
		"other JSON":       strings.ReplaceAll(string(text), `"specversion":"1.0",`, `"specversion": "1.0",`),
		"another order":    string(append(bytes.Clone(text[len(text)/3:]), text[:len(text)/3]...)),
		"a line of 9 MB":   string(text) + strings.Repeat("x", 9<<20),
		"something else":   "country,indicator,status\n",
		"nothing whatever": "",
	} {
		if _, err := Check(ctx, strings.NewReader(bad), &c, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	text, _ := lines(3)
	f.Add(text)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Check(context.Background(), bytes.NewReader(text), nil, nil)
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		if err == nil && int64(c.Size) != int64(bytes.Count(text, []byte("\n"))) {
			t.Fatalf("%d events in %q", c.Size, text)
		}
	})
}

func TestCompressedByName(t *testing.T) {
	dir := t.TempDir()
	text, c := lines(500)
	for _, name := range []string{"log.ndjson", "log.ndjson.zst"} {
		path := filepath.Join(dir, name)
		var b bytes.Buffer
		w, err := Compress(&b, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		whole := b.Bytes()
		check := func(data []byte) error {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Open(path)
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			_, err = Check(context.Background(), f, &c, nil)
			return err
		}
		if err := check(whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if small := len(whole) < len(text)/4; small != Compressed(name) {
			t.Errorf("%s has %d bytes of %d", name, len(whole), len(text))
		}
		for _, cut := range []int{1, len(whole) / 2, len(whole) - 1} {
			if err := check(whole[:cut]); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s cut at %d: %v", name, cut, err)
			}
		}
	}
}

// TestBombs: a small file that grows without end is refused when its first line is
// too long, whatever it would become.
func TestBombs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.zst")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(z, endless{}, 1<<30); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Check(context.Background(), r, nil, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("a gigabyte in one line: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, gz.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err = Open(path); err == nil {
		_, err = Check(context.Background(), r, nil, nil)
		_ = r.Close()
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("another compression: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestPiecesFollowEachOther(t *testing.T) {
	list := func(positions ...events.Position) func(func(events.Event, error) bool) {
		return func(yield func(events.Event, error) bool) {
			for _, p := range positions {
				if !yield(events.Event{Position: p}, nil) {
					return
				}
			}
		}
	}
	n := 0
	for piece, err := range Pieces(context.Background(), list(1, 2, 3, 4, 5), 2) {
		if err != nil {
			t.Fatal(err)
		}
		n += len(piece)
	}
	if n != 5 {
		t.Errorf("%d events", n)
	}
	for _, bad := range [][]events.Position{{2}, {1, 3}, {1, 1}} {
		var err error
		for _, err = range Pieces(context.Background(), list(bad...), 2) {
		}
		if !errors.Is(err, events.ErrInvalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
