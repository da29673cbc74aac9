package stats

// Bounds are the lowest and the highest value that missing answers allow. They
// assume nothing about who did not answer, and are sharp: both ends are reached
// by some set of answers. They are no confidence interval, and say nothing about
// who was not asked.
//
// Source: Manski (1989), Journal of Human Resources 24:343; Horowitz and Manski
// (2000), J. Am. Stat. Assoc. 95:77.
type Bounds struct{ Low, High float64 }

// Minus bounds the difference of two numbers, b less other, whose missing answers
// are different ones, as those of two groups without a respondent in common are.
func (b Bounds) Minus(other Bounds) Bounds {
	return Bounds{b.Low - other.High, b.High - other.Low}
}

// Count is Yes of N who answered; Missing were asked as well and did not answer.
type Count struct{ Yes, N, Missing int }

func (c Count) valid() bool {
	return c.Yes >= 0 && c.Yes <= c.N && c.Missing >= 0
}

// Asked is how many were asked.
func (c Count) Asked() int { return c.N + c.Missing }

// share is the share of all who were asked, had so many of the missing said yes.
func (c Count) share(yes int) float64 { return float64(c.Yes+yes) / float64(c.Asked()) }

// BoundsOfShare bounds the share of yes among all who were asked: from all of the
// missing no to all of them yes,
//
//	[yes/(n + missing), (yes + missing)/(n + missing)].
//
// The share yes/n of those who answered lies between them. Where nobody was asked
// they are [0, 1].
func BoundsOfShare(c Count) Bounds {
	if !c.valid() || c.Asked() == 0 {
		return Bounds{0, 1}
	}
	return Bounds{c.share(0), c.share(c.Missing)}
}

// BoundsOfDifference bounds the change of the share, later less earlier, among
// all who were asked each time: lowest where all missing of the earlier round are
// yes and all of the later no, highest the other way round. That holds for
// different respondents and for the same ones alike, since one answer that is
// missing binds no other. Where nobody was asked in a round, that round's share
// may be anything.
func BoundsOfDifference(from, to Count) Bounds {
	return BoundsOfShare(to).Minus(BoundsOfShare(from))
}

// Scenarios are the change of the share, later less earlier, under the four plain
// suppositions about the missing answers of each round. The lowest is YesNo and
// the highest NoYes: these are the bounds.
type Scenarios struct {
	NoNo   float64 // missing is no in both rounds
	NoYes  float64 // no in the earlier round, yes in the later
	YesNo  float64 // yes in the earlier round, no in the later
	YesYes float64 // yes in both
}

// Sensitivity is the change under each supposition; ok is false where nobody was
// asked in one of the rounds.
func Sensitivity(from, to Count) (s Scenarios, ok bool) {
	if !from.valid() || !to.valid() || from.Asked() == 0 || to.Asked() == 0 {
		return Scenarios{}, false
	}
	f, t := BoundsOfShare(from), BoundsOfShare(to)
	return Scenarios{
		NoNo: t.Low - f.Low, NoYes: t.High - f.Low, YesNo: t.Low - f.High, YesYes: t.High - f.High,
	}, true
}
