package http

import (
	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/http/i18n"
	"headway/http/sentence"
)

// writer writes sentences in the page's language.
func (p page) writer() *sentence.Writer { return p.site.sentences.In(p.P.Lang) }

// names are what sentences call rounds, groups, and the indicators of frameworks.
func names(r reading, p *i18n.Printer, attribute string, frameworks ...*domain.Framework) sentence.Names {
	n := sentence.NamesOf(func(id domain.RoundID) (domain.Round, bool) { return r.state.Round(id, r.at) }, frameworks...)
	n.Attribute, n.Group, n.Told = attribute, words{p}.attribute, p.Told()
	return n
}

// namesBetween are the names for a comparison of two rounds.
func namesBetween(r reading, p *i18n.Printer, attribute string, from, to domain.RoundID) sentence.Names {
	var asked []*domain.Framework
	for _, id := range []domain.RoundID{to, from} {
		if rd, ok := r.state.Round(id, r.at); ok {
			asked = append(asked, r.state.Framework(rd.Framework))
		}
	}
	return names(r, p, attribute, asked...)
}

// comparisonRow is a row of a comparison and what it says. Its JSON is a promise.
type comparisonRow struct {
	domain.Comparison
	Sentence string `json:"sentence"`
}

// groupRow is how two groups differ, and what that says. Its JSON is a promise.
type groupRow struct {
	domain.GroupDifference
	Sentence string `json:"sentence"`
}

// trendRow is a point of a series, and what the series says up to it. Its JSON is a
// promise.
type trendRow struct {
	domain.TrendPoint
	Sentence string `json:"sentence"`
}

// voice is the writer of the language that a request asks for, and that of its
// names; the answer says which language that is.
func (s *server) voice(c echo.Context) (*sentence.Writer, *i18n.Printer) {
	lang := s.sentences.Pick(c.QueryParam("lang"), c.Request().Header.Get("Accept-Language"))
	c.Response().Header().Set("Content-Language", lang)
	return s.sentences.In(lang), s.catalog.Printer(lang)
}

// sayComparisons adds to each row what it says.
func sayComparisons(w *sentence.Writer, rows []domain.Comparison, n sentence.Names) []comparisonRow {
	out := make([]comparisonRow, len(rows))
	for i, r := range rows {
		out[i] = comparisonRow{r, w.Comparison(r, n)}
	}
	return out
}

// sayGroups adds to each row what it says.
func sayGroups(w *sentence.Writer, rows []domain.GroupDifference, n sentence.Names) []groupRow {
	out := make([]groupRow, len(rows))
	for i, r := range rows {
		out[i] = groupRow{r, w.Groups(r, n)}
	}
	return out
}

// sayTrend adds to each point what the series of its indicator says up to it.
func sayTrend(w *sentence.Writer, points []domain.TrendPoint, n sentence.Names) []trendRow {
	out := make([]trendRow, len(points))
	first := 0
	for i, p := range points {
		if p.Indicator != points[first].Indicator {
			first = i
		}
		out[i] = trendRow{p, w.Series(points[first:i+1], n)}
	}
	return out
}
