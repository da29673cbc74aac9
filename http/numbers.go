package http

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"headway/domain"
	"headway/events"
	"headway/http/chart"
	"headway/http/i18n"
	"headway/projections"
)

// words are the phrases in which pages write numbers.
type words struct{ *i18n.Printer }

func (w words) of(count, n *int) string {
	if count == nil || n == nil {
		return w.Text("suppressed")
	}
	return w.Text("of", "count", *count, "n", *n)
}

func (w words) share(count, n *int, v *float64) string {
	if count == nil || v == nil {
		return w.Text("suppressed")
	}
	return w.Text("of", "count", *count, "n", *n) + " (" + w.Percent(*v) + ")"
}

func (w words) points(v *float64) string {
	if v == nil {
		return "–"
	}
	return w.ID(w.Points(math.Round(1000**v)/1000 + 0)) // no minus before zero
}

func (w words) between(low, high *float64) string {
	if low == nil || high == nil {
		return "–"
	}
	return w.ID("[" + w.Points(*low) + "; " + w.Points(*high) + "]")
}

func (w words) integer(v *int) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprint(*v)
}

func (w words) origin(o domain.Origin, simulated bool) string {
	if o == "" {
		return "–"
	}
	s := w.Text(string(o))
	if simulated {
		s += ", " + w.Text("simulated.mark")
	}
	return s
}

// round is the name of a round, marked where it is simulated.
func (w words) round(r domain.Round) string {
	s := w.ID(string(r.ID))
	if len(r.Name) > 0 {
		s = w.Name(r.Name)
	}
	if mark := w.Text("simulated.mark"); r.Simulated && !strings.Contains(s, mark) {
		s += " (" + mark + ")"
	}
	return s
}

// asOf is the moment that a page tells of, as a date of recording.
func (w words) asOf(st *projections.State, at events.Position) string {
	t := st.RecordedAt(at)
	if t.IsZero() {
		return "–"
	}
	return w.ID(t.UTC().Format(time.RFC3339))
}

// marks are the isolates that keep the direction of a text on a page. In a file
// they would make text of a number.
var marks = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// writeCSV writes a table as CSV: UTF-8, no cell a formula. Groups are a column
// of their own.
func writeCSV(w io.Writer, t chart.Table) error {
	c := csv.NewWriter(w)
	grouped := false
	for _, h := range t.Heading {
		grouped = grouped || h
	}
	line := func(group string, cells []string) error {
		var out []string
		if grouped {
			out = append(out, chart.Spreadsheet(marks.Replace(group)))
		}
		for _, x := range cells {
			out = append(out, chart.Spreadsheet(marks.Replace(x)))
		}
		return c.Write(out)
	}
	if err := line("group", t.Header); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	group := ""
	for i, r := range t.Rows {
		if t.IsHeading(i) {
			group = r[0]
			continue
		}
		if err := line(group, r); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// sentences joins what an aria text lists, and ends it.
func sentences(parts []string) string { return strings.Join(parts, "; ") + "." }
