package domain

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode"
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

// Nearest is the one of several codes that the fewest edits reach from a mistyped
// one, whatever its case; of equals the first. It is "" where none is near.
func Nearest(typed string, codes []string) string {
	best := ""
	least := max(1, len([]rune(typed))/2) + 1
	upper := []rune(strings.ToUpper(Typed(typed)))
	for _, c := range codes {
		if d := editDistance(upper, []rune(strings.ToUpper(c))); d < least {
			best, least = c, d
		}
	}
	return best
}

// nearestStatus is the status of a scale that a mistyped one may stand for: of
// numbers the nearest, else the one that few edits reach; "" where none is near.
func nearestStatus(scale Scale, typed Status) Status {
	var best Status
	least := math.Inf(1)
	n, isNumber := numeral(string(typed))
	for _, v := range scale.Values {
		d := float64(editDistance([]rune(strings.ToLower(string(typed))), []rune(v)))
		if m, ok := numeral(string(v)); ok && isNumber {
			d = math.Abs(n - m)
		} else if ok || isNumber || d > float64(len([]rune(v)))/2 {
			continue
		}
		if d < least {
			best, least = v, d
		}
	}
	return best
}

// numeral reads a number in the digits of any script.
func numeral(s string) (float64, bool) {
	ascii := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && unicode.IsDigit(r) {
			zero := r // the digits of a script stand in a row from its zero
			for unicode.IsDigit(zero-1) && r-zero < 9 {
				zero--
			}
			return '0' + r - zero
		}
		return r
	}, strings.Replace(s, ",", ".", 1))
	v, err := strconv.ParseFloat(ascii, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// editDistance is Levenshtein's, in two rows. Long input is cut: a name is
// never longer than an id may be.
func editDistance(a, b []rune) int {
	a, b = a[:min(len(a), MaxID)], b[:min(len(b), MaxID)]
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
