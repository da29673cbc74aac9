package http

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// auditBody is what the template of the audit sees.
type auditBody struct {
	Form    auditForm
	Problem []string
	Entries []auditEntry
	Count   string
	// Older is the way to the page that follows, Newest to the first, CSV to a file
	// of all that was found; each "" where there is none.
	Older, Newest, CSV string
	Foot               string
}

// auditForm is what was searched for, and what there is to choose from.
type auditForm struct {
	Actor, Since, Until, Text            string
	EffectiveFrom, EffectiveTo           string
	Superseded                           bool
	Own                                  string // the only country that the reader sees
	Countries, Rounds, Types, Frameworks []choice
	Indicators                           []choiceGroup
}

type choiceGroup struct {
	Name    string
	Choices []choice
}

// auditEntry is an event as people read it.
type auditEntry struct {
	Position, Recorded, Type, Round, Country, CountryHref, Indicator, IndicatorHref, Status, Actor string
	Superseded, Simulated, Withheld                                                                bool
	Facts                                                                                          []auditFact
}

// auditFact is a line of what an entry holds: a text, or ways to elsewhere.
type auditFact struct {
	Name, Value string
	Links       []link // to pages of Headway
	Evidence    []link // to elsewhere
	Documents   []documentLink
}

// auditPageSize is how many events the page shows.
const auditPageSize = 50

func (s *server) auditPage(c echo.Context) error {
	lang, l, _ := s.request(c)
	p := s.newPage(lang, l)
	p.reader = holder(c)
	var body auditBody
	status := http.StatusOK
	q, err := criteria(c)
	var found projections.AuditPage
	asked := q
	if err == nil {
		asked.Before = 0
		found, err = s.search(c, q, auditPageSize)
	}
	if err != nil {
		refused := problemOf(err)
		if p.reader == nil || refused.Status != http.StatusBadRequest && refused.Status != http.StatusNotFound {
			return err
		}
		status, body.Problem = refused.Status, reasons(refused)
	}
	if err := s.read(c, func(r reading) error {
		p.Position, p.Title = r.at, auditTitle(p, found)
		p.believed(c, r)
		body.Form = s.auditForm(c, r, p, asked)
		for _, row := range found.Rows {
			p.Simulated = p.Simulated || row.Simulated
			body.Entries = append(body.Entries, s.auditEntry(r, p, row))
		}
		body.Foot = p.T("foot.audit", "asof", words{p.P}.asOf(r.state, r.at), "position", r.at)
		return confine(r, &asked)
	}); err != nil {
		return err
	}
	if len(body.Problem) == 0 {
		s.auditWays(c, p, &body, q, found)
	}
	p.Body = body
	html, err := s.render("audit", p)
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, html)
}

// auditWays are how many events are shown, and the ways to more.
func (s *server) auditWays(c echo.Context, p page, body *auditBody, q projections.Criteria, found projections.AuditPage) {
	body.Count = p.N("audit.count", len(found.Rows))
	query := c.QueryParams()
	query.Del("before")
	if found.Next > 0 {
		body.Count = p.N("audit.more", len(found.Rows))
		body.Older = older(c, found.Next)
		query.Del("before")
	}
	if q.Before > 0 {
		body.Newest = "/audit?" + query.Encode()
	}
	if len(found.Rows) > 0 {
		body.CSV = "/audit.csv?" + query.Encode()
	}
}

