package sentence

import (
	"testing"

	"headway/domain"
)

// sheet is a round's answers, made up for tests.
type sheet struct {
	round domain.Round
	f     *domain.Framework
	who   []domain.Enrolment
	cells [][]domain.Status
}

func (s sheet) Round() domain.Round                 { return s.round }
func (s sheet) Framework() *domain.Framework        { return s.f }
func (s sheet) Respondents() []domain.Enrolment     { return s.who }
func (s sheet) Status(i, j int) domain.Status       { return s.cells[i][j] }
func (s sheet) named(id domain.RoundID) sheet       { s.round.ID = id; return s }
func (s sheet) framework(f *domain.Framework) sheet { s.f = f; return s }

// testFramework has an indicator of each polarity.
func testFramework() *domain.Framework {
	return &domain.Framework{ID: "f", Scales: []domain.Scale{domain.Binary()}, Indicators: []domain.Indicator{
		{ID: "a.b.helpline", Scale: "binary", Polarity: domain.Positive, Name: domain.Text{"en": "National child helpline", "ar": "خط مساعدة للطفل على المستوى الوطني",
			"fr": "Ligne nationale d’assistance aux enfants", "es": "Línea nacional de ayuda a la infancia"}},
		{ID: "a.b.laws", Scale: "binary", Polarity: domain.Negative, Name: domain.Text{"en": "Existing laws are thought insufficient", "ar": "القوانين الموجودة غير كافية",
			"fr": "Les lois en vigueur sont jugées insuffisantes", "es": "Las leyes vigentes se consideran insuficientes"}},
	}}
}

// statuses are the letters in which tests write answers.
var statuses = map[byte]domain.Status{'y': domain.InPlace, 'n': domain.NotInPlace, '-': domain.NoAnswer, 'x': domain.NotApplicable}

// round makes a round of a year from columns: a string an indicator, a letter a
// respondent. A dot is a respondent who was not asked.
func round(year int, simulated bool, columns ...string) sheet {
	id := domain.RoundID(map[int]string{2021: "2021", 2023: "2023", 2025: "2025"}[year])
	s := sheet{round: domain.Round{ID: id, ReferenceDate: domain.Date{Year: year}, Simulated: simulated}, f: testFramework()}
	for i := range len(columns[0]) {
		if columns[0][i] == '.' {
			continue
		}
		income := "low"
		if i%2 == 0 {
			income = "high"
		}
		s.who = append(s.who, domain.Enrolment{Respondent: domain.Respondent([]byte{'X', byte('A' + i/26), byte('A' + i%26)}), Attributes: map[string]string{"income": income}})
		row := make([]domain.Status, len(s.f.Indicators))
		for j, c := range columns {
			row[j] = statuses[c[i]]
		}
		s.cells = append(s.cells, row)
	}
	return s
}

// names are those of the rounds and the indicators of tests.
func names(sheets ...sheet) Names {
	return Names{
		Indicator: func(id domain.IndicatorID) domain.Text {
			in, _ := testFramework().Indicator(id)
			return in.Name
		},
		Round: func(id domain.RoundID) (domain.Round, bool) {
			for _, s := range sheets {
				if s.round.ID == id {
					return s.round, true
				}
			}
			return domain.Round{}, false
		},
	}
}

func writers(t testing.TB) map[string]*Writer {
	t.Helper()
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*Writer{}
	for _, lang := range Languages {
		out[lang] = texts.In(lang)
	}
	return out
}

// compare compares two rounds.
func compare(t testing.TB, a, b sheet, figures []domain.Figure, q domain.Query) []domain.Comparison {
	t.Helper()
	rows, err := domain.Compare(domain.Side{Answers: a, Figures: figures}, domain.Side{Answers: b}, q)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
