package projections

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"headway/domain"
	"headway/events"
)

// Criteria say which events a search of the log finds: those of which all that is
// given holds. Empty fields select everything.
type Criteria struct {
	Framework domain.FrameworkID
	Round     domain.RoundID
	Country   domain.Respondent
	Indicator domain.IndicatorID // of a status, a figure, or an answer of a submission
	Actor     string             // who recorded the event
	Type      string             // of the event, or what stands before its dot: "status"
	Since     Moment             // recorded then or later
	Until     Moment             // recorded then or earlier
	// EffectiveFrom and EffectiveTo bound the first day from which the fact holds,
	// both included; an event without a date is then not found.
	EffectiveFrom, EffectiveTo domain.Date
	Text                       string // words, each of which occurs in what people wrote
	// Superseded selects the statuses that were corrected or withdrawn.
	Superseded bool
	Before     events.Position // older than this: where the page before ended; 0 for the newest
}

// IsCell reports whether nothing but a respondent and an indicator is asked for:
// the question that History answers.
func (c Criteria) IsCell() bool {
	cell := Criteria{Framework: c.Framework, Country: c.Country, Indicator: c.Indicator}
	return c == cell && c.Country != "" && c.Indicator != ""
}

// ParseSince reads what ParseMoment reads; a day means its beginning.
func ParseSince(s string) (Moment, error) {
	if d, err := time.Parse(time.DateOnly, s); err == nil {
		return Moment{Instant: d}, nil
	}
	return ParseMoment(s)
}

// Opens reports whether a reader may see the payload of an event.
type Opens func(*State, events.Event) bool

// AuditPage is a run of what a search found.
type AuditPage struct {
	Rows []AuditRow
	// Next is the Before of the page that follows; 0 where nothing follows. It is
	// the position of a row of this page, so that it says nothing of what a reader
	// does not see, and it stays right while the log grows.
	Next events.Position
}

// SearchPage is the first limit events that Search finds.
func SearchPage(ctx context.Context, r *Runner, log events.Log, c Criteria, at events.Position, open Opens, limit int) (AuditPage, error) {
	page := AuditPage{Rows: []AuditRow{}}
	for row, err := range Search(ctx, r, log, c, at, open) {
		if err != nil {
			return AuditPage{}, err
		}
		if len(page.Rows) == limit {
			page.Next = page.Rows[limit-1].Position
			break
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// Search finds events up to a position, the newest first, and says of each what
// had superseded it by then. The payload of an event that open refuses is withheld,
// and not searched; a nil open refuses none. Where and by whom something was said
// is found in the state, what was said is read from the log a few hundred events at
// a time. Its errors are Refusals of the criteria, or the log's.
func Search(ctx context.Context, r *Runner, log events.Log, c Criteria, at events.Position, open Opens) iter.Seq2[AuditRow, error] {
	return searchIn(ctx, pace{first: 128, last: 1 << 16, read: 512}, search{Criteria: c, runner: r, log: log, at: at, open: open})
}

// pace says how many candidates a step names, at first and at most, and how many
// events are held at once. Steps begin small, for one page, and grow, for a search
// that finds little.
type pace struct{ first, last, read int }

func searchIn(ctx context.Context, by pace, s search) iter.Seq2[AuditRow, error] {
	return func(yield func(AuditRow, error) bool) {
		s := s // a sequence may be run again
		var err error
		s.runner.Read(func(st *State) { err = s.begin(st) })
		if err != nil {
			yield(AuditRow{}, err)
			return
		}
		for n := by.first; ; n = min(2*n, by.last) {
			var found []events.Position
			s.runner.Read(func(st *State) { found = st.candidates(&s, n) })
			for some := range slices.Chunk(found, by.read) {
				rows, err := s.read(ctx, some)
				if err != nil {
					yield(AuditRow{}, err)
					return
				}
				for _, row := range rows {
					if !yield(row, nil) {
						return
					}
				}
			}
			if len(found) < n {
				return
			}
			s.high = found[n-1] - 1
		}
	}
}

// search is a search under way.
type search struct {
	Criteria
	runner    *Runner
	log       events.Log
	open      Opens
	at        events.Position // what is known
	low, high events.Position // where the search goes on, both inclusive
	words     []string
	folder    folder
}

const maxSearchText = 500

// begin checks the criteria and finds the positions that they mean.
func (s *search) begin(st *State) error {
	if err := s.check(st); err != nil {
		return err
	}
	s.at = min(s.at, st.position)
	s.low, s.high = 1, s.at
	if !s.Until.IsNow() {
		s.high = min(s.high, st.At(s.Until))
	}
	if s.Before > 0 {
		s.high = min(s.high, s.Before-1)
	}
	switch {
	case !s.Since.Instant.IsZero():
		s.low = st.PositionAt(s.Since.Instant.Add(-time.Microsecond)) + 1
	case s.Since.Position > 0:
		s.low = s.Since.Position
	}
	return nil
}

// check refuses what nothing could be found by.
func (s *search) check(st *State) error {
	if s.Framework != "" && st.Framework(s.Framework) == nil {
		return st.UnknownFramework(s.Framework)
	}
	if s.Round != "" {
		if _, err := st.MeantRound(s.Round, s.Framework, s.at); err != nil {
			return err
		}
	}
	asks := func(f *domain.Framework) bool {
		return f.IndexOf(s.Indicator) >= 0 && (s.Framework == "" || s.Framework == f.ID)
	}
	if s.Indicator != "" && !slices.ContainsFunc(st.frameworks, asks) {
		_, _, err := st.MeantIndicator(s.Indicator, s.Framework)
		return err
	}
	if s.Country != "" && !domain.ValidRespondent(string(s.Country)) {
		return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("%q is not the code of a respondent, such as KEN", s.Country), "country", string(s.Country))
	}
	if s.Type != "" && !slices.ContainsFunc(EventTypes(), s.ofType) {
		return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("there are no events of type %q; the types are %s, or what stands before the dot",
			s.Type, strings.Join(EventTypes(), ", ")), "type", s.Type)
	}
	s.words = strings.Fields(s.folder.fold(s.Text))
	if strings.TrimSpace(s.Text) != "" && len(s.words) == 0 || len(s.Text) > maxSearchText {
		return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("the text to search for has 1 to %d bytes, with letters or digits in them", maxSearchText), "text", s.Text)
	}
	return nil
}

