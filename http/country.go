package http

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
)

type countryBody struct {
	Stages      []string
	Statuses    []statusRow
	Audit, Foot string
}

// statusRow is a believed status with what it stands on.
type statusRow struct {
	Round, Name, Href, Status, Since, Recorded, By, Position, Source, Note string
	Evidence                                                               []string
	Documents                                                              []documentLink
}

// countryPage shows one respondent's statuses to who may see them.
func (s *server) countryPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	code := domain.Respondent(c.Param("code"))
	if !holder(c).Sees(code) {
		return needAll(nil)
	}
	p := s.newPage(lang, l)
	p.reader = holder(c)
	var body countryBody
	var believed []projections.Believed
	err := s.read(c, func(r reading) error {
		sel, err := r.state.MeantSelection(projections.Selection{Country: code, Framework: asked(c)}, r.at)
		if err != nil {
			return err
		}
		believed, p.Position = r.state.Believed(sel, r.at), r.at
		p.believed(c, r)
		body.Audit = p.links.page("audit", string(code), "", p.P.Lang)
		body.Foot = p.T("foot.country", "asof", words{p.P}.asOf(r.state, r.at), "position", r.at)
		p.Title = p.T("country.title", "name", s.nameOf(r, p, code))
		return s.countryStages(r, p, code, &body)
	})
	if err != nil {
		return err
	}
	rows, err := projections.StatusRows(c.Request().Context(), s.Log, believed)
	if err != nil {
		return err
	}
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

func (s *server) countryStages(r reading, p page, code domain.Respondent, body *countryBody) error {
	for _, m := range r.state.Models() {
		for _, rd := range r.state.Rounds(r.at) {
			if rd.Framework != m.Framework {
				continue
			}
			_, standings, err := r.state.Stages(m.ID, rd.ID, r.at)
			if err != nil {
				return err
			}
			for _, x := range standings {
				if x.Country == code && x.Stage != nil {
					stage := p.P.Name(m.Stages[*x.Number-1].Name)
					body.Stages = append(body.Stages, string(rd.ID)+": "+p.T("country.stage", "model", p.P.Name(m.Name), "stage", stage))
				}
			}
		}
	}
	return nil
}
