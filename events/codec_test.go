package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"headway/domain"
)

var update = flag.Bool("update", false, "write the golden files of the newest schema versions")

// specimens are payloads with every field set, so that a golden file shows the
// whole shape of a type.
func specimens() map[string]domain.Payload {
	percent := 54.0
	text := domain.Text{"en": "Name", "ar": "اسم"}
	src := domain.Source{Document: "d", Section: "s", Page: "1", Quote: "q", File: "f", Row: 2, URL: "https://example.org", SHA256: "00"}
	criterion := domain.Criterion{Attributes: map[string][]string{"income": {"high"}}, Statuses: map[domain.IndicatorID][]domain.Status{"a.b.c": {domain.InPlace}}, Answered: []domain.IndicatorID{"a.b.c"}}
	const id = "01979b2c-0000-7000-8000-000000000000"
	documents := []domain.Document{{Name: "act.pdf", Type: "application/pdf", Size: 7, SHA256: strings.Repeat("0", 64)}}
	scale := domain.Binary()
	scale.Names = map[domain.Status]domain.Text{domain.InPlace: text}
	return map[string]domain.Payload{
		"framework.published": domain.FrameworkPublished{Framework: domain.Framework{ID: "f", Version: "1", Name: text, Description: text, Source: src,
			Scales: []domain.Scale{scale}, Domains: []domain.Domain{{ID: "a", Name: text}},
			Capabilities: []domain.Capability{{ID: "a.b", Number: 1, Domain: "a", Name: text}},
			Indicators: []domain.Indicator{{ID: "a.b.c", Domain: "a", Capabilities: []string{"a.b"}, Scale: "binary", Polarity: domain.Negative, Name: text, Wording: text,
				Maps: []domain.Mapping{{Framework: "e", Indicator: "x.y.z", Break: true, Why: "w"}}, Source: src}}}},
		"maturity_model.published": domain.MaturityModelPublished{Model: domain.MaturityModel{ID: "m", Version: "1", Framework: "f", Name: text, Description: text,
			Units: []domain.Unit{{ID: "u", Name: text, Indicators: []domain.IndicatorID{"a.b.c"}}}, MinAnswered: 0.5,
			Stages: []domain.Stage{{ID: "one", Name: text}, {ID: "two", Name: text, Rule: "share() > 0.5"}}}},
		"round.opened":     domain.RoundOpened{Round: "2021-simulated", Framework: "f", Name: text, StandsInFor: "2021"},
		"round.closed":     domain.RoundClosed{Round: "2021", Reason: "r"},
		"round.reopened":   domain.RoundReopened{Round: "2021", Reason: "r"},
		"country.enrolled": domain.CountryEnrolled{Round: "2021", Enrolment: domain.Enrolment{Respondent: "XAA", Kind: domain.AnonymousKind, Name: text, Attributes: map[string]string{"income": "high"}, Note: "n"}},
		"status.reported": domain.StatusReported{Country: "XAA", Indicator: "a.b.c", Status: domain.InPlace, Note: "n", Evidence: []string{"https://example.org"}, LateReason: "l",
			Documents: documents, Submission: id, SubmittedBy: "b"},
		"status.corrected": domain.StatusCorrected{Country: "XAA", Indicator: "a.b.c", Status: domain.NotInPlace, Corrects: "01979b2c-0000-7000-8000-000000000000", Reason: "r", Note: "n", Evidence: []string{"https://example.org"}, LateReason: "l",
			Documents: documents, Submission: id, SubmittedBy: "b"},
		"status.withdrawn": domain.StatusWithdrawn{Country: "XAA", Indicator: "a.b.c", Withdraws: "01979b2c-0000-7000-8000-000000000000", Reason: "r", LateReason: "l"},
		"submission.submitted": domain.SubmissionSubmitted{Country: "XAA", Note: "n", Replaces: id, Answers: []domain.Draft{{Indicator: "a.b.c", Status: domain.InPlace,
			EffectiveOn: domain.Date{Year: 2021, Month: 3, Day: 4}, Note: "n", Evidence: []string{"https://example.org"}, Documents: documents, Row: 2}}},
		"submission.approved":  domain.SubmissionApproved{Country: "XAA", Submission: id, Comment: "c"},
		"submission.returned":  domain.SubmissionReturned{Country: "XAA", Submission: id, Comment: "c"},
		"submission.withdrawn": domain.SubmissionWithdrawn{Country: "XAA", Submission: id, Reason: "r"},
		"release.published": domain.ReleasePublished{Number: 1, Name: "n", Rule: domain.PublicDisclosure(), Attribute: "income",
			Rounds: []domain.ReleasedRound{{Round: "2021", Position: 7}}},
		"figure.published": domain.FigurePublished{Figure: domain.Figure{ID: "x", Round: "2021", Indicator: "a.b.c", Population: "surveyed", PopulationName: text, Of: criterion, Counts: criterion, Count: 23, Denominator: 42, StatedPercent: &percent, Note: "n"}},
	}
}

