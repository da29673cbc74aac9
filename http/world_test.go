package http_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headway/domain"
	"headway/events"
	"headway/events/documents"
	"headway/events/merkle"
	"headway/events/sqlite"
	webhttp "headway/http"
	"headway/projections"
	"headway/projections/desk"
	"headway/seeds"
)

// world is a server over a log of its own.
type world struct {
	url    string
	path   string // of the log
	store  *sqlite.Store
	runner *projections.Runner
	desk   *desk.Desk
	keys   merkle.Keys
}

var now = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// empty serves a log without events, with options changed where a test needs it.
func empty(t testing.TB, change ...func(*webhttp.Options)) *world {
	t.Helper()
	return over(t, filepath.Join(t.TempDir(), "log.db"), change...)
}

// over serves the log in a file.
func over(t testing.TB, path string, change ...func(*webhttp.Options)) *world {
	t.Helper()
	store, err := sqlite.Open(context.Background(), path, sqlite.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	w := &world{path: path, store: store, runner: projections.NewRunner(store, quiet)}
	w.desk = &desk.Desk{Log: store, Runner: w.runner, IDs: events.NewTimeOrdered(clock, rand.Reader), Now: clock}
	keys := merkle.Keys{Dir: t.TempDir(), Rand: rand.Reader}
	uploads, err := webhttp.NewUploads(clock)
	if err != nil {
		t.Fatal(err)
	}
	o := webhttp.Options{Log: store, Runner: w.runner, Desk: w.desk, Tokens: store, Keys: &keys, Documents: &documents.Folder{Dir: filepath.Join(t.TempDir(), "documents")}, Logger: quiet, Now: clock, Uploads: uploads}
	for _, f := range change {
		f(&o)
	}
	h, err := webhttp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.keys = keys
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		if err := errors.Join(uploads.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	w.url = server.URL
	return w
}

// baseline serves what `headway seed` records: published figures, no answers.
func baseline(t testing.TB) *world {
	t.Helper()
	return kept(t, "baseline", func(t testing.TB) *world {
		w := empty(t)
		ctx := context.Background()
		if _, err := seeds.Seed(ctx, w.store, now, "tester"); err != nil {
			t.Fatal(err)
		}
		if err := w.runner.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		return w
	})
}

// demo serves what `headway demo` does.
func demo(t testing.TB) *world {
	t.Helper()
	return kept(t, "demo", func(t testing.TB) *world {
		w := baseline(t)
		ctx := context.Background()
		if _, err := seeds.Simulate(ctx, w.store, seeds.Simulation{Rounds: []domain.RoundID{"2023", "2025"}, Seed: 7, Actor: "simulator", Now: now}); err != nil {
			t.Fatal(err)
		}
		w.release(t, "2021-simulated", "2023", "2025")
		return w
	})
}

// release makes rounds public.
func (w *world) release(t testing.TB, rounds ...domain.RoundID) desk.Released {
	t.Helper()
	out, err := w.desk.Release(context.Background(), events.Stamp{Actor: "tester"}, domain.Release{Rounds: rounds, Attribute: domain.AttrIncome}, false)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// token makes a token and returns its secret.
func (w *world) token(t testing.TB, role domain.Role, country domain.Respondent) string {
	t.Helper()
	secret, tok, err := webhttp.NewToken(rand.Reader, domain.Token{Role: role, Country: country, CreatedAt: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.SaveToken(context.Background(), tok); err != nil {
		t.Fatal(err)
	}
	return secret
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	body   string
}

func (w *world) do(t testing.TB, method, path, token string, body any, header ...string) reply {
	t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, w.url+path, r)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return w.send(t, req, token)
}

// send sends a request, following no redirection.
func (w *world) send(t testing.TB, req *http.Request, token string) reply {
	t.Helper()
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	out, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(out)}
}

func (w *world) get(t testing.TB, path, token string) reply {
	t.Helper()
	return w.do(t, http.MethodGet, path, token, nil)
}

// rows decodes a list.
func rows[T any](t testing.TB, r reply) []T {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	var out []T
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func deskFile(name string, round domain.RoundID, text string) desk.File {
	return desk.File{Name: name, Round: round, Reader: strings.NewReader(text)}
}
