package http

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/http/chart"
	"headway/projections"
)

// heatmapChoice is what a reader chose on the heatmap.
type heatmapChoice struct {
	framework domain.FrameworkID
	round     domain.RoundID
	group     string // an attribute, or "" for none
	codes     bool   // name the respondents
}

// heatmapBody is what the template sees.
type heatmapBody struct {
	Lead, Explain  string
	Rounds, Groups []choice
	Named          bool
	Screen, Print  heatGrid
	Columns        []heatColumn
	Heads          []heatHead
	Key            []heatCell
	Figures        []figure
}

func (b heatmapBody) figures() []figure { return b.Figures }

// heatGrid is the respondents by indicators of a round.
type heatGrid struct {
	Caption string
	Rows    []heatRow
}

// heatPart is a grid with its columns, as the template of one grid sees it.
type heatPart struct {
	Grid    heatGrid
	Heads   []heatHead
	Columns []heatColumn
	Width   int
}

// Part is a grid of the page with its columns.
func (b heatmapBody) Part(g heatGrid) heatPart {
	return heatPart{g, b.Heads, b.Columns, len(b.Columns) + 1}
}

// heatRow is a respondent, or a heading where it is a Group.
type heatRow struct {
	Group, Label, Href string
	Cells              []heatCell
}

type heatCell struct{ Class, Letter, Text string }

// heatHead is a domain above its columns, heatColumn an indicator by its number.
type heatHead struct {
	Name  string
	Width int
}

type heatColumn struct{ Number, Name, Href string }

// heating builds the heatmap.
type heating struct {
	server *server
	page   page
	r      reading
	w      words
	choice heatmapChoice
	a      *projections.Answers
	keys   *answerKeys
}

// smallGroup is how many respondents a group needs to have a name of its own beside
// rows without names: the name of a smaller one would tell who they are.
const smallGroup = 5

// heatmapOf builds the heatmap of a round, for who sees every country's answers.
func (s *server) heatmapOf(r reading, choice heatmapChoice, lang string, l links) (page, error) {
	if err := needAll(r.reader); err != nil {
		return page{}, err
	}
	b := &heating{server: s, page: s.newPage(lang, l), r: r, choice: choice}
	b.w, b.keys, b.page.Position = words{b.page.P}, &answerKeys{page: b.page}, r.at
	body := heatmapBody{Named: choice.codes}
	if err := b.choose(&body); err != nil {
		return page{}, err
	}
	if b.a == nil {
		b.page.Title, body.Lead = b.page.T("heatmap.none"), b.page.T("rounds.none")
		b.page.Body = body
		return b.page, nil
	}
	b.page.about(r, b.a.Framework())
	b.page.Simulated = b.a.Round().Simulated
	b.page.Title, body.Lead, body.Explain = b.title(), b.page.T("heatmap.lead"), b.foot()
	b.head(&body)
	hidden := b.order(false)
	body.Print = b.grid(hidden)
	shown := hidden
	if choice.codes {
		shown = b.order(true)
		body.Screen = b.grid(shown)
	}
	if err := b.figure(&body, shown); err != nil {
		return page{}, err
	}
	for _, k := range b.keys.keys {
		body.Key = append(body.Key, heatCell{keyClass(k.Meaning), k.Letter, k.Label})
	}
	b.page.Body = body
	return b.page, nil
}

// choose finds the round: the last of the framework that stands in for none, unless
// another is named.
func (b *heating) choose(body *heatmapBody) error {
	st, at := b.r.state, b.r.at
	id := b.choice.round
	if id != "" || b.choice.framework != "" {
		if id != "" {
			if _, err := st.MeantRound(id, b.choice.framework, at); err != nil {
				return err
			}
		} else if _, err := b.r.meant(b.choice.framework); err != nil {
			return err
		}
	}
	for _, rd := range st.Rounds(at) {
		if b.choice.framework != "" && rd.Framework != b.choice.framework || len(st.Respondents(rd.ID, at)) == 0 {
			continue
		}
		if b.choice.round == "" && rd.StandsInFor == "" {
			id = rd.ID
		}
		body.Rounds = append(body.Rounds, choice{string(rd.ID), b.w.round(rd), false})
	}
	if id == "" {
		return nil
	}
	for i := range body.Rounds {
		body.Rounds[i].Selected = body.Rounds[i].Value == string(id)
	}
	a, err := st.Answers(id, at)
	if err != nil {
		return err
	}
	b.a = a
	body.Groups = []choice{{"", b.page.T("heatmap.ungrouped"), b.choice.group == ""}}
	known := b.choice.group == ""
	var who []domain.Enrolment // of any round: another one may be chosen with the same grouping
	for _, rd := range st.Rounds(at) {
		who = append(who, st.Respondents(rd.ID, at)...)
	}
	for _, name := range attributesOf(who) {
		known = known || name == b.choice.group
		body.Groups = append(body.Groups, choice{name, b.attribute(name), name == b.choice.group})
	}
	if !known {
		return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("no respondent has an attribute %q", b.choice.group), "group", b.choice.group)
	}
	return nil
}

