package domain

import (
	"fmt"
	"slices"
)

// Panel says who of two rounds is compared.
type Panel string

// The panels: everybody who answered in each round, or only who answered in both.
const (
	All     Panel = "all"
	Matched Panel = "matched"
)

// Side is one round of a comparison: its answers, and what was published of it.
// Answers that are a [Tabulation] need not be counted again.
type Side struct {
	Answers Answers
	Figures []Figure
	// StandIn names a simulated round that reproduces the published totals, for
	// the sentence that says why a matched panel cannot be had.
	StandIn RoundID
}

// Grouping says which round's attributes put a respondent in a group.
type Grouping string

// The groupings. Attributes change: countries move from one income group to
// another.
const (
	// ByFrom takes the group in the earlier round, and that in the later one for who
	// is new by then: a change of group is no change of the indicator.
	ByFrom Grouping = "from"
	// ByTo takes the group in the later round, and that in the earlier one for who
	// left.
	ByTo Grouping = "to"
	// ByOwn takes each round's own: the group of then beside the group of now, not
	// all the same respondents. Its matched panel is who was in it both times.
	ByOwn Grouping = "own"
)

// Query is what is compared.
type Query struct {
	Panel Panel
	// Attribute narrows the comparison to groups of respondents: to that of Value, or
	// where it is empty to each in turn, in order of value. Who has no value is in none.
	// A value that nobody of either round has is refused.
	Attribute, Value string
	Grouping         Grouping      // empty is ByFrom
	Indicators       []IndicatorID // empty is all
	// Who adds the respondents that gained, lost and so on to each row.
	Who bool
	// Lineage tells how indicators continue those of other frameworks.
	Lineage Lineage

	anyValue bool // also one that nobody has: which there are is not told
}

// Series says how an indicator's series crosses from one framework to another.
type Series string

// The ways of a series where the rounds ask different frameworks.
const (
	Continues Series = "continues" // as the mapping says
	Breaks    Series = "breaks"    // there is an earlier indicator, and shares cannot be compared
	Begins    Series = "begins"    // the earlier framework has nothing like it
	Ends      Series = "ends"      // nothing in the later framework continues it
)

// Comparison is one indicator in two rounds. Pointers are nil where the number
// cannot be had. Its JSON is a promise.
type Comparison struct {
	Indicator  IndicatorID `json:"indicator"`
	From       RoundID     `json:"from"`
	To         RoundID     `json:"to"`
	Panel      Panel       `json:"panel"`
	FromCount  *int        `json:"from_count"`
	FromN      *int        `json:"from_n"`
	ToCount    *int        `json:"to_count"`
	ToN        *int        `json:"to_n"`
	FromShare  *float64    `json:"from_share"`
	ToShare    *float64    `json:"to_share"`
	Change     *float64    `json:"change"`
	ChangeLow  *float64    `json:"change_low"`
	ChangeHigh *float64    `json:"change_high"`
	Gained     *int        `json:"gained"`
	Lost       *int        `json:"lost"`
	PValue     *float64    `json:"p_value"`
	PAdjusted  *float64    `json:"p_adjusted"`
	Break      bool        `json:"break"`
	Simulated  bool        `json:"simulated"`

	Group       string   `json:"group,omitempty"`
	Grouping    Grouping `json:"grouping,omitempty"` // by which round's attributes, where there is a group
	FromOrigin  Origin   `json:"from_origin,omitempty"`
	ToOrigin    Origin   `json:"to_origin,omitempty"`
	FromMissing int      `json:"from_missing"`
	ToMissing   int      `json:"to_missing"`
	Polarity    Polarity `json:"polarity"`
	// Better is 1 where the change is for the better by polarity and its interval
	// excludes no change, -1 where it is for the worse, else 0.
	Better int `json:"better"`
	// Suppressed says that numbers are left out so that no respondent's answer
	// shows.
	Suppressed bool `json:"suppressed,omitempty"`
	// FromSuppressed and ToSuppressed say so of each side: it has a share, which is
	// left out. A side that has none is not suppressed.
	FromSuppressed bool `json:"from_suppressed,omitempty"`
	ToSuppressed   bool `json:"to_suppressed,omitempty"`

	// What the missing answers allow, from all of them no to all yes: of each share,
	// and of the change. They are the default band; null where totals alone are known.
	// In the matched panel only the change has them, over all who were asked twice: the
	// change, of who answered twice, can lie outside them.
	FromBounds   *[2]float64 `json:"from_bounds"`
	ToBounds     *[2]float64 `json:"to_bounds"`
	ChangeBounds *[2]float64 `json:"change_bounds"`
	// Years are between the reference dates, and Yearly the change divided by them:
	// no forecast, and nothing of rounds in between.
	Years  *float64          `json:"years"`
	Yearly *float64          `json:"change_per_year"`
	Detail *ComparisonDetail `json:"detail,omitempty"`
	// WhyNoTest says why gained, lost, a test and a decomposition cannot be had: empty
	// where they can, or where the row gives nothing to test.
	WhyNoTest NoTest `json:"why_no_test,omitempty"`
	// Sensitivity is what the numbers were if every missing answer were a no, or a
	// yes; null where totals alone are known.
	Sensitivity *Sensitivity `json:"sensitivity,omitempty"`
	// Who lists the respondents behind the counts, where it was asked for.
	Who *Movement `json:"who,omitempty"`

	// Where the rounds ask different frameworks: how the series crosses, from which
	// earlier indicator, and what the mapping says of it.
	Series        Series      `json:"series,omitempty"`
	FromIndicator IndicatorID `json:"from_indicator,omitempty"`
	Why           string      `json:"why,omitempty"`
	// BreakReason is why the series breaks, where Break is set; Changed is what is
	// different in the question, also where the mapping says that shares can be
	// compared all the same.
	BreakReason BreakReason   `json:"break_reason,omitempty"`
	Changed     []BreakReason `json:"changed,omitempty"`
	// How the answers spread over a graded scale.
	FromDistribution *Distribution `json:"from_distribution,omitempty"`
	ToDistribution   *Distribution `json:"to_distribution,omitempty"`
}

