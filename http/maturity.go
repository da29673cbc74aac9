package http

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/domain/maturity"
	"headway/http/chart"
)

// maturityChoice is what a reader chose on the page of maturity.
type maturityChoice struct {
	framework domain.FrameworkID
	model     domain.ModelID
	unit      string
	from, to  domain.RoundID // between which movement is told
}

// maturityBody is what the template of the page sees.
type maturityBody struct {
	Lead          string
	Models, Units []choice
	From, To      []choice
	Figures       []figure
	Definition    modelText
	Closed        string // says what is for holders of a token
}

func (b maturityBody) figures() []figure { return b.Figures }

// maturing builds the page: the stages of each round under a model, how respondents
// moved between them, what the next stage takes.
type maturing struct {
	server *server
	page   page
	r      reading
	choice maturityChoice
	w      words
	view   chart.View
	def    domain.MaturityModel
	fw     *domain.Framework
	unit   domain.Unit
	rounds []staged // that have stages, in order
}

// staged is a round with the stages of its respondents as a reader may see them.
type staged struct {
	round  domain.Round
	counts []*int // the last is of those whose stage is unknown; nil is not shown
	n      int
}

// maturityOf builds the page of a maturity model as a reader may see it.
func (s *server) maturityOf(r reading, choice maturityChoice, lang string, l links) (page, error) {
	b := &maturing{server: s, page: s.newPage(lang, l), r: r, choice: choice}
	b.w, b.view = words{b.page.P}, chart.View{RTL: b.page.P.RTL()}
	b.page.Position = r.at
	body := maturityBody{}
	ok, err := b.choose(&body)
	if err != nil {
		return page{}, err
	}
	if !ok {
		b.page.Title, body.Lead = b.page.T("maturity.none.title"), b.page.T("maturity.none")
		b.page.Body = body
		return b.page, nil
	}
	if err := b.stages(&body); err != nil {
		return page{}, err
	}
	body.Lead = modelNote(b.page, b.def)
	switch {
	case !r.reader.SeesAll():
		body.Closed = b.page.T("maturity.closed")
	case len(b.rounds) > 0:
		for _, add := range []func(*maturityBody) error{b.movement, b.next} {
			if err := add(&body); err != nil {
				return page{}, err
			}
		}
	}
	body.Definition = b.define()
	b.page.Charts, b.page.Body = len(body.Figures) > 0, body
	return b.page, nil
}

// choose finds the model and its unit; false where none is published.
func (b *maturing) choose(body *maturityBody) (bool, error) {
	st := b.r.state
	if b.choice.framework != "" {
		if _, err := b.r.meant(b.choice.framework); err != nil {
			return false, err
		}
	}
	models := slices.DeleteFunc(slices.Clone(st.Models()), func(m domain.MaturityModel) bool {
		return b.choice.framework != "" && m.Framework != b.choice.framework && m.ID != b.choice.model
	})
	if len(models) == 0 && b.choice.model == "" {
		return false, nil
	}
	if b.choice.model == "" {
		b.choice.model = models[0].ID
	}
	def, ok := st.Model(b.choice.model)
	if !ok {
		return false, domain.Refuse(domain.CodeUnknownModel, fmt.Sprintf("there is no maturity model %q", b.choice.model), "model", string(b.choice.model))
	}
	b.def, b.fw = def, st.Framework(def.Framework)
	b.page.about(b.r, b.fw)
	for _, m := range models {
		body.Models = append(body.Models, choice{string(m.ID), b.page.P.Name(m.Name), m.ID == def.ID})
	}
	m, err := maturity.Compile(def, b.fw)
	if err != nil {
		return false, err
	}
	units := m.Units()
	b.unit = units[0]
	for _, u := range units {
		if u.ID == b.choice.unit {
			b.unit = u
		}
	}
	if b.choice.unit != "" && b.unit.ID != b.choice.unit {
		return false, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("model %s has no unit %q", def.ID, b.choice.unit), "unit", b.choice.unit)
	}
	for _, u := range units {
		body.Units = append(body.Units, choice{u.ID, b.page.P.Name(u.Name), u.ID == b.unit.ID})
	}
	return true, nil
}

// stageCounts are how many respondents of a round are in each stage, the last those
// whose stage is unknown, as a reader may see it; nil is not shown.
func (s *server) stageCounts(r reading, model domain.ModelID, round domain.RoundID, unit string) ([]*int, int, error) {
	if r.reader.SeesAll() {
		m, standings, err := r.state.Stages(model, round, r.at)
		if err != nil {
			return nil, 0, err
		}
		var out []*int
		n := 0
		for _, c := range m.Distribution(unit, standings) {
			out = append(out, &c)
			n += c
		}
		return out, n, nil
	}
	rows, err := s.distribution(r, model, round)
	if err != nil {
		return nil, 0, err
	}
	var out []*int
	n := 0
	for _, row := range rows {
		if row.Unit == unit {
			out, n = append(out, row.Count), row.N
		}
	}
	return out, n, nil
}

