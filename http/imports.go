package http

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections/desk"
)

// importBody is what the template of an import sees.
type importBody struct {
	Lead, Action, Foot, Round, Late, Note string
	Records, Closed, Done                 bool
	Problem                               []string
	Counts                                []fact
	Changes, Refused                      linked
	MoreChanges, MoreRefused              string
	Confirm                               *confirmation
}

// confirmation is what the button under a preview sends.
type confirmation struct {
	Text, File, Outcome, Late string
}

// importRequest is a request for the page of an import.
type importRequest struct {
	round domain.Round
	page  page
	body  importBody
}

// shownRows is how many rows of a table of an import a page shows.
const shownRows = 100

func (s *server) importPage(c echo.Context) error {
	q, err := s.importRequest(c)
	if err != nil {
		return err
	}
	return s.sendImport(c, http.StatusOK, q)
}

// importRequest finds the round, and refuses who may not bring files for it.
func (s *server) importRequest(c echo.Context) (q importRequest, err error) {
	lang, l, _ := s.request(c)
	t := holder(c)
	if err := needImporter(t); err != nil {
		return q, err
	}
	p := s.newPage(lang, l)
	p.reader = t
	err = s.read(c, func(r reading) (err error) {
		if q.round, err = r.state.MeantRound(domain.RoundID(c.Param("id")), "", r.state.Position()); err != nil {
			return err
		}
		p.Position, p.Simulated = r.at, q.round.Simulated
		survey, _ := r.state.Survey(q.round.ID)
		if _, enrolled := survey.Enrolment(t.Country); !enrolled && t.Role == domain.FocalPoint {
			return domain.Refuse(domain.CodeNotEnrolled, fmt.Sprintf("%s does not take part in round %s; the secretariat enrols respondents", t.Country, q.round.ID))
		}
		return nil
	})
	q.page = p
	q.page.Title = p.T("import.title", "round", words{p.P}.round(q.round))
	q.body = importBody{Records: t.Records(), Closed: q.round.Closed, Lead: p.T("import.lead"), Round: p.Link("round", string(q.round.ID)),
		Action: "/rounds/" + url.PathEscape(string(q.round.ID)) + "/import?lang=" + lang}
	if !t.Records() {
		q.body.Lead = p.T("import.lead.focal")
	}
	q.body.Foot = p.T("import.foot", "mib", maxUpload>>20)
	return q, err
}

func (s *server) sendImport(c echo.Context, status int, q importRequest) error {
	q.page.Body = q.body
	html, err := s.render("import", q.page)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, html)
}

// importForm takes a file and shows what it comes to, or takes the confirmation of
// that. A focal point's file is submitted for review.
func (s *server) importForm(c echo.Context) error {
	q, err := s.importRequest(c)
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
		return s.confirmImport(c, q)
	}
	r, err := s.receive(c, "late_reason", "note")
	q.body.Late, q.body.Note = r.get("late_reason"), r.get("note")
	if err != nil {
		return s.importProblem(c, q, desk.Imported{}, err)
	}
	f := desk.File{Round: q.round.ID, LateReason: q.body.Late}
	if !q.body.Records {
		return s.submitForm(c, q, r, f)
	}
	return s.preview(c, q, r.SHA256, f)
}

// preview shows what a file that waits comes to; nothing is written.
func (s *server) preview(c echo.Context, q importRequest, sha string, f desk.File) error {
	out, err := s.importUpload(c.Request().Context(), holder(c), sha, f, true)
	if err != nil {
		return s.importProblem(c, q, out, err)
	}
	q.tell(out)
	if out.New+out.Changed > 0 {
		q.body.Confirm = &confirmation{Text: q.page.N("import.confirm", out.New+out.Changed), File: sha, Outcome: out.Outcome, Late: f.LateReason}
	}
	return s.sendImport(c, http.StatusOK, q)
}

// confirmImport records what a preview showed, and shows it again where it would
// come to something else by now.
func (s *server) confirmImport(c echo.Context, q importRequest) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 4*maxField)
	if !q.body.Records {
		return needRecorder(holder(c))
	}
	sha, outcome := c.FormValue("file"), c.FormValue("outcome")
	f := desk.File{Round: q.round.ID, LateReason: strings.TrimSpace(c.FormValue("late_reason")), Outcome: outcome}
	q.body.Late = f.LateReason
	if outcome == "" || s.Uploads == nil {
		return problem(http.StatusBadRequest, "invalid", "the form says not what is confirmed; choose the file again")
	}
	out, err := s.importUpload(c.Request().Context(), holder(c), sha, f, false)
	if r := domain.RefusalOf(err); r != nil && r.Code == domain.CodeOutcomeChanged {
		f.Outcome = ""
		q.body.Problem = []string{q.page.T("import.moved")}
		return s.preview(c, q, sha, f)
	}
	if err != nil {
		return s.importProblem(c, q, out, err)
	}
	s.discard(upload{token: holder(c).ID, SHA256: sha})
	q.body.Done = true
	q.page.Position = out.Position
	q.tell(out)
	return s.sendImport(c, http.StatusOK, q)
}

