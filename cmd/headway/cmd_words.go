package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headway/domain"
	"headway/events"
	"headway/http/i18n"
	phrases "headway/http/sentence"
	"headway/projections"
)

// voice says rows in words: on their own with --words, and in --json beside the
// numbers.
type voice struct {
	words bool
	lang  string
}

func voiceFlags(c *cobra.Command) *voice {
	v := &voice{}
	c.Flags().BoolVar(&v.words, "words", false, "in sentences instead of a table")
	c.Flags().StringVar(&v.lang, "lang", phrases.Languages[0], "language of the sentences: "+strings.Join(phrases.Languages, ", "))
	return v
}

// saidComparison and saidPoint are rows and what they say. Their JSON is a promise.
type saidComparison struct {
	domain.Comparison
	Sentence string `json:"sentence"`
}

type saidPoint struct {
	domain.TrendPoint
	Sentence string `json:"sentence"`
}

// saidGroups is how two groups differ, and what that says. Its JSON is a promise.
type saidGroups struct {
	domain.GroupDifference
	Sentence string `json:"sentence"`
}

// writer is the writer of the language, and what it calls groups.
func (v *voice) writer() (*phrases.Writer, *i18n.Printer, error) {
	if !slices.Contains(phrases.Languages, v.lang) {
		return nil, nil, usageError{fmt.Errorf("--lang %q is not one of %s", v.lang, strings.Join(phrases.Languages, ", "))}
	}
	texts, err := phrases.Load()
	if err != nil {
		return nil, nil, err
	}
	catalog, err := i18n.Load()
	if err != nil {
		return nil, nil, err
	}
	return texts.In(v.lang), catalog.Printer(v.lang), nil
}

// told is a comparison in words: rows with their sentences, and what is printed.
type told struct {
	rows  []saidComparison
	lines []string
}

// comparisons says the rows of a comparison, group by group, by attribute.
func (v *voice) comparisons(st *projections.State, at events.Position, rows []domain.Comparison, attribute string) (told, error) {
	w, p, err := v.writer()
	if err != nil {
		return told{}, err
	}
	out := told{rows: []saidComparison{}}
	if len(rows) == 0 {
		return out, nil
	}
	n := v.names(st, at, p, rows[0].From, rows[0].To)
	n.Attribute = attribute
	for first := 0; first < len(rows); {
		last := first + 1
		for last < len(rows) && rows[last].Group == rows[first].Group {
			last++
		}
		if s := w.Comparisons(rows[first:last], n); last-first > 1 {
			out.lines = append(out.lines, s.Title, s.Lead, "")
		}
		for _, r := range rows[first:last] {
			said := w.Comparison(r, n)
			out.rows = append(out.rows, saidComparison{r, said})
			out.lines = append(out.lines, said)
			if parts := w.Decomposition(r, n); parts != "" {
				out.lines = append(out.lines, parts)
			}
		}
		if first = last; first < len(rows) {
			out.lines = append(out.lines, "")
		}
	}
	return out, nil
}

// names are what the rounds that are compared, their indicators and groups are called.
func (v *voice) names(st *projections.State, at events.Position, p *i18n.Printer, from, to domain.RoundID) phrases.Names {
	var asked []*domain.Framework
	for _, id := range []domain.RoundID{to, from} { // the later first
		if rd, ok := st.Round(id, at); ok {
			asked = append(asked, st.Framework(rd.Framework))
		}
	}
	n := phrases.NamesOf(func(id domain.RoundID) (domain.Round, bool) { return st.Round(id, at) }, asked...)
	n.Group = func(value string) string {
		if key := "attr." + value; p.Text(key) != key {
			return p.Text(key)
		}
		return p.ID(value)
	}
	return n
}

// groups says how every two groups differ.
func (v *voice) groups(st *projections.State, at events.Position, rows []domain.GroupDifference) ([]saidGroups, error) {
	w, p, err := v.writer()
	if err != nil {
		return nil, err
	}
	out := make([]saidGroups, len(rows))
	for i, r := range rows {
		out[i] = saidGroups{r, w.Groups(r, v.names(st, at, p, r.From, r.To))}
	}
	return out, nil
}

// trend says the series of each indicator: rows with what the series says up to
// each, and a line an indicator.
func (v *voice) trend(st *projections.State, at events.Position, points []domain.TrendPoint, f *domain.Framework) ([]saidPoint, []string, error) {
	w, _, err := v.writer()
	if err != nil {
		return nil, nil, err
	}
	n := phrases.NamesOf(func(id domain.RoundID) (domain.Round, bool) { return st.Round(id, at) }, f)
	rows, lines, first := make([]saidPoint, len(points)), []string(nil), 0
	for i, p := range points {
		if p.Indicator != points[first].Indicator {
			first = i
		}
		rows[i] = saidPoint{p, w.Series(points[first:i+1], n)}
		if i == len(points)-1 || points[i+1].Indicator != p.Indicator {
			lines = append(lines, rows[i].Sentence)
		}
	}
	return rows, lines, nil
}

// printLines prints sentences, one a line.
func (a *app) printLines(lines []string) error {
	for _, s := range lines {
		if _, err := fmt.Fprintln(a.out, strings.TrimSpace(printable(s))); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
