package http

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"headway/domain"
	"headway/http/chart"
	"headway/http/sentence"
	"headway/projections"
)

// contrast is two rounds side by side as a reader chose them. The summary and the
// page of comparisons are made from it, so that they say the same.
type contrast struct {
	server *server
	page   page
	r      reading
	choice summitChoice
	w      words
	view   chart.View
	family *domain.Framework // that the reader chose, or the only one
	rounds []domain.Round    // that ask it, or one that it continues
	points []domain.TrendPoint
	from   domain.Round
	to     domain.Round
	fw     *domain.Framework // of the later round
	rows   []domain.Comparison
	may    offered
	say    *sentence.Writer
}

// contrastOf finds out what a reader chose, and what was left open: the first round
// and the last that has numbers. Nothing is compared yet.
func (s *server) contrastOf(r reading, choice summitChoice, lang string, l links) (*contrast, error) {
	b := &contrast{server: s, page: s.newPage(lang, l), r: r, choice: choice}
	b.w, b.view = words{b.page.P}, chart.View{RTL: b.page.P.RTL()}
	b.page.Position, b.say = r.at, b.page.writer()
	if b.choice.panel == "" {
		b.choice.panel = domain.All
	}
	var err error
	if b.family, err = b.framework(); err != nil || b.family == nil {
		return b, err
	}
	b.page.about(r, b.family)
	b.rounds = r.state.RoundsOf(b.family, r.at)
	if b.points, err = s.trend(r, b.family.ID, nil); err != nil {
		return b, err
	}
	if err = b.choose(); err != nil || b.nothing() {
		return b, err
	}
	b.fw = r.state.Framework(b.to.Framework)
	if !b.alone() {
		b.may, err = s.offers(r, b.from.ID, b.to.ID)
	}
	return b, err
}

// framework is the one that the reader chose, directly or by a round; nil where
// none was published, or several and none was chosen.
func (b *contrast) framework() (*domain.Framework, error) {
	st := b.r.state
	if b.choice.framework == "" {
		asked := cmp.Or(b.choice.to, b.choice.from)
		for _, id := range []domain.RoundID{b.choice.to, b.choice.from} {
			if rd, ok := st.Round(id, b.r.at); ok {
				return st.Framework(rd.Framework), nil
			}
		}
		if asked != "" {
			return nil, projections.UnknownRound(asked)
		}
		if n := len(b.r.frameworks()); n != 1 {
			return nil, nil
		}
	}
	if b.choice.to != "" {
		if _, err := st.MeantRound(b.choice.to, b.choice.framework, b.r.at); err != nil {
			return nil, err
		}
	}
	return b.r.meant(b.choice.framework)
}

// frameworks are the ways to the summaries of all frameworks, where there are
// several.
func (b *contrast) frameworks(kind string) []frameworkLink {
	all := b.r.frameworks()
	if len(all) < 2 || b.page.Static() {
		return nil
	}
	out := make([]frameworkLink, len(all))
	for i, f := range all {
		out[i] = frameworkLink{b.page.P.Name(f.Name), b.page.links.page(kind, "", f.ID, b.page.P.Lang), f == b.family}
	}
	return out
}

// choose fills in what the reader left open. Where one round only has numbers, it
// is the later one, and nothing is compared with it.
func (b *contrast) choose() error {
	for _, rd := range b.rounds {
		if b.choice.from == "" && b.from.ID == "" && b.told(rd) || rd.ID == b.choice.from {
			b.from = rd
		}
		if b.choice.to == "" && rd.StandsInFor == "" && rd.Framework == b.family.ID && b.told(rd) || rd.ID == b.choice.to {
			b.to = rd
		}
	}
	if rd, ok := b.r.state.Round(b.choice.from, b.r.at); ok && b.from.ID == "" {
		b.from = rd // of another framework: the comparison says why it cannot be
	}
	if b.choice.from != "" && b.from.ID == "" {
		return projections.UnknownRound(b.choice.from)
	}
	if b.choice.to != "" && b.to.ID == "" {
		return projections.UnknownRound(b.choice.to)
	}
	if b.from.ID == b.to.ID && b.choice.from == "" {
		b.from = domain.Round{} // one round is nothing to compare
	}
	return nil
}

// told reports whether a round has numbers in the series.
func (b *contrast) told(rd domain.Round) bool {
	return slices.ContainsFunc(b.points, func(p domain.TrendPoint) bool { return p.Round == rd.ID })
}

// alone reports that there is one round with numbers and none to compare it with.
func (b *contrast) alone() bool { return b.to.ID != "" && (b.from.ID == "" || b.from.ID == b.to.ID) }

// nothing reports that no round has numbers.
func (b *contrast) nothing() bool { return b.to.ID == "" }

// choices are the rounds to choose from.
func (b *contrast) choices() []option {
	var out []option
	for _, rd := range b.rounds {
		out = append(out, option{string(rd.ID), b.w.round(rd), rd.ID == b.from.ID, rd.ID == b.to.ID})
	}
	return out
}

