package http_test

import (
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"headway/domain"
	"headway/events"
	webhttp "headway/http"
	"headway/seeds"
)

// options are the values that a select of a page offers.
func options(page, name string) []string {
	m := regexp.MustCompile(`(?s)<select name="` + name + `">(.*?)</select>`).FindStringSubmatch(page)
	if m == nil {
		return nil
	}
	var out []string
	for _, o := range regexp.MustCompile(`<option value="([^"]*)"`).FindAllStringSubmatch(m[1], -1) {
		out = append(out, o[1])
	}
	return out
}

// TestPagesOfferWhatHasAnAnswer: of groups a page offers to anybody just those of
// which the release shows a number, and marks each that is hidden; to the holder of a
// token it offers all.
func TestPagesOfferWhatHasAnAnswer(t *testing.T) {
	w := demo(t)
	viewer := w.token(t, domain.Viewer, "")
	const rounds = "from=2021-simulated&to=2025"
	page := w.get(t, "/compare?lang=en&group=income&"+rounds, "").body
	var groups []string
	shown := rows[domain.Comparison](t, w.get(t, "/api/v1/compare?group=income&"+rounds, ""))
	byRow := map[string]domain.Comparison{}
	for _, r := range shown {
		if (r.FromCount != nil || r.ToCount != nil) && !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
		byRow[string(r.Indicator)+" "+r.Group] = r
	}
	slices.Sort(groups)
	if got := options(page, "value"); len(groups) < 2 || !slices.Equal(got, append([]string{""}, groups...)) {
		t.Errorf("the page offers the groups %v; numbers are shown of %v", got, groups)
	}
	if got := options(page, "group"); !slices.Equal(got, []string{"", "income"}) {
		t.Errorf("the page offers %v", got)
	}
	for _, name := range []string{"panel", "grouping", "indicator"} {
		if got := options(page, name); got != nil {
			t.Errorf("the page offers %s: %v", name, got)
		}
	}
	full := w.get(t, "/compare?lang=en&group=income&"+rounds, viewer).body
	if !slices.Contains(options(full, "group"), "region") || len(options(full, "value")) != 5 || len(options(full, "panel")) != 2 || strings.Contains(full, "Hidden") {
		t.Error("who holds a token is offered less than all")
	}
	hidden, known := 0, 0
	table, err := csv.NewReader(strings.NewReader(w.get(t, "/compare/charts/groups.csv?lang=en&group=income&"+rounds, "").body)).ReadAll()
	if err != nil || len(table) != len(shown)+1 {
		t.Fatalf("%d lines of %d rows: %v", len(table), len(shown), err)
	}
	for _, r := range byRow {
		if r.FromSuppressed || r.ToSuppressed {
			hidden++
		}
	}
	told := 0
	for _, cells := range table[1:] {
		if cells[2] == "not shown" || cells[4] == "not shown" {
			told++
			if cells[6] != "not shown" {
				t.Errorf("%v: the change stands without the shares", cells)
			}
		} else if cells[2] != "–" && cells[4] != "–" {
			known++
		}
	}
	if hidden == 0 || known == 0 || told != hidden {
		t.Errorf("%d rows are hidden, %d say so, %d have both shares", hidden, told, known)
	}
}

// TestIndicatorsOfferTheirGroups: the page of an indicator has groups for anybody
// where they are shown, and says why where they are not.
func TestIndicatorsOfferTheirGroups(t *testing.T) {
	w := demo(t)
	shown := map[domain.IndicatorID]bool{}
	for _, r := range rows[domain.Comparison](t, w.get(t, "/api/v1/compare?group=income&from=2023&to=2025", "")) {
		shown[r.Indicator] = shown[r.Indicator] || r.FromCount != nil || r.ToCount != nil
	}
	with, without := 0, 0
	for id, ok := range shown {
		page := w.get(t, "/indicators/"+string(id)+"?lang=en", "").body
		has, says := strings.Contains(page, `data-chart="groups"`), strings.Contains(page, "Hidden: the groups of this indicator")
		if has != ok || says == ok {
			t.Errorf("%s: shown %v, the page has groups %v, says that they are hidden %v", id, ok, has, says)
		}
		if ok {
			with++
		} else {
			without++
		}
	}
	if with == 0 || without == 0 {
		t.Errorf("%d and %d: the test tests nothing", with, without)
	}
	asked := w.get(t, "/indicators/media.terminology.agreed?lang=en&group=region", "")
	if asked.status != http.StatusOK || !strings.Contains(asked.body, "Groups by Region are not released") || strings.Contains(asked.body, `data-chart="groups"`) {
		t.Errorf("region: %d", asked.status)
	}
}

