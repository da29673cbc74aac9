package domain

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func testFramework() *Framework {
	return &Framework{ID: "f", Version: "1", Name: Text{"en": "F"}, Scales: []Scale{Binary(), {ID: "graded", Values: []Status{NotInPlace, Partial, InPlace}, Positive: Partial}},
		Domains:      []Domain{{ID: "a", Name: Text{"en": "A"}}},
		Capabilities: []Capability{{ID: "a.b", Number: 1, Domain: "a", Name: Text{"en": "B"}}},
		Indicators: []Indicator{
			{ID: "a.b.one", Domain: "a", Capabilities: []string{"a.b"}, Scale: "binary", Polarity: Positive, Name: Text{"en": "One"}},
			{ID: "a.b.two", Domain: "a", Capabilities: []string{"a.b"}, Scale: "binary", Polarity: Negative, Name: Text{"en": "Two"}},
			{ID: "a.b.three", Domain: "a", Capabilities: []string{"a.b"}, Scale: "graded", Polarity: Positive, Name: Text{"en": "Three"}},
		}}
}

func testSurvey(closed, simulated bool) Survey {
	return Survey{Round: Round{ID: "r", Framework: "f", ReferenceDate: Date{Year: 2025}, Closed: closed, Simulated: simulated}, Framework: testFramework(),
		Enrolment: func(r Respondent) (Enrolment, bool) {
			return Enrolment{Respondent: r, Kind: Country}, r == "KEN" || r == "XAA"
		}}
}

func code(err error) Code {
	if r := RefusalOf(err); r != nil {
		return r.Code
	}
	return ""
}

func TestReport(t *testing.T) {
	good := Report{Country: "KEN", Indicator: "a.b.one", Status: InPlace}
	with := func(change func(*Report)) Report { r := good; change(&r); return r }
	standing := Cell{Country: "KEN", Indicator: "a.b.one", Standing: []Standing{{EventID: "e1", Status: InPlace, EffectiveOn: Date{Year: 2025}}}}
	for name, c := range map[string]struct {
		cell   Cell
		closed bool
		cmd    Report
		facts  int
		code   Code
	}{
		"a first status":                {Cell{}, false, good, 1, ""},
		"the same again":                {standing, false, good, 0, ""},
		"another for the same date":     {standing, false, with(func(r *Report) { r.Status = NotInPlace }), 0, CodeAlreadyReported},
		"another for a later date":      {standing, false, with(func(r *Report) { r.Status, r.EffectiveOn = NotInPlace, Date{2026, 2, 0} }), 1, ""},
		"no answer is allowed":          {Cell{}, false, with(func(r *Report) { r.Status = NoAnswer }), 1, ""},
		"partial is not on this scale":  {Cell{}, false, with(func(r *Report) { r.Status = Partial }), 0, CodeStatusScale},
		"partial is on that scale":      {Cell{}, false, with(func(r *Report) { r.Indicator, r.Status = "a.b.three", Partial }), 1, ""},
		"an unknown indicator":          {Cell{}, false, with(func(r *Report) { r.Indicator = "a.b.oen" }), 0, CodeUnknownIndicator},
		"who does not take part":        {Cell{}, false, with(func(r *Report) { r.Country = "FRA" }), 0, CodeNotEnrolled},
		"tomorrow":                      {Cell{}, false, with(func(r *Report) { r.EffectiveOn = Date{2026, 5, 2} }), 0, CodeFutureDate},
		"today":                         {Cell{}, false, with(func(r *Report) { r.EffectiveOn = Date{2026, 5, 1} }), 1, ""},
		"evidence that runs":            {Cell{}, false, with(func(r *Report) { r.Evidence = []string{"javascript:alert(1)"} }), 0, CodeInvalid},
		"evidence that is no address":   {Cell{}, false, with(func(r *Report) { r.Evidence = []string{"see annex"} }), 0, CodeInvalid},
		"a closed round takes no more":  {Cell{}, true, good, 0, CodeRoundClosed},
		"closed, even what is believed": {standing, true, good, 0, CodeRoundClosed},
		"closed, late":                  {Cell{}, true, with(func(r *Report) { r.LateReason = "the post was slow" }), 1, ""},
		"closed, late, the same again":  {standing, true, with(func(r *Report) { r.LateReason = "twice" }), 0, ""},
		"closed, late, another":         {standing, true, with(func(r *Report) { r.Status, r.LateReason = NotInPlace, "l" }), 0, CodeAlreadyReported},
		"closed, late without a reason": {Cell{}, true, with(func(r *Report) { r.LateReason = " " }), 0, CodeRoundClosed},
		"late in an open round":         {Cell{}, false, with(func(r *Report) { r.LateReason = "l" }), 0, CodeRoundOpen},
		"late and off the scale":        {Cell{}, true, with(func(r *Report) { r.LateReason, r.Status = "l", Partial }), 0, CodeStatusScale},
	} {
		facts, err := testSurvey(c.closed, false).Report(c.cell, c.cmd, now)
		if code(err) != c.code || len(facts) != c.facts {
			t.Errorf("%s: %d facts, %v", name, len(facts), err)
		}
	}
}

