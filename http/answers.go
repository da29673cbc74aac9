package http

import (
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/projections"
)

// answersBody is what the template of the form for answers sees.
type answersBody struct {
	Lead, Action, Note, Country string
	Import                      string // the way to the page for files
	Problem                     []string
	Choose                      []link // respondents to choose from, where none is named
	Groups                      []questionGroup
	Nothing                     bool // what was sent says nothing new
	Files                       bool // documents can be given
}

type questionGroup struct {
	Name      string
	Questions []question
}

// question is one indicator in the form, with what is filled in.
type question struct {
	ID, Field, Name, Wording, Believed string
	Options                            []choice
	Since, Note, Evidence              string
	Open                               bool // has a note or evidence to show
	Documents                          []givenDocument
}

// givenDocument is a document that was given already, and how the form says so when
// it is sent again.
type givenDocument struct{ Name, Value string }

type choice struct {
	Value, Name string
	Selected    bool
}

// answering is a request for the form: whose answers to which round.
type answering struct {
	round   domain.Round
	country domain.Respondent
	survey  domain.Survey
}

// answering finds whose form is meant, and refuses who may not fill it in. The
// country of a focal point is its own.
func (s *server) answering(c echo.Context, r reading) (answering, error) {
	a := answering{country: domain.Respondent(c.QueryParam("country"))}
	if r.reader != nil && a.country == "" {
		a.country = r.reader.Country
	}
	if a.country != "" || r.reader == nil || !r.reader.Reviews() {
		if err := needSubmitter(r.reader, a.country); err != nil {
			return a, err
		}
	}
	rd, err := r.state.MeantRound(domain.RoundID(c.Param("id")), "", r.state.Position())
	if err != nil {
		return a, err
	}
	a.round = rd
	a.survey, _ = r.state.Survey(rd.ID)
	if _, ok := a.survey.Enrolment(a.country); !ok && a.country != "" {
		return a, domain.Refuse(domain.CodeNotEnrolled, fmt.Sprintf("%s does not take part in round %s; the secretariat enrols respondents", a.country, rd.ID),
			"country", string(a.country))
	}
	return a, nil
}

func (s *server) answersPage(c echo.Context) error { return s.sendAnswers(c, nil, nil, false) }

// sendAnswers shows the form: filled in as it was sent, or with the submission that
// waits or came back, or with what is believed.
func (s *server) sendAnswers(c echo.Context, refusal *Problem, sent url.Values, nothing bool) error {
	lang, l, _ := s.request(c)
	p := s.newPage(lang, l)
	p.reader = holder(c)
	body := answersBody{Nothing: nothing, Files: s.Documents != nil}
	var a answering
	var latest projections.SubmissionRow
	err := s.read(c, func(r reading) (err error) {
		if a, err = s.answering(c, r); err != nil {
			return err
		}
		p.Position, p.Simulated = r.at, a.round.Simulated
		if r.reader.Role == domain.FocalPoint {
			body.Import = p.Link("import", string(a.round.ID))
		}
		latest, _ = r.state.LatestSubmission(a.round.ID, a.country)
		if a.country == "" {
			for _, e := range r.state.Respondents(a.round.ID, r.at) {
				body.Choose = append(body.Choose, link{p.P.Respondent(e), p.Link("answers", string(a.round.ID)) + "&country=" + url.QueryEscape(string(e.Respondent))})
			}
		}
		p.Title = p.T("answers.title", "name", s.nameOf(r, p, a.country), "round", words{p.P}.round(a.round))
		return nil
	})
	if err != nil {
		return err
	}
	waiting := map[domain.IndicatorID]domain.Draft{}
	if latest.State == domain.Pending || latest.State == domain.Returned {
		sub, err := projections.ReadSubmission(c.Request().Context(), s.Log, latest)
		if err != nil {
			return err
		}
		body.Note = sub.Note
		for _, d := range sub.Answers {
			waiting[d.Indicator] = d
		}
	}
	status := http.StatusOK
	if refusal != nil {
		status, body.Problem = refusal.Status, reasons(refusal)
	}
	s.fillIn(p, &body, a, waiting, sent)
	if latest.State == domain.Returned {
		body.Problem = append(body.Problem, p.T("answers.returned", "comment", latest.Comment))
	}
	p.Body = body
	html, err := s.render("answers", p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, html)
}

