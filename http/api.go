package http

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// reading is a read of the state for one request; past says that it is of an
// earlier moment, which the reader chose.
type reading struct {
	state  *projections.State
	at     events.Position
	reader *domain.Token
	past   bool
}

// read waits for minPosition, finds the moment that asOf means, and lets f look.
// The moment is for holders of a token: the difference of two moments shows who
// moved.
func (s *server) read(c echo.Context, f func(r reading) error) error {
	ctx := c.Request().Context()
	moment, err := projections.ParseMoment(c.QueryParam("asOf"))
	if err != nil {
		return err
	}
	reader := holder(c)
	if !moment.IsNow() && !reader.SeesAll() {
		return problem(http.StatusUnauthorized, "token_needed", "reading the past needs a token: the difference of two moments would show who moved")
	}
	if p := c.QueryParam("minPosition"); p != "" {
		n, err := strconv.ParseInt(p, 10, 64)
		if err != nil || n < 0 {
			return problem(http.StatusBadRequest, "invalid", fmt.Sprintf("minPosition %q is not a position", p))
		}
		if err := s.Runner.WaitFor(ctx, events.Position(n)); err != nil {
			return err
		}
	}
	s.Runner.Read(func(st *projections.State) {
		at := st.At(moment)
		c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(at), 10))
		err = f(reading{st, at, reader, !moment.IsNow()})
	})
	return err
}

// needAll refuses who may not see every country's answers.
func needAll(r *domain.Token) error {
	if r.SeesAll() {
		return nil
	}
	return problem(http.StatusUnauthorized, "token_needed", "country-level data need a token; make one with `headway token create`")
}

