package domain

import (
	"testing"

	"pgregory.net/rapid"
)

// TestLateFactsSayWhy: each of the three ways to say something late carries the
// reason for being late, beside that of a correction or a withdrawal.
func TestLateFactsSayWhy(t *testing.T) {
	s := testSurvey(true, false)
	cell := Cell{Country: "KEN", Indicator: "a.b.one", Standing: []Standing{{EventID: "e1", Status: InPlace, EffectiveOn: Date{Year: 2025}}}}
	var got []Fact
	for _, decide := range []func() ([]Fact, error){
		func() ([]Fact, error) {
			return s.Report(Cell{}, Report{Country: "KEN", Indicator: "a.b.two", Status: InPlace, LateReason: " slow post "}, now)
		},
		func() ([]Fact, error) {
			return s.Correct(cell, Correct{EventID: "e1", Status: NotInPlace, Reason: "misread", LateReason: "slow post"}, now)
		},
		func() ([]Fact, error) {
			return s.Withdraw(cell, Withdraw{EventID: "e1", Reason: "misread", LateReason: "slow post"})
		},
	} {
		facts, err := decide()
		if err != nil || len(facts) != 1 {
			t.Fatalf("%d facts, %v", len(facts), err)
		}
		got = append(got, facts[0])
	}
	reported, _ := got[0].Payload.(StatusReported)
	corrected, _ := got[1].Payload.(StatusCorrected)
	withdrawn, _ := got[2].Payload.(StatusWithdrawn)
	if reported.LateReason != "slow post" || corrected.LateReason != "slow post" || withdrawn.LateReason != "slow post" {
		t.Errorf("%+v", got)
	}
	if corrected.Reason != "misread" || withdrawn.Reason != "misread" {
		t.Errorf("the reason for the change is lost: %+v", got[1:])
	}
	for name, c := range map[string]struct {
		err  error
		code Code
	}{
		"a late correction without its own reason": {second(s.Correct(cell, Correct{EventID: "e1", Status: NotInPlace, LateReason: "l"}, now)), CodeReasonMissing},
		"a late withdrawal without its own reason": {second(s.Withdraw(cell, Withdraw{EventID: "e1", LateReason: "l"})), CodeReasonMissing},
		"a late correction in an open round": {second(testSurvey(false, false).Correct(cell,
			Correct{EventID: "e1", Status: NotInPlace, Reason: "r", LateReason: "l"}, now)), CodeRoundOpen},
		"a late withdrawal in an open round": {second(testSurvey(false, false).Withdraw(cell, Withdraw{EventID: "e1", Reason: "r", LateReason: "l"})), CodeRoundOpen},
	} {
		if code(c.err) != c.code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func TestWhoRecords(t *testing.T) {
	for role, want := range map[Role]bool{Viewer: false, FocalPoint: false, Auditor: false, Analyst: true, Admin: true} {
		if got := (&Token{Role: role, Country: "KEN"}).Records(); got != want {
			t.Errorf("%s: %v", role, got)
		}
	}
	if (*Token)(nil).Records() {
		t.Error("nobody may")
	}
}

func TestTally(t *testing.T) {
	var a Tally
	a.Add(InPlace, false, 0)
	a.Add(NotInPlace, true, 2)
	a.Add(NoAnswer, false, 1)
	a.Add("", false, 0)
	a.Add(NotApplicable, false, 0)
	if want := (Tally{Asked: 5, Answered: 2, Missing: 2, NotApplicable: 1, Disputed: 2, Disputes: 3, Late: 1}); a != want {
		t.Errorf("%+v", a)
	}
	if c := a.Completeness(); *c.Share != 0.5 || *c.Late != 1 {
		t.Errorf("%+v", c)
	}
	if c := (Tally{Asked: 3, NotApplicable: 3}).Completeness(); c.Share != nil {
		t.Errorf("a share of nothing: %v", *c.Share)
	}
}

// TestPublicCompleteness: what the public gets of a round follows from rows that
// are shown, so that the total gives no hidden row back.
func TestPublicCompleteness(t *testing.T) {
	d := PublicDisclosure()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "respondents")
		var tallies []Tally
		for range rapid.IntRange(0, 8).Draw(t, "indicators") {
			answered := rapid.IntRange(0, n).Draw(t, "answered")
			without := rapid.IntRange(0, n-answered).Draw(t, "not applicable")
			disputed := rapid.IntRange(0, n).Draw(t, "disputed")
			tallies = append(tallies, Tally{n, answered, n - answered - without, without, disputed, 2 * disputed, rapid.IntRange(0, answered).Draw(t, "late")})
		}
		told := rapid.SliceOfN(rapid.Bool(), len(tallies), len(tallies)).Draw(t, "totals shown")
		rows, total, shown := d.RoundCompleteness(tallies, func(j int) bool { return told[j] })
		answered, missing, k := 0, 0, 0
		for i, r := range rows {
			if r.Disputed != nil || r.Disputes != nil || r.Late != nil {
				t.Fatalf("row %d tells of single answers", i)
			}
			if r.Suppressed {
				if told[i] {
					t.Fatalf("row %d is hidden, and its total is shown", i)
				}
				if r.Asked != nil || r.Answered != nil || r.Missing != nil || r.Share != nil || r.NotApplicable != nil {
					t.Fatalf("row %d is hidden and shown", i)
				}
				continue
			}
			if !told[i] && *r.Answered > 0 {
				t.Fatalf("row %d is shown, and its total is not: %+v", i, tallies[i])
			}
			answered, missing, k = answered+*r.Answered, missing+*r.Missing, k+1
		}
		if k != shown || (shown == 0) != (total.Answered == nil) || total.Suppressed != (shown < len(tallies)) {
			t.Fatalf("%d of %d shown, total %+v", shown, len(tallies), total)
		}
		if shown > 0 && (*total.Answered != answered || *total.Missing != missing) {
			t.Fatal("the total is not that of the rows shown")
		}
		for _, c := range []*int{total.Disputed, total.Late} {
			if c != nil && d.small(*c) {
				t.Fatalf("the total shows %d", *c)
			}
		}
	})
}
