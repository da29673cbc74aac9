package http_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// unpacked is an answer asked for with gzip, and whether it came so.
func (w *world) unpacked(t *testing.T, path, token string, header ...string) (reply, bool) {
	t.Helper()
	r := w.do(t, http.MethodGet, path, token, nil, append(header, "Accept-Encoding", "gzip;q=0.5, zstd;q=0")...)
	if r.header.Get("Content-Encoding") != "gzip" {
		return r, false
	}
	z, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	r.body = string(body)
	return r, true
}

// TestAnswersAreSmall: what is long is sent compressed to who takes it so, and is
// the same; a tag is good for either.
func TestAnswersAreSmall(t *testing.T) {
	w := demo(t)
	asset := regexp.MustCompile(`/assets/app\.[0-9a-f]+\.css`).FindString(w.get(t, "/", "").body)
	for _, path := range []string{"/?lang=ar", asset, "/api/v1/figures?round=2021", "/charts/shares.csv?lang=en", "/api/v1/rounds/nothing-of-this-name-" + strings.Repeat("x", 2000)} {
		plain := w.do(t, http.MethodGet, path, "", nil, "Accept-Encoding", "identity")
		small, is := w.unpacked(t, path, "")
		if !is || small.body != plain.body || small.status != plain.status {
			t.Errorf("%s: compressed %v, status %d and %d, the same: %v", path, is, small.status, plain.status, small.body == plain.body)
		}
		for _, r := range []reply{plain, small} {
			if !strings.Contains(strings.Join(r.header.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s varies by %q", path, r.header.Values("Vary"))
			}
		}
		tag := plain.header.Get("ETag")
		if tag == "" {
			continue
		}
		if tag != small.header.Get("ETag") || !strings.HasPrefix(tag, "W/") {
			t.Errorf("%s: tags %q and %q", path, tag, small.header.Get("ETag"))
		}
		if again, _ := w.unpacked(t, path, "", "If-None-Match", tag); again.status != http.StatusNotModified {
			t.Errorf("%s again: status %d", path, again.status)
		}
	}
	for path, why := range map[string]string{"/healthz": "short", "/nothing.png": "not there"} {
		if r, is := w.unpacked(t, path, ""); is && len(r.body) < 500 {
			t.Errorf("%s is %s and compressed", path, why)
		}
	}
}
