package projections

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"headway/domain"
	"headway/events"
)

// TestWhatAnEventSaysIsNotPassedOver holds the look at an event's JSON against its
// payload: whatever word occurs in what it says must pass.
func TestWhatAnEventSaysIsNotPassedOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aAkK\u212a\u017fßS<>&\"\\/\n\t é\u0301القَانُون٥\u0640=,"))).Draw(t, "text")
		data, err := json.Marshal(domain.StatusReported{Note: text})
		if err != nil {
			t.Fatal(err)
		}
		source, err := json.Marshal(domain.Source{File: text})
		if err != nil {
			t.Fatal(err)
		}
		var f folder
		for _, word := range strings.Fields(f.fold(text)) {
			for _, e := range []events.Event{{Data: data}, {Data: []byte("{}"), Source: string(source)}} {
				if !f.mayHave(&e, []string{word}) {
					t.Fatalf("%q is passed over in %s %s", word, e.Data, e.Source)
				}
			}
		}
	})
}

// FuzzFold holds what every text must hold: it is found by its own words, in any
// case and with vowels or without.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Straße", "القَــانُون", "cafe\u0301", "\u200fab\u200e", "\xff", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var x folder
		once := x.fold(s)
		if !strings.Contains(x.fold("before\n"+s+"\nafter"), once) {
			t.Errorf("%q is not found in itself", s)
		}
		if x.fold(once) != once && isASCII(s) {
			t.Errorf("%q folds to %q, and that to %q", s, once, x.fold(once))
		}
	})
}
