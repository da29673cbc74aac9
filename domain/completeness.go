package domain

// Tally counts places of a round, each an indicator asked of a respondent:
// Answered, Missing and NotApplicable add up to Asked.
type Tally struct {
	Asked         int
	Answered      int
	Missing       int // nothing believed, or "no answer": never a no
	NotApplicable int
	Disputed      int // places corrected or withdrawn at least once
	Disputes      int // how often
	Late          int // places whose believed status came after the closing
}

// Add counts a place: the status believed ("" where none is), whether that came
// late, and how often one was corrected or withdrawn.
func (t *Tally) Add(st Status, late bool, disputes int) {
	t.Asked++
	switch {
	case st == NotApplicable:
		t.NotApplicable++
	case st.Answered():
		t.Answered++
	default:
		t.Missing++
	}
	if late {
		t.Late++
	}
	if disputes > 0 {
		t.Disputed++
		t.Disputes += disputes
	}
}

// Plus adds two tallies of different places.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Asked + o.Asked, t.Answered + o.Answered, t.Missing + o.Missing, t.NotApplicable + o.NotApplicable,
		t.Disputed + o.Disputed, t.Disputes + o.Disputes, t.Late + o.Late}
}

// applicable is of how many places an answer can be expected.
func (t Tally) applicable() int { return t.Asked - t.NotApplicable }

// Completeness is a tally as a reader may see it: what is nil is not shown. Share
// is Answered of those asked to whom the indicator applies. Its JSON is a
// promise.
type Completeness struct {
	Asked         *int     `json:"asked"`
	Answered      *int     `json:"answered"`
	Missing       *int     `json:"missing"`
	NotApplicable *int     `json:"not_applicable"`
	Share         *float64 `json:"share"`
	Disputed      *int     `json:"disputed"`
	Disputes      *int     `json:"disputes"`
	Late          *int     `json:"late"`
	Suppressed    bool     `json:"suppressed"`
}

// Completeness is the whole tally, for who may see it.
func (t Tally) Completeness() Completeness {
	c := Completeness{Asked: &t.Asked, Answered: &t.Answered, Missing: &t.Missing, NotApplicable: &t.NotApplicable,
		Disputed: &t.Disputed, Disputes: &t.Disputes, Late: &t.Late}
	if n := t.applicable(); n > 0 {
		v := float64(t.Answered) / float64(n)
		c.Share = &v
	}
	return c
}

// RoundCompleteness returns the tallies of a round's indicators as the public may see
// them, and their total: of the indicators whose total is shown, with which it is told
// how many answered and how many are missing, and of those that nobody answered. The
// total is of the indicators that are shown, and of no other: beside the sum of all,
// those shown would give the hidden ones back. Shown says of how many it is. What was
// disputed or came late is of single answers, and is not for the public.
func (d Disclosure) RoundCompleteness(indicators []Tally, shows func(indicator int) bool) (rows []Completeness, total Completeness, shown int) {
	var all, sum Tally
	for j, t := range indicators {
		all = all.Plus(t)
		row := Completeness{Suppressed: true}
		if shows(j) || t.Answered == 0 && t.Asked >= d.MinDenominator {
			row = t.Completeness()
			row.Disputed, row.Disputes, row.Late = nil, nil, nil
			sum, shown = sum.Plus(t), shown+1
		}
		rows = append(rows, row)
	}
	if shown > 0 {
		total = sum.Completeness()
	}
	total.Disputed, total.Disputes, total.Late = d.among(all.Disputed, all.Asked), nil, d.among(all.Late, all.Asked)
	total.Suppressed = shown < len(indicators)
	return rows, total, shown
}

// among is count where it may be shown.
func (d Disclosure) among(count, n int) *int {
	if !d.Shows(count, n, false) {
		return nil
	}
	return &count
}
