package intake_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"headway/domain"
	"headway/projections/desk/intake"
)

// mapped reads testdata/mapping/NAME.csv by NAME.yaml. The files have the shape of
// the programs' exports: KoboToolbox with XML names, groups and both ways of a
// select_multiple; ODK Central with select multiples split (q, q/a, 1 and 0, as its own
// tests have them); LimeSurvey with question codes and answer codes.
// Their content is made up.
func mapped(t *testing.T, name string) ([]intake.Answer, error) {
	t.Helper()
	yaml, err := os.Open("testdata/mapping/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = yaml.Close() }() // read only
	m, err := intake.ReadMapping(name+".yaml", yaml)
	if err != nil {
		t.Fatal(err)
	}
	csv, err := os.ReadFile("testdata/mapping/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	return read(string(csv), intake.Options{Mapping: m})
}

func TestExportsOfSurveyPrograms(t *testing.T) {
	for name, want := range map[string]string{
		"kobo": `row 4: AAA a.a.one in_place 2026-02-01 Act 12, section 3 https://example.org/act
row 4: AAA a.a.level 3 2026-02-01
row 4: AAA a.a.two in_place 2026-02-01
row 3: AAB a.a.one no_answer 2026-02-15
row 3: AAB a.a.two in_place 2026-02-15
`,
		"odk": `row 2: AAA a.a.one in_place 2026-03-02
row 2: AAA a.a.two not_applicable 2026-03-02 asked of the ministry, see the letter
row 2: AAA b.b.three in_place 2026-03-02
row 3: AAB a.a.one no_answer 2026-03-02
row 3: AAB a.a.two not_in_place 2026-03-02
row 3: AAB b.b.three not_in_place 2026-03-02
`,
		"limesurvey": `row 2: AAA a.a.one in_place
row 2: AAA a.a.two not_in_place
row 2: AAA a.a.level 4
row 4: AAC a.a.one no_answer
row 4: AAC a.a.two in_place
`,
	} {
		got, err := mapped(t, name)
		if err != nil || told(got) != want {
			t.Errorf("%s: %v\n%s", name, err, told(got))
		}
	}
}

const small = "headway-mapping: 1\ncountry: {column: c}\nignore: [x*]\nanswers: {yes: in_place, no: not_in_place, '': skip}\nindicators: {one: a.a.one, two: {indicator: a.a.two, note: remark}}\n"

func mapping(t *testing.T, text string) *intake.Mapping {
	t.Helper()
	m, err := intake.ReadMapping("m.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMappedFiles(t *testing.T) {
	for name, c := range map[string]struct{ mapping, csv, says string }{
		"as it should be":             {small, "c,one,two,remark,x1\nAAA,Yes,no,r,z\n", "row 2: AAA a.a.one in_place\nrow 2: AAA a.a.two not_in_place r\n"},
		"a status itself":             {small, "c,one,two,remark\nAAA,in_place,غير موجود,\n", "row 2: AAA a.a.one in_place\nrow 2: AAA a.a.two not_in_place\n"},
		"a remark alone":              {small, "c,one,two,remark\nAAA,,,r\n", ""},
		"an unknown answer":           {small, "c,one,two,remark\nAAA,yess,no,\n", `row 2: AAA a.a.one yess! the mapping says nothing of the answer "yess"; did you mean "yes"?` + "\nrow 2: AAA a.a.two not_in_place\n"},
		"one respondent":              {strings.Replace(small, "{column: c}", "{is: AAB}", 1), "one,two,remark\nyes,,\n", "row 2: AAB a.a.one in_place\n"},
		"an unknown country":          {strings.Replace(small, "{column: c}", "{column: c, values: {Kenya: AAA}}", 1), "c,one,two,remark\nKenia,yes,,\nkenya,yes,,\n", `row 2: Kenia a.a.one in_place! the mapping names no respondent "Kenia"; did you mean "Kenya"?` + "\nrow 3: AAA a.a.one in_place\n"},
		"no such month":               {small + "effective_on: {column: d, dates: day-first}\n", "c,one,two,remark,d\nAAA,yes,,,3/15/2025\n", "row 2: AAA a.a.one in_place 3/15/2025! \"3/15/2025\" has no month 15; write 2021-03-15\n"},
		"days before months":          {small + "effective_on: {column: d, dates: day-first}\n", "c,one,two,remark,d\nAAA,yes,,,03/04/2025\n", "row 2: AAA a.a.one in_place 2025-04-03\n"},
		"months before days":          {small + "effective_on: {column: d, dates: month-first}\n", "c,one,two,remark,d\nAAA,yes,,,03/04/2025\n", "row 2: AAA a.a.one in_place 2025-03-04\n"},
		"a time twice, the same said": {small + "latest: t\n", "c,one,two,remark,t\nAAA,yes,,,2026-01-02\nAAA,YES,,,2026-01-02\n", "row 3: AAA a.a.one in_place\n"},
		"the latest of three":         {small + "latest: t\n", "c,one,two,remark,t\nAAA,yes,,,2026-01-02\nAAA,no,,,2026-01-03T01:00:00Z\nAAA,yes,,,2026-01-01\n", "row 3: AAA a.a.one not_in_place\n"},
	} {
		got, err := read(c.csv, intake.Options{Mapping: mapping(t, c.mapping)})
		if err != nil || told(got) != c.says {
			t.Errorf("%s: %v\n%s", name, err, told(got))
		}
	}
	for name, c := range map[string]struct{ mapping, csv, says string }{
		"a column of the file":    {small, "c,one,two,remark,three\n", `the mapping says nothing of column "three"`},
		"a column of the mapping": {small, "c,one,two,remarks\n", `the file has no column "remark"; did you mean "remarks"?`},
		"a column twice":          {small, "c,one,one,two,remark\n", "stands twice"},
		"twice, and ignored":      {strings.Replace(small, "x*", "o*", 1), "c,one,one,two,remark\n", "stands twice"},
		"data without a name":     {small, "c,one,two,remark,\nAAA,yes,no,,x\n", "column 5 has no name"},
		"very many columns":       {small, "c,one,two,remark," + manyColumns(16_000) + "\n", "16000 of its columns"},
		"very many indicators":    {strings.Replace(small, "indicators: {one: a.a.one, two: {indicator: a.a.two, note: remark}}\n", "indicators:"+manyIndicators(4000), 1), "", "the mapping has 4000 faults"},
		"a time twice":            {small + "latest: t\n", "c,one,two,remark,t\nAAA,yes,,,2026-01-02\nAAA,no,,,2026-01-02T00:00:00Z\n", `row 3: row 2 has the same time and other answers`},
		"no time":                 {small + "latest: t\n", "c,one,two,remark,t\nAAA,yes,,,soon\n", `row 2, column "t": "soon" is not a time`},
		"another indicator":       {strings.Replace(small, "a.a.one", "a.a.oen", 1), "", "did you mean a.a.one?"},
		"another status":          {strings.Replace(small, "in_place", "in-place", 1), "", `"in-place" is on no scale`},
		"another status of one":   {strings.Replace(small, "note: remark", "answers: {a: '9'}", 1), "", `"9" is not on the scale of a.a.two`},
	} {
		_, err := read(c.csv, intake.Options{Mapping: mapping(t, c.mapping)})
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusedMappings(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"nothing":                  {"", "empty"},
		"no version":               {strings.Replace(small, "headway-mapping: 1\n", "", 1), "write headway-mapping: 1"},
		"no country":               {strings.Replace(small, "country: {column: c}\n", "", 1), "the column that names the respondent"},
		"a bad code":               {strings.Replace(small, "{column: c}", "{column: c, values: {Kenya: kenya}}", 1), "m.yaml:2: country.values.Kenya"},
		"no indicators":            {"headway-mapping: 1\ncountry: {column: c}\n", "which column asks which indicator"},
		"an unknown key":           {small + "colour: red\n", "m.yaml:6"},
		"a habit of nowhere":       {small + "effective_on: {column: d, dates: year-first}\n", "day-first or month-first"},
		"one answer, two meanings": {strings.Replace(small, "no: not_in_place", "Yes : not_in_place", 1), `m.yaml:4: answers.yes: "Yes" and "yes" are the same answer`},
		"no YAML":                  {"a: [", "m.yaml:1"},
	} {
		_, err := intake.ReadMapping("m.yaml", strings.NewReader(c.text))
		if r := domain.RefusalOf(err); r == nil || !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyColumns(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%d", strings.Repeat("n", 40), i)
	}
	return strings.Join(names, ",")
}

func manyIndicators(n int) string {
	var b strings.Builder
	b.WriteString("\n")
	for i := range n {
		fmt.Fprintf(&b, "  c%d: x.y%d\n", i, i)
	}
	return b.String()
}

// TestVeryManyUnknownAnswers: what might have been meant is looked for in the first
// of them only.
func TestVeryManyUnknownAnswers(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("c,one,two,remark\n")
	const rows = 50_000
	for i := range rows {
		fmt.Fprintf(&csv, "country %d,answer %d,,\n", i, i)
	}
	var names strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&names, "land %d: AAA, ", i)
	}
	m := mapping(t, strings.Replace(small, "{column: c}", "{column: c, values: {"+names.String()+"x: AAB}}", 1))
	got, err := read(csv.String(), intake.Options{Mapping: m})
	if err != nil || len(got) != rows || got[0].Fault == nil || got[rows-1].Fault == nil || strings.Contains(got[rows-1].Fault.Message, "did you mean") {
		t.Errorf("%v, %d answers", err, len(got))
	}
}
