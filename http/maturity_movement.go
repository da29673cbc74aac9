package http

import (
	"slices"
	"strings"

	"headway/domain"
	"headway/domain/maturity"
	"headway/http/chart"
	"headway/projections"
	"headway/seeds"
)

// modelNote says whose a model is, and what stages are not for.
func modelNote(p page, m domain.MaturityModel) string {
	if m.ID == seeds.ModelID {
		return p.T("stages.note")
	}
	return strings.TrimSpace(p.P.Name(m.Description) + " " + p.T("stages.norank"))
}

// pair is the two rounds between which movement is told: the reader's choice, or
// the last and the one before it.
func (b *maturing) pair(body *maturityBody) (from, to domain.Round, err error) {
	find := func(id domain.RoundID) (domain.Round, error) {
		for _, x := range b.rounds {
			if x.round.ID == id {
				return x.round, nil
			}
		}
		return domain.Round{}, projections.UnknownRound(id)
	}
	to = b.rounds[len(b.rounds)-1].round
	if b.choice.to != "" {
		if to, err = find(b.choice.to); err != nil {
			return from, to, err
		}
	}
	if b.choice.from != "" {
		if from, err = find(b.choice.from); err != nil {
			return from, to, err
		}
	} else if i := slices.IndexFunc(b.rounds, func(x staged) bool { return x.round.ID == to.ID }); i > 0 {
		from = b.rounds[i-1].round
	}
	for _, x := range b.rounds {
		name := b.w.round(x.round)
		body.From = append(body.From, choice{string(x.round.ID), name, x.round.ID == from.ID})
		body.To = append(body.To, choice{string(x.round.ID), name, x.round.ID == to.ID})
	}
	return from, to, nil
}

// movement is how the respondents of both rounds moved between the stages.
func (b *maturing) movement(body *maturityBody) error {
	from, to, err := b.pair(body)
	if err != nil || from.ID == "" {
		return err
	}
	_, then, err := b.r.state.Stages(b.def.ID, from.ID, b.r.at)
	if err != nil {
		return err
	}
	m, now, err := b.r.state.Stages(b.def.ID, to.ID, b.r.at)
	if err != nil {
		return err
	}
	moved := m.Moved(b.unit.ID, then, now)
	up, down, same, unknown := moved.Sum()
	n := up + down + same + unknown
	names := b.stageNames()
	table := chart.Table{Header: []string{b.page.T("maturity.moved.from", "round", b.w.round(from))}}
	for _, name := range names {
		table.Header = append(table.Header, b.page.T("maturity.moved.to", "stage", name, "round", b.w.round(to)))
	}
	table.Header = append(table.Header, b.page.T("maturity.moved.all"))
	for i, row := range moved.Counts {
		cells, sum := []string{names[i]}, 0
		for _, c := range row {
			cells, sum = append(cells, b.page.P.Integer(c)), sum+c
		}
		table.Add(append(cells, b.page.P.Integer(sum))...)
	}
	heading := b.page.N("maturity.moved.title", n, "from", b.w.round(from), "to", b.w.round(to), "up", b.page.P.Integer(up), "down", b.page.P.Integer(down))
	note := b.page.T("maturity.moved.note", "same", b.page.P.Integer(same), "unknown", b.page.P.Integer(unknown),
		"came", b.page.P.Integer(moved.Came), "went", b.page.P.Integer(moved.Went))
	c, err := b.flow(moved, names, b.w.round(from), b.w.round(to), table)
	if err != nil {
		return err
	}
	f, err := b.page.figure(c, heading, note, b.foot(), false)
	body.Figures = append(body.Figures, f)
	return err
}

// flow draws movement; the highest stage is uppermost.
func (b *maturing) flow(m maturity.Movement, names []string, from, to string, table chart.Table) (chart.Chart, error) {
	last := len(names) - 1
	place := func(i int) int { // in the lists of the chart
		if i == last {
			return last
		}
		return last - 1 - i
	}
	then, now := make([]chart.State, len(names)), make([]chart.State, len(names))
	var moves []chart.Move
	var said []string
	sums := [2][]int{make([]int, len(names)), make([]int, len(names))}
	for i, row := range m.Counts {
		for j, n := range row {
			sums[0][i], sums[1][j] = sums[0][i]+n, sums[1][j]+n
			if n > 0 {
				tip := b.page.T("maturity.flow", "from", names[i], "to", names[j], "n", b.page.P.Integer(n))
				moves = append(moves, chart.Move{From: place(i), To: place(j), Count: n, Tip: tip})
				said = append(said, tip)
			}
		}
	}
	for i, name := range names {
		meaning := chart.Level(i, last)
		if i == last {
			meaning = chart.MeansNoAnswer
		}
		then[place(i)] = chart.State{Meaning: meaning, Label: name, Count: b.page.P.Integer(sums[0][i])}
		now[place(i)] = chart.State{Meaning: meaning, Label: name, Count: b.page.P.Integer(sums[1][i])}
	}
	return chart.Flow(b.view, "movement", from, to, b.page.T("maturity.moved.aria", "from", from, "to", to, "list", sentences(said)), then, now, moves, table)
}

