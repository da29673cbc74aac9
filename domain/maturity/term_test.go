package maturity

import (
	"reflect"
	"testing"
)

func TestTerms(t *testing.T) {
	for rule, want := range map[string]Term{
		`share() >= 0.5`:       {Op: "share", Than: ">=", Value: 0.5},
		`0.5 <= share("a")`:    {Op: "share", Name: "a", Than: ">=", Value: 0.5},
		`rank("a.phase") == 2`: {Op: "rank", Name: "a.phase", Than: "==", Value: 2},
		`in_place("a.one") && share() > 0 and answered("b") < 1`: {Op: "and", Terms: []Term{{Op: "in_place", Name: "a.one"},
			{Op: "share", Than: ">", Value: 0}, {Op: "answered", Name: "b", Than: "<", Value: 1}}},
		`!(in_place("a.one") || before_in_place("a.two"))`: {Op: "not", Terms: []Term{{Op: "or", Terms: []Term{{Op: "in_place", Name: "a.one"}, {Op: "before_in_place", Name: "a.two"}}}}},
	} {
		got, ok := staged(t, five(), 0, rule).Terms(1)
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", rule, got, ok)
		}
	}
	for _, rule := range []string{`share() + answered() > 1`, `share() > before_share()`, `let x = share(); x > 0.5`, `true`} {
		if got, ok := staged(t, five(), 0, rule).Terms(1); ok {
			t.Errorf("%s has parts without words, not %+v", rule, got)
		}
	}
	if got, ok := staged(t, five(), 0, `true`).Terms(0); !ok || len(got.Terms) > 0 {
		t.Errorf("a stage without a rule: %+v", got)
	}
}
