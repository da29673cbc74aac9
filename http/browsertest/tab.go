package browsertest

import (
	"context"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab shows pages one after the other, and each as often as needed without
// loading it again: for tests that look at every page in every light.
type Tab struct {
	ctx context.Context
	r   *recorder
}

// Tab opens a tab that ends with the test.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	r := &recorder{}
	ctx, done := chromedp.NewContext(b.ctx, chromedp.WithListener(r.hear))
	t.Cleanup(done)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	if err := listen(ctx); err != nil {
		t.Fatalf("listen to a tab: %v", err)
	}
	r.dismiss = func() {
		// The page waits for it; whether it goes on or not, the dialog is noted.
		_, _ = chromedp.Call(ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
	}
	return &Tab{ctx: ctx, r: r}
}

// Load goes to a page, looks at it, and reports what went wrong since the tab was
// last asked.
func (x *Tab) Load(t testing.TB, p Page) Visit { t.Helper(); return x.show(t, p, load) }

// Look shows the page at hand in another size, theme or medium.
func (x *Tab) Look(t testing.TB, p Page) Visit { t.Helper(); return x.show(t, p, emulate) }

func (x *Tab) show(t testing.TB, p Page, step func(context.Context, Page) error) Visit {
	t.Helper()
	x.r.about(p)
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	err := step(ctx, p)
	var title string
	var picture []byte
	if err == nil {
		title, picture, err = look(ctx, p)
	}
	v := x.r.visit(title)
	if err != nil {
		t.Fatalf("visit %s: %v (%q)", p.URL, err, v.Problems)
	}
	keep(t, p.Picture, picture)
	return v
}