// fillIn makes the questions of the form.
func (s *server) fillIn(p page, body *answersBody, a answering, waiting map[domain.IndicatorID]domain.Draft, sent url.Values) {
	if a.country == "" {
		body.Lead = p.T("answers.choose")
		return
	}
	body.Lead, body.Country = p.T("answers.lead"), string(a.country)
	body.Action = "/rounds/" + url.PathEscape(string(a.round.ID)) + "/answers?lang=" + p.P.Lang + "&country=" + url.QueryEscape(string(a.country))
	if sent != nil {
		body.Note = sent.Get("note")
	}
	f := a.survey.Framework
	names := map[string]string{}
	for _, d := range f.Domains {
		names[d.ID] = p.P.Name(d.Name)
	}
	s.Runner.Read(func(st *projections.State) {
		last := "-"
		for i, in := range f.Indicators {
			if in.Domain != last {
				last = in.Domain
				body.Groups = append(body.Groups, questionGroup{Name: names[in.Domain]})
			}
			cell := st.Cell(a.round.ID, a.country, in.ID)
			g := &body.Groups[len(body.Groups)-1]
			g.Questions = append(g.Questions, questionOf(p, f, i, cell, waiting[in.ID], sent))
		}
	})
}

func questionOf(p page, f *domain.Framework, i int, cell domain.Cell, d domain.Draft, sent url.Values) question {
	in := f.Indicators[i]
	scale := f.ScaleOf(in)
	q := question{ID: string(in.ID), Field: fmt.Sprintf("q%d", i), Name: p.P.Name(in.Name), Wording: p.P.Name(in.Wording)}
	chosen := d.Status
	if old, ok := cell.Current(); ok {
		q.Believed = level(p, scale, old.Status) + " (" + old.EffectiveOn.String() + ")"
		q.Since = old.EffectiveOn.String()
		if chosen == "" {
			chosen = old.Status
		}
	}
	if d.Status != "" {
		q.Since, q.Note, q.Evidence = d.EffectiveOn.String(), d.Note, strings.Join(d.Evidence, "\n")
	}
	if sent != nil {
		chosen = domain.Status(sent.Get(q.Field))
		q.Since, q.Note, q.Evidence = sent.Get(q.Field+".since"), sent.Get(q.Field+".note"), sent.Get(q.Field+".evidence")
	}
	given := d.Documents
	if sent != nil {
		given = documentsIn(sent[q.Field+".document"])
	}
	for _, x := range given {
		text, err := json.Marshal(x)
		if err == nil { // texts and a number
			q.Documents = append(q.Documents, givenDocument{x.Name, string(text)})
		}
	}
	q.Open = q.Note != "" || q.Evidence != "" || len(q.Documents) > 0
	q.Options = []choice{{"", p.T("answers.none"), chosen == ""}}
	for _, v := range append(append([]domain.Status(nil), scale.Values...), domain.NoAnswer, domain.NotApplicable) {
		q.Options = append(q.Options, choice{string(v), levelOrText(p, scale, v), v == chosen})
	}
	return q
}

// levelOrText is the name of a status; of the two that every scale has, that of the
// page's language where the scale names none.
func levelOrText(p page, s domain.Scale, v domain.Status) string {
	if name := p.P.Name(s.Names[v]); name != "" {
		return name
	}
	if text := p.T("status." + string(v)); text != "status."+string(v) {
		return text
	}
	return string(v)
}

// submitAnswers takes the form: what differs from what is believed goes to review.
func (s *server) submitAnswers(c echo.Context) error {
	var a answering
	may := func(r reading) (err error) { a, err = s.answering(c, r); return err }
	if err := s.read(c, may); err != nil { // before files are taken
		return err
	}
	sent, err := s.readFiles(c)
	if err != nil {
		return err
	}
	var cmd submitCommand
	var refused error
	err = s.read(c, func(r reading) (err error) {
		if a, err = s.answering(c, r); err == nil && a.country == "" {
			return problem(http.StatusBadRequest, "invalid", "the form says of nobody whose answers these are; choose a respondent")
		}
		if err == nil {
			cmd, refused = readForm(r.state, a, sent)
		}
		return err
	})
	if err != nil {
		return err
	}
	again := func(c echo.Context, p *Problem) error { return s.sendAnswers(c, p, sent, false) }
	if refused != nil {
		return s.refusedHere(c, refused, again)
	}
	if len(cmd.Answers) == 0 {
		return s.sendAnswers(c, nil, sent, true)
	}
	out, err := s.submit(c.Request().Context(), holder(c), cmd, domain.Source{Document: "web form"})
	if err != nil {
		return s.refusedHere(c, err, again)
	}
	if out.Submission == "" {
		return s.sendAnswers(c, nil, sent, true)
	}
	lang, _, _ := s.request(c)
	return c.Redirect(http.StatusSeeOther, "/submissions/"+out.Submission+"?lang="+lang)
}

