package http_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestNamesSayTheirLanguage: what is named in another language than the page's is
// marked with it wherever it stands, and a page in that language marks nothing.
func TestNamesSayTheirLanguage(t *testing.T) {
	w := severalFrameworks(t)
	const name = "هل توجد استراتيجية وطنية؟"
	path := "/indicators/%D8%A7%D9%84%D8%AA%D8%AE%D8%B7%D9%8A%D8%B7.%D8%A7%D8%B3%D8%AA%D8%B1%D8%A7%D8%AA%D9%8A%D8%AC%D9%8A%D8%A9-%D9%88%D8%B7%D9%86%D9%8A%D8%A9?framework=%D8%A5%D8%B7%D8%A7%D8%B1&lang="
	r := w.get(t, path+"en", "")
	if r.status != http.StatusOK || !strings.Contains(r.body, `<h1><span lang="ar" dir="rtl">`) {
		t.Errorf("%d: the heading does not say that it is Arabic", r.status)
	}
	text := regexp.MustCompile(`(?s)<(title|script)[^>]*>.*?</(title|script)>`).ReplaceAllString(r.body, "")
	marked := regexp.MustCompile(`<span lang="ar" dir="rtl">[^<]*</span>`)
	if strings.Contains(marked.ReplaceAllString(regexp.MustCompile(`<[a-z]+ [^>]*aria-label[^>]*>`).ReplaceAllString(text, ""), ""), name) {
		t.Error("the name stands unmarked somewhere")
	}
	if n := len(marked.FindAllString(text, -1)); n < 4 {
		t.Errorf("%d names are marked", n)
	}
	if title := regexp.MustCompile(`<title>.*</title>`).FindString(r.body); !strings.Contains(title, name) || strings.Contains(title, "span") {
		t.Errorf("the title is %s", title)
	}
	if ar := w.get(t, path+"ar", "").body; strings.Contains(ar, `<span lang=`) {
		t.Error("a page in Arabic marks Arabic names")
	}
	// One that continues it has names of its own, but for the indicator that it maps to.
	if list := w.get(t, "/indicators?lang=fr", "").body; !strings.Contains(list, `<span lang="ar" dir="rtl">`) || !strings.Contains(list, `<span lang="en" dir="ltr">Strategy`) {
		t.Error("the list of all indicators in French does not say which names are Arabic or English")
	}
}