func TestAMistypedIndicatorIsNamed(t *testing.T) {
	_, err := testSurvey(false, false).Report(Cell{}, Report{Country: "KEN", Indicator: "a.b.thre", Status: InPlace}, now)
	if r := RefusalOf(err); r == nil || r.Details["nearest"] != "a.b.three" {
		t.Errorf("%v", err)
	}
}

func TestCorrectAndWithdraw(t *testing.T) {
	cell := Cell{Country: "KEN", Indicator: "a.b.one", Standing: []Standing{{EventID: "e1", Status: InPlace, EffectiveOn: Date{Year: 2025}}}}
	s := testSurvey(false, false)
	facts, err := s.Correct(cell, Correct{EventID: "e1", Status: NotInPlace, Reason: " misread "}, now)
	if err != nil || len(facts) != 1 {
		t.Fatal(err)
	}
	p, ok := facts[0].Payload.(StatusCorrected)
	if !ok || p.Corrects != "e1" || p.Reason != "misread" || facts[0].EffectiveOn != (Date{Year: 2025}) {
		t.Errorf("%+v", facts[0])
	}
	for name, c := range map[string]struct {
		err  error
		code Code
	}{
		"no reason":      {second(s.Correct(cell, Correct{EventID: "e1", Status: NotInPlace, Reason: " "}, now)), CodeReasonMissing},
		"not standing":   {second(s.Correct(cell, Correct{EventID: "e0", Status: NotInPlace, Reason: "r"}, now)), CodeAlreadySuperseded},
		"off the scale":  {second(s.Correct(cell, Correct{EventID: "e1", Status: "maybe", Reason: "r"}, now)), CodeStatusScale},
		"closed":         {second(testSurvey(true, false).Correct(cell, Correct{EventID: "e1", Status: NotInPlace, Reason: "r"}, now)), CodeRoundClosed},
		"no reason (w)":  {second(s.Withdraw(cell, Withdraw{EventID: "e1"})), CodeReasonMissing},
		"not there (w)":  {second(s.Withdraw(cell, Withdraw{EventID: "e0", Reason: "r"})), CodeAlreadySuperseded},
		"closed (w)":     {second(testSurvey(true, false).Withdraw(cell, Withdraw{EventID: "e1", Reason: "r"})), CodeRoundClosed},
		"all well (w)":   {second(s.Withdraw(cell, Withdraw{EventID: "e1", Reason: "r"})), ""},
		"no change (ok)": {second(s.Correct(cell, Correct{EventID: "e1", Status: InPlace, Reason: "r"}, now)), ""},
	} {
		if code(c.err) != c.code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestRoundsAndEnrolment(t *testing.T) {
	f := testFramework()
	for name, c := range map[string]struct {
		err  error
		code Code
	}{
		"a round":              {second(OpenRound(nil, f, Round{ID: "2025", Framework: "f", ReferenceDate: Date{Year: 2025}}, Source{}, now)), ""},
		"again":                {second(OpenRound(&Round{}, f, Round{ID: "2025", Framework: "f", ReferenceDate: Date{Year: 2025}}, Source{}, now)), CodeRoundExists},
		"no framework":         {second(OpenRound(nil, nil, Round{ID: "2025", ReferenceDate: Date{Year: 2025}}, Source{}, now)), CodeUnknownFramework},
		"no date":              {second(OpenRound(nil, f, Round{ID: "2025", Framework: "f"}, Source{}, now)), CodeInvalid},
		"a bad id":             {second(OpenRound(nil, f, Round{ID: "../x", Framework: "f", ReferenceDate: Date{Year: 2025}}, Source{}, now)), CodeInvalid},
		"closing":              {second(CloseRound(Round{ID: "r"}, "", Source{}, Date{})), ""},
		"reopening":            {second(ReopenRound(Round{ID: "r", Closed: true}, "r", Source{}, Date{})), ""},
		"reopening an open":    {second(ReopenRound(Round{ID: "r"}, "r", Source{}, Date{})), CodeRoundOpen},
		"reopening, no reason": {second(ReopenRound(Round{ID: "r", Closed: true}, " ", Source{}, Date{})), CodeReasonMissing},
		"closing twice":        {second(CloseRound(Round{ID: "r", Closed: true}, "", Source{}, Date{})), CodeRoundClosed},
		"enrol":                {second(testSurvey(false, false).Enrol(Enrolment{Respondent: "FRA", Kind: Country}, Source{})), ""},
		"enrol again":          {second(testSurvey(false, false).Enrol(Enrolment{Respondent: "KEN", Kind: Country}, Source{})), ""},
		"enrol otherwise":      {second(testSurvey(false, false).Enrol(Enrolment{Respondent: "KEN", Kind: Country, Attributes: map[string]string{"income": "low"}}, Source{})), CodeAlreadyEnrolled},
		"a bad code":           {second(testSurvey(false, false).Enrol(Enrolment{Respondent: "Kenya"}, Source{})), CodeInvalid},
		"closed":               {second(testSurvey(true, false).Enrol(Enrolment{Respondent: "FRA"}, Source{})), CodeRoundClosed},
		"a real one simulated": {second(testSurvey(false, true).Enrol(Enrolment{Respondent: "FRA"}, Source{})), CodeInvalid},
		"a figure that cannot": {second(PublishFigure(nil, Figure{ID: "x", Count: 5, Denominator: 4}, Source{}, Date{})), CodeInvalid},
		"a figure changed":     {second(PublishFigure(&Figure{ID: "x", Count: 1, Denominator: 4}, Figure{ID: "x", Count: 2, Denominator: 4}, Source{}, Date{})), CodeFigureExists},
		"a framework changed":  {second(PublishFramework(Lineage{{ID: "f"}}, *f, Source{}, Date{})), CodeFrameworkExists},
		"a faulty framework":   {second(PublishFramework(nil, Framework{ID: "f"}, Source{}, Date{})), CodeInvalid},
		"a model changed":      {second(PublishModel(&MaturityModel{ID: "m", Version: "1"}, MaturityModel{ID: "m", Version: "2"}, Source{}, Date{})), CodeModelExists},
	} {
		if code(c.err) != c.code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if !errors.Is(Refuse(CodeRoundClosed, "x"), &Refusal{Code: CodeRoundClosed}) || errors.Is(Refuse(CodeRoundClosed, "x"), &Refusal{Code: CodeInvalid}) {
		t.Error("errors.Is does not decide by code")
	}
}

// TestWhatIsDecidedIsBelieved folds every decision, and checks what the cell then
// says.
func TestWhatIsDecidedIsBelieved(t *testing.T) {
	s := testSurvey(false, false)
	rapid.Check(t, func(t *rapid.T) {
		cell := Cell{Country: "KEN", Indicator: "a.b.one"}
		n := 0
		for range rapid.IntRange(1, 20).Draw(t, "commands") {
			st := rapid.SampledFrom([]Status{InPlace, NotInPlace, NoAnswer, NotApplicable}).Draw(t, "status")
			date := Date{Year: 2024, Month: rapid.IntRange(0, 4).Draw(t, "month")}
			var facts []Fact
			var err error
			if len(cell.Standing) == 0 || rapid.Bool().Draw(t, "report") {
				facts, err = s.Report(cell, Report{Country: "KEN", Indicator: "a.b.one", Status: st, EffectiveOn: date}, now)
			} else {
				target := rapid.SampledFrom(cell.Standing).Draw(t, "target")
				facts, err = s.Correct(cell, Correct{EventID: target.EventID, Status: st, Reason: "r"}, now)
			}
			if err != nil {
				if code(err) != CodeAlreadyReported {
					t.Fatal(err)
				}
				continue
			}
			for _, f := range facts {
				n++
				cell.Apply(string(rune('a'+n)), f.EffectiveOn, f.Payload)
			}
			if int64(n) != cell.Version {
				t.Fatalf("version %d after %d facts", cell.Version, n)
			}
			current, ok := cell.Current()
			if !ok {
				t.Fatal("nothing is believed")
			}
			for _, other := range cell.Standing {
				if other.EffectiveOn.Compare(current.EffectiveOn) > 0 {
					t.Fatalf("%v is believed, though %v holds from later", current, other)
				}
			}
		}
	})
}