// NoTest is why there is no test.
type NoTest string

// TotalsOnly: of a round only published totals are known. They tell how many said
// yes each time and not who: from 20 of 42 and 25 of 42 one can have gained five
// and lost none, or gained 22 and lost 17.
const TotalsOnly NoTest = "totals_only"

// Compare compares the indicators of the later round with the earlier one, in the
// order of the later framework, and after them those of the earlier framework that
// end; where it is of several groups, group by group. P-values are adjusted by Holm
// over the rows of a group. Where the later framework does not continue the earlier
// one there is nothing to compare: that is refused.
//
// Panel all: each round's own respondents; the interval is Newcombe's for
// independent shares, which is approximate where the same respondents answered
// twice. Panel matched: who answered in both; the interval is Newcombe's for
// pairs, the test McNemar's exact one. A round of which only totals are known can
// be compared with all, never matched: that is refused with code no_answers.
func Compare(from, to Side, q Query) ([]Comparison, error) {
	c, err := newComparer(from, to, q)
	if err != nil {
		return nil, err
	}
	return c.rows(), nil
}

// with adds the frameworks that are not in it.
func (l Lineage) with(more ...*Framework) Lineage {
	out := slices.Clip(l)
	for _, f := range more {
		if out.Framework(f.ID) == nil {
			out = append(out, f)
		}
	}
	return out
}

func unrelated(l Lineage, from, to Round) *Refusal {
	message := fmt.Sprintf("round %s asks framework %s and round %s asks %s, and no indicator of %s maps to one of %s: there is nothing to compare",
		from.ID, from.Framework, to.ID, to.Framework, to.Framework, from.Framework)
	if l.Related(l.Framework(from.Framework), l.Framework(to.Framework)) {
		message = fmt.Sprintf("framework %s of round %s continues %s of round %s: compare the other way round, from %s to %s",
			from.Framework, from.ID, to.Framework, to.ID, to.ID, from.ID)
	}
	return Refuse(CodeInvalid, message, "from", string(from.ID), "to", string(to.ID))
}

func selected(f *Framework, ids []IndicatorID) ([]int, error) {
	var out []int
	if len(ids) == 0 {
		out = slices.Grow(out, len(f.Indicators))
		for j := range f.Indicators {
			out = append(out, j)
		}
	}
	for _, id := range ids {
		j := f.IndexOf(id)
		if j < 0 {
			return nil, Refuse(CodeUnknownIndicator, fmt.Sprintf("framework %s has no indicator %q; see `headway framework show %s`", f.ID, id, f.ID), "indicator", string(id))
		}
		out = append(out, j)
	}
	return out, nil
}