// readFiles reads the form, and keeps the files in it: after that the form says
// which documents they are.
func (s *server) readFiles(c echo.Context) (url.Values, error) {
	sent, err := c.FormParams()
	if err != nil {
		return nil, tooLarge(fmt.Errorf("multipart: %w", err))
	}
	form := c.Request().MultipartForm
	if form == nil {
		return sent, nil
	}
	for field, files := range form.File {
		question, ok := strings.CutSuffix(field, ".file")
		for _, h := range files {
			if !ok || h.Filename == "" || h.Size == 0 {
				continue
			}
			if s.Documents == nil {
				return nil, noFolder()
			}
			d, err := s.keepFile(c, h)
			if err != nil {
				return nil, tooLarge(err)
			}
			text, err := json.Marshal(d)
			if err != nil {
				return nil, fmt.Errorf("name the document: %w", err)
			}
			sent.Add(question+".document", string(text))
		}
	}
	return sent, nil
}

func (s *server) keepFile(c echo.Context, h *multipart.FileHeader) (domain.Document, error) {
	f, err := h.Open()
	if err != nil {
		return domain.Document{}, fmt.Errorf("read the file: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	return s.Documents.Put(c.Request().Context(), h.Filename, f)
}

// documentsIn are the documents that a form says were given; what is none is left
// out. The same twice is once.
func documentsIn(texts []string) []domain.Document {
	var out []domain.Document
	for _, t := range texts {
		var d domain.Document
		if json.Unmarshal([]byte(t), &d) == nil && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// readForm reads the answers that differ from what is believed, or that say more.
// Every date that cannot be read is a cause of the one Refusal.
func readForm(st *projections.State, a answering, sent url.Values) (submitCommand, error) {
	cmd := submitCommand{Round: a.round.ID, Country: a.country, Note: sent.Get("note")}
	var causes []*domain.Refusal
	for i, in := range a.survey.Framework.Indicators {
		field := fmt.Sprintf("q%d", i)
		d := domain.Draft{Indicator: in.ID, Status: domain.Status(sent.Get(field)), Note: strings.TrimSpace(sent.Get(field + ".note")),
			Evidence: trimmed(sent.Get(field + ".evidence")), Documents: documentsIn(sent[field+".document"])}
		more := d.Note != "" || len(d.Evidence) > 0 || len(d.Documents) > 0
		if d.Status == "" {
			if more {
				causes = append(causes, domain.Refuse(domain.CodeInvalid, fmt.Sprintf("indicator %s has a note or evidence, but no answer; choose one", in.ID), "indicator", string(in.ID)))
			}
			continue
		}
		if since := strings.TrimSpace(sent.Get(field + ".since")); since != "" {
			date, err := domain.ParseDate(since)
			if r := domain.RefusalOf(err); r != nil {
				causes = append(causes, domain.Refuse(r.Code, fmt.Sprintf("indicator %s: %s", in.ID, r.Message), "indicator", string(in.ID)))
				continue
			}
			d.EffectiveOn = date
		}
		cell := st.Cell(a.round.ID, a.country, in.ID)
		if old, ok := cell.Current(); ok && !more && old.Status == d.Status && (d.EffectiveOn.IsZero() || d.EffectiveOn == old.EffectiveOn) {
			continue
		}
		cmd.Answers = append(cmd.Answers, d)
	}
	if len(causes) == 0 {
		return cmd, nil
	}
	r := domain.Refuse(domain.CodeSubmission, "nothing was submitted")
	r.Causes = causes
	return cmd, r
}