// panels are who can be compared, where there is a choice.
func (b *contrast) panels() []option {
	if !b.may.matched {
		return nil
	}
	var out []option
	for _, p := range []domain.Panel{domain.All, domain.Matched} {
		out = append(out, option{Value: string(p), Name: b.page.T("choose." + string(p)), To: p == b.choice.panel})
	}
	return out
}

// rowOf is the indicator of a row, the group it stands in and its heading. What
// has ended stands in a group of its own.
func (b *contrast) rowOf(row domain.Comparison) (in domain.Indicator, group, heading string) {
	if row.Series == domain.Ends {
		f := b.r.state.Framework(b.from.Framework)
		in, _ = f.Indicator(row.Indicator)
		return in, "-ended", b.page.T("group.ended", "framework", b.page.P.Name(f.Name))
	}
	in, _ = b.fw.Indicator(row.Indicator)
	return in, in.Domain, b.domainName(in.Domain)
}

// name is that of a row's indicator, marked where yes is the bad answer.
func (b *contrast) name(in domain.Indicator) string {
	if in.Polarity == domain.Negative {
		return b.page.P.Name(in.Name) + " (" + b.page.T("group.negative") + ")"
	}
	return b.page.P.Name(in.Name)
}

// targets says what in place means on the graded scales of the framework.
func (b *contrast) targets() string {
	var out []string
	for _, s := range b.fw.Scales {
		if s.Graded() {
			out = append(out, b.page.T("graded.target", "level", level(b.page, s, s.Positive), "levels", levels(b.page, s)))
		}
	}
	return strings.Join(out, " ")
}

// then and now write the shares of a row; what is not known differs from what is
// hidden.
func (b *contrast) then(r domain.Comparison) string {
	return b.side(r.FromCount, r.FromN, r.FromShare, r.FromSuppressed)
}

func (b *contrast) now(r domain.Comparison) string {
	return b.side(r.ToCount, r.ToN, r.ToShare, r.ToSuppressed)
}

func (b *contrast) side(count, n *int, v *float64, hidden bool) string {
	if count == nil && !hidden {
		return "–"
	}
	return b.w.share(count, n, v)
}

// change writes the change of a row, hidden where a share of it is.
func (b *contrast) change(r domain.Comparison) string {
	d := moved(r)
	if d == nil && !r.Break && (r.FromSuppressed || r.ToSuppressed) {
		return b.page.T("suppressed")
	}
	return b.w.points(d)
}

func (b *contrast) tip(round string, count, n *int, v *float64, origin string) string {
	return b.page.T("tip", "round", round, "count", *count, "n", *n, "share", b.w.Percent(*v), "origin", origin)
}

func (b *contrast) domainName(id string) string {
	for _, d := range b.fw.Domains {
		if d.ID == id {
			return b.page.P.Name(d.Name)
		}
	}
	return b.page.P.Name(b.fw.Name)
}

// yearOf is the year a round is about.
func yearOf(r domain.Round) string { return strconv.Itoa(r.ReferenceDate.Year) }

// sorted orders the rows as the reader chose: as the framework has them, or by
// change or share, whatever has none last.
func sorted(rows []domain.Comparison, by string) []domain.Comparison {
	key := map[string]func(domain.Comparison) *float64{
		sortChange: func(r domain.Comparison) *float64 { return negated(moved(r)) },
		sortShare:  func(r domain.Comparison) *float64 { return r.ToShare },
	}[by]
	if key == nil {
		return rows
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b domain.Comparison) int {
		x, y := key(a), key(b)
		switch {
		case x == nil && y == nil:
			return 0
		case x == nil:
			return 1
		case y == nil:
			return -1
		}
		return cmp.Compare(*x, *y)
	})
	return out
}

// moved is the change of a row whose shares can be compared, else nil.
func moved(r domain.Comparison) *float64 {
	if r.Break {
		return nil
	}
	return r.Change
}

func negated(v *float64) *float64 {
	if v == nil {
		return nil
	}
	out := -*v
	return &out
}

// foot says where the numbers of a comparison come from.
func (b *contrast) foot() string {
	origins := func(get func(domain.Comparison) domain.Origin, simulated bool) string {
		seen := map[domain.Origin]bool{}
		var out []string
		for _, r := range b.rows {
			if o := get(r); o != "" && !seen[o] {
				seen[o] = true
				out = append(out, b.w.origin(o, simulated && o == domain.Computed))
			}
		}
		if len(out) == 0 { // all of it is hidden
			return b.page.T("suppressed")
		}
		return strings.Join(out, " / ")
	}
	return b.page.T("foot", "from", b.w.ID(string(b.from.ID)), "to", b.w.ID(string(b.to.ID)),
		"fromorigin", origins(func(r domain.Comparison) domain.Origin { return r.FromOrigin }, b.from.Simulated),
		"toorigin", origins(func(r domain.Comparison) domain.Origin { return r.ToOrigin }, b.to.Simulated),
		"who", b.page.T("foot."+string(b.choice.panel)), "asof", b.w.asOf(b.r.state, b.r.at), "position", b.r.at)
}