// auditForm offers what is known at the moment of the page.
func (s *server) auditForm(c echo.Context, r reading, p page, q projections.Criteria) auditForm {
	w := words{p.P}
	f := auditForm{Actor: c.QueryParam("actor"), Since: c.QueryParam("since"), Until: c.QueryParam("until"), Text: c.QueryParam("text"), Superseded: q.Superseded,
		EffectiveFrom: c.QueryParam("effectiveFrom"), EffectiveTo: c.QueryParam("effectiveTo")}
	names := map[domain.Respondent]string{}
	for _, rd := range r.state.Rounds(r.at) {
		f.Rounds = append(f.Rounds, choice{string(rd.ID), w.round(rd), rd.ID == q.Round})
		for _, e := range r.state.Respondents(rd.ID, r.at) {
			names[e.Respondent] = p.P.Respondent(e)
		}
	}
	if r.reader.SeesAll() {
		for code, name := range names {
			f.Countries = append(f.Countries, choice{string(code), name, code == q.Country})
		}
		slices.SortFunc(f.Countries, func(a, b choice) int { return strings.Compare(a.Name, b.Name) })
	} else {
		f.Own = s.nameOf(r, p, r.reader.Country)
	}
	frameworks := r.frameworks()
	seen := map[domain.IndicatorID]bool{}
	for _, fw := range frameworks {
		if len(frameworks) > 1 {
			f.Frameworks = append(f.Frameworks, choice{string(fw.ID), p.P.Name(fw.Name), fw.ID == q.Framework})
		}
		g := choiceGroup{Name: p.P.Name(fw.Name)}
		for _, in := range fw.Indicators {
			if !seen[in.ID] { // an id that several have is offered once, and finds all
				seen[in.ID] = true
				g.Choices = append(g.Choices, choice{string(in.ID), p.P.Name(in.Name), in.ID == q.Indicator})
			}
		}
		f.Indicators = append(f.Indicators, g)
	}
	types := projections.EventTypes()
	for _, kind := range []string{"status", "submission", "round"} {
		types = slices.Insert(types, slices.IndexFunc(types, func(t string) bool { return strings.HasPrefix(t, kind+".") }), kind)
	}
	for _, t := range types {
		f.Types = append(f.Types, choice{t, eventName(p, t), t == q.Type})
	}
	return f
}

// eventName is the name of a type of events, or of what stands before its dot.
func eventName(p page, typ string) string { return p.T("event." + strings.ReplaceAll(typ, ".", "-")) }

func (s *server) auditEntry(r reading, p page, row projections.AuditRow) auditEntry {
	w := words{p.P}
	e := auditEntry{Position: strconv.FormatInt(int64(row.Position), 10), Recorded: instant(row.RecordedAt), Type: eventName(p, row.Type), Actor: row.Actor,
		Superseded: row.SupersededBy != nil, Simulated: row.Simulated, Withheld: row.Withheld}
	if rd, ok := r.state.Round(row.Round, r.at); ok {
		e.Round = w.round(rd)
	}
	if row.Country != "" {
		e.Country, e.CountryHref = s.nameOf(r, p, row.Country), p.Link("country", string(row.Country))
	}
	f := r.state.Framework(row.Framework)
	if f != nil && row.Indicator != "" {
		e.Indicator, e.IndicatorHref, e.Status = indicatorName(p, f, row.Indicator), p.links.page("indicator", string(row.Indicator), f.ID, p.P.Lang), statusName(p, f, row.Indicator, row.Status)
	}
	e.Facts = s.auditFacts(r, p, f, row)
	return e
}

func indicatorName(p page, f *domain.Framework, id domain.IndicatorID) string {
	in, _ := f.Indicator(id)
	return p.P.Name(in.Name)
}

func statusName(p page, f *domain.Framework, id domain.IndicatorID, v domain.Status) string {
	if v == "" {
		return ""
	}
	in, _ := f.Indicator(id)
	return levelOrText(p, f.ScaleOf(in), v)
}

