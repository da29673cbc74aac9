package http

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Bounds of the files that wait to be confirmed.
const (
	maxUpload   = 32 << 20  // bytes of one file
	maxUploads  = 256 << 20 // bytes of all
	uploadsEach = 4         // files of one token; the oldest makes room
	uploadAge   = 15 * time.Minute
)

// Uploads keeps files between a preview and its confirmation, each for the token
// that brought it, for a quarter of an hour at most. It is safe for concurrent use.
type Uploads struct {
	dir string
	now func() time.Time

	mu    sync.Mutex
	kept  map[string]upload // by token and SHA-256
	bytes int64
}

// upload is a file that was sent. SHA256 is its name.
type upload struct {
	token, Name, SHA256 string
	size                int64
	at                  time.Time
}

// NewUploads makes a directory that only its owner can read.
func NewUploads(now func() time.Time) (*Uploads, error) {
	dir, err := os.MkdirTemp("", "headway-uploads-")
	if err != nil {
		return nil, fmt.Errorf("make a place for uploads: %w", err)
	}
	return &Uploads{dir: dir, now: now, kept: map[string]upload{}}, nil
}

// Close removes all files.
func (u *Uploads) Close() error {
	if err := os.RemoveAll(u.dir); err != nil {
		return fmt.Errorf("remove the uploads: %w", err)
	}
	return nil
}

func (x upload) key() string { return x.token + "-" + x.SHA256 }

// keep stores a file to its end.
func (u *Uploads) keep(token, name string, r io.Reader) (x upload, err error) {
	f, err := os.CreateTemp(u.dir, "part-") // 0600
	if err != nil {
		return x, fmt.Errorf("keep the upload: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, maxUpload+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return x, fmt.Errorf("keep the upload: %w", err)
	}
	if n > maxUpload {
		return x, uploadTooLarge()
	}
	x = upload{token: token, Name: name, SHA256: hex.EncodeToString(sum.Sum(nil)), size: n, at: u.now()}
	u.mu.Lock()
	defer u.mu.Unlock()
	if err = u.makeRoom(x); err != nil {
		return x, err
	}
	if err = os.Rename(f.Name(), filepath.Join(u.dir, x.key())); err != nil {
		return x, fmt.Errorf("keep the upload: %w", err)
	}
	u.kept[x.key()] = x
	u.bytes += n
	return x, nil
}

// makeRoom removes what is too old, or too much for one token.
func (u *Uploads) makeRoom(x upload) error {
	err := u.remove(x.key())
	for {
		oldest, mine := "", 0
		for key, k := range u.kept {
			if u.now().Sub(k.at) >= uploadAge {
				err = errors.Join(err, u.remove(key))
				continue
			}
			if k.token == x.token {
				if mine++; oldest == "" || k.at.Before(u.kept[oldest].at) {
					oldest = key
				}
			}
		}
		if mine < uploadsEach {
			break
		}
		err = errors.Join(err, u.remove(oldest))
	}
	if err == nil && u.bytes+x.size > maxUploads {
		return problem(http.StatusServiceUnavailable, "busy", "too many files wait to be confirmed; try again in a quarter of an hour")
	}
	return err
}

func (u *Uploads) remove(key string) error {
	x, ok := u.kept[key]
	if !ok {
		return nil
	}
	delete(u.kept, key)
	u.bytes -= x.size
	if err := os.Remove(filepath.Join(u.dir, key)); err != nil {
		return fmt.Errorf("remove an upload: %w", err)
	}
	return nil
}

// drop removes a file that is not needed any more.
func (u *Uploads) drop(x upload) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.remove(x.key())
}

// open opens a file of a token's; ok is false where it is gone.
func (u *Uploads) open(token, sha string) (x upload, f *os.File, ok bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	x, ok = u.kept[upload{token: token, SHA256: sha}.key()]
	if !ok || u.now().Sub(x.at) >= uploadAge {
		return x, nil, false, nil
	}
	if f, err = os.Open(filepath.Join(u.dir, x.key())); err != nil {
		return x, nil, false, fmt.Errorf("open an upload: %w", err)
	}
	return x, f, true, nil
}

func uploadTooLarge() *Problem {
	return problem(http.StatusRequestEntityTooLarge, "too_large",
		fmt.Sprintf("the file is larger than %d MiB, the most that is taken here; split it, or let the operator import it: `headway import`", maxUpload>>20))
}
