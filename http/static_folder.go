package http

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// folder is a report's folder in the making: beside the one that it is to replace.
// Its methods are safe for concurrent use.
type folder struct {
	dir, making string

	mu    sync.Mutex
	files []manifestFile
	err   error
}

// newFolder starts a folder. What is at its place must be nothing, an empty folder,
// or a report with no other files in it.
func newFolder(dir string) (*folder, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	if err := replaceable(at); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	making, err := os.MkdirTemp(filepath.Dir(at), "."+filepath.Base(at)+"-*")
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return &folder{dir: at, making: making}, nil
}

// replaceable says why what is at a place must not be replaced by a report.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s cannot hold the report, because it is no folder that can be read: choose another with -o: %w", dir, err)
	case len(entries) == 0:
		return nil
	}
	var m manifest
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil || m.Generator != generator {
		return fmt.Errorf("%s is not empty and no report of Headway: nothing was written; choose another folder with -o, or empty it", dir)
	}
	known := map[string]bool{manifestName: true}
	for _, f := range m.Files {
		known[filepath.FromSlash(f.Path)] = true
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err == nil && !known[rel] {
			err = fmt.Errorf("%s holds %s, which is not of the report: nothing was written; move it elsewhere, or choose another folder with -o", dir, rel)
		}
		return err
	})
}

// write adds a file, unless an earlier one failed.
func (f *folder) write(name string, data []byte) {
	err := f.put(name, data)
	sum := sha256.Sum256(data)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
	f.files = append(f.files, manifestFile{Path: name, Bytes: len(data), SHA256: hex.EncodeToString(sum[:])})
}

func (f *folder) put(name string, data []byte) error {
	path := filepath.Join(f.making, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// listed are the files that were written, in order.
func (f *folder) listed() ([]manifestFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.SortFunc(f.files, func(a, b manifestFile) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return slices.Clone(f.files), f.err
}

// replace puts the folder in its place, and returns how many files it has. What was
// there before stays until this one is there as a whole.
func (f *folder) replace() (int, error) {
	files, err := f.listed()
	if err != nil {
		return 0, err
	}
	if err := os.Chmod(f.making, 0o755); err != nil {
		return 0, fmt.Errorf("write the report: %w", err)
	}
	old := f.making + "-old"
	switch err := os.Rename(f.dir, old); {
	case errors.Is(err, fs.ErrNotExist):
		old = ""
	case err != nil:
		return 0, fmt.Errorf("replace the report: %w", err)
	}
	if err := os.Rename(f.making, f.dir); err != nil {
		if old != "" {
			err = errors.Join(err, os.Rename(old, f.dir))
		}
		return 0, fmt.Errorf("replace the report: %w", err)
	}
	if old != "" {
		if err := os.RemoveAll(old); err != nil {
			return 0, fmt.Errorf("the report was written, but not all of the one before could be removed: %w", err)
		}
	}
	return len(files), nil
}

// discard removes what was not put in its place.
func (f *folder) discard() {
	// Where it is in its place, or cannot be removed, there is nothing left to do.
	_ = os.RemoveAll(f.making)
}
