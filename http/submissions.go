package http

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
)

// submissionsBody is what the template of all submissions sees.
type submissionsBody struct {
	Lead string
	List linked
	Open []link // rounds that the reader can answer now
}

// link is a way to another page.
type link struct{ Name, Href string }

// submissionBody is what the template of one submission sees.
type submissionBody struct {
	Facts                       []fact
	Drafts                      []draftRow
	Approves, Withdraws, Closed bool
	Edit                        string // the way to the form that makes a new version
	Problem                     []string
	Action, Foot                string
}

// draftRow is a draft as people read it.
type draftRow struct {
	Name, Href, Status, Believed, Outcome, Since, Note string
	Evidence                                           []string
	Documents                                          []documentLink
	Changes                                            bool
}

func (s *server) submissionsPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	return s.show(c, "submissions", func(r reading) (page, error) {
		rows, err := s.submissions(r, submissionQuery(c))
		if err != nil {
			return page{}, err
		}
		p := s.newPage(lang, l)
		w := words{p.P}
		p.Position, p.Title = r.at, p.T("submissions.title")
		body := submissionsBody{Lead: p.T("submissions.lead"), Open: openRounds(r, p)}
		body.List.Header = []string{p.T("col.submission"), p.T("col.round"), p.T("col.respondent"), p.T("col.state"), p.T("col.answers"),
			p.T("col.submittedby"), p.T("col.decidedby"), p.T("col.comment")}
		for _, row := range rows {
			p.Simulated = p.Simulated || row.Simulated
			body.List.Rows = append(body.List.Rows, linkedRow{Name: instant(row.SubmittedAt), Href: p.Link("submission", row.ID), Cells: []string{
				w.ID(string(row.Round)), s.nameOf(r, p, row.Country), p.T("review." + string(row.State)), fmt.Sprint(row.Answers),
				w.ID(row.SubmittedBy), w.ID(row.DecidedBy), row.Comment}})
		}
		p.Body = body
		return p, nil
	})
}

// openRounds are the rounds that a focal point can answer.
func openRounds(r reading, p page) []link {
	if r.reader.Role != domain.FocalPoint || r.past {
		return nil
	}
	var out []link
	for _, rd := range r.state.Rounds(r.state.Position()) {
		survey, _ := r.state.Survey(rd.ID)
		if _, enrolled := survey.Enrolment(r.reader.Country); enrolled && !rd.Closed {
			out = append(out, link{p.T("answers.open", "round", words{p.P}.round(rd)), p.Link("answers", string(rd.ID))},
				link{p.T("import.title", "round", words{p.P}.round(rd)), p.Link("import", string(rd.ID))})
		}
	}
	return out
}

func (s *server) submissionPage(c echo.Context) error { return s.sendSubmission(c, nil) }

// sendSubmission shows the submission of the path, and why what was tried with it
// was refused.
func (s *server) sendSubmission(c echo.Context, refusal *Problem) error {
	detail, err := s.submissionDetail(c)
	if err != nil {
		return err
	}
	lang, l, _ := s.request(c)
	moment, err := projections.ParseMoment(c.QueryParam("asOf"))
	if err != nil {
		return err
	}
	past := !moment.IsNow()
	status, reader := http.StatusOK, holder(c)
	p := s.newPage(lang, l)
	p.reader, p.Position, p.Simulated = reader, detail.Position, detail.Simulated
	body := submissionBody{Action: "/submissions/" + detail.ID + "?lang=" + lang}
	if refusal != nil {
		status, body.Problem = refusal.Status, reasons(refusal)
	}
	s.Runner.Read(func(st *projections.State) {
		at := st.At(moment)
		r := reading{state: st, at: at, reader: reader, past: past}
		p.believed(c, r)
		rd, _ := st.Round(detail.Round, at)
		f := st.Framework(detail.Framework)
		name := s.nameOf(r, p, detail.Country)
		p.Title = p.T("submission.title", "name", name, "round", words{p.P}.round(rd), "state", p.T("review."+string(detail.State)))
		body.Facts, body.Closed = submissionFacts(p, detail), rd.Closed
		for _, d := range detail.Drafts {
			body.Drafts = append(body.Drafts, s.draftOf(p, f, d))
		}
		body.Foot = p.T("foot.submission", "framework", words{p.P}.ID(string(f.ID)), "position", detail.Position)
		own := stampOf(reader).Actor == detail.SubmittedBy
		pending := detail.State == domain.Pending && !past
		body.Approves = pending && reader.Reviews() && !own
		body.Withdraws = pending && own
		if reader.Submits(detail.Country) && !rd.Closed && !past && (body.Withdraws || detail.State == domain.Returned) {
			body.Edit = p.Link("answers", string(rd.ID)) + "&country=" + url.QueryEscape(string(detail.Country))
		}
	})
	p.Body = body
	html, err := s.render("submission", p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, html)
}

func submissionFacts(p page, d projections.SubmissionDetail) []fact {
	w := words{p.P}
	facts := []fact{{p.T("col.submittedby"), w.ID(d.SubmittedBy) + " · " + instant(d.SubmittedAt)}}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, fact{name, value})
		}
	}
	add(p.T("col.note"), d.Note)
	add(p.T("col.source"), sourceText(d.Source))
	if d.DecidedAt != nil {
		add(p.T("review."+string(d.State)), w.ID(d.DecidedBy)+" · "+instant(*d.DecidedAt))
	}
	add(p.T("col.comment"), d.Comment)
	return facts
}

func (s *server) draftOf(p page, f *domain.Framework, d projections.DraftRow) draftRow {
	in, _ := f.Indicator(d.Indicator)
	scale := f.ScaleOf(in)
	row := draftRow{Name: p.P.Name(in.Name), Href: p.links.page("indicator", string(in.ID), f.ID, p.P.Lang), Status: level(p, scale, d.Status),
		Since: d.EffectiveOn.String(), Note: d.Note, Evidence: d.Evidence, Changes: d.Outcome == domain.OutcomeChanged}
	row.Documents = s.documentLinks(p, d.Documents)
	if d.Believed != "" {
		row.Believed = level(p, scale, d.Believed)
	}
	if d.Outcome != "" {
		row.Outcome = p.T("outcome." + string(d.Outcome))
	}
	return row
}

// reasons are what a refusal says, and what each of its causes says.
func reasons(p *Problem) []string {
	out := []string{p.Detail}
	for _, e := range p.Errors {
		out = append(out, e.Detail)
	}
	return out
}

// reviewSubmission takes what was chosen on the page of a submission.
func (s *server) reviewSubmission(c echo.Context) error {
	cmd := reviewCommand{Comment: c.FormValue("comment"), LateReason: c.FormValue("late_reason")}
	if _, err := s.review(c, c.FormValue("action"), cmd); err != nil {
		return s.refusedHere(c, err, s.sendSubmission)
	}
	lang, _, _ := s.request(c)
	return c.Redirect(http.StatusSeeOther, "/submissions/"+url.PathEscape(c.Param("id"))+"?lang="+lang)
}

// refusedHere shows a refusal on the page that it is about; anything else is an
// error of its own.
func (s *server) refusedHere(c echo.Context, err error, send func(echo.Context, *Problem) error) error {
	p := problemOf(err)
	if r := domain.RefusalOf(err); r == nil || r.Code == domain.CodeUnknownSubmission || r.Code == domain.CodeUnknownRound {
		return err
	}
	return send(c, p)
}

// trimmed are the lines of a text field that say something.
func trimmed(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
