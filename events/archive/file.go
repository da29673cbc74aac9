package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Compressed reports whether a file of this name is compressed: by its ending.
func Compressed(name string) bool { return strings.HasSuffix(name, ".zst") }

// Compress wraps what is written to a file in Zstandard where its name says so. Its
// Close ends the compression and leaves the file open.
func Compress(w io.Writer, name string) (io.WriteCloser, error) {
	if !Compressed(name) {
		return open{w}, nil
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	return z, nil
}

type open struct{ io.Writer }

func (open) Close() error { return nil }

// maxWindow bounds the memory that a compressed file can ask for.
const maxWindow = 128 << 20

// Open opens a file for reading, decompressed where its name says that it is
// compressed.
func Open(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if !Compressed(path) {
		return f, nil
	}
	z, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("decompress %s: %w", path, err), f.Close())
	}
	return compressedFile{z.IOReadCloser(), f}, nil
}

type compressedFile struct {
	io.ReadCloser
	file *os.File
}

func (c compressedFile) Close() error { return errors.Join(c.ReadCloser.Close(), c.file.Close()) }