// auditFacts are what an entry opens to: both times, where it comes from, what it
// superseded and what superseded it, what was said, who was part of it, its proof.
func (s *server) auditFacts(r reading, p page, f *domain.Framework, row projections.AuditRow) []auditFact {
	w := words{p.P}
	var out []auditFact
	add := func(key, value string) {
		if value != "" {
			out = append(out, auditFact{Name: p.T(key), Value: value})
		}
	}
	way := func(key, name, href string) {
		out = append(out, auditFact{Name: p.T(key), Links: []link{{name, href}}})
	}
	event := func(key string, id *string, at events.Position) {
		if id != nil && at > 0 {
			way(key, p.T("audit.event", "position", at, "id", w.ID(*id)), p.links.page("event", strconv.FormatInt(int64(at), 10), "", p.P.Lang))
		}
	}
	add("col.effective", w.ID(row.EffectiveOn.String()))
	add("col.recorded", w.ID(instant(row.RecordedAt)))
	if row.Source != nil {
		add("col.source", sourceText(row.Source))
	}
	event("audit.supersedes", row.Supersedes, row.SupersedesPosition)
	event("audit.supersededby", row.SupersededBy, row.SupersededByPosition)
	if row.Reason != nil {
		add("col.reason", *row.Reason)
	}
	add("audit.late", row.LateReason)
	add("col.comment", row.Comment)
	add("col.note", row.Note)
	out = append(out, s.said(p, f, row)...)
	if row.Submission != "" && !row.Withheld {
		way("audit.submission", w.ID(row.Submission), p.links.page("submission", row.Submission, "", p.P.Lang))
	}
	add("col.submittedby", w.ID(row.SubmittedBy))
	add("audit.approvedby", w.ID(row.ApprovedBy))
	add("audit.subject", w.ID(row.Subject))
	add("col.framework", w.ID(string(row.Framework)))
	add("audit.stream", w.ID(row.Stream+" "+strconv.FormatInt(row.Version, 10)))
	add("audit.id", w.ID(row.EventID))
	if s.Keys != nil && r.reader.SeesAll() && !row.Withheld {
		way("audit.proof", p.T("audit.proof.get"), row.Proof)
	}
	return out
}

// said is the evidence and the documents of an entry, and what a submission says of
// each indicator.
func (s *server) said(p page, f *domain.Framework, row projections.AuditRow) []auditFact {
	var out []auditFact
	show := func(evidence []string, documents []domain.Document) {
		fact := auditFact{Name: p.T("col.evidence")}
		for _, e := range evidence {
			fact.Evidence = append(fact.Evidence, link{e, webAddress(e)})
		}
		if len(evidence) > 0 {
			out = append(out, fact)
		}
		if len(documents) > 0 {
			out = append(out, auditFact{Name: p.T("audit.document"), Documents: s.documentLinks(p, documents)})
		}
	}
	show(row.Evidence, row.Documents)
	for _, d := range row.Drafts {
		value := statusName(p, f, d.Indicator, d.Status) + " (" + p.P.ID(d.EffectiveOn.String()) + ")"
		if d.Note != "" {
			value += ": \u2068" + d.Note + "\u2069"
		}
		out = append(out, auditFact{Name: indicatorName(p, f, d.Indicator), Value: value})
		show(d.Evidence, d.Documents)
	}
	return out
}

// webAddress is s where a browser may follow it, and "" where it may not.
func webAddress(s string) string {
	if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return s
	}
	return ""
}

// auditCSV sends all that a search finds, as it is found.
func (s *server) auditCSV(c echo.Context) error {
	q, err := criteria(c)
	if err != nil {
		return err
	}
	at, err := s.searchable(c, &q)
	if err != nil {
		return err
	}
	name := "headway-audit.csv"
	if c.QueryParam("asOf") != "" {
		name = fmt.Sprintf("headway-audit-as-of-%d.csv", at)
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	err = projections.WriteAuditCSV(c.Response(), c.QueryParam("bom") == "true", projections.Search(c.Request().Context(), s.Runner, s.Log, q, at, opener(holder(c))))
	if err == nil {
		return nil
	}
	if !c.Response().Committed {
		h.Del("Content-Disposition")
		return err
	}
	s.Logger.Error("the audit was cut off", "error", err)
	return errors.Join(err, cutOff(c))
}

// cutOff closes the connection of an answer that fails after it began, so that its
// reader does not take a part for the whole.
func cutOff(c echo.Context) error {
	conn, _, err := http.NewResponseController(c.Response().Writer).Hijack()
	if err != nil {
		return fmt.Errorf("close the connection: %w", err)
	}
	return conn.Close()
}
