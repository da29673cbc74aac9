package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is one headless Chromium.
type Browser struct{ ctx context.Context }

// patience bounds one page, also on a slow machine.
const patience = 60 * time.Second

// New starts a browser that ends with the test.
func New(t testing.TB) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("these tests need Chromium: run .ci/install chromium (on Debian: apt-get install -y chromium fonts-noto-core)")
	}
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	opts = append(opts, chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()), chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(patience))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		stop()
		stopAllocator()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return &Browser{ctx}
}

// Visit is what a visit to a page showed.
type Visit struct {
	Title    string
	Problems []string // console errors, exceptions, policy violations, dialogs
	Hosts    []string // other than the page's own that were asked for something
}

// Page says what to visit and how.
type Page struct {
	URL           string
	Width, Height int
	// Dark asks for dark colors, Print for the sheet for print.
	Dark, Print bool
	// Forced asks for colors that the reader's system imposes, Still for no motion.
	Forced, Still bool
	// Files are chosen in the page's file input.
	Files []string
	// Act is JavaScript run in the page before buttons are pressed; a promise is
	// waited for.
	Act string
	// Press are buttons, as selectors, that are pressed in turn; each leads to
	// another page.
	Press []string
	// Eval is JavaScript run in the page at the end; its value, or that which its
	// promise brings, goes to Result.
	Eval   string
	Result any
	// Picture is the file name of a screenshot, taken where HEADWAY_SCREENSHOTS
	// names a folder.
	Picture string
}

// Open visits a page in a tab of its own, waits until its charts are drawn and
// reports what went wrong.
func (b *Browser) Open(t testing.TB, p Page) Visit {
	t.Helper()
	r := &recorder{page: p}
	tab, done := chromedp.NewContext(b.ctx, chromedp.WithListener(r.hear))
	defer done()
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	r.dismiss = func() {
		// The page waits for it; whether it goes on or not, the dialog is noted.
		_, _ = chromedp.Call(tab, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
	}
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	title, picture, err := visit(ctx, p)
	v := r.visit(title)
	if err != nil {
		t.Fatalf("visit %s: %v (%s)", p.URL, err, strings.Join(v.Problems, "; "))
	}
	keep(t, p.Picture, picture)
	return v
}

// keep writes a picture, if one was taken.
func keep(t testing.TB, name string, picture []byte) {
	t.Helper()
	if picture == nil {
		return
	}
	dir := os.Getenv(screenshots)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// screenshots names the folder for pictures.
const screenshots = "HEADWAY_SCREENSHOTS"

// Pictures reports whether pictures are taken.
func Pictures() bool { return os.Getenv(screenshots) != "" }

// visit loads a page in a tab and looks at it.
func visit(ctx context.Context, p Page) (title string, picture []byte, err error) {
	if err := listen(ctx); err != nil {
		return "", nil, err
	}
	if err := load(ctx, p); err != nil {
		return "", nil, err
	}
	return look(ctx, p)
}

// listen makes a tab tell of requests and errors.
func listen(ctx context.Context) error {
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	return err
}

// emulate gives a tab the size, the theme and the medium of a page.
func emulate(ctx context.Context, p Page) error {
	feature := func(name string, on bool, yes, no string) *emulation.MediaFeature {
		if on {
			return &emulation.MediaFeature{Name: name, Value: yes}
		}
		return &emulation.MediaFeature{Name: name, Value: no}
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		feature("prefers-color-scheme", p.Dark, "dark", "light"),
		feature("forced-colors", p.Forced, "active", "none"),
		feature("prefers-reduced-motion", p.Still, "reduce", "no-preference")}}
	if p.Print {
		media.Media = "print"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.EmulateViewport(int64(p.Width), int64(p.Height)))
}

// load goes to a page, and presses its buttons.
func load(ctx context.Context, p Page) error {
	if err := emulate(ctx, p); err != nil {
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(p.URL)); err != nil {
		return err
	}
	if len(p.Files) > 0 {
		if err := chromedp.Do(ctx, chromedp.SetUploadFiles(`input[type=file]`, p.Files)); err != nil {
			return err
		}
	}
	if p.Act != "" {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](p.Act, chromedp.EvalAwaitPromise)); err != nil {
			return fmt.Errorf("act: %w", err)
		}
	}
	for _, button := range p.Press {
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(button)); err != nil {
			return fmt.Errorf("press %s: %w", button, err)
		}
	}
	return nil
}

// look waits until the charts are drawn, and reads what was asked for.
func look(ctx context.Context, p Page) (title string, picture []byte, err error) {
	drawn := `[...document.querySelectorAll('figure[data-chart]')].every(f => f.hasAttribute('data-drawn'))`
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](drawn, chromedp.WithPollingTimeout(15*time.Second))); err != nil {
		return "", nil, err
	}
	if title, err = chromedp.Run(ctx, chromedp.Title()); err != nil {
		return "", nil, err
	}
	if p.Eval != "" {
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](p.Eval, chromedp.EvalAwaitPromise))
		if err != nil {
			return "", nil, err
		}
		if err := json.Unmarshal(raw, p.Result); err != nil {
			return "", nil, err
		}
	}
	if Pictures() && p.Picture != "" {
		picture, err = photograph(ctx, p)
	}
	return title, picture, err
}

// photograph takes a picture of the whole page, in a window that is as high: a picture
// of more than the window would show charts in the middle of following its size.
func photograph(ctx context.Context, p Page) ([]byte, error) {
	height, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollHeight`))
	if err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(p.Width), max(height, int64(p.Height)))); err != nil {
		return nil, err
	}
	// Charts that follow the window are then where they will stay.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](`new Promise(done => setTimeout(done, 1000)).then(() => 0)`, chromedp.EvalAwaitPromise)); err != nil {
		return nil, err
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, err
	}
	return picture, chromedp.Do(ctx, chromedp.EmulateViewport(int64(p.Width), int64(p.Height)))
}

// recorder notes what happens in a page.
type recorder struct {
	page    Page
	dismiss func()

	mu sync.Mutex
	v  Visit
}

// about begins a visit: what was noted before is forgotten.
func (r *recorder) about(p Page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.page, r.v = p, Visit{}
}

func (r *recorder) visit(title string) Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	v := r.v
	v.Title = title
	return v
}

func (r *recorder) hear(ev any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	note := func(s string) { r.v.Problems = append(r.v.Problems, s) }
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + said(x)
		}
		note("exception: " + text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" && len(e.Args) > 0 {
			note("console: " + said(e.Args[0]))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" {
			note("log: " + e.Entry.Text)
		}
	case *cdppage.EventJavascriptDialogOpening:
		note("dialog: " + e.Message)
		go r.dismiss()
	case *network.EventRequestWillBeSent:
		if host := foreign(e.Request.URL, r.page.URL); host != "" {
			r.v.Hosts = append(r.v.Hosts, host)
		}
	}
}

// said is what a page wrote: a value has its JSON, an object a description only.
func said(x *runtime.RemoteObject) string {
	if x.Description != "" {
		return x.Description
	}
	return string(x.Value)
}

// foreign is the host of a request that is not the page's own; data and blob
// addresses leave no page.
func foreign(request, page string) string {
	if strings.HasPrefix(request, "data:") || strings.HasPrefix(request, "blob:") {
		return ""
	}
	origin := func(u string) string {
		scheme, rest, _ := strings.Cut(u, "://")
		host, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + host
	}
	if origin(request) == origin(page) {
		return ""
	}
	return origin(request)
}
