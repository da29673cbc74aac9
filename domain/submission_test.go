package domain

import (
	"strings"
	"testing"
)

func submitted(s Submission) Submission {
	s.ID, s.Round, s.Country, s.State, s.SubmittedBy = "s1", "2025", "KEN", Pending, "token-focal"
	return s
}

// cellsOf are empty cells but for one.
func cellsOf(c Cell) func(IndicatorID) Cell {
	return func(i IndicatorID) Cell {
		if i == c.Indicator {
			return c
		}
		return Cell{Country: "KEN", Indicator: i}
	}
}

func TestSubmit(t *testing.T) {
	open, closed := testSurvey(false, false), testSurvey(true, false)
	draft := Draft{Indicator: "a.b.one", Status: InPlace}
	dated := Draft{Indicator: "a.b.one", Status: InPlace, EffectiveOn: Date{Year: 2025}}
	said := Cell{Country: "KEN", Indicator: "a.b.one", Standing: []Standing{{EventID: "e1", Status: InPlace, EffectiveOn: Date{Year: 2025},
		Saying: Saying{Note: "n", Evidence: []string{"https://example.org"}}}}}
	same := submitted(Submission{Answers: []Draft{dated}})
	returned := same
	returned.State = Returned
	approved := same
	approved.State = Approved
	for name, c := range map[string]struct {
		survey   Survey
		latest   *Submission
		cell     Cell
		answers  []Draft
		facts    int
		replaces string
		code     Code
	}{
		"the first":                           {open, nil, Cell{}, []Draft{draft}, 1, "", ""},
		"the same while it is pending":        {open, &same, Cell{}, []Draft{draft}, 0, "", ""},
		"another while one is pending":        {open, &same, Cell{}, []Draft{{Indicator: "a.b.one", Status: NoAnswer}}, 1, "s1", ""},
		"the same after it was returned":      {open, &returned, Cell{}, []Draft{draft}, 1, "s1", ""},
		"what is believed":                    {open, nil, said, []Draft{draft}, 0, "", ""},
		"what was approved":                   {open, &approved, said, []Draft{draft}, 0, "", ""},
		"another after an approval":           {open, &approved, said, []Draft{{Indicator: "a.b.one", Status: NotInPlace}}, 1, "", ""},
		"more evidence":                       {open, nil, said, []Draft{{Indicator: "a.b.one", Status: InPlace, Evidence: []string{"https://example.org/b"}}}, 1, "", ""},
		"the evidence there is":               {open, nil, said, []Draft{{Indicator: "a.b.one", Status: InPlace, Note: "n", Evidence: []string{"https://example.org"}}}, 0, "", ""},
		"a closed round":                      {closed, nil, Cell{}, []Draft{draft}, 0, "", CodeRoundClosed},
		"nothing":                             {open, nil, Cell{}, nil, 0, "", CodeInvalid},
		"too much":                            {open, nil, Cell{}, make([]Draft, maxDrafts+1), 0, "", CodeInvalid},
		"twice the same place":                {open, nil, Cell{}, []Draft{draft, dated}, 0, "", CodeSubmission},
		"an unknown indicator":                {open, nil, Cell{}, []Draft{{Indicator: "a.b.oen", Status: InPlace}}, 0, "", CodeSubmission},
		"a status that is not on the scale":   {open, nil, Cell{}, []Draft{{Indicator: "a.b.one", Status: Partial}}, 0, "", CodeSubmission},
		"a document without a hash":           {open, nil, Cell{}, []Draft{{Indicator: "a.b.one", Status: InPlace, Documents: []Document{{Name: "a"}}}}, 0, "", CodeSubmission},
		"a date to come, and one good answer": {open, nil, Cell{}, []Draft{{Indicator: "a.b.two", Status: InPlace}, {Indicator: "a.b.one", Status: InPlace, EffectiveOn: Date{Year: 2099}}}, 0, "", CodeSubmission},
	} {
		facts, err := c.survey.Submit(c.latest, Submit{Country: "KEN", Answers: c.answers}, cellsOf(c.cell), now)
		if code(err) != c.code || len(facts) != c.facts {
			t.Errorf("%s: %d facts, %v", name, len(facts), err)
			continue
		}
		if len(facts) == 1 {
			p := facts[0].Payload.(SubmissionSubmitted)
			if p.Replaces != c.replaces || p.Answers[0].EffectiveOn.IsZero() || facts[0].Stream != "submission/r/KEN" {
				t.Errorf("%s: %+v in %s", name, p, facts[0].Stream)
			}
		}
	}
}

