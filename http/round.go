package http

import (
	"fmt"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
)

func (s *server) getRounds(c echo.Context) error {
	return list(s, c, func(r reading) ([]projections.RoundRow, error) {
		f := asked(c)
		if f == "" {
			return s.rounds(r), nil
		}
		if _, err := r.meant(f); err != nil {
			return nil, err
		}
		return slices.DeleteFunc(s.rounds(r), func(row projections.RoundRow) bool { return row.Framework != f }), nil
	})
}

func (s *server) getRound(c echo.Context) error {
	var report projections.RoundReport
	err := s.read(c, func(r reading) (err error) {
		report, err = s.roundReport(r, domain.RoundID(c.Param("id")))
		return err
	})
	if err != nil {
		return err
	}
	return s.answer(c, report)
}

// linked is a table whose rows lead to pages of their own.
type linked struct {
	Header []string
	Rows   []linkedRow
}

// linkedRow is a row: its name, the page it leads to (or ""), its other cells. A
// group is a heading among the rows.
type linkedRow struct {
	Group      bool
	Name, Href string
	Cells      []string
}

// roundBody is what the template of a round sees.
type roundBody struct {
	Lead, Figures, Hidden, Explain, Foot string
	Import                               string // the way to the page for files, "" for who may bring none
	Facts                                []fact
	Life, Indicators, Respondents        linked
}

type roundsBody struct {
	Rounds linked
	Foot   string
}

// roundsOf builds the page of all rounds.
func (s *server) roundsOf(r reading, lang string, l links) (page, error) {
	p := s.newPage(lang, l)
	w := words{p.P}
	rows := s.rounds(r)
	p.Position, p.Title = r.at, roundsTitle(p, rows)
	body := roundsBody{Foot: p.T("foot.rounds", "asof", w.asOf(r.state, r.at), "position", r.at)}
	body.Rounds.Header = []string{p.T("col.round"), p.T("col.framework"), p.T("col.reference"), p.T("col.state"), p.T("col.since"),
		p.T("col.respondents"), p.T("col.answered")}
	for _, row := range rows {
		report, err := s.roundReport(r, row.ID)
		if err != nil {
			return page{}, err
		}
		p.Simulated = p.Simulated || row.Simulated
		body.Rounds.Rows = append(body.Rounds.Rows, linkedRow{Name: w.round(row.Round), Href: p.Link("round", string(row.ID)), Cells: []string{
			w.ID(string(row.Framework)), w.ID(row.ReferenceDate.String()), p.T("state." + row.State), w.ID(instant(row.History[len(row.History)-1].RecordedAt)),
			w.takers(row.Respondents, report.Figures), w.answeredOf(report)}})
	}
	p.Body = body
	return p, nil
}

// roundOf builds the page of one round.
func (s *server) roundOf(r reading, id domain.RoundID, lang string, l links) (page, error) {
	report, err := s.roundReport(r, id)
	if err != nil {
		return page{}, err
	}
	p := s.newPage(lang, l)
	w := words{p.P}
	all := r.reader.SeesAll()
	p.Position, p.Simulated = r.at, report.Simulated
	p.Title = roundTitle(p, report)
	body := roundBody{Lead: roundLead(p, report), Explain: p.T("round.explain"), Facts: roundFacts(p, report),
		Life: roundLife(p, report.History, all), Indicators: roundIndicators(p, r.state.Framework(report.Framework), report, all),
		Foot: p.T("foot.round", "round", w.ID(string(report.ID)), "framework", w.ID(string(report.Framework)), "asof", w.asOf(r.state, r.at), "position", r.at)}
	if r.reader.Records() {
		body.Import = p.Link("import", string(report.ID))
	}
	if report.Figures > 0 {
		body.Figures = p.N("round.figures", report.Figures)
	}
	if report.Total.Suppressed {
		body.Hidden = p.T("suppressed.why")
	}
	if r.reader != nil {
		body.Respondents = roundRespondents(p, report.Respondents)
	}
	p.Body = body
	return p, nil
}

// takers is how many take part in a round as far as the reader may know; where that is
// not shown, published figures are what there is.
func (w words) takers(n *int, figures int) string {
	if n == nil && figures > 0 {
		return w.Text("round.published")
	}
	return w.count(n)
}

// answeredOf is how complete a round is, likewise.
func (w words) answeredOf(r projections.RoundReport) string {
	if r.RoundRow.Respondents == nil && r.Figures > 0 {
		return w.Text("round.published")
	}
	return w.complete(r.Total)
}

func roundLead(p page, r projections.RoundReport) string {
	t := r.Total
	if t.Share == nil {
		return p.T("round.lead.none")
	}
	return p.T("round.lead", "answered", *t.Answered, "n", *t.Asked-*t.NotApplicable, "share", p.P.Percent(*t.Share),
		"missing", *t.Missing, "shown", r.TotalIndicators, "all", len(r.Indicators))
}

