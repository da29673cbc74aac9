package domain

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPseudonyms(t *testing.T) {
	for _, good := range []string{"a", "operator", "token-7f3a9c21", "a-7f3a9c21", "desk.2", "0x", strings.Repeat("a", 64)} {
		if err := CheckPseudonym(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "Jane", "Jane Doe", "jane doe", "jane@example.org", "-a", ".a", "محلل", "a\n", "a/b", strings.Repeat("a", 65)} {
		if r := RefusalOf(CheckPseudonym(bad)); r == nil || r.Code != CodeNotAPseudonym || !strings.Contains(r.Message, "headway actor add") {
			t.Errorf("%q: %v", bad, r)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // no person's address, and nothing that a terminal obeys
		s := rapid.String().Draw(t, "s")
		if CheckPseudonym(s) == nil && strings.ContainsAny(s, "@ \t\n\x1b\"'<>") {
			t.Fatalf("%q is taken", s)
		}
	})
}

func TestCheckActor(t *testing.T) {
	for name, a := range map[string]Actor{
		"no name":     {ID: "a"},
		"a long name": {ID: "a", Name: strings.Repeat("x", 201)},
		"an escape":   {ID: "a", Name: "x\x1b[2J"},
		"not UTF-8":   {ID: "a", Name: "\xff"},
		"contact":     {ID: "a", Name: "x", Contact: "\n"},
		"id":          {ID: "A", Name: "x"},
	} {
		if RefusalOf(CheckActor(a)) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := CheckActor(Actor{ID: "a-1", Name: "اسم", Contact: "x@example.org"}); err != nil {
		t.Error(err)
	}
	if got := NearestID("a-12", []string{"b-99", "a-13"}); got != "a-13" {
		t.Errorf("nearest: %q", got)
	}
}