func TestReviewsAreOfSomebodyElse(t *testing.T) {
	s := testSurvey(false, false)
	sub := submitted(Submission{Answers: []Draft{{Indicator: "a.b.one", Status: InPlace, EffectiveOn: Date{Year: 2025}}}})
	done := sub
	done.State = Returned
	approve := func(s Survey, sub Submission, by, late string) error {
		_, err := s.Approve(sub, by, "", late, Source{}, cellsOf(Cell{}), now)
		return err
	}
	second := func(_ []Fact, err error) error { return err }
	for name, c := range map[string]struct {
		err  error
		code Code
	}{
		"an approval":                        {approve(s, sub, "token-analyst", ""), ""},
		"an approval of the own":             {approve(s, sub, "token-focal", ""), CodeOwnSubmission},
		"an approval of a returned one":      {approve(s, done, "token-analyst", ""), CodeNotPending},
		"an approval once it is closed":      {approve(testSurvey(true, false), sub, "token-analyst", ""), CodeRoundClosed},
		"a late approval":                    {approve(testSurvey(true, false), sub, "token-analyst", "it lay in a drawer"), ""},
		"a late approval in an open round":   {approve(s, sub, "token-analyst", "it lay in a drawer"), CodeRoundOpen},
		"a return":                           {second(s.Return(sub, "token-analyst", "say since when", Source{})), ""},
		"a return without a word":            {second(s.Return(sub, "token-analyst", " ", Source{})), CodeReasonMissing},
		"a return of the own":                {second(s.Return(sub, "token-focal", "c", Source{})), CodeOwnSubmission},
		"a return of a returned one":         {second(s.Return(done, "token-analyst", "c", Source{})), CodeNotPending},
		"a withdrawal":                       {second(s.TakeBack(sub, "token-focal", "", Source{})), ""},
		"a withdrawal by somebody else":      {second(s.TakeBack(sub, "token-analyst", "", Source{})), CodeInvalid},
		"a withdrawal of one that came back": {second(s.TakeBack(done, "token-focal", "", Source{})), CodeNotPending},
	} {
		if code(c.err) != c.code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

// TestWhatAnApprovalRecords: every status says what it was approved from, a
// changed one corrects what was said, and more evidence joins what there was.
func TestWhatAnApprovalRecords(t *testing.T) {
	cell := Cell{Country: "KEN", Indicator: "a.b.two", Standing: []Standing{{EventID: "e1", Status: InPlace, EffectiveOn: Date{Year: 2025},
		Saying: Saying{Note: "old", Evidence: []string{"https://example.org/a"}}}}}
	pdf := Document{Name: "act.pdf", Type: "application/pdf", Size: 7, SHA256: strings.Repeat("ab", 32)}
	sub := submitted(Submission{Note: "as agreed", Source: Source{File: "ken.xlsx"}, Answers: []Draft{
		{Indicator: "a.b.one", Status: NotInPlace, EffectiveOn: Date{Year: 2025}, Row: 4},
		{Indicator: "a.b.two", Status: InPlace, EffectiveOn: Date{Year: 2025}, Evidence: []string{"https://example.org/b"}, Documents: []Document{pdf}},
	}})
	facts, err := testSurvey(false, false).Approve(sub, "token-analyst", "fine", "", Source{}, cellsOf(cell), now)
	if err != nil || len(facts) != 3 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	first, more, last := facts[0].Payload.(StatusReported), facts[1].Payload.(StatusCorrected), facts[2].Payload.(SubmissionApproved)
	if first.Submission != "s1" || first.SubmittedBy != "token-focal" || facts[0].Source != (Source{File: "ken.xlsx", Row: 4}) {
		t.Errorf("reported %+v from %+v", first, facts[0].Source)
	}
	if more.Corrects != "e1" || more.Note != "old" || len(more.Evidence) != 2 || len(more.Documents) != 1 ||
		more.Reason != "changed in submission s1: as agreed" || more.SubmittedBy != "token-focal" {
		t.Errorf("corrected %+v", more)
	}
	if last != (SubmissionApproved{"KEN", "s1", "fine"}) {
		t.Errorf("approved %+v", last)
	}
}

func TestDocuments(t *testing.T) {
	good := Document{Name: "القانون.pdf", Type: "application/pdf; charset=utf-8", Size: 1, SHA256: strings.Repeat("0f", 32)}
	if err := CheckDocument(good); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Document){
		"no name":         func(d *Document) { d.Name = "" },
		"a path":          func(d *Document) { d.Name = "../act.pdf" },
		"another path":    func(d *Document) { d.Name = `c:\act.pdf` },
		"a line break":    func(d *Document) { d.Name = "a\nb" },
		"a turn of text":  func(d *Document) { d.Name = "a\u202efdp.exe" },
		"a long name":     func(d *Document) { d.Name = strings.Repeat("a", maxDocumentName+1) },
		"no type":         func(d *Document) { d.Type = "pdf" },
		"nothing in it":   func(d *Document) { d.Size = 0 },
		"too much in it":  func(d *Document) { d.Size = MaxDocumentSize + 1 },
		"a short hash":    func(d *Document) { d.SHA256 = "0f" },
		"upper-case hash": func(d *Document) { d.SHA256 = strings.Repeat("0F", 32) },
	} {
		d := good
		change(&d)
		if code(CheckDocument(d)) != CodeInvalid {
			t.Errorf("%s is taken", name)
		}
	}
	if checkDocuments([]Document{good, good}) == nil || checkDocuments(make([]Document, MaxDocuments+1)) == nil {
		t.Error("twice the same, or too many, are taken")
	}
}
