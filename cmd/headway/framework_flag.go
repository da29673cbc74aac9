package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/projections"
)

// frameworkFlag adds --framework and returns what it was set to.
func frameworkFlag(c *cobra.Command) *string {
	return c.Flags().String("framework", "", "the framework; needed only where several could be meant")
}

// roundAsks refuses a round that is not there, or that asks another framework than
// the one given.
func (a *app) roundAsks(s *session, round, framework string) error {
	if framework == "" {
		return nil
	}
	var err error
	s.runner.Read(func(st *projections.State) {
		_, err = st.MeantRound(domain.RoundID(round), domain.FrameworkID(framework), st.Position())
	})
	return err
}

// chosen is the framework that a trend follows and the indicator, where one is
// given: the framework then follows from it.
func chosen(st *projections.State, framework, indicator string) (*domain.Framework, []domain.IndicatorID, error) {
	id := domain.FrameworkID(domain.Typed(framework))
	if indicator == "" {
		f, err := st.Meant(id)
		return f, nil, err
	}
	f, in, err := st.MeantIndicator(domain.IndicatorID(domain.Typed(indicator)), id)
	return f, []domain.IndicatorID{in.ID}, err
}

// rounds checks the rounds of a comparison; --framework is that of the later one.
func rounds(st *projections.State, from, to, framework string, at events.Position) error {
	if _, err := st.MeantRound(domain.RoundID(from), "", at); err != nil {
		return err
	}
	_, err := st.MeantRound(domain.RoundID(to), domain.FrameworkID(framework), at)
	return err
}

// inEnglish is a text in English, or in what there is, with the language named.
func inEnglish(t domain.Text) string {
	s, lang := t.In("en")
	if s != "" && lang != "en" {
		return s + " (" + lang + ")"
	}
	return s
}

// fellBack says on standard error that names are not in English.
func (a *app) fellBack(names ...domain.Text) {
	if a.json {
		return
	}
	var langs []string
	for _, t := range names {
		if s, lang := t.In("en"); s != "" && lang != "en" && !slices.Contains(langs, lang) {
			langs = append(langs, lang)
		}
	}
	if len(langs) > 0 {
		a.note("names without an English text are shown in another language, named after them: %s", strings.Join(langs, ", "))
	}
}

// spread writes a distribution: level:count, lowest first.
func spread(d *domain.Distribution) string {
	if d == nil {
		return "–"
	}
	out := make([]string, len(d.Levels))
	for i, l := range d.Levels {
		out[i] = string(l.Level) + ":" + number(l.Count)
	}
	return strings.Join(out, " ")
}

func median(d *domain.Distribution) string {
	if d == nil || d.Median == nil {
		return "–"
	}
	return string(*d.Median)
}

func ordinalMean(d *domain.Distribution) string {
	if d == nil || d.OrdinalMean == nil {
		return "–"
	}
	return fmt.Sprintf("%.2f", *d.OrdinalMean)
}

// graded are the targets of the graded scales among the rows.
func graded[T any](rows []T, of func(T) *domain.Distribution) []string {
	var targets []string
	for _, r := range rows {
		if d := of(r); d != nil && !slices.Contains(targets, string(d.Target)) {
			targets = append(targets, string(d.Target))
		}
	}
	return targets
}

// withLevels prints rows that may be of graded scales: with more columns where any
// is, and a sentence that says what in place means there.
func withLevels[T any](a *app, rows []T, header []string, cells func(T) []string, of func(T) *domain.Distribution, more []string, moreCells func(T) []string) error {
	targets := graded(rows, of)
	if len(targets) == 0 {
		return table(a, rows, header, cells)
	}
	last := len(header) - 1 // the marks stay at the end
	head := slices.Concat(header[:last], more, header[last:])
	err := table(a, rows, head, func(r T) []string {
		c := cells(r)
		return slices.Concat(c[:last], moreCells(r), c[last:])
	})
	if err == nil && !a.json {
		a.note("on graded scales a share counts who reached the target of the scale: %s or above", strings.Join(targets, " or "))
		if slices.Contains(more, "MEAN (ORDINAL)") {
			a.note("the mean is of places on an ordinal scale, whose steps need not be equal; the median is a level, of two in the middle the lower")
		}
	}
	return err
}