// TestGroupsApartFollowFromWhatIsShown: what two groups differ by is shown to anybody
// where both are, as to the holder of a token, and nowhere else.
func TestGroupsApartFollowFromWhatIsShown(t *testing.T) {
	w := demo(t)
	const path = "/api/v1/compare?group=income&between=all&grouping=own&from=2021-simulated&to=2025"
	all := rows[domain.GroupDifference](t, w.get(t, path, w.token(t, domain.Viewer, "")))
	public := rows[domain.GroupDifference](t, w.get(t, path, ""))
	if len(all) != len(public) {
		t.Fatalf("%d and %d rows", len(all), len(public))
	}
	same := func(a, b *domain.Apart) bool {
		return a == nil || b != nil && fmt.Sprint(a.Value, *a.Low, *a.High) == fmt.Sprint(b.Value, *b.Low, *b.High)
	}
	shown := 0
	for i, p := range public {
		if !same(p.FromDifference, all[i].FromDifference) || !same(p.ToDifference, all[i].ToDifference) {
			t.Errorf("%+v differs from %+v", p, all[i])
		}
		if (p.FromDifference != nil) != (p.FromA != nil && p.FromB != nil) || (p.ToDifference != nil) != (p.ToA != nil && p.ToB != nil) {
			t.Errorf("%+v", p)
		}
		if p.ToDifference != nil || p.FromDifference != nil {
			shown++
		}
		if p.FromA == nil && !p.Suppressed {
			t.Errorf("%+v does not say that it is hidden", p)
		}
	}
	if shown == 0 || shown == len(public) {
		t.Errorf("%d of %d are shown", shown, len(public))
	}
}

// TestTheMatchedPanelIsOfferedWhereItIsShown: released without groups, the rounds have
// a matched panel, which pages then offer.
func TestTheMatchedPanelIsOfferedWhereItIsShown(t *testing.T) {
	w := simulated(t)
	if _, err := w.desk.Release(t.Context(), events.Stamp{Actor: "tester"}, domain.Release{Rounds: []domain.RoundID{"2021-simulated", "2023", "2025"}}, false); err != nil {
		t.Fatal(err)
	}
	const rounds = "from=2021-simulated&to=2023"
	shown, all := 0, rows[domain.Comparison](t, w.get(t, "/api/v1/compare?panel=matched&"+rounds, ""))
	for _, r := range all {
		if r.ToCount != nil {
			shown++
		}
	}
	if shown == 0 || shown == len(all) {
		t.Fatalf("the panel is shown of %d of %d indicators: the test tests nothing", shown, len(all))
	}
	for path, want := range map[string]string{"/?": `data-chart="shares"`, "/compare?": fmt.Sprintf("The matched panel is shown of %d of %d indicators", shown, len(all))} {
		page := w.get(t, path+"lang=en&panel=matched&"+rounds, "").body
		if got := options(page, "panel"); !slices.Equal(got, []string{"all", "matched"}) || !strings.Contains(page, want) || strings.Contains(page, "This was not released") {
			t.Errorf("%s offers %v", path, got)
		}
	}
	dir := filepath.Join(t.TempDir(), "report")
	o := webhttp.Static{From: "2021-simulated", To: "2023", Languages: []string{"en"}}
	if _, err := webhttp.WriteStatic(t.Context(), dir, w.runner, slog.New(slog.DiscardHandler), o); err != nil {
		t.Fatal(err)
	}
	files := filesIn(t, dir)
	if !strings.Contains(string(files["en/compare-2.html"]), "among those who answered in both rounds") || files["en/compare-2.shares.csv"] == nil {
		t.Error("the report lacks the matched panel")
	}
	page := w.get(t, "/compare?lang=en&panel=matched&group=income&"+rounds, "").body
	if options(page, "group") != nil || !strings.Contains(page, "not released") {
		t.Error("groups are offered, and were not released")
	}
}

// TestWhoTakesPartIsPublicWithTheRound: how many respondents a round has is shown to
// anybody with its release, on each page.
func TestWhoTakesPartIsPublicWithTheRound(t *testing.T) {
	w := simulated(t)
	if _, err := w.desk.Release(t.Context(), events.Stamp{Actor: "tester"}, domain.Release{Rounds: []domain.RoundID{"2023"}, Attribute: domain.AttrIncome}, false); err != nil {
		t.Fatal(err)
	}
	who := func(token string) string {
		return w.get(t, "/charts/who.csv?lang=en&from=2021-simulated&to=2023", token).body
	}
	viewer := w.token(t, domain.Viewer, "")
	if s := who(""); strings.Contains(s, "2025") || strings.Contains(s, "2021 (simulated)") || !strings.Contains(s, "2023") {
		t.Errorf("anybody reads\n%s", s)
	}
	if s := who(viewer); !strings.Contains(s, "2025") || !strings.Contains(s, "2021 (simulated)") {
		t.Errorf("who holds a token reads\n%s", s)
	}
	type row struct {
		Round       domain.RoundID `json:"id"`
		Respondents *int           `json:"respondents"`
	}
	for token, want := range map[string]int{"": 1, viewer: 4} {
		n := 0
		for _, r := range rows[row](t, w.get(t, "/api/v1/rounds", token)) {
			if r.Respondents != nil {
				n++
			}
		}
		if n != want {
			t.Errorf("respondents are counted of %d rounds, want %d", n, want)
		}
	}
}

// simulated serves the simulated rounds, of which nothing is released.
func simulated(t testing.TB) *world {
	t.Helper()
	return kept(t, "simulated", func(t testing.TB) *world {
		w := baseline(t)
		if _, err := seeds.Simulate(t.Context(), w.store, seeds.Simulation{Rounds: []domain.RoundID{"2023", "2025"}, Seed: 7, Actor: "simulator", Now: now}); err != nil {
			t.Fatal(err)
		}
		if err := w.runner.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w
	})
}