// answer sends rows with an ETag of the position they were read at and of what
// the reader may see.
func (s *server) answer(c echo.Context, rows any) error {
	role := "public"
	if t := holder(c); t != nil {
		role = t.ID
	}
	tag := fmt.Sprintf(`"%s-%s"`, c.Response().Header().Get("Headway-Position"), role)
	vary := "Authorization, Cookie"
	if lang := c.Response().Header().Get("Content-Language"); lang != "" { // it has sentences
		tag = fmt.Sprintf(`"%s-%s-%s"`, c.Response().Header().Get("Headway-Position"), role, lang)
		vary += ", Accept-Language"
	}
	c.Response().Header().Set("ETag", tag)
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	c.Response().Header().Set("Vary", vary)
	if strings.Contains(c.Request().Header.Get("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.JSON(http.StatusOK, rows)
}

// list reads rows and answers with them.
func list[T any](s *server, c echo.Context, f func(r reading) ([]T, error)) error {
	rows := []T{}
	err := s.read(c, func(r reading) error {
		more, err := f(r)
		rows = append(rows, more...)
		return err
	})
	if err != nil {
		return err
	}
	return s.answer(c, rows)
}

// asked is the framework that a request names, or "".
func asked(c echo.Context) domain.FrameworkID {
	return domain.FrameworkID(domain.Typed(c.QueryParam("framework")))
}

// askedIndicator is the indicator that a request names, or "".
func askedIndicator(c echo.Context) domain.IndicatorID {
	return domain.IndicatorID(domain.Typed(c.QueryParam("indicator")))
}

func (s *server) getFrameworks(c echo.Context) error {
	return list(s, c, func(r reading) ([]*domain.Framework, error) { return r.state.FrameworksAt(r.at), nil })
}

func (s *server) getIndicators(c echo.Context) error {
	return list(s, c, func(r reading) ([]domain.Indicator, error) {
		f, err := r.state.MeantAt(asked(c), r.at)
		if err != nil && (len(r.state.FrameworksAt(r.at)) > 0 || asked(c) != "") {
			return nil, err
		}
		if f == nil {
			return nil, nil // nothing was published yet
		}
		return f.Indicators, nil
	})
}

func (s *server) getCountries(c echo.Context) error {
	return list(s, c, func(r reading) ([]domain.Enrolment, error) {
		if err := needAll(r.reader); err != nil {
			return nil, err
		}
		id := domain.RoundID(c.QueryParam("round"))
		if _, err := r.state.MeantRound(id, asked(c), r.at); err != nil {
			return nil, err
		}
		return r.state.Respondents(id, r.at), nil
	})
}

func (s *server) getStatus(c echo.Context) error {
	var believed []projections.Believed
	err := s.read(c, func(r reading) error {
		sel := projections.Selection{Framework: asked(c), Round: domain.RoundID(c.QueryParam("round")),
			Country: domain.Respondent(c.QueryParam("country")), Indicator: askedIndicator(c)}
		if !r.reader.SeesAll() && (sel.Country == "" || !r.reader.Sees(sel.Country)) {
			return needAll(r.reader)
		}
		sel, err := r.state.MeantSelection(sel, r.at)
		if err == nil {
			believed = r.state.Believed(sel, r.at)
		}
		return err
	})
	if err != nil {
		return err
	}
	rows, err := projections.StatusRows(c.Request().Context(), s.Log, believed)
	if err != nil {
		return err
	}
	return s.answer(c, rows)
}

func (s *server) getFigures(c echo.Context) error {
	return list(s, c, func(r reading) ([]projections.FigureRow, error) {
		id := domain.RoundID(c.QueryParam("round"))
		if _, err := r.state.MeantRound(id, asked(c), r.at); err != nil {
			return nil, err
		}
		if g := c.QueryParam("group"); g != "" {
			if err := needAll(r.reader); err != nil {
				return nil, err
			}
			return r.state.GroupRows(id, g, r.at)
		}
		rows, err := r.state.FigureRows(id, r.at)
		if err == nil && !r.reader.SeesAll() {
			s.publicFigures(rows)
		}
		return rows, err
	})
}

// publicFigures hides computed numbers that are small; published ones stay, and
// so does a computed number that says just what was published.
func (s *server) publicFigures(rows []projections.FigureRow) {
	for i := range rows {
		r := &rows[i]
		if r.ComputedCount == nil || r.Count != nil && *r.Count == *r.ComputedCount && *r.Denominator == *r.ComputedDenominator {
			continue
		}
		if !s.disclosure.Shows(*r.ComputedCount, *r.ComputedDenominator, r.Population != "respondents" && r.Population != "surveyed") {
			r.ComputedCount, r.ComputedDenominator, r.Distribution = nil, nil, nil
			r.Differences = slices.DeleteFunc(r.Differences, func(d domain.Difference) bool { return d.Of == "computed" })
		}
		r.Distribution = s.disclosure.Spread(r.Distribution)
	}
}

func (s *server) getCompare(c echo.Context) error {
	if c.QueryParam("between") != "" {
		return s.getGroupDifferences(c)
	}
	w, p := s.voice(c)
	return list(s, c, func(r reading) ([]comparisonRow, error) {
		q, err := askedQuery(c, r)
		if err != nil {
			return nil, err
		}
		to := domain.RoundID(c.QueryParam("to"))
		if _, err := r.state.MeantRound(to, asked(c), r.at); err != nil {
			return nil, err
		}
		from := domain.RoundID(c.QueryParam("from"))
		rows, err := s.compare(r, from, to, q)
		return sayComparisons(w, rows, namesBetween(r, p, q.Attribute, from, to)), err
	})
}

// compare is what a reader may see of a comparison. The matched panel and groups
// differ from all respondents by a few: until the difference is protected too,
// they are for holders of a token.
func (s *server) compare(r reading, from, to domain.RoundID, q domain.Query) ([]domain.Comparison, error) {
	public := !r.reader.SeesAll()
	if public && (q.Panel == domain.Matched || q.Attribute != "") {
		return nil, problem(http.StatusUnauthorized, "token_needed", "the matched panel and groups need a token: beside all respondents they would show the answers of a few")
	}
	rows, err := r.state.Compare(from, to, q, r.at)
	if err == nil && public {
		for i := range rows {
			rows[i] = s.disclosure.Comparison(rows[i])
		}
	}
	return rows, err
}

func (s *server) getTrend(c echo.Context) error {
	w, p := s.voice(c)
	return list(s, c, func(r reading) ([]trendRow, error) {
		if len(r.state.FrameworksAt(r.at)) == 0 && asked(c) == "" {
			return nil, nil
		}
		if id := askedIndicator(c); id != "" {
			f, in, err := r.state.MeantIndicatorAt(id, asked(c), r.at)
			if err != nil {
				return nil, err
			}
			points, err := s.trend(r, f.ID, []domain.IndicatorID{in.ID})
			return sayTrend(w, points, names(r, p, "", f)), err
		}
		f, err := r.state.MeantAt(asked(c), r.at)
		if err != nil {
			return nil, err
		}
		points, err := s.trend(r, f.ID, nil)
		return sayTrend(w, points, names(r, p, "", f)), err
	})
}

func (s *server) trend(r reading, f domain.FrameworkID, ids []domain.IndicatorID) ([]domain.TrendPoint, error) {
	rows, err := r.state.Trend(f, ids, r.at)
	if err == nil && !r.reader.SeesAll() {
		for i := range rows {
			rows[i] = s.disclosure.Trend(rows[i])
		}
		domain.Along(rows)
	}
	return rows, err
}

// stageCount is how many respondents are in a stage; null where it is not shown.
type stageCount struct {
	Model     domain.ModelID `json:"model"`
	Round     domain.RoundID `json:"round"`
	Unit      string         `json:"unit"`
	Stage     *string        `json:"stage"` // null for unknown
	Count     *int           `json:"count"`
	N         int            `json:"n"`
	Simulated bool           `json:"simulated"`
}

func (s *server) getMaturity(c echo.Context) error {
	model, round := domain.ModelID(c.QueryParam("model")), domain.RoundID(c.QueryParam("round"))
	if asked(c) != "" {
		err := s.read(c, func(r reading) error {
			_, err := r.state.MeantRound(round, asked(c), r.at)
			return err
		})
		if err != nil {
			return err
		}
	}
	if t := holder(c); t.SeesAll() {
		return list(s, c, func(r reading) ([]any, error) {
			_, standings, err := r.state.Stages(model, round, r.at)
			out := make([]any, len(standings))
			for i, x := range standings {
				out[i] = x
			}
			return out, err
		})
	}
	return list(s, c, func(r reading) ([]stageCount, error) { return s.distribution(r, model, round) })
}

// distribution is what anonymous readers get of stages.
func (s *server) distribution(r reading, model domain.ModelID, round domain.RoundID) ([]stageCount, error) {
	m, standings, err := r.state.Stages(model, round, r.at)
	if err != nil {
		return nil, err
	}
	var out []stageCount
	for _, u := range m.Units() {
		counts := m.Distribution(u.ID, standings)
		hidden := s.disclosure.Distribution(counts)
		for i, n := range counts {
			row := stageCount{Model: model, Round: round, Unit: u.ID, N: len(standings) / len(m.Units())}
			if len(standings) > 0 {
				row.Simulated = standings[0].Simulated
			}
			if i < len(counts)-1 {
				row.Stage = &m.Definition().Stages[i].ID
			}
			if !hidden[i] {
				row.Count = &n
			}
			out = append(out, row)
		}
	}
	return out, nil
}