// stages is the figure of all rounds that have stages, and the title of the page.
func (b *maturing) stages(body *maturityBody) error {
	names := make([]string, len(b.def.Stages))
	header := []string{b.page.T("col.round"), b.page.T("col.respondents")}
	for i, s := range b.def.Stages {
		names[i] = b.page.P.Name(s.Name)
		header = append(header, names[i])
	}
	table := chart.Table{Header: append(header, b.page.T("stages.unknown"))}
	var bars []chart.Bar
	var said []string
	hidden := false
	for _, rd := range b.r.state.Rounds(b.r.at) {
		if rd.Framework != b.def.Framework {
			continue
		}
		counts, n, err := b.server.stageCounts(b.r, b.def.ID, rd.ID, b.unit.ID)
		if err != nil {
			return err
		}
		if n == 0 || len(counts) <= len(names) || counts[len(names)] != nil && *counts[len(names)] == n {
			continue // only totals are known of this round, or it is not released
		}
		b.rounds = append(b.rounds, staged{rd, counts, n})
		b.page.Simulated = b.page.Simulated || rd.Simulated
		bar := chart.Bar{Label: b.w.round(rd), Counts: counts[:len(names)], Rest: n}
		cells := []string{bar.Label, b.page.P.Integer(n)}
		for i, c := range bar.Counts {
			if c == nil {
				hidden = true
				cells = append(cells, b.page.T("suppressed"))
				continue
			}
			bar.Rest -= *c
			cells = append(cells, b.page.P.Integer(*c))
			said = append(said, fmt.Sprintf("%s, %s: %d / %d", bar.Label, names[i], *c, n))
		}
		table.Add(append(cells, b.page.P.Integer(bar.Rest))...)
		bars = append(bars, bar)
	}
	b.page.Title = b.title(names)
	if len(bars) == 0 {
		return nil
	}
	c, err := chart.Stages(b.view, "stages", b.page.T("stages.aria", "list", sentences(said)), names, b.page.T("stages.unknown"), bars, table)
	if err != nil {
		return err
	}
	f, err := b.page.figure(c, b.stagesTitle(names), "", b.foot(), hidden)
	body.Figures = append(body.Figures, f)
	return err
}

// title says how many are in the highest stage now, where that may be said.
func (b *maturing) title(names []string) string {
	if len(b.rounds) == 0 {
		return b.page.T("maturity.title.none", "model", b.page.P.Name(b.def.Name))
	}
	last := b.rounds[len(b.rounds)-1]
	top := len(names) - 1
	if last.counts[top] == nil {
		return b.page.P.Count("maturity.title.hidden", last.n, "round", b.w.round(last.round))
	}
	return b.page.P.Count("maturity.title", *last.counts[top], "all", b.page.P.Integer(last.n), "stage", names[top], "round", b.w.round(last.round))
}

// stagesTitle says how many were in the highest stage first and last, where that may
// be said of both rounds.
func (b *maturing) stagesTitle(names []string) string {
	first, last, top := b.rounds[0], b.rounds[len(b.rounds)-1], len(names)-1
	if len(b.rounds) == 1 || first.counts[top] == nil || last.counts[top] == nil {
		return b.page.T("stages.title", "model", b.page.P.Name(b.def.Name))
	}
	return b.page.T("maturity.stages.title", "stage", names[top], "then", b.page.P.Integer(*first.counts[top]), "thenn", b.page.P.Integer(first.n),
		"from", b.w.round(first.round), "now", b.page.P.Integer(*last.counts[top]), "nown", b.page.P.Integer(last.n), "to", b.w.round(last.round))
}

func (b *maturing) foot() string {
	var rounds []string
	for _, x := range b.rounds {
		rounds = append(rounds, b.w.round(x.round))
	}
	return b.page.T("foot.maturity", "model", b.w.ID(string(b.def.ID)), "framework", b.w.ID(string(b.fw.ID)), "rounds", strings.Join(rounds, b.page.T("list.comma")+" "),
		"asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
}

func (s *server) maturityRequest(c echo.Context) func(r reading) (page, error) {
	lang, l, _ := s.request(c)
	get := func(key string) string { return domain.Typed(c.QueryParam(key)) }
	choice := maturityChoice{asked(c), domain.ModelID(get("model")), get("unit"), domain.RoundID(get("from")), domain.RoundID(get("to"))}
	return func(r reading) (page, error) { return s.maturityOf(r, choice, lang, l) }
}

func (s *server) maturityPage(c echo.Context) error {
	return s.show(c, "maturity", s.maturityRequest(c))
}

func (s *server) maturityChart(c echo.Context) error {
	return s.chartFiles(c, s.maturityRequest(c))
}
