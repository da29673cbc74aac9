package sentence

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"headway/domain"
)

// Summary is a whole comparison in words. Its counts are those of ClaimOf over the
// rows, so that they agree with the sentence of each.
type Summary struct {
	Title string
	Lead  string // how changes are counted, and what is not known
	// Most are the sentences of the changes that moved most, the largest first.
	Most []string

	Better, Worse int   // changed, as far as can be told; more and less count as neither
	Changed       int   // all that changed
	Unclear       int   // compared, and no change can be told
	Apart         int   // not comparable, or not shown
	Moved         []int // the places of the rows that changed, the largest change first
}

// Compared is how many rows were compared.
func (s Summary) Compared() int { return s.Changed + s.Unclear }

// most is how many changes a summary tells of.
const most = 3

// Comparisons says what a whole comparison of two rounds tells: of how many
// indicators a change may be claimed, by the same rule as each row's sentence.
func (w *Writer) Comparisons(rows []domain.Comparison, n Names) Summary {
	var s Summary
	simulated, totals := false, false
	for i, r := range rows {
		simulated = simulated || r.Simulated
		totals = totals || r.FromOrigin == domain.Published || r.ToOrigin == domain.Published
		switch c := ClaimOf(r); {
		case c == Unknown:
			s.Apart++
			continue
		case c == None:
			s.Unclear++
			continue
		case c == Better:
			s.Better++
		case c == Worse:
			s.Worse++
		}
		s.Changed++
		s.Moved = append(s.Moved, i)
	}
	slices.SortStableFunc(s.Moved, func(a, b int) int { return cmp.Compare(math.Abs(*rows[b].Change), math.Abs(*rows[a].Change)) })
	for _, i := range s.Moved[:min(most, len(s.Moved))] {
		s.Most = append(s.Most, w.Comparison(rows[i], n))
	}
	if len(rows) == 0 {
		return s
	}
	from, to := w.rounds(rows[0].From, rows[0].To, n)
	s.Title = w.finish(w.title(s, from, to), simulated && s.Compared() > 0)
	if s.Compared() > 0 {
		s.Lead = w.lead(s, rows[0], n, totals)
	}
	return s
}

func (w *Writer) title(s Summary, from, to string) string {
	switch {
	case s.Compared() == 0:
		return w.p.Text("title.nothing", "from", from, "to", to)
	case s.Changed == 0:
		return w.p.Count("title.none", s.Compared(), "from", from, "to", to)
	}
	changed := w.list([]string{w.p.Count("better", s.Better), w.p.Count("worse", s.Worse)})
	return w.p.Text("title.some", "changed", changed, "from", from, "to", to, "all", w.p.Count("compared", s.Compared()))
}

func (w *Writer) lead(s Summary, r domain.Comparison, n Names, totals bool) string {
	key := "lead." + string(domain.All)
	if r.Panel == domain.Matched {
		key = "lead." + string(domain.Matched)
	}
	parts := []string{w.finish(w.p.Text(key, "who", w.who(r, n)), false)}
	if s.Unclear > 0 && s.Changed > 0 {
		parts = append(parts, w.p.Count("lead.unclear", s.Unclear))
	}
	if s.Apart > 0 {
		parts = append(parts, w.p.Count("lead.apart", s.Apart))
	}
	if r.Panel != domain.Matched {
		if totals {
			parts = append(parts, w.p.Text("lead.totals"))
		}
		parts = append(parts, w.p.Text("lead.chance"))
	}
	return strings.Join(append(parts, w.p.Text("lead.sample")), " ")
}
