package maturity

import (
	"errors"
	"strings"
	"testing"

	"headway/domain"
)

// sheet is a round's answers, a line a respondent.
type sheet struct {
	f    *domain.Framework
	rows [][]domain.Status
}

func (s sheet) Round() domain.Round          { return domain.Round{ID: "r"} }
func (s sheet) Framework() *domain.Framework { return s.f }
func (s sheet) Respondents() []domain.Enrolment {
	out := make([]domain.Enrolment, len(s.rows))
	for i := range out {
		out[i].Respondent = domain.Respondent("XA" + string(rune('A'+i)))
	}
	return out
}
func (s sheet) Status(i, j int) domain.Status { return s.rows[i][j] }

func framework() *domain.Framework {
	in := func(id, d string, p domain.Polarity) domain.Indicator {
		return domain.Indicator{ID: domain.IndicatorID(id), Domain: d, Scale: "binary", Polarity: p, Name: domain.Text{"en": id}}
	}
	return &domain.Framework{ID: "f", Scales: []domain.Scale{domain.Binary()},
		Domains:    []domain.Domain{{ID: "a"}, {ID: "b"}},
		Indicators: []domain.Indicator{in("a.one", "a", domain.Positive), in("a.two", "a", domain.Positive), in("b.bad", "b", domain.Negative)}}
}

func model() domain.MaturityModel {
	return domain.MaturityModel{ID: "m", Framework: "f", MinAnswered: 0.5, Stages: []domain.Stage{
		{ID: "one"}, {ID: "two", Rule: `share() >= 0.5`}, {ID: "three", Rule: `in_place("a.one") && share("a") == 1`},
		{ID: "four", Rule: `share() == 1 && before_in_place("a.one")`},
	}}
}

const (
	yes = domain.InPlace
	no  = domain.NotInPlace
	mis = domain.NoAnswer
	na  = domain.NotApplicable
)

func TestStages(t *testing.T) {
	f := framework()
	m, err := Compile(model(), f)
	if err != nil {
		t.Fatal(err)
	}
	before := sheet{f, [][]domain.Status{{yes, yes, no}, {no, no, yes}}}
	for _, c := range []struct {
		name   string
		row    []domain.Status
		before domain.Answers
		want   int
	}{
		{"nothing good", []domain.Status{no, no, yes}, nil, 1},
		{"a negative yes is bad", []domain.Status{yes, no, yes}, nil, 1},
		{"a negative no is good", []domain.Status{yes, no, no}, nil, 2},
		{"a domain whole", []domain.Status{yes, yes, yes}, nil, 3},
		{"all good but no round before", []domain.Status{yes, yes, no}, nil, 3},
		{"all good, as before", []domain.Status{yes, yes, no}, before, 4},
		{"what does not apply does not count", []domain.Status{yes, yes, na}, nil, 3},
		{"too little answered", []domain.Status{yes, mis, ""}, nil, 0},
		{"nothing answered", []domain.Status{mis, mis, mis}, nil, 0},
	} {
		got, err := m.Stages(sheet{f, [][]domain.Status{c.row}}, c.before)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		if got[0].Number != nil {
			n = *got[0].Number
		}
		if n != c.want {
			t.Errorf("%s: stage %d, want %d", c.name, n, c.want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for rule, says := range map[string]string{
		`share() >=`:        "unexpected token",
		`share()`:           "bool",
		`share("c") > 0`:    `no domain "c"`,
		`in_place("a.oen")`: `no indicator "a.oen"`,
		`in_place(1)`:       "string",
		`unknown() > 1`:     "unknown",
		`len([1]) > 0`:      "len",
		strings.Repeat("(share()>0) && ", 200) + "true": "nodes",
	} {
		m := model()
		m.Stages[1].Rule = rule
		_, err := Compile(m, framework())
		if !errors.Is(err, &domain.Refusal{Code: domain.CodeInvalid}) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "stage two") {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

func BenchmarkStages(b *testing.B) {
	f := framework()
	rows := make([][]domain.Status, 200)
	for i := range rows {
		rows[i] = []domain.Status{yes, []domain.Status{yes, no}[i%2], no}
	}
	m, err := Compile(model(), f)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.Stages(sheet{f, rows}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