// TestGoldenFiles holds each type against the file of its newest schema version:
// it fails when a field is added, renamed or dropped without a new version.
func TestGoldenFiles(t *testing.T) {
	all := specimens()
	for _, p := range Payloads() {
		s, ok := all[p.EventType()]
		if !ok {
			t.Errorf("%s has no specimen", p.EventType())
			continue
		}
		if zero := zeroField(reflect.ValueOf(s), p.EventType()); zero != "" {
			t.Errorf("the specimen leaves %s empty: the golden file would not show it", zero)
		}
		data, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, '\n')
		path := filepath.Join("testdata", "golden", fmt.Sprintf("%s.v%d.json", p.EventType(), p.SchemaVersion()))
		if *update {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: a new type or version needs a golden file; run go test ./events -update", err)
		}
		if !bytes.Equal(data, want) {
			t.Errorf("%s has another shape than its version %d: raise SchemaVersion, add an upcaster, and only then run go test ./events -update", p.EventType(), p.SchemaVersion())
		}
	}
}

// zeroField names the first exported field that is empty.
func zeroField(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := path + "." + v.Type().Field(i).Name
			// The first stage of a model has no rule; the others show it.
			if v.Field(i).IsZero() && !strings.HasSuffix(name, "Stages.Rule") {
				return name
			}
			if z := zeroField(v.Field(i), name); z != "" {
				return z
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if z := zeroField(v.Index(i), path); z != "" {
				return z
			}
		}
	case reflect.Pointer:
		return zeroField(v.Elem(), path)
	}
	return ""
}

// TestEveryVersionEverWrittenIsRead decodes all golden files, also of versions
// that are no longer written.
func TestEveryVersionEverWrittenIsRead(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) < len(Payloads()) {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		typ, v, _ := strings.Cut(name, ".v")
		version := 0
		if _, err := fmt.Sscan(v, &version); err != nil {
			t.Fatal(err)
		}
		p, err := Decode(Event{Type: typ, SchemaVersion: version, Data: data})
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if version == p.SchemaVersion() && !reflect.DeepEqual(p, specimens()[typ]) {
			t.Errorf("%s decodes to %+v", f, p)
		}
	}
}

// TestBeforeLateAnswersThereWereNone: what was written before rounds were reopened
// reads as it was meant, with nothing late and closings without a reason.
func TestBeforeLateAnswersThereWereNone(t *testing.T) {
	for typ, want := range map[string]domain.Payload{
		"round.closed":     domain.RoundClosed{Round: "2021"},
		"status.reported":  domain.StatusReported{Country: "XAA", Indicator: "a.b.c", Status: domain.InPlace, Note: "n", Evidence: []string{"https://example.org"}},
		"status.corrected": domain.StatusCorrected{Country: "XAA", Indicator: "a.b.c", Status: domain.NotInPlace, Corrects: "01979b2c-0000-7000-8000-000000000000", Reason: "r", Note: "n", Evidence: []string{"https://example.org"}},
		"status.withdrawn": domain.StatusWithdrawn{Country: "XAA", Indicator: "a.b.c", Withdraws: "01979b2c-0000-7000-8000-000000000000", Reason: "r"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "golden", typ+".v1.json"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Decode(Event{Type: typ, SchemaVersion: 1, Data: data}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads as %+v (%v)", typ, got, err)
		}
	}
}

func TestDecodeRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, e := range []Event{
		{Type: "planet.discovered", SchemaVersion: 1, Data: []byte(`{}`)},
		{Type: "status.reported", SchemaVersion: 99, Data: []byte(`{}`)},
		{Type: "status.reported", SchemaVersion: 1, Data: []byte(`{"status":7}`)},
	} {
		if _, err := Decode(e); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s version %d: %v", e.Type, e.SchemaVersion, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for typ, p := range specimens() {
		data, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(typ, data)
	}
	f.Add("status.reported", []byte(`{"COUNTRY":"XAA","country":"XAB","status":null,"evidence":null,"more":{"a":[1e3]}}`))
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		_, err := Decode(Event{Type: typ, SchemaVersion: 1, Data: data})
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Fatal(err)
		}
		// Whatever can be written comes back as it was.
		for _, empty := range Payloads() {
			if empty.EventType() != typ {
				continue
			}
			value := reflect.New(reflect.TypeOf(empty))
			if json.Unmarshal(data, value.Interface()) != nil {
				continue
			}
			written, err := json.Marshal(value.Interface())
			if err != nil {
				continue
			}
			want := reflect.New(reflect.TypeOf(empty))
			if err := json.Unmarshal(written, want.Interface()); err != nil {
				t.Fatal(err)
			}
			if p, err := Decode(Event{Type: typ, SchemaVersion: 1, Data: written}); err != nil || !reflect.DeepEqual(want.Elem().Interface(), p) {
				t.Fatalf("%s reads as %+v (%v), and encoding/json reads %+v", written, p, err, want.Elem().Interface())
			}
		}
	})
}

func FuzzCloudEvent(f *testing.F) {
	e := Event{ID: DeriveID(epoch, "x"), Stream: "s", Version: 1, Position: 1, Type: "t", SchemaVersion: 1, RecordedAt: epoch, Actor: "a", Data: []byte(`{"a": 1}`)}
	f.Add(MarshalCloudEvent(e))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := UnmarshalCloudEvent(line)
		if err != nil || e.Check() != nil {
			return
		}
		again := MarshalCloudEvent(e)
		if back, err := UnmarshalCloudEvent(again); err != nil || !reflect.DeepEqual(e, back) {
			t.Fatalf("%+v came back as %+v (%v)", e, back, err)
		}
	})
}
