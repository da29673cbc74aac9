package stats

import "time"

// Years is how many years lie between two days: whole years by the calendar, and
// of the year that is not full its days over its length. From a day to the same
// day of a later year it is whole. It is negative where to is before from. Times
// of day do not count.
func Years(from, to time.Time) float64 {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	from, to = day(from), day(to)
	if to.Before(from) {
		return -Years(to, from)
	}
	whole := to.Year() - from.Year()
	if from.AddDate(whole, 0, 0).After(to) {
		whole--
	}
	start, end := from.AddDate(whole, 0, 0), from.AddDate(whole+1, 0, 0)
	return float64(whole) + to.Sub(start).Hours()/end.Sub(start).Hours()
}

// Yearly is a change per year: the change between two rounds divided by the years
// between their reference dates. It is no forecast and no rate of growth, and
// knows nothing of rounds in between. Bounds and intervals are divided in the same
// way. Ok is false where the years are not above 0.
func Yearly(change, years float64) (perYear float64, ok bool) {
	if !(years > 0) {
		return 0, false
	}
	return change / years, true
}
