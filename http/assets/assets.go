package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed app.css *.js built
var files embed.FS

// PublicHost is where go-echarts has its copies of ECharts.
const PublicHost = "https://go-echarts.github.io/go-echarts-assets/assets/"

const echarts = "built/echarts.min.js"

// HasECharts reports whether ECharts was built in.
func HasECharts() bool {
	_, err := fs.Stat(files, echarts)
	return err == nil
}

// Library is ECharts; false where it was not built in.
func Library() ([]byte, bool) {
	data, err := files.ReadFile(echarts)
	return data, err == nil
}

// Script is the script of the pages that draws their charts.
func Script() ([]byte, error) {
	data, err := files.ReadFile("app.js")
	if err != nil {
		return nil, fmt.Errorf("load the assets: %w", err)
	}
	return data, nil
}

// fonts are those of pictures, in the order in which they are asked for a letter.
var fonts = []string{"built/noto-sans", "built/noto-sans-arabic"}

// Fonts are the fonts of pictures, of regular or of bold weight, as TrueType; false
// where they were not built in.
func Fonts(bold bool) ([][]byte, bool) {
	weight := "-400.ttf"
	if bold {
		weight = "-700.ttf"
	}
	var out [][]byte
	for _, name := range fonts {
		data, err := files.ReadFile(name + weight)
		if err != nil {
			return nil, false
		}
		out = append(out, data)
	}
	return out, true
}

// File is an asset under the name that pages use: its content's hash is in it, so
// that it can be cached for ever.
type File struct {
	Name   string
	Type   string
	Data   []byte
	Brotli []byte // the same, smaller; nil where the build has not made it of these very bytes
	// Gzip is the same, smaller, for readers who take nothing better.
	Gzip func() ([]byte, error)
}

// gzipped compresses data when they are first asked for.
func gzipped(data []byte) func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err == nil {
			_, err = w.Write(data)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("compress an asset: %w", err)
		}
		return b.Bytes(), nil
	})
}

// Set is all assets, by the short name that templates use.
type Set struct {
	byShort map[string]File
	byName  map[string]File
}

// Load reads the embedded assets.
func Load() (*Set, error) {
	s := &Set{byShort: map[string]File{}, byName: map[string]File{}}
	for short, kind := range map[string]string{"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "live.js": "text/javascript; charset=utf-8", "links.js": "text/javascript; charset=utf-8", echarts: "text/javascript; charset=utf-8"} {
		data, err := files.ReadFile(short)
		if err != nil && short == echarts {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("load the assets: %w", err)
		}
		sum := sha256.Sum256(data)
		base := path.Base(short)
		ext := path.Ext(base)
		f := File{Name: strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:6]) + ext, Type: kind, Data: data, Gzip: gzipped(data)}
		if small, err := files.ReadFile("built/" + f.Name + ".br"); err == nil {
			f.Brotli = small
		}
		s.byShort[base], s.byName[f.Name] = f, f
	}
	return s, nil
}

// Name is the hashed name of an asset; "" when it was not built in.
func (s *Set) Name(short string) string { return s.byShort[short].Name }

// Short is the name that templates use of an asset, by its hashed name.
func (s *Set) Short(name string) string {
	for short, f := range s.byShort {
		if f.Name == name {
			return short
		}
	}
	return ""
}

// Named finds an asset by its hashed name.
func (s *Set) Named(name string) (File, bool) { f, ok := s.byName[name]; return f, ok }

// All are the assets in no particular order.
func (s *Set) All() []File {
	out := make([]File, 0, len(s.byName))
	for _, f := range s.byName {
		out = append(out, f)
	}
	return out
}
