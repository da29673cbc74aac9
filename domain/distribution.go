package domain

// Distribution is how answers spread over a scale of more than two levels. Its
// JSON is a promise; counts are nil where they are not shown.
type Distribution struct {
	Levels []LevelCount `json:"levels"` // lowest first
	N      int          `json:"n"`      // who answered
	// Target is the lowest level that counts as in place in a share.
	Target Status `json:"target"`
	// Median is the level that at least half of the answers reach from below; of
	// two in the middle the lower one.
	Median *Status `json:"median"`
	// OrdinalMean is the mean of the levels' places, 1 the lowest. The steps of an
	// ordinal scale need not be equal: it orders nothing, and tests use it nowhere.
	OrdinalMean *float64 `json:"ordinal_mean"`
}

// LevelCount is how many answered with one level.
type LevelCount struct {
	Level Status `json:"level"`
	Count *int   `json:"count"`
}

// Graded reports whether the scale has more than two levels, so that a share in
// place does not say all.
func (s Scale) Graded() bool { return len(s.Values) > 2 }

// DistributionOf spreads counts, by rank, over a scale; nil where the scale has
// two levels or nobody answered.
func DistributionOf(s Scale, counts []int) *Distribution {
	n, sum := 0, 0
	for i, c := range counts {
		n += c
		sum += (i + 1) * c
	}
	if n == 0 || !s.Graded() {
		return nil
	}
	out := &struct {
		Distribution
		mean float64
	}{Distribution{Levels: make([]LevelCount, len(counts)), N: n, Target: s.Positive}, float64(sum) / float64(n)}
	reached := 0
	for i, c := range counts {
		out.Levels[i] = LevelCount{s.Values[i], &counts[i]}
		if reached += c; out.Median == nil && 2*reached >= n {
			out.Median = &s.Values[i]
		}
	}
	out.OrdinalMean = &out.mean
	return &out.Distribution
}

// Spread returns a distribution as the public may see it. The count below the
// target and the count from there on are shown with the share, so that each part
// is protected on its own. Where a count is hidden, so are median and mean, which
// follow from all of them.
func (d Disclosure) Spread(x *Distribution) *Distribution {
	if x == nil {
		return nil
	}
	out := *x
	out.Levels = append([]LevelCount(nil), x.Levels...)
	split := 0
	for i, l := range out.Levels {
		if l.Level == x.Target {
			split = i
		}
	}
	for _, part := range [][]LevelCount{out.Levels[:split], out.Levels[split:]} {
		counts := make([]int, len(part))
		for i, l := range part {
			counts[i] = *l.Count
		}
		for i, hide := range d.Distribution(counts) {
			if hide {
				part[i].Count, out.Median, out.OrdinalMean = nil, nil, nil
			}
		}
	}
	return &out
}
