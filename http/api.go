package http

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// read waits for minPosition, finds the moment that asOf means, and lets f look.
// A focal point reads the present: who reads the past as anybody sees the releases,
// and who sees all, every moment.
func (s *server) read(c echo.Context, f func(r reading) error) error {
	ctx := c.Request().Context()
	moment, err := projections.ParseMoment(c.QueryParam("asOf"))
	if err != nil {
		return err
	}
	reader := holder(c)
	if !moment.IsNow() && reader != nil && !reader.SeesAll() {
		return problem(http.StatusUnauthorized, "token_needed", "reading the past needs a token for all countries: the difference of two moments would show who moved; without a token, the releases can be read")
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
		var r reading
		if r, err = s.readingOf(st, moment, reader); err == nil {
			c.Response().Header().Set("Headway-Position", strconv.FormatInt(int64(r.at), 10))
			c.Set(seenKey, r.seen())
			err = f(r)
		}
	})
	return err
}

// seenKey is where a request keeps the newest position of what it read.
const seenKey = "seen"

// needAll refuses who may not see every country's answers.
func needAll(r *domain.Token) error {
	if r.SeesAll() {
		return nil
	}
	return problem(http.StatusUnauthorized, "token_needed", "country-level data need a token; make one with `headway token create`")
}

// answer sends rows with an ETag of the newest of what they were read from, and of
// what the reader may see.
func (s *server) answer(c echo.Context, rows any) error {
	role := "public"
	if t := holder(c); t != nil {
		role = t.ID
	}
	of := c.Response().Header().Get("Headway-Position")
	if seen, ok := c.Get(seenKey).(events.Position); ok {
		of = strconv.FormatInt(int64(seen), 10)
	}
	tag := fmt.Sprintf(`"%s-%s"`, of, role)
	vary := "Authorization, Cookie"
	if lang := c.Response().Header().Get("Content-Language"); lang != "" { // it has sentences
		tag = fmt.Sprintf(`"%s-%s-%s"`, of, role, lang)
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
	return list(s, c, func(r reading) ([]*domain.Framework, error) { return r.frameworks(), nil })
}

func (s *server) getIndicators(c echo.Context) error {
	return list(s, c, func(r reading) ([]domain.Indicator, error) {
		f, err := r.meant(asked(c))
		if err != nil && (len(r.frameworks()) > 0 || asked(c) != "") {
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
		return s.figures(r, id, c.QueryParam("group"))
	})
}

func (s *server) getCompare(c echo.Context) error {
	if c.QueryParams().Has("between") {
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

func (s *server) getTrend(c echo.Context) error {
	w, p := s.voice(c)
	return list(s, c, func(r reading) ([]trendRow, error) {
		if len(r.frameworks()) == 0 && asked(c) == "" {
			return nil, nil
		}
		if id := askedIndicator(c); id != "" {
			f, in, err := r.meantIndicator(id, asked(c))
			if err != nil {
				return nil, err
			}
			points, err := s.trend(r, f.ID, []domain.IndicatorID{in.ID})
			return sayTrend(w, points, names(r, p, "", f)), err
		}
		f, err := r.meant(asked(c))
		if err != nil {
			return nil, err
		}
		points, err := s.trend(r, f.ID, nil)
		return sayTrend(w, points, names(r, p, "", f)), err
	})
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
