package domain

import (
	"fmt"
	"slices"
	"strings"

	"headway/domain/stats"
)

// GroupDifference is two groups of respondents, b beside a, on one indicator in two
// rounds. The groups have no respondent in common. Its JSON is a promise.
type GroupDifference struct {
	Indicator IndicatorID `json:"indicator"`
	From      RoundID     `json:"from"`
	To        RoundID     `json:"to"`
	Panel     Panel       `json:"panel"`
	Attribute string      `json:"attribute"`
	GroupA    string      `json:"group_a"`
	GroupB    string      `json:"group_b"`
	Grouping  Grouping    `json:"grouping"`
	Polarity  Polarity    `json:"polarity"`
	// The groups' shares in each round; null where nobody answered.
	FromA *GroupShare `json:"from_a"`
	FromB *GroupShare `json:"from_b"`
	ToA   *GroupShare `json:"to_a"`
	ToB   *GroupShare `json:"to_b"`
	// By how much the share of b is above that of a, and by how much more it changed.
	// Null where a share is missing, and the last across a break.
	FromDifference     *Apart `json:"from_difference"`
	ToDifference       *Apart `json:"to_difference"`
	DifferenceInChange *Apart `json:"difference_in_change"`

	Break       bool        `json:"break"`
	BreakReason BreakReason `json:"break_reason,omitempty"`
	Simulated   bool        `json:"simulated"`
	Suppressed  bool        `json:"suppressed,omitempty"`
}

// GroupShare is a group's share in a round.
type GroupShare struct {
	Count   int     `json:"count"`
	N       int     `json:"n"`
	Missing int     `json:"missing"`
	Share   float64 `json:"share"`
}

// Apart is by how much two groups differ.
type Apart struct {
	Value float64 `json:"value"` // b less a: of two shares from -1 to 1, of two changes from -2 to 2
	// Bounds are what missing answers allow. The matched panel has them of the
	// difference in change only, over all who were asked twice.
	Bounds *[2]float64 `json:"bounds"`
	// Low and High are Newcombe's interval for two shares, and that of a difference of
	// differences for two changes. Two changes have none where somebody went from one
	// of the groups to the other, and is in both: they are not independent then.
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	// Clear says that the interval excludes no difference.
	Clear bool `json:"clear"`
}

// CompareGroups compares pairs of groups of the query's attribute with each other:
// each indicator of each pair, in the order of [Compare]. Without pairs it is every
// two groups, in order of value. A group that nobody is in is refused.
func CompareGroups(from, to Side, q Query, pairs ...[2]string) ([]GroupDifference, error) {
	if q.Attribute == "" {
		return nil, Refuse(CodeInvalid, "name the attribute whose groups are compared, such as income", "group", "")
	}
	q.Value, q.Who = "", false
	c, err := newComparer(from, to, q)
	if err != nil {
		return nil, err
	}
	if len(pairs) == 0 {
		for i := range c.parts {
			for _, b := range c.parts[i+1:] {
				pairs = append(pairs, [2]string{c.parts[i].group, b.group})
			}
		}
	}
	rows := c.rows()
	out := make([]GroupDifference, 0, len(pairs)*len(c.lines))
	var names []string
	for _, p := range c.parts {
		names = append(names, p.group)
	}
	for _, pair := range pairs {
		if err := canPair(q.Attribute, names, pair); err != nil {
			return nil, err
		}
		a, b := c.place(pair[0]), c.place(pair[1])
		moved := c.parts[a].shares(&c.parts[b])
		for i := range c.lines {
			out = append(out, apart(q.Attribute, c.query.Grouping, &rows[a*len(c.lines)+i], &rows[b*len(c.lines)+i], moved))
		}
	}
	return out, nil
}

func (c *comparer) place(group string) int {
	return slices.IndexFunc(c.parts, func(p part) bool { return p.group == group })
}

// canPair refuses a pair that is not of two groups.
func canPair(attribute string, groups []string, pair [2]string) error {
	for _, group := range pair {
		if !slices.Contains(groups, group) {
			return noGroup(attribute, group, groups)
		}
	}
	if pair[0] == pair[1] {
		return Refuse(CodeInvalid, fmt.Sprintf("%q is one group; name two", pair[0]), "group", pair[0])
	}
	return nil
}

// noGroup refuses a value that nobody has.
func noGroup(attribute, value string, groups []string) *Refusal {
	return Refuse(CodeInvalid, fmt.Sprintf("no respondent has %s %q; there is %s", attribute, value, strings.Join(groups, ", ")), "group", value)
}

// shares reports whether somebody is in one of the groups earlier and in the other
// later.
func (p *part) shares(o *part) bool { return CountAnd(p.from, o.to) > 0 || CountAnd(p.to, o.from) > 0 }

// apart puts the rows of two groups beside each other.
func apart(attribute string, by Grouping, a, b *Comparison, moved bool) GroupDifference {
	g := GroupDifference{Indicator: a.Indicator, From: a.From, To: a.To, Panel: a.Panel, Attribute: attribute, GroupA: a.Group, GroupB: b.Group,
		Grouping: by, Polarity: a.Polarity, Break: a.Break, BreakReason: a.BreakReason, Simulated: a.Simulated || b.Simulated,
		FromA: groupShare(a.FromCount, a.FromN, a.FromMissing), FromB: groupShare(b.FromCount, b.FromN, b.FromMissing),
		ToA: groupShare(a.ToCount, a.ToN, a.ToMissing), ToB: groupShare(b.ToCount, b.ToN, b.ToMissing)}
	g.FromDifference = sharesApart(g.FromA, g.FromB, a.FromBounds, b.FromBounds)
	g.ToDifference = sharesApart(g.ToA, g.ToB, a.ToBounds, b.ToBounds)
	if a.Change == nil || b.Change == nil {
		return g
	}
	d := &Apart{Value: *b.Change - *a.Change, Bounds: less(b.ChangeBounds, a.ChangeBounds)}
	if !moved {
		estimate := func(r *Comparison) stats.Estimate {
			return stats.Estimate{Value: *r.Change, Interval: stats.Interval{Low: *r.ChangeLow, High: *r.ChangeHigh}}
		}
		d.within(stats.DifferenceOfDifferences(estimate(a), estimate(b)).Interval)
	}
	g.DifferenceInChange = d
	return g
}

func groupShare(count, n *int, missing int) *GroupShare {
	if count == nil {
		return nil
	}
	return &GroupShare{*count, *n, missing, float64(*count) / float64(*n)}
}

func sharesApart(a, b *GroupShare, ofA, ofB *[2]float64) *Apart {
	if a == nil || b == nil {
		return nil
	}
	d := &Apart{Value: b.Share - a.Share, Bounds: less(ofB, ofA)}
	d.within(stats.Newcombe(a.Count, a.N, b.Count, b.N, stats.Z95))
	return d
}

func (d *Apart) within(i stats.Interval) {
	d.Low, d.High, d.Clear = &i.Low, &i.High, i.Low > 0 || i.High < 0
}

// less bounds b less a.
func less(b, a *[2]float64) *[2]float64 {
	if a == nil || b == nil {
		return nil
	}
	out := pair(stats.Bounds{Low: b[0], High: b[1]}.Minus(stats.Bounds{Low: a[0], High: a[1]}))
	return &out
}
