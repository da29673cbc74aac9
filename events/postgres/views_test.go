package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"headway/domain"
	"headway/events"
	"headway/events/postgres/pgtest"
)

type cellKey struct{ framework, country, indicator, round string }

// believed is a row of current_status.
type believed struct {
	cellKey
	Status, Effective, EventID string
}

// TestCurrentStatusAgreesWithTheFold appends random facts, also such as no
// decision makes: corrections of what was corrected before, of another round's
// status, of nothing.
func TestCurrentStatusAgreesWithTheFold(t *testing.T) {
	url := pgtest.Database(t)
	log := openStore(t, url)
	conn := connect(t, url)
	r := rand.New(rand.NewPCG(20210501, 42))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	cells := map[cellKey]*domain.Cell{}
	said := map[string][]string{} // ids by stream
	for n := range 1500 {
		k := cellKey{pick("mnr", "other"), pick("FRA", "GB-EAW", "XAA"), pick("policy.leadership.strategy", "victim.a.b"), pick("2021", "2023")}
		f, payload := randomFact(r, k, said)
		e, err := events.New(events.DeriveID(time.UnixMilli(int64(n)), fmt.Sprint(n)), events.Stamp{Actor: "a"}, f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append(context.Background(), events.Batch{Stream: f.Stream, Expect: events.Any, Events: []events.Event{e}}); err != nil {
			t.Fatal(err)
		}
		said[f.Stream] = append(said[f.Stream], e.ID.String())
		if cells[k] == nil {
			cells[k] = &domain.Cell{}
		}
		cells[k].Apply(e.ID.String(), f.EffectiveOn, payload)
		if n%250 == 249 {
			compareBelieved(t, conn, cells)
		}
	}
	var rows int
	if err := conn.QueryRow(context.Background(), "SELECT count(*) FROM headway.status_history").Scan(&rows); err != nil || rows != 1500 {
		t.Errorf("%d rows of history, %v", rows, err)
	}
}

func randomFact(r *rand.Rand, k cellKey, said map[string][]string) (domain.Fact, domain.Payload) {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	f := domain.Fact{
		Stream: domain.StatusStream(domain.FrameworkID(k.framework), domain.Respondent(k.country), domain.IndicatorID(k.indicator)),
		Round:  domain.RoundID(k.round),
	}
	_ = f.EffectiveOn.UnmarshalText([]byte(pick("", "2020-12-31", "2021", "2021-03", "2021-03-01", "2021-03-15", "0999")))
	target := "not-an-id"
	if ids := said[f.Stream]; len(ids) > 0 && r.IntN(10) > 0 {
		target = pick(ids[max(0, len(ids)-8):]...)
	}
	country, indicator := domain.Respondent(k.country), domain.IndicatorID(k.indicator)
	status := domain.Status(pick("in_place", "not_in_place", "no_answer"))
	note := pick("", "a \x00 zero", `a \u0000 text`, "أ <b>&\u2028")
	switch r.IntN(4) {
	case 0:
		f.Payload = domain.StatusCorrected{Country: country, Indicator: indicator, Status: status, Corrects: target, Reason: "r", Note: note}
	case 1:
		f.Payload = domain.StatusWithdrawn{Country: country, Indicator: indicator, Withdraws: target, Reason: note}
	default:
		f.Payload = domain.StatusReported{Country: country, Indicator: indicator, Status: status, Note: note}
	}
	return f, f.Payload
}

func compareBelieved(t *testing.T, conn *pgx.Conn, cells map[cellKey]*domain.Cell) {
	t.Helper()
	rows, err := conn.Query(context.Background(), "SELECT framework, country, indicator, round, status, effective_on, event_id::text FROM headway.current_status")
	if err != nil {
		t.Fatal(err)
	}
	got := map[cellKey]believed{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b believed, err error) {
		return b, row.Scan(&b.framework, &b.country, &b.indicator, &b.round, &b.Status, &b.Effective, &b.EventID)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		got[b.cellKey] = b
	}
	want := 0
	for k, c := range cells {
		s, ok := c.Current()
		if !ok {
			continue
		}
		want++
		if b := (believed{k, string(s.Status), s.EffectiveOn.String(), s.EventID}); got[k] != b {
			t.Fatalf("%v: the view believes %+v, the fold %+v", k, got[k], b)
		}
	}
	if len(list) != want {
		t.Fatalf("the view has %d rows, the fold %d", len(list), want)
	}
}

func TestHistoryAndFiguresForPeople(t *testing.T) {
	url := pgtest.Database(t)
	log := openStore(t, url)
	conn := connect(t, url)
	ctx := context.Background()
	percent := 54.0
	facts := []domain.Fact{
		{Stream: "figures/2021", Round: "2021", EffectiveOn: domain.Date{Year: 2021}, Source: domain.Source{URL: "https://example.org/report"},
			Payload: domain.FigurePublished{Figure: domain.Figure{ID: "fig-1", Round: "2021", Indicator: "a.b.c", Population: "all",
				Count: 23, Denominator: 42, StatedPercent: &percent}}},
		{Stream: "status/mnr/FRA/a.b.c", Round: "2021", Payload: domain.StatusReported{Country: "FRA", Indicator: "a.b.c", Status: "in_place",
			Note: "zero \x00, backslash \\u0000", LateReason: "post", Documents: []domain.Document{{Name: "act.pdf", Size: 7}}, Submission: "s", SubmittedBy: "focal"}},
	}
	for i, f := range facts {
		e, err := events.New(events.DeriveID(time.UnixMilli(1), fmt.Sprint(i)), events.Stamp{Actor: "someone"}, f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append(ctx, events.Batch{Stream: f.Stream, Events: []events.Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	var figure, source string
	var count int
	var stated, computed float64
	err := conn.QueryRow(ctx, `SELECT figure, "count", stated_percent::float8, computed_percent::float8, source->>'url' FROM headway.published_figure`).
		Scan(&figure, &count, &stated, &computed, &source)
	if err != nil || figure != "fig-1" || count != 23 || stated != 54 || computed != 54.76 || source != "https://example.org/report" {
		t.Errorf("%s %d %v %v %s, %v", figure, count, stated, computed, source, err)
	}
	var kind, note, actor string
	var supersedes *string
	err = conn.QueryRow(ctx, "SELECT kind, note, actor, supersedes FROM headway.status_history").Scan(&kind, &note, &actor, &supersedes)
	var late, document, submitted, approved string
	if err := conn.QueryRow(ctx, "SELECT late_reason, documents->0->>'name', submitted_by, approved_by FROM headway.current_status").
		Scan(&late, &document, &submitted, &approved); err != nil || late != "post" || document != "act.pdf" || submitted != "focal" || approved != "someone" {
		t.Errorf("%s %s %s %s, %v", late, document, submitted, approved, err)
	}
	if err != nil || kind != "reported" || note != "zero \ufffd, backslash \\u0000" || actor != "someone" || supersedes != nil {
		t.Errorf("%s %q %s %v, %v", kind, note, actor, supersedes, err)
	}
}

// TestPayloadIsReadable holds headway.payload to encoding/json, which puts U+FFFD
// for half a surrogate pair, too.
func TestPayloadIsReadable(t *testing.T) {
	url := pgtest.Database(t)
	openStore(t, url)
	conn := connect(t, url)
	for _, text := range []string{`{"a":"x"}`, `{"a":"\u00e9\n"}`, `{"a":"\\u0000"}`, `{"a":"\ud800"}`, `{"a":"\\\ud800x"}`, `{"a":"\\\\ud800x"}`} {
		var want struct{ A string }
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := conn.QueryRow(context.Background(), "SELECT headway.payload($1::json)->>'a'", text).Scan(&got); err != nil || got != want.A {
			t.Errorf("%s: %q, want %q, %v", text, got, want.A, err)
		}
	}
	var got string
	if err := conn.QueryRow(context.Background(), "SELECT headway.payload($1::json)->>'a'", `{"a":"\u0000\u0000\\\u0000"}`).Scan(&got); err != nil || got != "\ufffd\ufffd\\\ufffd" {
		t.Errorf("zero characters: %q, %v", got, err)
	}
}

func TestEveryTableViewAndColumnForPeopleHasAComment(t *testing.T) {
	url := pgtest.Database(t)
	openStore(t, url)
	rows, err := connect(t, url).Query(context.Background(), `SELECT c.relname FROM pg_class AS c
	  WHERE c.relnamespace = 'headway'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> 'migration'
	    AND obj_description(c.oid, 'pg_class') IS NULL
	  UNION ALL SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
	  WHERE c.oid IN ('headway.event'::regclass, 'headway.status_history'::regclass, 'headway.current_status'::regclass, 'headway.published_figure'::regclass)
	    AND col_description(c.oid, a.attnum) IS NULL`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		t.Errorf("%s has no comment", n)
	}
}
