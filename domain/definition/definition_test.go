package definition

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"headway/domain"
)

const small = `id: small
version: "1"
name: {en: Small}
source: {document: A document}
scales:
  - {id: binary, values: [not_in_place, in_place], positive: in_place}
domains:
  - id: a
    name: {en: A}
capabilities:
  - {id: a.b, number: 1, domain: a, name: {en: B}}
indicators:
  - id: a.b.one
    domain: a
    capabilities: [a.b]
    scale: binary
    polarity: positive
    name: {en: One}
`

func TestFrameworkReads(t *testing.T) {
	f, err := Framework("small.yaml", strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	if f.Indicators[0].ID != "a.b.one" || f.Scales[0].Positive != domain.InPlace || f.Capabilities[0].Number != 1 {
		t.Errorf("read %+v", f)
	}
}

func TestFrameworkInArabicOnly(t *testing.T) {
	text := strings.NewReplacer("a.b.one", "السياسة.القيادة.آلية", "{en: One}", "{ar: آلية حوكمة وطنية}", "{en: A}", "{ar: السياسة}", "{en: Small}", "{ar: صغير}", "{en: B}", "{ar: القيادة}").Replace(small)
	if _, err := Framework("ar.yaml", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsNameFileLineAndKey(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"scale":     {"scale: binary", "scale: binry", []string{"small.yaml:16", "indicators[0].scale", `no scale "binry"`}},
		"domain":    {"    domain: a\n", "    domain: z\n", []string{"small.yaml:14", "indicators[0].domain"}},
		"polarity":  {"polarity: positive", "polarity: good", []string{"small.yaml:17", "polarity is positive or negative"}},
		"two":       {"scale: binary\n    polarity: positive", "scale: x\n    polarity: y", []string{"2 faults", ":16", ":17"}},
		"key":       {"polarity: positive", "polarity: positive\n    colour: red", []string{"small.yaml:18", "colour"}},
		"key twice": {"version: \"1\"", "version: \"1\"\nversion: \"2\"", []string{"small.yaml:3", "version"}},
		"upper":     {"id: a.b.one", "id: A.b.one", []string{"small.yaml:13", "lower-case"}},
		"type":      {"number: 1", "number: one", []string{"small.yaml:11"}},
		"syntax":    {"domains:", "domains: [", []string{"small.yaml:"}},
		"anchor":    {"name: {en: One}", "name: &x {en: One}", []string{"small.yaml:18", "anchors"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if text == small {
				t.Fatal("the case changes nothing")
			}
			_, err := Framework("small.yaml", strings.NewReader(text))
			if !errors.Is(err, &domain.Refusal{Code: domain.CodeInvalid}) {
				t.Fatalf("%v is not a refusal", err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestLargeAndEmptyFilesAreRefused(t *testing.T) {
	for name, data := range map[string][]byte{"empty": nil, "blank": []byte("  \n"), "large": bytes.Repeat([]byte("# x\n"), MaxFile), "two": []byte("a: 1\n---\nb: 2\n"),
		"nested": bytes.Repeat([]byte("{a: "), 60_000), "latin": []byte("name: \xe9\n")} {
		if _, err := Framework(name, bytes.NewReader(data)); domain.RefusalOf(err) == nil {
			t.Errorf("%s: %v is not a refusal", name, err)
		}
	}
}

// TestVeryManyEntries: what the parser would take minutes for is refused before it.
func TestVeryManyEntries(t *testing.T) {
	entries := func(format, end string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String() + end
	}
	for name, text := range map[string]string{
		"keys":             entries("k%d: v\n", "", 60_000),
		"keys further in":  "a:\n" + entries("  k%d: v\n", "", 60_000),
		"keys in brackets": "a: {" + entries("k%d: v, ", "z: 1}\n", 60_000),
		"a list":           "a:\n" + entries("- %d\n", "", 60_000),
		"in brackets":      "a: [" + entries("%d, ", "0]\n", 60_000),
	} {
		if _, err := Framework("f.yaml", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "more than 5000 entries") {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := strings.Replace(small, "domains:\n", "domains:\n"+entries("  - id: d%d\n    name: {en: D, ar: d}\n", "", 4000), 1)
	if _, err := Framework("f.yaml", strings.NewReader(many)); err != nil {
		t.Errorf("many short ones: %v", err)
	}
}

func FuzzFramework(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("id: [\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fw, err := Framework("fuzz.yaml", bytes.NewReader(data))
		if err == nil && len(fw.Validate()) > 0 {
			t.Fatal("an invalid framework was taken")
		}
		if err != nil && domain.RefusalOf(err) == nil {
			t.Fatalf("%v is not a refusal", err)
		}
	})
}

func FuzzMaturityModel(f *testing.F) {
	f.Add([]byte("id: m\nversion: '1'\nframework: f\nname: {en: M}\nstages:\n  - {id: a, name: {en: A}}\n  - {id: b, name: {en: B}, rule: 'share() > 0'}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := MaturityModel("fuzz.yaml", bytes.NewReader(data)); err != nil && domain.RefusalOf(err) == nil {
			t.Fatal(fmt.Errorf("%w is not a refusal", err))
		}
	})
}