// attributesOf are the names of what is known of respondents, in order.
func attributesOf(who []domain.Enrolment) []string {
	seen := map[string]bool{}
	var out []string
	for _, e := range who {
		for k := range e.Attributes {
			if !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return out
}

// attribute is the name of an attribute, as far as there is one.
func (b *heating) attribute(name string) string {
	switch name {
	case domain.AttrIncome, domain.AttrRegion, domain.AttrCollection:
		return b.page.T("col." + name)
	}
	return b.w.ID(name)
}

// heatLine is a respondent in its place: the row of the answers, the group it stands in
// and how it is called.
type heatLine struct {
	row         int
	group       string
	label, href string
}

// order is the order of the rows: by group and, where respondents are named, by
// code; else at random. It is never by an answer.
func (b *heating) order(named bool) []heatLine {
	who := b.a.Respondents()
	sizes := map[string]int{}
	for _, e := range who {
		sizes[e.Attributes[b.choice.group]]++
	}
	lines := make([]heatLine, len(who))
	for i, e := range who {
		lines[i] = heatLine{row: i}
		if b.choice.group != "" {
			v := e.Attributes[b.choice.group]
			lines[i].group = b.w.attribute(v)
			if !named && sizes[v] < smallGroup {
				lines[i].group = b.page.T("heatmap.small")
			}
		}
		if named {
			lines[i].label, lines[i].href = b.page.P.Respondent(e), b.page.Link("country", string(e.Respondent))
		}
	}
	if !named {
		b.shuffle(lines)
	}
	small := b.page.T("heatmap.small")
	slices.SortStableFunc(lines, func(x, y heatLine) int {
		if (x.group == small) != (y.group == small) {
			if x.group == small {
				return 1
			}
			return -1
		}
		return strings.Compare(x.group, y.group)
	})
	for i := range lines {
		if !named {
			lines[i].label = fmt.Sprintf("R%d", i+1)
		}
	}
	return lines
}

// shuffle mixes rows, the same way each time for the same page. What it starts from
// is in the log alone: who holds a print cannot undo it from the codes.
func (b *heating) shuffle(lines []heatLine) {
	rd := b.a.Round()
	text := fmt.Sprintf("heatmap %s %d %s", rd.ID, b.r.at, b.choice.group)
	if row, ok := b.r.state.RoundRow(rd.ID, b.r.at); ok {
		for _, e := range row.History {
			text += " " + e.EventID
		}
	}
	sum := sha256.Sum256([]byte(text))
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:]))) //nolint:gosec // an order to look at, the same each time
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
}

// grid is the table of the page.
func (b *heating) grid(lines []heatLine) heatGrid {
	f := b.a.Framework()
	g := heatGrid{Caption: b.page.Title}
	for i, x := range lines {
		row := heatRow{Label: x.label, Href: x.href}
		if x.group != "" && (i == 0 || lines[i-1].group != x.group) {
			row.Group = x.group
		}
		for j, in := range f.Indicators {
			k, text := b.keys.of(f, in, b.a.Status(x.row, j))
			row.Cells = append(row.Cells, heatCell{keyClass(b.keys.keys[k].Meaning), b.keys.keys[k].Letter, text})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (s *server) heatmapRequest(c echo.Context) func(r reading) (page, error) {
	lang, l, _ := s.request(c)
	get := func(key string) string { return domain.Typed(c.QueryParam(key)) }
	choice := heatmapChoice{asked(c), domain.RoundID(get("round")), get("group"), get("codes") != "0"}
	return func(r reading) (page, error) { return s.heatmapOf(r, choice, lang, l) }
}

func (s *server) heatmapPage(c echo.Context) error {
	return s.show(c, "heatmap", s.heatmapRequest(c))
}

func (s *server) heatmapChart(c echo.Context) error {
	return s.chartFiles(c, s.heatmapRequest(c))
}

// keyClass is the class of a cell of a grid.
func keyClass(m chart.Meaning) string {
	switch m {
	case chart.MeansInPlace:
		return "s-yes"
	case chart.MeansPartial:
		return "s-part"
	case chart.MeansNotInPlace:
		return "s-no"
	case chart.MeansNoAnswer, chart.MeansHidden:
		return "s-none"
	case chart.MeansNotApplicable:
		return "s-na"
	case chart.MeansNotAsked:
		return "s-blank"
	}
	i, n := m.Place()
	return fmt.Sprintf("s-q%d", (4*i+(n-1)/2)/max(n-1, 1))
}