// EventTypes are all types of events, in a fixed order.
func EventTypes() []string {
	var out []string
	for _, p := range events.Payloads() {
		out = append(out, p.EventType())
	}
	return out
}

// ofType reports whether events of a type are asked for.
func (c *Criteria) ofType(typ string) bool {
	return c.Type == "" || typ == c.Type || strings.HasPrefix(typ, c.Type+".")
}

// effective reports whether a fact of that date is asked for.
func (c *Criteria) effective(d domain.Date) bool {
	if c.EffectiveFrom.IsZero() && c.EffectiveTo.IsZero() {
		return true
	}
	return !d.IsZero() && (c.EffectiveFrom.IsZero() || !d.First().Before(c.EffectiveFrom.First())) &&
		(c.EffectiveTo.IsZero() || !d.First().After(c.EffectiveTo.Last()))
}

// read reads the candidates, given newest first, and returns those that are found.
func (s *search) read(ctx context.Context, some []events.Position) ([]AuditRow, error) {
	first, last := some[len(some)-1], some[0]
	f := events.Filter{Until: last}
	if int64(last-first)+1 > int64(len(some)) {
		f.Positions = some
	}
	var found []AuditRow
	var of []events.Event
	for e, err := range s.log.Read(ctx, first-1, f) {
		if err != nil {
			return nil, fmt.Errorf("search the log: %w", err)
		}
		if !s.folder.mayHave(&e, s.words) {
			continue
		}
		row, err := AuditRowOf(e)
		if err != nil {
			return nil, fmt.Errorf("search the log: %w", err)
		}
		if s.matches(&row) {
			found, of = append(found, row), append(of, e)
		}
	}
	s.runner.Read(func(st *State) {
		for i := range found {
			if s.open != nil && !s.open(st, of[i]) {
				found[i].withhold()
			}
			st.complete(&found[i], s.at)
		}
	})
	found = slices.DeleteFunc(found, func(row AuditRow) bool {
		return row.Withheld && !s.matches(&row) || s.Framework != "" && row.Framework != s.Framework || s.Superseded && row.SupersededBy == nil
	})
	slices.Reverse(found)
	return found, nil
}

// matches reports whether what an event shows by itself is asked for.
func (s *search) matches(row *AuditRow) bool {
	return (s.Round == "" || row.Round == s.Round) && (s.Country == "" || row.Country == s.Country) && (s.Actor == "" || row.Actor == s.Actor) &&
		s.ofType(row.Type) && s.effective(row.EffectiveOn) && (s.Indicator == "" || row.tells(s.Indicator)) && s.says(row)
}

// says reports whether each word occurs in what people wrote.
func (s *search) says(row *AuditRow) bool {
	if len(s.words) == 0 {
		return true
	}
	text := s.folder.fold(strings.Join(row.texts(), "\n"))
	return !slices.ContainsFunc(s.words, func(w string) bool { return !strings.Contains(text, w) })
}
