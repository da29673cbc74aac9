package http

import (
	"time"

	"headway/projections"
)

// roundTitle says of a round how many of its answers are in. Where that is not
// shown, or totals were published and the answers behind them are not recorded here,
// it names the round and its state.
func roundTitle(p page, r projections.RoundReport) string {
	w, t := words{p.P}, r.Total
	name, state := w.round(r.Round), p.T("state."+r.State)
	if t.Share == nil || t.Suppressed || r.Figures > 0 {
		return p.T("round.title", "round", name, "state", state)
	}
	return p.N("round.finding", *t.Missing, "round", name, "state", state, "share", p.P.Percent(*t.Share), "all", p.P.Integer(*t.Asked-*t.NotApplicable))
}

// roundsTitle says how many rounds there are, and how many of them are open.
func roundsTitle(p page, rows []projections.RoundRow) string {
	open := 0
	for _, r := range rows {
		if !r.Closed {
			open++
		}
	}
	if len(rows) == 0 {
		return p.T("rounds.title")
	}
	return p.N("rounds.finding", len(rows), "open", p.P.Integer(open))
}

// auditTitle says how many events are shown, since when, by how many actors, and how
// many of them were superseded.
func auditTitle(p page, found projections.AuditPage) string {
	if len(found.Rows) == 0 {
		return p.T("audit.title")
	}
	actors := map[string]bool{}
	superseded := 0
	since := found.Rows[0].RecordedAt
	for _, row := range found.Rows {
		actors[row.Actor] = true
		if row.SupersededBy != nil {
			superseded++
		}
		if row.RecordedAt.Before(since) {
			since = row.RecordedAt
		}
	}
	key := "audit.finding"
	if found.Next > 0 {
		key = "audit.newest.finding"
	}
	return p.N(key, len(found.Rows), "since", words{p.P}.ID(since.UTC().Format(time.DateOnly)), "actors", p.N("audit.actors", len(actors)), "superseded", p.P.Integer(superseded))
}
