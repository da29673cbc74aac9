package http

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
)

// countryBody is what the template of a respondent sees.
type countryBody struct {
	Frameworks  []frameworkLink // where it was asked several
	Figures     []figure
	Statuses    []statusRow
	Audit, Foot string
}

func (b countryBody) figures() []figure { return b.Figures }

// statusRow is a believed status with what it stands on.
type statusRow struct {
	Round, Name, Href, Status, Since, Recorded, By, Position, Source, Note string
	Evidence                                                               []string
	Documents                                                              []documentLink
}

// countryPage shows one respondent's statuses to who may see them.
func (s *server) countryPage(c echo.Context) error {
	build := s.countryRequest(c)
	code := domain.Respondent(c.Param("code"))
	var p page
	var believed []projections.Believed
	err := s.read(c, func(r reading) (err error) {
		if p, err = build(r); err != nil {
			return err
		}
		p.reader = r.reader
		p.believed(c, r)
		sel, err := r.state.MeantSelection(projections.Selection{Country: code, Framework: asked(c)}, r.at)
		believed = r.state.Believed(sel, r.at)
		return err
	})
	if err != nil {
		return err
	}
	rows, err := projections.StatusRows(c.Request().Context(), s.Log, believed)
	if err != nil {
		return err
	}
	body, _ := p.Body.(countryBody)
	s.Runner.Read(func(st *projections.State) {
		for _, row := range rows {
			p.Simulated = p.Simulated || row.Simulated
			body.Statuses = append(body.Statuses, s.statusRow(p, st, row))
		}
	})
	p.Body = body
	html, err := s.render("country", p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(http.StatusOK, html)
}

func (s *server) countryRequest(c echo.Context) func(r reading) (page, error) {
	lang, l, _ := s.request(c)
	code, framework := domain.Respondent(c.Param("code")), asked(c)
	return func(r reading) (page, error) { return s.countryOf(r, code, framework, lang, l) }
}

func (s *server) countryChart(c echo.Context) error {
	return s.chartFiles(c, s.countryRequest(c))
}

func (s *server) statusRow(p page, st *projections.State, row projections.StatusRow) statusRow {
	w := words{p.P}
	out := statusRow{Round: w.ID(string(row.Round)), Status: string(row.Status), Since: row.EffectiveOn.String(), Recorded: row.RecordedAt.Format(time.RFC3339),
		By: w.ID(row.SubmittedBy), Position: fmt.Sprint(row.Position), Source: sourceText(row.Source), Note: row.Note, Evidence: row.Evidence,
		Documents: s.documentLinks(p, row.Documents)}
	if row.ApprovedBy != "" {
		out.By = p.T("status.approved", "submitted", w.ID(row.SubmittedBy), "approved", w.ID(row.ApprovedBy))
	}
	if f, in, err := st.MeantIndicator(row.Indicator, row.Framework); err == nil {
		out.Name, out.Href = p.P.Name(in.Name), p.links.page("indicator", string(in.ID), f.ID, p.P.Lang)
		out.Status = levelOrText(p, f.ScaleOf(in), row.Status)
	}
	if row.Late {
		out.Status += " (" + p.T("late.why", "reason", "\u2068"+row.LateReason+"\u2069") + ")"
	}
	return out
}

func (s *server) nameOf(r reading, p page, code domain.Respondent) string {
	for _, rd := range r.state.Rounds(r.at) {
		for _, e := range r.state.Respondents(rd.ID, r.at) {
			if e.Respondent == code {
				return p.P.Respondent(e)
			}
		}
	}
	return string(code)
}
