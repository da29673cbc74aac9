package http

import (
	"fmt"
	"strings"

	"headway/domain"
	"headway/http/chart"
)

// scales are what can be answered in each framework, and what counts as in place.
func (b *methodical) scales() figure {
	t := chart.Table{Header: []string{b.page.T("col.framework"), b.page.T("method.scale"), b.page.T("col.indicators"), b.page.T("method.levels"), b.page.T("method.target")}}
	negative := 0
	for _, f := range b.r.frameworks() {
		for _, s := range f.Scales {
			n := 0
			for _, in := range f.Indicators {
				if in.Scale == s.ID {
					n++
				}
			}
			t.Add(b.page.P.Name(f.Name), b.w.ID(s.ID), fmt.Sprint(n), levels(b.page, s), level(b.page, s, s.Positive))
		}
	}
	for _, in := range b.fw.Indicators {
		if in.Polarity == domain.Negative {
			negative++
		}
	}
	return b.page.tableOf("scales", b.page.P.Count("method.scales.title", len(b.fw.Indicators), "framework", b.page.P.Name(b.fw.Name), "negative", negative),
		b.page.T("method.scales.note"), b.foot(), t)
}

// crosswalk is which indicator of one framework continues which of another.
func (b *methodical) crosswalk() (figure, bool) {
	t := chart.Table{Header: []string{b.page.T("col.framework"), b.page.T("col.indicator"), b.page.T("indicator.continues"), b.page.T("method.carries"), b.page.T("method.why")}}
	breaks, all := 0, 0
	for _, f := range b.r.frameworks() {
		for _, in := range f.Indicators {
			for _, m := range in.Maps {
				all++
				carries := b.page.T("method.goes-on")
				if m.Break {
					breaks++
					carries = b.page.T("break")
				}
				t.Add(b.page.P.Name(f.Name), b.page.P.Name(in.Name), strings.TrimSpace(b.w.ID(string(m.Framework))+" "+b.w.ID(string(m.Indicator))), carries, m.Why)
			}
		}
	}
	return b.page.tableOf("crosswalk", b.page.P.Count("method.crosswalk.title", all, "breaks", breaks), b.page.T("method.crosswalk.note"), b.foot(), t), all > 0
}