// stageNames are the names of the stages, and that of the unknown one.
func (b *maturing) stageNames() []string {
	var out []string
	for _, s := range b.def.Stages {
		out = append(out, b.page.P.Name(s.Name))
	}
	return append(out, b.page.T("maturity.unknown"))
}

// far are the columns of the table of what the next stage takes: so many changes,
// or more than the last.
const far = 4

// next is what the next stage takes in the later round, in counts: how many
// respondents of each stage are how many changes away, and which indicators stand
// in the way.
func (b *maturing) next(body *maturityBody) error {
	_, to, err := b.pair(&maturityBody{})
	if err != nil {
		return err
	}
	_, all, err := b.r.state.NextStages(b.def.ID, to.ID, "", b.r.at)
	if err != nil {
		return err
	}
	names := b.stageNames()
	away := make([][]int, len(names)) // by stage, how many are 1, 2, … changes away, more, and out of reach
	needed := map[domain.IndicatorID]int{}
	n, one := 0, 0
	for _, x := range all {
		if x.Unit != b.unit.ID || x.Next == nil {
			continue
		}
		place := len(names) - 1
		if x.Number != nil {
			place = *x.Number - 1
		}
		if away[place] == nil {
			away[place] = make([]int, far+1)
		}
		n++
		away[place][distance(x)]++
		if x.Exact && x.AtLeast == 1 {
			one++
		}
		for _, id := range x.Needed {
			needed[id]++
		}
	}
	if n == 0 {
		return nil
	}
	table := chart.Table{Header: []string{b.page.T("maturity.now"), b.page.T("maturity.then"), b.page.T("col.respondents")}}
	for k := 1; k < far; k++ {
		table.Header = append(table.Header, b.page.P.Count("maturity.changes", k))
	}
	table.Header = append(table.Header, b.page.T("maturity.more", "least", b.page.P.Integer(far)), b.page.T("maturity.unreachable"))
	order := append([]int{len(names) - 1}, b.places()...)
	for _, i := range order {
		if away[i] == nil {
			continue
		}
		then := names[0]
		if i < len(names)-1 {
			then = names[i+1]
		}
		cells, sum := []string{}, 0
		for _, c := range away[i] {
			cells, sum = append(cells, b.page.P.Integer(c)), sum+c
		}
		table.Add(append([]string{names[i], then, b.page.P.Integer(sum)}, cells...)...)
	}
	f := b.page.tableOf("next", b.page.P.Count("maturity.next.title", one, "all", b.page.P.Integer(n), "round", b.w.round(to)), b.page.T("maturity.next.note"), b.foot(), table)
	body.Figures = append(body.Figures, f)
	b.needed(body, needed, to, n)
	return nil
}

func (b *maturing) places() []int {
	out := make([]int, len(b.def.Stages))
	for i := range out {
		out[i] = i
	}
	return out
}

// distance is the column of how far the next stage is.
func distance(x maturity.Next) int {
	switch {
	case !x.Reachable:
		return far
	case x.AtLeast < far:
		return x.AtLeast - 1
	}
	return far - 1
}

// needed is which indicators are in every shortest way to the next stage, and of
// how many respondents.
func (b *maturing) needed(body *maturityBody, count map[domain.IndicatorID]int, to domain.Round, n int) {
	table := chart.Table{Header: []string{b.page.T("col.indicator"), b.page.T("maturity.needed.n")}}
	last, best, bestName := "-", 0, ""
	for _, in := range b.fw.Indicators {
		c := count[in.ID]
		if c == 0 {
			continue
		}
		if in.Domain != last {
			last = in.Domain
			table.Group(b.domainName(in.Domain))
		}
		name := b.page.P.Name(in.Name)
		table.Add(name, b.page.P.Integer(c))
		if c > best {
			best, bestName = c, name
		}
	}
	if best == 0 {
		return
	}
	body.Figures = append(body.Figures, b.page.tableOf("needed", b.page.P.Count("maturity.needed.title", best, "all", b.page.P.Integer(n), "indicator", bestName, "round", b.w.round(to)),
		b.page.T("maturity.needed.note"), b.foot(), table))
}

func (b *maturing) domainName(id string) string {
	for _, d := range b.fw.Domains {
		if d.ID == id {
			return b.page.P.Name(d.Name)
		}
	}
	return b.page.P.Name(b.fw.Name)
}
