package http_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	"headway/seeds"
)

// attackedWorld is the demonstration in two releases. Between them eight more
// respondents enrol in 2023, so that the round advances, and 2025 becomes public.
func attackedWorld(t *testing.T, attribute string) *world {
	t.Helper()
	w := baseline(t)
	ctx, by := context.Background(), events.Stamp{Actor: "tester"}
	if _, err := seeds.Simulate(ctx, w.store, seeds.Simulation{Rounds: []domain.RoundID{"2023", "2025"}, Seed: 7, Actor: "simulator", Now: now}); err != nil {
		t.Fatal(err)
	}
	release := func(rounds ...domain.RoundID) {
		t.Helper()
		if _, err := w.desk.Release(ctx, by, domain.Release{Rounds: rounds, Attribute: attribute}, false); err != nil {
			t.Fatal(err)
		}
	}
	release("2021-simulated", "2023")
	set, err := seeds.Load()
	if err != nil {
		t.Fatal(err)
	}
	var who []domain.Enrolment
	csv := "country,indicator,status\n"
	for k := range 8 {
		e := domain.Enrolment{Respondent: domain.Respondent(fmt.Sprintf("XZ%c", 'A'+k)), Kind: domain.AnonymousKind,
			Attributes: map[string]string{domain.AttrIncome: []string{"low", "lower-middle"}[k%2], domain.AttrCollection: "unicef-country-office"}}
		who = append(who, e)
		for n, in := range set.Framework.Indicators {
			csv += fmt.Sprintf("%s,%s,%s\n", e.Respondent, in.ID, []domain.Status{domain.InPlace, domain.NotInPlace}[(k/2+n)%2])
		}
	}
	_, err1 := w.desk.Enrol(ctx, by, "2023", domain.Source{}, who...)
	_, err2 := w.desk.Import(ctx, by, deskFile("late.csv", "2023", csv), false)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	release("2023", "2025")
	return w
}

// TestNothingServedPinsAHiddenNumber plays an attacker at the size of a real survey,
// on what leaves the server: all numbers that anybody can read, as of each release,
// are equations over who answered what. Linear programming bounds every number that is
// not shown: of groups, of who was in two rounds and who was not, of all, of who is
// alike in all of that. None may be pinned that could not be shown, nor be known to be
// one or two, or all but one or two.
//
// The test is itself tested: with one number more, or those that a holder of a token
// sees, the attacker finds what is hidden.
func TestNothingServedPinsAHiddenNumber(t *testing.T) {
	for _, attribute := range []string{domain.AttrIncome, ""} {
		t.Run("groups by "+attribute, func(t *testing.T) {
			w := attackedWorld(t, attribute)
			s := spyOn(t, w, "", attribute)
			if s.count["compare all"] < 100 || s.count["compare matched"] == 0 || s.count["trend"] < 50 || s.count["figures"] < 50 || s.count["published"] < 20 ||
				(s.count["compare groups"] == 0) == (attribute != "") {
				t.Errorf("the attacker has read too little for a test: %v", s.count)
			}
			found, tried := s.attack(s.framework.Indicators)
			for _, f := range found {
				t.Error(f)
			}
			if tried < 1000 {
				t.Errorf("%d numbers were attacked: the test tests nothing", tried)
			}
			if leaks, missed := s.leak(); leaks < 5 || len(missed) > 0 {
				t.Errorf("with one number more, %d times, nothing was found of %v", leaks, missed)
			}
			if attribute == "" {
				return
			}
			if all, _ := spyOn(t, w, w.token(t, domain.Viewer, ""), attribute).attack(s.framework.Indicators[:2]); len(all) < 10 {
				t.Errorf("with all numbers of two indicators the attacker finds only\n%s", strings.Join(all, "\n"))
			}
		})
	}
}
