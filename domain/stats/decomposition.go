package stats

import (
	"errors"
	"math/big"
	"slices"
)

// Crossing is who answered in two rounds. What does not apply to somebody is no
// answer, and counts nowhere.
type Crossing struct {
	Stayed Pairs // answered in both
	// Joined answered only in the later round and were not asked in the earlier
	// one; Began were asked in both. Left and Stopped answered only in the earlier
	// round, and were not asked, or did not answer, in the later one. Missing is not
	// read.
	Joined, Began, Left, Stopped Count
}

// Decomposition is a change of a share in its parts, as whole numbers over one
// denominator: each part is its field divided by Denominator, and
//
//	Total = Gained + Lost + Joined + Began + Left + Stopped
//
// to the last unit.
type Decomposition struct {
	Denominator int64
	Total       int64 // later share less earlier share, of all who answered in each
	// Gained, above or at 0, and Lost, below or at 0, are those who answered both
	// times and changed; their sum is the change of the matched panel.
	Gained, Lost int64
	// The parts of who answered only once: by how much they moved the share away
	// from that of the matched panel. Joined and Began are positive where they say
	// yes more often than the matched panel does in the later round, Left and
	// Stopped where they said it less often than the panel did in the earlier.
	Joined, Began, Left, Stopped int64
}

// The reasons for which a change has no parts.
var (
	// ErrNobody says that nobody answered in one of the rounds.
	ErrNobody = errors.New("nobody answered in one of the rounds: there is no change of a share")
	// ErrNoStayers says that nobody answered in both rounds, so that there is nobody
	// to compare who came and who went with: all of the change is composition.
	ErrNoStayers = errors.New("nobody answered in both rounds: all of the change is a change of who answered")
	// ErrTooMany says that there are more respondents than can be counted exactly.
	ErrTooMany = errors.New("too many respondents to split a change exactly")
	// ErrCount says that a count is below 0 or above its total.
	ErrCount = errors.New("a count is below 0 or above its total")
)

// Decompose splits the change of the share of all who answered, S₂ − S₁, into the
// change of those who answered both times and what those did who answered only
// once. With C₁ and C₂ the shares of the matched panel, E of those e of N₂ who
// answer only later, and X of those x of N₁ who answered only earlier,
//
//	S₂ − S₁ = (C₂ − C₁) + (e/N₂)(E − C₂) + (x/N₁)(C₁ − X).
//
// Errors are [ErrNobody], [ErrNoStayers], [ErrCount] and, from about two million
// respondents on, [ErrTooMany].
//
// Source: Diewert and Fox (2010), On measuring the contribution of entering and
// exiting firms to aggregate productivity growth, with every respondent of equal
// weight; Melitz and Polanec (2015), RAND Journal of Economics 46:362, have the
// same terms. The decomposition of Foster, Haltiwanger and Krizan (2001) measures
// all against the earlier overall share instead, so that its middle term is not
// the change of the matched panel.
func Decompose(c Crossing) (Decomposition, error) {
	p := c.Stayed
	for _, v := range []Count{c.Joined, c.Began, c.Left, c.Stopped} {
		if !v.valid() {
			return Decomposition{}, ErrCount
		}
	}
	if min(p.Both, p.Gained, p.Lost, p.Neither) < 0 {
		return Decomposition{}, ErrCount
	}
	stayed := p.N()
	n1, n2 := stayed+c.Left.N+c.Stopped.N, stayed+c.Joined.N+c.Began.N
	if n1 == 0 || n2 == 0 {
		return Decomposition{}, ErrNobody
	}
	if stayed == 0 {
		return Decomposition{}, ErrNoStayers
	}
	if max(n1, n2) > 1<<21-1 { // so that the product of three is below 2⁶³
		return Decomposition{}, ErrTooMany
	}
	s, a, b := int64(stayed), int64(n1), int64(n2)
	c1, c2 := int64(p.Both+p.Lost), int64(p.Both+p.Gained)
	only := func(x Count, panel, weight int64) int64 {
		return (int64(x.Yes)*s - panel*int64(x.N)) * weight
	}
	out := Decomposition{
		Denominator: s * a * b,
		Gained:      int64(p.Gained) * a * b,
		Lost:        -int64(p.Lost) * a * b,
		Joined:      only(c.Joined, c2, a),
		Began:       only(c.Began, c2, a),
		Left:        -only(c.Left, c1, b),
		Stopped:     -only(c.Stopped, c1, b),
	}
	yes1 := c1 + int64(c.Left.Yes+c.Stopped.Yes)
	yes2 := c2 + int64(c.Joined.Yes+c.Began.Yes)
	out.Total = (yes2*a - yes1*b) * s
	return out, nil
}

// Stayed is the part of who answered both times: the matched panel's change.
func (d Decomposition) Stayed() int64 { return d.Gained + d.Lost }

// Composition is the part of who answered only once.
func (d Decomposition) Composition() int64 { return d.Joined + d.Began + d.Left + d.Stopped }

// Share is a part as a fraction, rounded once.
func (d Decomposition) Share(part int64) float64 {
	return float64(part) / float64(d.Denominator)
}

// Points rounds the total and the parts given to whole units of 1/scale, 1000
// being tenths of a percentage point, so that the parts still add up to the total
// as it is rounded: each is rounded down, and the units that are left go to those
// that lost most by it, the first of equals. The parts must sum to Total.
//
// Source: the method of largest remainders (Hamilton).
func (d Decomposition) Points(scale int64, parts ...int64) (total int64, out []int64) {
	if d.Denominator == 0 {
		return 0, make([]int64, len(parts))
	}
	den := big.NewInt(d.Denominator)
	floor := func(v, by int64) (q, rest int64) {
		x, m := new(big.Int), new(big.Int)
		x.DivMod(x.Mul(big.NewInt(v), big.NewInt(by)), den, m)
		return x.Int64(), m.Int64()
	}
	total, rest := floor(d.Total, scale)
	if half := d.Denominator - rest; rest > half || rest == half && total >= 0 {
		total++ // the nearest, of two the one away from 0
	}
	out = make([]int64, len(parts))
	rests, order := make([]int64, len(parts)), make([]int, len(parts))
	left := total
	for i, p := range parts {
		out[i], rests[i] = floor(p, scale)
		order[i] = i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case rests[i] > rests[j]:
			return -1
		case rests[i] < rests[j]:
			return 1
		}
		return 0
	})
	for _, i := range order[:max(0, min(int(left), len(order)))] {
		out[i]++
	}
	return total, out
}