func (s *server) submitForm(c echo.Context, q importRequest, r received, f desk.File) error {
	defer s.discard(r.upload)
	out, err := s.submitUpload(c.Request().Context(), holder(c), r.SHA256, f, q.body.Note, false)
	if err != nil {
		return s.importProblem(c, q, desk.Imported{}, err)
	}
	if out.Submission == "" {
		q.body.Problem = []string{q.page.T("answers.nothing")}
		return s.sendImport(c, http.StatusOK, q)
	}
	return c.Redirect(http.StatusSeeOther, q.page.Link("submission", out.Submission))
}

// importProblem shows why a file was refused, row by row, on the page itself.
func (s *server) importProblem(c echo.Context, q importRequest, out desk.Imported, err error) error {
	var known *Problem
	r := domain.RefusalOf(err)
	if r == nil && !errors.As(err, &known) {
		return err
	}
	p := problemOf(err)
	if r == nil || len(r.Causes) == 0 {
		q.body.Problem = []string{p.Detail}
		if text := q.page.T("import.problem." + p.Code); text != "import.problem."+p.Code {
			q.body.Problem = []string{text}
		}
		return s.sendImport(c, p.Status, q)
	}
	refused, rows := r.Details["refused"], r.Details["rows"]
	q.body.Problem = []string{q.page.T("import.refused", "file", r.Details["file"], "refused", cmpOr(refused, strconv.Itoa(len(r.Causes))), "rows", rows)}
	if out.Rows > 0 {
		q.tell(out)
	}
	q.body.Refused, q.body.MoreRefused = refusedRows(q.page, r)
	return s.sendImport(c, p.Status, q)
}

// tell fills in what a file comes to, or has come to.
func (q *importRequest) tell(out desk.Imported) {
	p := q.page
	q.body.Counts = []fact{{p.T("import.file"), out.File}, {p.T("import.rows"), fmt.Sprint(out.Rows)}, {p.T("import.new"), fmt.Sprint(out.New)},
		{p.T("import.changed"), fmt.Sprint(out.Changed)}, {p.T("import.unchanged"), fmt.Sprint(out.Unchanged)}, {p.T("import.refusedrows"), fmt.Sprint(out.Refused)}}
	if out.Changed == 0 {
		return
	}
	w := words{p.P}
	q.body.Changes.Header = []string{p.T("col.row"), p.T("col.respondent"), p.T("col.indicator"), p.T("col.effective"), p.T("col.before"), p.T("col.after"), p.T("col.corrects")}
	for _, x := range out.Changes[:min(len(out.Changes), shownRows)] {
		q.body.Changes.Rows = append(q.body.Changes.Rows, linkedRow{Name: cell(x.Sheet, strconv.Itoa(x.Row)), Cells: []string{
			w.ID(string(x.Country)), w.ID(string(x.Indicator)), w.ID(x.EffectiveOn.String()), w.ID(string(x.From)), w.ID(string(x.To)), w.ID(x.Corrects)}})
	}
	if more := out.Changed - len(q.body.Changes.Rows); more > 0 {
		q.body.MoreChanges = p.T("import.more", "n", more)
	}
}

// refusedRows is the table of the refused answers of a file.
func refusedRows(p page, r *domain.Refusal) (t linked, more string) {
	w := words{p.P}
	t.Header = []string{p.T("col.row"), p.T("col.column"), p.T("col.respondent"), p.T("col.indicator"), p.T("col.value"), p.T("col.nearest"), p.T("col.why")}
	for _, x := range r.Causes[:min(len(r.Causes), shownRows)] {
		d := x.Details
		t.Rows = append(t.Rows, linkedRow{Name: cell(d["sheet"], d["row"]), Cells: []string{w.ID(d["column"]), w.ID(d["country"]), w.ID(d["indicator"]),
			w.ID(d["value"]), w.ID(d["nearest"]), refusedWhy(p, x)}})
	}
	if all, err := strconv.Atoi(r.Details["refused"]); err == nil && all > len(t.Rows) {
		more = p.T("import.more", "n", all-len(t.Rows))
	}
	return t, more
}

// refusedWhy is why an answer was refused, in the page's language where it is a
// usual reason.
func refusedWhy(p page, r *domain.Refusal) string {
	key := "import.why." + string(r.Code)
	if r.Details["other_row"] != "" {
		key = "import.why.twice"
	}
	if text := p.T(key, "row", cell(r.Details["other_sheet"], r.Details["other_row"])); text != key {
		return text
	}
	return cmpOr(r.Details["reason"], r.Message)
}

// cell is a place in a file.
func cell(sheet, row string) string {
	if sheet == "" {
		return row
	}
	return sheet + " " + row
}
