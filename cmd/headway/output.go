package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"headway/events"
)

// printJSON prints one JSON document on standard output.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// say prints a sentence for people, on standard error when --json is given.
func (a *app) say(format string, args ...any) {
	w := a.out
	if a.json {
		w = a.err
	}
	fmt.Fprintln(w, printable(fmt.Sprintf(format, args...)))
}

// printTable prints rows under a header, in columns.
func (a *app) printTable(header []string, rows [][]string) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	line := func(cells []string) {
		for i, c := range cells {
			cells[i] = strings.Map(func(r rune) rune {
				if r == '\n' || r == '\t' {
					return ' '
				}
				return r
			}, printable(c))
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	line(append([]string(nil), header...))
	for _, r := range rows {
		line(append([]string(nil), r...))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// table prints items as JSON, or as a table of one row an item.
func table[T any](a *app, items []T, header []string, row func(T) []string) error {
	if a.json {
		if items == nil {
			items = []T{}
		}
		return a.printJSON(items)
	}
	rows := make([][]string, len(items))
	for i, x := range items {
		rows[i] = row(x)
	}
	return a.printTable(header, rows)
}

func share(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100**v)
}

func number(v *int) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprint(*v)
}

func mark(simulated bool) string {
	if simulated {
		return "simulated"
	}
	return ""
}

// note prints a sentence for people on standard error.
func (a *app) note(format string, args ...any) {
	fmt.Fprintln(a.err, printable(fmt.Sprintf(format, args...)))
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func position(p events.Position) string { return strconv.FormatInt(int64(p), 10) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
