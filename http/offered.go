package http

import (
	"net/url"
	"slices"
	"strings"

	"headway/domain"
)

// A page offers its reader what has an answer for this reader, says what is hidden
// and why, and where an address asks for what is not released, says that in place of
// the numbers.

// offered is what a reader may choose of two rounds beside all who answered. Whoever
// sees all may choose all of it.
type offered struct {
	all        bool
	attributes []string // by which groups are shown
	matched    bool     // whether the matched panel is
	domain.Offered
}

// offers is what a reader may choose of two rounds: the server's only answer to what
// a page may offer, as its numbers are.
func (s *server) offers(r reading, from, to domain.RoundID) (offered, error) {
	if r.public == nil {
		return offered{all: true, attributes: attributesOf(slices.Concat(r.state.Respondents(from, r.at), r.state.Respondents(to, r.at))), matched: true}, nil
	}
	o, err := r.state.PublicOffers(r.public, from, to, r.at)
	if err != nil {
		return offered{}, err
	}
	out := offered{matched: o.Panels > 0, Offered: o}
	if len(o.Groups) > 0 {
		out.attributes = []string{r.public.Attribute()}
	}
	return out, nil
}

// refuses says what of a choice of panel and group is not released; "" where all of
// it is.
func (o offered) refuses(p page, c compareChoice) string {
	by := attributeName(p, c.group)
	switch {
	case o.all:
		return ""
	case c.panel == domain.Matched && c.group != "":
		return p.T("unreleased.both")
	case c.group != "" && !slices.Contains(o.attributes, c.group):
		return p.T("unreleased.group", "group", by)
	case c.value != "" && !slices.Contains(o.Groups, c.value):
		return p.T("unreleased.value", "group", by, "value", words{p.P}.attribute(c.value))
	case c.group != "" && o.Own && c.grouping != "" && c.grouping != string(domain.ByOwn):
		return p.T("unreleased.grouping")
	case c.panel == domain.Matched && !o.matched:
		return p.T("unreleased.panel")
	}
	return ""
}

// notes say what of two rounds is hidden, and why.
func (o offered) notes(r reading, p page) []string {
	if o.all {
		return nil
	}
	if r.release == nil {
		return []string{p.T("offer.none")}
	}
	rule, w := r.public.Rule(), words{p.P}
	var out []string
	switch by := attributeName(p, r.public.Attribute()); {
	case len(o.attributes) == 0:
		out = append(out, p.T("offer.groups.none", "denominator", rule.MinDenominator, "count", rule.MinCount))
	case o.Rows < o.Of:
		out = append(out, p.T("offer.groups.some", "group", by, "shown", o.Rows, "all", o.Of, "denominator", rule.MinDenominator, "count", rule.MinCount))
	default:
		out = append(out, p.T("offer.groups.all", "group", by, "all", o.Of))
	}
	if len(o.attributes) > 0 && len(o.Small) > 0 {
		var small []string
		for _, v := range o.Small {
			small = append(small, w.attribute(v))
		}
		out = append(out, p.T("offer.small", "groups", strings.Join(small, p.T("list.comma")+" "), "denominator", rule.MinDenominator))
	}
	switch {
	case o.Panels == 0:
		out = append(out, p.T("offer.panel.none"))
	case o.Panels < o.Of:
		out = append(out, p.T("offer.panel.some", "shown", o.Panels, "all", o.Of))
	}
	return append(out, p.T("offer.token"))
}

// unreleased says that what an address asks for was not released, and leads to what
// was.
type unreleased struct {
	Text string
	Way  way
}

// unreleased is the notice in place of numbers that were not released. The way leads
// to the same page without the choice. What the page says of the rounds is simulated
// where they are.
func (b *contrast) unreleased(kind, why string, kept url.Values) *unreleased {
	b.page.Simulated = b.page.Simulated || b.from.Simulated || b.to.Simulated
	b.page.Title = b.page.T("unreleased.title")
	return &unreleased{Text: why, Way: way{b.page.T("unreleased.way"), b.page.with(kind, kept)}}
}

// with is the way to a page of a kind with a query, in this language.
func (p page) with(kind string, q url.Values) string {
	href := p.Link(kind, "")
	if len(q) == 0 || p.Static() {
		return href
	}
	return href + "&" + q.Encode()
}
