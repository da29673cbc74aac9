package stats

// Answer is what a respondent of a panel said in one round.
type Answer int

// The answers of a yes or no question.
const (
	Yes Answer = iota
	No
	Missing
)

// Table counts a panel, who was asked in both rounds, by the earlier answer and
// the later one: Table[Yes][No] are those that went from yes to no.
type Table [3][3]int

// N is how many were asked in both rounds.
func (t Table) N() int {
	n := 0
	for _, row := range t {
		for _, c := range row {
			n += c
		}
	}
	return n
}

// Pairs are those who answered both times.
func (t Table) Pairs() Pairs {
	return Pairs{Both: t[Yes][Yes], Gained: t[No][Yes], Lost: t[Yes][No], Neither: t[No][No]}
}

// From counts the earlier answers.
func (t Table) From() Count {
	sum := func(a Answer) int { return t[a][Yes] + t[a][No] + t[a][Missing] }
	return Count{Yes: sum(Yes), N: sum(Yes) + sum(No), Missing: sum(Missing)}
}

// To counts the later answers.
func (t Table) To() Count {
	sum := func(a Answer) int { return t[Yes][a] + t[No][a] + t[Missing][a] }
	return Count{Yes: sum(Yes), N: sum(Yes) + sum(No), Missing: sum(Missing)}
}

func (t Table) valid() bool {
	for _, row := range t {
		for _, c := range row {
			if c < 0 {
				return false
			}
		}
	}
	return true
}

// Range is the fewest and the most that missing answers allow.
type Range struct{ Low, High int }

// PanelBounds are what missing answers allow to have happened in a panel.
type PanelBounds struct {
	// Change bounds the change of the share among all of the panel.
	Change Bounds
	// Gained and Lost bound how many went from no to yes and from yes to no. Each
	// is sharp by itself; both may not be at their most at once.
	Gained, Lost Range
}

// BoundsOfPairs bounds the change in a panel of which some answered once or not
// at all. Who is known to have said yes first cannot have gained, and so on; who
// is missing both times may have gained, lost or stayed. Where nobody was asked
// the change is within [-1, 1].
//
// Source: the reasoning of Horowitz and Manski (2000), J. Am. Stat. Assoc. 95:77,
// put to a table of pairs; the tests try every set of answers for small tables.
func BoundsOfPairs(t Table) PanelBounds {
	if !t.valid() || t.N() == 0 {
		return PanelBounds{Change: Bounds{-1, 1}}
	}
	g, l := t.Pairs().Gained, t.Pairs().Lost
	free := t[Missing][Missing]
	return PanelBounds{
		Change: BoundsOfDifference(t.From(), t.To()),
		Gained: Range{g, g + t[No][Missing] + t[Missing][Yes] + free},
		Lost:   Range{l, l + t[Yes][Missing] + t[Missing][No] + free},
	}
}

// BoundsOfMcNemar are the lowest and the highest p-value of McNemar's exact test
// that some set of missing answers gives. Where the highest is below the level,
// the finding stands whatever the missing would have said.
//
// The lowest is at one of the two most one-sided tables. The highest is 1 where as
// many may have gained as lost, else at the most even table.
func BoundsOfMcNemar(t Table) Bounds {
	if !t.valid() {
		return Bounds{0, 1}
	}
	b := BoundsOfPairs(t)
	lopsided := min(McNemar(b.Gained.High, b.Lost.Low), McNemar(b.Gained.Low, b.Lost.High))
	switch {
	case b.Gained.Low > b.Lost.High:
		return Bounds{lopsided, McNemar(b.Gained.Low, b.Lost.High)}
	case b.Lost.Low > b.Gained.High:
		return Bounds{lopsided, McNemar(b.Gained.High, b.Lost.Low)}
	}
	return Bounds{lopsided, 1}
}
