package domain

import "slices"

// Answers is what was answered in one round, as believed at some moment.
type Answers interface {
	Round() Round
	Framework() *Framework
	// Respondents are the enrolled, in order of code.
	Respondents() []Enrolment
	// Status is that of a respondent (by place in Respondents) on an indicator
	// (by place in the framework); "" where nothing was reported.
	Status(respondent, indicator int) Status
}

// Origin says where a number comes from.
type Origin string

// The origins: published by a source, or computed from answers.
const (
	Published Origin = "published"
	Computed  Origin = "computed"
)

// Share is count of N: how many of those who answered have an indicator in place,
// as asked (polarity does not turn it round).
type Share struct {
	Count         int
	N             int // who answered
	Missing       int // asked, no answer: never a no
	NotApplicable int // leaves the denominator
	Simulated     bool
	Origin        Origin
	Levels        []int // how many answered with each level of the scale, lowest first; nil for a published share
	Scale         Scale
}

// Distribution is how the answers spread over a graded scale, or nil.
func (s Share) Distribution() *Distribution {
	if s.Levels == nil {
		return nil
	}
	return DistributionOf(s.Scale, s.Levels)
}

// Value is Count/N, from 0 to 1; ok is false when nobody answered.
func (s Share) Value() (v float64, ok bool) {
	if s.N == 0 {
		return 0, false
	}
	return float64(s.Count) / float64(s.N), true
}

// Bounds are what the missing answers allow: the share if all of them were no,
// and if all were yes. No assumption is made about who answers.
func (s Share) Bounds() (low, high float64) {
	all := s.N + s.Missing
	if all == 0 {
		return 0, 1
	}
	return float64(s.Count) / float64(all), float64(s.Count+s.Missing) / float64(all)
}

// Who selects respondents; nil selects all.
type Who func(Enrolment) bool

// ShareOf counts one indicator's answers among the respondents selected.
func ShareOf(a Answers, indicator int, who Who) Share {
	f := a.Framework()
	scale := f.ScaleOf(f.Indicators[indicator])
	out := Share{Simulated: a.Round().Simulated, Origin: Computed, Scale: scale, Levels: make([]int, len(scale.Values))}
	for i, e := range a.Respondents() {
		if who != nil && !who(e) {
			continue
		}
		switch st := a.Status(i, indicator); {
		case st == NotApplicable:
			out.NotApplicable++
		case !st.Answered():
			out.Missing++
		default:
			out.N++
			if r := scale.Rank(st); r > 0 {
				out.Levels[r-1]++
			}
			if scale.Counts(st) {
				out.Count++
			}
		}
	}
	return out
}

// PublishedShare is the share that a figure published about all the surveyed
// gives for its indicator; ok is false for figures about a part of them, or that
// count something else than all levels in place on the indicator's scale.
func PublishedShare(figures []Figure, indicator IndicatorID, scale Scale) (share Share, ok bool) {
	for _, f := range figures {
		if f.Indicator == indicator && len(f.Of.Attributes) == 0 && len(f.Of.Statuses) == 0 &&
			len(f.Counts.Attributes) == 0 && len(f.Counts.Statuses) == 1 && countsInPlace(scale, f.Counts.Statuses[indicator]) {
			return Share{Count: f.Count, N: f.Denominator, Origin: Published}, true
		}
	}
	return Share{}, false
}

// countsInPlace reports whether statuses are just those that count as in place.
func countsInPlace(s Scale, statuses []Status) bool {
	for _, v := range s.Values {
		if s.Counts(v) != slices.Contains(statuses, v) {
			return false
		}
	}
	return len(statuses) > 0
}

// ComputeFigure counts a published figure again from answers: who is in its
// denominator, and who of them is counted. Ok is false when the round's answers
// cannot tell, because nobody who was surveyed has answered or the round has
// fewer answers than the source counted.
func ComputeFigure(f Figure, a Answers) (count, denominator int, ok bool) {
	fw := a.Framework()
	for i, e := range a.Respondents() {
		status := func(id IndicatorID) Status {
			if j := fw.IndexOf(id); j >= 0 {
				return a.Status(i, j)
			}
			return ""
		}
		if !f.Of.Selects(e.Attributes, status) {
			continue
		}
		denominator++
		if f.Counts.Selects(e.Attributes, status) {
			count++
		}
	}
	return count, denominator, denominator > 0
}
