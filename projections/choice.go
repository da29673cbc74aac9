package projections

import (
	"fmt"
	"slices"
	"strings"

	"headway/domain"
	"headway/events"
)

// UnknownFramework is the refusal for a framework that was not published; it
// names those that were.
func (s *State) UnknownFramework(id domain.FrameworkID) *domain.Refusal {
	return domain.Refuse(domain.CodeUnknownFramework,
		fmt.Sprintf("framework %q was not published; %s", id, s.published()), "framework", string(id))
}

func (s *State) published() string {
	if len(s.frameworks) == 0 {
		return "there is none yet: `headway seed` or `headway framework publish FILE`"
	}
	return "there are " + frameworkIDs(s.frameworks) + "; see `headway framework list`"
}

func frameworkIDs(list []*domain.Framework) string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = string(f.ID)
	}
	return strings.Join(out, ", ")
}

// frameworkNeeded refuses to guess which of several frameworks is meant.
func frameworkNeeded(what string, among []*domain.Framework) *domain.Refusal {
	return domain.Refuse(domain.CodeFrameworkNeeded,
		fmt.Sprintf("%s; choose one of them as the framework (--framework, or ?framework= in an address): %s", what, frameworkIDs(among)),
		"frameworks", frameworkIDs(among))
}

// Meant is the framework that is meant: the named one, or else the only one that
// was published. Of several none is guessed.
func (s *State) Meant(id domain.FrameworkID) (*domain.Framework, error) {
	switch f := s.Framework(id); {
	case f != nil:
		return f, nil
	case id != "":
		return nil, s.UnknownFramework(id)
	case len(s.frameworks) == 0:
		return nil, domain.Refuse(domain.CodeUnknownFramework, "no framework was published; "+s.published())
	case len(s.frameworks) > 1:
		return nil, frameworkNeeded("there are several frameworks", s.frameworks)
	}
	return s.frameworks[0], nil
}

// MeantRound is a round that was named, whose framework is the named one, if any
// is.
func (s *State) MeantRound(id domain.RoundID, f domain.FrameworkID, at events.Position) (domain.Round, error) {
	if f != "" && s.Framework(f) == nil {
		return domain.Round{}, s.UnknownFramework(f)
	}
	rd, ok := s.Round(id, at)
	if !ok {
		return rd, UnknownRound(id)
	}
	if f != "" && rd.Framework != f {
		return rd, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("round %s asks framework %s, not %s; %s", id, rd.Framework, f, s.roundsText(f, at)),
			"round", string(id), "framework", string(rd.Framework))
	}
	return rd, nil
}

func (s *State) roundsText(f domain.FrameworkID, at events.Position) string {
	var out []string
	for _, rd := range s.Rounds(at) {
		if rd.Framework == f {
			out = append(out, string(rd.ID))
		}
	}
	if len(out) == 0 {
		return fmt.Sprintf("no round asks %s yet", f)
	}
	return fmt.Sprintf("the rounds of %s are %s", f, strings.Join(out, ", "))
}

// MeantIndicator is the indicator that is meant and its framework: of the named
// framework, or else of the only one that has it.
func (s *State) MeantIndicator(id domain.IndicatorID, f domain.FrameworkID) (*domain.Framework, domain.Indicator, error) {
	var among []*domain.Framework
	for _, x := range s.frameworks {
		if x.IndexOf(id) >= 0 && (f == "" || f == x.ID) {
			among = append(among, x)
		}
	}
	switch {
	case f != "" && s.Framework(f) == nil:
		return nil, domain.Indicator{}, s.UnknownFramework(f)
	case len(among) > 1:
		return nil, domain.Indicator{}, frameworkNeeded(fmt.Sprintf("several frameworks have an indicator %s", id), among)
	case len(among) == 0 && f != "":
		return nil, domain.Indicator{}, domain.Refuse(domain.CodeUnknownIndicator,
			fmt.Sprintf("framework %s has no indicator %q; see `headway framework show %s`", f, id, f), "indicator", string(id))
	case len(among) == 0:
		return nil, domain.Indicator{}, domain.Refuse(domain.CodeUnknownIndicator,
			fmt.Sprintf("no framework has an indicator %q; see `headway framework show ID`", id), "indicator", string(id))
	}
	in, _ := among[0].Indicator(id)
	return among[0], in, nil
}

// RoundsOf are the rounds that ask a framework or one that it continues, in
// order, as known at a position.
func (s *State) RoundsOf(f *domain.Framework, at events.Position) []domain.Round {
	family := s.Lineage().Ancestors(f)
	return slices.DeleteFunc(s.Rounds(at), func(rd domain.Round) bool {
		return !slices.ContainsFunc(family, func(x *domain.Framework) bool { return x.ID == rd.Framework })
	})
}

// MeantSelection completes a selection of statuses, or refuses what nobody
// published or what could mean several things.
func (s *State) MeantSelection(sel Selection, at events.Position) (Selection, error) {
	if sel.Round != "" {
		rd, err := s.MeantRound(sel.Round, sel.Framework, at)
		if err != nil {
			return sel, err
		}
		sel.Framework = rd.Framework
	}
	if sel.Indicator != "" {
		f, _, err := s.MeantIndicatorAt(sel.Indicator, sel.Framework, at)
		if err != nil {
			return sel, err
		}
		sel.Framework = f.ID
	}
	if sel.Framework != "" && s.Framework(sel.Framework) == nil {
		return sel, s.UnknownFramework(sel.Framework)
	}
	return sel, nil
}
