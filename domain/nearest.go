package domain

import (
	"bytes"
	"encoding/json"
)

// nearestIndicator is the indicator whose id takes the fewest edits to reach
// from a mistyped one.
func (s Survey) nearestIndicator(id IndicatorID) IndicatorID {
	var best IndicatorID
	least := -1
	for _, in := range s.Framework.Indicators {
		if d := editDistance([]rune(id), []rune(in.ID)); least < 0 || d < least {
			best, least = in.ID, d
		}
	}
	return best
}

// editDistance is Levenshtein's, in two rows. Long input is cut: a name is
// never longer than an id may be.
func editDistance(a, b []rune) int {
	const most = 120
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	row := make([]int, len(b)+1)
	for i, x := range a {
		row[0] = i + 1
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			row[j+1] = min(prev[j+1]+1, row[j]+1, prev[j]+cost)
		}
		prev, row = row, prev
	}
	return prev[len(b)]
}

// sameJSON reports whether two values are recorded as the same text.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