func roundFacts(p page, r projections.RoundReport) []fact {
	w := words{p.P}
	count := func(n *int) string {
		if n == nil {
			return p.T("suppressed")
		}
		return fmt.Sprint(*n)
	}
	times := count(r.Total.Disputed)
	if r.Total.Disputes != nil {
		times = disputed(w, r.Total)
	}
	return []fact{{p.T("col.framework"), w.ID(string(r.Framework))}, {p.T("col.reference"), w.ID(r.ReferenceDate.String())},
		{p.T("col.respondents"), w.takers(r.RoundRow.Respondents, r.Figures)}, {p.T("col.disputed"), times}, {p.T("col.late"), count(r.Total.Late)}}
}

// roundLife tells what happened to the round; by whom and why only to who sees all.
func roundLife(p page, history []projections.RoundEvent, all bool) linked {
	w := words{p.P}
	t := linked{Header: []string{p.T("col.event"), p.T("col.recorded"), p.T("col.position")}}
	if all {
		t.Header = append(t.Header, p.T("col.actor"), p.T("col.reason"))
	}
	for _, e := range history {
		cells := []string{w.ID(instant(e.RecordedAt)), fmt.Sprint(e.Position)}
		if all {
			cells = append(cells, e.Actor, e.Reason)
		}
		t.Rows = append(t.Rows, linkedRow{Name: p.T("life." + string(e.Event)), Cells: cells})
	}
	return t
}

func roundIndicators(p page, f *domain.Framework, r projections.RoundReport, all bool) linked {
	w := words{p.P}
	t := linked{Header: []string{p.T("col.indicator"), p.T("col.answered"), p.T("col.missing")}}
	if all {
		t.Header = append(t.Header, tallyHeader(p)...)
	}
	names := map[string]string{}
	for _, d := range f.Domains {
		names[d.ID] = p.P.Name(d.Name)
	}
	last := ""
	for _, row := range r.Indicators {
		in, _ := f.Indicator(row.Indicator)
		if in.Domain != last {
			last = in.Domain
			t.Rows = append(t.Rows, linkedRow{Group: true, Name: names[in.Domain]})
		}
		cells := []string{w.complete(row.Completeness), w.integer(row.Missing)}
		if all {
			cells = append(cells, tallyCells(w, row.Completeness)...)
		}
		t.Rows = append(t.Rows, linkedRow{Name: p.P.Name(in.Name), Href: p.Link("indicator", string(in.ID)), Cells: cells})
	}
	return t
}

func roundRespondents(p page, rows []projections.RespondentCompleteness) linked {
	w := words{p.P}
	t := linked{Header: append([]string{p.T("col.respondent"), p.T("col.income"), p.T("col.region"), p.T("col.collection"),
		p.T("col.answered"), p.T("col.missing")}, tallyHeader(p)...)}
	for _, row := range rows {
		cells := []string{w.attribute(row.Attributes[domain.AttrIncome]), w.attribute(row.Attributes[domain.AttrRegion]),
			w.attribute(row.Attributes[domain.AttrCollection]), w.complete(row.Completeness), w.integer(row.Missing)}
		t.Rows = append(t.Rows, linkedRow{Name: p.P.Respondent(row.Enrolment), Href: p.Link("country", string(row.Respondent)),
			Cells: append(cells, tallyCells(w, row.Completeness)...)})
	}
	return t
}

func tallyHeader(p page) []string {
	return []string{p.T("col.inapplicable"), p.T("col.disputed"), p.T("col.late")}
}

func tallyCells(w words, c domain.Completeness) []string {
	return []string{w.integer(c.NotApplicable), disputed(w, c), w.integer(c.Late)}
}

// disputed is how many places were, and how often where that is more.
func disputed(w words, c domain.Completeness) string {
	if *c.Disputes > *c.Disputed {
		return w.Count("disputed.times", *c.Disputes, "count", *c.Disputed)
	}
	return fmt.Sprint(*c.Disputed)
}

// complete writes who answered, of those to whom the question applies.
func (w words) complete(c domain.Completeness) string {
	if c.Answered == nil {
		return w.Text("suppressed")
	}
	n := *c.Asked - *c.NotApplicable
	if c.Share == nil {
		return w.of(c.Answered, &n)
	}
	return w.share(c.Answered, &n, c.Share)
}

// attribute is a value of an enrolment, as far as its name is known.
func (w words) attribute(v string) string {
	if v == "" {
		return "–"
	}
	key := "attr." + v
	if s := w.Text(key); s != key {
		return s
	}
	return w.ID(v)
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *server) roundsPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "rounds", func(r reading) (page, error) { return s.roundsOf(r, lang, l) })
}

func (s *server) roundPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "round", func(r reading) (page, error) { return s.roundOf(r, domain.RoundID(c.Param("id")), lang, l) })
}
