package domain

// Movement lists who is behind the counts of a comparison's row: the answers of
// respondents, for holders of a token only. Each list is in order of code. Its JSON
// is a promise.
type Movement struct {
	Gained            []Respondent `json:"gained"`
	Lost              []Respondent `json:"lost"`
	Kept              []Respondent `json:"kept"`
	Never             []Respondent `json:"never"`
	NewlyAnswering    []Respondent `json:"newly_answering"`
	NoLongerAnswering []Respondent `json:"no_longer_answering"`
	Joined            []Respondent `json:"joined"` // asked only in the later round, and answered
	Left              []Respondent `json:"left"`   // asked only in the earlier round, and answered
}

// movement lists those whom crossing counts.
func (c *comparer) movement(l *line, p *part) *Movement {
	a, b, codes := l.then, l.now, c.codes
	then, now := a.Yes.Or(a.No), b.Yes.Or(b.No)
	askedThen, askedNow := then.Or(a.Missing), now.Or(b.Missing)
	if p.from != nil {
		then, askedThen, now, askedNow = then.And(p.from), askedThen.And(p.from), now.And(p.to), askedNow.And(p.to)
	}
	both := then.And(now)
	list := func(s Set) []Respondent {
		out := []Respondent{}
		for i := range s.All() {
			out = append(out, codes[i])
		}
		return out
	}
	return &Movement{
		Gained: list(both.And(a.No).And(b.Yes)), Lost: list(both.And(a.Yes).And(b.No)),
		Kept: list(both.And(a.Yes).And(b.Yes)), Never: list(both.And(a.No).And(b.No)),
		NewlyAnswering: list(now.And(askedThen).AndNot(then)), NoLongerAnswering: list(then.And(askedNow).AndNot(now)),
		Joined: list(now.AndNot(askedThen)), Left: list(then.AndNot(askedNow)),
	}
}
